using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>What came of the jobs, on whichever node they ran.</summary>
public sealed class JobRuns(Database database, IEnumerable<IRecurringJob> jobs, TimeProvider time, ILogger<JobRuns> log)
{
    const int FailureLength = 300;

    // An idle look costs no write; this often it is said that there was one.
    static readonly TimeSpan WrittenEvery = TimeSpan.FromMinutes(1);

    /// <summary>Beyond its interval: longer than it takes another node to go on after one has died.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromMinutes(3);

    const string SaveSql = """
        INSERT INTO job_run (job, node, ran_at, took_ms, next_at, worked_at, worked_on, failed_at, failure)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (job) DO UPDATE SET
            node = excluded.node, ran_at = excluded.ran_at, took_ms = excluded.took_ms, next_at = excluded.next_at,
            worked_at = COALESCE(excluded.worked_at, job_run.worked_at),
            worked_on = CASE WHEN excluded.worked_at IS NULL THEN job_run.worked_on ELSE excluded.worked_on END,
            failed_at = COALESCE(excluded.failed_at, job_run.failed_at), failure = COALESCE(excluded.failure, job_run.failure)
        """;

    static readonly Histogram<double> Durations = JobMeter.Of.CreateHistogram<double>(
        "processengine.job.duration", unit: "s", description: "How long a run of a job took; error: whether it failed.");

    readonly ConcurrentDictionary<string, long> written = new();
    readonly DateTimeOffset started = time.GetUtcNow();

    public IReadOnlyList<IRecurringJob> All { get; } = [.. jobs];

    /// <summary>Runs a job and writes down what came of it: at once when it did something or failed, else once a minute.</summary>
    /// <param name="work">How much it worked off.</param>
    /// <param name="nextIn">Until its next run, when that is known.</param>
    public async Task RunAsync(string job, TimeSpan? nextIn, Func<Task<int>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (at, begun) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        try
        {
            var done = await work();
            Measure(job, begun, failed: false);
            if (done > 0 || !written.TryGetValue(job, out var last) || Stopwatch.GetElapsedTime(last) >= WrittenEvery)
                await SaveAsync(job, at, begun, nextIn, done, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Measure(job, begun, failed: true);
            try
            {
                await SaveAsync(job, at, begun, nextIn, 0, $"{e.GetType().Name}: {e.Message}");
            }
            catch (Exception unsaid) when (unsaid is DbException or TimeoutException)
            {
                Log.NotWritten(log, job, unsaid.Message);
            }

            throw;
        }
    }

    static void Measure(string job, long begun, bool failed) =>
        Durations.Record(
            Stopwatch.GetElapsedTime(begun).TotalSeconds,
            new KeyValuePair<string, object?>("job", job),
            new KeyValuePair<string, object?>("error", failed));

    async Task SaveAsync(string job, DateTimeOffset at, long begun, TimeSpan? nextIn, int done, string? failure)
    {
        var (now, took) = (Instants.Truncate(at), Stopwatch.GetElapsedTime(begun));
        await database.TransactAsync(
            session =>
            {
                session.Enqueue(
                    SaveSql, job, Environment.MachineName, now, (int)Math.Min(took.TotalMilliseconds, int.MaxValue),
                    nextIn is { } wait ? Instants.Truncate(at + wait) : null,
                    done > 0 ? now : null, done, failure is null ? null : now,
                    failure is { Length: > FailureLength } ? failure[..FailureLength] : failure);
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        written[job] = Stopwatch.GetTimestamp();
    }

    /// <summary>Each job with its last run on any node; null before the first.</summary>
    public async Task<IReadOnlyList<(IRecurringJob Job, JobRun? Run)>> ReadAsync(DbConnection connection)
    {
        var runs = (await connection.QueryAsync<JobRun>(
            "SELECT job, node, ran_at, took_ms, next_at, worked_at, worked_on, failed_at, failure FROM job_run"))
            .ToDictionary(r => r.Job);
        return [.. All.Select(job => (job, runs.GetValueOrDefault(job.Name)))];
    }

    /// <summary>Whether a job should have run again by now.</summary>
    public bool IsLate(IRecurringJob job, JobRun? run)
    {
        ArgumentNullException.ThrowIfNull(job);
        var last = run is null || run.RanAt < started ? started : run.RanAt;
        return time.GetUtcNow() - last > job.Interval + WrittenEvery + Grace;
    }

    /// <summary>When it runs next. What was written of an idle job may be a minute old; its runs keep their beat.</summary>
    public DateTimeOffset? NextOf(IRecurringJob job, JobRun? run)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (run?.NextAt is not { } next || IsLate(job, run))
            return null;
        var behind = time.GetUtcNow() - next;
        return behind < TimeSpan.Zero ? next : next + (job.Interval * (Math.Floor(behind / job.Interval) + 1));
    }
}

public sealed record JobRun
{
    public string Job { get; init; } = "";
    public string Node { get; init; } = "";
    public DateTimeOffset RanAt { get; init; }
    public int TookMs { get; init; }
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>When it last found something to do, and how much.</summary>
    public DateTimeOffset? WorkedAt { get; init; }

    public int WorkedOn { get; init; }
    public DateTimeOffset? FailedAt { get; init; }
    public string? Failure { get; init; }
}

static partial class Log
{
    [LoggerMessage(2003, LogLevel.Warning, "What came of job {Job} could not be written down: {Error}")]
    public static partial void NotWritten(ILogger logger, string job, string error);

    [LoggerMessage(2004, LogLevel.Warning, "What recurs could not be said to the scheduler: {Error}")]
    public static partial void NotRegistered(ILogger logger, string error);

    [LoggerMessage(2005, LogLevel.Error, "Job {Job} failed: {Error}")]
    public static partial void JobFailed(ILogger logger, string job, Exception? exception, string error);
}
