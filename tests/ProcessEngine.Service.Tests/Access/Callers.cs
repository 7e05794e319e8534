using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>Somebody who calls.</summary>
/// <param name="Code">The heading of their column.</param>
/// <param name="Who">In words.</param>
/// <param name="Id">Of their account; null for who has none that can be asked with.</param>
sealed record CallerColumn(string Code, string Who, Person Person, string? Id = null);

/// <summary>Everybody who may call, as far as a right can depend on who it is.</summary>
sealed class Callers(World world)
{
    public const string Elsewhere = "elsewhere";

    readonly List<CallerColumn> columns = [];

    public IReadOnlyList<CallerColumn> Columns => columns;

    /// <summary>The officer whose case, task, key and account is asked for.</summary>
    public (string Id, Person Person) Own { get; private set; }

    /// <summary>Somebody else of the office, whose account is acted on.</summary>
    public (string Id, Person Person) Colleague { get; private set; }

    /// <summary>Somebody whose account was closed.</summary>
    public string Closed { get; private set; } = "";

    /// <summary>The account of a program of the office.</summary>
    public string Program => columns.Single(c => c.Code == "prg").Id!;

    public Person this[string code] => columns.Single(c => c.Code == code).Person;

    public async Task ComeAsync()
    {
        (await world.SystemAdministrator.Post(
            "offices", new { code = Elsewhere, name = new { th = "สำนักงานอื่น" }, province = "TH-84" })).Ok();
        Own = await HireAsync("own", World.Office, Roles.Officer);
        Colleague = await HireAsync("colleague", World.Office, Roles.Officer);
        await WhoHaveNothingAsync();

        Add("own", "officer of the office, whose case, task, file, key and account it is", Own.Person);
        Add("off", "another officer of the office", Colleague.Person);
        foreach (var (code, role) in new[]
        {
            ("grp", Roles.GroupDirector), ("dep", Roles.DeputyDirector), ("dir", Roles.Director), ("com", Roles.CommitteeMember),
            ("clk", Roles.Clerk), ("cmp", Roles.ComputerOfficer), ("inf", Roles.InformationOfficer), ("av", Roles.AvOfficer),
            ("pro", Roles.ProcessOwner), ("aud", Roles.Auditor),
        })
            Add(code, $"{role} of the office", world.As(role));
        Add("adm", "administrator of the office", (await HireAsync("admin", World.Office, Roles.Administrator)).Person);
        Add("act", "officer who sits in the director's post by order", (await ActingAsync()).Person);
        Add("prg", "program of the office (service account), officer", (await HireAsync("program", World.Office, Roles.Officer, "service")).Person);
        Add("two", "officer of the office, director of another", (await OfTwoOfficesAsync()).Person);

        foreach (var (code, role) in new[]
        {
            ("b-off", Roles.Officer), ("b-dir", Roles.Director), ("b-pro", Roles.ProcessOwner), ("b-aud", Roles.Auditor),
            ("b-adm", Roles.Administrator),
        })
            Add(code, $"{role} of another office", (await HireAsync("b." + role, Elsewhere, role)).Person);
        foreach (var (code, role) in new[] { ("*-pro", Roles.ProcessOwner), ("*-aud", Roles.Auditor) })
            Add(code, $"{role} of every office", (await OfEveryOfficeAsync(role)).Person);
        Add("*-adm", "administrator of every office", world.SystemAdministrator);
        for (var i = 0; i < columns.Count; i++)
        {
            var me = await columns[i].Person.Get("users/me");
            if (me.Status == 200)
                columns[i] = columns[i] with { Id = me.Body.Text("id") };
        }
    }

    async Task WhoHaveNothingAsync()
    {
        Add("none", "nobody: no key", world.Nobody);
        Add("unkn", "a key that nobody has", world.WithKey(ApiKeys.NewSecret()));
        var (gone, _) = await HireAsync("gone", World.Office, Roles.Officer);
        var expired = (await (await world.WithKeyOf(gone)).Post($"users/{gone}/api-keys", new { label = "short", expiresInDays = 1 })).Ok();
        await world.ExecuteAsync(
            "UPDATE api_key SET expires_at = @at WHERE key_id = @id",
            new { at = world.Clock.GetUtcNow().AddDays(-1), id = Guid.Parse(expired.Text("id")) });
        Add("expd", "officer of the office, whose key has expired", world.WithKey(expired.Text("key")));
        var revoked = (await (await world.WithKeyOf(gone)).Post($"users/{gone}/api-keys", new { label = "revoked" })).Ok();
        (await (await world.WithKeyOf(gone)).Delete($"users/{gone}/api-keys/{revoked.Text("id")}")).Status.ShouldBe(204);
        Add("revd", "officer of the office, whose key was revoked", world.WithKey(revoked.Text("key")));
        var (closed, closedPerson) = await HireAsync("closed", World.Office, Roles.Officer);
        (await world.SystemAdministrator.Post($"users/{closed}/deactivate", new { reason = "ย้าย" })).Ok();
        Closed = closed;
        Add("clsd", "officer of the office, whose account was closed", closedPerson);
        var (former, formerPerson) = await HireAsync("former", World.Office, Roles.Officer);
        (await world.SystemAdministrator.Put($"offices/demo/members/{former}", new { roles = Array.Empty<string>() })).Ok();
        Add("form", "was officer of the office; belongs to none now", formerPerson);
    }

    async Task<(string Id, Person Person)> ActingAsync()
    {
        var acting = await HireAsync("acting", World.Office, Roles.Officer);
        (await world.Director.Post(
            "offices/demo/orders",
            new { number = "1/2569", kind = "acting", role = Roles.Director, user = acting.Id, from = "2026-03-02", to = "2026-03-31" })).Ok();
        return acting;
    }

    async Task<(string Id, Person Person)> OfTwoOfficesAsync()
    {
        var two = await HireAsync("two", World.Office, Roles.Officer);
        await GiveAsync(two.Id, Elsewhere, Roles.Director);
        return (two.Id, await world.WithKeyOf(two.Id));
    }

    async Task<(string Id, Person Person)> OfEveryOfficeAsync(string role)
    {
        var every = await HireAsync("every." + role, World.Office, role);
        await world.ExecuteAsync("DELETE FROM membership WHERE user_id = @id", new { id = Guid.Parse(every.Id) });
        await GiveAsync(every.Id, Caller.EveryOffice, role);
        return (every.Id, await world.WithKeyOf(every.Id));
    }

    Task GiveAsync(string user, string office, string role) => world.ExecuteAsync(
        "INSERT INTO membership (user_id, office, role) VALUES (@id, @office, @role)", new { id = Guid.Parse(user), office, role });

    async Task<(string Id, Person Person)> HireAsync(string name, string office, string role, string kind = "person")
    {
        var user = (await world.SystemAdministrator.Post(
            "users", new { userName = $"access.{name}", displayName = name, office, roles = new[] { role }, kind })).Ok();
        return (user.Text("id"), await world.WithKeyOf(user.Text("id")));
    }

    void Add(string code, string who, Person person) => columns.Add(new CallerColumn(code, who, person));
}
