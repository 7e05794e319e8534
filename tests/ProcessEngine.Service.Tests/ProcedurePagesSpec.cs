using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>The catalogue of procedures: finding one, reading what it needs and when its steps would be due, and starting it.</summary>
public sealed class ProcedurePagesSpec(string provider) : OfPages(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    [Test]
    public async Task A_procedure_is_found_read_and_started()
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/procedures")).ShouldSay(
            "คอมพิวเตอร์และเครือข่าย", "ข้อมูลและสารสนเทศ", "ติดตั้ง ดูแล บำรุงรักษา");
        (await officer.Go("/procedures?q=" + Uri.EscapeDataString("ไม่มีแน่นอน"))).ShouldSay("ไม่พบกระบวนงาน");
        // 2 March, a Monday; the 3rd is a holiday. Five working days to the 10th, five more to the 17th, and so on.
        (await officer.Go($"/procedures/{World.SuratThani}")).ShouldSay(
            "สิ่งที่ต้องใช้", "แบบคำร้องขอเข้าถึงระบบสารสนเทศ", "ถ้าเริ่มตอนนี้", "10 มี.ค. 2569", "17 มี.ค. 2569",
            "รวมอยู่ในระยะเวลาขั้นวิจัย");
        (await officer.Submit($"/procedures/{World.SuratThani}", ("title", " "))).ShouldBe(400)
            .ShouldSay("ยังไม่ได้เริ่มเรื่อง", "ต้องระบุ");
        var form = officer.FieldsOf($"/procedures/{World.SuratThani}");
        (string, string)[] filled = [("title", "พัฒนาระบบใหม่"), ("reference", "ศธ 9/2569")];
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => officer.Post($"/procedures/{World.SuratThani}", form, filled)));
        answers.Select(a => a.Location).Distinct().ShouldHaveSingleItem("a second click starts no second case").ShouldNotBeNull()
            .ShouldStartWith("/cases/");
        (await officer.Go(answers[0].Location!)).ShouldSay("เริ่มเรื่องแล้ว", "พัฒนาระบบใหม่", "ศธ 9/2569", "เรื่องอยู่ที่ขั้นที่ 1");
    }

    [TestCaseSource(typeof(Roles), nameof(Roles.All))]
    public void No_two_places_of_a_menu_bear_one_name(string role)
    {
        var places = Web.PageHead.PlacesOf(new Caller(Guid.NewGuid(), "somebody", [new Membership(World.Office, role)]));
        places.Select(p => p.Name.Th).ShouldBeUnique();
        places.Select(p => p.Name.En).ShouldBeUnique();
        places.Select(p => p.Narrow.Th).ShouldBeUnique();
    }

    [Test]
    public async Task Whoever_is_asked_for_is_chosen_by_name_from_the_people_of_the_office()
    {
        var officer = await Someone(Roles.Officer);
        const string Artwork = "/procedures/chiangmai-2.av-produce-artwork";
        var me = (await World.Officer.Get("users/me")).Ok();
        (await officer.Go(Artwork)).ShouldSay("เจ้าของเรื่อง", "ประชุมพร้อมกันหลายห้อง", "“ผู้มอบหมายงาน” (เจ้าของเรื่อง)");
        officer.Page.Html.ShouldNotContain(">matterOwner");
        officer.Page.Html.ShouldContain($"<option value=\"{me.Text("id")}\">{me.Text("displayName")}</option>");
        (await officer.Submit(Artwork, ("title", "ป้าย"), ("f.matterOwner", "สมชาย"))).ShouldBe(422)
            .ShouldSay("ยังไม่ได้เริ่มเรื่อง", "ไม่ได้ระบุบุคคลในสำนักงานนี้");
        var started = await officer.Submit(Artwork, ("title", "ป้ายต้อนรับ"), ("f.matterOwner", me.Text("id")));
        var shown = await officer.Go(started.Location!);
        shown.ShouldSay("เริ่มเรื่องแล้ว", "ป้ายต้อนรับ", me.Text("displayName"));
        shown.Html.ShouldNotContain(me.Text("id"));
    }

    [TestCase("ติดตั้งคอมพิวเตอร์", World.KhonKaen, TestName = "Words in one are found with others between them")]
    [TestCase("ติดตัง คอมพิวเตอร์", World.KhonKaen, TestName = "Tone marks may be left out")]
    [TestCase("เวบไซต์", "khonkaen-3.develop-office-website", TestName = "A web site is one however it is spelt")]
    [TestCase("แจ้งซ่อม", World.KhonKaen, TestName = "What a paper form is called is found")]
    [TestCase("INSTALL", World.KhonKaen, TestName = "Capitals do not matter")]
    public async Task A_procedure_is_found_by_what_people_type(string typed, string key)
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/procedures?q=" + Uri.EscapeDataString(typed))).ShouldBe(200).Html.ShouldContain($"href=\"/procedures/{key}\"");
        (await officer.Go("/procedures?q=" + Uri.EscapeDataString(typed + "ฮฮฮฮ"))).ShouldSay("ไม่พบกระบวนงาน");
    }

    [Test]
    public async Task What_is_found_in_a_form_says_where()
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/procedures?q=" + Uri.EscapeDataString("แจ้งซ่อม"))).ShouldSay("พบใน แบบฟอร์ม");
    }

    [Test]
    public async Task A_procedure_is_kept_at_the_top_and_dropped_again()
    {
        const string Key = "khonkaen-3.develop-office-website";
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/procedures")).Text.ShouldNotContain("ที่ท่านปักไว้");
        await officer.Go($"/procedures/{Key}");
        (await officer.Submit($"/procedures/{Key}?handler=keep")).ShouldLeadTo($"/procedures/{Key}");
        (await officer.Follow()).ShouldSay("ปักไว้บนสุดของรายการกระบวนงานแล้ว", "เลิกปัก");
        (await officer.Go("/procedures")).ShouldSay("ที่ท่านปักไว้ 1");
        (await (await Someone(Roles.Clerk)).Go("/procedures")).Text.ShouldNotContain("ที่ท่านปักไว้");
        await officer.Go($"/procedures/{Key}");
        await officer.Submit($"/procedures/{Key}?handler=keep");
        (await officer.Go("/procedures")).Text.ShouldNotContain("ที่ท่านปักไว้");
        (await officer.Post("/procedures/no.such?handler=keep", officer.FieldsOf("/sign-out"), ("kept", "true"))).ShouldBe(404);
    }

    [Test]
    public async Task What_somebody_began_last_stands_at_the_top()
    {
        await Officer.Started(World.KhonKaen, "เริ่มล่าสุด");
        (await (await Someone(Roles.Officer)).Go("/procedures")).ShouldSay("ที่ท่านเริ่มล่าสุด");
    }

    [Test]
    public async Task A_procedure_says_what_its_manual_says_and_where_else_the_work_is_described()
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/procedures/{World.KhonKaen}")).ShouldSay(
            "ตามคู่มือ", "คำจำกัดความ", "โทรคมนาคม หมายถึง", "งานเดียวกันในคู่มืออื่น").Html
            .ShouldContain("/procedures/khonkaen-5.install-maintain-computers");
        officer.Page.Text.ShouldNotContain(World.KhonKaen, Case.Sensitive, "the name for programs is for those who look after programs");
        (await officer.Go($"/procedures/{World.SuratThani}")).ShouldSay("ตัวชี้วัด");
        (await (await Someone(Roles.ProcessOwner)).Go($"/procedures/{World.KhonKaen}")).ShouldSay("รหัสสำหรับโปรแกรม", World.KhonKaen);
    }

    [Test]
    public async Task Who_may_not_start_cases_is_told_who_may()
    {
        var auditor = await Someone(Roles.Auditor);
        (await auditor.Go($"/procedures/{World.KhonKaen}")).ShouldBe(200).ShouldSay("ท่านไม่มีสิทธิ์ดำเนินการนี้", "เจ้าหน้าที่ในกลุ่ม");
        auditor.Page.Html.ShouldNotContain("name=\"title\"");
        (await auditor.Go("/procedures/no-such.procedure")).ShouldBe(404);
    }
}
