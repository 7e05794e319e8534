using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Deadlines;

/// <summary>Takes the reminders, escalations and timers whose moment has come: one transaction a batch.</summary>
public sealed class DueDeadlines(Database database, DefinitionCatalog definitions, OfficeCalendars calendars, ProcessStore store)
{
    // Index: ix_deadline_wake. Bounded by the batch.
    const string DueSql = """
        SELECT d.deadline_id, i.head_hash, i.state
        FROM deadline d
        JOIN process_instance i ON i.instance_id = d.instance_id
        WHERE d.wake_at < $1
        ORDER BY d.wake_at
        LIMIT $2
        """;

    // Index: ix_wait_wake. Bounded by the batch.
    const string DueWaitsSql = """
        SELECT w.wait_id, i.head_hash, i.state
        FROM process_wait w
        JOIN process_instance i ON i.instance_id = w.instance_id
        WHERE w.wake_at < $1
        ORDER BY w.wake_at
        LIMIT $2
        """;

    const string SetDeadlinesAside = "UPDATE deadline SET wake_at = $2, failures = failures + 1 WHERE instance_id = $1 AND wake_at < $3";
    const string SetWaitsAside = "UPDATE process_wait SET wake_at = $2, failures = failures + 1 WHERE instance_id = $1 AND wake_at < $3";
    const string SetWaitWake = "UPDATE process_wait SET wake_at = $2 WHERE wait_id = $1";
    const string SetWake = "UPDATE deadline SET wake_at = $2 WHERE deadline_id = $1";

    /// <summary>Takes the rungs and timers whose moment has come, at most one batch of each. The number of rows looked at.</summary>
    /// <exception cref="SweepFailedException">A case in the batch could not be decided; nothing of the batch was stored.</exception>
    public Task<int> TakeAsync(int batch, CancellationToken ct)
    {
        var now = store.Now();
        return database.TransactAsync(
            async session =>
            {
                var edition = await store.HoldCalendarAsync(session);
                var due = new List<(Guid Woken, byte[] HeadHash, ProcessState State)>();
                foreach (var sql in new[] { DueSql, DueWaitsSql })
                {
                    due.AddRange(await session.QueryListAsync(
                        $"{sql} {database.SkipLocked("i")}", new object?[] { now, batch },
                        row => (row.Id(0), row.Bytes(1), ProcessStore.ReadState(row.GetString(2)))));
                }

                foreach (var one in due.GroupBy(d => d.State.InstanceId))
                {
                    var (state, headHash) = (one.First().State, one.First().HeadHash);
                    try
                    {
                        await TakeRungsAsync(session, state, headHash, [.. one.Select(d => d.Woken)], now, edition);
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        throw new SweepFailedException(state.InstanceId, e);
                    }
                }

                return due.Count;
            },
            ct);
    }

    async ValueTask TakeRungsAsync(
        WriteSession session, ProcessState state, byte[] headHash, Guid[] woken, DateTimeOffset now, CalendarEdition edition)
    {
        var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
        var moment = await calendars.MomentAsync(state.Office, state.DefinitionKey, now, edition);
        var decision = ProcessDecider.Decide(definition, state, new ReachTime { By = Actor.System }, moment);
        var after = decision.After ?? state;
        CaseProjection.Store(session, definition, state, decision.Changes, headHash);

        // A row that woke us for nothing must not wake us for ever: the snapshot knows when its clock really comes next.
        foreach (var id in woken)
        {
            if (after.Waits.FirstOrDefault(w => w.WaitId == id) is { } wait)
                session.Enqueue(SetWaitWake, id, after.IsRunning ? wait.Until : null);
            else if (!decision.Changes.Any(c => c.Recorded.Event is RungTaken taken && taken.DeadlineId == id))
                session.Enqueue(SetWake, id, after.FindOpenDeadline(id)?.NextRung?.At);
        }
    }

    /// <summary>
    /// Puts the deadlines of a case that cannot be swept aside for a while, so that they do not hold up those behind them.
    /// </summary>
    public Task SetAsideAsync(Guid instanceId, TimeSpan delay, CancellationToken ct)
    {
        var now = store.Now();
        return database.TransactAsync(
            session =>
            {
                session.Enqueue(SetDeadlinesAside, instanceId, now + delay, now);
                session.Enqueue(SetWaitsAside, instanceId, now + delay, now);
                return ValueTask.FromResult(true);
            },
            ct);
    }
}

/// <summary>One case of a sweep's batch failed; the others of the batch were not stored either.</summary>
public sealed class SweepFailedException(Guid instanceId, Exception inner)
    : Exception($"The deadlines of case {instanceId} could not be taken.", inner)
{
    public Guid InstanceId { get; } = instanceId;
}
