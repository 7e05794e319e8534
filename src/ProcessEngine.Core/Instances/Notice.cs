namespace ProcessEngine.Core.Instances;

/// <summary>What somebody is told because of an event. Stored with the event; delivered later, at least once, under a stable id.</summary>
/// <param name="Id">Derived from the event, so that a repeated delivery can be recognised.</param>
/// <param name="ToRole">Everyone who holds this role in the office of the case …</param>
/// <param name="ToUser">… or one person.</param>
public sealed record Notice(Guid Id, string Kind, Guid? TaskId, string? ToRole, Guid? ToUser)
{
    /// <summary>The notice that an event owes; null when it owes none.</summary>
    /// <param name="state">The state after the event.</param>
    public static Notice? For(ProcessState state, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded.Event switch
        {
            TaskOpened e => Of("task-opened", e.TaskId, e.Role, null),
            TaskReassigned e => Of("task-reassigned", e.TaskId, null, e.To),
            TaskReminded { Superseded: false } e => ToHolder("task-reminder", e.TaskId),
            TaskOverdue { Superseded: false } e => ToHolder("task-overdue", e.TaskId),
            TaskEscalated { Superseded: false } e => Of("task-escalated", e.TaskId, e.ToRole, null),
            InstanceCompleted => Of("instance-completed", null, null, state.StartedBy),
            InstanceCancelled => Of("instance-cancelled", null, null, state.StartedBy),
            _ => null,
        };

        Notice Of(string kind, Guid? taskId, string? role, Guid? user) =>
            new(DerivedId.Of(state.InstanceId, recorded.Sequence, (byte)'n', recorded.At), kind, taskId, role, user);

        Notice? ToHolder(string kind, Guid taskId) => state.FindOpenTask(taskId) is { } task
            ? Of(kind, taskId, task.Assignee is null ? task.Role : null, task.Assignee)
            : null;
    }
}
