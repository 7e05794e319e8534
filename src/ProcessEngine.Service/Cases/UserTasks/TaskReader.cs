using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>A task that the caller may see, with its case.</summary>
/// <param name="Kind">Of the office: how its posts are printed.</param>
public sealed record VisibleTask(TaskRow Row, ProcessDefinition Definition, ProcessState State, OfficeKind Kind)
{
    public Step Step => Definition.FindStep(Row.StepId)!;

    public UserTaskDetail Detail() => new(Row.ToView(Definition, Kind), Definition, State);
}

/// <summary>Reads tasks for those who may see them: for the API and for the pages.</summary>
public sealed class TaskReader(Database database, OfficeCalendars calendars, CaseReader cases)
{
    /// <summary>Of <c>user_task t</c>.</summary>
    public const string Columns = """
        t.task_id, t.instance_id, t.office, t.definition_key, t.definition_version, t.step_id, t.state, t.outcome, t.attempt,
            t.role, t.assignee, t.level, t.item, t.paused, t.created_at, t.closed_at, t.closed_by, t.deadline_id, t.due_at,
            t.due_order, t.revision, t.provisional, t.awaits_confirmation, t.capacity_kind, t.capacity_order, t.priority,
            t.sent_back, t.sent_back_reason
        """;

    /// <summary>Of <c>user_task t</c>: it waits for an outsider, or its case is suspended; then nobody is late by it.</summary>
    public const string StandsStill =
        "(t.paused OR EXISTS (SELECT 1 FROM deadline still WHERE still.deadline_id = t.deadline_id AND still.paused))";

    /// <summary>Whoever sits in a post by order does not get the decision on their own case in it.</summary>
    const string NotAskedFor =
        "NOT (t.decides AND EXISTS (SELECT 1 FROM process_instance own WHERE own.instance_id = t.instance_id AND own.started_by = @user))";

    /// <summary>
    /// One condition on <c>user_task t</c> for each way in which an open task can name
    /// the caller, none of them twice; the parameters, but for <c>@user</c>, are added.
    /// </summary>
    public static List<string> OpenTasksOf(Caller caller, DynamicParameters arguments)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(arguments);
        var parts = new List<string> { "t.assignee = @user AND t.state = 'open' AND t.assignee IS NOT NULL" }; // ix_task_assignee
        foreach (var (n, post) in caller.PostsOf(Roles.Acting).Index())
        {
            arguments.Add($"office{n}", post.Office);
            arguments.Add($"role{n}", post.Role);
            var waiting = $"t.office = @office{n} AND t.role = @role{n} AND t.state = 'open'";
            if (post.ByOrder.IsEmpty)
            {
                parts.Add($"{waiting} AND t.assignee IS NULL"); // ix_task_role
                continue;
            }

            parts.Add(
                $"{waiting} AND t.assignee IS NULL{PostByOrder.Within(post.ByOrder, "t.definition_key", $"scope{n}", arguments)} "
                    + $"AND {NotAskedFor}"); // ix_task_role
            foreach (var (h, holder) in post.ByOrder.Where(o => o.Order.Holder is not null).GroupBy(o => o.Order.Holder).Index())
            {
                arguments.Add($"holder{n}_{h}", holder.Key);
                // What the holder has taken and left behind; ix_task_assignee.
                parts.Add(
                    $"{waiting} AND t.assignee = @holder{n}_{h} AND t.assignee IS NOT NULL "
                        + $"AND NOT t.personal{PostByOrder.Within([.. holder], "t.definition_key", $"scope{n}_{h}", arguments)} "
                        + $"AND {NotAskedFor}");
            }
        }

        return parts;
    }

    static readonly string[] Overseers = [Roles.Auditor, .. Permissions.Supervising];

    /// <summary>
    /// A task is seen by those whom it names, and by those who oversee the office: its auditors, and its superiors, who give it to somebody
    /// else.
    /// </summary>
    public async Task<Outcome<VisibleTask>> FindAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        TaskRow? row;
        await using (var connection = await database.OpenAsync(ct))
            row = await connection.QuerySingleOrDefaultAsync<TaskRow>(
                $"SELECT {Columns} FROM user_task t WHERE t.task_id = @id", new { id });
        if (row is null || (!caller.BelongsTo(row.Office) && row.Assignee != caller.UserId))
            return new TaskNotFound(id);
        var named = row.Assignee == caller.UserId
            || row.ClosedBy == caller.UserId
            || caller.Holds(row.Role, row.Office)
            || caller.SitsIn(row.Role, row.Office, row.DefinitionKey);
        var oversees = Overseers.Any(role => caller.Holds(role, row.Office) || caller.SitsIn(role, row.Office, row.DefinitionKey));
        if (!named && !oversees)
            return new NotAllowed("see", [row.Role, .. Overseers]);
        return await cases.FindAsync(row.InstanceId, caller, ct) is { } one
            ? new VisibleTask(row, one.Definition, one.State, await calendars.KindOfAsync(row.Office))
            : new TaskNotFound(id);
    }

    /// <summary>Why a task is due when it is.</summary>
    public async Task<DeadlineExplained> ExplainAsync(VisibleTask task, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(task);
        var (row, definition) = (task.Row, task.Definition);
        if (row.DeadlineId is not { } deadlineId)
            return DeadlineExplained.NoneStated(row.TaskId, task.Step.DeadlineStated);

        var (clock, use) = await ClockAsync(row.InstanceId, deadlineId, ct);
        var set = clock.Select(e => e.Event).OfType<DeadlineSet>().Single();
        var calendar = await calendars.AsOfAsync(row.Office, DeadlineExplained.TermsOf(clock).CalendarVersion, ct);
        var leader = definition.FindStep(set.StepId);
        var shared = definition.Steps.Where(s => definition.ClockOf(s).Id == leader?.Id && s.Id != leader.Id).Select(s => s.Id).ToList();
        return DeadlineExplained.Of(
            row.TaskId, clock, calendar, leader?.DeadlineStated, shared.Count == 0 ? null : [leader!.Id, .. shared], use) with
        {
            MovedByCalendarChange = row.AwaitsConfirmation,
        };
    }

    /// <summary>Everything that happened to a clock, and the tasks that it timed.</summary>
    async Task<(IReadOnlyList<RecordedEvent> Events, IReadOnlyList<ClockUse> Use)> ClockAsync(
        Guid instanceId, Guid deadlineId, CancellationToken ct)
    {
        // Indexes: the primary key of audit_event, ix_task_instance; bounded by one case.
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<EventRow>(
            """
            SELECT sequence, type, at, payload
            FROM audit_event
            WHERE instance_id = @instanceId AND type IN ('DeadlineSet', 'DeadlinePaused', 'DeadlineMoved', 'DeadlineClosed')
            ORDER BY sequence
            """,
            new { instanceId });
        var events = rows.Select(r => new RecordedEvent(r.Sequence, r.At, null, EventTypes.Read(r.Type, r.Payload)))
            .Where(e => IdOf(e.Event) == deadlineId)
            .ToList();
        var use = await connection.QueryAsync<ClockUse>(
            """
            SELECT task_id, step_id, attempt, assignee, created_at, closed_at
            FROM user_task
            WHERE instance_id = @instanceId AND deadline_id = @deadlineId
            ORDER BY created_at, task_id
            """,
            new { instanceId, deadlineId });
        return (events, use.AsList());

        static Guid? IdOf(ProcessEvent e) => e switch
        {
            DeadlineSet d => d.DeadlineId,
            DeadlinePaused d => d.DeadlineId,
            DeadlineMoved d => d.DeadlineId,
            DeadlineClosed d => d.DeadlineId,
            _ => null,
        };
    }

    sealed record EventRow
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Payload { get; init; } = "";
    }
}

/// <summary>A row of user_task.</summary>
public record TaskRow
{
    public Guid TaskId { get; init; }
    public Guid InstanceId { get; init; }
    public string Office { get; init; } = "";
    public string DefinitionKey { get; init; } = "";
    public int DefinitionVersion { get; init; }
    public string StepId { get; init; } = "";
    public string State { get; init; } = "";
    public string? Outcome { get; init; }
    public int Attempt { get; init; }
    public string Role { get; init; } = "";
    public Guid? Assignee { get; init; }
    public int? Level { get; init; }
    public string? Item { get; init; }
    public bool Paused { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public Guid? ClosedBy { get; init; }
    public Guid? DeadlineId { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset DueOrder { get; init; }
    public int Revision { get; init; }
    public bool Provisional { get; init; }
    public bool AwaitsConfirmation { get; init; }
    public Priority? Priority { get; init; }
    public string? CapacityKind { get; init; }
    public string? CapacityOrder { get; init; }

    /// <summary><c>rejected</c> or <c>returned</c>: it came because of that. Null for others, and for what came before this was kept.
    /// </summary>
    public string? SentBack { get; init; }

    public string? SentBackReason { get; init; }

    /// <summary>By what right it was decided; null while it is open, and when nobody decided.</summary>
    public CapacityView? Capacity(OfficeKind kind) => ClosedBy is null ? null : CapacityView.Of(Role, CapacityKind, CapacityOrder, kind);

    public UserTaskView ToView(ProcessDefinition definition, OfficeKind kind) => UserTaskView.Of(
        definition, TaskId, InstanceId, Office, StepId, State, Outcome, Attempt, Role, Assignee, CreatedAt, ClosedAt, ClosedBy, DueAt,
        Revision) with
    {
        Level = Level,
        StepNumber = UserTaskView.NumberOf(definition, StepId, Level),
        Item = Item,
        Paused = Paused,
        Provisional = Provisional,
        MovedByCalendarChange = AwaitsConfirmation,
        Priority = Priority,
        Capacity = Capacity(kind),
    };
}
