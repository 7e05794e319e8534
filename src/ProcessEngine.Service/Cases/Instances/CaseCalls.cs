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
    WorkItems items,
    DeadlineOptions options,
    ILogger<CaseCalls> log)
    : IItemJob
{
    public const string JobName = "case-calls";

    public string Name => JobName;
    public LocalizedText Title => new("การส่งต่อระหว่างเรื่อง", "Calls between cases");
    public TimeSpan Interval => options.SweepInterval;

    const int Batch = 100;
    const string NotWaitedFor = "เรื่องที่รอผลอยู่ไม่รอแล้ว (the case that waited for it does not wait any more)";

    // Index: ix_call_to_do. Bounded by the batch.
    const string ToDoSql = """
        SELECT c.child_id, i.office, i.title, c.parent_id
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.parent_id
        WHERE c.state = $1 AND NOT c.parked AND (c.state <> 'ended' OR i.status <> 'suspended')
        ORDER BY c.created_at
        LIMIT $2
        """;

    // Index: the primary keys.
    const string WantedSql = """
        SELECT c.child_id, c.parent_id, c.definition_key, c.office, i.title, i.business_key, c.node_id, c.wait_id, i.state
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.parent_id
        WHERE c.child_id = $1 AND c.state = 'wanted'
        """;

    const string EndedColumns = """
        SELECT c.child_id, c.wait_id, c.outcome, i.head_hash, i.state
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.parent_id
        """;

    // Index: ix_call_to_do. Bounded by the batch.
    const string EndedSql = EndedColumns + """

        WHERE c.state = 'ended' AND NOT c.parked AND i.status <> 'suspended'
        ORDER BY c.created_at
        LIMIT $1
        """;

    const string EndedOneSql = EndedColumns + "\nWHERE c.child_id = $1 AND c.state = 'ended' AND i.status <> 'suspended'";

    // Index: the primary keys.
    const string RecalledSql = """
        SELECT i.head_hash, i.state
        FROM case_call c
        JOIN process_instance i ON i.instance_id = c.child_id
        WHERE c.child_id = $1 AND c.state = 'recalled'
        """;

    const string ParentSql = "SELECT i.head_hash, i.state FROM process_instance i WHERE i.instance_id = $1";
    const string LockSql = "SELECT 1 FROM case_call WHERE child_id = $1 AND state = 'wanted'";
    const string SetState = "UPDATE case_call SET state = $2, parked = FALSE WHERE child_id = $1";
    const string ParkSql =
        "UPDATE case_call SET parked = TRUE WHERE child_id = $1 AND (state = 'wanted' OR state = 'ended' OR state = 'recalled')";

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
        connection.OldestAsync(
            "SELECT MIN(created_at) AS at FROM case_call WHERE (state = 'wanted' OR state = 'ended' OR state = 'recalled') AND NOT parked",
            now);

    /// <returns>How many calls were moved on.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        foreach (var call in (WorkItem[])[.. await ToDoAsync("wanted", ct), .. await ToDoAsync("recalled", ct)])
        {
            await items.TryAsync(this, call, ct);
            total++;
        }

        return total + await items.WorkOffAsync(this, () => TellEndedAsync(EndedSql, Batch, ct), () => ToDoAsync("ended", ct), ct);
    }

    async Task<IReadOnlyList<WorkItem>> ToDoAsync(string state, CancellationToken ct) => await database.OptimisticAsync(
        async session => await session.QueryListAsync(
            ToDoSql, new object?[] { state, Batch },
            row => new WorkItem(row.Id(0).ToString(), row.GetString(1), row.GetString(2), $"/cases/{row.Id(3)}")),
        ct);

    public void Park(WriteSession session, string item)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ParkSql, Guid.Parse(item));
    }

    /// <summary>A call that is wanted, or called off, or has ended; whichever it is by now.</summary>
    public async Task WorkOffAsync(string item, CancellationToken ct)
    {
        var child = Guid.Parse(item);
        var wanted = await database.OptimisticAsync(
            async session => await session.QuerySingleAsync(
                WantedSql, new object?[] { child },
                row => new Wanted(
                    row.Id(0), row.Id(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TextOrNull(5), row.GetString(6),
                    !row.IsDBNull(7), ProcessStore.ReadState(row.GetString(8)).Priority)),
            ct);
        if (wanted is null)
        {
            await RecallAsync(child, ct);
            await TellEndedAsync(EndedOneSql, child, ct);
        }
        else if (await definitions.StartableAsync(wanted.DefinitionKey, wanted.Office, ct) is not { } definition)
            await RefuseAsync(wanted, IncidentCodes.DefinitionNotFound, wanted.DefinitionKey, ct);
        else if (await offices.FindOfficeAsync(wanted.Office, ct) is null)
            await RefuseAsync(wanted, IncidentCodes.OfficeNotFound, wanted.Office, ct);
        else
            await StartAsync(wanted, definition, ct);
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

    /// <summary>The case that called does not wait any more: what it called ends too.</summary>
    Task<bool> RecallAsync(Guid child, CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            var called = await session.QueryListAsync(
                $"{RecalledSql} {database.Lock("i")}", new object?[] { child },
                row => (row.Bytes(0), ProcessStore.ReadState(row.GetString(1))));
            if (called is not [var (headHash, state)])
                return false;
            var cancel = new CancelInstance(NotWaitedFor) { By = Actor.System };
            // Ended meanwhile: nothing is left to end. Otherwise its end moves the call on.
            if (await store.DecideInBatchAsync(session, state, headHash, cancel) is not null)
                session.Enqueue(SetState, child, "told");
            return true;
        },
        ct);

    /// <summary>In one transaction: an answer to each case that waits.</summary>
    Task<int> TellEndedAsync(string sql, object which, CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            var ended = await session.QueryListAsync(
                $"{sql} {database.SkipLocked("i")}", new object?[] { which },
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

static partial class Log
{
    [LoggerMessage(3001, LogLevel.Error, "{DefinitionKey} could not be started in {Office} for another case: {Reason}")]
    public static partial void CannotCall(ILogger logger, string definitionKey, string office, string reason);
}
