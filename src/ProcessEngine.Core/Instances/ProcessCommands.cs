using System.Collections.Immutable;

namespace ProcessEngine.Core.Instances;

/// <summary>What somebody wants to happen to a case.</summary>
public abstract record ProcessCommand
{
    private protected ProcessCommand()
    {
    }

    public required Actor By { get; init; }
}

public sealed record StartProcess : ProcessCommand
{
    public required Guid InstanceId { get; init; }
    public required string Office { get; init; }
    public required string Title { get; init; }
    public string? BusinessKey { get; init; }

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record CancelInstance(string Reason) : ProcessCommand;

/// <summary>Time has passed: take every rung whose moment has come. Sent by the deadline sweep, never by a person.</summary>
public sealed record ReachTime : ProcessCommand;

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
public sealed record ReassignTask(Guid Assignee, ImmutableHashSet<string> AssigneeRoles, string? Comment) : TaskCommand;

public sealed record CommentOnTask(string Text) : TaskCommand;

/// <summary>Who asks, with the roles held in the office of the case. The shell answers who it is, the core what they may do.</summary>
public sealed record Actor(Guid? UserId, ImmutableHashSet<string> Roles)
{
    /// <summary>The service itself, when time passes.</summary>
    public static Actor System { get; } = new(null, []);

    public bool Holds(string role) => Roles.Contains(role);
}
