using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What a command leads to: facts, or a refusal.</summary>
public sealed record Decision
{
    Decision()
    {
    }

    /// <summary>
    /// The events, each with its place in the history and the state that it leads to; none when it is refused or nothing changes.
    /// </summary>
    public ImmutableArray<StateChange> Changes { get; private init; } = [];

    public Rejection? Rejection { get; private init; }

    /// <summary>What happens, in its order.</summary>
    public ImmutableArray<ProcessEvent> Events => [.. Changes.Select(change => change.Recorded.Event)];

    /// <summary>The state with the events folded in; null when there are none.</summary>
    public ProcessState? After => Changes.IsEmpty ? null : Changes[^1].After;

    /// <summary>Allowed, and nothing changes by it (a claim of a task that one already has).</summary>
    public static Decision NothingToDo { get; } = new();

    /// <summary>What has happened, when nothing follows from it.</summary>
    internal static Decision AsItStands(CaseExecution execution) =>
        execution.Update.TakeChanges() is { IsEmpty: false } changes ? new Decision { Changes = changes } : NothingToDo;

    /// <summary>What has happened, with everything that follows from it.</summary>
    internal static Decision Settled(CaseExecution execution)
    {
        execution.Settle();
        return AsItStands(execution);
    }

    public static implicit operator Decision(Rejection rejection) => FromRejection(rejection);
    public static Decision FromRejection(Rejection rejection) => new() { Rejection = rejection };
}
