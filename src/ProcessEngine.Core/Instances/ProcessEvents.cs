using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances;

/// <summary>A fact about a case. Events carry results, not recipes: <c>Evolve</c> looks nothing up and computes no date.</summary>
public abstract record ProcessEvent
{
    private protected ProcessEvent()
    {
    }
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
    ImmutableSortedDictionary<string, string> Variables) : ProcessEvent;

/// <param name="Attempt">1 on the first pass through the step, one more on every return to it.</param>
/// <param name="DeadlineId">The clock that times the task; null when no limit is stated.</param>
public sealed record TaskOpened(Guid TaskId, string StepId, int Attempt, string Role, Guid? DeadlineId) : ProcessEvent;

/// <summary>A clock starts. Its inputs are kept with the result, so that anyone can compute it again.</summary>
/// <param name="StepId">The step that the limit belongs to; steps that share it point to this one.</param>
public sealed record DeadlineSet(Guid DeadlineId, string StepId, int Attempt, DeadlineTerms Terms, ImmutableArray<EscalationRung> Rungs) : ProcessEvent;

public sealed record TaskClaimed(Guid TaskId, Guid Assignee) : ProcessEvent;

public sealed record TaskReassigned(Guid TaskId, Guid? From, Guid To, string? Comment) : ProcessEvent;

/// <param name="Outputs">Name → JSON text; merged into the variables of the case.</param>
public sealed record TaskCompleted(Guid TaskId, string? Comment, ImmutableSortedDictionary<string, string> Outputs) : ProcessEvent;

public sealed record TaskApproved(Guid TaskId, string? Comment, ImmutableSortedDictionary<string, string> Outputs) : ProcessEvent;

/// <param name="Comment">The reason; never empty.</param>
public sealed record TaskRejected(Guid TaskId, string Comment) : ProcessEvent;

/// <param name="ToStep">The step that the work goes back to.</param>
/// <param name="Comment">The reason; never empty.</param>
public sealed record TaskReturned(Guid TaskId, string ToStep, string Comment) : ProcessEvent;

/// <summary>An open task that nobody needs to do any more.</summary>
public sealed record TaskCancelled(Guid TaskId) : ProcessEvent;

public sealed record DeadlineClosed(Guid DeadlineId, DeadlineResult Result) : ProcessEvent;

/// <summary>How a clock ended. A range has three answers: earlier than its minimum is not a breach.</summary>
public enum DeadlineResult
{
    Early,
    Within,
    Late,
    Cancelled,
}

/// <summary>One rung of the ladder was taken. <c>ScheduledFor</c> is its true moment; <c>Late</c> says that the service acted after it (it was down).</summary>
public abstract record RungTaken : ProcessEvent
{
    private protected RungTaken()
    {
    }

    public required Guid TaskId { get; init; }
    public required Guid DeadlineId { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public required DateTimeOffset ScheduledFor { get; init; }
    public required bool Late { get; init; }

    /// <summary>True when a later rung for the same recipient was taken in the same moment: recorded, but no notice of its own (no storm after an outage).</summary>
    public required bool Superseded { get; init; }
}

public sealed record TaskReminded : RungTaken;

public sealed record TaskOverdue : RungTaken;

/// <summary>Level 1 goes to the step's supervisor role, level 2 to the director of the office.</summary>
public sealed record TaskEscalated : RungTaken
{
    public required int Level { get; init; }
    public required string ToRole { get; init; }
}

public sealed record CommentAdded(Guid? TaskId, string Text) : ProcessEvent;

public sealed record InstanceCompleted(string Outcome) : ProcessEvent;

public sealed record InstanceCancelled(string Comment) : ProcessEvent;

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
    bool Provisional);

public enum DeadlineSource
{
    Manual,
    Office,
}
