using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>ส่งมอบงาน: all work of one person goes to another, and a receipt says what came of it.</summary>
public sealed class HandOverSpec(string provider) : OnBothDatabases(provider)
{
    const string Route = "offices/demo/hand-overs";

    int people;

    async Task<(string Id, string Name, Person Person)> Hire(string name, params string[] roles)
    {
        var user = (await As(Roles.Administrator).Post("users", new { userName = $"hand.{++people}.{Provider}", displayName = name, office = World.Office, roles })).Ok();
        return (user.Text("id"), name, await World.WithKeyOf(user.Text("id")));
    }

    /// <summary>Somebody who leaves, with tasks that they have taken; one of them only a director can do.</summary>
    async Task<(string Id, string Name, Person Person, List<string> Cases)> Leaver(int tasks, bool decision = false)
    {
        var (id, name, person) = await Hire($"คนย้าย {people}", decision ? [Roles.Officer, Roles.Director] : [Roles.Officer]);
        var cases = new List<string>();
        for (var i = 1; i <= tasks; i++)
            cases.Add(await Officer.Started(World.SuratThani, $"งานค้างที่ {i} ของ {name}"));
        if (decision)
        {
            cases.Add(await Officer.Started(World.KhonKaen, $"เรื่องรอพิจารณาของ {name}"));
            for (var i = 0; i < 2; i++)
                await Person.DoNext(World, cases[^1]);
        }

        foreach (var instance in cases)
            (await person.Claim(await Officer.OpenTaskOf(instance))).Ok();
        return (id, name, person, cases);
    }

    async Task<string?> HolderOf(string instance) => (string?)(await Officer.OpenTaskOf(instance))["assignee"];

    Person Head => As(Roles.GroupDirector);

    [Test]
    public async Task What_can_go_goes_and_the_receipt_says_why_the_rest_stays()
    {
        var leaver = await Leaver(2, decision: true);
        var taker = await Hire("คนรับมอบ", Roles.Officer);
        var preview = (await Head.Get($"{Route}/preview?from={leaver.Id}&to={taker.Id}")).Ok();
        preview["items"]!.AsArray().Select(i => i.Text("result")).Order().ShouldBe(["refused", "would-go", "would-go"]);
        (await HolderOf(leaver.Cases[0])).ShouldBe(leaver.Id, "nothing is stored by looking");

        var answer = await Head.Post(
            Route, new { from = leaver.Id, to = taker.Id, reason = "ย้ายไปราชการที่อื่น", orderNumber = "12/2569" });
        var receipt = answer.Ok();
        answer.Status.ShouldBe(201);
        (receipt.Number("given"), receipt.Number("refused"), receipt.Number("waiting")).ShouldBe((2, 1, 0));
        receipt.Text("createdByName").ShouldBe("ผู้อำนวยการกลุ่ม ตัวอย่าง");
        var stays = receipt["items"]!.AsArray().Single(i => i.Text("result") == "refused")!;
        stays.Text("title").ShouldStartWith("เรื่องรอพิจารณา");
        stays["why"].Text("th").ShouldNotBeNullOrWhiteSpace();
        (await HolderOf(leaver.Cases[0])).ShouldBe(taker.Id);
        (await HolderOf(leaver.Cases[2])).ShouldBe(leaver.Id);
        (await Officer.History(leaver.Cases[0])).ShouldContain(
            e => (string?)e!["comment"] == "ส่งมอบงานตามคำสั่งที่ 12/2569: ย้ายไปราชการที่อื่น");
        (await taker.Person.All("notifications", 200)).Count(n => n.Text("kind") == "task-reassigned").ShouldBe(2);
        (await Head.Get(answer.Location!)).Ok().ToJsonString().ShouldBe(receipt.ToJsonString(), "it is found again as it was");
    }

    [Test]
    public async Task The_same_request_again_does_nothing_twice()
    {
        var leaver = await Leaver(2);
        var taker = await Hire("คนรับมอบ", Roles.Officer);
        var body = new { from = leaver.Id, to = taker.Id, reason = "ย้าย" };
        var first = await Head.Post(Route, body, key: $"hand-{Provider}");
        var again = await Head.Post(Route, body, key: $"hand-{Provider}");
        (first.Replayed, again.Replayed).ShouldBe((false, true));
        again.Ok().Text("id").ShouldBe(first.Ok().Text("id"));
        (await World.EventsAsync(leaver.Cases[0])).Count(e => e == "TaskReassigned").ShouldBe(1);
        (await Head.Post(Route, body)).ShouldBeProblem(400, "invalid-input");
        (await Head.Post(Route, new { from = leaver.Id, to = taker.Id, reason = "อื่น" }, key: $"hand-{Provider}"))
            .ShouldBeProblem(422, "idempotency-key-reused");
    }

    [Test]
    public async Task More_than_one_request_takes_is_gone_on_with_by_anybody_who_may()
    {
        var leaver = await Leaver(52);
        var taker = await Hire("คนรับมอบ", Roles.Officer);
        var receipt = (await Head.Post(Route, new { from = leaver.Id, to = taker.Id, reason = "ลาออก" })).Ok();
        (receipt.Number("given"), receipt.Number("waiting")).ShouldBe((50, 2));
        var path = $"{Route}/{receipt.Text("id")}";
        // Of what waits, one moves on meanwhile: that is said, not overridden.
        var waiting = receipt["items"]!.AsArray().First(i => i.Text("result") == "waiting");
        (await leaver.Person.Complete(await Officer.OpenTaskOf(waiting.Text("processInstanceId")))).Ok();
        (await Officer.Post($"{path}/continue")).ShouldBeProblem(404, "hand-over-not-found");
        (await taker.Person.Post($"{path}/continue")).ShouldBeProblem(403, "not-allowed");
        var done = (await Director.Post($"{path}/continue")).Ok();
        (done.Number("given"), done.Number("refused"), done.Number("waiting")).ShouldBe((51, 1, 0));
        (await Director.Post($"{path}/continue")).Ok().ToJsonString().ShouldBe(done.ToJsonString());
    }

    [Test]
    public async Task Work_goes_back_to_everybody_of_its_role_when_nobody_is_named()
    {
        var leaver = await Leaver(1);
        (await Head.Get($"{Route}/preview?from={leaver.Id}")).Ok()["items"]!.AsArray().ShouldHaveSingleItem().Text("result")
            .ShouldBe("would-go");
        var receipt = (await Head.Post(Route, new { from = leaver.Id, backToRole = true, reason = "เกษียณ" })).Ok();
        receipt.Number("given").ShouldBe(1);
        (await HolderOf(leaver.Cases[0])).ShouldBeNull();
        (await Officer.History(leaver.Cases[0])).ShouldContain(
            e => e.Text("type") == "TaskReleased" && (string?)e!["comment"] == "ส่งมอบงาน: เกษียณ");
    }

    [Test]
    public async Task It_takes_a_head_of_the_office_and_people_of_it()
    {
        var leaver = await Leaver(1);
        var taker = await Hire("คนรับมอบ", Roles.Officer);
        (await Officer.Post(Route, new { from = leaver.Id, to = taker.Id, reason = "ก" })).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get($"{Route}/preview?from={leaver.Id}&to={taker.Id}")).ShouldBeProblem(403, "not-allowed");
        (await Head.Post("offices/elsewhere/hand-overs", new { from = leaver.Id, to = taker.Id, reason = "ก" }))
            .ShouldBeProblem(404, "office-not-found");
        (await Head.Post(Route, new { from = leaver.Id, to = leaver.Id, reason = "ก" })).ShouldBeProblem(400, "invalid-input");
        (await Head.Post(Route, new { from = leaver.Id, to = "nobody.here", reason = "ก" })).ShouldBeProblem(422, "user-not-found", "to");
        (await Head.Post(Route, new { from = "nobody.here", to = taker.Id, reason = "ก" })).ShouldBeProblem(422, "user-not-found", "from");
        (await Head.Post(Route, new { from = leaver.Id, reason = "ก" })).ShouldBeProblem(400, "invalid-input", "to");
        (await Head.Post(Route, new { from = leaver.Id, to = taker.Id })).ShouldBeProblem(400, "invalid-input", "reason");
        (await Head.Get($"{Route}/preview")).ShouldBeProblem(400, "invalid-input", "from");
        (await HolderOf(leaver.Cases[0])).ShouldBe(leaver.Id);
    }

    [Test]
    public async Task A_receipt_is_seen_by_its_two_sides_by_heads_and_by_auditors()
    {
        var leaver = await Leaver(1);
        var taker = await Hire("คนรับมอบ", Roles.Officer);
        var id = (await Head.Post(Route, new { from = leaver.Id, to = taker.Id, reason = "ย้าย" })).Ok().Text("id");
        foreach (var reader in new[] { leaver.Person, taker.Person, Head, Director, As(Roles.Auditor) })
        {
            (await reader.Get($"{Route}/{id}")).Ok();
            (await reader.All(Route)).ShouldContain(h => h.Text("id") == id);
        }

        (await Officer.Get($"{Route}/{id}")).ShouldBeProblem(404, "hand-over-not-found");
        (await Officer.All(Route)).ShouldNotContain(h => h.Text("id") == id);
        (await Head.Get($"offices/elsewhere/hand-overs/{id}")).ShouldBeProblem(404, "hand-over-not-found");
    }

    [Test]
    public async Task On_the_pages_a_head_looks_first_then_hands_over_and_gets_a_paper_to_sign()
    {
        var leaver = await Leaver(2, decision: true);
        var taker = await Hire("คนรับมอบ <b>", Roles.Officer);
        var head = await Someone(Roles.GroupDirector);
        (await head.Go($"/team?office=demo&who={leaver.Id}")).Html.ShouldContain($"/team/hand-over?office=demo&amp;from={leaver.Id}");
        (await head.Go($"/team/hand-over?office=demo&from={leaver.Id}")).ShouldBe(200)
            .ShouldSay("ผู้ส่งมอบ", leaver.Name, "คืนให้ผู้มีหน้าที่ทุกคน");
        (await head.Go($"/team/hand-over?office=demo&from={leaver.Id}&to={taker.Id}&reason=%E0%B8%A2%E0%B9%89%E0%B8%B2%E0%B8%A2&number=7%2F2569")).ShouldSay("ส่งมอบได้ 2 งาน จาก 3 งาน", "ส่งมอบไม่ได้", "งานค้างที่ 1");
        var form = head.FieldsOf("/team/hand-over?handler=store");
        var paper = (await head.Post("/team/hand-over?handler=store", form)).Location.ShouldNotBeNull();
        (await head.Post("/team/hand-over?handler=store", form)).ShouldLeadTo(paper);
        (await head.Follow()).ShouldBe(200).ShouldSay(
            "ส่งมอบแล้ว 2 งาน จาก 3 งาน", "บัญชีส่งมอบ-รับมอบงาน", "ส่วนราชการ สำนักงานเขตพื้นที่การศึกษาตัวอย่าง", "คำสั่งที่ ๗/๒๕๖๙", "๒\u00a0มีนาคม\u00a0๒๕๖๙", "๐๙.๐๐\u00a0น.", "เนื่องจาก ย้าย",
            "โดย ผู้อำนวยการกลุ่ม ตัวอย่าง", "งานค้างที่ ๑", "ส่งมอบไม่ได้:", "ผู้ส่งมอบ", "ผู้รับมอบ", "คนรับมอบ <b>");
        (await head.Go("/hand-overs")).ShouldSay("คนรับมอบ <b>", "ส่งมอบแล้ว 2 จาก 3 งาน");
        (await (await Someone(Roles.Officer)).Go(paper)).ShouldBe(404);
        (await (await Someone(Roles.Officer)).Go("/hand-overs")).ShouldBe(200).Text.ShouldNotContain("คนรับมอบ <b>");
        (await (await Someone(Roles.Officer)).Go("/team/hand-over")).ShouldBe(403);
        (await head.Go($"/team/hand-over?office=demo&from={leaver.Id}&to={leaver.Id}&reason=x")).ShouldBe(400).ShouldSay("คนละคน");
    }

    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }
}
