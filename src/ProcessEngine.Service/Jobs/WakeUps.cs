using System.Collections.Concurrent;
using System.Data.Common;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>
/// What a wake-up does. A tick runs every job that is due, side by side: one that hangs keeps no other from its next run. Over all nodes a job runs once at a
/// time; a wake-up that finds it at work is dropped, not queued.
/// </summary>
/// <remarks>Hangfire stores the names of this type and of its methods: they are not renamed.</remarks>
public sealed class WakeUps(JobRuns runs, Database database, DeadlineOptions options, ILogger<WakeUps> log)
{
    readonly ConcurrentDictionary<string, bool> atWork = new();
    readonly ConcurrentDictionary<string, DateTimeOffset> seldom = new();

    /// <summary>Every job whose interval is over.</summary>
    public Task TickAsync(CancellationToken ct) => Task.WhenAll(runs.All.Where(IsDue).Select(job => RunOneAsync(job, ct)));

    /// <summary>One job, now: an administrator asked for it.</summary>
    public Task RunAsync(string job, CancellationToken ct) =>
        runs.All.FirstOrDefault(j => j.Name == job) is { } found ? RunOneAsync(found, ct) : Task.CompletedTask;

    /// <summary>By the machine's clock, even where the service's own is shifted.</summary>
    bool IsDue(IRecurringJob job)
    {
        if (job.Interval <= options.SweepInterval)
            return true;
        var now = TimeProvider.System.GetUtcNow();
        if (seldom.TryGetValue(job.Name, out var last) && now - last < job.Interval)
            return false;
        seldom[job.Name] = now;
        return true;
    }

    async Task RunOneAsync(IRecurringJob job, CancellationToken ct)
    {
        if (!atWork.TryAdd(job.Name, true))
            return;
        try
        {
            await database.OneAtATimeAsync($"processengine:{job.Name}", alone => runs.RunAsync(job.Name, job.Interval, () => job.RunAsync(alone)), ct);
        }
        catch (OperationCanceledException)
        {
            // The node stops, or may no longer be the only one: the next wake-up goes on.
        }
        catch (Exception e)
        {
            // Written down by then, where the database could be reached; the other jobs of this tick go on, and the next tick tries again.
            Log.JobFailed(log, job.Name, e is DbException or TimeoutException ? null : e, e.Message);
        }
        finally
        {
            atWork.TryRemove(job.Name, out _);
        }
    }
}
