using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What a command leads to: facts, or a refusal.</summary>
public sealed record Decision
{
    Decision()
    {
    }

    public ImmutableArray<ProcessEvent> Events { get; private init; } = [];
    public Rejection? Rejection { get; private init; }

    /// <summary>The state with the events folded in; null when there are none.</summary>
    public ProcessState? After { get; private init; }

    /// <summary>Allowed, and nothing changes by it (a claim of a task that one already has).</summary>
    public static Decision NothingToDo { get; } = new();

    public static Decision Accept(ImmutableArray<ProcessEvent> events, ProcessState after) => new() { Events = events, After = after };
    public static implicit operator Decision(Rejection rejection) => FromRejection(rejection);
    public static Decision FromRejection(Rejection rejection) => new() { Rejection = rejection };
}
