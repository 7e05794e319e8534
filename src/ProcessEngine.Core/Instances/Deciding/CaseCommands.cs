using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.Deciding;

public sealed record StartProcess : ProcessCommand
{
    public required Guid InstanceId { get; init; }
    public required string Office { get; init; }
    public required string Title { get; init; }
    public string? BusinessKey { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>
    /// The data of the last completed case of the procedure in the office, for a definition that carries some of it over; null when there
    /// is none.
    /// </summary>
    public ImmutableSortedDictionary<string, string>? Previous { get; init; }

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Somebody has left the office, or a post in it: what they had taken and may not do any more goes back to its role.</summary>
/// <param name="AsNow">What they hold in the office by now; null: they are gone.</param>
public sealed record ReturnWork(Guid Person, Actor? AsNow, string Reason) : ProcessCommand;

public sealed record CancelInstance(string Reason) : ProcessCommand;

/// <summary>The case becomes more or less urgent; null: ordinary.</summary>
public sealed record ChangePriority(Priority? Priority, string? Comment) : ProcessCommand;

public sealed record SuspendInstance(string Reason) : ProcessCommand;

public sealed record ResumeInstance(string? Comment) : ProcessCommand;

/// <summary>An ended case goes on at a step, within the time that its definition allows.</summary>
public sealed record ReopenInstance(string ToStep, string Reason) : ProcessCommand;

/// <summary>An administrator corrects a mistake: whatever is open is undone, and the case goes on at a step.</summary>
public sealed record MoveInstance(string ToStep, string Reason) : ProcessCommand;

/// <summary>The data of the case changes (the meeting was moved); limits that rest on it are counted anew.</summary>
/// <param name="Changes">Name → JSON text.</param>
public sealed record ChangeVariables(ImmutableSortedDictionary<string, string> Changes, string? Comment) : ProcessCommand;

/// <summary>
/// Time has passed: take every rung and every timer whose moment has come. Sent by the deadline sweep, never by a person.
/// </summary>
public sealed record ReachTime : ProcessCommand;

/// <summary>A message from outside. It goes to the place that waits for one of this name and correlation.</summary>
/// <param name="Data">Name → JSON text; merged into the variables of the case.</param>
public sealed record ReceiveMessage(string Name, string? Correlation, ImmutableSortedDictionary<string, string> Data) : ProcessCommand;

/// <summary>A sub-process has ended. Sent by the service.</summary>
public sealed record EndCall(Guid WaitId, Guid ChildId, string Outcome) : ProcessCommand
{
    /// <summary>The outcome of a case that was cancelled.</summary>
    public const string Cancelled = "cancelled";
}

/// <summary>What an incident complained of has been put right: try again.</summary>
/// <param name="IncidentId">The incident, or the wait of the place that could not be entered.</param>
public sealed record RetryIncident(Guid IncidentId) : ProcessCommand;

/// <summary>What a case called could not be started. Sent by the service.</summary>
/// <param name="NodeId">The call.</param>
/// <param name="Code">Why; stable, for programs.</param>
public sealed record RefuseCall(string NodeId, CallTarget Call, string Code, string? Detail) : ProcessCommand;

/// <summary>An extension (ขยายเวลา) of a running limit, counted on from its last day (R8).</summary>
public sealed record ExtendDeadline(Guid DeadlineId, DeadlineRule ByRule, string Reason) : ProcessCommand;

/// <summary>
/// The working calendar of the office was changed: every running limit is counted anew by it. Sent by the service with the change.
/// </summary>
/// <param name="ChangeId">The change, for the audit trail.</param>
public sealed record RecomputeDeadlines(Guid ChangeId, string Reason) : ProcessCommand;

/// <summary>A supervisor lets a due moment count that a change of the calendar moved into the past.</summary>
public sealed record ConfirmDeadline(Guid DeadlineId, string? Comment) : ProcessCommand;

/// <summary>A file was laid to the case. Its bytes are stored outside the events, its hash inside.</summary>
public sealed record AttachFile(Guid AttachmentId, Guid? TaskId, string FileName, string ContentType, long Size, string Sha256)
    : ProcessCommand;

/// <summary>A file was laid to the case that does not belong there. It is kept, and offered to nobody who works on the case.</summary>
/// <param name="AttachedBy">Who laid it there.</param>
public sealed record WithdrawFile(Guid AttachmentId, string FileName, Guid AttachedBy, string Reason) : ProcessCommand;

/// <summary>Personal data is taken out of events of a case that has ended. The events are given as they will be.</summary>
/// <param name="AskedBy">Never who agrees to it.</param>
public sealed record RedactContent(ImmutableArray<Events.RedactedEvent> Events, string Ground, string Order, Guid AskedBy) : ProcessCommand;

/// <summary>The requester says what they think of the service, when the case has ended.</summary>
/// <param name="Answers">Field → JSON text.</param>
public sealed record RateService(ImmutableSortedDictionary<string, string> Answers) : ProcessCommand;

/// <summary>The case goes on by another version of its definition.</summary>
/// <param name="To">The version to move to.</param>
/// <param name="Moves">Old node id → new node id, where they differ.</param>
public sealed record MigrateInstance(Definitions.ProcessDefinition To, ImmutableSortedDictionary<string, string> Moves) : ProcessCommand
{
    /// <summary>Why; null where all cases of an office move.</summary>
    public string? Reason { get; init; }
}
