using System.Data.Common;
using ProcessEngine.Core.Measures;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>How far a rebuild has come.</summary>
/// <param name="After">The last case that was looked at: from there it goes on.</param>
/// <param name="Mended">Measured rows that were not what the events say.</param>
public sealed record RebuildProgress(Guid After, long Cases, long Mended);

/// <summary>
/// Holds everything that was measured against the events, case by case, and puts right what differs; then the months are added up anew.
/// Figures are right all the time, as far as they were: it may run beside the service, and be stopped and gone on with.
/// </summary>
/// <remarks>
/// The group and the urgency of a row are those of its day and stand in no event: they stay. What is not measured yet is the job's.
/// </remarks>
public sealed class FigureRebuild(Database database, Measurements measurements)
{
    const int PageSize = 200;

    // Index: the primary key.
    const string CasesSql = "SELECT instance_id, office FROM process_instance WHERE instance_id > $1 ORDER BY instance_id LIMIT $2";

    // Indexes: the primary keys.
    const string ClockSql = """
        SELECT d.office, d.received_at, f.used, f.granted, f.percent, f.stood, f.pauses, f.extensions,
            CASE WHEN f.result = d.result AND f.definition_key = d.definition_key AND f.step_id = d.step_id
                AND f.fiscal_month = d.fiscal_month AND f.instance_id = d.instance_id THEN 1 ELSE 0 END AS same,
            f.group_id, f.priority
        FROM deadline d
        LEFT JOIN measured_clock f ON f.office = d.office AND f.received_at = d.received_at AND f.deadline_id = d.deadline_id
        WHERE d.deadline_id = $1 AND d.state = 'closed' AND d.measured
        """;

    // Indexes: ix_task_instance, the primary key.
    const string TasksSql = """
        SELECT t.task_id, t.office, t.created_at, f.waited, f.worked, f.stood,
            CASE WHEN f.outcome = t.outcome AND f.definition_key = t.definition_key AND f.step_id = t.step_id
                AND f.definition_version = t.definition_version AND f.role = t.role AND f.attempt = t.attempt
                AND f.instance_id = t.instance_id AND f.no_limit = (t.deadline_id IS NULL) THEN 1 ELSE 0 END AS same,
            f.group_id, f.priority, f.attempt
        FROM user_task t
        LEFT JOIN measured_task f ON f.office = t.office AND f.created_at = t.created_at AND f.task_id = t.task_id
        WHERE t.instance_id = $1 AND t.state = 'completed' AND t.measured
        """;

    const string DropClock = "DELETE FROM measured_clock WHERE office = $1 AND received_at = $2 AND deadline_id = $3";
    const string DropTask = "DELETE FROM measured_task WHERE office = $1 AND created_at = $2 AND task_id = $3";
    const string KeepClock = """
        UPDATE measured_clock SET group_id = $4, priority = $5 WHERE office = $1 AND received_at = $2 AND deadline_id = $3
        """;
    const string KeepTask =
        "UPDATE measured_task SET group_id = $4, priority = $5 WHERE office = $1 AND created_at = $2 AND task_id = $3";

    // Rows of what there is not, or is not closed.
    static readonly (string Count, string Drop)[] Strays =
    [
        Stray("measured_clock", "deadline d WHERE d.deadline_id = measured_clock.deadline_id AND d.state = 'closed' AND d.measured "
            + "AND d.office = measured_clock.office AND d.received_at = measured_clock.received_at"),
        Stray("measured_task", "user_task d WHERE d.task_id = measured_task.task_id AND d.state = 'completed' AND d.measured "
            + "AND d.office = measured_task.office AND d.created_at = measured_task.created_at"),
    ];

    const string AllStale = """
        INSERT INTO measured_month_stale (office, fiscal_month, changes)
        SELECT m.office, m.fiscal_month, 1
        FROM (
            SELECT office, fiscal_month FROM measured_sheet
            UNION
            SELECT office, fiscal_month FROM measured_clock
            UNION
            SELECT office, fiscal_month FROM measured_task) m
        WHERE m.fiscal_month > 0
        ON CONFLICT (office, fiscal_month) DO UPDATE SET changes = measured_month_stale.changes + 1
        """;

    static (string, string) Stray(string table, string found) => (
        $"SELECT COUNT(*) FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {found})",
        $"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {found})");

    /// <param name="after">Where an earlier run stopped; empty for all.</param>
    /// <param name="told">After each case.</param>
    public async Task<RebuildProgress> RunAsync(Guid after, Action<RebuildProgress>? told, CancellationToken ct)
    {
        var progress = new RebuildProgress(after, 0, 0);
        while (true)
        {
            var page = await database.TransactAsync(
                session => session.QueryListAsync(
                    CasesSql, new object?[] { progress.After, PageSize }, row => (Id: row.Id(0), Office: row.GetString(1))),
                ct);
            foreach (var (id, office) in page)
            {
                ct.ThrowIfCancellationRequested();
                progress = new RebuildProgress(id, progress.Cases + 1, progress.Mended + await MendAsync(id, office, ct));
                told?.Invoke(progress);
            }

            if (page.Count < PageSize)
                break;
        }

        var strays = await database.TransactAsync(
            async session =>
            {
                var found = 0L;
                foreach (var (count, drop) in Strays)
                {
                    await session.QueryAsync(count, Array.Empty<object?>(), row => found += row.GetInt64(0));
                    session.Enqueue(drop);
                }

                session.Enqueue(AllStale);
                return found;
            },
            ct);
        await measurements.RunAsync(ct);
        return progress with { Mended = progress.Mended + strays };
    }

    /// <returns>How many rows of the case were put right.</returns>
    async Task<int> MendAsync(Guid id, string office, CancellationToken ct)
    {
        var (tasks, clocks) = await measurements.ReadAsync(id, office, ct);
        return await database.TransactAsync(
            async session =>
            {
                var mended = 0;
                foreach (var clock in clocks.Values)
                {
                    var row = await session.QuerySingleAsync(ClockSql, new object?[] { clock.DeadlineId }, r => Row.Clock(r, clock));
                    if (row is null or { Same: true })
                        continue;
                    session.Enqueue(DropClock, row.Office, row.At, clock.DeadlineId);
                    Measurements.Store(session, clock);
                    if (row.Exists)
                        session.Enqueue(KeepClock, row.Office, row.At, clock.DeadlineId, row.Group, row.Priority);
                    mended++;
                }

                foreach (var row in await session.QueryListAsync(TasksSql, new object?[] { id }, r => Row.Task(r, tasks)))
                {
                    if (row.Same)
                        continue;
                    session.Enqueue(DropTask, row.Office, row.At, row.Id);
                    measurements.Store(session, row.Id, tasks.GetValueOrDefault(row.Id));
                    if (row.Exists)
                        session.Enqueue(KeepTask, row.Office, row.At, row.Id, row.Group, row.Priority);
                    mended++;
                }

                return mended;
            },
            ct);
    }

    /// <param name="Exists">Whether there is a measured row; then its group and urgency stay.</param>
    sealed record Row(Guid Id, string Office, DateTimeOffset At, bool Same, bool Exists, Guid? Group, int? Priority)
    {
        public static Row Clock(DbDataReader r, ClockMeasure c) => new(
            c.DeadlineId, r.GetString(0), r.Instant(1),
            r.GetInt32(8) == 1 && NumberOf(r, 2) == c.Used && NumberOf(r, 3) == c.Granted && NumberOf(r, 4) == c.Percent
                && NumberOf(r, 5) == c.Stood && NumberOf(r, 6) == c.Pauses && NumberOf(r, 7) == c.Extensions,
            !r.IsDBNull(6), r.IdOrNull(9), NumberOf(r, 10));

        public static Row Task(DbDataReader r, Dictionary<Guid, TaskMeasure> measured)
        {
            var t = measured.GetValueOrDefault(r.Id(0));
            return new Row(
                r.Id(0), r.GetString(1), r.Instant(2),
                r.GetInt32(6) == 1 && NumberOf(r, 3) == t?.Waited && NumberOf(r, 4) == t?.Worked && NumberOf(r, 5) == t?.Stood,
                !r.IsDBNull(9), r.IdOrNull(7), NumberOf(r, 8));
        }

        static int? NumberOf(DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt32(column);
    }
}
