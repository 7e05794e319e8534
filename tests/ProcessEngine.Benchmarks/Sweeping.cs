using System.Diagnostics;
using Dapper;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>The deadline sweep among many deadlines: reminders with all their writes, and a look when nothing is due.</summary>
static class Sweeping
{
    const int Open = 100_000;
    const int Due = 5_000;
    const int IdleLooks = 200;

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"sweep, {provider}, {Open:N0} open deadlines, {Due:N0} due");
            await using var rig = await Rig.StartAsync(provider);
            var batch = rig.Database.SweepBatch;
            var now = TimeProvider.System.GetUtcNow();
            await rig.SeedAsync(Open - Due, now, _ => 0);
            var due = await rig.SeedAsync(Due, await WhenOnlyTheReminderIsDueAsync(rig, now), _ => 0);

            var floor = provider == "sqlite" ? await BareSqliteAsync(batch) : await BarePostgresAsync(batch);
            var begun = Stopwatch.GetTimestamp();
            var taken = await rig.Sweep.RunAsync(CancellationToken.None);
            Figures.Rate("reminders with all their writes / marking the rows", taken / Stopwatch.GetElapsedTime(begun).TotalSeconds, floor.Rate, 0.04);

            var looks = new List<double>();
            for (var i = 0; i < IdleLooks; i++)
            {
                begun = Stopwatch.GetTimestamp();
                await rig.Sweep.RunAsync(CancellationToken.None);
                looks.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
            }

            Figures.Cost("a look when nothing is due / the bare statement", Figures.Median(looks), floor.IdleMicroseconds, 5, "µs");
            Figures.Holds("each was reminded exactly once", taken == Due && await RemindedOnceAsync(rig, due));
        }
    }

    public static async Task<DateTimeOffset> WhenOnlyTheReminderIsDueAsync(Rig rig, DateTimeOffset now)
    {
        for (var hours = 1; ; hours++)
        {
            var startedAt = now.AddHours(-hours);
            var ladder = (await rig.FirstClockAsync(startedAt)).Rungs;
            if (ladder[0] is { Kind: RungKind.Reminder } reminder && reminder.At < now.AddMinutes(-1) && ladder[1].At > now.AddMinutes(30))
                return startedAt;
        }
    }

    static async Task<bool> RemindedOnceAsync(Rig rig, Case[] due)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        var reminded = (await connection.QueryAsync<Guid>("SELECT instance_id FROM audit_event WHERE type = 'TaskReminded'")).ToList();
        var told = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM outbox WHERE kind = 'task-reminder'");
        return reminded.Count == due.Length && told == due.Length && reminded.ToHashSet().SetEquals(due.Select(c => c.State.InstanceId));
    }

    static async Task<(double Rate, double IdleMicroseconds)> BareSqliteAsync(int batch)
    {
        using var floor = new SqliteFloor(Open, Due);
        return await BareAsync(() => floor.SweepAsync(batch));
    }

    static async Task<(double Rate, double IdleMicroseconds)> BarePostgresAsync(int batch)
    {
        await using var floor = await PostgresFloor.StartAsync(Open, Due);
        return await BareAsync(() => floor.SweepAsync(batch));
    }

    static async Task<(double Rate, double IdleMicroseconds)> BareAsync(Func<Task<(int Taken, double Seconds)>> sweep)
    {
        var (taken, seconds) = await sweep();
        var idle = new List<double>();
        for (var i = 0; i < IdleLooks; i++)
            idle.Add((await sweep()).Seconds * 1e6);
        return (taken / seconds, Figures.Median(idle));
    }
}
