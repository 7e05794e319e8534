using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances;

/// <summary>A fact about a case. Events carry results, not recipes: <c>Evolve</c> looks nothing up and computes no date.</summary>
public abstract record ProcessEvent
{
    private protected ProcessEvent()
    {
    }

    /// <summary>The order by which the actor sat in the post; null when it is their own, and where no post was needed.</summary>
    public Capacity? Capacity { get; init; }
}

/// <summary>A fact with its place in the case's history: who, when, and the how-manieth.</summary>
/// <param name="Sequence">1 for the first event of a case; no gaps.</param>
/// <param name="At">UTC, whole microseconds.</param>
/// <param name="Actor">The user who acted; null when the service did (a deadline passed).</param>
public sealed record RecordedEvent(int Sequence, DateTimeOffset At, Guid? Actor, ProcessEvent Event);

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

/// <summary>A decision of several people, or the same work for many, begins.</summary>
/// <param name="Size">How many tasks it has.</param>
public sealed record TaskGroupOpened(string StepId, int Attempt, TaskGroupKind Kind, int Size) : ProcessEvent;

/// <summary>Enough of a group's tasks are done; the others are cancelled.</summary>
/// <param name="Port">The way on.</param>
/// <param name="ByChair">The votes were even, and the chair's decided.</param>
public sealed record TaskGroupClosed(string StepId, string Port, int InFavour, int Against, int Abstained, int Unanswered, bool ByChair) : ProcessEvent;

public enum TaskGroupKind
{
    Committee,
    ForEach,
}

public sealed record VoteCast(Guid TaskId, Vote Vote, string? Comment) : DecisionEvent;

/// <summary>A decision node chose its way.</summary>
/// <param name="Condition">The condition that held; null on the way for "else".</param>
public sealed record DecisionTaken(string NodeId, string Port, string? Condition) : ProcessEvent;

/// <summary>A branch has come to its join by one of the arrows that lead there.</summary>
public sealed record BranchArrived(string JoinId, string From, string Port) : ProcessEvent;

public sealed record BranchesJoined(string JoinId) : ProcessEvent;

/// <summary>A branch had arrived at a join and is undone, because work went back to before it.</summary>
public sealed record BranchUndone(string JoinId, string From, string Port) : ProcessEvent;

/// <summary>A branch has come to an end; others still run.</summary>
public sealed record BranchEnded(string EndId, string Outcome) : ProcessEvent;

/// <summary>The case waits beside or instead of a person: for a date, a message, or a sub-process.</summary>
/// <param name="Until">When time ends it, UTC; null when only an outsider does.</param>
/// <param name="Port">The way on when it ends.</param>
/// <param name="Message">Of a wait for a message: its name …</param>
/// <param name="Correlation">… and what it must carry.</param>
/// <param name="Call">Of a sub-process: what is started, and where.</param>
public sealed record WaitStarted(Guid WaitId, string NodeId, WaitKind Kind, string Port, DateTimeOffset? Until, string? Message, string? Correlation, CallTarget? Call) : ProcessEvent;

/// <summary>What was waited for has come.</summary>
/// <param name="Data">Name → JSON text, of a message; merged into the variables of the case.</param>
public sealed record WaitEnded(Guid WaitId, DateTimeOffset? ScheduledFor, ImmutableSortedDictionary<string, string>? Data) : ProcessEvent;

public sealed record WaitCancelled(Guid WaitId) : ProcessEvent;

public enum WaitKind
{
    Date,
    Message,
    Call,

    /// <summary>For an administrator: the place cannot be entered as the data of the case are.</summary>
    Incident,

    /// <summary>A timer on a step that interrupts it.</summary>
    Interrupting,

    /// <summary>A timer on a step that starts a branch beside it.</summary>
    Beside,
}

/// <param name="ChildId">The id that the case started there will have: starting it twice is the same start.</param>
/// <param name="Waited">False: a hand-over that is not waited for.</param>
public sealed record CallTarget(Guid ChildId, string DefinitionKey, string? Office, bool Waited);

/// <summary>A hand-over that is not waited for.</summary>
public sealed record CaseHandedOver(string NodeId, CallTarget Call) : ProcessEvent
{
    /// <summary>Of a hand-over that is tried again: the case that could not be started.</summary>
    public Guid? InsteadOf { get; init; }
}

/// <summary>A clock starts. Its inputs are kept with the result, so that anyone can compute it again.</summary>
/// <param name="StepId">The step that the limit belongs to; steps that share it point to this one.</param>
public sealed record DeadlineSet(Guid DeadlineId, string StepId, int Attempt, DeadlineTerms Terms, ImmutableArray<EscalationRung> Rungs) : ProcessEvent
{
    /// <summary>Tasks of steps that share the clock and were open before it could start: its date was not known, or its own step not reached.</summary>
    public ImmutableArray<Guid>? AlsoTimes { get; init; }
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

/// <summary>A task ends by somebody's decision.</summary>
public abstract record DecisionEvent : ProcessEvent
{
    private protected DecisionEvent()
    {
    }
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

/// <summary>
/// Whoever decided took it back before anybody had gone on from it. What was decided stays in the history; the case stands as it did before.
/// The state is kept with the event, as nothing but the state before it could give it back (decision record 11).
/// </summary>
/// <param name="From">Sequence of the act that is undone …</param>
/// <param name="Through">… and of the last event that followed from it.</param>
public sealed record ActUndone(Guid TaskId, int From, int Through, DateTimeOffset DecidedAt, ProcessState Restored) : ProcessEvent;

/// <summary>A timer took the task out of its holder's hands.</summary>
public sealed record TaskTimedOut(Guid TaskId) : ProcessEvent;

/// <summary>The task waits for somebody outside the office.</summary>
public sealed record TaskPaused(Guid TaskId, string Comment) : ProcessEvent;

public sealed record TaskContinued(Guid TaskId, string? Comment) : ProcessEvent;

/// <summary>An open task that nobody needs to do any more.</summary>
public sealed record TaskCancelled(Guid TaskId) : ProcessEvent;

/// <summary>A clock stands still from now on.</summary>
public sealed record DeadlinePaused(Guid DeadlineId, PauseReason Reason, string? Comment) : ProcessEvent;

/// <summary>A running clock has a new due moment. Old and new both stand in the history; nothing is shifted silently.</summary>
/// <param name="Rungs">The ladder of the new moment: first what was taken and stays taken, then what is still to be taken.</param>
public sealed record DeadlineMoved(Guid DeadlineId, DateTimeOffset From, DeadlineTerms Terms, ImmutableArray<EscalationRung> Rungs, MoveCause Cause, string? Comment) : ProcessEvent
{
    /// <summary>How many of the rungs, from the first on, stay taken.</summary>
    public int RungsTaken { get; init; }

    /// <summary>Rungs that were taken and whose moment lies ahead again: what was said stays in the history, and does not hold any more.</summary>
    public ImmutableArray<RungKind>? Superseded { get; init; }

    /// <summary>Of an extension: by what it was extended.</summary>
    public DeadlineRule? ExtendedBy { get; init; }

    /// <summary>The change of the calendar that moved it; null for other causes.</summary>
    public Guid? CalendarChangeId { get; init; }

    public int? FromCalendarVersion { get; init; }

    /// <summary>The calendar moved the due moment into the past: nobody is late by it until a supervisor has confirmed it.</summary>
    public bool AwaitsConfirmation { get; init; }
}

/// <summary>A supervisor lets the due moment stand that a change of the calendar moved into the past; from now on it counts.</summary>
public sealed record DeadlineConfirmed(Guid DeadlineId, string? Comment) : ProcessEvent;

public enum PauseReason
{
    Suspended,
    WaitsForOutsider,
}

public enum MoveCause
{
    /// <summary>The clock runs again after a pause.</summary>
    Continued,

    /// <summary>The date that the limit depends on was given or moved.</summary>
    DateChanged,

    /// <summary>An extension (R8).</summary>
    Extended,

    /// <summary>The working calendar of the office was changed.</summary>
    CalendarChanged,
}

public sealed record DeadlineClosed(Guid DeadlineId, DeadlineResult Result) : ProcessEvent;

/// <summary>How a clock ended. A range has three answers: earlier than its minimum is not a breach.</summary>
public enum DeadlineResult
{
    Early,
    Within,
    Late,
    Cancelled,
}

/// <summary>One rung of the ladder was taken.</summary>
/// <param name="TaskId">A task that the clock times; null for the clock of the whole procedure.</param>
/// <param name="ScheduledFor">The rung's true moment.</param>
/// <param name="Late">The service acted after it (it was down).</param>
/// <param name="Superseded">A later rung for the same recipient was taken in the same moment: recorded, but no notice of its own (no storm after an outage).</param>
public abstract record RungTaken(Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded) : ProcessEvent;

public sealed record TaskReminded(Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);

public sealed record TaskOverdue(Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);

/// <param name="Level">1: to the step's supervisor role; 2: to the director of the office.</param>
public sealed record TaskEscalated(
    Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded, int Level, string ToRole)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);

public sealed record CommentAdded(Guid? TaskId, string Text) : ProcessEvent
{
    /// <summary>The people whom the text names; null when it names nobody.</summary>
    public ImmutableArray<Guid>? Mentioned { get; init; }
}

public sealed record InstanceCompleted(string Outcome) : ProcessEvent;

public sealed record InstanceCancelled(string Comment) : ProcessEvent;

public sealed record InstanceSuspended(string Comment) : ProcessEvent;

public sealed record InstanceResumed(string? Comment) : ProcessEvent;

public sealed record InstanceReopened(string ToStep, string Comment) : ProcessEvent;

public sealed record InstanceMoved(string ToStep, string Comment) : ProcessEvent;

/// <param name="Changes">Name → JSON text.</param>
public sealed record VariablesChanged(ImmutableSortedDictionary<string, string> Changes, string? Comment) : ProcessEvent;

/// <param name="Priority">Null: ordinary from now on.</param>
public sealed record PriorityChanged(Priority? Priority, string? Comment) : ProcessEvent;

/// <param name="Moves">Nodes that have another id in the new version.</param>
public sealed record InstanceMigrated(int FromVersion, int ToVersion, ImmutableArray<NodeMove> Moves) : ProcessEvent;

public sealed record NodeMove(string From, string To);

/// <summary>Something that an administrator has to look at: nobody is there to do a task, a list is missing.</summary>
/// <param name="Code">Stable; for programs.</param>
public sealed record IncidentRaised(string NodeId, string Code, string? Detail) : ProcessEvent
{
    /// <summary>Of a hand-over that reached nobody: what could not be started.</summary>
    public CallTarget? Call { get; init; }
}

/// <param name="Sha256">Hex; of the bytes that are stored elsewhere.</param>
public sealed record FileAttached(Guid AttachmentId, Guid? TaskId, string FileName, string ContentType, long Size, string Sha256) : ProcessEvent;

/// <summary>The inputs of a due moment and its result.</summary>
/// <param name="Source">Who set the limit: the manual, or the office where the manual states none.</param>
/// <param name="LastDay">Last day of the period before rolling; an extension counts on from it (R8).</param>
/// <param name="Provisional">The period rests on days that are not yet announced (R9).</param>
public sealed record DeadlineTerms(
    DeadlineRule Rule,
    DeadlineSource Source,
    DateTimeOffset ReceivedAt,
    string CalendarId,
    int CalendarVersion,
    DateTimeOffset? ExpectedFrom,
    DateTimeOffset DueAt,
    DateOnly LastDay,
    bool Provisional)
{
    /// <summary>The date that the rule depends on: of the event that it counts back from, or given by another agency.</summary>
    public DateOnly? DependsOn { get; init; }
}

public enum DeadlineSource
{
    Manual,
    Office,
}
