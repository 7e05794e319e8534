using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Tests;

/// <summary>งานของฉัน: what waits for a person, grouped by how pressing it is.</summary>
public sealed class InboxSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        await visitor.Follow();
        return visitor;
    }

    // Received on Monday 2 March with up to five working days; 3 March 2026 is Makha Bucha: due on Tuesday 10 March at 16:30.
    [TestCase("2026-03-02 10:00", "งานอื่น", "เหลือ 5 วันทำการ")]
    [TestCase("2026-03-06 10:00", "ใกล้ครบกำหนด", "เหลือ 2 วันทำการ")]
    [TestCase("2026-03-10 10:00", "ครบกำหนดวันนี้", "ครบกำหนดวันนี้ 16:30 น.")]
    [TestCase("2026-03-10 17:00", "เกินกำหนด", "เกินกำหนดแล้ว")]
    [TestCase("2026-03-12 10:00", "เกินกำหนด", "เกินกำหนด 2 วันทำการ")]
    public async Task A_task_stands_in_the_group_of_its_due_time(string at, string group, string left)
    {
        var title = $"เรื่องกำหนดเวลา {Guid.NewGuid():N}";
        Clock.SetBangkok("2026-03-02 09:00");
        await Officer.Started(World.SuratThani, title);
        Clock.SetBangkok(at);
        var visitor = await Someone(Roles.Officer);
        var page = await visitor.Go("/?q=" + Uri.EscapeDataString(title));
        page.ShouldSay(title, group, left, "10 มี.ค. 2569", "ขั้นที่ 1");
        page.Html.ShouldContain("<title>(1) งานของฉัน");
        foreach (var other in new[] { "งานอื่น", "ใกล้ครบกำหนด", "เกินกำหนด" }.Where(g => g != group))
            page.Text.ShouldNotContain(other + " 1");
    }

    [Test]
    public async Task The_more_urgent_stand_first_whatever_their_due_dates()
    {
        var mark = Guid.NewGuid().ToString("N");
        await Officer.Started(World.SuratThani, $"{mark} มีกำหนด");
        await Officer.Started(World.KhonKaen, $"{mark} ไม่มีกำหนด");
        var body = new { definitionKey = World.KhonKaen, office = World.Office, title = $"{mark} ด่วนไม่มีกำหนด", priority = "urgent" };
        (await Officer.Post("process-instances", body)).Ok().Text("priority").ShouldBe("urgent");
        var last = await Officer.Started(World.SuratThani, $"{mark} เร่งภายหลัง");
        (await As(Roles.CommitteeMember).Post($"process-instances/{last}/priority", new { priority = "mostUrgent" }))
            .ShouldBeProblem(403, "not-allowed");
        (await Director.Post($"process-instances/{last}/priority", new { priority = "at once" }))
            .ShouldBeProblem(400, "invalid-input", "priority");
        (await Director.Post($"process-instances/{last}/priority", new { priority = "mostUrgent", comment = "ผู้ว่าฯ มาตรวจ" })).Ok()
            .Text("priority").ShouldBe("mostUrgent");

        (await Officer.All("user-tasks?overdue=false", 200)).Where(t => t.Text("processInstanceId") == last).ShouldHaveSingleItem()
            .Text("priority").ShouldBe("mostUrgent");
        var page = (await Someone(Roles.Officer)).Go("/?q=" + mark);
        var text = (await page).ShouldSay("ด่วนที่สุด", "ด่วน 2").Text;
        var order = new[] { "เร่งภายหลัง", "ด่วนไม่มีกำหนด", "มีกำหนด", "ไม่มีกำหนด" }
            .Select(title => text.IndexOf($"{mark} {title}", StringComparison.Ordinal)).ToList();
        order.ShouldBe([.. order.Order()]);
        (await Director.Post($"process-instances/{last}/priority", new { priority = (string?)null })).Ok()["priority"].ShouldBeNull();
        (await (await Someone(Roles.Officer)).Go("/?q=" + mark)).Text.ShouldNotContain("ด่วนที่สุด");
        (await Officer.Verify(last))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task What_is_urgent_and_late_counts_as_both()
    {
        var mark = Guid.NewGuid().ToString("N");
        Clock.SetBangkok("2026-03-02 09:00");
        await Officer.Started(World.SuratThani, $"{mark} เกินกำหนด");
        var urgent = await Officer.Started(World.SuratThani, $"{mark} ด่วนและเกินกำหนด");
        (await Director.Post($"process-instances/{urgent}/priority", new { priority = "urgent" })).Ok();
        Clock.SetBangkok("2026-03-12 10:00");
        var page = await (await Someone(Roles.Officer)).Go("/?q=" + mark);
        page.ShouldSay("ด่วน 1", "เกินกำหนด 2", "ด่วน 1 · เกินกำหนด 1", "เกินกำหนด 1 · และงานด่วนอีก 1");
        page.Html.ShouldContain("<title>(2) งานของฉัน");
    }

    [Test]
    public async Task What_one_started_and_others_have_stands_apart()
    {
        var title = $"เสนอผู้อำนวยการ {Guid.NewGuid():N}";
        var instance = await Officer.Started(World.KhonKaen, title);
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        var officer = await Someone(Roles.Officer);
        officer.Page.ShouldSay("รอผู้อื่นดำเนินการ", title, "อยู่ที่ ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา");
        officer.Page.Html.ShouldContain($"/cases/{instance}");
        (await Someone(Roles.Director)).Page.ShouldSay(title);
        (await Someone(Roles.CommitteeMember)).Page.Text.ShouldNotContain(title);
    }

    [Test]
    public async Task A_search_finds_titles_references_and_procedures_and_takes_no_wildcards()
    {
        var mark = Guid.NewGuid().ToString("N");
        (await Officer.Start(World.KhonKaen, $"งาน 100% {mark}", businessKey: $"ศธ {mark}/1")).Ok();
        (await Officer.Start(World.KhonKaen, $"งาน 1000 {mark}")).Ok();
        var visitor = await Someone(Roles.Officer);
        (await visitor.Go($"/?q={Uri.EscapeDataString($"100% {mark}")}")).ShouldSay("งาน 100%").Text.ShouldNotContain("งาน 1000");
        (await visitor.Go($"/?q={Uri.EscapeDataString($"ศธ {mark}/1")}")).ShouldSay("งาน 100%");
        (await visitor.Go("/?q=" + Uri.EscapeDataString("ติดตั้ง ดูแล"))).ShouldSay("งาน");
        (await visitor.Go("/?q=" + Guid.NewGuid())).ShouldSay("ไม่พบงานที่ค้นหา");
        (await visitor.Go("/?q=<script>alert(1)</script>")).Html.ShouldNotContain("<script>alert");
    }

    [Test]
    public async Task A_search_takes_Thai_and_Arabic_digits_as_one_and_leaves_blanks_and_full_stops_out()
    {
        var mark = Guid.NewGuid().ToString("N");
        (await Officer.Start(World.KhonKaen, $"แผนปี ๒๕๗๐ ด้านต่าง ๆ ของ สพป. {mark}", businessKey: $"ศธ ๐๔/{mark}")).Ok();
        var visitor = await Someone(Roles.Officer);
        foreach (var typed in new[] { $"2570 ด้านต่างๆ ของ สพป {mark}", $"๒๕๗๐ ด้านต่าง ๆ ของ สพป. {mark}", $"ศธ 04/{mark}", $"ศธ.๐๔/{mark.ToUpperInvariant()}" })
        {
            (await visitor.Go("/?q=" + Uri.EscapeDataString(typed))).ShouldSay("แผนปี ๒๕๗๐");
            (await visitor.Go("/cases?q=" + Uri.EscapeDataString(typed))).ShouldSay("แผนปี ๒๕๗๐");
        }

        (await visitor.Go("/?q=" + Uri.EscapeDataString($"๒๕๗๑ {mark}"))).ShouldSay("ไม่พบงานที่ค้นหา");
        (await visitor.Go("/procedures?q=" + Uri.EscapeDataString("วางแผน  ระบบคอมพิวเตอร์"))).ShouldSay("คอมพิวเตอร์");
        (await Officer.Get("process-definitions?search=" + Uri.EscapeDataString("ติดตั้งดูแล"))).Ok()["items"]!.AsArray().Count
            .ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task A_long_list_comes_in_pages_and_each_task_once()
    {
        var mark = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 35; i++)
            await Officer.Started(World.KhonKaen, $"{mark} เรื่องที่ {i}.");
        var visitor = await Someone(Roles.Officer);
        var first = (await visitor.Go("/?q=" + mark)).ShouldSay("หน้าถัดไป");
        first.Html.ShouldContain("<title>(35) งานของฉัน");
        var next = System.Net.WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(first.Html, "href=\"(/\\?[^\"]*after=[^\"]*)\"").Groups[1].Value);
        var second = (await visitor.Go(next)).ShouldSay("หน้าแรก");
        Enumerable.Range(0, 35).ShouldAllBe(i => first.Text.Contains($"เรื่องที่ {i}.") ^ second.Text.Contains($"เรื่องที่ {i}."));
        (await visitor.Go("/?after=nonsense")).ShouldBe(404);
    }

    [Test]
    public async Task A_task_that_waits_for_an_outsider_is_not_late()
    {
        var title = $"รอหนังสือตอบ {Guid.NewGuid():N}";
        var instance = await Officer.Started(World.SuratThani, title);
        (await Officer.Act("pause", await Officer.OpenTaskOf(instance), new { comment = "รอหนังสือจากกรม" })).Ok();
        Clock.SetBangkok("2026-04-20 10:00");
        (await (await Someone(Roles.Officer)).Go("/?q=" + Uri.EscapeDataString(title)))
            .ShouldSay("งานอื่น", "รอบุคคลภายนอก", "เวลาหยุดนับ");
        var task = (await Officer.Get($"user-tasks/{(await Officer.OpenTaskOf(instance)).Text("id")}")).Ok();
        ((bool)task["paused"]!).ShouldBeTrue("the API knows it, too");
        task["actions"]!.AsArray().Select(a => (string)a!).ShouldBe(["continue", "reassign", "comments"]);
    }
}
