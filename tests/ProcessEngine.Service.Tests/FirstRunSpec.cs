using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Tests;

/// <summary>An installation in which nobody can sign in yet, and the one-time links by which people choose their passwords.</summary>
public sealed class FirstRunSpec(string provider) : OnBothDatabases(provider)
{
    const string Password = "ต้นจามจุรีหน้าโรงเรียน";

    int names;

    AccountLinks Links => World.Services.GetRequiredService<AccountLinks>();

    /// <summary>As before the first start of all: no administrator of the system has a password.</summary>
    [SetUp]
    public Task NobodyCanSignIn() => Forget();

    async Task Forget()
    {
        await World.ExecuteAsync("DELETE FROM credential WHERE user_id IN (SELECT user_id FROM membership WHERE office = '*')");
        await World.ExecuteAsync("DELETE FROM account_link");
        World.Services.GetRequiredService<Sessions>().Forget();
    }

    string Name() => $"first.{++names}.{Provider}";

    async Task<string> FirstLink() =>
        AccountLinks.AddressOf((await Links.MakeFirstAsync(CancellationToken.None)).Token.ShouldNotBeNull());

    static Task<Shown> Choose(Visitor visitor, string name, string password, string? again = null) => visitor.Submit(
        "/sign-in/link", ("displayName", "นางสาวผู้ดูแล คนแรก"), ("userName", name), ("password", password), ("again", again ?? password));

    [Test]
    public async Task The_first_administrator_comes_by_a_link_chooses_name_and_password_and_is_led_through_setting_up()
    {
        var (name, link, visitor) = (Name(), await FirstLink(), World.Visitor());
        (await visitor.Go(link)).ShouldBe(200).ShouldSay("ตั้งผู้ดูแลระบบคนแรก");
        (await Choose(visitor, name, "short")).ShouldBe(400).ShouldSay("อย่างน้อย 12 ตัวอักษร");
        (await Choose(visitor, name, Password, Password + "x")).ShouldBe(400).ShouldSay("ไม่ตรงกัน");
        (await Choose(visitor, "", Password)).ShouldBe(400).ShouldSay("ต้องระบุ");
        (await Choose(visitor, "demo.officer", Password)).ShouldBe(409).ShouldSay("มี \"demo.officer\" อยู่แล้ว");
        (await Choose(visitor, name, Password)).ShouldLeadTo("/setup");
        (await visitor.Follow()).ShouldBe(200).ShouldSay("ตั้งสำนักงาน", "เรื่องแรก", "เรียบร้อยแล้ว");
        (await visitor.Go("/")).ShouldLeadTo("/admin");
        (await World.Visitor().SignIn("", Password, name)).Status.ShouldBe(302);

        var trail = (await World.SystemAdministrator.Get("administration/events?office=*&limit=1")).Ok()["items"]![0]!;
        trail.Text("action").ShouldBe("user-created");
        trail["from"]!.Text("door").ShouldBe("link");
        trail.ToJsonString().ShouldNotContain(Password);
    }

    [Test]
    public async Task A_link_that_is_wrong_was_used_or_has_expired_says_how_to_get_a_new_one()
    {
        var (link, visitor) = (await FirstLink(), World.Visitor());
        var almost = link[..^1] + (link[^1] == 'A' ? 'B' : 'A');
        foreach (var wrong in new[] { "/sign-in/link", "/sign-in/link?t=x", $"/sign-in/link?t={new string('A', 64)}", almost })
            (await visitor.Go(wrong)).ShouldBe(404).ShouldSay("ลิงก์นี้ใช้ไม่ได้", "เริ่มโปรแกรมใหม่");
        await visitor.Go(link);
        Clock.Advance(AccountLinks.FirstHoldsFor);
        (await Choose(visitor, Name(), Password)).ShouldBe(404).ShouldSay("ลิงก์นี้ใช้ไม่ได้");
        (await visitor.Go(link)).ShouldBe(404);

        var next = await FirstLink();
        await visitor.Go(next);
        (await Choose(visitor, Name(), Password)).ShouldLeadTo("/setup");
        (await World.Visitor().Go(next)).ShouldBe(404);
    }

    [Test]
    public async Task Of_two_who_use_a_link_at_once_one_gets_in()
    {
        var link = await FirstLink();
        var visitors = new[] { World.Visitor(), World.Visitor(), World.Visitor() };
        foreach (var one in visitors)
            await one.Go(link);
        var answers = await Task.WhenAll(visitors.Select(v => Choose(v, Name(), Password)));
        answers.Count(a => a.Status == 302).ShouldBe(1);
        answers.Count(a => a.Status == 404).ShouldBe(2);
    }

    [Test]
    public async Task Nodes_that_start_together_print_one_link_and_a_later_start_another_until_somebody_can_sign_in()
    {
        var first = await FirstLink();
        var second = await Links.MakeFirstAsync(CancellationToken.None);
        second.Token.ShouldBeNull("another node was first");
        second.MadeAt.ShouldBe(Clock.GetUtcNow());
        Clock.Advance(AccountLinks.StartedTogether);
        var third = await FirstLink();
        (await World.Visitor().Go(first)).ShouldBe(404);
        var visitor = World.Visitor();
        await visitor.Go(third);
        (await Choose(visitor, Name(), Password)).ShouldLeadTo("/setup");
        Clock.Advance(TimeSpan.FromDays(1));
        (await Links.MakeFirstAsync(CancellationToken.None)).ShouldBe(new FirstLink(null, null), "somebody can sign in");
    }

    [Test]
    public async Task A_link_of_the_first_administrator_opens_nothing_once_somebody_else_can_sign_in()
    {
        var (link, visitor) = (await FirstLink(), World.Visitor());
        await visitor.Go(link);
        var me = (await World.SystemAdministrator.Get("users/me")).Ok().Text("id");
        (await World.SystemAdministrator.Put($"users/{me}/password", new { password = Password })).Status.ShouldBe(204);
        (await Choose(visitor, Name(), Password)).ShouldBe(404);
    }

    [Test]
    public async Task Whoever_has_no_password_gets_a_link_from_their_administrator_and_chooses_one_that_nobody_else_knows()
    {
        var name = Name();
        var made = (await World.SystemAdministrator.Post(
            "users", new { userName = name, displayName = "คนใหม่ มีลิงก์", office = World.Office, roles = new[] { Roles.Officer } })).Ok();
        var administrator = await Administrator();
        (await administrator.Go("/admin/people/links?office=demo")).ShouldBe(200).ShouldSay("คนใหม่ มีลิงก์");
        (await administrator.Submit("/admin/people/links")).ShouldBe(200).ShouldSay("จะไม่แสดงอีก", "คนใหม่ มีลิงก์");
        var link = LinkOf(administrator.Page, name);
        // Made again, the one before opens nothing.
        await administrator.Go($"/admin/people/links?office=demo&person={made.Text("id")}");
        (await administrator.Submit("/admin/people/links")).ShouldBe(200);
        (await World.Visitor().Go(link)).ShouldBe(404);

        var visitor = World.Visitor();
        (await visitor.Go(LinkOf(administrator.Page, name))).ShouldBe(200).ShouldSay("ตั้งรหัสผ่านของท่าน", name);
        var (itself, link2) = ($"{name} {name}", "/sign-in/link");
        (await visitor.Submit(link2, ("password", itself), ("again", itself))).ShouldBe(400).ShouldSay("ชื่อผู้ใช้");
        (await visitor.Submit(link2, ("password", Password), ("again", Password))).ShouldLeadTo("/");
        (await visitor.Follow()).ShouldBe(200).ShouldSay("งานของฉัน");
        (await World.SystemAdministrator.Get($"administration/events?user={made.Text("id")}")).Ok()["items"]!.AsArray()
            .Select(e => e!.Text("action")).ShouldBe(["password-changed", "link-made", "link-made", "user-created"]);
        var officer = World.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go("/admin/people/links?office=demo")).ShouldBe(403);
        (await officer.Post("/admin/people/links", officer.FieldsOf("/sign-out"), ("office", "demo"))).ShouldBe(403);
    }

    static string LinkOf(Shown page, string name)
    {
        var shown = Regex.Match(page.Html, $"{Regex.Escape(name)}</span>.*?<code>([^<]*)</code>", RegexOptions.Singleline);
        return new Uri(shown.Groups[1].Value).PathAndQuery;
    }

    /// <summary>Of the demonstration: by their own link, since nobody has a password here.</summary>
    async Task<Visitor> Administrator()
    {
        var visitor = World.Visitor();
        await visitor.Go(await FirstLink());
        (await Choose(visitor, Name(), Password)).ShouldLeadTo("/setup");
        return visitor;
    }

    [Test]
    public async Task Too_many_wrong_links_from_one_address_are_turned_away_as_wrong_passwords_are()
    {
        await using var world = await World.StartAsync(
            Provider, settings: new Dictionary<string, string> { ["ProcessEngine:Passwords:FailuresPerAddress"] = "5" });
        var visitor = world.Visitor();
        for (var i = 0; i < 5; i++)
            (await visitor.Go("/sign-in/link?t=x")).ShouldBe(404);
        (await visitor.Go("/sign-in/link?t=x")).ShouldBe(429);
    }

    [Test]
    public async Task The_system_administrator_makes_and_renames_offices_and_nobody_else_does()
    {
        var administrator = await Administrator();
        (await administrator.Go("/admin/offices")).ShouldBe(200).ShouldSay("สำนักงานเขตพื้นที่การศึกษาตัวอย่าง");
        (await Make("has blank", "TH-99")).ShouldBe(400).ShouldSay("ใช้ได้เฉพาะตัวอักษรอังกฤษ", "จังหวัด");
        var code = $"first-{Provider}";
        (await Make(code, "TH-50")).ShouldLeadTo($"/setup?office={code}");
        (await administrator.Follow()).ShouldBe(200).ShouldSay("สพม. ตัวอย่าง");
        (await administrator.Go($"/admin?office={code}")).ShouldBe(200)
            .ShouldSay("ยังไม่มีคนในสำนักงาน", "ยังไม่เคยสำรองข้อมูล", "เชียงใหม่");
        await administrator.Go("/admin/offices");
        (await administrator.Post(
            "/admin/offices?handler=rename", administrator.FieldsOf("/sign-out"), ("code", code), ("nameTh", "สพม. ชื่อใหม่"),
            ("kind", "secondary"), ("key", "page-rename-" + code)))
            .ShouldLeadTo("/admin/offices");
        (await administrator.Follow()).ShouldSay("สพม. ชื่อใหม่");
        (await World.SystemAdministrator.Get($"offices/{code}")).Ok()["name"]!.Text("th").ShouldBe("สพม. ชื่อใหม่");
        var director = World.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/admin/offices")).ShouldBe(403);
        (await director.Go("/admin/holidays")).ShouldBe(403);
        (await director.Go("/setup")).ShouldBe(403);

        Task<Shown> Make(string called, string province) => administrator.Submit(
            "/admin/offices", ("nameTh", "สพม. ตัวอย่าง"), ("code", called), ("province", province), ("kind", "secondary"));
    }
}
