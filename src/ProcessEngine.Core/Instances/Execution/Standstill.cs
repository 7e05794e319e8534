using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>
/// One pause, all clocks of that work: limits and timers stand still together while a case is suspended or the work waits for an outsider,
/// and go on together with as much time left as they had. Who pauses and who continues calls this and nothing else.
/// </summary>
static class Standstill
{
    /// <summary>The case is suspended: everything stands still.</summary>
    public static void PauseAll(CaseUpdate update, string? comment)
    {
        foreach (var clock in update.State.OpenDeadlines)
            Pause(update, clock, PauseReason.Suspended, comment);
        foreach (var wait in update.State.Waits)
            Pause(update, wait, PauseReason.Suspended);
    }

    /// <summary>Whatever times only tasks that wait for an outsider stands still.</summary>
    public static void PauseThoseThatWait(CaseUpdate update, string? comment)
    {
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (AllTasksWait(update, clock))
                Pause(update, clock, PauseReason.WaitsForOutsider, comment);
        }

        foreach (var wait in update.State.Waits)
        {
            if (AllTasksWait(update, wait))
                Pause(update, wait, PauseReason.WaitsForOutsider);
        }
    }

    /// <summary>What stands still runs again, but for what times only tasks that wait for an outsider.</summary>
    public static void Continue(CaseUpdate update, string? comment)
    {
        var moment = update.Moment;
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.PausedAt is { } since && !AllTasksWait(update, clock))
            {
                var terms = ClockArithmetic.Continued(clock.Terms, since, moment.Now, moment.Calendar);
                DeadlineClocks.Move(update, clock, terms, MoveCause.Continued, comment);
            }
        }

        foreach (var wait in update.State.Waits)
        {
            if (wait is { PausedAt: { } since, Until: { } until } && !AllTasksWait(update, wait))
                Continue(update, wait, since, until);
        }
    }

    static void Continue(CaseUpdate update, OpenWait wait, DateTimeOffset since, DateTimeOffset until)
    {
        var (at, lastDay) = (until, wait.LastDay);
        if (since < until && Waits.RuleOf(update.Definition, wait) is { } rule)
        {
            (at, var last) = ClockArithmetic.Later(
                rule, until, lastDay ?? BangkokTime.DateOf(until), since, update.Moment.Now, update.Moment.Calendar);
            lastDay = lastDay is null ? null : last;
        }

        update.Add(new WaitContinued(wait.WaitId, until, at) { LastDay = lastDay });
    }

    static void Pause(CaseUpdate update, OpenDeadline clock, PauseReason reason, string? comment)
    {
        if (clock.PausedAt is null && ClocksPause(update, clock.StepId))
            update.Add(new DeadlinePaused(clock.DeadlineId, reason, comment));
    }

    /// <summary>A wait for a given date does not stand still: the date comes. It only ends nothing while the case is suspended.</summary>
    static void Pause(CaseUpdate update, OpenWait wait, PauseReason reason)
    {
        if (wait is { PausedAt: null, Until: not null } && ClocksPause(update, wait.NodeId)
            && Waits.RuleOf(update.Definition, wait) is { NeedsDate: false } and not Window)
            update.Add(new WaitPaused(wait.WaitId, reason));
    }

    static bool ClocksPause(CaseUpdate update, string nodeId) => update.Definition.FindStep(nodeId)?.ClockPauses ?? true;

    static bool AllTasksWait(CaseUpdate update, OpenDeadline clock)
    {
        // What whoever asked was promised: not while all of the work waits for them.
        if (clock.StepId.Length == 0)
        {
            return update.Definition.Public is { StopsWhileWaiting: true } && !update.State.OpenTasks.IsEmpty
                && update.State.OpenTasks.All(t => t.Paused);
        }

        var any = false;
        foreach (var task in update.State.OpenTasks)
        {
            if (!DeadlineClocks.Times(clock, task))
                continue;
            if (!task.Paused)
                return false;
            any = true;
        }

        return any;
    }

    static bool AllTasksWait(CaseUpdate update, OpenWait wait)
    {
        if (wait.Kind is not (WaitKind.Interrupting or WaitKind.Beside))
            return false;
        var any = false;
        foreach (var task in update.State.OpenTasks)
        {
            if (task.StepId != wait.NodeId)
                continue;
            if (!task.Paused)
                return false;
            any = true;
        }

        return any;
    }
}
