using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>
/// Starts the cases that cases ask for, and tells those that wait when
/// they have ended. Each once: the row moves on in the same transaction.
/// </summary>
public sealed class CaseCalls(
    ProcessStore store,
    Database database,
    DefinitionCatalog definitions,
    OfficeCalendars offices,
    DeadlineOptions options,
    ILogger<CaseCalls> log)
    : IRecurringJob
{
    public const string JobName = "case-calls";

    public string Name => JobName;
    public LocalizedText Title => new("การส่งต่อระหว่างเรื่อง", "Calls between cases");
    public TimeSpan Interval => options.SweepInterval;

    const int Batch = 100;

    // Index: ix_call_to_do. Bounded by the batch.
    const string WantedSql = """
        SELECT c.child_id, c.parent_id, c.definition_key, c.office, i.title, i.business_key, c.node_id, c.wait_id, i.state
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.parent_id
        WHERE c.state = 'wanted'
        ORDER BY c.created_at
        LIMIT $1
        """;

    const string EndedSql = """
        SELECT c.child_id, c.wait_id, c.outcome, i.head_hash, i.state
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.parent_id
        WHERE c.state = 'ended' AND i.status <> 'suspended'
        ORDER BY c.created_at
        LIMIT $1
        """;

    const string ParentSql = "SELECT i.head_hash, i.state FROM process_instance i WHERE i.instance_id = $1";
    const string LockSql = "SELECT 1 FROM case_call WHERE child_id = $1 AND state = 'wanted'";
    const string SetState = "UPDATE case_call SET state = $2 WHERE child_id = $1";

    sealed record Wanted(
        Guid Child,
        Guid Parent,
        string DefinitionKey,
        string Office,
        string Title,
        string? BusinessKey,
        string Node,
        bool Waited,
        Priority? Priority);

    public Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        connection.OldestAsync("SELECT MIN(created_at) AS at FROM case_call WHERE state = 'wanted' OR state = 'ended'", now);

    /// <returns>How many calls were moved on.</returns>
    public async Task<int> RunAsync(CancellationToken ct) => await StartWantedAsync(ct) + await TellEndedAsync(ct);

    async Task<int> StartWantedAsync(CancellationToken ct)
    {
        var wanted = await database.OptimisticAsync(
            async session => await session.QueryListAsync(
                WantedSql, new object?[] { Batch },
                row => new Wanted(
                    row.Id(0), row.Id(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TextOrNull(5), row.GetString(6),
                    !row.IsDBNull(7), ProcessStore.ReadState(row.GetString(8)).Priority)),
            ct);
        foreach (var call in wanted)
        {
            if (await definitions.StartableAsync(call.DefinitionKey, call.Office, ct) is not { } definition)
                await RefuseAsync(call, IncidentCodes.DefinitionNotFound, call.DefinitionKey, ct);
            else if (await offices.FindOfficeAsync(call.Office, ct) is null)
                await RefuseAsync(call, IncidentCodes.OfficeNotFound, call.Office, ct);
            else
                await StartAsync(call, definition, ct);
        }

        return wanted.Count;
    }

    async Task StartAsync(Wanted call, ProcessDefinition definition, CancellationToken ct)
    {
        var command = new StartProcess
        {
            By = Actor.System,
            InstanceId = call.Child,
            Office = call.Office,
            Title = call.Title,
            BusinessKey = call.BusinessKey,
            Priority = call.Priority,
        };
        try
        {
            if (await store.StartByServiceAsync(
                definition, command, session => ClaimAsync(session, call.Child, "started"), ct) is { } rejection)
                await RefuseAsync(call, IncidentCodes.CannotStart, Problems.From(rejection).Type, ct);
        }
        catch (CalendarNotLoadedException e)
        {
            Log.CannotCall(log, call.DefinitionKey, call.Office, e.Message);
            await RefuseAsync(call, IncidentCodes.CannotStart, "/problems/date-outside-calendar", ct);
        }
    }

    async ValueTask<bool> ClaimAsync(WriteSession session, Guid child, string state)
    {
        var mine = false;
        await session.QueryAsync($"{LockSql} {database.SkipLocked("case_call")}", new object?[] { child }, _ => mine = true);
        if (mine)
            session.Enqueue(SetState, child, state);
        return mine;
    }

    /// <summary>It is not asked for again and again: the case that called has an incident, which an administrator retries.</summary>
    async Task RefuseAsync(Wanted call, string code, string detail, CancellationToken ct)
    {
        Log.CannotCall(log, call.DefinitionKey, call.Office, code);
        var refuse = new RefuseCall(
            call.Node, new CallTarget(call.Child, call.DefinitionKey, call.Office, call.Waited), code, detail)
        { By = Actor.System };
        try
        {
            await database.TransactAsync(
                async session =>
                {
                    await store.HoldCalendarAsync(session);
                    var (headHash, parent) = (await session.QueryListAsync(
                        $"{ParentSql} {database.Lock("i")}", new object?[] { call.Parent },
                        row => (row.Bytes(0), ProcessStore.ReadState(row.GetString(1)))))[0];
                    return await ClaimAsync(session, call.Child, "refused")
                        && await store.DecideInBatchAsync(session, parent, headHash, refuse) is null;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            // Somebody acted on the case in the same moment; the next round takes the call again.
        }
    }

    async Task<int> TellEndedAsync(CancellationToken ct)
    {
        try
        {
            return await database.TransactAsync(
                async session =>
                {
                    await store.HoldCalendarAsync(session);
                    var ended = await session.QueryListAsync(
                        $"{EndedSql} {database.SkipLocked("i")}", new object?[] { Batch },
                        row => (
                            Child: row.Id(0),
                            Wait: row.IdOrNull(1),
                            Outcome: row.TextOrNull(2),
                            HeadHash: row.Bytes(3),
                            State: ProcessStore.ReadState(row.GetString(4))));
                    foreach (var parent in ended.GroupBy(e => e.State.InstanceId))
                    {
                        // One answer to a case in a batch: the next one is decided on the state that this one leaves.
                        var call = parent.First();
                        if (call.Wait is { } wait)
                        {
                            var end = new EndCall(wait, call.Child, call.Outcome ?? "") { By = Actor.System };
                            await store.DecideInBatchAsync(session, call.State, call.HeadHash, end);
                        }

                        session.Enqueue(SetState, call.Child, "told");
                    }

                    return ended.Count;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            // Somebody acted on one of the cases in the same moment; the next round takes them again.
            return 0;
        }
    }
}

static partial class Log
{
    [LoggerMessage(3001, LogLevel.Error, "{DefinitionKey} could not be started in {Office} for another case: {Reason}")]
    public static partial void CannotCall(ILogger logger, string definitionKey, string office, string reason);
}
