using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>What a case waits for beside or instead of a person: a date, a message, another case, an administrator.</summary>
static class Waits
{
    public static void Start(
        CaseUpdate update, string nodeId, WaitKind kind, string port, DateTimeOffset? until = null,
        string? message = null, string? correlation = null, CallTarget? call = null, DateOnly? lastDay = null) =>
        update.Add(new WaitStarted(update.NextId('w'), nodeId, kind, port, until, message, correlation, call) { LastDay = lastDay });

    /// <summary>
    /// A box that waits for a date. Where the case does not say which, an administrator has to look; it waits all the same.
    /// </summary>
    public static void StartTimer(CaseUpdate update, TimerNode timer)
    {
        var date = DateOf(update, timer);
        if (date is null && (timer.Rule is null || timer.Rule.NeedsDate))
            update.Add(new IncidentRaised(timer.Id, IncidentCodes.DateMissing, timer.DateFrom));
        var (until, lastDay) = UntilOf(update, timer, date);
        Start(update, timer.Id, WaitKind.Date, Ports.Done, until, lastDay: lastDay);
    }

    public static void StartForMessage(CaseUpdate update, MessageNode node) =>
        Start(
            update, node.Id, WaitKind.Message, Ports.Done, message: node.Message,
            correlation: node.CorrelationFrom is { } from ? update.State.Text(from) : null);

    public static void StartBoundaryTimer(CaseUpdate update, Step step, BoundaryTimer timer)
    {
        var moment = update.Moment;
        var due = DeadlineCalculation.Compute(timer.After, moment.Now, moment.Calendar);
        Start(
            update, step.Id, timer.Interrupts ? WaitKind.Interrupting : WaitKind.Beside, timer.Port, due.DueAt,
            lastDay: LastDayOf(timer.After, due));
    }

    /// <summary>Another procedure is started, and waited for where its box says so.</summary>
    public static void Call(CaseUpdate update, CallNode call)
    {
        var target = TargetOf(update, call);
        if (call.Waits)
            Start(update, call.Id, WaitKind.Call, Ports.Done, call: target);
        else
            update.Add(new CaseHandedOver(call.Id, target));
    }

    /// <summary>It is not waited for any more. What was called for it is called off too, unless its box says that it goes on.</summary>
    public static void Cancel(CaseUpdate update, OpenWait wait) => update.Add(new WaitCancelled(wait.WaitId)
    {
        Recalled = wait.Kind == WaitKind.Call && update.Definition.Find(wait.NodeId) is CallNode { GoesOn: false } ? true : null,
    });

    /// <param name="refused">What could not be started the first time.</param>
    public static void CallAgain(CaseUpdate update, CallNode call, CallTarget refused) =>
        update.Add(new CaseHandedOver(call.Id, TargetOf(update, call)) { InsteadOf = refused.ChildId });

    static CallTarget TargetOf(CaseUpdate update, CallNode call) =>
        new(update.NextId('c'), call.DefinitionKey, call.OfficeFrom is { } from ? update.State.Text(from) : null, call.Waits);

    /// <summary>The place cannot be entered as things are; an administrator sees it, puts it right, and it is tried again.</summary>
    public static void Park(CaseUpdate update, string nodeId, string code, string? detail)
    {
        update.Add(new IncidentRaised(nodeId, code, detail));
        Start(update, nodeId, WaitKind.Incident, "");
    }

    /// <summary>Waits for a date of the case follow it when it is given or moved.</summary>
    public static void FollowDates(CaseUpdate update)
    {
        foreach (var wait in update.State.Waits)
        {
            // Without a moment it waits for its date; or it came by a migration from a box that did, to one that needs none.
            if (wait.Kind == WaitKind.Date && update.Definition.Find(wait.NodeId) is TimerNode timer
                && (wait.Until is null || timer.Rule is null or { NeedsDate: true })
                && UntilOf(update, timer, DateOf(update, timer)) is (At: { } until, var lastDay) && until != wait.Until)
            {
                update.Add(new WaitCancelled(wait.WaitId));
                Start(update, wait.NodeId, wait.Kind, wait.Port, until, lastDay: lastDay);
            }
        }
    }

    /// <summary>Of the waits whose moment has passed, the earliest; null when there is none.</summary>
    public static OpenWait? FirstDue(CaseUpdate update)
    {
        OpenWait? first = null;
        foreach (var wait in update.State.Waits)
        {
            if (wait.WakesAt < update.Moment.Now && (first is null || wait.WakesAt < first.WakesAt))
                first = wait;
        }

        return first;
    }

    static DateOnly? DateOf(CaseUpdate update, TimerNode timer) => timer.DateFrom is { } from ? CaseData.Date(update.State, from) : null;

    static (DateTimeOffset? At, DateOnly? LastDay) UntilOf(CaseUpdate update, TimerNode timer, DateOnly? date)
    {
        if (timer.Rule is not { } rule)
            return (date is { } day ? BangkokTime.At(day, WorkingHours.Open) : null, null);
        if (rule.NeedsDate && date is null)
            return (null, null);
        var due = DeadlineCalculation.Compute(rule, update.Moment.Now, update.Moment.Calendar, date);
        return (due.DueAt, LastDayOf(rule, due));
    }

    /// <summary>Of plain days only: of all others the moment says it.</summary>
    static DateOnly? LastDayOf(DeadlineRule rule, DueDate due) => rule is CalendarDays ? due.UnrolledLastDay : null;

    /// <summary>By which rule a timer runs; null where it waits for no rule, and where a migration has left it none.</summary>
    public static DeadlineRule? RuleOf(ProcessDefinition definition, OpenWait wait)
    {
        if (wait.Kind == WaitKind.Date)
            return (definition.Find(wait.NodeId) as TimerNode)?.Rule;
        foreach (var timer in definition.FindStep(wait.NodeId)?.Timers ?? [])
        {
            if (timer.Port == wait.Port)
                return timer.After;
        }

        return null;
    }
}
