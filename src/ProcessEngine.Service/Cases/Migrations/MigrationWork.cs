using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Migrations;

/// <summary>
/// Works off the migrations that were asked for, in bounded batches; what is stored of a batch says where the next one begins.
/// </summary>
public sealed class MigrationWork(
    Database database,
    DefinitionCatalog definitions,
    ProcessStore store,
    WorkItems items,
    DeadlineOptions options,
    ILogger<MigrationWork> log)
    : IItemJob
{
    public const string JobName = "migrations";

    public string Name => JobName;
    public LocalizedText Title => new("การย้ายเรื่องไปรุ่นใหม่", "Moving cases to another version");
    public TimeSpan Interval => options.SweepInterval;

    const int Batch = 200;
    const int MaxConflicts = 3;

    /// <summary>The program failed at this case; the log says how.</summary>
    const string FailedReason = "failed";

    // Index: ix_migration_running. Few: those that run. One that failed is tried again alone.
    const string NextSql = $"""
        SELECT m.migration_id, m.office, m.definition_key
        FROM definition_migration m
        WHERE m.state = 'running' AND NOT EXISTS (
            SELECT 1 FROM work_failure f WHERE f.job = '{JobName}' AND f.item = CAST(m.migration_id AS text))
        ORDER BY m.created_at
        LIMIT 1
        """;

    // Index: the primary key. One node works on a migration; another passes it over.
    const string OneSql = """
        SELECT migration_id, office, definition_key, from_version, to_version, moves, after_instance, created_by
        FROM definition_migration
        WHERE migration_id = $1 AND state = 'running'
        """;

    // Index: ix_instance_version.
    const string CasesSql = """
        SELECT i.instance_id, i.head_hash, i.state
        FROM process_instance i
        WHERE i.office = $1 AND i.definition_key = $2 AND i.definition_version = $3 AND i.instance_id > $4 AND i.ended_at IS NULL
        ORDER BY i.instance_id
        LIMIT $5
        """;

    const string InsertRefusal = "INSERT INTO migration_refusal (migration_id, instance_id, reason, node_id) VALUES ($1, $2, $3, $4)";
    const string Proceed =
        "UPDATE definition_migration SET after_instance = $2, moved = moved + $3, refused = refused + $4 WHERE migration_id = $1";
    const string End = "UPDATE definition_migration SET state = 'done', ended_at = $2 WHERE migration_id = $1";

    sealed record Job(
        Guid Id, string Office, string Key, int From, int To, ImmutableSortedDictionary<string, string> Moves, Guid After, Guid By);

    /// <returns>How many migrations were worked on.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        WorkItem? before = null;
        // Another node may be at the oldest: then it is still there, and is its business.
        while (await NextAsync(ct) is { } next && next != before)
        {
            await items.TryAsync(this, next, ct);
            before = next;
            total++;
        }

        return total;
    }

    /// <summary>The oldest that runs.</summary>
    public Task<WorkItem?> NextAsync(CancellationToken ct) => database.OptimisticAsync(
        async session => await session.QuerySingleAsync(
            NextSql, Array.Empty<object?>(),
            row => new WorkItem(row.Id(0).ToString(), row.GetString(1), row.GetString(2), null)),
        ct);

    /// <summary>What failed is told from what runs by the row of its failure.</summary>
    public void Park(WriteSession session, string item)
    {
    }

    /// <summary>A whole migration. A case that fails is refused, and the others move.</summary>
    public async Task WorkOffAsync(string item, CancellationToken ct)
    {
        var id = Guid.Parse(item);
        int looked;
        do
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                looked = await BatchAsync(id, Batch, ct);
            }
            catch (Exception e) when (IsOfACase(e))
            {
                looked = await EachAsync(id, ct);
            }
        }
        while (looked > 0);
    }

    /// <summary>The cases of a batch that failed, one by one.</summary>
    async Task<int> EachAsync(Guid id, CancellationToken ct)
    {
        var looked = 0;
        var conflicts = 0;
        for (; looked < Batch; looked++)
        {
            try
            {
                if (await BatchAsync(id, 1, ct) <= 0)
                    break;
                conflicts = 0;
            }
            catch (WriteConflictException) when (++conflicts < MaxConflicts)
            {
                // Somebody acted on the case in the same moment.
                looked--;
            }
            catch (Exception e) when (IsOfACase(e))
            {
                await BatchAsync(id, 1, ct, failure: e);
                conflicts = 0;
            }
        }

        return looked;
    }

    bool IsOfACase(Exception e) =>
        e is not (OperationCanceledException or MigrationFailedException or NewerVersionException) && !database.IsOutOfReach(e);

    /// <summary>Some cases of a migration, in one transaction.</summary>
    /// <param name="failure">Why they are passed over; null to move them.</param>
    /// <returns>How many; 0 when none is left, or another node is at it.</returns>
    public Task<int> BatchAsync(Guid migration, int batch, CancellationToken ct, Exception? failure = null) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            Job? job = null;
            await session.QueryAsync(
                $"{OneSql} {database.SkipLocked("definition_migration")}", new object?[] { migration },
                row => job = new Job(
                    row.Id(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4),
                    JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(5))!
                        .ToImmutableSortedDictionary(StringComparer.Ordinal),
                    row.Id(6), row.Id(7)));
            if (job is null)
                return 0;
            var to = await FindAsync(job);
            var cases = await session.QueryListAsync(
                $"{CasesSql} {database.Lock("i")}", new object?[] { job.Office, job.Key, job.From, job.After, batch },
                row => (Id: row.Id(0), HeadHash: row.Bytes(1), State: row.GetString(2)));
            // That they may was asked when they asked for it.
            var command = new MigrateInstance(to, job.Moves) { By = new Actor(job.By, [Roles.ProcessOwner]) };
            var moved = 0;
            foreach (var (id, headHash, state) in cases)
            {
                var obstacle = failure is not null ? new CannotMigrate(FailedReason, null)
                    : await store.DecideInBatchAsync(session, ProcessStore.ReadState(state), headHash, command) as CannotMigrate;
                if (obstacle is not null)
                    session.Enqueue(InsertRefusal, job.Id, id, obstacle.Reason, obstacle.Node);
                else
                    moved++;
                if (failure is not null)
                    Log.CaseFailed(log, failure, id, job.Key, job.To);
            }

            if (cases.Count > 0)
                session.Enqueue(Proceed, job.Id, cases[^1].Id, moved, cases.Count - moved);
            if (cases.Count < batch)
            {
                session.Enqueue(End, job.Id, store.Now());
                Log.Migrated(log, job.Key, job.From, job.To, job.Office);
            }

            return cases.Count;
        },
        ct);

    /// <summary>Without the version nothing moves: that is no fault of a case.</summary>
    async ValueTask<ProcessDefinition> FindAsync(Job job)
    {
        try
        {
            return await definitions.GetAsync(job.Key, job.To);
        }
        catch (Exception e) when (!database.IsOutOfReach(e))
        {
            throw new MigrationFailedException(job.Key, job.To, e);
        }
    }
}

/// <summary>The version to which the cases are to move cannot be read.</summary>
public sealed class MigrationFailedException(string key, int version, Exception inner)
    : Exception($"{key} version {version} cannot be read.", inner);

static partial class Log
{
    [LoggerMessage(1004, LogLevel.Error, "Case {InstanceId} could not be moved to {Definition} version {Version}")]
    public static partial void CaseFailed(ILogger logger, Exception exception, Guid instanceId, string definition, int version);

    [LoggerMessage(1005, LogLevel.Information, "The cases of {Office} have moved from {Definition} version {From} to {To}")]
    public static partial void Migrated(ILogger logger, string definition, int from, int to, string office);
}
