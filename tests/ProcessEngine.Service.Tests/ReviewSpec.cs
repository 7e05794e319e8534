using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>A second pair of eyes on what is published, and what people who work on a draft say to each other.</summary>
public sealed class ReviewSpec(string provider) : OfPages(provider)
{
    static JsonNode File(string name, string key) => JsonNode.Parse($$$"""
        {"definitionId":"{{{key}}}","name":"{{{name}}}","root":{"type":"Elsa.Flowchart","activities":[
        {"id":"start","type":"ProcessEngine.Start"},{"id":"do","type":"ProcessEngine.UserTask","nameTh":"{{{name}}}","role":"officer"},
        {"id":"end","type":"ProcessEngine.End"}],
        "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"do","port":"In"}},
        {"source":{"activity":"do","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
        """)!;

    Person Program => As(Roles.ProcessOwner);
    Person Administrator => As(Roles.Administrator);
    string here = "";

    [SetUp]
    public void Here() => here = $"?office={World.Office}";

    [TearDown]
    public async Task NothingIsRequired() => await Require(false);

    async Task Require(bool required) =>
        (await Administrator.Put($"offices/{World.Office}/publishing", new { reviewRequired = required })).Ok();

    async Task Save(Person by, string key, string name) => (await by.Put($"process-definitions/{key}/draft{here}", File(name, key))).Ok();

    Task<Answer> Publish(Person by, string key, int revision) =>
        by.Post($"process-definitions/{key}/draft/publish{here}", new { revision, reason = "ตามมติ" });

    Task<Answer> Approve(Person by, string key, int revision) =>
        by.Post($"process-definitions/{key}/draft/approve{here}", new { revision, comment = "ตรวจแล้ว" });

    async Task<Visitor> Owner()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        return visitor;
    }

    /// <summary>Another process owner of the office, who signs in.</summary>
    async Task<Visitor> Colleague()
    {
        var me = (await As(Roles.Clerk).Get("users/me")).Ok();
        name = me.Text("displayName");
        (await Administrator.Put(
            $"offices/{World.Office}/members/{me.Text("id")}", new { roles = new[] { Roles.Clerk, Roles.ProcessOwner } })).Ok();
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Clerk);
        return visitor;
    }

    string name = "";

    [Test]
    public async Task Whoever_is_asked_why_answers_and_what_asks_nobody_publishes_all_the_same()
    {
        const string key = "own.not-asked";
        var visitor = await Owner();
        await Save(Program, key, "ไม่ได้ถาม");
        await visitor.Go($"/studio/definitions/{key}");
        (await visitor.Submit($"/studio/definitions/{key}?handler=publish", ("reason", " "))).ShouldSay("ต้องระบุเหตุผลที่เผยแพร่");
        (await Program.Post($"process-definitions/{key}/draft/publish", new { reason = " " })).ShouldBeProblem(400, "invalid-input", "reason");
        (await Program.Post($"process-definitions/{key}/draft/publish", new { })).Ok();
        var window = new StudioWindow(visitor, "one") { Reason = null };
        var model = await window.Open(key);
        model["name"] = "เปลี่ยนแล้ว";
        (await window.Save(model, publish: true)).Ok();
        (await Program.Get($"process-definitions/{key}/versions")).Ok()["items"]!.AsArray().Count.ShouldBe(2);
    }

    [Test]
    public async Task Where_a_second_pair_of_eyes_is_needed_nothing_is_published_without_a_reason_from_whatever_door()
    {
        const string key = "own.no-reason";
        await Require(true);
        var window = new StudioWindow(await Owner(), "one") { Reason = null };
        await Save(Program, key, "ไม่มีเหตุผล");
        (await Approve(Administrator, key, 1)).Ok();
        foreach (var body in new object[] { new { }, new { reason = " " }, new { revision = 1 } })
            (await Program.Post($"process-definitions/{key}/draft/publish", body)).ShouldBeProblem(400, "invalid-input");
        (await window.Post($"workflow-definitions/{key}/publish", new { })).ShouldBeShown().ShouldContain("ต้องระบุเหตุผลที่เผยแพร่");
        (await window.Post("bulk-actions/publish/workflow-definitions/by-definition-ids", new { definitionIds = new[] { key } }))
            .ShouldBeShown().ShouldContain("ต้องระบุเหตุผลที่เผยแพร่");
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");

        window.Reason = "หนังสือเวียน ว 12 ข้อ ๓";
        (await window.Post($"workflow-definitions/{key}/publish", new { })).Ok();
        (await World.ScalarAsync<string>("SELECT reason FROM definition_version WHERE definition_key = @key", new { key }))
            .ShouldBe("หนังสือเวียน ว 12 ข้อ ๓");
    }

    [Test]
    public async Task An_office_that_asks_for_a_second_pair_of_eyes_publishes_nothing_without_from_whatever_door()
    {
        const string key = "own.four-eyes";
        await Require(true);
        var visitor = await Owner();
        var window = new StudioWindow(visitor, "one");
        await Save(Program, key, "สี่ตา");
        (await Publish(Program, key, 1)).ShouldBeProblem(409, "draft-not-approved");
        await visitor.Go($"/studio/definitions/{key}");
        visitor.Page.ShouldSay("สำนักงานกำหนดให้ผู้อื่นสอบทานก่อนเผยแพร่");
        (await visitor.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "ขอเผยแพร่"))).ShouldSay("ยังไม่มีผู้สอบทาน");
        (await window.Post($"workflow-definitions/{key}/publish", new { })).ShouldBeShown().ShouldContain("ยังไม่มีผู้สอบทาน");
        (await window.Post("bulk-actions/publish/workflow-definitions/by-definition-ids", new { definitionIds = new[] { key } }))
            .ShouldBeShown().ShouldContain("ยังไม่มีผู้สอบทาน");
        var model = await window.Open(key);
        model["name"] = "เปลี่ยนแล้ว";
        (await window.Save(model, publish: true)).ShouldBeShown().ShouldContain("ยังไม่มีผู้สอบทาน");
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");

        (await Approve(Administrator, key, 2)).Ok();
        (await Publish(Program, key, 2)).Ok();
        (await Officer.Start(key)).Ok();
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("สอบทานโดย");
        (await World.ScalarAsync<string>(
            "SELECT reason FROM admin_event WHERE action = 'draft-approved' AND detail LIKE @key", new { key = $"%{key}%" })).ShouldBe("ตรวจแล้ว");
    }

    [Test]
    public async Task Nobody_approves_what_they_wrote_a_word_of()
    {
        const string key = "own.own-words";
        await Save(Program, key, "คนแรกเขียน");
        (await Approve(Program, key, 1)).ShouldBeProblem(409, "draft-is-own");
        await Save(Administrator, key, "คนที่สองแก้");
        (await Approve(Administrator, key, 2)).ShouldBeProblem(409, "draft-is-own");
        (await Approve(Program, key, 2)).ShouldBeProblem(409, "draft-is-own");
        var colleague = await Colleague();
        await colleague.Go($"/studio/definitions/{key}");
        await colleague.Submit($"/studio/definitions/{key}?handler=approve", ("comment", "อ่านครบแล้ว"));
        (await colleague.Go($"/studio/definitions/{key}")).ShouldSay("สอบทานแล้วโดย", "อ่านครบแล้ว");
        (await Program.Get($"process-definitions/{key}/draft")).Ok()["approvedBy"].ShouldNotBeNull();
    }

    [Test]
    public async Task Nor_after_it_was_put_away_and_taken_back_by_somebody_else()
    {
        const string key = "own.taken-back";
        var (owner, colleague) = (await Owner(), await Colleague());
        await Save(Administrator, key, "ของผู้ดูแล");
        await Save(Program, key, "ของเจ้าของ");
        await owner.Go($"/studio/definitions/{key}");
        await owner.Submit($"/studio/definitions/{key}?handler=delete");
        await colleague.Go("/studio");
        await colleague.Submit("/studio?handler=takeback");
        var revision = (await Program.Get($"process-definitions/{key}/draft")).Ok().Number("revision");
        (await Approve(Program, key, revision)).ShouldBeProblem(409, "draft-is-own");
        (await Approve(Administrator, key, revision)).ShouldBeProblem(409, "draft-is-own");
    }

    [Test]
    public async Task What_was_approved_is_one_revision_and_the_next_save_needs_another_look()
    {
        const string key = "own.one-revision";
        await Require(true);
        await Save(Program, key, "ฉบับแรก");
        (await Approve(Administrator, key, 7)).ShouldBeProblem(409, "draft-changed");
        (await Administrator.Post($"process-definitions/{key}/draft/approve{here}", new { })).ShouldBeProblem(400, "invalid-input");
        (await Approve(Administrator, key, 1)).Ok();
        await Save(Program, key, "ฉบับที่สอง");
        (await Publish(Program, key, 2)).ShouldBeProblem(409, "draft-not-approved");
        (await Approve(Administrator, key, 2)).Ok();
        (await Publish(Program, key, 2)).Ok();

        // The next draft begins with nobody's approval, and with nobody as its author.
        await Save(Administrator, key, "ฉบับที่สาม");
        (await Publish(Administrator, key, 3)).ShouldBeProblem(409, "draft-not-approved");
        (await Approve(Program, key, 3)).Ok();
        (await Publish(Administrator, key, 3)).Ok();
    }

    [Test]
    public async Task An_administrator_says_on_a_page_whether_the_office_asks_for_it()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Administrator);
        await visitor.Go($"/admin/publishing{here}");
        await visitor.Submit($"/admin/publishing{here}", ("required", "true"));
        visitor.Page.ShouldLeadTo($"/admin/publishing{here}");
        (await Officer.Get($"offices/{World.Office}/publishing")).Ok()["reviewRequired"]!.GetValue<bool>().ShouldBeTrue();
        (await Program.Put($"offices/{World.Office}/publishing", new { reviewRequired = false })).ShouldBeProblem(403, "not-allowed");
        (await Administrator.Put($"offices/{World.Office}/publishing", new { })).ShouldBeProblem(400, "invalid-input");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM admin_event WHERE action = 'publishing-set'")).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task Remarks_stand_at_their_step_until_they_are_settled_and_are_kept_for_30_days_then()
    {
        const string key = "own.remarks";
        var (owner, colleague) = (await Owner(), await Colleague());
        await Save(Program, key, "มีข้อคิดเห็น");
        var table = $"/studio/definitions/{key}/table";
        await colleague.Go($"{table}?row=do");
        await colleague.Submit($"/studio/definitions/{key}?handler=comment", ("text", "ควรให้เวลา ๓ วัน"));
        colleague.Page.ShouldLeadTo($"{table}?row=do#row-do");
        (await owner.Go(table)).ShouldSay("ข้อคิดเห็น 1 ข้อ");
        (await owner.Go($"{table}?row=do")).ShouldSay("ควรให้เวลา ๓ วัน", name);
        (await owner.Go($"/studio/editor/{key}?handler=panel")).ShouldSay("มีข้อคิดเห็นที่ยังไม่ปิด 1 ข้อ");
        (await owner.Go($"/studio/definitions/{key}")).ShouldSay("ควรให้เวลา ๓ วัน");
        await owner.Submit($"/studio/definitions/{key}?handler=settle");
        owner.Page.ShouldLeadTo($"/studio/definitions/{key}");
        (await owner.Go(table)).Text.ShouldNotContain("ข้อคิดเห็น 1 ข้อ");

        var all = (await Program.Get($"process-definitions/{key}/draft/comments")).Ok()["items"]!.AsArray();
        all.ShouldHaveSingleItem().Text("settledByName").ShouldNotBeNullOrEmpty();
        (await Program.Post($"process-definitions/{key}/draft/comments", new { step = "no-such", text = "ก" })).ShouldBeProblem(400, "invalid-input");
        (await Program.Post($"process-definitions/{key}/draft/comments", new { text = " " })).ShouldBeProblem(400, "invalid-input");
        (await Program.Post("process-definitions/no.such/draft/comments", new { text = "ก" })).ShouldBeProblem(404, "definition-not-found");
        (await Program.Post($"process-definitions/{key}/draft/comments/{Guid.Empty}/settle", new { })).ShouldBeProblem(404, "comment-not-found");
        (await Officer.Get($"process-definitions/{key}/draft/comments")).ShouldBeProblem(403, "not-allowed");

        await RunCleanUp(TimeSpan.FromDays(29));
        (await Program.Get($"process-definitions/{key}/draft/comments")).Ok()["items"]!.AsArray().Count.ShouldBe(1);
        await RunCleanUp(TimeSpan.FromDays(31));
        (await Program.Get($"process-definitions/{key}/draft/comments")).Ok()["items"]!.AsArray().ShouldBeEmpty();
    }

    [Test]
    public async Task Who_else_works_on_a_procedure_is_told_for_a_minute_after_they_were_last_heard_of()
    {
        const string key = "own.together";
        var (owner, colleague) = (await Owner(), await Colleague());
        var (one, other) = (new StudioWindow(owner, "one"), new StudioWindow(colleague, "other"));
        await Save(Administrator, key, "สองคนพร้อมกัน");
        World.Clock.Advance(TimeSpan.FromMinutes(2));
        (await one.Post($"presence/{key}")).Ok().Text("said").ShouldBeEmpty();
        (await other.Post($"presence/{key}")).Ok().Text("said").ShouldContain("มีผู้อื่นแก้ไขอยู่ด้วย");
        (await owner.Go($"/studio/definitions/{key}/table")).ShouldSay(name);
        (await owner.Go($"/studio/definitions/{key}")).ShouldSay(name);
        World.Clock.Advance(TimeSpan.FromSeconds(61));
        (await one.Post($"presence/{key}")).Ok().Text("said").ShouldBeEmpty("they have left");

        // Whoever saved just now works on it, also from a page without script; whoever only looks is in nobody's way.
        await Save(Administrator, key, "บันทึกเมื่อครู่");
        (await one.Post($"presence/{key}")).Ok().Text("said").ShouldNotBeEmpty();
        World.Clock.Advance(TimeSpan.FromSeconds(61));
        var auditor = World.Visitor();
        await auditor.SignIn(Roles.Auditor);
        (await new StudioWindow(auditor, "looks").Post($"presence/{key}")).Ok();
        (await one.Post($"presence/{key}")).Ok().Text("said").ShouldBeEmpty();
        (await one.Post("presence/no.such")).ShouldBeShown(404);
    }

    Task RunCleanUp(TimeSpan later) => World.Services.GetRequiredService<Database>().TransactAsync(
        session =>
        {
            foreach (var cleanUp in World.Services.GetServices<ProcessEngine.Service.Jobs.ICleanUp>())
                cleanUp.ForgetOld(session, World.Clock.GetUtcNow() + later);
            return ValueTask.FromResult(true);
        },
        CancellationToken.None);
}
