using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>Process owners work on a procedure as a table of rows.</summary>
public sealed partial class TablePageSpec(string provider) : OfPages(provider)
{
    async Task<Visitor> Owner(string role = Roles.ProcessOwner)
    {
        var visitor = World.Visitor();
        await visitor.SignIn(role);
        return visitor;
    }

    /// <summary>A new procedure, made on the page; its key.</summary>
    static async Task<string> Create(Visitor owner, string name, string template = "")
    {
        await owner.Go("/studio/new");
        await owner.Submit("/studio/new", ("name", name), ("template", template));
        owner.Page.Status.ShouldBe(302, owner.Page.Text);
        return Address().Match(owner.Page.Location!).Groups[1].Value;
    }

    static async Task Add(Visitor owner, string key, string kind, string name, string? after = null)
    {
        var page = await owner.Go($"/studio/definitions/{key}/table");
        var last = Rows().Matches(page.Html) is [.., var row] ? row.Groups[1].Value : "start";
        await owner.Submit($"/studio/definitions/{key}/table?handler=add", ("name", name), ("kind", kind), ("after", after ?? last));
        owner.Page.Status.ShouldBe(302, owner.Page.Text);
    }

    static async Task<string> Row(Visitor owner, string key, string name)
    {
        var page = await owner.Go($"/studio/definitions/{key}/table");
        return Named().Matches(page.Html).Single(m => System.Net.WebUtility.HtmlDecode(m.Groups[2].Value) == name).Groups[1].Value;
    }

    static async Task Fill(Visitor owner, string key, string row, params (string, string)[] fields)
    {
        await owner.Go($"/studio/definitions/{key}/table?row={row}");
        await owner.Submit($"/studio/definitions/{key}/table", fields);
    }

    [Test]
    public async Task A_draft_is_walked_through_as_each_role_in_turn_and_nothing_is_stored()
    {
        var owner = await Owner();
        var before = await World.RowCountsAsync();
        var page = await owner.Go($"/studio/definitions/{World.KhonKaen}/walk");
        page.ShouldSay("เดินเรื่องทดลอง");
        string[] acts = ["complete:appoint-working-group", "complete:plan-work", "reject:propose-plan", "complete:plan-work", "approve:propose-plan"];
        page = await owner.Go($"/studio/definitions/{World.KhonKaen}/walk?{string.Join('&', acts.Select(a => "a=" + a))}");
        page.Html.Split("<li>").Length.ShouldBeGreaterThan(acts.Length, "each act is told");
        page.ShouldSay("ไม่เห็นชอบ", "ตอนนี้อยู่ที่");
        page.Html.ShouldNotContain("ทำไม่ได้");
        (await owner.Go($"/studio/definitions/{World.KhonKaen}/walk?a=approve:appoint-working-group&a=nonsense&a=complete:nowhere"))
            .ShouldSay("ทำไม่ได้");
        (await World.RowCountsAsync()).ShouldBe(before);
        (await owner.Go("/studio/definitions/no.such/walk")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_procedure_is_made_from_nothing_published_and_run()
    {
        var owner = await Owner();
        var key = await Create(owner, "จัดประชุม");
        foreach (var (kind, name) in new[] { ("Work", "ร่างกำหนดการ"), ("Approve", "เสนอ ผอ.เขต"), ("Acknowledge", "แจ้งผล") })
            await Add(owner, key, kind, name);
        var draft = await Row(owner, key, "ร่างกำหนดการ");
        await Fill(owner, key, draft, ("name", "ร่างกำหนดการประชุม"), ("role", Roles.Officer), ("rule", "working_days"), ("n", "๓ - ๕"));
        owner.Page.ShouldLeadTo($"/studio/definitions/{key}/table#row-{draft}");
        (await owner.Go($"/studio/definitions/{key}/table")).ShouldSay("ร่างกำหนดการประชุม", "3–5 วันทำการ", "ไม่พบข้อบกพร่อง");
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "งานใหม่ของสำนักงาน"));

        var instance = await Officer.Started(key);
        var task = await Officer.OpenTaskOf(instance);
        (task["name"].Text("th"), task.Text("dueAt")[..10]).ShouldBe(("ร่างกำหนดการประชุม", "2026-03-10"));
        (await Officer.Complete(task)).Ok();
        (await As(Roles.Director).Reject(await Officer.OpenTaskOf(instance), "แก้วันที่")).Ok();
        (await Officer.OpenTaskOf(instance)).Text("step").ShouldBe(draft, "what is refused goes back to the row before");
    }

    static IEnumerable<string> Templates => ProcedureTemplate.All.Select(t => t.Id);

    [TestCaseSource(nameof(Templates))]
    public async Task A_procedure_from_a_template_is_published_as_it_is_and_starts(string template)
    {
        var owner = await Owner();
        var key = await Create(owner, $"จากแม่แบบ {template}", template);
        (await owner.Go($"/studio/definitions/{key}/table")).ShouldSay([.. ProcedureTemplate.Find(template)!.Rows, "ไม่พบข้อบกพร่อง"]);
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "จากแม่แบบ"));
        (await Officer.Start(key)).Ok();
    }

    [Test]
    public async Task Two_owners_change_different_rows_and_one_is_told_when_they_change_the_same()
    {
        var (one, other) = (await Owner(), await Owner());
        var key = await Create(one, "สองคน");
        await Add(one, key, "Work", "แถวแรก");
        await Add(one, key, "Work", "แถวสอง");
        var (first, second) = (await Row(one, key, "แถวแรก"), await Row(one, key, "แถวสอง"));
        await one.Go($"/studio/definitions/{key}/table?row={first}");
        await other.Go($"/studio/definitions/{key}/table?row={second}");
        await one.Submit($"/studio/definitions/{key}/table", ("name", "แถวแรกของคนหนึ่ง"));
        one.Page.Status.ShouldBe(302, one.Page.Text);
        await other.Submit($"/studio/definitions/{key}/table", ("name", "แถวสองของอีกคน"));
        other.Page.Status.ShouldBe(302, other.Page.Text);

        await one.Go($"/studio/definitions/{key}/table?row={first}");
        await Fill(other, key, first, ("name", "แก้ก่อน"));
        (await one.Submit($"/studio/definitions/{key}/table", ("name", "แก้ทีหลัง"))).ShouldSay("มีผู้แก้แถวนี้ไปแล้ว", "แก้ทีหลัง");
        await one.Submit($"/studio/definitions/{key}/table", ("name", "แก้ทีหลัง"));
        (await one.Go($"/studio/definitions/{key}/table")).ShouldSay("แก้ทีหลัง", "แถวสองของอีกคน");

        // What moves rows counts only for the table that was seen.
        await other.Go($"/studio/definitions/{key}/table");
        await Add(one, key, "Work", "แถวสาม");
        (await other.Submit($"/studio/definitions/{key}/table?handler=move", ("way", "down"))).ShouldBe(409).ShouldSay("มีผู้บันทึกร่างนี้ไปก่อนแล้ว");
    }

    [Test]
    public async Task The_data_of_the_case_decide_which_way_it_goes()
    {
        var owner = await Owner();
        var key = await Create(owner, "ตามวงเงิน");
        await owner.Go($"/studio/definitions/{key}/table");
        await owner.Submit($"/studio/definitions/{key}/table?handler=data", ("label", "วงเงิน"), ("type", "Decimal"));
        foreach (var (kind, name) in new[] { ("Work", "เสนอขอซื้อ"), ("Decide", "วงเงินเท่าใด"), ("Work", "ซื้อเล็ก"), ("Work", "ตรวจรับ") })
            await Add(owner, key, kind, name);
        var (decide, check) = (await Row(owner, key, "วงเงินเท่าใด"), await Row(owner, key, "ตรวจรับ"));
        await Fill(
            owner, key, decide, ("name", "วงเงินเท่าใด"), ("new.data", "วงเงิน"), ("new.is", ">"), ("new.value", "๕,๐๐๐"), ("new.to", check));
        (await owner.Go($"/studio/definitions/{key}/table")).ShouldSay("วงเงิน > 5000", "ไม่พบข้อบกพร่อง");
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "ตามระเบียบพัสดุ"));
        foreach (var (amount, name) in new[] { (6000, "ตรวจรับ"), (400, "ซื้อเล็ก") })
        {
            var instance = (await Officer.Post("process-instances", new
            {
                definitionKey = key,
                office = World.Office,
                title = "ซื้อ",
                variables = new Dictionary<string, object> { ["วงเงิน"] = amount },
            })).Ok().Text("id");
            (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
            (await Officer.OpenTaskOf(instance))["name"].Text("th").ShouldBe(name);
        }
    }

    [Test]
    public async Task Deleting_a_row_says_which_running_cases_stand_there_and_they_stay_on_their_version()
    {
        var owner = await Owner();
        var key = await Create(owner, "ลบแถว");
        await Add(owner, key, "Work", "แถวหนึ่ง");
        await Add(owner, key, "Work", "แถวสอง");
        await owner.Go($"/studio/definitions/{key}/table");
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "ทดลอง"));
        var instance = await Officer.Started(key);
        var row = await Row(owner, key, "แถวหนึ่ง");
        (await owner.Go($"/studio/definitions/{key}/table?row={row}")).ShouldSay("1 เรื่องอยู่ที่ขั้นตอนนี้");
        await owner.Submit($"/studio/definitions/{key}/table?handler=move", ("row", row), ("way", "delete"));
        var page = await owner.Go($"/studio/definitions/{key}/table");
        page.ShouldSay("แถวหนึ่ง: 1 เรื่อง");
        page.Html.ShouldContain($"/studio/definitions/{key}/move");
        page.Html.ShouldNotContain($"data-row=\"{row}\"");
        (await Officer.OpenTaskOf(instance)).Text("step").ShouldBe(row);
    }

    [Test]
    public async Task Cases_at_a_deleted_row_are_moved_with_a_look_at_it_first()
    {
        var owner = await Owner();
        var key = await Create(owner, "ย้ายเรื่อง");
        await Add(owner, key, "Work", "แถวเก่า");
        await Add(owner, key, "Work", "แถวใหม่กว่า");
        async Task Publish()
        {
            await owner.Go($"/studio/definitions/{key}/table");
            await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "ทดลอง"));
        }

        await Publish();
        var instance = await Officer.Started(key);
        var (old, other) = (await Row(owner, key, "แถวเก่า"), await Row(owner, key, "แถวใหม่กว่า"));
        await owner.Go($"/studio/definitions/{key}/table?row={old}");
        await owner.Submit($"/studio/definitions/{key}/table?handler=move", ("row", old), ("way", "delete"));
        await Publish();
        (await owner.Go($"/studio/definitions/{key}/move")).ShouldSay("ย้ายได้ 0 เรื่อง ย้ายไม่ได้ 1 เรื่อง", "ไม่มีขั้นตอนนี้ในรุ่นใหม่");
        (await owner.Go($"/studio/definitions/{key}/move?from=1&to=2&to.{old}={other}")).ShouldSay("ย้ายได้ 1 เรื่อง", "จะอยู่ที่ “แถวใหม่กว่า”");
        await owner.Submit($"/studio/definitions/{key}/move?handler=go");
        owner.Page.Status.ShouldBe(302, owner.Page.Text);
        var progress = owner.Page.Location!;
        (await owner.Go(progress)).ShouldSay("กำลังย้าย");
        await World.Services.GetRequiredService<MigrationWork>().RunAsync(CancellationToken.None);
        (await owner.Go(progress)).ShouldSay("ย้ายเสร็จแล้ว 1 เรื่อง");
        (await Officer.OpenTaskOf(instance)).Text("step").ShouldBe(other);
    }

    [Test]
    public async Task What_a_row_shows_and_is_stored_as_it_is_makes_no_draft()
    {
        var owner = await Owner();
        foreach (var key in new[] { World.KhonKaen, World.SuratThani, "khonkaen-5.data-security" })
        {
            var table = $"/studio/definitions/{key}/table";
            foreach (var row in Rows().Matches((await owner.Go(table)).Html).Select(m => m.Groups[1].Value).ToList())
            {
                await owner.Go($"{table}?row={row}");
                if (!owner.Page.Html.Contains("class=\"row-form\"", StringComparison.Ordinal))
                    continue;
                await owner.Post(table, PageForm.Untouched(owner.Page.Html, table));
                owner.Page.ShouldLeadTo($"{table}#row-{row}");
            }

            await owner.Go(table);
            await owner.Post($"{table}?handler=head", PageForm.Untouched(owner.Page.Html, $"{table}?handler=head"));
            owner.Page.ShouldLeadTo(table);
            var made = await As(Roles.ProcessOwner).Get($"process-definitions/{key}/draft");
            made.Status.ShouldBe(404, key);
        }
    }

    [Test]
    public async Task A_procedure_that_asks_all_schools_waits_for_word_and_goes_on_to_another_is_made_by_form_alone()
    {
        var owner = await Owner();
        var key = await Create(owner, "สำรวจทุกโรงเรียน");
        var table = $"/studio/definitions/{key}/table";
        await owner.Go(table);
        foreach (var (label, type) in new[] { ("โรงเรียน", "people"), ("คำตอบ", "people"), ("ขอด่วน", "Boolean") })
        {
            await owner.Go(table);
            await owner.Submit($"{table}?handler=data", ("label", label), ("type", type));
        }

        foreach (var (kind, name) in new[] { ("Work", "ส่งแบบสำรวจ"), ("Work", "ตอบแบบสำรวจ"), ("Message", "รอหนังสือตอบ"), ("Call", "ส่งต่อ"), ("Work", "สรุป") })
            await Add(owner, key, kind, name);
        var (send, answer, wait, call, sum) = (
            await Row(owner, key, "ส่งแบบสำรวจ"), await Row(owner, key, "ตอบแบบสำรวจ"), await Row(owner, key, "รอหนังสือตอบ"),
            await Row(owner, key, "ส่งต่อ"), await Row(owner, key, "สรุป"));
        await Fill(
            owner, key, answer, ("set.forEach.there", "1"), ("set.forEach", "โรงเรียน"), ("set.goOn.there", "1"), ("set.goOn", "deadline"),
            ("set.collectInto.there", "1"), ("set.collectInto", "คำตอบ"), ("rule", "working_days"), ("n", "๗"),
            ("set.notDoneBy.there", "1"), ("set.notDoneBy", "start"), ("set.priority.there", "1"), ("set.priority", "urgent"),
            ("timer.0.rule", "working_days"), ("timer.0.n", "๕"), ("timer.0.to", sum), ("timer.0.interrupts", "true"));
        await Fill(owner, key, wait, ("set.message.there", "1"), ("set.message", "reply"));
        (await owner.Go(table)).ShouldSay("definitionKey");
        await Fill(owner, key, call, ("set.definitionKey.there", "1"), ("set.definitionKey", "no.such"), ("set.waits.there", "1"));
        (await owner.Go(table)).ShouldSay("สำนักงานไม่มีกระบวนงาน \"no.such\"", "กรอกให้ครบ");
        await Fill(owner, key, call, ("set.definitionKey.there", "1"), ("set.definitionKey", World.KhonKaen), ("set.waits.there", "1"));
        await Fill(owner, key, send, ("who", "byData"), ("assign.0.when.data", "ขอด่วน"), ("assign.0.when.is", "="), ("assign.0.when.value", "ใช่"), ("assign.0.to", "requester"));
        await Fill(owner, key, send, ("who", "byData"), ("assign.0.when.data", "ขอด่วน"), ("assign.0.when.is", "="), ("assign.0.when.value", "ใช่"), ("assign.0.to", "requester"));
        var page = await owner.Go(table);
        page.Text.ShouldContain("ไม่พบข้อบกพร่อง", Case.Sensitive, string.Join("; ", Faults().Matches(page.Html).Select(m => m.Groups[1].Value)));
        var steps = (await As(Roles.ProcessOwner).Get($"process-definitions/{key}/draft")).Ok()["content"]!["root"]!["activities"]!.AsArray();
        steps.Single(a => a.Text("id") == call)!["waits"]!.GetValue<bool>().ShouldBeFalse();
        steps.Single(a => a.Text("id") == send)!["assignTo"]![0].Text("when").ShouldBe("ขอด่วน = true");
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "สำรวจ"));
        owner.Page.Status.ShouldBe(302, owner.Page.Text);
    }

    [Test]
    public async Task The_first_page_of_a_hundred_rows_is_small()
    {
        var owner = await Owner();
        var key = await Create(owner, "ร้อยแถว");
        var content = NewDefinition.Empty("ร้อยแถว").ToJsonString();
        for (var i = 0; i < 100; i++)
            content = DefinitionTable.Add(content, DefinitionTable.Read(content)!.Rows is [.., var last] ? last.Id : "start", RowKind.Work, $"ขั้นตอนที่ {i}").Require();
        var file = System.Text.Json.Nodes.JsonNode.Parse(content)!.AsObject();
        file["definitionId"] = key;
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", file)).Ok();
        var page = await owner.Go($"/studio/definitions/{key}/table");
        TestContext.Out.WriteLine($"{System.Text.Encoding.UTF8.GetByteCount(page.Html) / 1024} kB before it is packed");
        using var packed = new MemoryStream();
        await using (var brotli = new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            await brotli.WriteAsync(System.Text.Encoding.UTF8.GetBytes(page.Html));
        packed.Length.ShouldBeLessThan(150 * 1024);
    }

    [Test]
    public async Task Auditors_look_and_others_do_not()
    {
        var auditor = await Owner(Roles.Auditor);
        (await auditor.Go($"/studio/definitions/{World.KhonKaen}/table")).ShouldBe(200).Html.ShouldNotContain("handler=add");
        (await (await Owner(Roles.Officer)).Go($"/studio/definitions/{World.KhonKaen}/table")).ShouldBe(403);
        (await (await Owner()).Go("/studio/definitions/no.such/table")).ShouldBe(404);
    }

    [GeneratedRegex("/studio/definitions/([^/]*)/table")]
    private static partial Regex Address();

    [GeneratedRegex("class=\"fault\">([^<]*)<")]
    private static partial Regex Faults();

    [GeneratedRegex("data-row=\"([^\"]*)\"")]
    private static partial Regex Rows();

    [GeneratedRegex("<a href=\"[^\"]*row=([^\"#&]*)#[^\"]*\">([^<]*)</a>")]
    private static partial Regex Named();
}
