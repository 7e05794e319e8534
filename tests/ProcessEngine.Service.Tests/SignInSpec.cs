using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>People sign in with a password; programs go on with keys.</summary>
public sealed class SignInSpec(string provider) : OnBothDatabases(provider)
{
    const string Chosen = "ต้นมะม่วงหน้าสำนักงาน";

    async Task<(string Id, string Name)> NewPerson(string name)
    {
        var created = (await As(Roles.Administrator).Post("users", new { userName = name, displayName = "คนใหม่", office = World.Office, roles = new[] { Roles.Officer } })).Ok();
        return (created.Text("id"), name);
    }

    [Test]
    public async Task A_page_asks_who_one_is_and_then_leads_on_to_where_one_wanted_to_go()
    {
        var visitor = World.Visitor();
        (await visitor.Go("/account/sessions")).ShouldLeadTo("/sign-in?next=%2Faccount%2Fsessions");
        await visitor.Follow();
        await visitor.Submit("/sign-in", ("userName", "demo.officer"), ("password", World.DemoPassword!));
        visitor.Page.ShouldLeadTo("/account/sessions");
        (await visitor.Follow()).ShouldBe(200).ShouldSay("เจ้าหน้าที่ ตัวอย่าง", "เครื่องนี้");
    }

    [Test]
    public async Task It_never_leads_to_another_site()
    {
        var visitor = World.Visitor();
        foreach (var next in new[] { "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example" })
        {
            await visitor.Go("/sign-in?next=" + Uri.EscapeDataString(next));
            (await visitor.Submit("/sign-in", ("userName", "demo.officer"), ("password", World.DemoPassword!))).ShouldLeadTo("/");
            await visitor.Go("/");
            await visitor.Submit("/sign-out");
        }
    }

    [Test]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        var visitor = World.Visitor();
        var answer = await visitor.SignIn(Roles.Officer);
        answer.Headers["Set-Cookie"].ShouldContain("pe_session=");
        answer.Headers["Set-Cookie"].ShouldContain("httponly");
        answer.Headers["Set-Cookie"].ShouldContain("samesite=lax");
    }

    [Test]
    public async Task A_wrong_password_and_an_unknown_name_are_answered_alike()
    {
        var visitor = World.Visitor();
        var wrong = (await visitor.SignIn(Roles.Officer, with: "not the password")).ShouldBe(200).ShouldSay("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง");
        var unknown = (await visitor.SignIn(Roles.Officer, userName: "nobody-of-this-name")).ShouldBe(200);
        unknown.Text.ShouldBe(wrong.Text);
        visitor.CookieNamed("pe_session").ShouldBeNull();
    }

    [Test]
    public async Task Five_wrong_passwords_lock_the_person_out_for_five_minutes()
    {
        var (id, name) = await NewPerson("locked." + Provider);
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" })).Status.ShouldBe(204);
        var visitor = World.Visitor();
        for (var i = 0; i < Passwords.FailuresAllowed; i++)
            (await visitor.SignIn("", "wrong wrong wrong", name)).ShouldSay("ไม่ถูกต้อง");
        (await visitor.SignIn("", "a first password", name)).ShouldSay("ใส่รหัสผ่านผิดหลายครั้ง", "09:05");

        Clock.Advance(TimeSpan.FromMinutes(5));
        (await visitor.SignIn("", "a first password", name)).ShouldLeadTo("/");
    }

    [Test]
    public async Task A_name_that_nobody_has_is_locked_as_one_that_somebody_has()
    {
        var (known, unknown) = (World.Visitor(), World.Visitor());
        var (id, name) = await NewPerson("alike." + Provider);
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" })).Status.ShouldBe(204);
        for (var i = 0; i <= Passwords.FailuresAllowed; i++)
        {
            var one = await known.SignIn("", "wrong wrong wrong", name);
            (await unknown.SignIn("", "wrong wrong wrong", "nobody." + Provider)).Text.ShouldBe(one.Text, $"try {i + 1}");
        }

        unknown.Page.ShouldSay("ใส่รหัสผ่านผิดหลายครั้ง", "09:05");
    }

    [Test]
    public async Task Fifty_wrong_passwords_at_once_lock_and_none_that_was_under_way_takes_the_lock_off()
    {
        var (id, name) = await NewPerson("burst." + Provider);
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" })).Status.ShouldBe(204);
        using var limits = new SignInLimits(new PasswordLimits { AtOnce = 8, Waiting = 100, WaitingPerAddress = 100 });
        var log = new Heard();
        var passwords = new Passwords(World.Database, World.Services.GetRequiredService<PasswordHashing>(), limits, Clock, log);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(() => passwords.CheckAsync(name, "wrong wrong wrong", $"10.0.0.{n}", CancellationToken.None))));
        answers.Count(a => a is WrongPassword).ShouldBe(Passwords.FailuresAllowed, "no more than these were looked at");
        answers.Count(a => a is LockedOut).ShouldBe(50 - Passwords.FailuresAllowed);
        (await passwords.CheckAsync(name, "a first password", "10.0.1.1", CancellationToken.None)).ShouldBeOfType<LockedOut>();
        (await passwords.CheckAsync(Guid.Parse(id), "a first password", "10.0.1.1", CancellationToken.None)).ShouldBeOfType<LockedOut>("nor by another page");
        log.Lines.Count(l => l.Contains($"user {id}", StringComparison.Ordinal) && l.Contains("10.0.0.", StringComparison.Ordinal)).ShouldBe(50, "each is logged, with where it came from");
        log.Lines.ShouldNotContain(l => l.Contains("wrong wrong", StringComparison.Ordinal));

        Clock.Advance(Passwords.LockedFor);
        (await passwords.CheckAsync(name, "a first password", "10.0.1.1", CancellationToken.None)).ShouldBeOfType<RightPassword>();
        (await passwords.CheckAsync(name, "wrong wrong wrong", "10.0.1.1", CancellationToken.None)).ShouldBeOfType<WrongPassword>("the count begins anew");
    }

    [Test]
    public async Task Who_guesses_from_one_address_waits_behind_itself_and_not_before_others()
    {
        using var limits = new SignInLimits(new PasswordLimits { AtOnce = 1, Waiting = 5, WaitingPerAddress = 2, FailuresPerAddress = 5 });
        var first = await limits.TurnAsync("guesser", CancellationToken.None);
        var others = Enumerable.Range(0, 10).Select(_ => limits.TurnAsync("guesser", CancellationToken.None).AsTask()).ToList();
        (await Task.WhenAll(others.Skip(2))).ShouldAllBe(turn => turn == null, "two may wait");
        var officer = limits.TurnAsync("office", CancellationToken.None).AsTask();
        first!.Dispose();
        var turn = (await officer).ShouldNotBeNull("before those who came earlier from the other address");
        others.Take(2).ShouldAllBe(other => !other.IsCompleted);
        turn.Dispose();
        foreach (var other in others.Take(2))
            (await other)!.Dispose();

        for (var i = 0; i < 5; i++)
            limits.Failed("guesser");
        (await limits.TurnAsync("guesser", CancellationToken.None)).ShouldBeNull("too many of them were wrong");
        (await limits.TurnAsync("office", CancellationToken.None)).ShouldNotBeNull().Dispose();
    }

    [Test]
    public async Task Whoever_is_turned_away_is_told_to_try_again_and_loses_nothing()
    {
        await using var world = await World.StartAsync(
            Provider, settings: new Dictionary<string, string> { ["ProcessEngine:Passwords:FailuresPerAddress"] = "5" });
        var visitor = world.Visitor();
        for (var i = 0; i < 5; i++)
            await visitor.SignIn("", "wrong wrong wrong", $"nobody{i}");
        (await visitor.SignIn(Roles.Officer)).ShouldBe(429).ShouldSay("ลองใหม่ในอีกสักครู่").Html.ShouldContain("value=\"demo.officer\"");
        visitor.Page.Headers["Retry-After"].ShouldBe("5");
    }

    [Test]
    public async Task A_hash_of_fewer_rounds_is_made_anew_when_its_owner_signs_in()
    {
        new PasswordHashing().Rounds.ShouldBe(210_000, "at an office");
        var enough = World.Services.GetRequiredService<PasswordHashing>().Rounds;
        var (few, (id, name)) = (enough / 2, await NewPerson("rounds." + Provider));
        var old = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = few })).HashPassword(new object(), "a first password");
        await World.ExecuteAsync(
            "INSERT INTO credential (user_id, password_hash, stamp, must_change, changed_at, failures) VALUES (@id, @old, 's', @no, @now, 0)",
            new { id = Guid.Parse(id), old, no = false, now = Clock.GetUtcNow() });
        (await World.Visitor().SignIn("", "wrong wrong wrong", name)).ShouldSay("ไม่ถูกต้อง");
        (await Rounds()).ShouldBe(few);
        (await World.Visitor().SignIn("", "a first password", name)).ShouldLeadTo("/");
        (await Rounds()).ShouldBe(enough);
        (await World.Visitor().SignIn("", "a first password", name)).ShouldLeadTo("/");

        async Task<int> Rounds() => BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(
            await World.ScalarAsync<string>("SELECT password_hash FROM credential WHERE user_id = @id", new { id = Guid.Parse(id) })).AsSpan(5));
    }

    /// <summary>What was logged.</summary>
    sealed class Heard : ILogger<Passwords>
    {
        readonly ConcurrentQueue<string> lines = [];

        public IReadOnlyCollection<string> Lines => lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));
    }

    [Test]
    public async Task A_password_that_an_administrator_set_is_changed_before_anything_else()
    {
        var (id, name) = await NewPerson("first." + Provider);
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" })).Status.ShouldBe(204);
        var visitor = World.Visitor();
        (await visitor.SignIn("", "a first password", name)).ShouldLeadTo("/");
        (await visitor.Follow()).ShouldLeadTo("/account/password");
        (await visitor.Follow()).ShouldSay("กรุณาตั้งรหัสผ่านของท่านเอง");

        (await visitor.Submit("/account/password", ("current", "a first password"), ("chosen", "short"), ("again", "short"))).ShouldSay("อย่างน้อย 12");
        (await visitor.Submit("/account/password", ("current", "a first password"), ("chosen", Chosen), ("again", Chosen + "x"))).ShouldSay("ไม่ตรงกัน");
        (await visitor.Submit("/account/password", ("current", "a first password"), ("chosen", Chosen), ("again", Chosen))).ShouldLeadTo("/");
        (await visitor.Follow()).ShouldBe(200).ShouldSay("เปลี่ยนรหัสผ่านแล้ว");
        (await World.Visitor().SignIn("", "a first password", name)).ShouldSay("ไม่ถูกต้อง");
        (await World.Visitor().SignIn("", Chosen, name)).ShouldLeadTo("/");
    }

    [Test]
    public async Task A_new_password_ends_every_other_session()
    {
        var (id, name) = await NewPerson("sessions." + Provider);
        await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" });
        var (office, home) = (World.Visitor(), World.Visitor());
        await office.SignIn("", "a first password", name);
        await home.SignIn("", "a first password", name);
        await office.Go("/account/password");
        await office.Submit("/account/password", ("current", "a first password"), ("chosen", Chosen), ("again", Chosen));
        (await office.Go("/")).ShouldBe(200);
        (await home.Go("/")).Status.ShouldBe(302);
    }

    [Test]
    public async Task Signing_out_everywhere_ends_every_session()
    {
        var (office, home) = (World.Visitor(), World.Visitor());
        await office.SignIn(Roles.Auditor);
        await home.SignIn(Roles.Auditor);
        await office.Go("/account/sessions");
        (await office.Submit("/account/sessions?handler=all")).ShouldLeadTo("/sign-in");
        (await office.Go("/")).Status.ShouldBe(302);
        (await home.Go("/")).Status.ShouldBe(302);
    }

    [Test]
    public async Task Signing_out_ends_the_session_and_not_only_the_cookie()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Director);
        var cookie = visitor.CookieNamed("pe_session")!.Value;
        await visitor.Go("/");
        (await visitor.Submit("/sign-out")).ShouldLeadTo("/sign-in");
        var again = World.Nobody.Http;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account/password");
        request.Headers.Add("Cookie", "pe_session=" + cookie);
        using var answer = await again.SendAsync(request);
        answer.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in");
    }

    [Test]
    public async Task Eight_hours_without_a_look_end_a_session()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Officer);
        Clock.Advance(TimeSpan.FromHours(7));
        (await visitor.Go("/")).ShouldBe(200);
        Clock.Advance(TimeSpan.FromHours(7));
        (await visitor.Go("/")).ShouldBe(200);
        Clock.Advance(TimeSpan.FromHours(9));
        (await visitor.Go("/")).Status.ShouldBe(302);
    }

    [Test]
    public async Task The_api_takes_keys_and_no_cookies()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Director);
        (await visitor.Go("/api/v1/users/me")).ShouldBe(401);
        (await World.Director.Get("users/me")).Ok();
        (await World.Director.Get("/account/sessions")).Raw.ShouldContain("ลงชื่อเข้าใช้", customMessage: "nor does a page take a key");
    }

    [Test]
    public async Task A_form_without_its_token_changes_nothing_and_says_so_kindly()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        await visitor.Go("/account/sessions");
        (await visitor.SubmitWithoutToken("/account/sessions?handler=all")).ShouldBe(400).ShouldSay("หน้านี้หมดอายุแล้ว", "ยังไม่มีการบันทึก");
        (await visitor.Go("/")).ShouldBe(200);
    }

    [Test]
    public async Task Only_an_administrator_of_the_persons_offices_sets_a_password()
    {
        var (id, _) = await NewPerson("guarded." + Provider);
        (await Officer.Put($"users/{id}/password", new { password = "a first password" })).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "short" })).ShouldBeProblem(400, "invalid-input", "password");
        (await As(Roles.Administrator).Put($"users/{Guid.NewGuid()}/password", new { password = "a first password" })).ShouldBeProblem(422, "user-not-found");
        var own = (await Officer.Get("users/me")).Ok().Text("id");
        (await Officer.Put($"users/{own}/password", new { password = "a first password" })).ShouldBeProblem(403, "not-allowed");
    }

    [Test]
    public async Task No_password_lies_anywhere_in_the_database()
    {
        var (id, _) = await NewPerson("secret." + Provider);
        (await As(Roles.Administrator).Put($"users/{id}/password", new { password = "a first password" }, key: "set-once")).Status.ShouldBe(204);
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM idempotency WHERE idempotency_key = 'set-once'")).ShouldBe(0);
        (await World.ScalarAsync<string>("SELECT password_hash FROM credential WHERE user_id = @id", new { id = Guid.Parse(id) })).ShouldStartWith("AQ");
    }

    [Test]
    public async Task Every_page_forbids_scripts_from_elsewhere_frames_and_shared_caches()
    {
        var visitor = World.Visitor();
        foreach (var path in new[] { "/sign-in", "/nowhere" })
        {
            var page = await visitor.Go(path);
            if (page.Location is not null)
                continue;
            page.Headers["Content-Security-Policy"].ShouldContain("default-src 'none'");
            page.Headers["Content-Security-Policy"].ShouldContain("frame-ancestors 'none'");
            page.Headers["Content-Security-Policy"].ShouldNotContain("unsafe-inline");
            page.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
            page.Headers["Cache-Control"].ShouldContain("no-store");
            page.Html.ShouldNotContain("<script>");
            page.Html.ShouldNotContain(" style=");
        }
    }

    [Test]
    public async Task The_pages_speak_Thai_and_English_when_asked()
    {
        var visitor = World.Visitor();
        (await visitor.Go("/sign-in")).ShouldSay("ลงชื่อเข้าใช้");
        visitor.Page.Html.ShouldContain("<html lang=\"th\"");
        await visitor.Submit("/preferences", ("language", "en"));
        (await visitor.Go("/sign-in")).ShouldSay("User name");
        visitor.Page.Html.ShouldContain("<html lang=\"en\"");
    }

    [Test]
    public async Task What_is_not_there_is_answered_as_a_page_to_people_and_as_a_problem_to_programs()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Officer);
        (await visitor.Go("/nowhere")).ShouldBe(404).ShouldSay("ไม่พบหน้านี้");
        (await Officer.Get("/nowhere")).ShouldBeProblem(404, "not-found");
        (await Officer.Get("nowhere")).ShouldBeProblem(404, "not-found");
    }
}
