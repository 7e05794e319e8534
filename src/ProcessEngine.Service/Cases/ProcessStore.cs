using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>A decision that is being stored: what it was made on, what it changed, when, and in what kind of office.</summary>
public sealed record CaseChange(
    ProcessDefinition Definition,
    ProcessState Before,
    ProcessState After,
    ImmutableArray<StateChange> Changes,
    DateTimeOffset Now,
    OfficeKind Kind);

/// <summary>The one write path: there is no second way to change a case.</summary>
/// <remarks>
/// Promise P1, P2 and P3 rest here. Events, snapshot, task, deadline, outbox and idempotency rows are stored together or not at all.
/// </remarks>
public sealed partial class ProcessStore(Database database, DefinitionCatalog definitions, OfficeCalendars calendars, TimeProvider time)
{
    /// <summary>Enough for fifty people at one task; beyond it something is wrong, and the caller is told to try again.</summary>
    const int MaxAttempts = 100;

    // One row whatever is found, so that a transition needs one read. Indexes: the primary keys.
    const string LoadByTask = """
        SELECT i.revision, i.head_hash, i.state, k.request_hash, k.status, k.location, k.etag, k.body, t.assignee, t.closed_by, t.role,
            t.outcome, t.closed_at
        FROM (SELECT 1 AS one) AS always
        LEFT JOIN user_task t ON t.task_id = $1
        LEFT JOIN process_instance i ON i.instance_id = t.instance_id
        LEFT JOIN idempotency k ON k.caller = $2 AND k.idempotency_key = $3
        """;

    const string LoadByInstance = """
        SELECT i.revision, i.head_hash, i.state, k.request_hash, k.status, k.location, k.etag, k.body
        FROM (SELECT 1 AS one) AS always
        LEFT JOIN process_instance i ON i.instance_id = $1
        LEFT JOIN idempotency k ON k.caller = $2 AND k.idempotency_key = $3
        """;

    // Index: ix_wait_message. A case that stands still hides none that can hear; of those, the one that has waited longest.
    const string LoadByMessage = """
        SELECT i.revision, i.head_hash, i.state, k.request_hash, k.status, k.location, k.etag, k.body
        FROM (SELECT 1 AS one) AS always
        LEFT JOIN process_instance i ON i.instance_id = (
            SELECT w.instance_id
            FROM process_wait w
            JOIN process_instance c ON c.instance_id = w.instance_id
            WHERE w.office = $1 AND w.message = $4 AND w.correlation = $5
            ORDER BY CASE WHEN c.status = 'suspended' THEN 1 ELSE 0 END, w.wait_id
            LIMIT 1)
        LEFT JOIN idempotency k ON k.caller = $2 AND k.idempotency_key = $3
        """;

    // Index: ix_instance_definition, from the newest case back. Bounded: what lies further back is not looked at.
    const string LastCompleted = """
        SELECT i.state
        FROM (
            SELECT instance_id, status, state
            FROM process_instance
            WHERE office = $1 AND definition_key = $2
            ORDER BY instance_id DESC
            LIMIT 100) AS i
        WHERE i.status = 'completed'
        ORDER BY i.instance_id DESC
        LIMIT 1
        """;

    // Index: the primary key. Bounded by one case.
    const string HistorySql =
        "SELECT e.sequence, e.at, e.actor, e.type, e.payload FROM audit_event e WHERE e.instance_id = $1 ORDER BY e.sequence";

    /// <summary>A person acts on a task.</summary>
    /// <param name="extraWrites">What is stored with it, besides what follows from the events.</param>
    public Task<Outcome<StoredAnswer>> ActOnTaskAsync(
        Guid taskId,
        Caller caller,
        RequestId request,
        Func<ProcessState, Actor, ProcessCommand> command,
        Func<CaseChange, StoredAnswer> answer,
        CancellationToken ct,
        Action<WriteSession, DateTimeOffset>? extraWrites = null) =>
        ExecuteAsync(
            LoadByTask, [taskId], new TaskNotFound(taskId), caller, request, (_, state, by) => ValueTask.FromResult(command(state, by)),
            answer, ct, extraWrites);

    /// <summary>A person acts on a case.</summary>
    /// <param name="extraWrites">What is stored with it, besides what follows from the events.</param>
    public Task<Outcome<StoredAnswer>> ActOnInstanceAsync(
        Guid instanceId,
        Caller caller,
        RequestId request,
        Func<ProcessState, Actor, ProcessCommand> command,
        Func<CaseChange, StoredAnswer> answer,
        CancellationToken ct,
        Action<WriteSession, DateTimeOffset>? extraWrites = null) =>
        ExecuteAsync(
            LoadByInstance, [instanceId], new InstanceNotFound(instanceId), caller, request,
            (_, state, by) => ValueTask.FromResult(command(state, by)), answer, ct, extraWrites);

    /// <summary>
    /// Somebody outside acts on a case, let in by its link, or an officer for them.
    /// </summary>
    /// <param name="extraWrites">What is stored with it, besides what follows from the events.</param>
    public Task<Outcome<StoredAnswer>> ActFromOutsideAsync(
        Guid instanceId, Caller? officer, RequestId request, Func<ProcessState, Actor, ProcessCommand> command,
        Func<CaseChange, StoredAnswer> answer, CancellationToken ct, Action<WriteSession, DateTimeOffset>? extraWrites = null) =>
        ActOnInstanceAsync(instanceId, officer ?? Caller.Outsider, request, command, answer, ct, extraWrites);

    /// <summary>
    /// A message reaches a case of an office that waits for it. Whoever finds that another message has just ended that wait goes on to the
    /// next that waits.
    /// </summary>
    public Task<Outcome<StoredAnswer>> DeliverAsync(
        string office, string name, string correlation, Caller caller, RequestId request, Func<ProcessState, Actor, ProcessCommand> command,
        Func<CaseChange, StoredAnswer> answer, CancellationToken ct) =>
        ExecuteAsync(
            LoadByMessage, [office, name, correlation], new NobodyWaits(name), caller, request,
            (_, state, by) => ValueTask.FromResult(command(state, by)), answer, ct);

    /// <summary>A case begins, on the newest version of its definition.</summary>
    public async Task<Outcome<StoredAnswer>> StartAsync(
        ProcessDefinition definition,
        Caller caller,
        RequestId request,
        StartProcess command,
        Func<CaseChange, StoredAnswer> answer,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(command);
        return await RetryAsync(
            session => DecideAndStoreAsync(
                session, definition, ProcessState.NotStarted, AuditChain.Origin, request, command, answer, Now()),
            async session => await KnownAnswerAsync(session, request),
            ct);
    }

    /// <summary>The same, with the next running number of the procedure in the office and year as its business key.</summary>
    /// <param name="extraWrites">What is stored with it, besides what follows from the events; it is told the number.</param>
    public async Task<Outcome<StoredAnswer>> StartNumberedAsync(
        ProcessDefinition definition, RequestId request, StartProcess command, Func<CaseChange, StoredAnswer> answer, CancellationToken ct,
        Action<WriteSession, DateTimeOffset, string>? extraWrites = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(command);
        return await RetryAsync(
            session => StartNumberedAsync(session, definition, request, command, answer, extraWrites),
            async session => await KnownAnswerAsync(session, request), ct, locks: true);
    }

    async ValueTask<Outcome<StoredAnswer>> StartNumberedAsync(
        WriteSession session, ProcessDefinition definition, RequestId request, StartProcess command, Func<CaseChange, StoredAnswer> answer,
        Action<WriteSession, DateTimeOffset, string>? extraWrites)
    {
        var now = Now();
        var next = await CaseNumber.NextAsync(database, session, command.Office, definition.Key, now);
        var started = await DecideAndStoreAsync(
            session, definition, ProcessState.NotStarted, AuditChain.Origin, request, command with { BusinessKey = next.ToString() },
            answer, now, extraWrites is null ? null : (queue, at) => extraWrites(queue, at, next.ToString()));
        if (started.Rejection is null)
            next.Take(session);
        return started;
    }

    /// <summary>A case begins because time or another case says so, and not a person.</summary>
    /// <param name="claim">Locks what says so and marks it as done, in the same transaction; false when somebody else has.</param>
    /// <returns>Why it could not begin; null when it did, or when somebody else started it.</returns>
    public Task<Rejection?> StartByServiceAsync(
        ProcessDefinition definition, StartProcess command, Func<WriteSession, ValueTask<bool>> claim, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(command);
        return database.TransactAsync(
            async session =>
            {
                var now = Now();
                var moment = await calendars.MomentAsync(command.Office, definition.Key, now, await HoldCalendarAsync(session));
                var decision = ProcessDecider.Decide(
                    definition, ProcessState.NotStarted, await WithPreviousAsync(session, definition, command), moment);
                if (decision.Rejection is null && await claim(session))
                {
                    CaseProjection.Store(session, definition, ProcessState.NotStarted, decision.Changes, AuditChain.Origin);
                }

                return decision.Rejection;
            },
            ct);
    }

    /// <summary>The result of one year is what the next begins with, where the definition says so.</summary>
    static async ValueTask<StartProcess> WithPreviousAsync(WriteSession session, ProcessDefinition definition, StartProcess command) =>
        definition.CarryOver.IsEmpty ? command : command with
        {
            Previous = await session.QuerySingleAsync(
                LastCompleted, new object?[] { command.Office, definition.Key }, row => ReadState(row.GetString(0)).Variables),
        };

    async Task<Outcome<StoredAnswer>> ExecuteAsync(
        string loadSql,
        object[] what,
        Rejection notFound,
        Caller caller,
        RequestId request,
        Func<WriteSession, ProcessState, Actor, ValueTask<ProcessCommand>> command,
        Func<CaseChange, StoredAnswer> answer,
        CancellationToken ct,
        Action<WriteSession, DateTimeOffset>? extraWrites = null)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(request);
        return await RetryAsync(
            async session =>
            {
                LoadedCase? loaded = null;
                await session.QueryAsync(
                    loadSql, (object?[])[what[0], caller.UserId, request.Key, .. what[1..]], row => loaded = LoadedCase.From(row, request));
                if (loaded!.Known is { } known)
                    return known;
                var now = Now();
                if (loaded.State is not { } stored || await AtAsync(session, caller, stored, now) is not { } by)
                    return notFound;
                var state = await CurrentAsync(session, stored);

                var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
                var actor = by.In(state.Office, state.DefinitionKey);
                var sent = await command(session, state, actor);
                return loaded.Refusal(request, loadSql == LoadByTask ? (Guid)what[0] : null, state, actor, sent) is { } refused
                    ? refused
                    : await DecideAndStoreAsync(session, definition, state, loaded.HeadHash, request, sent, answer, now, extraWrites);
            },
            null,
            ct);
    }

    /// <summary>The caller with the orders as they stand at this instant; null when the case is none of their business.</summary>
    static async ValueTask<Caller?> AtAsync(WriteSession session, Caller caller, ProcessState state, DateTimeOffset now)
    {
        if (!caller.MaySee(state))
            return null;
        // What somebody has taken under an order that is over is still theirs to be told of.
        if (caller.Orders.IsEmpty
            && caller.BelongsTo(state.Office)
            && !state.OpenTasks.Any(t => t.TakenUnder is not null && t.Assignee == caller.UserId))
            return caller;
        var current = (caller with { Orders = await PostsByOrder.OfUserAsync(session, caller.UserId) }).On(BangkokTime.DateOf(now));
        return current.MaySee(state) ? current : null;
    }

    async Task<Outcome<StoredAnswer>> RetryAsync(
        Func<WriteSession, ValueTask<Outcome<StoredAnswer>>> attempt,
        Func<WriteSession, ValueTask<Outcome<StoredAnswer>?>>? before,
        CancellationToken ct,
        bool locks = false)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var outcome = await (locks ? database.TransactAsync(DecideAsync, ct) : database.OptimisticAsync(DecideAsync, ct));
                if (outcome.Value is { Replayed: false })
                    CaseMeter.Stored();
                return outcome;
            }
            catch (WriteConflictException) when (tries < MaxAttempts)
            {
                // Somebody was first: read what they stored and decide again, by the calendar that they may have changed.
                await calendars.LatestAsync(ct);
            }
            catch (WriteConflictException)
            {
                return new TooManyConflicts();
            }
        }

        async ValueTask<Outcome<StoredAnswer>> DecideAsync(WriteSession session) =>
            before is not null && await before(session) is { } known ? known : await attempt(session);
    }

    async ValueTask<Outcome<StoredAnswer>> DecideAndStoreAsync(
        WriteSession session, ProcessDefinition definition, ProcessState state, byte[] headHash, RequestId request, ProcessCommand command,
        Func<CaseChange, StoredAnswer> answer, DateTimeOffset now, Action<WriteSession, DateTimeOffset>? extraWrites = null)
    {
        var office = command is StartProcess start ? start.Office : state.Office;
        if (command is StartProcess starts)
            command = await WithPreviousAsync(session, definition, starts);
        var moment = await calendars.MomentAsync(office, definition.Key, now);
        var decision = ProcessDecider.Decide(definition, state, command, moment);
        if (decision.Rejection is { } rejection)
            return rejection;

        var changes = decision.Changes;
        if (changes.Any(c => c.Recorded.Event is DeadlineSet or DeadlineMoved or WaitStarted { Until: not null }))
            session.Enqueue(database.CheckCalendar, moment.Calendar.Version);
        // Only what was decided under an order: whoever starts a case is asked when the request comes in.
        if (changes.Any(c => c.Recorded.Event.Capacity is not null))
        {
            foreach (var order in command.By.Orders)
                session.Enqueue(database.CheckOrder, order.OrderId);
        }

        CaseProjection.Store(session, definition, state, changes, headHash);
        extraWrites?.Invoke(session, moment.Now);
        var answered = answer(new CaseChange(
            definition, state, decision.After ?? state, changes, moment.Now, await calendars.KindOfAsync(office)));
        IdempotencyRows.Remember(session, request, answered, moment.Now);
        return answered;
    }

    /// <summary>One case of a batch that the service works off; stored with the batch.</summary>
    /// <returns>Why it was refused; null when it was not.</returns>
    public async ValueTask<Rejection?> DecideInBatchAsync(WriteSession session, ProcessState state, byte[] headHash, ProcessCommand command)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        state = await CurrentAsync(session, state);
        var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
        var moment = await calendars.MomentAsync(state.Office, state.DefinitionKey, Now(), await HoldCalendarAsync(session));
        var decision = ProcessDecider.Decide(definition, state, command, moment);
        StoreDecided(session, definition, state, headHash, decision);
        return decision.Rejection;
    }

    /// <summary>What was decided on one case of a batch; stored with the batch.</summary>
    public static void StoreDecided(
        WriteSession session, ProcessDefinition definition, ProcessState before, byte[] headHash, Decision decision)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(decision);
        CaseProjection.Store(session, definition, before, decision.Changes, headHash);
    }

    /// <summary>
    /// The calendar that holds until the transaction ends. Called before the
    /// transaction locks a case: a change of the calendar locks in that order, too.
    /// </summary>
    public async ValueTask<CalendarEdition> HoldCalendarAsync(WriteSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Held is CalendarEdition held)
            return held;
        var version = 0;
        await session.QueryAsync(database.HoldCalendar, Array.Empty<object?>(), row => version = row.GetInt32(0));
        var edition = await calendars.EditionAsync(version, CancellationToken.None);
        session.Held = edition;
        return edition;
    }

    /// <summary>
    /// The case as this version of the service remembers it: a snapshot of an earlier one is folded anew from its events, once, when the
    /// case is next written.
    /// </summary>
    public static async ValueTask<ProcessState> CurrentAsync(WriteSession session, ProcessState stored)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Format switch
        {
            ProcessState.CurrentFormat => stored,
            // What it remembers besides would be lost with the next snapshot.
            > ProcessState.CurrentFormat => throw new NewerVersionException(),
            _ => ProcessState.Replay(await HistoryAsync(session, stored.InstanceId)),
        };
    }

    static ValueTask<List<RecordedEvent>> HistoryAsync(WriteSession session, Guid instance) => session.QueryListAsync(
        HistorySql, new object?[] { instance },
        row => new RecordedEvent(row.GetInt32(0), row.Instant(1), row.IdOrNull(2), EventTypes.Read(row.GetString(3), row.GetString(4))));

    public static ProcessState ReadState(string json) => JsonSerializer.Deserialize(json, StorageJson.Instance.ProcessState)!;

    /// <summary>The instant of a decision, as both databases can hold it.</summary>
    public DateTimeOffset Now() => Instants.Truncate(time.GetUtcNow());

    static async ValueTask<Outcome<StoredAnswer>?> KnownAnswerAsync(WriteSession session, RequestId request) =>
        await IdempotencyRows.FindAsync(session, request);
}
