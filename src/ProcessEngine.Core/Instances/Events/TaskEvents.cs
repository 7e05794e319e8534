using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances.Events;

/// <param name="Attempt">1 on the first pass through the step, one more on every return to it.</param>
/// <param name="DeadlineId">The clock that times the task; null when no limit is stated.</param>
public sealed record TaskOpened(Guid TaskId, string StepId, int Attempt, string Role, Guid? DeadlineId) : ProcessEvent
{
    /// <summary>The one person whom it is for; null: anyone of the role.</summary>
    public Guid? Assignee { get; init; }

    /// <summary>Of an approval with levels: 1 for the first.</summary>
    public int? Level { get; init; }

    /// <summary>Of a step done for every entry of a list: the entry.</summary>
    public string? Item { get; init; }

    /// <summary>How urgent its step always is; null: as the case is.</summary>
    public Priority? Priority { get; init; }
}

public sealed record TaskClaimed(Guid TaskId, Guid Assignee) : ProcessEvent;

public sealed record TaskReleased(Guid TaskId) : ProcessEvent
{
    public string? Comment { get; init; }
}

public sealed record TaskReassigned(Guid TaskId, Guid? From, Guid To, string? Comment) : ProcessEvent
{
    /// <summary>The order by which it is the new holder's; null when the post is their own.</summary>
    public Capacity? ToCapacity { get; init; }
}

/// <param name="Outputs">Name → JSON text; merged into the variables of the case.</param>
public sealed record TaskCompleted(Guid TaskId, string? Comment, ImmutableSortedDictionary<string, string> Outputs) : DecisionEvent;

public sealed record TaskApproved(Guid TaskId, string? Comment, ImmutableSortedDictionary<string, string> Outputs) : DecisionEvent;

/// <param name="Comment">The reason; never empty.</param>
public sealed record TaskRejected(Guid TaskId, string Comment) : DecisionEvent;

/// <param name="ToStep">The step that the work goes back to.</param>
/// <param name="Comment">The reason; never empty.</param>
public sealed record TaskReturned(Guid TaskId, string ToStep, string Comment) : DecisionEvent
{
    /// <summary>Of a return to an earlier level of the same approval: that level.</summary>
    public int? ToLevel { get; init; }
}

/// <param name="Comment">The reason; never empty.</param>
public sealed record TaskFailed(Guid TaskId, string Comment) : DecisionEvent;

/// <summary>A timer took the task out of its holder's hands.</summary>
public sealed record TaskTimedOut(Guid TaskId) : ProcessEvent;

/// <summary>The task waits for somebody outside the office.</summary>
public sealed record TaskPaused(Guid TaskId, string Comment) : ProcessEvent;

public sealed record TaskContinued(Guid TaskId, string? Comment) : ProcessEvent;

/// <summary>An open task that nobody needs to do any more.</summary>
public sealed record TaskCancelled(Guid TaskId) : ProcessEvent;

/// <summary>A decision of several people, or the same work for many, begins.</summary>
/// <param name="Size">How many tasks it has.</param>
public sealed record TaskGroupOpened(string StepId, int Attempt, TaskGroupKind Kind, int Size) : ProcessEvent;

/// <summary>Enough of a group's tasks are done; the others are cancelled.</summary>
/// <param name="Port">The way on.</param>
/// <param name="ByChair">The votes were even, and the chair's decided.</param>
public sealed record TaskGroupClosed(string StepId, string Port, int InFavour, int Against, int Abstained, int Unanswered, bool ByChair)
    : ProcessEvent;

public enum TaskGroupKind
{
    Committee,
    ForEach,
}

public sealed record VoteCast(Guid TaskId, Vote Vote, string? Comment) : DecisionEvent;

public enum Vote
{
    Approve,
    Reject,
    Abstain,
}
