using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>A branch that is about to enter a box.</summary>
/// <param name="By">The arrow that it comes by; null when it is put there.</param>
/// <param name="Again">The loops that it has entered again since it last rested; default: none.</param>
readonly record struct Move(Node To, Transition? By, ImmutableArray<Loop> Again = default)
{
    /// <summary>The loops entered again, with the one that an arrow enters.</summary>
    public static ImmutableArray<Loop> With(ImmutableArray<Loop> again, Loop? loop) =>
        loop is null ? again : again.IsDefault ? [loop] : again.Add(loop);
}

/// <summary>The branches that have not entered their next box yet, in their order.</summary>
/// <remarks>Nearly always there is one; only what comes behind it needs a queue.</remarks>
struct MoveQueue
{
    Move first;
    Queue<Move>? others;

    public readonly int Count => (first.To is null ? 0 : 1) + (others?.Count ?? 0);

    public void Add(Move move)
    {
        if (first.To is null)
            first = move;
        else
            (others ??= new Queue<Move>()).Enqueue(move);
    }

    public bool TryTake(out Move move)
    {
        move = first;
        first = others is not null && others.TryDequeue(out var next) ? next : default;
        return move.To is not null;
    }

    public void Clear()
    {
        first = default;
        others?.Clear();
    }
}
