using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>A running clock, and how many rungs of its escalation are taken.</summary>
/// <param name="StepId">The step that the limit belongs to; empty for the clock of the whole procedure.</param>
public sealed record OpenDeadline(
    Guid DeadlineId,
    string StepId,
    int Attempt,
    DeadlineTerms Terms,
    ImmutableArray<EscalationRung> Rungs,
    int RungsTaken)
{
    /// <summary>Since when it stands still; null while it runs.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Moved into the past by a change of the calendar: not late until a supervisor has confirmed it.</summary>
    public bool AwaitsConfirmation { get; init; }

    /// <summary>What the period went through since its start, in order; null when nothing.</summary>
    public ImmutableArray<ClockAdjustment>? Adjustments { get; init; }

    /// <summary>Nobody is told that it is late: it stands still, or nobody has confirmed yet that it counts.</summary>
    public bool IsHeld => PausedAt is not null || AwaitsConfirmation;

    /// <summary>The rung that comes next; null when all are taken, or while the clock is held.</summary>
    public EscalationRung? NextRung => !IsHeld && RungsTaken < Rungs.Length ? Rungs[RungsTaken] : null;

    internal OpenDeadline Moved(DeadlineMoved e, DateTimeOffset at) => this with
    {
        Terms = e.Terms,
        Rungs = e.Rungs,
        RungsTaken = e.RungsTaken,
        PausedAt = e.Cause == MoveCause.Continued ? null : PausedAt,
        AwaitsConfirmation = e.AwaitsConfirmation,
        Adjustments = e.Cause switch
        {
            MoveCause.Continued => [.. Adjustments ?? [], new ClockAdjustment(at) { PausedAt = PausedAt }],
            MoveCause.Extended => [.. Adjustments ?? [], new ClockAdjustment(at) { ExtendedBy = e.ExtendedBy }],
            MoveCause.DateChanged => null,
            MoveCause.CalendarChanged => Adjustments,
        },
    };
}

/// <summary>A pause that ended, or an extension. Kept, so that the due moment can always be counted anew from its inputs.</summary>
/// <param name="At">When the clock went on, or was extended.</param>
public sealed record ClockAdjustment(DateTimeOffset At)
{
    /// <summary>Of a pause: since when the clock stood still.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Of an extension.</summary>
    public Calendar.DeadlineRule? ExtendedBy { get; init; }
}
