using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>What is published is what its owner saw.</summary>
public sealed class PublishingSpec(string provider) : OfPages(provider)
{
    static JsonNode File(string name, string key) => JsonNode.Parse($$$"""
        {"definitionId":"{{{key}}}","name":"{{{name}}}","root":{"type":"Elsa.Flowchart","activities":[
        {"id":"start","type":"ProcessEngine.Start"},{"id":"do","type":"ProcessEngine.UserTask","nameTh":"{{{name}}}","role":"officer"},
        {"id":"end","type":"ProcessEngine.End"}],
        "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"do","port":"In"}},
        {"source":{"activity":"do","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
        """)!;

    async Task<Visitor> Owner()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        return visitor;
    }

    static (string, string) Reason(string why = "ตามมติที่ประชุม") => ("reason", why);

    [Test]
    public async Task A_draft_that_was_saved_since_its_owner_looked_is_not_published_and_they_are_told_what_has_changed()
    {
        const string key = "own.stale";
        var (program, visitor) = (As(Roles.ProcessOwner), await Owner());
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับแรก", key))).Ok();
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ฉบับแรก");
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับที่สอง", key))).Ok();

        (await visitor.Submit($"/studio/definitions/{key}?handler=publish", Reason()))
            .ShouldSay("มีผู้บันทึกร่างนี้ไปก่อนแล้ว", "ชื่อ ฉบับแรก → ฉบับที่สอง");
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");

        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ฉบับที่สอง");
        await visitor.Submit($"/studio/definitions/{key}?handler=publish", Reason());
        (await Officer.Start(key)).Ok();
    }

    [Test]
    public async Task Nor_from_the_panel_beside_the_canvas()
    {
        const string key = "own.panel";
        var (program, visitor) = (As(Roles.ProcessOwner), await Owner());
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับแรก", key))).Ok();
        await visitor.Go($"/studio/editor/{key}?handler=panel");
        var seen = visitor.FieldsOf($"/studio/editor/{key}?handler=publish");
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับที่สอง", key))).Ok();
        (await visitor.Post($"/studio/editor/{key}?handler=publish", seen, Reason())).ShouldBe(409);
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");
        await visitor.Go($"/studio/editor/{key}?handler=panel");
        (await visitor.Submit($"/studio/editor/{key}?handler=publish", Reason())).ShouldLeadTo($"/studio/editor/{key}");
        (await Officer.Start(key)).Ok();
    }

    [Test]
    public async Task A_program_publishes_what_it_says_it_saw_or_what_its_owner_saved_last()
    {
        const string key = "own.program";
        var (owner, administrator) = (As(Roles.ProcessOwner), As(Roles.Administrator));
        (await owner.Put($"process-definitions/{key}/draft", File("ของเจ้าของ", key))).Ok();
        (await administrator.Post($"process-definitions/{key}/draft/publish?office={World.Office}", Why.Published)).ShouldBeProblem(409, "draft-changed");
        (await administrator.Put($"process-definitions/{key}/draft?office={World.Office}", File("ของผู้ดูแล", key))).Ok();
        (await owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).ShouldBeProblem(409, "draft-changed");
        var stale = await owner.Post($"process-definitions/{key}/draft/publish", new { revision = 1, reason = "ก" });
        stale.ShouldBeProblem(409, "draft-changed");
        stale.Body!["facts"]!["changes"]!.AsArray().Select(c => c!["text"].Text("th"))
            .ShouldContain(text => text.Contains("ของเจ้าของ → ของผู้ดูแล", StringComparison.Ordinal));
        (await owner.Post($"process-definitions/{key}/draft/publish", new { revision = 2, reason = "ก" })).Ok();
        (await owner.Put($"process-definitions/{key}/draft", File("ของเจ้าของ อีกครั้ง", key))).Ok();
        (await owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
    }

    [Test]
    public async Task Studios_own_button_publishes_what_its_window_shows()
    {
        const string key = "own.button";
        var (program, window) = (As(Roles.ProcessOwner), new StudioWindow(await Owner(), "one"));
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับแรก", key))).Ok();
        var model = await window.Open(key);
        (await program.Put($"process-definitions/{key}/draft", File("ฉบับที่สอง", key))).Ok();
        (await window.Save(model, publish: true)).ShouldBeShown().ShouldContain("มีผู้บันทึกฉบับที่ใหม่กว่า");
        (await window.Ask(HttpMethod.Post, $"workflow-definitions/{key}/publish", new { }, h => h.Add("X-Studio-Revision", "1")))
            .ShouldBeShown().ShouldContain("มีผู้บันทึกร่างนี้ไปก่อนแล้ว");
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");
        (await window.Save(await window.Open(key), publish: true)).Ok();
        (await Officer.Start(key)).Ok();
    }

    [Test]
    public async Task Each_publication_has_its_reason_which_pages_ask_for_and_versions_and_trail_show()
    {
        const string key = "own.reason";
        var visitor = await Owner();
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", File("มีเหตุผล", key))).Ok();
        await visitor.Go($"/studio/definitions/{key}");
        (await visitor.Submit($"/studio/definitions/{key}?handler=publish", Reason(" "))).ShouldSay("ต้องระบุเหตุผลที่เผยแพร่");
        (await Officer.Start(key)).Status.ShouldBe(404, "nothing was published");
        await visitor.Submit($"/studio/definitions/{key}?handler=publish", Reason("แก้ตามหนังสือเวียน ว 12"));
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("แก้ตามหนังสือเวียน ว 12");
        (await World.ScalarAsync<string>(
            "SELECT reason FROM admin_event WHERE action = 'definition-published' AND detail LIKE @key", new { key = $"%{key}%" }))
            .ShouldBe("แก้ตามหนังสือเวียน ว 12");
    }

    [Test]
    public async Task Two_versions_are_shown_on_one_chart_what_is_new_gone_and_changed_each_with_its_sign()
    {
        const string key = "own.picture";
        var visitor = await Owner();
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", File("ฉบับแรก", key))).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        var next = File("ฉบับแรก", key).AsObject();
        var (boxes, arrows) = (next["root"]!["activities"]!.AsArray(), next["root"]!["connections"]!.AsArray());
        boxes[1]!["id"] = "other";
        foreach (var arrow in arrows)
        {
            foreach (var end in new[] { "source", "target" }.Where(e => arrow![e].Text("activity") == "do"))
                arrow![end]!["activity"] = "other";
        }

        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", next)).Ok();
        (await visitor.Go($"/studio/definitions/{key}")).Html.ShouldContain("class=\"added\"");
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        var page = (await visitor.Go($"/studio/definitions/{key}?from=1&to=2")).Html;
        page.ShouldContain("class=\"added\"");
        page.ShouldContain("class=\"removed\"");
        page.ShouldContain("class=\"changed\"");
        (await visitor.Go($"/studio/definitions/{key}?from=1&to=99")).ShouldBe(200);
    }

    [Test]
    public async Task A_discarded_draft_can_be_taken_back_and_says_what_is_in_it()
    {
        const string key = "own.discarded";
        var (program, visitor) = (As(Roles.ProcessOwner), await Owner());
        (await program.Put($"process-definitions/{key}/draft", File("ที่ใช้อยู่", key))).Ok();
        (await program.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        (await program.Put($"process-definitions/{key}/draft", File("ที่คิดจะใช้", key))).Ok();

        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ต่างจากรุ่นที่ใช้อยู่", "นำกลับได้ภายใน 30 วัน");
        await visitor.Submit($"/studio/definitions/{key}?handler=discard");
        (await program.Get($"process-definitions/{key}/draft")).Status.ShouldBe(404);
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ฉบับร่างที่ยกเลิกไป", "ชื่อ ที่ใช้อยู่ → ที่คิดจะใช้");
        await visitor.Submit($"/studio/definitions/{key}?handler=resolve", ("use", "true"));
        (await program.Get($"process-definitions/{key}/draft")).Ok()["content"].Text("name").ShouldBe("ที่คิดจะใช้");

        await visitor.Go($"/studio/definitions/{key}");
        await visitor.Submit($"/studio/definitions/{key}?handler=discard");
        await RunCleanUp(TimeSpan.FromDays(29));
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ฉบับร่างที่ยกเลิกไป");
        await RunCleanUp(TimeSpan.FromDays(31));
        (await visitor.Go($"/studio/definitions/{key}")).Text.ShouldNotContain("ฉบับร่างที่ยกเลิกไป");
    }

    [Test]
    public async Task A_new_procedure_is_never_lost_by_discarding_its_draft()
    {
        const string key = "own.brand-new";
        var (program, visitor) = (As(Roles.ProcessOwner), await Owner());
        (await program.Put($"process-definitions/{key}/draft", File("กระบวนงานใหม่เอี่ยม", key))).Ok();
        (await program.Delete($"process-definitions/{key}/draft")).ShouldBeProblem(409, "nothing-published");
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("ลบกระบวนงานนี้");
        visitor.Page.Html.ShouldNotContain("handler=discard");
        await visitor.Submit($"/studio/definitions/{key}?handler=delete");
        visitor.Page.ShouldLeadTo("/studio");
        (await visitor.Go("/studio")).ShouldSay("กระบวนงานใหม่ที่ลบไป", "กระบวนงานใหม่เอี่ยม");
        await visitor.Submit("/studio?handler=takeback");
        visitor.Page.ShouldLeadTo($"/studio/definitions/{key}");
        (await visitor.Follow()).ShouldSay("กระบวนงานใหม่เอี่ยม");
    }

    [Test]
    public async Task An_own_version_that_went_out_of_use_can_be_taken_back()
    {
        const string key = "own.retired";
        var (program, visitor) = (As(Roles.ProcessOwner), await Owner());
        (await program.Put($"process-definitions/{key}/draft", File("ใช้งานจริง", key))).Ok();
        (await program.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        (await visitor.Go($"/studio/definitions/{key}")).ShouldSay("เรื่องที่ดำเนินอยู่ใช้รุ่นเดิม");
        await visitor.Submit($"/studio/definitions/{key}?handler=back");
        (await Officer.Start(key)).ShouldBeProblem(409, "definition-retired");
        await visitor.Go($"/studio/definitions/{key}");
        await visitor.Submit($"/studio/definitions/{key}?handler=restore");
        (await Officer.Start(key)).Ok();
    }

    [Test]
    public async Task A_copy_that_was_set_aside_shows_its_difference_also_where_no_draft_is_left()
    {
        const string key = "own.copies";
        var (one, other) = (new StudioWindow(await Owner(), "one"), new StudioWindow(await Owner(), "other"));
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", File("ตั้งต้น", key))).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        var (first, second) = (await one.Open(key), await other.Open(key));
        (first.Activity("do")["text"], second.Activity("do")["text"]) = ("ของคนแรก", "ของคนที่สอง");
        (await one.Save(first)).Ok();
        (await other.Save(second)).ShouldBeShown();
        await one.Visitor.Go($"/studio/definitions/{key}");
        await one.Visitor.Submit($"/studio/definitions/{key}?handler=discard");
        (await one.Visitor.Go($"/studio/definitions/{key}")).ShouldSay("งานที่บันทึกซ้อนกัน", "ข้อความ – → ของคนที่สอง");
    }

    [Test]
    public async Task The_text_that_Studio_displays_is_the_name_of_the_step()
    {
        const string key = "own.displayed";
        var window = new StudioWindow(await Owner(), "one");
        var shipped = await window.Open(World.KhonKaen);
        (shipped["definitionId"], shipped["id"]) = (key, null);
        var model = await window.Saved(shipped);
        model.Activity("plan-work")["metadata"]!["displayText"] = "วางแผนใหม่ทั้งหมด";
        var stored = (await window.Saved(model)).Activity("plan-work");
        (stored.Text("name"), stored.Text("nameTh")).ShouldBe(("วางแผนใหม่ทั้งหมด", "วางแผนใหม่ทั้งหมด"));
        model = await window.Open(key);
        model.Activity("plan-work")["name"] = "วางแผนอีกครั้ง";
        (await window.Saved(model)).Activity("plan-work")["metadata"].Text("displayText").ShouldBe("วางแผนอีกครั้ง");
    }

    [Test]
    public async Task A_setting_of_Studios_that_does_nothing_here_is_told_and_not_published()
    {
        const string key = "own.no-effect";
        var file = File("ไม่มีผล", key);
        file["inputs"] = new JsonArray(new JsonObject { ["name"] = "a" });
        file["options"] = new JsonObject { ["usableAsActivity"] = true };
        var step = file["root"]!["activities"]![1]!;
        step["customProperties"] = new JsonObject { ["runAsynchronously"] = true, ["mergeMode"] = "Stream" };
        var owner = As(Roles.ProcessOwner);
        var told = (await owner.Put($"process-definitions/{key}/draft", file)).Ok()["findings"]!.AsArray();
        told.Count(f => f.Text("code") == "no-effect").ShouldBe(4);
        (await owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).ShouldBeProblem(422, "definition-unsound");
    }

    [Test]
    public async Task Studios_test_of_one_activity_is_answered_and_its_links_lead_somewhere()
    {
        var owner = await Owner();
        var window = new StudioWindow(owner, "one");
        var answer = (await window.Post("tests/activities", new { })).Ok();
        (answer.Text("status"), answer!["exception"].Text("message")).ShouldBe(
            ("Faulted", "ทดสอบกิจกรรมเดี่ยวไม่ได้ ให้ทดลองทั้งกระบวนงานที่หน้าของกระบวนงาน"));
        foreach (var (link, page) in new[] { ("workflows/definitions", "/studio"), ("workflows/instances", "/cases"), ("diagnostics/structured-logs", "/cases") })
        {
            await owner.Go("/studio/" + link);
            owner.Page.ShouldLeadTo(page);
        }
    }

    [Test]
    public async Task Steps_are_shown_in_the_order_of_the_flow_wherever_their_boxes_stand_in_the_file()
    {
        const string key = "own.order";
        var file = File("ลำดับ", key).AsObject();
        var boxes = file["root"]!["activities"]!.AsArray();
        boxes.Insert(0, JsonNode.Parse("""{"id":"after","type":"ProcessEngine.UserTask","nameTh":"งานหลัง","role":"officer"}"""));
        var arrows = file["root"]!["connections"]!.AsArray();
        arrows.RemoveAt(1);
        foreach (var (from, to) in new[] { ("do", "after"), ("after", "end") })
            arrows.Add(new JsonObject { ["source"] = new JsonObject { ["activity"] = from, ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" } });
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", file)).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        (await Officer.Get($"process-definitions/{key}")).Ok()["steps"]!.AsArray().Select(s => s.Text("id")).ShouldBe(["do", "after"]);
    }

    Task RunCleanUp(TimeSpan later) => World.Services.GetRequiredService<Database>().TransactAsync(
        session =>
        {
            new DiscardDraft.CleanUp().ForgetOld(session, World.Clock.GetUtcNow() + later);
            return ValueTask.FromResult(true);
        },
        CancellationToken.None);
}
