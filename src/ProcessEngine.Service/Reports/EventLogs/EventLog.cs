using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.EventLogs;

/// <summary>An event as process mining reads it: which activity of which case, at what point of its life.</summary>
/// <param name="Activity">The step, where the event is about one; else the kind of the event.</param>
/// <param name="Lifecycle">As XES names it: <c>schedule</c>, <c>assign</c>, <c>complete</c>, <c>ate_abort</c> …</param>
/// <param name="Resource">User name of who acted; null for the service.</param>
public sealed record LoggedEvent(
    Guid CaseId, int Sequence, string Kind, string Activity, string Lifecycle, DateTimeOffset At, string? Resource, Guid? TaskId);

public sealed record LoggedCase(
    Guid Id, string DefinitionKey, int DefinitionVersion, string Office, string Status, DateTimeOffset StartedAt);

/// <summary>The cases of an office that began in a period, and their events, in the memory of one page.</summary>
public sealed class EventLog(Database database)
{
    const int PageSize = 200;

    // Index: ix_instance_office.
    const string CasesSql = """
        SELECT instance_id AS id, definition_key, definition_version, office, status, started_at
        FROM process_instance
        WHERE office = @Office AND instance_id > @after AND started_at >= @Begins AND started_at < @Ends
        ORDER BY instance_id
        LIMIT @take
        """;

    // Index: the primary key.
    const string EventsSql = """
        SELECT e.sequence, e.type, e.at, e.payload, u.user_name
        FROM audit_event e
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE e.instance_id = @id
        ORDER BY e.sequence
        """;

    public async IAsyncEnumerable<LoggedCase> CasesAsync(
        string office, DateTimeOffset begins, DateTimeOffset ends, [EnumeratorCancellation] CancellationToken ct)
    {
        var after = Guid.Empty;
        while (true)
        {
            List<Row> page;
            await using (var connection = await database.OpenAsync(ct))
            {
                page = (await connection.QueryAsync<Row>(
                    CasesSql, new { Office = office, after, Begins = begins, Ends = ends, take = PageSize })).AsList();
            }

            foreach (var row in page)
                yield return new LoggedCase(row.Id, row.DefinitionKey, row.DefinitionVersion, row.Office, row.Status, row.StartedAt);
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }

    /// <summary>One case, from its first event on; what can no longer be read is left out.</summary>
    public async Task<IReadOnlyList<LoggedEvent>> EventsAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var steps = new Dictionary<Guid, string>();
        var events = new List<LoggedEvent>();
        foreach (var row in await connection.QueryAsync<EventRow>(EventsSql, new { id }))
        {
            if (EventTypes.ReadOrNull(row.Type, row.Payload) is not { } e)
                continue;
            if (e is TaskOpened opened)
                steps[opened.TaskId] = opened.StepId;
            // Of a task that was opened in this case; else there is nothing to refer to.
            var task = TaskOf(e) is { } of && steps.ContainsKey(of) ? of : (Guid?)null;
            var step = task is { } known ? steps[known] : null;
            events.Add(new LoggedEvent(
                id, row.Sequence, row.Type, step ?? row.Type, step is null ? "complete" : LifecycleOf(e), row.At, row.UserName, task));
        }

        return events;
    }

    static Guid? TaskOf(ProcessEvent e) => e switch
    {
        TaskOpened t => t.TaskId,
        TaskClaimed t => t.TaskId,
        TaskReleased t => t.TaskId,
        TaskReassigned t => t.TaskId,
        TaskPaused t => t.TaskId,
        TaskContinued t => t.TaskId,
        TaskReminded t => t.TaskId,
        TaskOverdue t => t.TaskId,
        TaskEscalated t => t.TaskId,
        _ => TaskOutcomes.Of(e)?.TaskId,
    };

    /// <summary>Of the standard lifecycle of XES; what it has no word for is <c>unknown</c>.</summary>
    static string LifecycleOf(ProcessEvent e) => e switch
    {
        TaskOpened => "schedule",
        TaskClaimed => "start",
        TaskReassigned => "reassign",
        TaskPaused => "suspend",
        TaskContinued => "resume",
        TaskCancelled or TaskTimedOut => "ate_abort",
        TaskReleased or TaskReminded or TaskOverdue or TaskEscalated => "unknown",
        _ => "complete",
    };

    sealed record Row
    {
        public Guid Id { get; init; }
        public string DefinitionKey { get; init; } = "";
        public int DefinitionVersion { get; init; }
        public string Office { get; init; } = "";
        public string Status { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
    }

    sealed record EventRow
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Payload { get; init; } = "";
        public string? UserName { get; init; }
    }
}
