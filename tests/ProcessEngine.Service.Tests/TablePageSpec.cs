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
        (await owner.Go($"/studio/definitions/{key}/table")).Text.ShouldNotContain("แถวหนึ่ง");
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
    public async Task Auditors_look_and_others_do_not()
    {
        var auditor = await Owner(Roles.Auditor);
        (await auditor.Go($"/studio/definitions/{World.KhonKaen}/table")).ShouldBe(200).Html.ShouldNotContain("handler=add");
        (await (await Owner(Roles.Officer)).Go($"/studio/definitions/{World.KhonKaen}/table")).ShouldBe(403);
        (await (await Owner()).Go("/studio/definitions/no.such/table")).ShouldBe(404);
    }

    [GeneratedRegex("/studio/definitions/([^/]*)/table")]
    private static partial Regex Address();

    [GeneratedRegex("data-row=\"([^\"]*)\"")]
    private static partial Regex Rows();

    [GeneratedRegex("<a href=\"[^\"]*row=([^\"#&]*)#[^\"]*\">([^<]*)</a>")]
    private static partial Regex Named();
}
