using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Promise P13: whatever changes people, roles, keys, passwords and second factors stands in the trail, and nobody acts as another without a trace.</summary>
public sealed class AdministrationTrailSpec(string provider) : OnBothDatabases(provider)
{
    const string Password = "ต้นมะม่วงหน้าสำนักงาน";

    int people;

    Person Admin => World.SystemAdministrator;

    /// <summary>Whatever a test has done, each property that its entries hold has a word for people.</summary>
    [TearDown]
    public async Task What_entries_hold_can_be_said()
    {
        var held = (await World.QueryAsync<string>("SELECT detail FROM admin_event"))
            .Select(text => { try { return JsonNode.Parse(text); } catch (System.Text.Json.JsonException) { return null; } }).SelectMany(Properties).Distinct();
        held.Where(name => !TrailDetails.Names(name) && !Roles.All.Contains(name)).Except(OnlyIds).ShouldBeEmpty();

        static IEnumerable<string> Properties(JsonNode? node) => node switch
        {
            JsonObject parts => parts.SelectMany(p => Properties(p.Value).Prepend(p.Key)),
            JsonArray many => many.SelectMany(Properties),
            _ => [],
        };
    }

    /// <summary>Their values are ids, which no page shows.</summary>
    static readonly string[] OnlyIds = ["key", "order", "joining"];

    async Task<(string Id, string Name)> Somebody(string office = World.Office, string kind = "person", params string[] roles)
    {
        var name = $"trail.{++people}.{Provider}";
        var made = (await Admin.Post("users", new { userName = name, displayName = name, office, roles = roles is [] ? [Roles.Officer] : roles, kind })).Ok();
        return (made.Text("id"), name);
    }

    async Task<string> Office(string code)
    {
        code = $"{code}-{Provider}";
        (await Admin.Post("offices", new { code, name = new { th = code }, province = "TH-84" })).Ok();
        return code;
    }

    async Task<Person> AdministratorOf(string office) => await World.WithKeyOf((await Somebody(office, roles: Roles.Administrator)).Id);

    async Task<List<JsonNode>> About(string user) => await Admin.All($"administration/events?user={user}", 100);

    async Task<string?> LastAction(string user) => (await About(user)).FirstOrDefault()?.Text("action");

    static Task<List<JsonNode>> Told(Person person) => person.All("notifications", 50);

    [Test]
    public async Task A_key_is_made_for_oneself_or_for_a_program_and_for_no_other_person()
    {
        var (id, _) = await Somebody();
        var director = (await Director.Get("users/me")).Ok().Text("id");
        foreach (var other in new[] { id, director })
            (await Admin.Post($"users/{other}/api-keys", new { label = "ก" })).ShouldBeProblem(403, "key-for-another", "user");
        (await About(director)).ShouldNotContain(e => e.Text("action") == "key-made" && e!["actor"] != null, "nothing was made");

        var me = await World.WithKeyOf(id);
        var own = (await me.Post($"users/{id}/api-keys", new { label = "ของฉัน", expiresInDays = 7 })).Ok();
        own.Instant("expiresAt").ShouldBe(Clock.GetUtcNow().AddDays(7));
        var (program, _) = await Somebody(kind: "service");
        (await Admin.Post($"users/{program}/api-keys", new { label = "สารบรรณ" })).Ok().Instant("expiresAt").ShouldBe(Clock.GetUtcNow().AddDays(365));
        (await LastAction(program)).ShouldBe("key-made");
        foreach (var days in new[] { 0, -1, 731 })
            (await me.Post($"users/{id}/api-keys", new { label = "ก", expiresInDays = days })).ShouldBeProblem(400, "invalid-input", "expiresInDays");
    }

    [Test]
    public async Task A_key_says_when_it_was_last_used_and_ends_by_itself()
    {
        var (id, _) = await Somebody(kind: "service");
        var made = (await Admin.Post($"users/{id}/api-keys", new { label = "ก", expiresInDays = 1 })).Ok();
        (await Key())["lastUsedAt"].ShouldBeNull();
        var program = World.WithKey(made.Text("key"));
        (await program.Get("users/me")).Ok().Text("kind").ShouldBe("service");
        (await Key()).Instant("lastUsedAt").ShouldBe(Clock.GetUtcNow());
        Clock.Advance(TimeSpan.FromDays(1));
        (await program.Get("users/me")).ShouldBeProblem(401, "not-signed-in");

        async Task<JsonNode> Key() => (await Admin.Get($"users/{id}/api-keys")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!;
    }

    [Test]
    public async Task A_program_signs_in_nowhere_and_decides_nothing()
    {
        var (id, name) = await Somebody(kind: "service");
        (await Admin.Put($"users/{id}/password", new { password = Password })).ShouldBeProblem(422, "service-account-signs-in", "user");
        (await Admin.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Director } })).ShouldBeProblem(422, "service-account-decides", "roles");
        (await Admin.Post("users", new { userName = "x." + name, displayName = "x", office = "demo", roles = new[] { Roles.CommitteeMember }, kind = "service" }))
            .ShouldBeProblem(422, "service-account-decides", "roles");
        (await Admin.Post("users", new { userName = "y." + name, displayName = "x", office = "demo", roles = new[] { Roles.Officer }, kind = "robot" }))
            .ShouldBeProblem(400, "invalid-input", "kind");
        // Even if a password got there by another way.
        await World.Services.GetRequiredService<Passwords>().SetAsync(Guid.Parse(id), Password, false, null, null, CancellationToken.None);
        (await World.Visitor().SignIn("", Password, name)).ShouldSay("ไม่ถูกต้อง");
        (await Admin.Post("offices/demo/orders", new { number = $"1/2569-{Provider}", kind = "acting", role = Roles.Director, user = name, from = "2026-03-02" }))
            .ShouldBeProblem(422, "user-not-found", "user");
    }

    [Test]
    public async Task A_password_set_by_another_is_told_to_its_owner_at_once_and_stands_in_the_trail_with_who_and_from_where()
    {
        var (id, name) = await Somebody();
        var me = await World.WithKeyOf(id);
        (await Admin.Put($"users/{id}/password", new { password = Password, reason = "ลืมรหัสผ่าน" })).Status.ShouldBe(204);
        var notice = (await Told(me)).ShouldHaveSingleItem();
        notice.Text("kind").ShouldBe("account-password-set");
        notice.Text("link").ShouldBe("/account/password");
        var e = (await About(id))[0];
        e.Text("action").ShouldBe("password-set");
        e.Text("reason").ShouldBe("ลืมรหัสผ่าน");
        e.Text("office").ShouldBe("demo");
        e.Text("actor").ShouldBe((await Admin.Get("users/me")).Ok().Text("id"));
        e["from"]!.Text("door").ShouldBe("key");
        Guid.TryParse(e["from"].Text("id"), out _).ShouldBeTrue("by which key");
        e.ToJsonString().ShouldNotContain(Password);

        // Their own change is in the trail, too, and told to nobody.
        var visitor = World.Visitor();
        await visitor.SignIn("", Password, name);
        await visitor.Go("/account/password");
        (await visitor.Submit("/account/password", ("current", Password), ("chosen", Password + "ใหม่"), ("again", Password + "ใหม่"))).ShouldLeadTo("/");
        (await visitor.Go("/notifications")).ShouldSay("มีผู้ตั้งรหัสผ่านใหม่ให้บัญชีของท่าน");
        var own = (await About(id))[0];
        own.Text("action").ShouldBe("password-changed");
        own["from"]!.Text("door").ShouldBe("page");
        (await Told(me)).Count.ShouldBe(1);
    }

    [Test]
    public async Task A_second_factor_is_put_on_taken_off_and_reset_on_the_record()
    {
        var (id, name) = await Somebody();
        await World.Services.GetRequiredService<Passwords>().SetAsync(Guid.Parse(id), Password, false, null, null, CancellationToken.None);
        var factor = World.Services.GetRequiredService<SecondFactor>();
        var me = new Caller(Guid.Parse(id), name, []);
        var (secret, _) = factor.Begin(me.UserId);
        var codes = (await factor.ConfirmAsync(me, secret, Code(), CancellationToken.None)).Codes.ShouldNotBeNull();
        (await LastAction(id)).ShouldBe("second-factor-put-on");
        (await factor.TakeOffAsync(me, codes[0], CancellationToken.None)).ShouldBe(CodeAnswer.Right);
        (await LastAction(id)).ShouldBe("second-factor-taken-off");
        (await factor.ConfirmAsync(me, secret, Code(), CancellationToken.None)).Codes.ShouldNotBeNull();
        (await Admin.Delete($"users/{id}/second-factor?reason=%E0%B8%AB%E0%B8%B2%E0%B8%A2")).Status.ShouldBe(204);
        var e = (await About(id))[0];
        e.Text("action").ShouldBe("second-factor-reset");
        e.Text("reason").ShouldBe("หาย");
        (await Told(await World.WithKeyOf(id))).ShouldContain(n => n.Text("kind") == "account-second-factor-reset");

        string Code() => Totp.Code(secret, Totp.StepOf(Clock.GetUtcNow()));
    }

    [Test]
    public async Task Nobody_gives_themselves_a_role_that_decides()
    {
        var (id, _) = await Somebody(roles: Roles.Administrator);
        var administrator = await World.WithKeyOf(id);
        foreach (var role in Roles.Deciding)
        {
            (await administrator.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Administrator, role } })).ShouldBeProblem(403, "own-deciding-role", "roles");
            (await administrator.Get("users/me")).Ok()["memberships"]!.AsArray().Count.ShouldBe(1);
        }

        (await administrator.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Administrator, Roles.Officer } })).Ok();
        (await Admin.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Administrator, Roles.Director } })).Ok();
        var e = (await About(id))[0];
        e["detail"]!["before"]!.AsArray().Select(r => (string)r!).ShouldBe([Roles.Administrator, Roles.Officer]);
        e["detail"]!["after"]!.AsArray().Select(r => (string)r!).ShouldBe([Roles.Administrator, Roles.Director]);
        // What one holds already one keeps.
        (await administrator.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Director } })).Ok();
    }

    [Test]
    public async Task Another_office_asks_and_takes_nobody_over()
    {
        var (home, other) = (await Office("home"), await Office("other"));
        var (homeAdmin, otherAdmin) = (await AdministratorOf(home), await AdministratorOf(other));
        var (id, _) = await Somebody(home);
        var me = await World.WithKeyOf(id);

        var asked = await otherAdmin.Put($"offices/{other}/members/{id}", new { roles = new[] { Roles.Officer }, reason = "ช่วยราชการ" });
        asked.Status.ShouldBe(202);
        var joining = asked.Ok().Text("id");
        Offices(await me.Get("users/me")).ShouldBe([home], "nothing changed yet");
        (await otherAdmin.Put($"users/{id}/password", new { password = Password })).ShouldBeProblem(403, "not-allowed");
        (await Told(me)).ShouldContain(n => n.Text("kind") == "account-joining-asked" && n.Text("link") == "/account/joinings");
        (await homeAdmin.Get("joinings")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!["mayDecide"]!.GetValue<bool>().ShouldBeTrue();
        (await otherAdmin.Get("joinings")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!["mayDecide"]!.GetValue<bool>().ShouldBeFalse();
        (await Officer.Get("joinings")).Ok()["items"]!.AsArray().ShouldBeEmpty();
        foreach (var stranger in new[] { otherAdmin, Officer })
            (await stranger.Post($"joinings/{joining}/accept")).ShouldBeProblem(404, "joining-not-found", "id");

        (await me.Post($"joinings/{joining}/accept")).Status.ShouldBe(204);
        (await me.Post($"joinings/{joining}/decline")).ShouldBeProblem(404, "joining-not-found", "id");
        Offices(await me.Get("users/me")).ShouldBe([home, other], ignoreOrder: true);
        (await homeAdmin.Put($"users/{id}/password", new { password = Password })).Status.ShouldBe(204, "those of the home office still look after the account");
        (await otherAdmin.Put($"users/{id}/password", new { password = Password })).ShouldBeProblem(403, "not-allowed");
        (await About(id)).Select(e => e.Text("action")).ShouldBe(["password-set", "joining-accepted", "joining-asked", "user-created"]);

        // Who leaves the home office belongs to the other.
        (await homeAdmin.Put($"offices/{home}/members/{id}", new { roles = Array.Empty<string>() })).Ok();
        (await me.Get("users/me")).Ok();
        (await otherAdmin.Put($"users/{id}/password", new { password = Password })).Status.ShouldBe(204);

        static IEnumerable<string> Offices(Answer answer) => answer.Ok()["memberships"]!.AsArray().Select(m => m.Text("office")).Distinct();
    }

    [Test]
    public async Task Those_of_the_home_office_decline_for_their_people()
    {
        var (home, other) = (await Office("declines"), await Office("asks"));
        var (homeAdmin, otherAdmin) = (await AdministratorOf(home), await AdministratorOf(other));
        var (id, _) = await Somebody(home);
        var first = (await otherAdmin.Put($"offices/{other}/members/{id}", new { roles = new[] { Roles.Officer } })).Ok().Text("id");
        var second = (await otherAdmin.Put($"offices/{other}/members/{id}", new { roles = new[] { Roles.Clerk } })).Ok().Text("id");
        (await homeAdmin.Post($"joinings/{first}/accept")).ShouldBeProblem(404, "joining-not-found", "id");
        (await homeAdmin.Post($"joinings/{second}/decline")).Status.ShouldBe(204);
        (await Admin.Get($"offices/{other}/members")).Ok()["items"]!.AsArray().ShouldNotContain(m => m.Text("id") == id);
        (await Told(otherAdmin)).ShouldContain(n => n.Text("kind") == "account-joining-decided");
        (await homeAdmin.Put($"offices/{other}/members/{id}", new { roles = new[] { Roles.Officer } })).ShouldBeProblem(404, "office-not-found");
    }

    [Test]
    public async Task A_closed_account_has_no_session_and_no_key()
    {
        var (id, name) = await Somebody();
        var me = await World.WithKeyOf(id);
        await World.Services.GetRequiredService<Passwords>().SetAsync(Guid.Parse(id), Password, false, null, null, CancellationToken.None);
        var visitor = World.Visitor();
        (await visitor.SignIn("", Password, name)).ShouldLeadTo("/");
        (await me.Post($"users/{id}/deactivate", new { })).ShouldBeProblem(403, "not-allowed");
        (await Officer.Post($"users/{id}/deactivate", new { })).ShouldBeProblem(403, "not-allowed");
        (await Admin.Post($"users/{id}/deactivate", new { reason = "เกษียณ" })).Status.ShouldBe(204);
        (await me.Get("users/me")).ShouldBeProblem(401, "not-signed-in");
        (await visitor.Go("/")).Status.ShouldBe(302);
        (await World.Visitor().SignIn("", Password, name)).ShouldSay("ไม่ถูกต้อง");

        (await Admin.Post($"users/{id}/reactivate", new { reason = "กลับมา" })).Status.ShouldBe(204);
        (await me.Get("users/me")).ShouldBeProblem(401, "not-signed-in");
        (await visitor.Go("/")).Status.ShouldBe(302, "the old session stays ended");
        (await World.Visitor().SignIn("", Password, name)).ShouldLeadTo("/");
        (await About(id)).Select(e => e.Text("action")).Take(2).ShouldBe(["user-reactivated", "user-deactivated"]);
    }

    [Test]
    public async Task The_trail_of_an_office_is_read_by_its_administrators_and_auditors_with_filters_and_in_pages()
    {
        var office = await Office("read");
        var administrator = await AdministratorOf(office);
        var auditor = await World.WithKeyOf((await Somebody(office, roles: Roles.Auditor)).Id);
        var officer = await World.WithKeyOf((await Somebody(office)).Id);
        (await officer.Get("administration/events")).ShouldBeProblem(403, "not-allowed");
        (await officer.Get("administration/events/verify")).ShouldBeProblem(403, "not-allowed");
        (await administrator.Get($"administration/events?office={World.Office}")).ShouldBeProblem(404, "office-not-found", "office");
        var all = await auditor.All("administration/events", 100);
        all.ShouldAllBe(e => e.Text("office") == office);
        all.Select(e => e.Text("action")).ShouldBe(["user-created", "user-created", "user-created", "office-created"]);
        (await administrator.All("administration/events", 1)).Select(e => e.Number("sequence")).ShouldBe(all.Select(e => e.Number("sequence")));
        (await auditor.All("administration/events?action=office-created")).ShouldHaveSingleItem();
        (await auditor.All("administration/events?from=2026-03-02&to=2026-03-02")).Count.ShouldBe(4);
        (await auditor.All("administration/events?from=2026-03-03")).ShouldBeEmpty();
        (await auditor.All($"administration/events?actor={Guid.NewGuid()}")).ShouldBeEmpty();
        foreach (var (field, value) in new[] { ("user", "x"), ("actor", "x"), ("from", "2569-03-02x"), ("to", "yesterday"), ("from", "2569-03-02") })
            (await auditor.Get($"administration/events?{field}={value}")).ShouldBeProblem(400, "invalid-input", field);
        (await Admin.All("administration/events", 200)).ShouldContain(e => e.Text("office") == "*", "the first start");
    }

    [Test]
    public async Task What_is_refused_or_asked_for_twice_is_written_once_or_not_at_all()
    {
        var (id, _) = await Somebody();
        var before = (await About(id)).Count;
        (await Officer.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Clerk } }, "refused")).ShouldBeProblem(403, "not-allowed");
        for (var i = 0; i < 3; i++)
            (await Admin.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Clerk } }, $"once-{id}")).Ok();
        (await About(id)).Count.ShouldBe(before + 1);
    }

    [Test]
    public async Task Twenty_at_once_are_twenty_links_of_one_chain()
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
            ids.Add((await Somebody()).Id);
        await Task.WhenAll(ids.Select(id => Task.Run(async () => (await Admin.Put($"offices/demo/members/{id}", new { roles = new[] { Roles.Clerk } })).Ok())));
        var verified = (await As(Roles.Auditor).Get("administration/events/verify")).Ok();
        verified["valid"]!.GetValue<bool>().ShouldBeTrue(verified.ToJsonString());
    }

    [TestCase("UPDATE admin_event SET actor = on_user WHERE sequence = @at", "changed")]
    [TestCase("UPDATE admin_event SET detail = '{ }' WHERE sequence = @at", "changed")]
    [TestCase("DELETE FROM admin_event WHERE sequence = @at", "missing")]
    [TestCase("DELETE FROM admin_event WHERE sequence >= @at", "cut-off")]
    public async Task What_was_altered_is_found_and_located(string damage, string reason)
    {
        await using var world = await World.StartAsync(Provider);
        (await Verify()).ShouldBe((true, null, null));
        var at = await world.ScalarAsync<int>("SELECT MAX(sequence) FROM admin_event WHERE action = 'password-set'") - 1;
        await world.ExecuteAsync(damage, new { at });
        (await Verify()).ShouldBe((false, at, reason));

        async Task<(bool Valid, int? At, string? Reason)> Verify()
        {
            var answer = (await world.SystemAdministrator.Get("administration/events/verify")).Ok();
            return (answer["valid"]!.GetValue<bool>(), answer["brokenAt"]?.GetValue<int>(), answer["reason"]?.GetValue<string>());
        }
    }

    /// <summary>Whoever adds a door that records gives it a word for people, and documents it.</summary>
    [Test]
    public void Every_action_that_is_recorded_has_its_words_and_stands_in_the_docs()
    {
        var source = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "ProcessEngine.Service"), "*.cs", SearchOption.AllDirectories);
        var recorded = source.Select(File.ReadAllText)
            .SelectMany(text => Regex.Matches(text, "new AdministrationAct\\(\\s*(?:[^\",]*\\? )?\"([a-z-]+)\"(?: : \"([a-z-]+)\")?|\"(second-factor-[a-z-]+)\""))
            .SelectMany(m => m.Groups.Values.Skip(1).Where(g => g.Success).Select(g => g.Value)).Where(a => a != "second-factor-offer").Distinct().ToList();
        recorded.Count.ShouldBeGreaterThan(15);
        recorded.Except(TrailWords.All.Keys).ShouldBeEmpty();
        var page = Repository.Read("docs", "http-api.md");
        TrailWords.All.Keys.Where(action => !page.Contains($"`{action}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
