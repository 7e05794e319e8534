using System.Data.Common;
using System.Diagnostics.Metrics;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>One piece of a job's work.</summary>
/// <param name="Id">Of the case, the message, the call …, as text.</param>
/// <param name="Office">Whose administrators see it when it is set aside.</param>
/// <param name="About">For people: what it is.</param>
/// <param name="Link">A path of the pages, when there is one.</param>
public sealed record WorkItem(string Id, string Office, string About, string? Link);

/// <summary>A job whose work is items, each of which may fail for itself.</summary>
public interface IItemJob : IRecurringJob
{
    /// <summary>Takes an item out of the batches: from now on only <see cref="WorkOffAsync"/> takes it.</summary>
    void Park(WriteSession session, string item);

    /// <summary>Works one item off, parked or not, in a transaction of its own. One that is done already is no failure.</summary>
    Task WorkOffAsync(string item, CancellationToken ct);
}

/// <summary>
/// The boundary around each item of a job. One that fails is rolled back alone, written down, tried again after one minute, two, four …,
/// and after <see cref="MaxAttempts"/> set aside for the administrators of its office. The rest go on.
/// </summary>
public sealed class WorkItems(Database database, TimeProvider time, ILogger<WorkItems> log)
{
    public const int MaxAttempts = 6;

    /// <summary>Somebody who acts on the case in the same moment is no failure of it; but not again and again.</summary>
    const int MaxConflicts = 3;
    const int Batch = 200;
    const int ErrorLength = 500;
    const string TriedAgain = "tried again";

    static readonly Counter<long> Failed = JobMeter.Of.CreateCounter<long>(
        "processengine.work.failed", description: "Items that a job could not work off, each time that it tried.");

    const string SaveSql = """
        INSERT INTO work_failure (job, item, office, about, link, attempts, error, first_at, last_at, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        ON CONFLICT (job, item) DO UPDATE
        SET attempts = excluded.attempts, error = excluded.error, last_at = excluded.last_at, next_at = excluded.next_at, told = FALSE
        """;

    const string ForgetSql = "DELETE FROM work_failure WHERE job = $1 AND item = $2";

    /// <summary>Those of a job that were tried before, and are to be tried again now.</summary>
    /// <returns>How many were tried.</returns>
    public async Task<int> RetryAsync(IItemJob job, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        IReadOnlyList<WorkItem> due;
        await using (var connection = await database.OpenAsync(ct))
        {
            // Index: ix_work_failure_due.
            due = (await connection.QueryAsync<WorkItem>(
                """
                SELECT item AS id, office, about, link
                FROM work_failure
                WHERE job = @job AND next_at <= @now
                ORDER BY next_at
                LIMIT @Batch
                """,
                new { job = job.Name, now = Now(), Batch })).AsList();
        }

        foreach (var item in due)
        {
            if (await TryAsync(job, item, ct))
                await ForgetAsync(job.Name, item.Id, ct);
        }

        return due.Count;
    }

    /// <summary>One batch: all of it together, or each item for itself when that fails.</summary>
    /// <param name="together">One transaction; returns how many items it took.</param>
    /// <param name="due">The items of the same batch.</param>
    public async Task<int> WorkOffAsync(
        IItemJob job, Func<Task<int>> together, Func<Task<IReadOnlyList<WorkItem>>> due, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(together);
        ArgumentNullException.ThrowIfNull(due);
        try
        {
            return await together();
        }
        catch (Exception e) when (IsOfAnItem(e))
        {
            Log.BatchFailed(log, job.Name, e.Message);
        }

        var items = await due();
        foreach (var item in items)
        {
            ct.ThrowIfCancellationRequested();
            await TryAsync(job, item, ct);
        }

        return items.Count;
    }

    /// <returns>Whether it was worked off; when not, that is written down.</returns>
    public async Task<bool> TryAsync(IItemJob job, WorkItem item, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(item);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await job.WorkOffAsync(item.Id, ct);
                return true;
            }
            catch (WriteConflictException) when (tries < MaxConflicts)
            {
                // Read again what somebody else has stored.
            }
            catch (Exception e) when (IsOfAnItem(e))
            {
                await PostponeAsync(job, item, e, ct);
                return false;
            }
        }
    }

    /// <summary>Not when the node stops, or the database is gone: then nothing is known of the item.</summary>
    public bool IsOfAnItem(Exception e) => e is not (OperationCanceledException or NewerVersionException) && !database.IsOutOfReach(e);

    Task PostponeAsync(IItemJob job, WorkItem item, Exception failure, CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            var attempts = 1;
            await session.QueryAsync(
                "SELECT attempts FROM work_failure WHERE job = $1 AND item = $2", new object?[] { job.Name, item.Id },
                row => attempts = row.GetInt32(0) + 1);
            Log.ItemFailed(log, failure, job.Name, item.Id, attempts, attempts < MaxAttempts ? TriedAgain : "set aside");
            Save(session, job.Name, item, failure, attempts, Now());
            job.Park(session, item.Id);
            return true;
        },
        ct);

    /// <summary>For work that fails outside its job, and is that job's from now on: its first failure, within a transaction.</summary>
    public void Record(WriteSession session, string job, WorkItem item, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(failure);
        Log.ItemFailed(log, failure, job, item.Id, 1, TriedAgain);
        Save(session, job, item, failure, 1, Now());
    }

    static void Save(WriteSession session, string job, WorkItem item, Exception failure, int attempts, DateTimeOffset now)
    {
        Failed.Add(1, new KeyValuePair<string, object?>("job", job));
        var error = $"{failure.GetType().Name}: {failure.Message}";
        DateTimeOffset? next = attempts < MaxAttempts ? now + TimeSpan.FromMinutes(Math.Pow(2, attempts - 1)) : null;
        session.Enqueue(
            SaveSql, job, item.Id, item.Office, item.About, item.Link, attempts,
            error.Length > ErrorLength ? error[..ErrorLength] : error, now, next);
    }

    Task ForgetAsync(string job, string item, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            session.Enqueue(ForgetSql, job, item);
            return ValueTask.FromResult(true);
        },
        ct);

    /// <summary>How many items of each job are set aside, and how many wait to be tried again.</summary>
    public static async Task<IReadOnlyList<FailureCount>> CountAsync(DbConnection connection) =>
        // Few jobs; the items that failed are few, or something is badly wrong.
        (await connection.QueryAsync<FailureCount>(
            """
            SELECT job, SUM(CASE WHEN next_at IS NULL THEN 1 ELSE 0 END) AS set_aside, COUNT(*) AS failed
            FROM work_failure
            GROUP BY job
            ORDER BY job
            """)).AsList();

    DateTimeOffset Now() => Instants.Truncate(time.GetUtcNow());
}

public sealed record FailureCount
{
    public string Job { get; init; } = "";
    public long SetAside { get; init; }

    /// <summary>With those that are set aside.</summary>
    public long Failed { get; init; }
}

static class JobMeter
{
    public static Meter Of { get; } = new("ProcessEngine.Jobs");
}

static partial class Log
{
    [LoggerMessage(7101, LogLevel.Warning, "A batch of {Job} failed; its items are taken one by one: {Reason}")]
    public static partial void BatchFailed(ILogger logger, string job, string reason);

    [LoggerMessage(7102, LogLevel.Error, "{Job} failed at {Item}, for the {Attempts}. time; it is {What}")]
    public static partial void ItemFailed(ILogger logger, Exception exception, string job, string item, int attempts, string what);
}
