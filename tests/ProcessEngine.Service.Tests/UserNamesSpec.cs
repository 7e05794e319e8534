using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Two names that read alike are one name, when an account is made and when somebody signs in.</summary>
public sealed class UserNamesSpec(string provider) : OnBothDatabases(provider)
{
    const string Am = "\u0E33", Nikhahit = "\u0E4D", Aa = "\u0E32", Tone = "\u0E49", No = "\u0E19";

    /// <summary>น้ำ as keyboards, old programs and copied text have it.</summary>
    public static readonly string[] Water = [No + Tone + Am, No + Nikhahit + Tone + Aa, No + Tone + Nikhahit + Aa, No + Am + Tone];

    Task<Answer> Make(string userName) => World.SystemAdministrator.Post(
        "users", new { userName, displayName = "ก", office = World.Office, roles = new[] { Roles.Officer } });

    static readonly (string First, string[] Alike)[] Names =
    [
        ("alike.one", [" alike.one", "alike.one ", "ALIKE.One", "ａlike.one"]),
        ("caf\u00E9.two", ["cafe\u0301.two", "CAF\u00C9.two"]),
        (Water[0] + ".three", [Water[1] + ".three", Water[2] + ".three", Water[3] + ".three"]),
        ("แดง.four", ["เเดง.four"]),
        ("ที่.five", ["ท\u0E48\u0E35.five"]),
    ];

    [Test]
    public async Task Names_that_read_alike_are_one()
    {
        foreach (var (first, alike) in Names)
        {
            (await Make(first)).Ok().Text("userName").ShouldBe(first);
            foreach (var other in alike)
                (await Make(other)).ShouldBeProblem(409, "already-exists", "userName");
        }
    }

    [Test]
    public async Task What_nobody_sees_is_no_part_of_a_name([Values("a\u200Db", "a\uFE0Fb", "a\u034Fb", "\u3164ab", "a\u2800", "a\u00ADb")] string name) =>
        (await Make(name)).ShouldBeProblem(400, "invalid-input", "userName");

    [Test]
    public async Task Blanks_around_a_name_are_no_part_of_it() => (await Make("  around  ")).Ok().Text("userName").ShouldBe("around");

    [Test]
    public async Task However_it_is_typed_one_signs_in_and_is_meant()
    {
        var made = (await Make($"{Water[0]}.Signs")).Ok().Text("id");
        var passwords = World.Services.GetRequiredService<Passwords>();
        var hash = World.Services.GetRequiredService<PasswordHashing>().HashOf("correct horse battery");
        await World.Database.TransactAsync(
            session =>
            {
                Passwords.Enqueue(session, Guid.Parse(made), hash, Passwords.NewStamp(), mustChange: false, Clock.GetUtcNow());
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        foreach (var typed in Water.Select(w => $" {w}.SIGNS "))
        {
            (await passwords.CheckAsync(typed, "correct horse battery", "10.0.0.1", CancellationToken.None)).ShouldBeOfType<RightPassword>(typed);
        }

        var task = await Officer.OpenTaskOf(await Officer.Started(World.KhonKaen));
        (await Director.Reassign(task, $"{Water[2]}.signs")).Ok().Text("assignee").ShouldBe(made);
        var office = $"offices/{World.Office}";
        (await World.SystemAdministrator.Put(
            $"{office}/responsibilities",
            new { responsibilities = new[] { new { role = Roles.Officer, field = "น้ำ", user = $"{Water[3]}.SIGNS" } } })).Ok();
        (await World.SystemAdministrator.Get($"{office}/hand-overs/preview?from={Uri.EscapeDataString(Water[1] + ".signs")}&to=demo.officer")).Ok();
    }

    [Test]
    public async Task An_account_of_before_gets_its_key_when_the_service_starts_and_of_two_alike_both_are_found()
    {
        foreach (var (id, name) in new[] { (Guid.CreateVersion7(), "Before"), (Guid.CreateVersion7(), "before ") })
        {
            await World.ExecuteAsync(
                """
                INSERT INTO app_user (user_id, user_name, display_name, active, created_at, kind, home_office)
                VALUES (@id, @name, 'ก', @yes, @at, 'person', 'demo')
                """,
                new { id, name, yes = true, at = Clock.GetUtcNow() });
        }

        await NameKeys.FillAsync(World.Database, CancellationToken.None);
        (await World.QueryAsync<string?>("SELECT name_key FROM app_user WHERE user_name IN ('Before', 'before ') ORDER BY user_name"))
            .Order(StringComparer.Ordinal).ShouldBe([null, "before"]);
        (await Make("BEFORE")).ShouldBeProblem(409, "already-exists", "userName");
        var task = await Officer.OpenTaskOf(await Officer.Started(World.KhonKaen));
        (await Director.Reassign(task, "before ")).ShouldBeProblem(422, "assignee-lacks-role", "assignee");
    }

    [Test]
    public void Key_of_a_key_is_the_key()
    {
        foreach (var name in Names.SelectMany(n => n.Alike.Append(n.First)).Concat(Water).Append("İstanbul ß ﷺ"))
            UserNames.Key(UserNames.Key(name)).ShouldBe(UserNames.Key(name), name);
    }
}
