using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>A user task as callers see it.</summary>
/// <param name="Step">The step's id in the definition.</param>
/// <param name="StepNumber">As printed in the manual; the second act of a printed step carries the same number.</param>
/// <param name="Kind"><c>task</c>, <c>approval</c> or <c>acknowledge</c>.</param>
/// <param name="State"><c>open</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Attempt">1 on the first pass through the step.</param>
/// <param name="Assignee">Id of the user who has it, or who did it.</param>
/// <param name="Level">Of an approval with levels: 1 for the first.</param>
/// <param name="Item">Of a step done for every entry of a list: the entry.</param>
/// <param name="Paused">It waits for somebody outside the office.</param>
/// <param name="DueAt">Null when no limit is stated.</param>
/// <param name="Revision">Send it back with the act; it is the ETag, too.</param>
public record UserTaskView(
    Guid Id,
    Guid ProcessInstanceId,
    string DefinitionKey,
    int DefinitionVersion,
    string Office,
    string Step,
    int? StepNumber,
    LocalizedText Name,
    string Kind,
    string State,
    string? Outcome,
    int Attempt,
    string Role,
    Guid? Assignee,
    int? Level,
    string? Item,
    bool Paused,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt,
    Guid? ClosedBy,
    DateTimeOffset? DueAt,
    int Revision)
{
    /// <summary>The due moment rests on days that are not announced yet, and may move (R9).</summary>
    public bool Provisional { get; init; }

    /// <summary>
    /// A change of the calendar moved the due moment into the past; it does not count as late until a supervisor confirms.
    /// </summary>
    public bool MovedByCalendarChange { get; init; }

    /// <summary>How urgent it is, by its step or its case; null: ordinary.</summary>
    public Priority? Priority { get; init; }

    /// <summary>By what right it was decided; null while it is open, and when nobody decided.</summary>
    public CapacityView? Capacity { get; init; }

    public static UserTaskView Of(ProcessDefinition definition, ProcessState state, OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(task);
        return Of(
            definition, task.TaskId, state.InstanceId, state.Office, task.StepId, "open", null, task.Attempt, task.Role, task.Assignee,
            task.OpenedAt, null, null, state.DueAtOf(task), task.Revision) with
        {
            Level = task.Level,
            StepNumber = NumberOf(definition, task.StepId, task.Level),
            Item = task.Item,
            Paused = task.Paused,
            Provisional = state.ClockOf(task)?.Terms.Provisional ?? false,
            MovedByCalendarChange = state.ClockOf(task)?.AwaitsConfirmation ?? false,
            Priority = state.PriorityOf(task),
        };
    }

    /// <summary>The task that was acted on, as the act left it.</summary>
    public static UserTaskView After(CaseChange change, Guid taskId)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.After.FindOpenTask(taskId) is { } open)
            return Of(change.Definition, change.After, open);

        var before = change.Before.FindOpenTask(taskId)
            ?? throw new InvalidOperationException($"Task {taskId} was not open when it was acted on.");
        var closing = change.Changes.First(c => TaskOutcomes.Of(c.Recorded.Event)?.TaskId == taskId).Recorded;
        var outcome = TaskOutcomes.Of(closing.Event)!.Value.Outcome;
        return Of(
            change.Definition, taskId, change.After.InstanceId, change.After.Office, before.StepId,
            outcome == TaskOutcomes.Cancelled ? "cancelled" : "completed", outcome, before.Attempt, before.Role,
            before.Assignee ?? closing.Actor, before.OpenedAt, closing.At, closing.Actor, change.Before.DueAtOf(before),
            closing.Sequence) with
        {
            Level = before.Level,
            StepNumber = NumberOf(change.Definition, before.StepId, before.Level),
            Item = before.Item,
            Provisional = change.Before.ClockOf(before)?.Terms.Provisional ?? false,
            MovedByCalendarChange = change.Before.ClockOf(before)?.AwaitsConfirmation ?? false,
            Priority = change.Before.PriorityOf(before),
            Capacity = closing.Event is DecisionEvent ? CapacityView.Of(before.Role, closing.Event.Capacity, change.Kind) : null,
        };
    }

    /// <summary>The printed number: where each level of an approval is a step of the manual, that of its level.</summary>
    public static int? NumberOf(ProcessDefinition definition, string stepId, int? level)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.FindStep(stepId)?.NumberAt(level);
    }

    public static UserTaskView Of(
        ProcessDefinition definition,
        Guid id,
        Guid instanceId,
        string office,
        string stepId,
        string state,
        string? outcome,
        int attempt,
        string role,
        Guid? assignee,
        DateTimeOffset createdAt,
        DateTimeOffset? closedAt,
        Guid? closedBy,
        DateTimeOffset? dueAt,
        int revision)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var step = definition.FindStep(stepId)!;
        return new UserTaskView(
            id, instanceId, definition.Key, definition.Version, office, stepId, step.NumberAt(null), step.Name,
            StepTypes.NameOf(step.Type), state,
            outcome, attempt, role, assignee, null, null, false, createdAt, closedAt, closedBy, dueAt, revision);
    }
}
