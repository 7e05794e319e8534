using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>A branch that is about to enter a box.</summary>
/// <param name="By">The arrow that it comes by; null when it is put there.</param>
readonly record struct Move(Node To, Transition? By);

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
