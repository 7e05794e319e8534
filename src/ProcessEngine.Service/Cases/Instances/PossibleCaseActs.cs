using System.Collections.Immutable;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>The acts on a case as a whole that somebody may do now, as the core says.</summary>
/// <param name="Acts">As the API names them, in the order in which they are offered.</param>
public sealed record PossibleCaseActs(IReadOnlyList<string> Acts)
{
    const string Reason = "?";

    /// <summary>All that there are, those that hurt least first.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["messages", "priority", "extend", "confirm", "variables", "resume", "suspend", "move", "migrate", "reopen", "cancel"];

    /// <summary>Whether somebody who is no superior would cancel it: they withdraw what they started.</summary>
    public static bool OnlyWithdraws(Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        return !Permissions.Supervising.Any(role => by.Holds(role, "cancel"));
    }

    public static async Task<PossibleCaseActs> OfAsync(
        ProcessDefinition definition, ProcessState state, Caller caller, OfficeCalendars calendars, ProcessStore store)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(store);
        var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
        var by = caller.In(state.Office, state.DefinitionKey);
        return new PossibleCaseActs(
            [.. All.Where(act => Samples(act, definition, state, by).Any(
                sample => ProcessDecider.Decide(definition, state, sample, moment).Rejection is null))]);
    }

    /// <summary>The steps at which the case could go on by an act.</summary>
    public static async Task<IReadOnlyList<Step>> StepsForAsync(
        string act, ProcessDefinition definition, ProcessState state, Caller caller, OfficeCalendars calendars, ProcessStore store)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(store);
        var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
        var by = caller.In(state.Office, state.DefinitionKey);
        return
        [
            .. definition.Steps.Where(step =>
                ProcessDecider.Decide(definition, state, ToStep(act, step.Id, by), moment).Rejection is not StepUnknown),
        ];
    }

    /// <summary>One of them is possible: the act is offered. Its page asks for the rest.</summary>
    internal static IEnumerable<ProcessCommand> Samples(
        string act, ProcessDefinition definition, ProcessState state, Actor by) => act switch
        {
            "messages" => state.Waits.Where(w => w.Kind == WaitKind.Message).Select(
                w => new ReceiveMessage(w.Message!, w.Correlation, ImmutableSortedDictionary<string, string>.Empty) { By = by }),
            "cancel" => [new CancelInstance(Reason) { By = by }],
            "suspend" => [new SuspendInstance(Reason) { By = by }],
            "resume" => [new ResumeInstance(null) { By = by }],
            "reopen" or "move" => definition.Steps.Select(step => ToStep(act, step.Id, by)),
            "priority" => [new ChangePriority(state.Priority is null ? Priority.Urgent : null, null) { By = by }],
            "variables" => [new ChangeVariables(ImmutableSortedDictionary<string, string>.Empty, null) { By = by }],
            "extend" => state.OpenDeadlines.Select(d => new ExtendDeadline(d.DeadlineId, new WorkingDays(1), Reason) { By = by }),
            "confirm" => state.OpenDeadlines.Select(d => new ConfirmDeadline(d.DeadlineId, null) { By = by }),
            "migrate" => [new MigrateInstance(definition, ImmutableSortedDictionary<string, string>.Empty) { By = by }],
            _ => throw UnknownKind.Of(act),
        };

    static ProcessCommand ToStep(string act, string step, Actor by) => act == "reopen"
        ? new ReopenInstance(step, Reason) { By = by }
        : new MoveInstance(step, Reason) { By = by };
}
