using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Two services on one PostgreSQL: promises P4 and P6.</summary>
public sealed class TwoNodesSpec
{
    const int Cases = 12;
    static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(45);
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    Installation office = null!;

    [SetUp]
    public void Install() => office = Installation.On("postgresql");

    [TearDown]
    public void Remove() => office?.Dispose();

    [Test]
    public async Task Two_nodes_that_start_at_once_on_an_empty_database_set_it_up_once_and_both_serve()
    {
        var folders = new[] { office.DataFolder, office.NewFolder() };
        var nodes = await Task.WhenAll(folders.Select(folder => office.Start(office.Settings with { DataFolder = folder })));

        var keys = folders.Select(folder => Path.Combine(folder, "demo-keys.json")).Where(File.Exists).ShouldHaveSingleItem("one node seeds, and writes the keys");
        var key = JsonNode.Parse(await File.ReadAllTextAsync(keys)).Text("officer");
        nodes.Sum(n => n.Output.Split("administrator key (shown once)").Length - 1).ShouldBe(1);
        await using (var database = office.OpenDatabase())
        {
            await using var connection = await database.OpenAsync(CancellationToken.None);
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) - COUNT(DISTINCT definition_key) FROM definition_version")).ShouldBe(0, "each definition is published once");
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM calendar_version")).ShouldBe(1);
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE user_name NOT LIKE 'demo.%'")).ShouldBe(1, "the invented people, and one administrator");
        }

        using var here = nodes[0].As(key);
        using var there = nodes[1].As(key);
        var id = await here.Started(Installation.KhonKaen, "เรื่องของสองเครื่อง");
        (await there.Act("complete", await there.OpenTask(id), key: "one-request")).Ok();
        var replayed = await here.Act("complete", (await here.History(id)).Where(h => h.Text("type") == "TaskOpened").Select(h => new JsonObject { ["id"] = h["data"].Text("taskId") }).First(), key: "one-request");
        replayed.Ok();
        replayed.Replayed.ShouldBeTrue("the other node knows the request");
        (await here.OpenTask(id)).Text("step").ShouldBe("plan-work");
        await there.ShouldVerify(id);
    }

    [Test]
    public async Task Each_rung_is_taken_once_by_two_nodes_and_when_one_is_killed_the_other_goes_on()
    {
        // Received on Thursday; reminder on Wednesday 25, due on Thursday 26 March 16:30.
        var begun = TimeProvider.System.GetTimestamp();
        var alone = await office.Start("2026-03-19 09:00");
        var key = office.KeyOf("officer");
        var cases = new List<string>();
        using (var officer = alone.As(key))
        {
            for (var i = 0; i < Cases; i++)
                cases.Add(await officer.Started(Installation.SuratThani, $"เรื่อง {i}"));
        }

        await alone.Stop();

        // Shortly before the deadlines, with the reminders overdue; the slower the machine, the earlier.
        var slowness = TimeProvider.System.GetElapsedTime(begun);
        var margin = slowness * 3 > Margin ? slowness * 3 : Margin;
        var nodes = await StartBoth(ManualClock.Bangkok("2026-03-26 16:30") - margin);
        using (var officer = nodes[0].As(key))
            await AwaitEvents(officer, cases, "TaskReminded", nodes, within: margin);

        var sweeper = Array.FindIndex(nodes, n => n.Output.Contains("due deadlines", StringComparison.Ordinal));
        sweeper.ShouldBeGreaterThanOrEqualTo(0);
        nodes[sweeper].Kill();
        var survivor = nodes[1 - sweeper];
        using (var officer = survivor.As(key))
        {
            (await AllEvents(officer, cases)).ShouldNotContain("TaskOverdue", "the node is to be killed before the deadlines");
            await AwaitEvents(officer, cases, "TaskOverdue", [survivor], within: margin + TakeOver);
        }

        await survivor.Stop();

        var again = await StartBoth(ManualClock.Bangkok("2026-04-02 10:00"));
        using (var officer = again[1].As(key))
        {
            await AwaitEvents(officer, cases, "TaskEscalated", again, 2);
            foreach (var id in cases)
            {
                (await Events(officer, id)).Where(type => type is not ("InstanceStarted" or "DeadlineSet" or "TaskOpened"))
                    .ShouldBe(["TaskReminded", "TaskOverdue", "TaskEscalated", "TaskEscalated"]);
                await officer.ShouldVerify(id);
            }
        }

        await using var database = office.OpenDatabase();
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var notices = (await connection.QueryAsync<(Guid Case, string Kind, string? Role)>("SELECT instance_id, kind, to_role FROM outbox WHERE kind <> 'task-opened'")).ToList();
        notices.ShouldBeUnique();
    }

    [Test]
    public async Task A_sweep_that_stands_still_passes_on_and_stores_nothing_when_it_comes_to()
    {
        var alone = await office.Start("2026-03-19 09:00");
        var key = office.KeyOf("officer");
        var cases = new List<string>();
        using (var officer = alone.As(key))
        {
            for (var i = 0; i < Cases; i++)
                cases.Add(await officer.Started(Installation.SuratThani, $"เรื่อง {i}"));
        }

        await alone.Stop();

        // All overdue at the start: whoever sweeps first finds the table shut, and stands still behind it.
        await using var shut = await Shut();
        var nodes = await StartBoth(ManualClock.Bangkok("2026-03-27 09:00"));
        var (halted, backend) = await Waiting(nodes, "deadline d");
        halted.Halt();
        await shut.OpenAsync();
        await BecomesIdle(backend);
        var survivor = nodes.Single(n => n != halted);
        using (var officer = survivor.As(key))
        {
            await AwaitEvents(officer, cases, "TaskOverdue", [survivor]);
            halted.GoOn();
            await using var database = office.OpenDatabase();
            await using var connection = await database.OpenAsync(CancellationToken.None);
            await Eventually.Holds(
                async () => await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM job_run WHERE job = 'deadline-sweep' AND failed_at IS NOT NULL") == 1,
                TakeOver, () => $"the sweep that stood still was not refused.\n{halted.Output}");
            foreach (var id in cases)
            {
                (await Events(officer, id)).Where(type => type is "TaskReminded" or "TaskOverdue" or "TaskEscalated").ShouldBe(["TaskReminded", "TaskOverdue"]);
                await officer.ShouldVerify(id);
            }

            // And it serves again.
            using var again = halted.As(key);
            (await again.Get("user-tasks")).Ok();
        }
    }

    [Test]
    public async Task A_decision_that_stood_still_between_reading_and_writing_is_refused_when_another_was_stored_meanwhile()
    {
        // The first one seeds, and writes the keys.
        await (await office.Start("2026-03-19 09:00")).Stop();
        var key = office.KeyOf("officer");
        var nodes = await StartBoth(ManualClock.Bangkok("2026-03-19 09:00"));
        using var here = nodes[0].As(key);
        using var there = nodes[1].As(key);
        var id = await here.Started(Installation.KhonKaen, "เรื่องที่สองเครื่องทำพร้อมกัน");
        var task = await here.OpenTask(id);

        await using var shut = await Shut();
        var slow = here.Act("complete", task, "จากเครื่องที่หยุดนิ่ง");
        var (halted, backend) = await Waiting(nodes, "user_task t");
        halted.ShouldBe(nodes[0]);
        halted.Halt();
        await shut.OpenAsync();
        await BecomesIdle(backend);
        (await there.Act("complete", task, "จากอีกเครื่อง")).Ok();
        halted.GoOn();

        var late = await slow;
        late.Status.ShouldBe(409, late.Raw);
        late.Raw.ShouldContain("task-not-open");
        (await there.History(id)).Where(e => e.Text("type") == "TaskCompleted").ShouldHaveSingleItem().Text("comment").ShouldBe("จากอีกเครื่อง");
        await there.ShouldVerify(id);
    }

    /// <summary>Nobody reads or writes a case until it is opened again.</summary>
    async Task<ShutTable> Shut()
    {
        var connection = new NpgsqlConnection(office.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("LOCK TABLE process_instance IN ACCESS EXCLUSIVE MODE");
        return new ShutTable(connection, transaction);
    }

    sealed class ShutTable(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task OpenAsync() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    /// <summary>The node whose statement waits for the table, and the server's process that serves it.</summary>
    async Task<(ServiceProcess Node, int Backend)> Waiting(ServiceProcess[] nodes, string statement)
    {
        await using var connection = new NpgsqlConnection(office.ConnectionString);
        var found = await Eventually.Get(
            async () => (await connection.QueryAsync<Backend>(
                """
                SELECT pid, application_name AS node
                FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || @statement || '%'
                ORDER BY query_start
                LIMIT 1
                """,
                new { statement })).SingleOrDefault(),
            TakeOver, () => "nobody waits for the table");
        return (nodes[found.Node[^1] - '0'], found.Pid);
    }

    /// <summary>The server has answered, and the one who asked does not listen.</summary>
    async Task BecomesIdle(int backend)
    {
        await using var connection = new NpgsqlConnection(office.ConnectionString);
        await Eventually.Holds(
            async () => await connection.ExecuteScalarAsync<string>("SELECT state FROM pg_stat_activity WHERE pid = @backend", new { backend }) is { } state && state.StartsWith("idle", StringComparison.Ordinal),
            TakeOver, () => "the statement does not end");
    }

    sealed record Backend(int Pid, string Node);

    async Task<ServiceProcess[]> StartBoth(DateTimeOffset clock)
    {
        var settings = office.Settings with { Clock = clock };
        return await Task.WhenAll(office.Start(Named(0)), office.Start(Named(1) with { DataFolder = office.NewFolder() }));

        // As PostgreSQL is to know them.
        ServiceSettings Named(int node) => settings with { ConnectionString = $"{settings.ConnectionString};Application Name=node {node}" };
    }

    static Task AwaitEvents(Client officer, List<string> cases, string type, ServiceProcess[] nodes, int each = 1, TimeSpan? within = null) =>
        Eventually.Holds(
            async () => (await AllEvents(officer, cases)).Count(t => t == type) >= each * cases.Count,
            within ?? TakeOver,
            () => $"not every case has {each} {type}.\n{string.Join("\n---\n", nodes.Select(n => n.Output))}");

    static async Task<List<string>> AllEvents(Client officer, List<string> cases)
    {
        var all = new List<string>();
        foreach (var id in cases)
            all.AddRange(await Events(officer, id));
        return all;
    }

    static async Task<List<string>> Events(Client officer, string id) => [.. (await officer.History(id)).Select(h => h.Text("type"))];
}
