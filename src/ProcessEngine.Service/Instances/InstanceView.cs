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
    ImmutableSortedDictionary<string, string> Variables,
    int Revision)
{
    public static InstanceView Of(ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new InstanceView(
            state.InstanceId, state.DefinitionKey, state.DefinitionVersion, state.Office, state.Title, state.BusinessKey,
            CaseProjection.StatusName(state.Status), state.StartedAt, state.StartedBy, state.EndedAt,
            [.. state.OpenTasks.Select(task => UserTaskView.Of(definition, state, task))], state.Variables, state.Revision);
    }
}
