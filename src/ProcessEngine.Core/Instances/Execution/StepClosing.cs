using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>What ends when a step is left, when work goes back to before it, and when nothing of the case goes on.</summary>
static class StepClosing
{
    /// <summary>The port by which a group of tasks is closed that is undone.</summary>
    const string Undone = "Undone";

    /// <summary>A step is left for good: its other tasks, its timers and its own clocks end.</summary>
    /// <param name="onTo">Where the work goes next, where that is a single step: steps that share a clock hand it on.</param>
    public static void Close(CaseUpdate update, string stepId, string port, Step? onTo)
    {
        CancelTasks(update, stepId);
        CloseGroup(update, stepId, port);
        foreach (var wait in update.State.Waits)
        {
            if (wait.NodeId == stepId)
                Waits.Cancel(update, wait);
        }

        DeadlineClocks.CloseOf(update, stepId, onTo);
    }

    /// <summary>A level is passed or sent down: its own clock ends, that of the whole step goes on.</summary>
    public static void CloseLevel(CaseUpdate update, Step step, OpenTask task)
    {
        if (step.Levels[(task.Level ?? 1) - 1].Deadline is not null && task.DeadlineId is { } id
            && update.State.FindOpenDeadline(id) is { } clock)
            DeadlineClocks.Close(update, clock);
    }

    public static void CancelTasks(CaseUpdate update, string stepId)
    {
        foreach (var task in update.State.OpenTasks)
        {
            if (task.StepId == stepId)
                update.Add(new TaskCancelled(task.TaskId));
        }
    }

    public static void CloseGroup(CaseUpdate update, string stepId, string port, bool byChair = false)
    {
        if (update.State.FindGroup(stepId) is { } group)
        {
            update.Add(new TaskGroupClosed(
                stepId, port, group.Count(Vote.Approve), group.Count(Vote.Reject), group.Count(Vote.Abstain),
                group.Size - group.Answers.Length, byChair));
        }
    }

    /// <summary>Work goes back to a step: everything that runs in or after it is undone.</summary>
    public static void UndoAfter(CaseUpdate update, string stepId)
    {
        if (update.State.Rests)
        {
            var after = update.Definition.Graph.After(stepId);
            Abandon(update, after.Contains, everyClock: false);
        }
    }

    /// <summary>Nothing of the case goes on.</summary>
    public static void AbandonAll(CaseUpdate update) => Abandon(update, _ => true, everyClock: true);

    static void Abandon(CaseUpdate update, Func<string, bool> node, bool everyClock)
    {
        foreach (var task in update.State.OpenTasks.Where(t => node(t.StepId)))
            update.Add(new TaskCancelled(task.TaskId));
        foreach (var group in update.State.Groups.Where(g => node(g.StepId)))
            CloseGroup(update, group.StepId, Undone);
        foreach (var wait in update.State.Waits.Where(w => node(w.NodeId)))
            Waits.Cancel(update, wait);
        foreach (var arrival in update.State.Arrivals.Where(a => node(a.From)))
            update.Add(new BranchUndone(arrival.JoinId, arrival.From, arrival.Port));
        foreach (var clock in update.State.OpenDeadlines.Where(d => d.StepId.Length > 0 && (everyClock || node(d.StepId))))
            DeadlineClocks.CancelUnlessUsed(update, clock);
    }
}
