using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>When the clocks of a case start, move, stand still and stop.</summary>
static class DeadlineClocks
{
    // Starting -------------------------------------------------------------------------------------------------------------------------

    /// <summary>A clock of its own for each pass through a step; steps that share their time join the clock that runs.</summary>
    /// <returns>The clock that times the step; null when no limit is stated, or its date is not known yet.</returns>
    public static Guid? Start(CaseUpdate update, Step step, int attempt)
    {
        var leader = update.Definition.ClockOf(step);
        if (leader.Id != step.Id && LastOf(update, leader.Id) is { } running)
            return running.DeadlineId;

        var (rule, source) = leader.Deadline is { } stated ? (stated, DeadlineSource.Manual)
            : update.Moment.OfficeDeadlines.TryGetValue(leader.Id, out var own) ? (own, DeadlineSource.Office)
            : (null, default);
        if (rule is null)
            return null;
        var date = rule.NeedsDate && leader.DeadlineDateFrom is { } from ? CaseData.Date(update.State, from) : null;
        return rule.NeedsDate && date is null
            ? null
            : Set(update, leader.Id, attempt, rule, source, date, leader.Escalation, SupervisorOf(leader), WaitingFor(update, leader));
    }

    /// <summary>The limit of the whole procedure.</summary>
    public static void StartForProcedure(CaseUpdate update)
    {
        if (update.Definition.Deadline is { } rule)
            Set(update, "", 1, rule, DeadlineSource.Manual, null, update.Definition.Escalation, Roles.Director);
    }

    public static Guid Set(
        CaseUpdate update, string stepId, int attempt, DeadlineRule rule, DeadlineSource source, DateOnly? date,
        EscalationPolicy escalation, string supervisor, ImmutableArray<Guid>? alsoTimes = null)
    {
        var moment = update.Moment;
        var terms = ClockArithmetic.Terms(rule, source, moment.Now, date, moment.Calendar);
        var id = update.NextId('d');
        var rungs = escalation.RungsFor(moment.Now, terms.DueAt, supervisor, moment.Calendar);
        update.Add(new DeadlineSet(id, stepId, attempt, terms, rungs) { AlsoTimes = alsoTimes });
        return id;
    }

    /// <summary>The first clock of a step that runs; null when none does.</summary>
    public static OpenDeadline? RunningOf(CaseUpdate update, string stepId)
    {
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId == stepId)
                return clock;
        }

        return null;
    }

    static OpenDeadline? LastOf(CaseUpdate update, string stepId)
    {
        OpenDeadline? last = null;
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId == stepId)
                last = clock;
        }

        return last;
    }

    /// <summary>Open tasks of steps that share a clock which does not run yet; null when there are none.</summary>
    static ImmutableArray<Guid>? WaitingFor(CaseUpdate update, Step leader)
    {
        if (!update.Definition.SharesItsClock(leader.Id))
            return null;
        var waiting = ImmutableArray.CreateBuilder<Guid>();
        foreach (var task in update.State.OpenTasks)
        {
            if (task.DeadlineId is null && task.StepId != leader.Id
                && update.Definition.FindStep(task.StepId)?.DeadlineSharedWith == leader.Id)
                waiting.Add(task.TaskId);
        }

        return waiting.Count == 0 ? null : waiting.DrainToImmutable();
    }

    // Stopping -------------------------------------------------------------------------------------------------------------------------

    public static void Close(CaseUpdate update, OpenDeadline clock) =>
        update.Add(new DeadlineClosed(clock.DeadlineId, ResultOf(update, clock)));

    /// <summary>A step is left: its clocks stop, but for one that goes on with the steps that share it.</summary>
    /// <param name="onTo">Where the work goes next, where that is a single step.</param>
    public static void CloseOf(CaseUpdate update, string stepId, Step? onTo)
    {
        var shared = update.Definition.SharesItsClock(stepId);
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId == stepId && (!shared || (LeavesClock(update, stepId, onTo) && !IsUsed(update, clock))))
                Close(update, clock);
        }

        if (update.Definition.FindStep(stepId) is not { DeadlineSharedWith: { } leader } || !LeavesClock(update, leader, onTo))
            return;
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId == leader && !HasTask(update, clock))
                Close(update, clock);
        }
    }

    /// <summary>Whoever asked has been served; what follows is the office's own.</summary>
    public static void CloseThatOfProcedure(CaseUpdate update)
    {
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId.Length == 0)
                Close(update, clock);
        }
    }

    public static void CloseAll(CaseUpdate update)
    {
        foreach (var clock in update.State.OpenDeadlines)
            Close(update, clock);
    }

    public static void CancelAll(CaseUpdate update)
    {
        foreach (var clock in update.State.OpenDeadlines)
            update.Add(new DeadlineClosed(clock.DeadlineId, DeadlineResult.Cancelled));
    }

    public static void CancelUnlessUsed(CaseUpdate update, OpenDeadline clock)
    {
        if (!HasTask(update, clock))
            update.Add(new DeadlineClosed(clock.DeadlineId, DeadlineResult.Cancelled));
    }

    public static void CloseUnused(CaseUpdate update)
    {
        foreach (var clock in update.State.OpenDeadlines)
        {
            if (clock.StepId.Length > 0 && !IsUsed(update, clock))
                Close(update, clock);
        }
    }

    /// <summary>
    /// A shared clock goes on with the steps that share it. Where the next box is not a step, it is not known yet;
    /// then the clock is stopped when all branches have moved, if nobody needs it.
    /// </summary>
    static bool LeavesClock(CaseUpdate update, string leader, Step? onTo) =>
        onTo is not null && (onTo.Id == leader || update.Definition.ClockOf(onTo).Id != leader);

    /// <summary>
    /// A list that goes on at its deadline is not late at it: that is when it was to go on. Steps that share its time may be.
    /// </summary>
    static DeadlineResult ResultOf(CaseUpdate update, OpenDeadline clock)
    {
        var result = ClockArithmetic.ResultAt(clock, update.Moment.Now);
        return result == DeadlineResult.Late && GoesOnAtDeadline(update, clock) && !update.Definition.SharesItsClock(clock.StepId)
            ? DeadlineResult.Within
            : result;
    }

    public static bool GoesOnAtDeadline(CaseUpdate update, OpenDeadline clock) =>
        update.Definition.FindStep(clock.StepId) is { ForEach.GoOn: GoOnRule.Deadline };

    static bool HasTask(CaseUpdate update, OpenDeadline clock)
    {
        foreach (var task in update.State.OpenTasks)
        {
            if (task.DeadlineId == clock.DeadlineId)
                return true;
        }

        return false;
    }

    static bool IsUsed(CaseUpdate update, OpenDeadline clock)
    {
        foreach (var task in update.State.OpenTasks)
        {
            if (Times(clock, task))
                return true;
        }

        return false;
    }

    /// <summary>A clock times its tasks; that of an approval with levels all of them, also while a level has a clock of its own.</summary>
    internal static bool Times(OpenDeadline clock, OpenTask task) =>
        task.DeadlineId == clock.DeadlineId || (task.StepId == clock.StepId && task.Level is not null);

    // Moving ---------------------------------------------------------------------------------------------------------------------------

    public static void Extend(CaseUpdate update, OpenDeadline clock, DeadlineRule by, string reason, Capacity? capacity)
    {
        var terms = ClockArithmetic.Extended(clock.Terms, by, update.Moment.Calendar);
        update.Add(Moved(update, clock, terms, ScheduleOf(update, clock, terms), MoveCause.Extended, reason) with
        {
            ExtendedBy = by,
            Capacity = capacity,
        });
    }

    /// <summary>Every running clock by the calendar of this moment; those for which it makes no difference stay as they are.</summary>
    /// <param name="changeId">The change of the calendar.</param>
    public static void Recompute(CaseUpdate update, Guid changeId, string reason)
    {
        foreach (var clock in update.State.OpenDeadlines)
        {
            var terms = ClockArithmetic.Recomputed(clock, update.Moment.Calendar);
            var schedule = ScheduleOf(update, clock, terms);
            if (ClockArithmetic.SameResult(clock.Terms, terms)
                && schedule.Rungs[schedule.Taken..].SequenceEqual(clock.Rungs[clock.RungsTaken..]))
                continue;
            update.Add(Moved(update, clock, terms, schedule, MoveCause.CalendarChanged, reason) with
            {
                CalendarChangeId = changeId,
                FromCalendarVersion = clock.Terms.CalendarVersion,
            });
        }
    }

    /// <summary>Limits that rest on a date of the case start when it is given and follow it when it is moved.</summary>
    public static void FollowDates(CaseUpdate update)
    {
        foreach (var task in update.State.OpenTasks)
        {
            if (update.Definition.FindStep(task.StepId) is not { } step || update.Definition.ClockOf(step).DeadlineDateFrom is not { } from)
                continue;
            if (task.DeadlineId is not { } id)
            {
                // The clock of a task before it in the list may have become this one's, too.
                if (update.State.FindOpenTask(task.TaskId) is { DeadlineId: null })
                    Start(update, step, task.Attempt);
            }
            else if (update.State.FindOpenDeadline(id) is { Terms: { Rule.NeedsDate: true } terms } clock
                && CaseData.Date(update.State, from) is { } date && terms.DependsOn != date)
            {
                var moved = ClockArithmetic.Terms(terms.Rule, terms.Source, terms.ReceivedAt, date, update.Moment.Calendar);
                Move(update, clock, moved, MoveCause.DateChanged, null);
            }
        }
    }

    internal static void Move(CaseUpdate update, OpenDeadline clock, DeadlineTerms terms, MoveCause cause, string? comment) =>
        update.Add(Moved(update, clock, terms, ScheduleOf(update, clock, terms), cause, comment));

    static EscalationSchedule ScheduleOf(CaseUpdate update, OpenDeadline clock, DeadlineTerms terms)
    {
        var step = update.Definition.FindStep(clock.StepId);
        var supervisor = step is null ? Roles.Director : SupervisorOf(step);
        var rungs = (step?.Escalation ?? update.Definition.Escalation).RungsFor(
            terms.ReceivedAt, terms.DueAt, supervisor, update.Moment.Calendar);
        return EscalationSchedule.Reschedule(clock, rungs, update.Moment.Now);
    }

    static DeadlineMoved Moved(
        CaseUpdate update, OpenDeadline clock, DeadlineTerms terms, EscalationSchedule schedule, MoveCause cause, string? comment) =>
        new(clock.DeadlineId, clock.Terms.DueAt, terms, schedule.Rungs, cause, comment)
        {
            RungsTaken = schedule.Taken,
            Superseded = schedule.Superseded.IsEmpty ? null : schedule.Superseded,
            AwaitsConfirmation = ClockArithmetic.AwaitsConfirmation(clock, terms, cause, update.Moment.Now),
        };

    static string SupervisorOf(Step step) => step.SupervisorRole ?? Roles.SupervisorOf(step.Role);
}
