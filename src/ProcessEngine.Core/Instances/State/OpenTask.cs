using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>Work that waits for somebody.</summary>
/// <param name="Assignee">Who took it or was given it; null while it waits for anyone of the role.</param>
/// <param name="Revision">Sequence of the last event that changed the task: what an If-Match guards.</param>
public sealed record OpenTask(
    Guid TaskId,
    string StepId,
    int Attempt,
    string Role,
    Guid? Assignee,
    DateTimeOffset OpenedAt,
    int Revision,
    Guid? DeadlineId)
{
    public int? Level { get; init; }
    public string? Item { get; init; }

    /// <summary>How urgent its step always is.</summary>
    public Priority? Priority { get; init; }

    /// <summary>Waits for somebody outside the office.</summary>
    public bool Paused { get; init; }

    /// <summary>The order under which its holder took it; null when the post is their own.</summary>
    public Capacity? TakenUnder { get; init; }
}

/// <summary>The tasks of one step that belong together, and what has been answered so far.</summary>
public sealed record TaskGroup(string StepId, int Attempt, TaskGroupKind Kind, int Size, ImmutableArray<GroupAnswer> Answers)
{
    public int Count(Vote vote) => Answers.Count(a => a.Vote == vote);
}

public sealed record GroupAnswer(Guid TaskId, Guid? By, string? Item, Vote? Vote, ImmutableSortedDictionary<string, string>? Outputs);
