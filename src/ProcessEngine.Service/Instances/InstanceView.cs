using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.UserTasks;

namespace ProcessEngine.Service.Instances;

/// <summary>A process instance as callers see it.</summary>
/// <param name="Status"><c>running</c>, <c>suspended</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Revision">Number of events in its history.</param>
public sealed record InstanceView(
    Guid Id,
    string DefinitionKey,
    int DefinitionVersion,
    string Office,
    string Title,
    string? BusinessKey,
    string Status,
    DateTimeOffset StartedAt,
    Guid? StartedBy,
    DateTimeOffset? EndedAt,
    IReadOnlyList<UserTaskView> OpenTasks,
    IReadOnlyList<WaitView> Waits,
    IReadOnlyList<GroupView> Groups,
    ImmutableSortedDictionary<string, string> Variables,
    int Revision)
{
    /// <summary>How urgent the case is; null: ordinary.</summary>
    public Priority? Priority { get; init; }

    public static InstanceView Of(ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new InstanceView(
            state.InstanceId, state.DefinitionKey, state.DefinitionVersion, state.Office, state.Title, state.BusinessKey,
            CaseProjection.StatusName(state.Status), state.StartedAt, state.StartedBy, state.EndedAt,
            [.. state.OpenTasks.Select(task => UserTaskView.Of(definition, state, task))], [.. state.Waits.Select(WaitView.Of)],
            [.. state.Groups.Select(GroupView.Of)], state.Variables, state.Revision)
        {
            Priority = state.Priority,
        };
    }
}

/// <summary>Something that a case waits for besides its people.</summary>
/// <param name="Kind"><c>date</c>, <c>message</c>, <c>call</c> (a sub-process), <c>interrupting</c> or <c>beside</c> (a timer on a step), <c>incident</c> (to be put right, then retried).</param>
/// <param name="CalledInstance">The case that was started, of a sub-process.</param>
public sealed record WaitView(Guid Id, string Node, string Kind, DateTimeOffset? Until, string? Message, string? Correlation, Guid? CalledInstance)
{
    public static WaitView Of(OpenWait wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return new WaitView(wait.WaitId, wait.NodeId, wait.Kind.ToString().ToLowerInvariant(), wait.Until, wait.Message, wait.Correlation, wait.Call?.ChildId);
    }
}

/// <summary>A decision of several people, or the same work for many, while it runs.</summary>
public sealed record GroupView(string Step, string Kind, int Size, IReadOnlyList<AnswerView> Answers)
{
    public static GroupView Of(TaskGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new GroupView(
            group.StepId, group.Kind == TaskGroupKind.Committee ? "committee" : "forEach", group.Size,
            [.. group.Answers.Select(a => new AnswerView(a.TaskId, a.By, a.Item, a.Vote?.ToString().ToLowerInvariant()))]);
    }
}

public sealed record AnswerView(Guid TaskId, Guid? By, string? Item, string? Vote);
