using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.UserTasks;

/// <summary>A user task as callers see it.</summary>
/// <param name="Step">The step's id in the definition.</param>
/// <param name="StepNumber">As printed in the manual; the second act of a printed step carries the same number.</param>
/// <param name="Kind"><c>task</c>, <c>approval</c> or <c>acknowledge</c>.</param>
/// <param name="State"><c>open</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Attempt">1 on the first pass through the step.</param>
/// <param name="Assignee">Id of the user who has it, or who did it.</param>
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
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt,
    Guid? ClosedBy,
    DateTimeOffset? DueAt,
    int Revision)
{
    /// <summary>The due moment rests on days that are not announced yet, and may move (R9).</summary>
    public bool Provisional { get; init; }

    /// <summary>A change of the calendar moved the due moment into the past; it does not count as late until a supervisor confirms.</summary>
    public bool MovedByCalendarChange { get; init; }

    public static UserTaskView Of(ProcessDefinition definition, ProcessState state, OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(task);
        return Of(
            definition, task.TaskId, state.InstanceId, state.Office, task.StepId, "open", null, task.Attempt, task.Role, task.Assignee,
            task.OpenedAt, null, null, state.DueAtOf(task), task.Revision).With(state.ClockOf(task));
    }

    /// <summary>The task that was acted on, as the act left it. Closing it is the first thing that an act does.</summary>
    public static UserTaskView After(CaseChange change, Guid taskId)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.After.FindOpenTask(taskId) is { } open)
            return Of(change.Definition, change.After, open);

        var before = change.Before.FindOpenTask(taskId)
            ?? throw new InvalidOperationException($"Task {taskId} was not open when it was acted on.");
        var closed = change.After.FindStep(before.StepId)!.Last!;
        return Of(
            change.Definition, taskId, change.After.InstanceId, change.After.Office, before.StepId,
            closed.Outcome == TaskOutcomes.Cancelled ? "cancelled" : "completed", closed.Outcome, closed.Attempt, before.Role,
            before.Assignee ?? closed.By, before.OpenedAt, closed.At, closed.By, change.Before.DueAtOf(before),
            change.Before.Revision + 1).With(change.Before.ClockOf(before));
    }

    UserTaskView With(OpenDeadline? clock) =>
        this with { Provisional = clock?.Terms.Provisional ?? false, MovedByCalendarChange = clock?.AwaitsConfirmation ?? false };

    public static UserTaskView Of(
        ProcessDefinition definition, Guid id, Guid instanceId, string office, string stepId, string state, string? outcome, int attempt, string role,
        Guid? assignee, DateTimeOffset createdAt, DateTimeOffset? closedAt, Guid? closedBy, DateTimeOffset? dueAt, int revision)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var step = definition.FindStep(stepId)!;
        return new UserTaskView(
            id, instanceId, definition.Key, definition.Version, office, stepId, step.Number ?? step.PartOfStep, step.Name, ProcessDecider.NameOf(step.Type), state,
            outcome, attempt, role, assignee, createdAt, closedAt, closedBy, dueAt, revision);
    }
}
