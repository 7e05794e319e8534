using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>An act on one task.</summary>
public abstract record TaskCommand : ProcessCommand
{
    private protected TaskCommand()
    {
    }

    public required Guid TaskId { get; init; }

    /// <summary>The revision of the task that the person saw; null when the caller did not say.</summary>
    public int? Expected { get; init; }
}

public sealed record ClaimTask : TaskCommand;

/// <summary>Back to everybody of the role.</summary>
public sealed record ReleaseTask : TaskCommand
{
    public string? Comment { get; init; }
}

/// <summary>A committee member's vote.</summary>
public sealed record CastVote(Vote Vote, string? Comment) : TaskCommand;

/// <summary>It cannot be done this way.</summary>
public sealed record FailTask(string Reason) : TaskCommand;

/// <summary>The task waits for somebody outside the office.</summary>
public sealed record PauseTask(string Reason) : TaskCommand;

public sealed record ContinueTask(string? Comment) : TaskCommand;

public sealed record CompleteTask : TaskCommand
{
    public string? Comment { get; init; }
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record ApproveTask : TaskCommand
{
    public string? Comment { get; init; }
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record RejectTask(string Reason) : TaskCommand;

/// <param name="ToStep">An earlier step that the definition allows; null for the one that the Return arrow leads to.</param>
public sealed record ReturnTask(string Reason, string? ToStep) : TaskCommand;

/// <param name="Assignee">Who is to do it.</param>
/// <param name="AssigneeRoles">The roles that the assignee holds in the office of the case.</param>
public sealed record ReassignTask(Guid Assignee, ImmutableHashSet<string> AssigneeRoles, string? Comment) : TaskCommand
{
    /// <summary>The orders by which the assignee sits in other posts.</summary>
    public ImmutableArray<PostOrder> AssigneeOrders { get; init; } = [];
}

public sealed record CommentOnTask(string Text) : TaskCommand
{
    public const int MaxMentions = 10;

    /// <summary>Who is to be told of it, besides whoever reads the case.</summary>
    public ImmutableArray<Guid> Mentions { get; init; } = [];
}
