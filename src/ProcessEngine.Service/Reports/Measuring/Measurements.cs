using System.Data.Common;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Measures;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>
/// Measures what has ended, case by case, from its events: once, and it stays so. Of before there may be a million: they come by and by,
/// and a report counts what is not measured yet from its own rows.
/// </summary>
public sealed class Measurements(Database database, OfficeCalendars calendars, TimeProvider time) : IRecurringJob
{
    /// <summary>Clocks, and tasks, of one round.</summary>
    const int Batch = 500;

    /// <summary>A decision can be taken back for ten seconds, on a node whose clock may be some seconds off.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    // Indexes: ix_deadline_unmeasured, ix_task_unmeasured.
    const string ClocksSql = """
        SELECT deadline_id, instance_id, office FROM deadline WHERE state <> 'open' AND NOT measured AND closed_at <= $1 LIMIT $2
        """;
    const string TasksSql = """
        SELECT task_id, instance_id, office FROM user_task WHERE state <> 'open' AND NOT measured AND closed_at <= $1 LIMIT $2
        """;

    // Index: the primary key.
    const string EventsSql = "SELECT sequence, at, actor, type, payload FROM audit_event WHERE instance_id = $1 ORDER BY sequence";

    const string CalendarsSql = "SELECT version, created_at FROM calendar_version ORDER BY version";

    // Of a clock what is said of it is said of the newest task that it timed; of a whole procedure's, of the case.
    const string MeasureClock = """
        INSERT INTO measured_clock (office, received_at, deadline_id, instance_id, definition_key, definition_version, step_id, role,
            group_id, person, priority, result, fiscal_month, used, granted, percent, stood, pauses, extensions)
        SELECT d.office, d.received_at, d.deadline_id, d.instance_id, d.definition_key,
            COALESCE(t.definition_version, i.definition_version), d.step_id, t.role, m.group_id,
            COALESCE(t.closed_by, t.assignee), t.priority, d.result, d.fiscal_month,
            CAST($2 AS integer), CAST($3 AS integer), CAST($4 AS integer), CAST($5 AS integer), CAST($6 AS integer), CAST($7 AS integer)
        FROM deadline d
        JOIN process_instance i ON i.instance_id = d.instance_id
        LEFT JOIN user_task t ON t.task_id = (
            SELECT n.task_id
            FROM user_task n
            WHERE n.instance_id = d.instance_id AND n.deadline_id = d.deadline_id
            ORDER BY n.created_at DESC, n.task_id DESC
            LIMIT 1)
        LEFT JOIN office_member m ON m.office = d.office AND m.user_id = COALESCE(t.closed_by, t.assignee)
        WHERE d.deadline_id = $1 AND d.state = 'closed'
        ON CONFLICT DO NOTHING
        """;

    const string ClockMeasured = "UPDATE deadline SET measured = TRUE WHERE deadline_id = $1 AND state <> 'open' AND NOT measured";

    // What is added to a month meanwhile makes another number of it: then it stays to be added up.
    const string MonthStale = """
        INSERT INTO measured_month_stale (office, fiscal_month, changes)
        SELECT office, fiscal_month, 1 FROM deadline WHERE deadline_id = $1 AND state = 'closed'
        ON CONFLICT (office, fiscal_month) DO UPDATE SET changes = measured_month_stale.changes + 1
        """;

    static string MonthOfTaskStale(Database database) => $"""
        INSERT INTO measured_month_stale (office, fiscal_month, changes)
        SELECT office, CAST({database.MonthOf("created_at")} AS integer), 1 FROM user_task WHERE task_id = $1 AND state = 'completed'
        ON CONFLICT (office, fiscal_month) DO UPDATE SET changes = measured_month_stale.changes + 1
        """;

    static string MeasureTask(Database database) => $"""
        INSERT INTO measured_task (office, created_at, task_id, instance_id, definition_key, definition_version, step_id, role,
            group_id, person, priority, attempt, outcome, fiscal_month, closed_at, closed_month, no_limit, waited, worked, stood)
        SELECT t.office, t.created_at, t.task_id, t.instance_id, t.definition_key, t.definition_version, t.step_id, t.role, m.group_id,
            COALESCE(t.closed_by, t.assignee), t.priority, t.attempt, t.outcome, CAST({database.MonthOf("t.created_at")} AS integer),
            t.closed_at, CAST({database.MonthOf("t.closed_at")} AS integer), t.deadline_id IS NULL,
            CAST($2 AS integer), CAST($3 AS integer), CAST($4 AS integer)
        FROM user_task t
        LEFT JOIN office_member m ON m.office = t.office AND m.user_id = COALESCE(t.closed_by, t.assignee)
        WHERE t.task_id = $1 AND t.state = 'completed'
        ON CONFLICT DO NOTHING
        """;

    const string TaskMeasured = "UPDATE user_task SET measured = TRUE WHERE task_id = $1 AND state <> 'open' AND NOT measured";

    public string Name => "measurements";
    public LocalizedText Title => new("วัดเวลาของงานที่เสร็จ", "Measures the time of work that is done");
    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    /// <returns>How many clocks and tasks were measured.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        for (var measured = 0; ;)
        {
            var ready = Instants.Truncate(time.GetUtcNow()) - Settled;
            List<Ended> clocks = [], tasks = [];
            await database.TransactAsync(
                async session =>
                {
                    clocks = await session.QueryListAsync(ClocksSql, new object?[] { ready, Batch }, Ended.Read);
                    tasks = await session.QueryListAsync(TasksSql, new object?[] { ready, Batch }, Ended.Read);
                    return true;
                },
                ct);
            var ofTasks = tasks.ToLookup(t => t.Case);
            var ofClocks = clocks.ToLookup(c => c.Case);
            // Each case for itself: people get in between, and what was done before a stop stays done.
            foreach (var (id, office) in clocks.Concat(tasks).Select(e => (e.Case, e.Office)).Distinct())
            {
                ct.ThrowIfCancellationRequested();
                await MeasureAsync(id, office, [.. ofClocks[id].Select(c => c.Id)], [.. ofTasks[id].Select(t => t.Id)], ct);
            }

            measured += clocks.Count + tasks.Count;
            if (clocks.Count < Batch && tasks.Count < Batch)
            {
                await new AddingUp(database).RunAsync(ct);
                return measured;
            }
        }
    }

    /// <summary>Writes what a clock took, and that its month is to be added up.</summary>
    internal static void Store(WriteSession session, ClockMeasure c)
    {
        session.Enqueue(MeasureClock, c.DeadlineId, c.Used, c.Granted, c.Percent, c.Stood, c.Pauses, c.Extensions);
        session.Enqueue(MonthStale, c.DeadlineId);
    }

    /// <summary>Writes what a task took, and that its month is to be added up.</summary>
    /// <param name="t">Null for one that cannot be measured.</param>
    internal void Store(WriteSession session, Guid task, TaskMeasure? t)
    {
        session.Enqueue(MeasureTask(database), task, t?.Waited, t?.Worked, t?.Stood);
        session.Enqueue(MonthOfTaskStale(database), task);
    }

    async Task MeasureAsync(Guid id, string office, IReadOnlyList<Guid> clocks, IReadOnlyList<Guid> tasks, CancellationToken ct)
    {
        var (took, used) = await ReadAsync(id, office, ct);
        await database.TransactAsync(
            session =>
            {
                // What cannot be measured counts all the same, without a time: it must not hold up those behind it.
                foreach (var clock in clocks)
                {
                    Store(session, used.GetValueOrDefault(clock) ?? new ClockMeasure(clock, default, null, null, null, 0, 0));
                    session.Enqueue(ClockMeasured, clock);
                }

                foreach (var task in tasks)
                {
                    Store(session, task, took.GetValueOrDefault(task));
                    session.Enqueue(TaskMeasured, task);
                }

                return ValueTask.FromResult(true);
            },
            ct);
    }

    /// <summary>What the events of a case say; nothing where they cannot be read.</summary>
    internal async Task<(Dictionary<Guid, TaskMeasure> Tasks, Dictionary<Guid, ClockMeasure> Clocks)> ReadAsync(
        Guid id, string office, CancellationToken ct)
    {
        // Outside the transaction that stores: a history does not change, and a calendar may have to be read.
        var rows = new List<StoredRow>();
        var editions = new List<(int Version, DateTimeOffset Since)>();
        await database.TransactAsync(
            async session =>
            {
                editions = await session.QueryListAsync(CalendarsSql, Array.Empty<object?>(), row => (row.GetInt32(0), row.Instant(1)));
                rows = await session.QueryListAsync(EventsSql, new object?[] { id }, StoredRow.Read);
                return true;
            },
            ct);
        try
        {
            var history = rows.ConvertAll(r => new RecordedEvent(r.Sequence, r.At, r.Actor, EventTypes.Read(r.Type, r.Payload)));
            var known = new Dictionary<int, WorkingCalendar>();
            foreach (var version in history.Select(e => VersionAt(editions, e.At)).Distinct())
                known[version] = await calendars.AsOfAsync(office, version, ct);
            var (tasks, clocks) = CaseMeasures.Of(history, at => known[VersionAt(editions, at)]);
            return (tasks.ToDictionary(t => t.TaskId), clocks.ToDictionary(c => c.DeadlineId));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // A record that cannot be read is the nightly verification's to tell.
            return ([], []);
        }
    }

    /// <summary>The edition in force; of before the first, the first.</summary>
    static int VersionAt(List<(int Version, DateTimeOffset Since)> editions, DateTimeOffset at) =>
        editions.LastOrDefault(e => e.Since <= at, editions[0]).Version;

    sealed record Ended(Guid Id, Guid Case, string Office)
    {
        public static Ended Read(DbDataReader row) => new(row.Id(0), row.Id(1), row.GetString(2));
    }

    sealed record StoredRow(int Sequence, DateTimeOffset At, Guid? Actor, string Type, string Payload)
    {
        public static StoredRow Read(DbDataReader row) =>
            new(row.GetInt32(0), row.Instant(1), row.IdOrNull(2), row.GetString(3), row.GetString(4));
    }
}
