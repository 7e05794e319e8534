using System.Diagnostics;
using Dapper;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The sweep after an outage, when every tenth case cannot be read: what the good ones pay for the bad.</summary>
static class Poisoning
{
    const int All = 100_000;
    const int Bad = 10_000;

    const string KeepSql = "CREATE TABLE kept AS SELECT instance_id, state FROM process_instance ORDER BY instance_id LIMIT @Bad";
    const string RepairSql = """
        UPDATE process_instance SET state = (SELECT k.state FROM kept k WHERE k.instance_id = process_instance.instance_id)
        WHERE instance_id IN (SELECT instance_id FROM kept)
        """;

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"sweep, {provider}, {All:N0} due, of which {Bad:N0} cannot be read");
            await using var rig = await Rig.StartAsync(provider);
            var now = TimeProvider.System.GetUtcNow();
            var due = await rig.SeedAsync(All, await Sweeping.WhenOnlyTheReminderIsDueAsync(rig, now), _ => 0);
            await ExecuteAsync(rig, KeepSql, new { Bad });
            await ExecuteAsync(rig, "UPDATE process_instance SET state = '[]' WHERE instance_id IN (SELECT instance_id FROM kept)");

            var begun = Stopwatch.GetTimestamp();
            while (await rig.Sweep.RunAsync(CancellationToken.None) > 0)
            {
            }

            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            Figures.Limit("until each good one was reminded and each bad one tried", seconds, null, "s");
            Figures.Holds("each good one was reminded exactly once", await RemindedAsync(rig) == (All - Bad, All - Bad));
            Figures.Holds("each bad one was tried, and waits", await CountAsync(rig, "SELECT COUNT(*) FROM work_failure") == Bad);

            await ExecuteAsync(rig, RepairSql);
            await ExecuteAsync(rig, "UPDATE work_failure SET next_at = @now", new { now });
            while (await rig.Sweep.RunAsync(CancellationToken.None) > 0)
            {
            }

            Figures.Holds("put right, they were reminded, too, once", await RemindedAsync(rig) == (All, All) && due.Length == All);
            Figures.Holds("nothing is left of the failures", await CountAsync(rig, "SELECT COUNT(*) FROM work_failure") == 0);
        }
    }

    static async Task ExecuteAsync(Rig rig, string sql, object? arguments = null)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, arguments, commandTimeout: 600);
    }

    static async Task<long> CountAsync(Rig rig, string sql)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    static async Task<(long Reminded, long Cases)> RemindedAsync(Rig rig) => (
        await CountAsync(rig, "SELECT COUNT(*) FROM audit_event WHERE type = 'TaskReminded'"),
        await CountAsync(rig, "SELECT COUNT(DISTINCT instance_id) FROM audit_event WHERE type = 'TaskReminded'"));
}
