using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Whoever has just decided a task, given it to somebody else, or governed a case, takes it back.</summary>
public static class Undoing
{
    /// <summary>How long somebody may take back what they decided. Nobody outside is told of it before.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    internal static Decision Undo(CaseExecution execution, TakeBack command)
    {
        var (history, at) = (command.History, command.DecidedAt);
        var task = (command as UndoAct)?.TaskId;
        // What was decided is closed; what was given away is open still.
        if (at < 0 || (task is { } id && execution.State.FindOpenTask(id) is null == history[at].Event is TaskReassigned))
            return new ActionNotPossible("undo", execution.State.Status);
        var (act, before) = (history[at], ProcessState.Replay(history[..at]));
        if (act.Actor != command.By.UserId)
            return new NotAllowed("undo", []);
        // Of a decision its own event is what is taken back; of an act on a case, each.
        foreach (var later in history.AsSpan()[(task is null ? at : at + 1)..])
        {
            if (later.Actor != act.Actor || later.At != act.At)
                return new ActFollowed(later.Actor, later.At);
            if (!IsReversible(later.Event, before) && !(task is null && Governs(later)))
                return new NotReversible(task);
        }

        if (execution.Moment.Now - act.At > Within)
            return new UndoTooLate(act.At, (int)Within.TotalSeconds);
        if (command.IsKnownOutside)
            return new NotReversible(task);
        execution.Add(new ActUndone(task, act.Sequence, execution.State.Revision, act.At, before)
        {
            Capacity = history[at..].Select(e => e.Event.Capacity).FirstOrDefault(capacity => capacity is not null),
        });
        return Decision.AsItStands(execution);
    }

    /// <summary>Whether an act on a case as a whole that led to these changes could be taken back, if nobody goes on from it.</summary>
    public static bool CanTakeBack(ProcessState before, IEnumerable<RecordedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var all = events.ToList();
        return all.Exists(Governs) && all.TrueForAll(e => Governs(e) || IsReversible(e.Event, before));
    }

    /// <summary>
    /// What somebody does to a case as a whole that lives in the case alone. Not what stops and moves clocks: that has its own way back.
    /// </summary>
    internal static bool Governs(RecordedEvent recorded) =>
        recorded.Event is InstanceCancelled or InstanceMoved or InstanceReopened or VariablesChanged;

    /// <summary>What may follow from a decision and be undone with it: what lives in the case alone, and no act of anybody.</summary>
    static bool IsReversible(ProcessEvent e, ProcessState before) => e switch
    {
        TaskOpened or TaskCancelled or TaskGroupOpened or TaskGroupClosed or DecisionTaken or AnswersCleared => true,
        BranchArrived or BranchesJoined or BranchUndone or BranchEnded => true,
        DeadlineSet or DeadlineClosed or IncidentRaised { Call: null } or InstanceCompleted => true,
        WaitStarted w => w.Call is null,
        // A case that was not waited for any more may have ended meanwhile, and told nobody.
        WaitCancelled w => before.Waits.All(known => known.WaitId != w.WaitId || known.Call is null),
        // What nobody has thought of yet stays done: that is the safe side.
        _ => false,
    };
}
