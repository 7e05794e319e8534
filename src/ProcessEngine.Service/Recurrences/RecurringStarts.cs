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
    TimeProvider time,
    DeadlineOptions options,
    ILogger<RecurringStarts> log)
    : IRecurringJob
{
    public const string JobName = "recurrences";

    public string Name => JobName;
    public LocalizedText Title => new("เรื่องที่เริ่มเองตามรอบ", "Recurring starts");
    public TimeSpan Interval => options.SweepInterval;

    /// <summary>Length of the longest name of an occurrence, with a blank before it.</summary>
    public const int LongestName = 11;

    const int Batch = 50;
    static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(10);

    // Index: ix_recurrence_next. Bounded by the batch.
    const string DueSql = """
        SELECT office, definition_key, every, day, title, next_on
        FROM recurrence
        WHERE next_at <= $1
        ORDER BY next_at
        LIMIT $2
        """;

    const string LockSql = "SELECT 1 FROM recurrence WHERE office = $1 AND definition_key = $2 AND next_on = $3";
    const string SetNext =
        "UPDATE recurrence SET next_on = $4, next_at = $5, failures = 0 WHERE office = $1 AND definition_key = $2 AND next_on = $3";
    const string SetAside = "UPDATE recurrence SET next_at = $3, failures = failures + 1 WHERE office = $1 AND definition_key = $2";

    sealed record Due(string Office, string DefinitionKey, string Every, string Day, string Title, DateOnly On);

    public Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        connection.OldestAsync("SELECT MIN(next_at) AS at FROM recurrence WHERE next_at < @now", now);

    /// <returns>How many cases were started.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var started = 0;
        while (!ct.IsCancellationRequested)
        {
            var now = Instants.Truncate(time.GetUtcNow());
            var due = await database.OptimisticAsync(
                async session => await session.QueryListAsync(
                    DueSql, new object?[] { now, Batch },
                    row => new Due(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Date(5))),
                ct);
            // After an outage one procedure may be due several times: its next occurrence is seen in the next round.
            var before = started;
            foreach (var one in due)
                started += await StartAsync(one, now, ct) ? 1 : 0;
            if (started == before)
                break;
        }

        return started;
    }

    async Task<bool> StartAsync(Due due, DateTimeOffset now, CancellationToken ct)
    {
        var definition = await definitions.StartableAsync(due.DefinitionKey, due.Office, ct);
        var calendar = await offices.FindAsync(due.Office, ct);
        if (definition is null || calendar is null)
        {
            Log.CannotStart(log, due.DefinitionKey, due.Office);
            await PutAsideAsync(due, now, ct);
            return false;
        }

        var rule = Recurrence.Read(name => name == "every" ? due.Every : due.Day).Recurrence!;
        var name = rule.NameOf(due.On);
        var (nextOn, nextAt) = Next(rule, due.On, calendar);
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
                if (mine)
                    session.Enqueue(SetNext, due.Office, due.DefinitionKey, due.On, nextOn, nextAt);
                return mine;
            },
            ct);
        if (rejection is null)
            return mine;
        Log.Refused(log, due.DefinitionKey, due.Office, rejection.ToString());
        await PutAsideAsync(due, now, ct);
        return false;
    }

    Task PutAsideAsync(Due due, DateTimeOffset now, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            session.Enqueue(SetAside, due.Office, due.DefinitionKey, now + TryAgainAfter);
            return ValueTask.FromResult(true);
        },
        ct);

    /// <summary>The next occurrence after a day, and when its case starts.</summary>
    public static (DateOnly? On, DateTimeOffset? At) Next(Recurrence rule, DateOnly after, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.After(after) is { } on ? (on, Recurrence.StartsAt(on, calendar)) : (null, null);
    }
}

static partial class Log
{
    [LoggerMessage(6001, LogLevel.Warning, "{DefinitionKey} cannot start by itself in {Office}: the definition or the office is missing")]
    public static partial void CannotStart(ILogger logger, string definitionKey, string office);

    [LoggerMessage(6002, LogLevel.Warning, "{DefinitionKey} could not start by itself in {Office}: {Reason}")]
    public static partial void Refused(ILogger logger, string definitionKey, string office, string reason);
}
