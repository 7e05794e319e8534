using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Cases as pages: finding and reading them.</summary>
public sealed class CasePagesSpec(string provider) : OfPages(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    [Test]
    public async Task A_case_shows_what_was_planned_and_what_came_of_it()
    {
        var instance = (await Officer.Start(World.KhonKaen, "ปรับปรุงห้องเรียน", businessKey: "ศธ 1/2569")).Ok().Text("id");
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        (await World.Director.Return(await Officer.OpenTaskOf(instance), "ขอราคาใหม่")).Ok();
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}")).ShouldBe(200).ShouldSay(
            "ปรับปรุงห้องเรียน", "กำลังดำเนินการ", "เรื่องอยู่ที่ขั้นที่ 2", "ทำงานนี้", "ศธ 1/2569", "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง", "ยังไม่ถึง", "ส่งกลับ", "ขอราคาใหม่",
            "ผู้อำนวยการ ตัวอย่าง ส่งกลับขั้นที่ 3", "เจ้าหน้าที่ ตัวอย่าง เริ่มเรื่อง", "2 มี.ค. 2569");
        (await (await Someone(Roles.Director)).Go($"/cases/{instance}")).ShouldBe(200).Text.ShouldNotContain("ทำงานนี้");
    }

    [Test]
    public async Task A_finished_case_says_so()
    {
        var instance = await Officer.Started(World.KhonKaen, "เรื่องที่เสร็จ");
        for (var i = 0; i < 7; i++)
            await Person.DoNext(World, instance);
        (await (await Someone(Roles.Auditor)).Go($"/cases/{instance}")).ShouldBe(200).ShouldSay("เสร็จสิ้น", "เรื่องเสร็จสิ้น").Text
            .ShouldNotContain("ยังไม่ถึง");
    }

    [Test]
    public async Task A_case_of_another_office_is_not_there()
    {
        (await World.SystemAdministrator.Post("offices", new { code = "far-" + Provider, name = new { th = "สำนักงานอื่น", en = "Another office" }, province = "TH-84" })).Ok();
        var instance = (await World.SystemAdministrator.Start(World.KhonKaen, "เรื่องของที่อื่น", office: "far-" + Provider)).Ok()
            .Text("id");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}")).ShouldBe(404).ShouldSay("ไม่พบหน้านี้");
        (await officer.Go("/cases")).Text.ShouldNotContain("เรื่องของที่อื่น");
    }

    [Test]
    public async Task Cases_are_found_by_title_reference_status_and_procedure_page_by_page()
    {
        var mark = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 32; i++)
        {
            await Officer.Started(World.SuratThani, $"{mark} ที่ {i}.");
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await Officer.Cancel((await Officer.Start(World.KhonKaen, $"{mark} ยกเลิก", businessKey: "R" + mark)).Ok().Text("id"), "เริ่มผิด"))
            .Ok();
        var officer = await Someone(Roles.Officer);
        var first = (await officer.Go($"/cases?q={mark}")).ShouldSay("ยกเลิก", "ที่ 31.", "หน้าถัดไป");
        var next = System.Net.WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(first.Html, "href=\"(/cases\\?[^\"]*after=[^\"]*)\"").Groups[1].Value);
        (await officer.Go(next)).ShouldSay("ที่ 0.").Text.ShouldNotContain("ที่ 31.");
        (await officer.Go($"/cases?q={mark}&status=cancelled")).ShouldSay($"{mark} ยกเลิก").Text.ShouldNotContain("ที่ 1.");
        (await officer.Go($"/cases?q={mark}&procedure={World.KhonKaen}")).ShouldSay($"{mark} ยกเลิก").Text.ShouldNotContain("ที่ 1.");
        (await officer.Go($"/cases?q=r{mark.ToUpperInvariant()}")).ShouldSay($"{mark} ยกเลิก");
        (await officer.Go("/cases?status=nonsense")).ShouldBe(404);
    }

    [Test]
    public async Task A_file_is_attached_downloaded_and_refused_in_words()
    {
        var instance = await Officer.Started(World.KhonKaen, "เรื่องที่มีเอกสาร");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}")).ShouldSay("ยังไม่มีเอกสารแนบ");
        (await officer.Attach($"/cases/{instance}/files", "แผนงาน.pdf", "%PDF-1.4\n%%EOF"u8.ToArray()))
            .ShouldLeadTo($"/cases/{instance}#files");
        (await officer.Go($"/cases/{instance}")).ShouldSay("แนบไฟล์ แผนงาน.pdf แล้ว", "แผนงาน.pdf", "เจ้าหน้าที่ ตัวอย่าง");
        var link = System.Text.RegularExpressions.Regex.Match(officer.Page.Html, "href=\"(/cases/[^\"]+/files/[^\"]+)\"").Groups[1].Value;
        (await officer.Go(link)).ShouldBe(200).Headers["Content-Disposition"].ShouldStartWith("attachment");
        (await World.Visitor().Go(link)).Status.ShouldBe(302);
        await officer.Go($"/cases/{instance}");
        await officer.Attach($"/cases/{instance}/files", "program.exe", "MZ"u8.ToArray());
        (await officer.Go($"/cases/{instance}")).ShouldSay("ยังไม่ได้แนบไฟล์").Text.ShouldNotContain("program.exe");
        (await officer.Attach($"/cases/{instance}/files", "ก.pdf", "%PDF-1.4\n%%EOF"u8.ToArray(), token: false)).ShouldBe(400);
    }

    [Test]
    public async Task A_list_of_cases_says_where_each_is_and_who_has_it()
    {
        var mark = Guid.NewGuid().ToString("N");
        var taken = await Officer.Started(World.SuratThani, $"{mark} รับแล้ว");
        (await Officer.Claim(await Officer.OpenTaskOf(taken))).Ok();
        await Officer.Started(World.KhonKaen, $"{mark} ยังไม่รับ");
        var director = await Someone(Roles.Director);
        (await director.Go($"/cases?q={mark}")).ShouldSay("อยู่ที่ขั้นตอน", "ขั้นที่ 1", "เจ้าหน้าที่ ตัวอย่าง", "เจ้าหน้าที่ในกลุ่ม");
        (await director.Go($"/cases?q={mark}&with={Uri.EscapeDataString("demo.clerk")}")).ShouldSay("ไม่พบเรื่อง", "ดูเรื่องทั้งหมด");
        (await director.Go($"/cases?q={mark}&with={Uri.EscapeDataString("เจ้าหน้าที่ ตัว")}")).ShouldSay($"{mark} รับแล้ว", $"{mark} ยังไม่รับ");
        (await director.Go($"/cases?q={mark}&with={Uri.EscapeDataString("ไม่มีใคร")}")).ShouldSay("ไม่พบเรื่อง");
    }

    [Test]
    public async Task Cases_are_narrowed_by_days_and_lateness_and_sorted()
    {
        var mark = Guid.NewGuid().ToString("N");
        Clock.SetBangkok("2026-03-02 09:00");
        await Officer.Started(World.SuratThani, $"{mark} เก่า");
        Clock.SetBangkok("2026-03-05 09:00");
        await Officer.Started(World.SuratThani, $"{mark} ใหม่");
        Clock.SetBangkok("2026-03-05 09:01");
        await Officer.Started(World.KhonKaen, $"{mark} ไม่มีกำหนด");
        Clock.SetBangkok("2026-03-11 09:00");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases?q={mark}&overdue=true")).ShouldSay($"{mark} เก่า", "เกินกำหนด").Text.ShouldNotContain($"{mark} ใหม่");
        (await officer.Go($"/cases?q={mark}&until={Uri.EscapeDataString("3/3/2569")}")).ShouldSay($"{mark} เก่า").Text.ShouldNotContain($"{mark} ใหม่");
        (await officer.Go($"/cases?q={mark}&from=2026-03-05")).ShouldSay($"{mark} ใหม่").Text.ShouldNotContain($"{mark} เก่า");
        Order(await officer.Go($"/cases?q={mark}")).ShouldBe(["ไม่มีกำหนด", "ใหม่", "เก่า"]);
        Order(await officer.Go($"/cases?q={mark}&sort=oldest")).ShouldBe(["เก่า", "ใหม่", "ไม่มีกำหนด"]);
        Order(await officer.Go($"/cases?q={mark}&sort=due")).ShouldBe(["เก่า", "ใหม่"]);
        (await officer.Go("/cases?from=yesterday")).ShouldBe(404);
        (await officer.Go("/cases?sort=colour")).ShouldBe(404);
        (await officer.Go("/cases?after=nonsense")).ShouldBe(404);

        List<string> Order(Shown page) =>
            [.. System.Text.RegularExpressions.Regex.Matches(page.Html, mark + " ([^<]+)</a>").Select(m => m.Groups[1].Value.Trim())];
    }

    [Test]
    public async Task A_list_by_due_date_goes_on_where_its_page_ended()
    {
        var mark = Guid.NewGuid().ToString("N");
        for (var i = 1; i <= 32; i++)
            await Officer.Started(World.SuratThani, $"{mark} ที่ {i}.");
        var officer = await Someone(Roles.Officer);
        var first = await officer.Go($"/cases?q={mark}&sort=due");
        first.ShouldSay("หน้าถัดไป");
        var next = System.Net.WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(first.Html, "href=\"(/cases\\?[^\"]*after=[^\"]*)\"").Groups[1].Value);
        // All are due at the same moment: their order is their own, but none is left out or shown twice.
        var shown = new[] { first.Html, (await officer.Go(next)).Html }
            .SelectMany(html => System.Text.RegularExpressions.Regex.Matches(html, mark + " ที่ ([0-9]+)\\.</a>").Select(m => m.Groups[1].Value))
            .ToList();
        shown.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 32).Select(n => $"{n}").Order(StringComparer.Ordinal));
    }
}
