using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests.Upgrade;

/// <summary>
/// A database that the first program wrote, at schema 1, is taken up through every schema since and served by today's: what was answered
/// then
/// (<c>answers.json</c>, recorded from that program) is answered now. A schema at which something else came to be stored has a script of
/// its own
/// (<c>schema-N.sql</c>), which runs before the next one is reached.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed partial class UpgradeSpec(string provider)
{
    /// <summary>Shortly after the answers were recorded.</summary>
    const string Now = "2026-03-24 10:05";

    const string Procedure = "khonkaen-5.install-maintain-computers";

    World world = null!;

    [OneTimeSetUp]
    public async Task TakeItUp() => world = await World.StartAsync(provider, Now, found: PopulateAsync);

    [OneTimeTearDown]
    public async Task End()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    static string Text(string file, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, file));

    static JsonObject Answers { get; } = JsonNode.Parse(Text("answers.json"))!.AsObject();

    static string[] Asked { get; } = [.. Answers.Select(a => a.Key)];

    async Task PopulateAsync(Database database)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        Migrations.Apply(connection, provider == "sqlite" ? "sqlite" : "postgres", Run, ManualClock.Bangkok(Now));

        void Run(string script)
        {
            Populate(connection);
            connection.Execute(script);
        }
    }

    /// <summary>Before the next script: what the program of this schema stored.</summary>
    void Populate(DbConnection connection)
    {
        if (!LedgerIsThere(connection))
            return;
        switch (connection.ExecuteScalar<long?>("SELECT MAX(number) FROM schema_migration"))
        {
            case 1:
                connection.Execute(InThisDialect(Text("schema-1.sql")));
                foreach (var role in new[] { Roles.Officer, Roles.Director, Roles.Auditor, Roles.ProcessOwner, Roles.Administrator })
                {
                    connection.Execute(
                        """
                        INSERT INTO api_key (key_id, user_id, hash, label, created_at)
                        SELECT user_id, user_id, @hash, 'test', created_at FROM app_user WHERE user_name = @name
                        """,
                        new { hash = ApiKeys.HashOf(KeyOf(role)), name = $"demo.{role}" });
                }

                break;
            case { } number when number is 4 or 5:
                connection.Execute(InThisDialect(Text($"schema-{number}.sql")));
                break;
        }
    }

    bool LedgerIsThere(DbConnection connection) => connection.ExecuteScalar<long>(
        provider == "sqlite"
            ? "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migration'"
            : "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'schema_migration'") > 0;

    /// <summary>Every value is quoted, and takes the type of its column; only bytes are written differently.</summary>
    string InThisDialect(string sql) => provider == "sqlite" ? sql : Bytes().Replace(sql, @"'\x$1'");

    static string KeyOf(string role) => $"pe_of-the-{role}-of-the-test";

    Person As(string role) => world.WithKey(KeyOf(role));

    [TestCaseSource(nameof(Asked))]
    public async Task What_was_answered_at_schema_1_is_answered_now(string asked)
    {
        var (role, path) = (asked.Split(' ')[0], asked.Split(' ')[1]);
        // Lists say the data of their cases to whoever asks for them; then they always did.
        var now = path.StartsWith("process-instances?", StringComparison.Ordinal) ? path + "&data=true" : path;
        Differences(Answers[asked], (await As(role).Get(now)).Ok(), "").ShouldBeEmpty();
    }

    [Test]
    public async Task Every_case_goes_on_to_its_end()
    {
        foreach (var title in new[] { "ดูแลเครื่องคอมพิวเตอร์", "พัฒนาระบบที่รอเห็นชอบ", "พัฒนาระบบสารสนเทศเพื่อการบริหาร" })
        {
            var id = (await As(Roles.Officer).All("process-instances", limit: 50)).Single(c => c.Text("title") == title).Text("id");
            for (var acts = 0; (await As(Roles.Officer).Case(id)).Text("status") == "running"; acts++)
            {
                acts.ShouldBeLessThan(20);
                var task = await As(Roles.Officer).OpenTaskOf(id);
                var person = As(task.Text("role"));
                (task.Text("kind") == "approval" ? await person.Approve(task) : await person.Complete(task)).Ok();
            }

            (await As(Roles.Officer).Case(id)).Text("status").ShouldBe("completed", title);
        }
    }

    [Test]
    public async Task A_changed_byte_of_an_old_history_is_found()
    {
        var id = (await As(Roles.Officer).All("process-instances", limit: 50)).Single(c => c.Text("title") == "ติดตั้งเครื่องพิมพ์")
            .Text("id");
        await world.ExecuteAsync(
            "UPDATE audit_event SET payload = REPLACE(payload, 'งบประมาณ', 'งบประมาน') WHERE instance_id = @id",
            new { id = Guid.Parse(id) });
        (await As(Roles.Auditor).Verify(id)).Number("brokenAt").ShouldBe(4);
        await world.ExecuteAsync(
            "UPDATE audit_event SET payload = REPLACE(payload, 'งบประมาน', 'งบประมาณ') WHERE instance_id = @id",
            new { id = Guid.Parse(id) });
    }

    [Test]
    public async Task An_old_case_that_nobody_touched_is_whole_and_a_bent_one_is_not()
    {
        foreach (var one in await As(Roles.Officer).All("process-instances", limit: 50))
        {
            var id = Guid.Parse(one.Text("id"));
            (await As(Roles.Auditor).Verify(id.ToString())).ToJsonString().ShouldContain("\"valid\":true", Case.Sensitive, one.Text("title"));
            await Bend(id, "\"definitionVersion\":1", "\"definitionVersion\":2");
            (await As(Roles.Auditor).Verify(id.ToString())).Text("reason").ShouldBe("snapshot", one.Text("title"));
            await Bend(id, "\"definitionVersion\":2", "\"definitionVersion\":1");
        }

        Task Bend(Guid id, string from, string to) => world.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(state, @from, @to) WHERE instance_id = @id", new { id, from, to });
    }

    [Test]
    public async Task A_draft_of_schema_4_is_still_being_worked_on()
    {
        // There was one for all offices then.
        (await As(Roles.Administrator).Get($"process-definitions/{Procedure}/draft")).Ok().Number("revision").ShouldBe(3);
    }

    [Test]
    public async Task A_procedure_that_starts_by_itself_since_schema_5_still_does()
    {
        var recurrence = (await As(Roles.ProcessOwner).Get("offices/demo/recurrences")).Ok()["items"]!.AsArray().ShouldHaveSingleItem();
        (recurrence.Text("every"), recurrence.Text("day"), recurrence.Text("nextOn")).ShouldBe(("month", "5", "2026-04-07"));
    }

    /// <summary>What a form or a step's outputs said is counted by a report that came with schema 22.</summary>
    [Test]
    public async Task What_was_written_before_there_were_reports_is_found_by_them() =>
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM form_answer")).ShouldBe(1);

    /// <summary>Whatever stood in the old answer and stands no more, or says something else. The new one may say more.</summary>
    static IEnumerable<string> Differences(JsonNode? before, JsonNode? now, string place) => (before, now) switch
    {
        (JsonObject b, JsonObject n) => b.SelectMany(p => Differences(p.Value, n[p.Key], $"{place}/{p.Key}")),
        (JsonArray b, JsonArray n) when b.Count == n.Count =>
            b.SelectMany((item, i) => Differences(item, n[i], string.Create(CultureInfo.InvariantCulture, $"{place}/{i}"))),
        _ => JsonNode.DeepEquals(before, now) ? [] : [$"{place}: {before?.ToJsonString()} is now {now?.ToJsonString()}"],
    };

    [GeneratedRegex("X'([0-9a-f]*)'")]
    private static partial Regex Bytes();
}
