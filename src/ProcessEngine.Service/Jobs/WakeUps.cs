using System.Collections.Concurrent;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>
/// What a wake-up does: starts every job whose time has come, each for itself and one at a time over all nodes. One that is still at it is
/// left alone. The wake-up waits for none of them for long: a job that takes an hour holds up no other.
/// </summary>
/// <remarks>Hangfire stores the names of this type and of its methods: they are not renamed.</remarks>
public sealed class WakeUps(
    JobRuns runs,
    ClockWatch clock,
    Database database,
    DeadlineOptions options,
    TimeProvider time,
    ILogger<WakeUps> log) : IHostedService, IDisposable
{
    readonly ConcurrentDictionary<string, Task<Exception?>> here = new();
    readonly ConcurrentDictionary<string, DateTimeOffset> lastRun = new();
    readonly CancellationTokenSource stopping = new();

    /// <exception cref="AggregateException">Of the jobs that have ended by now, some failed.</exception>
    public async Task TickAsync(CancellationToken ct)
    {
        var begun = new List<Task<Exception?>>();
        foreach (var job in await DueAsync(ct))
        {
            if (Begin(job) is { } run)
                begun.Add(run);
        }

        await Task.WhenAny(Task.WhenAll(begun), Task.Delay(options.SweepInterval / 2, TimeProvider.System, ct));
        List<Exception> failures = [.. begun.Where(run => run.IsCompletedSuccessfully).Select(run => run.Result).OfType<Exception>()];
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    /// <summary>One job, now: an administrator asked for it. It shows on the scheduler's pages as long as it runs.</summary>
    public async Task RunAsync(string job, CancellationToken ct)
    {
        if (Begin(job) is { } run && await run.WaitAsync(ct) is { } failure)
            throw new AggregateException(failure);
    }

    /// <returns>The run of a job on this node; null when there is no such job, or this node is at it.</returns>
    internal Task<Exception?>? Begin(string name) => runs.All.FirstOrDefault(job => job.Name == name) is { } job ? Begin(job) : null;

    Task<Exception?>? Begin(IRecurringJob job)
    {
        if (stopping.IsCancellationRequested)
            return null;
        // Only whoever lays the promise runs: the job must not begin twice here, and the work itself must not hold up who asks.
        var promise = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!here.TryAdd(job.Name, promise.Task))
            return null;
        _ = Task.Run(
            async () =>
            {
                var failure = await RunAsync(job, stopping.Token);
                here.TryRemove(job.Name, out _);
                promise.SetResult(failure);
            },
            CancellationToken.None);
        return promise.Task;
    }

    async Task<Exception?> RunAsync(IRecurringJob job, CancellationToken ct)
    {
        try
        {
            if (await database.OneAtATimeAsync(
                $"processengine:{job.Name}",
                alone => runs.RunAsync(job.Name, job.Interval, () => WhileAloneAsync(job, alone, ct)),
                ct))
                lastRun[job.Name] = time.GetUtcNow();
            return null;
        }
        catch (OperationCanceledException)
        {
            // The node stops, or may no longer be the only one: the next wake-up goes on.
            return null;
        }
        catch (Exception e)
        {
            // Without its trace where it is no fault of the program.
            Log.JobFailed(log, job.Name, database.IsOutOfReach(e) ? null : e, e.Message);
            return e;
        }
    }

    /// <summary>A run that ends because another node may be at it has failed; one that ends because this node stops has not.</summary>
    async Task<int> WhileAloneAsync(IRecurringJob job, CancellationToken alone, CancellationToken stopping)
    {
        try
        {
            return job.GoesByTheClock && !await clock.MayGoOnAsync(alone) ? 0 : await job.RunAsync(alone);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException("This node stood still, or lost the database: another one may be at it.", e);
        }
    }

    /// <summary>
    /// Those of the sweep's pace at each wake-up; the others by their last run on any node. What this node knows of that is asked again
    /// only when it looks due.
    /// </summary>
    async Task<List<IRecurringJob>> DueAsync(CancellationToken ct)
    {
        List<IRecurringJob> due = [.. runs.All.Where(job => job.Interval <= options.SweepInterval)];
        var now = time.GetUtcNow();
        List<IRecurringJob> seldom = [.. runs.All.Where(job => job.Interval > options.SweepInterval && IsDue(job, now))];
        if (seldom.Count == 0)
            return due;
        await using var connection = await database.OpenAsync(ct);
        // Few: one row for each job.
        foreach (var (job, ranAt) in await connection.QueryAsync<(string, DateTimeOffset)>("SELECT job, ran_at FROM job_run"))
            lastRun[job] = ranAt;
        return [.. due, .. seldom.Where(job => IsDue(job, now))];
    }

    // A last run in the future comes of a clock that was shifted then, and is not now.
    bool IsDue(IRecurringJob job, DateTimeOffset now) =>
        !lastRun.TryGetValue(job.Name, out var last) || (now - last).Duration() >= job.Interval;

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        Task ended = Task.WhenAll(here.Values);
        await ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// A host may be stopped by one thread while another disposes of it: what both cancel is not thrown away. It holds nothing that would
    /// have to be.
    /// </summary>
    public void Dispose() => stopping.Cancel();
}
