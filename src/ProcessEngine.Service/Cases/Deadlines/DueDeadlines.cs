using Dapper;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
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

    // Indexes: ix_deadline_open, ix_wait_instance. What is parked wakes nobody, and has failures.
    const string OfCaseSql = """
        SELECT d.deadline_id FROM deadline d
        WHERE d.office = $1 AND d.instance_id = $2 AND d.state = 'open' AND (d.wake_at < $3 OR (d.wake_at IS NULL AND d.failures > 0))
        UNION ALL
        SELECT w.wait_id FROM process_wait w
        WHERE w.instance_id = $2 AND (w.wake_at < $3 OR (w.wake_at IS NULL AND w.failures > 0))
        """;

    const string CaseSql = "SELECT i.head_hash, i.state FROM process_instance i WHERE i.instance_id = $1";

    const string OpenOfCase =
        "state = 'open' AND office = (SELECT i.office FROM process_instance i WHERE i.instance_id = $1) AND instance_id = $1";

    const string ParkDeadlines =
        $"UPDATE deadline SET wake_at = NULL, failures = failures + 1 WHERE {OpenOfCase} AND (wake_at < $2 OR failures > 0)";

    const string ParkWaits =
        "UPDATE process_wait SET wake_at = NULL, failures = failures + 1 WHERE instance_id = $1 AND (wake_at < $2 OR failures > 0)";

    const string UnparkDeadlines = $"UPDATE deadline SET failures = 0 WHERE {OpenOfCase} AND failures > 0";
    const string UnparkWaits = "UPDATE process_wait SET failures = 0 WHERE instance_id = $1 AND failures > 0";
    const string SetWaitWake = "UPDATE process_wait SET wake_at = $2 WHERE wait_id = $1";
    const string SetWake = "UPDATE deadline SET wake_at = $2 WHERE deadline_id = $1";

    // Indexes: ix_deadline_wake, ix_wait_wake, ix_work_failure_due. The first in order, so that the index is gone through and no table.
    const string AnySql = """
        SELECT CASE WHEN
            (SELECT d.wake_at FROM deadline d WHERE d.wake_at < @now ORDER BY d.wake_at LIMIT 1) IS NOT NULL
            OR (SELECT w.wake_at FROM process_wait w WHERE w.wake_at < @now ORDER BY w.wake_at LIMIT 1) IS NOT NULL
            OR (SELECT f.next_at FROM work_failure f WHERE f.job = @job AND f.next_at <= @now ORDER BY f.next_at LIMIT 1) IS NOT NULL
            THEN 1 ELSE 0 END
        """;

    /// <summary>Whether there is a rung or timer to take, or a case of the job to try again.</summary>
    public async Task<bool> IsAnythingDueAsync(string job, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<long>(AnySql, new { job, now = store.Now() }) == 1;
    }

    /// <summary>Takes the rungs and timers whose moment has come, at most one batch of each, in one transaction.</summary>
    /// <returns>The rows that woke it.</returns>
    public Task<IReadOnlyList<Guid>> TakeAsync(int batch, CancellationToken ct)
    {
        var now = store.Now();
        return database.TransactAsync<IReadOnlyList<Guid>>(
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
                    await TakeRungsAsync(session, one.First().State, one.First().HeadHash, [.. one.Select(d => d.Woken)], now, edition);
                return [.. due.Select(d => d.Woken)];
            },
            ct);
    }

    /// <summary>The cases of the same batch.</summary>
    public async Task<IReadOnlyList<WorkItem>> CasesAsync(int batch, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var due = new List<WorkItem>();
        foreach (var table in new[] { "deadline", "process_wait" })
        {
            // Indexes: ix_deadline_wake, ix_wait_wake.
            due.AddRange((await connection.QueryAsync<(Guid Instance, string Office, string Title)>(
                $"""
                SELECT i.instance_id, i.office, i.title
                FROM {table} d
                JOIN process_instance i ON i.instance_id = d.instance_id
                WHERE d.wake_at < @now
                ORDER BY d.wake_at
                LIMIT @batch
                """,
                new { now = store.Now(), batch }))
                .Select(c => new WorkItem(c.Instance.ToString(), c.Office, c.Title, $"/cases/{c.Instance}")));
        }

        return [.. due.DistinctBy(c => c.Id)];
    }

    /// <summary>All that is due of one case, parked or not.</summary>
    public Task TakeCaseAsync(Guid instance, CancellationToken ct)
    {
        var now = store.Now();
        return database.TransactAsync(
            async session =>
            {
                var edition = await store.HoldCalendarAsync(session);
                var found = await session.QueryListAsync(
                    $"{CaseSql} {database.Lock("i")}", new object?[] { instance },
                    row => (HeadHash: row.Bytes(0), State: ProcessStore.ReadState(row.GetString(1))));
                if (found.Count == 0)
                    return false;
                var woken = await session.QueryListAsync(
                    OfCaseSql, new object?[] { found[0].State.Office, instance, now }, row => row.Id(0));
                if (woken.Count == 0)
                    return false;
                session.Enqueue(UnparkDeadlines, instance);
                session.Enqueue(UnparkWaits, instance);
                await TakeRungsAsync(session, found[0].State, found[0].HeadHash, [.. woken], now, edition);
                return true;
            },
            ct);
    }

    public void Park(WriteSession session, Guid instance)
    {
        ArgumentNullException.ThrowIfNull(session);
        var now = store.Now();
        session.Enqueue(ParkDeadlines, instance, now);
        session.Enqueue(ParkWaits, instance, now);
    }

    async ValueTask TakeRungsAsync(
        WriteSession session, ProcessState state, byte[] headHash, Guid[] woken, DateTimeOffset now, CalendarEdition edition)
    {
        state = await ProcessStore.CurrentAsync(session, state);
        var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
        var moment = await calendars.MomentAsync(state.Office, state.DefinitionKey, now, edition);
        var decision = ProcessDecider.Decide(definition, state, new ReachTime { By = Actor.System }, moment);
        var after = decision.After ?? state;
        CaseProjection.Store(session, definition, state, decision.Changes, headHash);
        CaseMeter.Took(decision.Changes);

        // A row that woke us for nothing must not wake us for ever: the snapshot knows when its clock really comes next.
        foreach (var id in woken)
        {
            if (after.Waits.FirstOrDefault(w => w.WaitId == id) is { } wait)
                session.Enqueue(SetWaitWake, id, after.IsRunning ? wait.WakesAt : null);
            else if (!decision.Changes.Any(c => c.Recorded.Event is RungTaken taken && taken.DeadlineId == id))
                session.Enqueue(SetWake, id, after.FindOpenDeadline(id)?.NextRung?.At);
        }
    }
}
