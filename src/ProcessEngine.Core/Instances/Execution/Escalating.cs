using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>Takes the rungs whose moment has come.</summary>
static class Escalating
{
    /// <summary>A rung taken later than this after its moment is marked late: the sweep was not running.</summary>
    static readonly TimeSpan SweepTolerance = TimeSpan.FromMinutes(5);

    public static void TakeDueRungs(CaseUpdate update)
    {
        var now = update.Moment.Now;
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.IsHeld || WakesItsList(update, clock))
                continue;
            for (var i = clock.RungsTaken; i < clock.Rungs.Length && clock.Rungs[i].At < now; i++)
                update.Add(Taken(update, clock, i));
        }
    }

    /// <summary>The rung at the deadline wakes the list that goes on then; nobody is told that it is overdue.</summary>
    static bool WakesItsList(CaseUpdate update, OpenDeadline clock) =>
        update.State.IsRunning && clock.Terms.DueAt < update.Moment.Now
        && DeadlineClocks.GoesOnAtDeadline(update, clock) && update.State.FindGroup(clock.StepId) is not null;

    static RungTaken Taken(CaseUpdate update, OpenDeadline clock, int index)
    {
        var (rung, now) = (clock.Rungs[index], update.Moment.Now);
        var superseded = false;
        for (var later = index + 1; later < clock.Rungs.Length && clock.Rungs[later].At < now; later++)
            superseded |= clock.Rungs[later].ToRole == rung.ToRole;
        var (task, id, dueAt, late) = (TaskOf(update, clock), clock.DeadlineId, clock.Terms.DueAt, now - rung.At > SweepTolerance);
        return rung.Kind switch
        {
            RungKind.Reminder => new TaskReminded(task, id, dueAt, rung.At, late, superseded),
            RungKind.Overdue => new TaskOverdue(task, id, dueAt, rung.At, late, superseded),
            RungKind.Supervisor => Escalated(level: 1),
            RungKind.Director => Escalated(level: 2),
        };

        TaskEscalated Escalated(int level) =>
            new(task, id, dueAt, rung.At, late, superseded, level, rung.ToRole ?? Roles.Director);
    }

    static Guid? TaskOf(CaseUpdate update, OpenDeadline clock)
    {
        foreach (var task in update.State.OpenTasks)
        {
            if (task.DeadlineId == clock.DeadlineId || (clock.StepId.Length > 0 && task.StepId == clock.StepId))
                return task.TaskId;
        }

        return null;
    }
}
