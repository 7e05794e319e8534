using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances.Events;

/// <summary>A clock starts. Its inputs are kept with the result, so that anyone can compute it again.</summary>
/// <param name="StepId">The step that the limit belongs to; steps that share it point to this one.</param>
public sealed record DeadlineSet(Guid DeadlineId, string StepId, int Attempt, DeadlineTerms Terms, ImmutableArray<EscalationRung> Rungs)
    : ProcessEvent
{
    /// <summary>
    /// Tasks of steps that share the clock and were open before it could start: its date was not known, or its own step not reached.
    /// </summary>
    public ImmutableArray<Guid>? AlsoTimes { get; init; }
}

/// <summary>A clock stands still from now on.</summary>
public sealed record DeadlinePaused(Guid DeadlineId, PauseReason Reason, string? Comment) : ProcessEvent;

/// <summary>A running clock has a new due moment. Old and new both stand in the history; nothing is shifted silently.</summary>
/// <param name="Rungs">Those of the new moment: first what was taken and stays taken, then what is still to be taken.</param>
public sealed record DeadlineMoved(
    Guid DeadlineId, DateTimeOffset From, DeadlineTerms Terms, ImmutableArray<EscalationRung> Rungs, MoveCause Cause, string? Comment)
    : ProcessEvent
{
    /// <summary>How many of the rungs, from the first on, stay taken.</summary>
    public int RungsTaken { get; init; }

    /// <summary>
    /// Rungs that were taken and whose moment lies ahead again: what was said stays in the history, and does not hold any more.
    /// </summary>
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

public sealed record DeadlineClosed(Guid DeadlineId, DeadlineResult Result) : ProcessEvent;

/// <summary>How a clock ended. A range has three answers: earlier than its minimum is not a breach.</summary>
public enum DeadlineResult
{
    Early,
    Within,
    Late,
    Cancelled,
}

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

/// <summary>A rung of the escalation was taken: somebody is reminded or told.</summary>
/// <param name="TaskId">A task that the clock times; null for the clock of the whole procedure.</param>
/// <param name="ScheduledFor">The rung's true moment.</param>
/// <param name="Late">The service acted after it (it was down).</param>
/// <param name="Superseded">A later rung for the same recipient was taken in the same moment: recorded, but no notice of its own (no storm
/// after an outage).</param>
public abstract record RungTaken(
    Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded)
    : ProcessEvent;

public sealed record TaskReminded(
    Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);

public sealed record TaskOverdue(
    Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);

/// <param name="Level">1: to the step's supervisor role; 2: to the director of the office.</param>
public sealed record TaskEscalated(
    Guid? TaskId, Guid DeadlineId, DateTimeOffset DueAt, DateTimeOffset ScheduledFor, bool Late, bool Superseded, int Level, string ToRole)
    : RungTaken(TaskId, DeadlineId, DueAt, ScheduledFor, Late, Superseded);
