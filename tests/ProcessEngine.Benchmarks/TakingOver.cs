using System.Diagnostics;
using Dapper;
using Npgsql;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// Two nodes on one PostgreSQL: the one that sweeps is killed (SIGKILL) or halted (SIGSTOP) in the middle of it. How long until the other
/// goes on, and whether every deadline was taken exactly once. Then the database is away for a minute: how many wake-ups come of it.
/// </summary>
static class TakingOver
{
    const int Kills = 10;
    const int Halts = 5;
    const int Due = 6_000;
    static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    const string SweeperSql = """
        SELECT a.application_name
        FROM pg_locks l
        JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted
            AND (l.classid::bigint << 32) + l.objid::bigint = hashtextextended('processengine:deadline-sweep', 0)
        """;

    const string RemindedSql = "SELECT COUNT(*) FROM audit_event WHERE type = 'TaskReminded'";

    public static async Task RunAsync()
    {
        Figures.Group($"take over, PostgreSQL, two nodes, {Due:N0} deadlines a round");
        await using var rig = await Rig.StartAsync("postgresql");
        var folders = new[] { rig.Folder, Rig.NewFolder() };
        var nodes = new RunningService[2];
        for (var node = 0; node < 2; node++)
            nodes[node] = await StartAsync(node);
        var (kills, halts, total) = (new List<double>(), new List<double>(), 0);
        for (var round = 0; round < Kills + Halts; round++)
        {
            var (before, killed) = (total, round < Kills);
            total += Due;
            await SeedAtOnceAsync(rig);
            var sweeper = await AwaitAsync(
                async () => await CountAsync() is var reminded && reminded > before && reminded < total ? await SweeperAsync() : null);
            if (sweeper is not { } one)
            {
                // It had ended before it could be caught.
                round--;
                continue;
            }

            if (killed)
                nodes[one].Dispose();
            else
                nodes[one].Halt();
            var begun = Stopwatch.GetTimestamp();
            var left = await CountAsync();
            await AwaitAsync(async () => await CountAsync() > left ? 1 : null);
            (killed ? kills : halts).Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            await AwaitAsync(async () => await CountAsync() >= total ? 1 : null);
            if (killed)
                nodes[one] = await StartAsync(one);
            else
                nodes[one].GoOn();
        }

        Console.WriteLine($"after a kill, s: {string.Join(", ", kills.Select(s => $"{s:0.0}"))}");
        Console.WriteLine($"after a halt, s: {string.Join(", ", halts.Select(s => $"{s:0.0}"))}");
        Figures.Limit("the other goes on after a kill, slowest", kills.Max(), 15, "s");
        Figures.Limit("the other goes on after a halt, slowest", halts.Max(), 30, "s");
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        var (events, cases) = await connection.QuerySingleAsync<(long, long)>(
            "SELECT COUNT(*), COUNT(DISTINCT instance_id) FROM audit_event WHERE type = 'TaskReminded'");
        var notices = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM outbox WHERE kind = 'task-reminder'");
        Figures.Holds("each was reminded once, nothing lost, nothing twice", events == total && cases == total && notices == total);

        var ticks = await TicksAfterAnOutageAsync(rig);
        Figures.Limit($"wake-ups in the first 5 s after an outage of {Outage.TotalSeconds:0} s", ticks, 3, "");
        foreach (var node in nodes)
            node.Dispose();

        Task<RunningService> StartAsync(int node) =>
            RunningService.StartAsync(folders[node], $"{rig.ConnectionString};Application Name=node {node}");

        async Task<long> CountAsync()
        {
            await using var reader = await rig.Database.OpenAsync(CancellationToken.None);
            return await reader.ExecuteScalarAsync<long>(RemindedSql);
        }

        async Task<int?> SweeperAsync()
        {
            await using var reader = await rig.Database.OpenAsync(CancellationToken.None);
            return await reader.QueryFirstOrDefaultAsync<string>(SweeperSql) is ['n', 'o', 'd', 'e', ' ', var node] ? node - '0' : null;
        }
    }

    /// <summary>No node sweeps until all are there: they would be worked off as they come.</summary>
    static async Task SeedAtOnceAsync(Rig rig)
    {
        await using var connection = new NpgsqlConnection(rig.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("SELECT pg_advisory_lock(hashtextextended('processengine:deadline-sweep', 0))", commandTimeout: 60);
        await rig.SeedAsync(Due, await Sweeping.WhenOnlyTheReminderIsDueAsync(rig, TimeProvider.System.GetUtcNow()), _ => 0);
        await connection.ExecuteAsync("SELECT pg_advisory_unlock(hashtextextended('processengine:deadline-sweep', 0))");
    }

    /// <summary>Ended at the server, and new ones refused: every connection breaks at once, as when it is restarted.</summary>
    static async Task<long> TicksAfterAnOutageAsync(Rig rig)
    {
        var name = new NpgsqlConnectionStringBuilder(rig.ConnectionString!).Database!;
        await using var server = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(rig.ConnectionString!) { Database = "postgres", Pooling = false }.ConnectionString);
        await server.OpenAsync();
        await server.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = @name", new { name });
        await Task.Delay(Outage, TimeProvider.System);
        await server.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(rig.ConnectionString);
        await connection.OpenAsync();
        var back = await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()");
        await AwaitAsync(async () => await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM hangfire.job WHERE createdat > @back", new { back }) > 0 ? 1 : null);
        var first = await connection.ExecuteScalarAsync<DateTime>(
            "SELECT MIN(createdat) FROM hangfire.job WHERE createdat > @back", new { back });
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System);
        return await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM hangfire.job WHERE createdat BETWEEN @first AND @first + interval '4.5 seconds'", new { first });
    }

    static async Task<int?> AwaitAsync(Func<Task<int?>> found)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            if (await found() is { } value)
                return value;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return null;
    }
}
