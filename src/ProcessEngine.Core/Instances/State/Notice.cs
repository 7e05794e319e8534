using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>What somebody is told because of an event. Stored with the event; delivered later, at least once, under a stable id.</summary>
/// <param name="Id">Derived from the event, so that a repeated delivery can be recognised.</param>
/// <param name="ToRole">Everyone who holds this role in the office of the case …</param>
/// <param name="ToUser">… or one person.</param>
public sealed record Notice(Guid Id, string Kind, Guid? TaskId, string? ToRole, Guid? ToUser)
{
    /// <summary>Of work that was rejected or sent back: why; null where nobody had to say so (a committee), and for all else.</summary>
    public string? Reason { get; init; }

    /// <summary>The notices that the changes of one decision owe, each with its change.</summary>
    public static IEnumerable<(StateChange Change, Notice Notice)> OfDecision(IEnumerable<StateChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ProcessEvent? refusal = null;
        foreach (var change in changes)
        {
            refusal = RefusalIn(change.Recorded.Event) ?? refusal;
            foreach (var notice in For(change.After, change.Recorded, refusal))
                yield return (change, notice);
        }
    }

    /// <summary>The event, when it refuses what was proposed: whatever opens in the same decision follows from it.</summary>
    public static ProcessEvent? RefusalIn(ProcessEvent e) =>
        e is TaskRejected or TaskReturned or TaskGroupClosed { Port: Ports.Reject } ? e : null;

    /// <summary>The notices that an event owes.</summary>
    /// <param name="state">The state after the event.</param>
    /// <param name="refusal">What refused the proposal in the same decision, before the event; null when nothing did.</param>
    public static IReadOnlyList<Notice> For(ProcessState state, RecordedEvent recorded, ProcessEvent? refusal = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(recorded);
        // Whoever asked from outside has no account to be told by: they are told on their own page.
        var owner = state.StartedBy == Outside.Id ? null : state.StartedBy;
        return recorded.Event switch
        {
            TaskOpened e => [Opened(e)],
            TaskReassigned e => [Of(NoticeKinds.TaskReassigned, e.TaskId, null, e.To)],
            // By the service: whoever had taken it has left. Whoever gives a task back themselves is seen doing so.
            TaskReleased e when recorded.Actor is null && state.FindOpenTask(e.TaskId) is { } task =>
                [Of(NoticeKinds.TaskReturned, e.TaskId, task.Role, null)],
            // The case, not the task: everybody of the office may look at it.
            CommentAdded { Mentioned: { } people } =>
                [.. people.Index().Where(p => p.Item != recorded.Actor).Select(
                    p => Of(NoticeKinds.Mentioned, null, null, p.Item, p.Index))],
            TaskReminded { Superseded: false } e => ToHolders(NoticeKinds.TaskReminder, e.DeadlineId),
            TaskOverdue { Superseded: false } e => ToHolders(NoticeKinds.TaskOverdue, e.DeadlineId),
            TaskEscalated { Superseded: false } e => [Of(NoticeKinds.TaskEscalated, e.TaskId, e.ToRole, null)],
            DeadlineMoved { Cause: MoveCause.CalendarChanged } e when e.From == e.Terms.DueAt => [],
            DeadlineMoved e => Moved(e),
            IncidentRaised => [Of(NoticeKinds.Incident, null, Roles.Administrator, null)],
            InstanceCompleted => [Of(NoticeKinds.InstanceCompleted, null, null, owner)],
            InstanceCancelled => [Of(NoticeKinds.InstanceCancelled, null, null, owner)],
            InstanceSuspended => [Of(NoticeKinds.InstanceSuspended, null, null, owner)],
            InstanceStarted or InstanceResumed or InstanceReopened or InstanceMoved or InstanceMigrated => [],
            VariablesChanged or AnswersCleared => [],
            PriorityChanged or FileAttached or FileWithdrawn or ContentRedacted or ServiceRated => [],
            CommentAdded or ActUndone or CaseHandedOver => [],
            TaskContinued e when (recorded.Actor is null || Outside.Is(recorded.Actor)) && state.FindOpenTask(e.TaskId) is { } answered =>
                [Of(NoticeKinds.QuestionSettled, e.TaskId, answered.Assignee is null ? answered.Role : null, answered.Assignee)],
            TaskClaimed or TaskReleased or TaskPaused or TaskContinued or TaskCancelled or TaskTimedOut => [],
            TaskCompleted or TaskApproved or TaskRejected or TaskReturned or TaskFailed or VoteCast => [],
            TaskGroupOpened or TaskGroupClosed or DecisionTaken => [],
            BranchArrived or BranchesJoined or BranchUndone or BranchEnded or WaitStarted or WaitEnded => [],
            WaitCancelled or WaitPaused or WaitContinued => [],
            DeadlineSet or DeadlinePaused or DeadlineConfirmed or DeadlineClosed => [],
            RungTaken { Superseded: true } => [],
            _ => throw UnknownKind.Of(recorded.Event),
        };

        Notice Opened(TaskOpened e)
        {
            var (kind, reason) = refusal switch
            {
                TaskRejected r => (NoticeKinds.WorkRejected, r.Comment),
                TaskReturned r => (NoticeKinds.WorkSentBack, r.Comment),
                TaskGroupClosed => (NoticeKinds.WorkRejected, null),
                _ => (NoticeKinds.TaskOpened, null),
            };
            return Of(kind, e.TaskId, e.Assignee is null ? e.Role : null, e.Assignee) with { Reason = reason };
        }

        // By the calendar, the owner of the case is told, too; and whoever has to say whether a moment in the past counts.
        List<Notice> Moved(DeadlineMoved e)
        {
            var notices = ToHolders(NoticeKinds.DeadlineMoved, e.DeadlineId);
            if (e.Cause != MoveCause.CalendarChanged)
                return notices;
            if (owner is { } starter && notices.TrueForAll(n => n.ToUser != starter))
                notices.Add(Of(NoticeKinds.DeadlineMoved, notices.Count == 0 ? null : notices[0].TaskId, null, starter, notices.Count));
            if (e.AwaitsConfirmation)
            {
                var supervisor = e.Rungs.FirstOrDefault(r => r.Kind == RungKind.Supervisor)?.ToRole ?? Roles.Director;
                notices.Add(
                    Of(NoticeKinds.DeadlineToConfirm, notices.Count == 0 ? null : notices[0].TaskId, supervisor, null, notices.Count));
            }

            return notices;
        }

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
                notices.Add(Of(kind, null, null, owner));
            return notices;
        }
    }
}
