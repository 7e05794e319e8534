using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances.Events;

/// <param name="Variables">Name → JSON text.</param>
public sealed record InstanceStarted(
    Guid InstanceId,
    string DefinitionKey,
    int DefinitionVersion,
    string Office,
    string Title,
    string? BusinessKey,
    ImmutableSortedDictionary<string, string> Variables) : ProcessEvent
{
    /// <summary>Null: ordinary.</summary>
    public Priority? Priority { get; init; }
}

public sealed record InstanceCompleted(string Outcome) : ProcessEvent;

public sealed record InstanceCancelled(string Comment) : ProcessEvent;

public sealed record InstanceSuspended(string Comment) : ProcessEvent;

public sealed record InstanceResumed(string? Comment) : ProcessEvent;

public sealed record InstanceReopened(string ToStep, string Comment) : ProcessEvent;

public sealed record InstanceMoved(string ToStep, string Comment) : ProcessEvent;

/// <param name="Changes">Name → JSON text.</param>
public sealed record VariablesChanged(ImmutableSortedDictionary<string, string> Changes, string? Comment) : ProcessEvent;

/// <summary>A loop begins another round: what it asks is open again.</summary>
/// <param name="Names">The variables whose answers of the round before no longer hold.</param>
public sealed record AnswersCleared(ImmutableArray<string> Names) : ProcessEvent;

/// <param name="Priority">Null: ordinary from now on.</param>
public sealed record PriorityChanged(Priority? Priority, string? Comment) : ProcessEvent;

/// <param name="Moves">Nodes that have another id in the new version.</param>
public sealed record InstanceMigrated(int FromVersion, int ToVersion, ImmutableArray<NodeMove> Moves) : ProcessEvent
{
    /// <summary>Why this case was moved; null where it moved with all of its office.</summary>
    public string? Comment { get; init; }
}

public sealed record NodeMove(string From, string To);

/// <summary>Something that an administrator has to look at: nobody is there to do a task, a list is missing.</summary>
/// <param name="Code">Stable; for programs.</param>
public sealed record IncidentRaised(string NodeId, string Code, string? Detail) : ProcessEvent
{
    /// <summary>Of a hand-over that reached nobody: what could not be started.</summary>
    public CallTarget? Call { get; init; }
}

/// <param name="Sha256">Hex; of the bytes that are stored elsewhere.</param>
public sealed record FileAttached(Guid AttachmentId, Guid? TaskId, string FileName, string ContentType, long Size, string Sha256)
    : ProcessEvent;

/// <summary>A file is not part of the case any more. Its bytes stay, and the history says who attached and who withdrew it.</summary>
public sealed record FileWithdrawn(Guid AttachmentId, string FileName, string Comment) : ProcessEvent;

/// <summary>Personal data was taken out of events of this case, which keep the hashes that they had.</summary>
/// <param name="Events">Of which, and what stands there now.</param>
/// <param name="Ground">By what right, such as the section of the act.</param>
/// <param name="Order">The paper that orders it.</param>
/// <param name="AskedBy">Who asked for it; whoever agreed is the actor.</param>
public sealed record ContentRedacted(ImmutableArray<RedactedEvent> Events, string Ground, string Order, Guid AskedBy) : ProcessEvent;

/// <param name="PayloadHash">SHA-256 of the payload as it is now, in hex: whoever verifies the record takes this one for whole.</param>
public sealed record RedactedEvent(int Sequence, string PayloadHash);

/// <summary>The requester has said what they think of the service. No data of the case.</summary>
/// <param name="RatingId">Under which it stands among the forms that were filled in.</param>
/// <param name="Answers">Field → JSON text.</param>
public sealed record ServiceRated(Guid RatingId, ImmutableSortedDictionary<string, string> Answers) : ProcessEvent;

public sealed record CommentAdded(Guid? TaskId, string Text) : ProcessEvent
{
    /// <summary>The people whom the text names; null when it names nobody.</summary>
    public ImmutableArray<Guid>? Mentioned { get; init; }
}
