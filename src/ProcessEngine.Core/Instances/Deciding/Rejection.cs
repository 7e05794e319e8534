using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>The procedure says no. Carries facts, no prose: the shell turns it into a problem that a person can read.</summary>
public abstract record Rejection;

/// <summary>The actor holds none of the roles that may do this.</summary>
public sealed record NotAllowed(string Action, IReadOnlyList<string> NeedsOneOf) : Rejection;

/// <summary>The task was closed before; the facts say by whom, how and when, where they are still known.</summary>
public sealed record TaskNotOpen(Guid TaskId, string? Outcome, Guid? By, DateTimeOffset? At) : Rejection;

/// <summary>The task changed after the caller looked at it.</summary>
public sealed record TaskChanged(Guid TaskId, int Expected, int Actual) : Rejection;

public sealed record TaskHeldByAnother(Guid TaskId, Guid Assignee) : Rejection;

public sealed record ReasonRequired(string Action) : Rejection;

/// <summary>An approval is decided, a task is completed: never the other way round.</summary>
public sealed record ActionNotForThisStep(Guid TaskId, string Action, string StepType) : Rejection;

public sealed record ReturnNotAllowed(string? ToStep, IReadOnlyList<string> Allowed) : Rejection;

public sealed record AssigneeLacksRole(Guid Assignee, string Role) : Rejection;

public sealed record InstanceHasEnded(InstanceStatus Status) : Rejection;

/// <summary>Only of a case that has ended.</summary>
public sealed record InstanceStillRuns : Rejection;

/// <summary>Whoever asked for it may not agree to it as well.</summary>
public sealed record SecondPersonNeeded(string Action) : Rejection;

public sealed record AlreadyStarted : Rejection;

/// <summary>The definition leads nowhere from here. Publication checks prevent it; a case is never silently lost all the same.</summary>
public sealed record NoWayOn(string StepId, string Port) : Rejection;

public sealed record InstanceIsSuspended : Rejection;

/// <summary>Not in this state of the case.</summary>
public sealed record ActionNotPossible(string Action, InstanceStatus Status) : Rejection;

public sealed record InstanceNotSuspended(InstanceStatus Status) : Rejection;

public sealed record TaskIsPaused(Guid TaskId) : Rejection;

public sealed record TaskNotPaused(Guid TaskId) : Rejection;

/// <summary>Four eyes: who did that step, or asked for it, may not decide here.</summary>
public sealed record ActedBefore(string Step) : Rejection;

/// <summary>One person, one vote: they have a seat on this committee, or have voted in another's.</summary>
public sealed record VoteOfAnother(Guid UserId) : Rejection;

/// <summary>An order never gives back to the requester the decision on their own case.</summary>
public sealed record OwnCaseByOrder(string OrderNumber) : Rejection;

/// <summary>The task was taken under an order that has run out since, or was revoked.</summary>
public sealed record OrderNotInForce(string OrderNumber, string Role) : Rejection;

/// <summary>The order does not cover this act.</summary>
public sealed record ActNotInOrder(string OrderNumber, string Action, IReadOnlyList<string> Covered) : Rejection;

public sealed record StepUnknown(string? Step) : Rejection;

public sealed record ReopenTooLate(DateTimeOffset EndedAt, int WithinDays) : Rejection;

/// <summary>What was decided stands: the time in which it could be taken back is over.</summary>
public sealed record UndoTooLate(DateTimeOffset DecidedAt, int WithinSeconds) : Rejection;

/// <summary>Somebody has gone on from what was decided.</summary>
public sealed record ActFollowed(Guid? By, DateTimeOffset At) : Rejection;

/// <summary>What followed cannot be taken back: another case was started or goes on, somebody was told, clocks were moved.</summary>
public sealed record NotReversible(Guid? TaskId) : Rejection;

public sealed record NobodyWaits(string Message) : Rejection;

public sealed record DeadlineNotOpen(Guid DeadlineId) : Rejection;

/// <summary>
/// No such incident is there to be tried again: it is put right, or there is nothing to try, because somebody has to take the work.
/// </summary>
public sealed record IncidentNotOpen(Guid IncidentId) : Rejection;

public sealed record FormNotFilled(ImmutableArray<FieldProblem> Problems) : Rejection;

/// <param name="Name">The field at fault.</param>
/// <param name="Needs">The type that the definition declares.</param>
public sealed record VariableInvalid(string Name, string Needs) : Rejection
{
    /// <summary>What is wrong with it, to be said after its name; null: it is not of the type.</summary>
    public LocalizedText? Reason { get; init; }
}

/// <summary>The definition declares its data, and this is none of them.</summary>
public sealed record VariableUndeclared(string Name) : Rejection;

/// <summary>A limit would have to be counted on days of which the calendar says nothing, now or when the case comes to it.</summary>
/// <param name="Field">The date that came with the request; null when it is none of them.</param>
public sealed record DateOutsideCalendar(string? Field, DateOnly Date, int FirstYear, int LastYear) : Rejection;

/// <summary>Data that says for whom work is names somebody of whom the office knows nothing.</summary>
public sealed record PersonUnknown(string Name, string Value) : Rejection;

/// <summary>The case cannot stand where it stands by the other version.</summary>
public sealed record CannotMigrate(string Reason, string? Node) : Rejection;

public sealed record TooMuchOfThis(string What, int Limit) : Rejection;

/// <summary>The file is not part of the case any more already.</summary>
public sealed record FileWithdrawnBefore(Guid AttachmentId) : Rejection;

/// <summary>The requester has said what they think of it, and does so once.</summary>
public sealed record RatedBefore(DateTimeOffset At) : Rejection;

/// <summary>No supervisor has to confirm this limit.</summary>
public sealed record NothingToConfirm(Guid DeadlineId) : Rejection;
