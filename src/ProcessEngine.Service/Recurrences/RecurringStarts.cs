using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Recurrences;

/// <summary>
/// Starts what is due by itself: one case for each occurrence, never two, and none left out because the service was down.
/// </summary>
public sealed class RecurringStarts(
    ProcessStore store,
    Database database,
    DefinitionCatalog definitions,
    OfficeCalendars offices,
    WorkItems items,
    TimeProvider time,
    DeadlineOptions options)
    : IItemJob
{
    public const string JobName = "recurrences";

    public string Name => JobName;
    public LocalizedText Title => new("เรื่องที่เริ่มเองตามรอบ", "Recurring starts");
    public TimeSpan Interval => options.SweepInterval;
    public bool GoesByTheClock => true;

    /// <summary>Length of the longest name of an occurrence, with a blank before it.</summary>
    public const int LongestName = 11;

    const int Batch = 50;

    // Index: ix_recurrence_next. Bounded by the batch.
    const string DueSql = """
        SELECT office, definition_key, title
        FROM recurrence
        WHERE next_at <= $1 AND NOT parked
        ORDER BY next_at
        LIMIT $2
        """;

    // Index: the primary key.
    const string OneSql = """
        SELECT office, definition_key, every, day, title, next_on
        FROM recurrence
        WHERE office = $1 AND definition_key = $2 AND next_at <= $3
        """;

    // Index: ix_recurrence_calendar. Bounded by the batch.
    const string OutdatedSql = """
        SELECT office, definition_key, next_on
        FROM recurrence
        WHERE calendar_version < $1 AND next_at IS NOT NULL
        ORDER BY calendar_version
        LIMIT $2
        """;

    const string RecountSql = """
        UPDATE recurrence SET next_at = $5, calendar_version = $4
        WHERE office = $1 AND definition_key = $2 AND next_on = $3
        """;

    const string RereadSql =
        "UPDATE recurrence SET calendar_version = $4 WHERE office = $1 AND definition_key = $2 AND next_on = $3";

    const string LockSql = "SELECT 1 FROM recurrence WHERE office = $1 AND definition_key = $2 AND next_on = $3";
    const string SetNext =
        "UPDATE recurrence SET next_on = $4, next_at = $5, parked = FALSE WHERE office = $1 AND definition_key = $2 AND next_on = $3";
    const string MoveSql = "UPDATE recurrence SET next_at = $4 WHERE office = $1 AND definition_key = $2 AND next_on = $3";
    const string ParkSql = "UPDATE recurrence SET parked = TRUE WHERE office = $1 AND definition_key = $2";

    sealed record Due(string Office, string DefinitionKey, string Every, string Day, string Title, DateOnly On);

    public Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        connection.OldestAsync("SELECT MIN(next_at) AS at FROM recurrence WHERE next_at < @now AND NOT parked", now);

    /// <returns>How many were due.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        await RecountAsync(ct);
        IReadOnlyList<WorkItem> due;
        do
        {
            due = await DueAsync(ct);
            foreach (var one in due)
            {
                await items.TryAsync(this, one, ct);
                total++;
            }
        }
        while (due.Count == Batch);
        return total;
    }

    /// <summary>
    /// After a change of a calendar: a start that had moved behind a holiday goes back to its day when the holiday is taken away, and the
    /// other way round.
    /// </summary>
    async Task RecountAsync(CancellationToken ct)
    {
        var edition = await offices.LatestAsync(ct);
        List<(string Office, string Key, DateOnly On)> outdated;
        do
        {
            outdated = await database.OptimisticAsync(
                async session => await session.QueryListAsync(
                    OutdatedSql, new object?[] { edition.Version, Batch }, row => (row.GetString(0), row.GetString(1), row.Date(2))),
                ct);
            if (outdated.Count == 0)
                return;
            var counted = new List<(string Office, string Key, DateOnly On, DateTimeOffset? At)>();
            foreach (var (code, key, on) in outdated)
                counted.Add((code, key, on, await offices.FindOfficeAsync(code, ct) is { } o ? StartIn(edition.For(o), on) : null));
            await database.TransactAsync(
                session =>
                {
                    foreach (var (code, key, on, at) in counted)
                    {
                        if (at is null)
                            session.Enqueue(RereadSql, code, key, on, edition.Version);
                        else
                            session.Enqueue(RecountSql, code, key, on, edition.Version, at);
                    }

                    return ValueTask.FromResult(true);
                },
                ct);
        }
        while (outdated.Count == Batch);
    }

    /// <summary>Null where the table does not reach: then it starts at the time that it was set for.</summary>
    static DateTimeOffset? StartIn(WorkingCalendar calendar, DateOnly on)
    {
        try
        {
            return Recurrence.StartsAt(on, calendar);
        }
        catch (CalendarNotLoadedException)
        {
            return null;
        }
    }

    async Task<IReadOnlyList<WorkItem>> DueAsync(CancellationToken ct) => await database.OptimisticAsync(
        async session => await session.QueryListAsync(
            DueSql, new object?[] { Instants.Truncate(time.GetUtcNow()), Batch },
            row => new WorkItem($"{row.GetString(0)}/{row.GetString(1)}", row.GetString(0), row.GetString(2), null)),
        ct);

    public void Park(WriteSession session, string item)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (office, key) = Read(item);
        session.Enqueue(ParkSql, office, key);
    }

    /// <summary>All occurrences of one procedure that are due: after an outage there may be several.</summary>
    public async Task WorkOffAsync(string item, CancellationToken ct)
    {
        var (office, key) = Read(item);
        var now = Instants.Truncate(time.GetUtcNow());
        Due? before = null;
        while (!ct.IsCancellationRequested)
        {
            var due = await database.OptimisticAsync(
                async session => await session.QuerySingleAsync(
                    OneSql, new object?[] { office, key, now },
                    row => new Due(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Date(5))),
                ct);
            if (due is null)
                return;
            // Another node has it, or it stands still: never round and round.
            if (due == before)
                throw new InvalidOperationException($"{key} of {due.On:yyyy-MM-dd} was started, and is due still.");
            if (!await StartAsync(due, now, ct))
                return;
            before = due;
        }
    }

    static (string Office, string DefinitionKey) Read(string item) =>
        (item[..item.IndexOf('/', StringComparison.Ordinal)], item[(item.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    /// <returns>False when another node starts it, or when its day is no working day any more and it starts on a later one.</returns>
    async Task<bool> StartAsync(Due due, DateTimeOffset now, CancellationToken ct)
    {
        var definition = await definitions.StartableAsync(due.DefinitionKey, due.Office, ct)
            ?? throw new InvalidOperationException($"No version of {due.DefinitionKey} can be started in {due.Office}.");
        var office = await offices.FindOfficeAsync(due.Office, ct)
            ?? throw new InvalidOperationException($"There is no office {due.Office}.");
        var rule = Recurrence.Read(name => name == "every" ? due.Every : due.Day).Recurrence!;
        var name = rule.NameOf(due.On);
        var command = new StartProcess
        {
            By = Actor.System,
            InstanceId = Guid.CreateVersion7(now),
            Office = due.Office,
            Title = $"{due.Title} {name}",
            BusinessKey = name,
        };
        var mine = false;
        // The row moves on in the transaction that starts the case; a second node finds it locked or moved, and starts nothing.
        var rejection = await store.StartByServiceAsync(
            definition,
            command,
            async session =>
            {
                await session.QueryAsync(
                    $"{LockSql} {database.SkipLocked("recurrence")}",
                    new object?[] { due.Office, due.DefinitionKey, due.On },
                    _ => mine = true);
                if (!mine)
                    return false;
                // By the calendar as it is now: when the start was set, the day may have been a working day.
                var calendar = (await store.HoldCalendarAsync(session)).For(office);
                if (Recurrence.StartsAt(due.On, calendar) is var at && at > now)
                {
                    session.Enqueue(MoveSql, due.Office, due.DefinitionKey, due.On, at);
                    return mine = false;
                }

                var (nextOn, nextAt) = Next(rule, due.On, calendar);
                session.Enqueue(SetNext, due.Office, due.DefinitionKey, due.On, nextOn, nextAt);
                return true;
            },
            ct);
        return rejection is null
            ? mine
            : throw new InvalidOperationException(Problems.From(rejection).Message.En);
    }

    /// <summary>The next occurrence after a day, and when its case starts.</summary>
    public static (DateOnly? On, DateTimeOffset? At) Next(Recurrence rule, DateOnly after, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.After(after) is { } on ? (on, Recurrence.StartsAt(on, calendar)) : (null, null);
    }
}
