using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances;

/// <summary>What somebody is told because of an event. Stored with the event; delivered later, at least once, under a stable id.</summary>
/// <param name="Id">Derived from the event, so that a repeated delivery can be recognised.</param>
/// <param name="ToRole">Everyone who holds this role in the office of the case …</param>
/// <param name="ToUser">… or one person.</param>
public sealed record Notice(Guid Id, string Kind, Guid? TaskId, string? ToRole, Guid? ToUser)
{
    /// <summary>The notices that an event owes.</summary>
    /// <param name="state">The state after the event.</param>
    public static IReadOnlyList<Notice> For(ProcessState state, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded.Event switch
        {
            TaskOpened e => [Of("task-opened", e.TaskId, e.Assignee is null ? e.Role : null, e.Assignee)],
            TaskReassigned e => [Of("task-reassigned", e.TaskId, null, e.To)],
            TaskReminded { Superseded: false } e => ToHolders("task-reminder", e.DeadlineId),
            TaskOverdue { Superseded: false } e => ToHolders("task-overdue", e.DeadlineId),
            TaskEscalated { Superseded: false } e => [Of("task-escalated", e.TaskId, e.ToRole, null)],
            DeadlineMoved e => ToHolders("deadline-moved", e.DeadlineId),
            IncidentRaised => [Of("incident", null, Roles.Administrator, null)],
            InstanceCompleted => [Of("instance-completed", null, null, state.StartedBy)],
            InstanceCancelled => [Of("instance-cancelled", null, null, state.StartedBy)],
            InstanceSuspended => [Of("instance-suspended", null, null, state.StartedBy)],
            _ => [],
        };

        Notice Of(string kind, Guid? taskId, string? role, Guid? user, int index = 0) =>
            new(DerivedId.Of(state.InstanceId, recorded.Sequence, (byte)'n', recorded.At, index), kind, taskId, role, user);

        // Everybody whose open task the clock times; of the clock of the whole procedure, who started the case.
        List<Notice> ToHolders(string kind, Guid clock)
        {
            var notices = new List<Notice>();
            foreach (var task in state.OpenTasks)
            {
                if (task.DeadlineId == clock)
                    notices.Add(Of(kind, task.TaskId, task.Assignee is null ? task.Role : null, task.Assignee, notices.Count));
            }

            if (state.FindOpenDeadline(clock) is { StepId: "" })
                notices.Add(Of(kind, null, null, state.StartedBy));
            return notices;
        }
    }
}
