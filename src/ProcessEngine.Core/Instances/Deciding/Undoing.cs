using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Whoever has just decided a task takes it back.</summary>
public static class Undoing
{
    /// <summary>How long somebody may take back what they decided. Nobody outside is told of it before.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    internal static Decision Undo(CaseExecution execution, UndoAct command)
    {
        var (history, at) = (command.History, command.DecidedAt);
        if (at < 0 || execution.State.FindOpenTask(command.TaskId) is not null)
            return new ActionNotPossible("undo", execution.State.Status);
        var (act, before) = (history[at], ProcessState.Replay(history[..at]));
        if (act.Actor != command.By.UserId)
            return new NotAllowed("undo", []);
        foreach (var later in history.AsSpan()[(at + 1)..])
        {
            if (later.Actor != act.Actor || later.At != act.At)
                return new ActFollowed(later.Actor, later.At);
            if (!IsReversible(later.Event, before))
                return new NotReversible(command.TaskId);
        }

        if (execution.Moment.Now - act.At > Within)
            return new UndoTooLate(act.At, (int)Within.TotalSeconds);
        if (command.IsKnownOutside)
            return new NotReversible(command.TaskId);
        execution.Add(
            new ActUndone(command.TaskId, act.Sequence, execution.State.Revision, act.At, before) { Capacity = act.Event.Capacity });
        return Decision.AsItStands(execution);
    }

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
