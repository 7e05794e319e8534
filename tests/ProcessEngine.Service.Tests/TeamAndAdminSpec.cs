using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>The pages of those who look after others' work, and after the office.</summary>
public sealed class TeamAndAdminSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    async Task<(string Id, string Name)> Colleague(string name, string kind = "person")
    {
        var created = (await As(Roles.Administrator).Post(
            "users", new { userName = $"{name}-{Provider}", displayName = name, office = World.Office, roles = new[] { Roles.Officer }, kind })).Ok();
        return (created.Text("id"), name);
    }

    static List<string> Ticks(Visitor visitor) =>
        [.. Regex.Matches(visitor.Page.Html, "name=\"task\" value=\"([^\"]+)\"").Select(m => m.Groups[1].Value)];

    [Test]
    public async Task A_head_sees_who_has_what_and_gives_several_tasks_to_somebody_else()
    {
        var taker = await Colleague("คนรับงาน");
        var (first, second) =
            (await Officer.Started(World.SuratThani, "งานแรกของทีม"), await Officer.Started(World.SuratThani, "งานสองของทีม"));
        var head = await Someone(Roles.GroupDirector);
        (await head.Go("/team")).ShouldBe(200).ShouldSay("ภาระงานของทีม", "คนรับงาน", "ยังไม่มีผู้รับ: เจ้าหน้าที่ในกลุ่ม");
        const string Path = "/team?office=demo&who=officer";
        (await head.Go(Path)).ShouldSay("งานแรกของทีม", "งานสองของทีม", "ขั้นที่ 1");
        var ticks = Ticks(head).Select(t => ("task", t)).ToArray();
        // Meanwhile one of them moves on.
        (await Officer.Complete(await Officer.OpenTaskOf(second))).Ok();
        await head.Submit("/team/give", ticks);
        head.Page.ShouldBe(200).ShouldSay($"{ticks.Length} งาน", "คนรับงาน", "มอบให้ใคร").Html.ShouldNotContain("checked", Case.Sensitive, "nobody is chosen beforehand");
        var form = head.FieldsOf("/team/give?handler=review").Where(f => f.Name != "find").ToList();
        // By part of a user name; and somebody whom nobody finds.
        (await head.Post("/team/give", form, [.. ticks, ("find", $"คนรับงาน-{Provider}")])).ShouldSay("คนรับงาน", "แสดง 1 จาก");
        (await head.Post("/team/give", form, [.. ticks, ("find", "ไม่มีใครชื่อนี้")])).ShouldSay("ไม่พบผู้ที่ค้นหา");
        (await head.Post("/team/give?handler=review", form, ticks)).ShouldSay("เลือกผู้รับก่อน");
        await head.Post("/team/give?handler=review", form, [.. ticks, ("assignee", taker.Id), ("comment", "แบ่งงาน")]);
        head.Page.ShouldBe(200).ShouldSay($"มอบ {ticks.Length - 1} งานนี้ให้", "มอบไม่ได้", $"ยืนยัน: มอบ {ticks.Length - 1} งาน", "แบ่งงาน");
        var asked = ticks.Where(t => head.Page.Html.Contains($"value=\"{t.Item2}\"", StringComparison.Ordinal)).ToArray();
        (await Officer.OpenTaskOf(first))["assignee"].ShouldBeNull("nothing is stored before it is confirmed");
        var confirmed = head.FieldsOf("/team/give?handler=act");
        (await head.Post("/team/give?handler=act", confirmed)).ShouldBe(200)
            .ShouldSay($"มอบแล้ว {asked.Length} งาน จาก {asked.Length} งาน", "ให้ คนรับงาน");
        // For ten seconds all of it can be taken back.
        var undo = head.FieldsOf("/team/give?handler=undo");
        (await head.Post("/team/give?handler=undo", undo)).ShouldSay($"เลิกทำแล้ว {asked.Length} งาน จาก {asked.Length} งาน");
        (await Officer.OpenTaskOf(first))["assignee"].ShouldBeNull();
        // And then given all the same.
        await head.Go(Path);
        ticks = [.. Ticks(head).Select(t => ("task", t))];
        await head.Submit("/team/give", ticks);
        await head.Submit("/team/give?handler=review", [.. ticks, ("assignee", taker.Id), ("comment", "แบ่งงาน"), ("find", "")]);
        (await head.Submit("/team/give?handler=act", ticks)).ShouldSay($"มอบแล้ว {ticks.Length} งาน จาก {ticks.Length} งาน");
        (await Officer.OpenTaskOf(first)).Text("assignee").ShouldBe(taker.Id);
        (await head.Go("/team")).Html.ShouldContain($"who={taker.Id}#tasks", Case.Sensitive, "they have work now");
        (await head.Go($"/team?office=demo&who={taker.Id}")).ShouldSay("งานของ คนรับงาน", "งานแรกของทีม");
        (await Officer.History(first)).ShouldContain(e => (string?)e!["comment"] == "แบ่งงาน");
    }

    [Test]
    public async Task Whoever_heads_nobody_sees_no_team()
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/")).Html.ShouldNotContain("href=\"/team\"");
        (await officer.Go("/team")).ShouldBe(403);
        var head = await Someone(Roles.Director);
        (await head.Go("/team?office=elsewhere")).ShouldBe(403);
        (await head.Go("/team?who=nonsense")).ShouldBe(404);
        foreach (var path in new[] { "/admin", "/admin/people", "/admin/keys", "/admin/calendar", "/admin/notifications", "/admin/trail", "/admin/orders?office=elsewhere" })
            (await head.Go(path)).ShouldBe(403);
        (await officer.Go("/admin/orders")).ShouldBe(403);
    }

    [Test]
    public async Task An_administrator_sees_the_office_and_whether_the_service_keeps_up()
    {
        var administrator = await Someone(Roles.Administrator);
        (await administrator.Go("/admin")).ShouldBe(200).ShouldSay(
            "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง", "พร้อม", "งานเบื้องหลัง", "การส่งอีเมล", "ทันเวลา");
    }

    [Test]
    public async Task An_administrator_adds_somebody_who_then_signs_in()
    {
        var administrator = await Someone(Roles.Administrator);
        await administrator.Go("/admin/people");
        (await administrator.Submit("/admin/people?handler=add", ("displayName", "คนใหม่ของสำนักงาน"), ("userName", "fresh-" + Provider)))
            .ShouldBe(400).ShouldSay("ต้องมีอย่างน้อยหนึ่งบทบาท");
        (await administrator.Submit("/admin/people?handler=add", ("displayName", "คนใหม่ของสำนักงาน"), ("userName", "fresh-" + Provider), ("roles", Roles.Officer))).ShouldLeadTo("/admin/people?office=demo");
        (await administrator.Follow()).ShouldSay("คนใหม่ของสำนักงาน", "ยังไม่มีรหัสผ่าน", "เพิ่มแล้ว");
        var id = await World.ScalarAsync<object>(
            "SELECT user_id FROM app_user WHERE user_name = @name", new { name = "fresh-" + Provider });
        var token = administrator.FieldsOf("/sign-out");
        (await administrator.Post("/admin/people?handler=password", token, ("office", "demo"), ("user", $"{id}"), ("password", "short")))
            .ShouldBe(400).ShouldSay("อย่างน้อย 12 ตัวอักษร");
        (await administrator.Post("/admin/people?handler=password", token, ("office", "demo"), ("user", $"{id}"), ("password", "ต้นไม้ใหญ่หน้าบ้านใหม่"))).Status.ShouldBe(302);
        (await World.Visitor().SignIn("", with: "ต้นไม้ใหญ่หน้าบ้านใหม่", userName: "fresh-" + Provider)).Status.ShouldBe(302);
        (await administrator.Post("/admin/people?handler=roles", token, ("office", "demo"), ("user", $"{id}"), ("roles", Roles.Clerk))).Status.ShouldBe(302);
        (await administrator.Post("/admin/people?handler=roles", token, ("office", "elsewhere"), ("user", $"{id}"), ("roles", Roles.Clerk)))
            .ShouldBe(403);
    }

    [Test]
    public async Task A_closure_shows_what_it_would_move_before_it_is_stored()
    {
        var instance = await Officer.Started(World.SuratThani, "เรื่องที่ปฏิทินเลื่อน");
        var before = (await Officer.OpenTaskOf(instance)).Instant("dueAt");
        var administrator = await Someone(Roles.Administrator);
        await administrator.Go("/admin/calendar");
        (string, string)[] closed = [("kind", "closure"), ("day", "๕"), ("month", "3"), ("year", "๒๕๖๙"), ("reason", "น้ำท่วม"), ("reference", "ประกาศ 1/2569"), ("approvedBy", "ผู้อำนวยการ")];
        (await administrator.Submit("/admin/calendar", [.. closed.Where(f => f.Item1 != "day"), ("day", "32")])).ShouldBe(400)
            .ShouldSay("ไม่ใช่วันที่ที่มีอยู่");
        (await administrator.Submit("/admin/calendar", closed.Where(f => f.Item1 != "approvedBy").ToArray())).ShouldBe(400)
            .ShouldSay("ต้องระบุผู้อนุมัติ");
        (await administrator.Submit("/admin/calendar", closed)).ShouldBe(200)
            .ShouldSay("ถ้าเปลี่ยนตามนี้", "พฤ. 5 มี.ค. 2569", "เลื่อน", "เรื่องที่ปฏิทินเลื่อน");
        (await Officer.OpenTaskOf(instance)).Instant("dueAt").ShouldBe(before, "nothing is stored by looking");
        (await administrator.Submit("/admin/calendar?handler=store")).ShouldLeadTo("/admin/calendar?office=demo");
        (await administrator.Follow()).ShouldSay("พฤ. 5 มี.ค. 2569: น้ำท่วม");
        (await Officer.OpenTaskOf(instance)).Instant("dueAt").ShouldBe(before.AddDays(1));
    }

    [Test]
    public async Task A_director_registers_an_order_that_work_follows_until_it_is_revoked()
    {
        const string Path = "/admin/orders";
        var instance = await Officer.Started(World.KhonKaen, "งานระหว่างไปราชการ");
        for (var i = 0; i < 2; i++)
            (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var deputy = await Someone(Roles.DeputyDirector);
        var director = await Someone(Roles.Director);
        (await director.Go("/team")).Html.ShouldContain($"{Path}?office=demo");
        (await director.Go(Path)).ShouldBe(200).Html.ShouldNotContain("/admin/people", Case.Sensitive, "the rest is the administrators'");
        var (sits, holder) = (await IdOf(Roles.DeputyDirector), await IdOf(Roles.Director));
        (string, string)[] order =
        [
            ("number", $"21/2569-{Provider}"), ("kind", "delegated"), ("role", Roles.Director), ("sits", sits), ("holder", holder), ("reason", "ไปราชการ <b>"), ("acts", "approve"),
            ("f.from.d", "๒"), ("f.from.m", "3"), ("f.from.y", "๒๕๖๙"), ("f.to.d", "31"), ("f.to.m", "3"), ("f.to.y", "2569"),
        ];
        (await director.Submit(Path, With("f.to.d", "32"))).ShouldBe(400).ShouldSay("ไม่ใช่วันที่ที่มีอยู่", "ยังไม่มีการบันทึก").Html
            .ShouldContain($"value=\"21/2569-{Provider}\"", Case.Sensitive, "nothing is lost");
        (await director.Submit(Path, With("f.from.d", ""))).ShouldBe(400);
        (await director.Submit(Path, With("holder", ""))).ShouldBe(400).ShouldSay("ต้องระบุผู้มอบอำนาจ");
        (await director.Submit(Path, With("sits", holder))).Status.ShouldBeInRange(400, 422);
        (await director.Submit(Path, order)).ShouldLeadTo($"{Path}?office=demo");
        (await director.Follow()).ShouldSay(
            $"คำสั่งที่ 21/2569-{Provider}", "มีผลอยู่", "รองผู้อำนวยการ ตัวอย่าง: ปฏิบัติราชการแทน", "2 มี.ค. 2569 – 31 มี.ค. 2569",
            "เฉพาะการ: เห็นชอบ", "ไปราชการ <b>");
        (await deputy.Go($"/tasks/{task}")).ShouldBe(200).ShouldSay($"ตามคำสั่งที่ 21/2569-{Provider}");
        (await director.Submit(Path, With("number", "22/2569"))).ShouldBe(409);

        (await director.Submit($"{Path}?handler=revoke", ("comment", ""))).ShouldBe(400);
        (await director.Submit($"{Path}?handler=revoke", ("comment", "กลับมาแล้ว"))).ShouldLeadTo($"{Path}?office=demo");
        (await director.Follow()).ShouldSay("ยกเลิกแล้ว", "กลับมาแล้ว").Html.ShouldNotContain("handler=revoke");
        (await deputy.Go($"/tasks/{task}")).Text.ShouldNotContain($"ท่านจะดำเนินการในฐานะ");

        (string, string)[] With(string name, string value) => [.. order.Where(f => f.Item1 != name), (name, value)];
    }

    [Test]
    public async Task An_administrator_makes_a_key_for_a_program_that_is_shown_once_and_revokes_it()
    {
        var administrator = await Someone(Roles.Administrator);
        await administrator.Go("/admin/people");
        var (id, _) = await Colleague("โปรแกรมสารบรรณ", "service");
        (await administrator.Go("/admin/people")).Html.ShouldContain($"/admin/keys?office=demo&amp;person={id}");
        var address = $"/admin/keys?office=demo&person={id}";
        (await administrator.Go(address)).ShouldBe(200).ShouldSay("โปรแกรมสารบรรณ");
        (await administrator.Submit("/admin/keys", ("label", ""))).ShouldBe(400);
        var form = administrator.FieldsOf("/admin/keys");
        (await administrator.Post("/admin/keys", form, ("label", "สมุดสารบรรณ"))).ShouldBe(200).ShouldSay("จะไม่แสดงอีก", "สมุดสารบรรณ");
        var secret = Regex.Match(administrator.Page.Html, "<code>(pe_[^<]+)</code>").Groups[1].Value;
        administrator.Page.Headers["Cache-Control"].ShouldContain("no-store");
        (await administrator.Post("/admin/keys", form, ("label", "สมุดสารบรรณ"))).ShouldLeadTo(address).Html.ShouldNotContain(secret);
        (await administrator.Follow()).ShouldSay("แสดงไปแล้ว").Html.ShouldNotContain(secret);
        Regex.Count(administrator.Page.Text, "สมุดสารบรรณ").ShouldBe(2, "one key, by name and on its button");
        var program = World.WithKey(secret);
        (await program.Get("user-tasks")).Ok();
        (await administrator.Submit("/admin/keys?handler=revoke")).ShouldLeadTo(address);
        (await administrator.Follow()).ShouldSay("ยกเลิกแล้ว");
        (await program.Get("user-tasks")).Status.ShouldBe(401);
        (await administrator.Go($"/admin/keys?office=demo&person={Guid.NewGuid()}")).ShouldBe(404);
    }

    [Test]
    public async Task A_person_makes_their_own_keys_and_an_administrator_only_revokes_them()
    {
        var officer = await Someone(Roles.Officer);
        (await officer.Go("/account/keys")).ShouldBe(200).ShouldSay("คีย์ของฉัน");
        (await officer.Submit("/account/keys", ("label", "งานของฉัน"), ("days", "0"))).ShouldBe(400).ShouldSay("1 ถึง 730");
        (await officer.Submit("/account/keys", ("label", "งานของฉัน"), ("days", "๓๐"))).ShouldBe(200).ShouldSay("จะไม่แสดงอีก", "1 เม.ย. 2569");
        var program = World.WithKey(Regex.Match(officer.Page.Html, "<code>(pe_[^<]+)</code>").Groups[1].Value);
        (await program.Get("users/me")).Ok();

        var administrator = await Someone(Roles.Administrator);
        var address = $"/admin/keys?office=demo&person={await IdOf(Roles.Officer)}";
        (await administrator.Go(address)).ShouldBe(200).ShouldSay("เจ้าของเป็นผู้สร้างเอง", "งานของฉัน").Html.ShouldNotContain("name=\"label\"");
        (await administrator.Post("/admin/keys", administrator.FieldsOf("/sign-out"), ("office", "demo"), ("person", await IdOf(Roles.Officer)), ("label", "x")))
            .ShouldBe(403).ShouldSay("สร้างคีย์แทนผู้อื่นไม่ได้");
        Clock.Advance(TimeSpan.FromDays(30));
        (await program.Get("users/me")).Status.ShouldBe(401, "its days are over");
    }

    [Test]
    public async Task The_trail_says_who_changed_what_and_why_and_is_read_by_auditors()
    {
        var administrator = await Someone(Roles.Administrator);
        var (id, _) = await Colleague("คนในบันทึก");
        await administrator.Go("/admin/people");
        var token = administrator.FieldsOf("/sign-out");
        (await administrator.Post("/admin/people?handler=roles", token, ("office", "demo"), ("user", id), ("roles", Roles.Clerk), ("reason", "ย้ายกลุ่มงาน"))).Status.ShouldBe(302);
        (await administrator.Post("/admin/people?handler=close", token, ("office", "demo"), ("user", id), ("reason", "เกษียณ"))).Status.ShouldBe(302);
        (await administrator.Go("/admin/trail")).ShouldBe(200).ShouldSay("บันทึกการดูแลระบบ", "ปิดบัญชี", "คนในบันทึก", "เหตุผล: เกษียณ", "เปลี่ยนบทบาท", "ย้ายกลุ่มงาน", "ผู้ดูแลระบบ ตัวอย่าง", "ผ่านหน้าเว็บ");
        (await administrator.Go("/admin/people")).Text.ShouldNotContain("คนในบันทึก");
        (await (await Someone(Roles.Auditor)).Go("/admin/trail")).ShouldBe(200).ShouldSay("เกษียณ");
        (await (await Someone(Roles.Director)).Go("/admin/trail")).ShouldBe(403);
    }

    async Task<string> IdOf(string role) => new Guid((await World.ScalarAsync<object>("SELECT user_id FROM app_user WHERE user_name = @name", new { name = $"demo.{role}" })).ToString()!).ToString();
}
