using System.Net.Http.Json;
using Npgsql;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>PostgreSQL refuses, goes read-only, has no connection left or goes away in the middle of a commit: what callers are told, and that it passes.</summary>
public sealed class DatabaseAwaySpec
{
    World world = null!;

    string Name => new NpgsqlConnectionStringBuilder(world.ConnectionString).Database!;

    [OneTimeSetUp]
    public async Task StartTheWorld() => world = await World.StartAsync("postgresql");

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    /// <param name="reads">Whether what only reads is answered meanwhile.</param>
    [TestCase("ALTER DATABASE {0} SET default_transaction_read_only = on", "ALTER DATABASE {0} RESET default_transaction_read_only", true)]
    [TestCase("ALTER DATABASE {0} ALLOW_CONNECTIONS false", "ALTER DATABASE {0} ALLOW_CONNECTIONS true", false)]
    public async Task While_the_database_refuses_callers_are_asked_to_come_back_and_nothing_is_stored(string begin, string end, bool reads)
    {
        var before = await world.RowCountsAsync();
        await Administer(begin);
        var refused = await world.Officer.Send(HttpMethod.Post, "process-instances", Case("ระหว่างขัดข้อง"), key: $"away-{reads}");
        refused.ShouldBeProblem(503, "unavailable");
        var read = await world.Officer.Get("user-tasks");
        read.Status.ShouldBe(reads ? 200 : 503, read.Raw);
        var visitor = await world.Nobody.Get("../../sign-in");
        visitor.Status.ShouldBeOneOf(200, 503);
        if (!reads)
            (await world.Nobody.Get("/health/ready")).Status.ShouldBe(503);

        await Administer(end);
        (await world.RowCountsAsync()).ShouldBe(before);
        (await world.Nobody.Get("/health/ready")).Status.ShouldBe(200);
        (await world.Officer.Send(HttpMethod.Post, "process-instances", Case("ระหว่างขัดข้อง"), key: $"away-{reads}")).Ok();
    }

    [Test]
    public async Task A_start_that_PostgreSQL_does_not_let_in_says_why_in_a_sentence()
    {
        var given = new NpgsqlConnectionStringBuilder(world.ConnectionString);
        await using (var connection = new NpgsqlConnection(world.ConnectionString))
        {
            await connection.OpenAsync();
            await using var role = new NpgsqlCommand("CREATE ROLE powerless LOGIN", connection);
            await role.ExecuteNonQueryAsync();
        }

        (await Why(given.Database!, "powerless")).ShouldStartWith(
            "names the user powerless, who may not make or change what the service needs (permission denied for ");
        (await Why("nowhere", given.Username!)).ShouldBe("names the database nowhere, which there is not");
        (await Why(given.Database!, "nobody")).ShouldBe("names the user nobody, whom PostgreSQL does not let in");

        async Task<string?> Why(string name, string user)
        {
            var address = new NpgsqlConnectionStringBuilder(world.ConnectionString) { Database = name, Username = user };
            await using var database = new PostgresDatabase(address.ConnectionString, 4);
            return database.WhyUnusable(
                await Should.ThrowAsync<PostgresException>(() => database.MigrateAsync(world.Clock, CancellationToken.None)));
        }
    }

    [Test]
    public async Task Without_a_free_connection_some_are_asked_to_come_back_and_what_is_answered_is_stored()
    {
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        await connection.OpenAsync();
        await using (var role = new NpgsqlCommand("CREATE ROLE narrow LOGIN IN ROLE app CONNECTION LIMIT 8", connection))
            await role.ExecuteNonQueryAsync();
        var narrow = new NpgsqlConnectionStringBuilder(world.ConnectionString) { Username = "narrow" }.ConnectionString;
        await using var node = await World.StartAsync("postgresql", beside: world, settings: new Dictionary<string, string>
        {
            ["ProcessEngine:Database:ConnectionString"] = narrow,
            ["ProcessEngine:Database:MaxConnections"] = "30",
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => node.Officer.Post("process-instances", Case($"แน่น {i}"))));
        foreach (var answer in answers.Where(a => a.Status != 201))
            answer.ShouldBeProblem(503, "unavailable");
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM process_instance WHERE title LIKE 'แน่น %'"))
            .ShouldBe(answers.Count(a => a.Status == 201));
        (await node.Officer.Post("process-instances", Case("แน่น อีกครั้ง"))).Ok();
    }

    [Test]
    public async Task Whoever_cannot_be_told_whether_it_was_stored_is_told_so_and_finds_out_with_the_same_key()
    {
        // The server ends the session at the commit: whether before or after it, the answer is lost.
        await world.ExecuteAsync("""
            CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON process_instance DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION end_session();
            """);
        var lost = await world.Officer.Post("process-instances", Case("คำตอบหาย"), key: "lost-answer");
        lost.ShouldBeProblem(503, "outcome-unknown").Text("detail").ShouldContain("may have been stored");
        await world.ExecuteAsync("DROP TRIGGER lost ON process_instance; DROP FUNCTION end_session()");
        (await world.Officer.Post("process-instances", Case("คำตอบหาย"), key: "lost-answer")).Ok();
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM process_instance WHERE title = 'คำตอบหาย'")).ShouldBe(1);
    }

    [Test]
    public async Task Every_503_says_when_to_come_back()
    {
        await Administer("ALTER DATABASE {0} ALLOW_CONNECTIONS false");
        using var answer = await world.Officer.Http.GetAsync("/api/v1/user-tasks");
        ((int)answer.StatusCode).ShouldBe(503);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        await Administer("ALTER DATABASE {0} ALLOW_CONNECTIONS true");
    }

    static object Case(string title) => new { definitionKey = World.KhonKaen, office = World.Office, title };

    /// <summary>From another database of the server; everybody who is connected to this one loses the connection.</summary>
    async Task Administer(string statement)
    {
        NpgsqlConnection.ClearAllPools();
        await using var server = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(world.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await server.OpenAsync();
        await using var alter = new NpgsqlCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, statement, Name), server);
        await alter.ExecuteNonQueryAsync();
        await using var end = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", server)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = Name } },
        };
        await end.ExecuteNonQueryAsync();
        // A connection of the pool that was ended is found out when it is next used.
        for (var kept = 0; kept < 6; kept++)
        {
            await world.Officer.Get("user-tasks");
            await world.Officer.Post($"user-tasks/{Guid.Empty}/claim");
        }
    }
}

/// <summary>Another program holds the embedded database, or its disk is full: callers are asked to come back, and it passes.</summary>
public sealed class SqliteAwaySpec
{
    [Test]
    public async Task While_another_program_holds_the_file_writers_are_asked_to_come_back_and_nothing_is_stored()
    {
        await using var world = await World.StartAsync("sqlite");
        var before = await world.RowCountsAsync();
        await using (var other = await world.Database.OpenAsync(CancellationToken.None))
        {
            await Execute(other, "BEGIN IMMEDIATE");
            using var response = await world.Officer.Http.PostAsJsonAsync(
                new Uri("/api/v1/process-instances", UriKind.Relative),
                new { definitionKey = World.KhonKaen, office = World.Office, title = "ระหว่างถูกจับจอง" });
            ((int)response.StatusCode).ShouldBe(503);
            response.Headers.RetryAfter.ShouldNotBeNull();
            (await world.Officer.Get("user-tasks")).Status.ShouldBe(200, "who only reads does not wait");
            await Execute(other, "ROLLBACK");
        }

        (await world.RowCountsAsync()).ShouldBe(before);
        await world.Officer.Started(World.KhonKaen);
    }

    static async Task Execute(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
