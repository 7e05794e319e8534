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
        string? message = null, string? correlation = null, CallTarget? call = null) =>
        update.Add(new WaitStarted(update.NextId('w'), nodeId, kind, port, until, message, correlation, call));

    /// <summary>
    /// A box that waits for a date. Where the case does not say which, an administrator has to look; it waits all the same.
    /// </summary>
    public static void StartTimer(CaseUpdate update, TimerNode timer)
    {
        var date = DateOf(update, timer);
        if (date is null && (timer.Rule is null || timer.Rule.NeedsDate))
            update.Add(new IncidentRaised(timer.Id, IncidentCodes.DateMissing, timer.DateFrom));
        Start(update, timer.Id, WaitKind.Date, Ports.Done, UntilOf(update, timer, date));
    }

    public static void StartForMessage(CaseUpdate update, MessageNode node) =>
        Start(
            update, node.Id, WaitKind.Message, Ports.Done, message: node.Message,
            correlation: node.CorrelationFrom is { } from ? update.State.Text(from) : null);

    public static void StartBoundaryTimer(CaseUpdate update, Step step, BoundaryTimer timer)
    {
        var moment = update.Moment;
        var until = DeadlineCalculation.Compute(timer.After, moment.Now, moment.Calendar).DueAt;
        Start(update, step.Id, timer.Interrupts ? WaitKind.Interrupting : WaitKind.Beside, timer.Port, until);
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
                && UntilOf(update, timer, DateOf(update, timer)) is { } until && until != wait.Until)
            {
                update.Add(new WaitCancelled(wait.WaitId));
                Start(update, wait.NodeId, wait.Kind, wait.Port, until);
            }
        }
    }

    /// <summary>Of the waits whose moment has passed, the earliest; null when there is none.</summary>
    public static OpenWait? FirstDue(CaseUpdate update)
    {
        OpenWait? first = null;
        foreach (var wait in update.State.Waits)
        {
            if (wait.Until < update.Moment.Now && (first is null || wait.Until < first.Until))
                first = wait;
        }

        return first;
    }

    static DateOnly? DateOf(CaseUpdate update, TimerNode timer) => timer.DateFrom is { } from ? CaseData.Date(update.State, from) : null;

    static DateTimeOffset? UntilOf(CaseUpdate update, TimerNode timer, DateOnly? date) => timer.Rule switch
    {
        null => date is { } day ? BangkokTime.At(day, WorkingHours.Open) : null,
        { NeedsDate: true } when date is null => null,
        var rule => DeadlineCalculation.Compute(rule, update.Moment.Now, update.Moment.Calendar, date).DueAt,
    };
}
