using System.Net;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>What an office's administrator sets in the browser: posts, limits, recurrences, who leaves, holidays, mail.</summary>
public sealed class OfficePagesSpec(string provider) : OfPages(provider)
{
    Visitor administrator = null!;

    [SetUp]
    public async Task SignIn()
    {
        administrator = World.Visitor();
        (await administrator.SignIn(Roles.Administrator)).ShouldLeadTo("/");
    }

    [Test]
    public async Task Stand_ins_and_responsibilities_are_set_one_by_one()
    {
        const string Path = "/admin/roles";
        (await administrator.Go(Path)).ShouldBe(200).ShouldSay("เจ้าหน้าที่ธุรการ", "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา");
        (await administrator.Submit($"{Path}?handler=standIns", ("for.clerk", Roles.GroupDirector))).ShouldLeadTo($"{Path}?office=demo");
        (await World.SystemAdministrator.Get("offices/demo/roles")).Ok()["items"]!.AsArray().Single(r => r!.Text("role") == Roles.Clerk)!
            .Text("standIn").ShouldBe(Roles.GroupDirector);
        await administrator.Go(Path);
        (await administrator.Submit($"{Path}?handler=add", ("role", Roles.Officer), ("field", World.KhonKaen), ("who", "demo.director")))
            .ShouldBe(400).ShouldSay("ไม่มีบทบาท");
        (await administrator.Submit($"{Path}?handler=add", ("role", Roles.Officer), ("field", World.KhonKaen), ("who", "demo.officer")))
            .ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Follow()).ShouldSay("เจ้าหน้าที่ ตัวอย่าง", "บันทึกผู้รับผิดชอบแล้ว");
        (await administrator.Submit($"{Path}?handler=remove")).ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Follow()).ShouldSay("ยังไม่ได้กำหนด");
    }

    [Test]
    public async Task Posts_bear_the_offices_own_names_wherever_they_stand()
    {
        const string Path = "/admin/roles";
        const string Own = "หัวหน้าสำนักงาน";
        await administrator.Go(Path);
        (await administrator.Submit($"{Path}?handler=names", ("th.director", "เจ้าหน้าที่ในกลุ่ม"))).ShouldBe(400)
            .ShouldSay("ใช้ชื่อเดียวกันไม่ได้").Html.ShouldContain("value=\"เจ้าหน้าที่ในกลุ่ม\"", Case.Sensitive, "what was typed is not lost");
        (await administrator.Submit($"{Path}?handler=names", ("th.director", "ก\u200Bข"))).ShouldBe(400).ShouldSay("อักขระที่มองไม่เห็น");
        (await administrator.Submit($"{Path}?handler=names", ("th.director", Own), ("en.director", "Head"))).ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Follow()).ShouldSay("บันทึกชื่อตำแหน่งแล้ว", Own);
        (await World.SystemAdministrator.Get("offices/demo/roles")).Ok()["items"]!.AsArray().Single(r => r!.Text("role") == Roles.Director)!["name"]!
            .Text("th").ShouldBe(Own);
        var instance = await Officer.Started(World.KhonKaen, "เรื่องที่รอผู้บังคับบัญชา");
        for (var i = 0; i < 2; i++)
            (await Officer.Complete(await Officer.OpenTaskOf(instance), "เรียบร้อย")).Ok();
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var director = World.Visitor();
        (await director.SignIn(Roles.Director)).ShouldLeadTo("/");
        (await director.Go($"/tasks/{task}")).ShouldSay($"{Own} (ยังไม่มีผู้รับ)", $"ถึง{Own}");
        (await director.Go($"/cases/{instance}")).ShouldSay($"ผู้ดำเนินการ: {Own}").Html.ShouldMatch($"class=\"who\"[^>]*>{Own}<", "on the chart");
        (await director.Go($"/cases/{instance}/memo")).ShouldSay($"เรียน {Own}");
        (await director.Go("/team")).ShouldSay(Own);
        (await administrator.Go("/admin/people")).ShouldSay(Own);
        (await administrator.Go("/admin/orders")).ShouldSay(Own);
        (await administrator.Post(
            "/admin/people/import", administrator.FieldsOf("/sign-out"), ("office", "demo"), ("text", $"ชื่อ-สกุล\tชื่อผู้ใช้\tบทบาท\nนายตัวอย่าง ใหม่\tnewhead\t{Own}")))
            .ShouldBe(200).ShouldSay("เพิ่มใหม่ 1");
        (await administrator.Go("/admin/trail")).ShouldSay("ตั้งชื่อตำแหน่งของสำนักงาน", $"ไทย {Own}");
        await administrator.Go(Path);
        (await administrator.Submit($"{Path}?handler=names", ("th.director", ""), ("en.director", ""))).ShouldLeadTo($"{Path}?office=demo");
        (await director.Go($"/cases/{instance}")).Html.ShouldNotContain(Own);
    }

    [Test]
    public async Task What_another_administrator_has_set_since_is_not_written_over()
    {
        const string Path = "/admin/roles";
        await administrator.Go(Path);
        var (ofNames, ofStandIns) = (administrator.FieldsOf($"{Path}?handler=names"), administrator.FieldsOf($"{Path}?handler=standIns"));
        (await World.SystemAdministrator.Put(
            "offices/demo/roles/names", new { names = new { clerk = new { th = "ธุรการกลาง", en = "Registry" } } })).Ok();
        (await World.SystemAdministrator.Put("offices/demo/roles", new { standIns = new { avOfficer = "clerk" } })).Ok();
        (await administrator.Post(
            $"{Path}?handler=names", ofNames, ("th.clerk", ""), ("en.clerk", ""), ("th.director", "หัวหน้า"), ("en.director", "")))
            .ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Post(
            $"{Path}?handler=standIns", ofStandIns, ("for.clerk", Roles.GroupDirector), ("for.avOfficer", Roles.Officer)))
            .ShouldLeadTo($"{Path}?office=demo");
        var posts = (await World.SystemAdministrator.Get("offices/demo/roles")).Ok()["items"]!.AsArray();
        posts.Single(r => r!.Text("role") == Roles.Clerk)!["ownName"]!.Text("th").ShouldBe("ธุรการกลาง");
        posts.Single(r => r!.Text("role") == Roles.Director)!["ownName"]!.Text("th").ShouldBe("หัวหน้า");
        posts.Single(r => r!.Text("role") == Roles.AvOfficer)!.Text("standIn").ShouldBe(Roles.Clerk);
        (await World.SystemAdministrator.Put("offices/demo/roles/names", new { names = new { } })).Ok();
        (await World.SystemAdministrator.Put("offices/demo/roles", new { standIns = new { } })).Ok();
    }

    [Test]
    public async Task A_limit_of_the_offices_own_is_set_changed_and_taken_away()
    {
        var path = $"/admin/limits?office=demo&procedure={World.KhonKaen}";
        (await administrator.Go(path)).ShouldBe(200).ShouldSay("ไม่มีกำหนดเวลา");
        var step = Regex.Match(administrator.Page.Html, "name=\"step\" value=\"([^\"]+)\"").Groups[1].Value;
        (await Set("๓", "")).ShouldBe(400).ShouldSay("ต้องระบุ");
        (await Set("x", "ตามที่ประชุม")).ShouldBe(400);
        (await Set("๓", "ตามที่ประชุม")).ShouldLeadTo(path);
        (await administrator.Follow()).ShouldSay("ภายใน 3 วันทำการ", "ตามที่ประชุม");
        (await World.SystemAdministrator.Get("offices/demo/step-deadlines")).Ok()["items"]!.AsArray().ShouldHaveSingleItem();
        (await administrator.Post(
            "/admin/limits?handler=clear", administrator.FieldsOf("/sign-out"), ("office", "demo"), ("procedure", World.KhonKaen),
            ("step", step))).ShouldLeadTo(path);
        (await World.SystemAdministrator.Get("offices/demo/step-deadlines")).Ok()["items"]!.AsArray().ShouldBeEmpty();
        (await administrator.Go("/admin/limits?procedure=nowhere")).ShouldBe(404);

        // Two forms go to this address: one looks for a procedure.
        Task<Shown> Set(string n, string reason) => administrator.Post(
            "/admin/limits", administrator.FieldsOf("/sign-out"), ("office", "demo"), ("procedure", World.KhonKaen), ("step", step),
            ("n", n), ("rule", "working_days"), ("reason", reason));
    }

    [Test]
    public async Task A_procedure_starts_by_itself_from_a_day_as_people_write_it()
    {
        const string Path = "/admin/recurrences";
        await administrator.Go(Path);
        (string, string)[] rule =
            [("procedure", World.KhonKaen), ("title", "บำรุงรักษาประจำปี"), ("every", "fiscal_year"), ("day", "๑"), ("month", "10")];
        (await administrator.Submit(Path, [.. rule.Where(f => f.Item1 != "day"), ("day", "32")])).ShouldBe(400);
        (await administrator.Submit(Path, rule)).ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Follow()).ShouldSay("บำรุงรักษาประจำปี", "ทุกปีงบประมาณ 1 ตุลาคม", "ครั้งต่อไป 1 ต.ค. 2569");
        (await administrator.Submit($"{Path}?handler=clear")).ShouldLeadTo($"{Path}?office=demo");
        (await administrator.Follow()).ShouldSay("ยังไม่มี");
    }

    [Test]
    public async Task Somebody_leaves_and_their_work_is_handed_over_or_waits_again()
    {
        var (leaver, taker) = (await Somebody("leaver"), await Somebody("taker"));
        var me = await World.WithKeyOf(leaver);
        var instance = await Officer.Started(World.SuratThani, "งานของคนที่ไป");
        (await me.Claim(await Officer.OpenTaskOf(instance))).Ok();
        var path = $"/admin/people/leave?office=demo&person={leaver}";
        (await administrator.Go(path)).ShouldBe(200).ShouldSay("งานที่รับไว้ 1 งาน", "taker");
        (await administrator.Submit("/admin/people/leave", ("reason", "ย้าย"))).ShouldBe(400).ShouldSay("เลือกว่างานที่ค้างอยู่จะไปที่ใด");
        (await administrator.Submit("/admin/people/leave", ("to", taker))).ShouldBe(400).ShouldSay("ต้องระบุเหตุผล");
        (await administrator.Submit("/admin/people/leave", ("to", taker), ("reason", "ย้าย"))).ShouldLeadTo("/admin/people?office=demo");
        (await Officer.OpenTaskOf(instance)).Text("assignee").ShouldBe(taker);
        (await me.Get("users/me")).Status.ShouldBe(401);
        (await administrator.Go("/admin/people?office=demo&closed=true")).ShouldSay("leaver");
        var reopen = administrator.FieldsOf("/admin/people?handler=reopen");
        (await administrator.Post("/admin/people?handler=reopen", reopen, ("reason", "กลับมา"))).ShouldLeadTo("/admin/people?office=demo");

        (await administrator.Go($"/admin/people/leave?office=demo&person={taker}")).ShouldBe(200);
        (await administrator.Submit("/admin/people/leave", ("to", "role"), ("reason", "เกษียณ")))
            .ShouldLeadTo("/admin/people?office=demo");
        var own = (await As(Roles.Administrator).Get("users/me")).Ok().Text("id");
        (await administrator.Go($"/admin/people/leave?office=demo&person={own}")).ShouldBe(403);
    }

    async Task<string> Somebody(string name) => (await World.SystemAdministrator.Post(
        "users", new { userName = $"office.{name}.{Provider}", displayName = name, office = World.Office, roles = new[] { Roles.Officer } }))
        .Ok().Text("id");

    [Test]
    public async Task A_special_holiday_shows_what_it_would_move_before_it_is_stored()
    {
        const string Path = "/admin/holidays";
        await administrator.Go(Path);
        (string, string)[] day =
        [
            ("kind", "add"), ("scope", "national"), ("day", "6"), ("month", "3"), ("year", "2569"), ("name", "วันหยุดพิเศษ"),
            ("reference", "มติ ครม."), ("reason", "ประกาศเพิ่ม"),
        ];
        (await administrator.Submit(Path, [.. day.Where(f => f.Item1 != "reference")])).ShouldBe(400);
        (await administrator.Submit(Path, day)).ShouldBe(200).ShouldSay("ถ้าเปลี่ยนตามนี้", "ศ. 6 มี.ค. 2569");
        (await administrator.Submit($"{Path}?handler=store")).ShouldLeadTo(Path);
        (await administrator.Follow()).ShouldSay("วันหยุดพิเศษ ทั้งประเทศ");
        (await administrator.Submit(Path, ("kind", "announced"), ("reference", "ประกาศ"), ("reason", "ครบแล้ว"))).ShouldBe(200)
            .ShouldSay("ประกาศวันหยุดปี 2570 ครบแล้ว");
    }

    [Test]
    public async Task A_test_message_shows_whether_mail_goes_out()
    {
        (await administrator.Go("/admin/notifications")).ShouldBe(200).ShouldSay("ผู้ดูแลเครื่องแม่ข่ายตั้งเครื่องส่งเมล");
        await using var post = await PostOffice.StartAsync();
        await using var world = await World.StartAsync(Provider, settings: post.Settings);
        var keeper = world.Visitor();
        await keeper.SignIn(Roles.Administrator);
        await keeper.Go("/admin/notifications?office=demo");
        const string Test = "/admin/notifications?handler=test";
        (await keeper.Submit(Test, ("address", "nobody"))).ShouldBe(400).ShouldSay("ที่อยู่อีเมลไม่ถูกต้อง");
        (await keeper.Submit(Test, ("address", "nobody@example.go.th"))).ShouldLeadTo("/admin/notifications?office=demo");
        post.Mails.ShouldHaveSingleItem();
    }

    [Test]
    public async Task The_template_of_a_list_is_a_list_that_is_read()
    {
        (await administrator.Go("/admin/people/import?office=demo&handler=template")).ShouldBe(200);
        administrator.Page.Headers["Content-Type"].ShouldStartWith("text/csv");
        var table = WebUtility.HtmlDecode(administrator.Page.Html);
        await administrator.Go("/admin/people/import?office=demo");
        (await administrator.Submit("/admin/people/import", ("text", table), ("defaultRole", Roles.Officer))).ShouldBe(200)
            .ShouldSay("เพิ่มใหม่ 2");
    }
}
