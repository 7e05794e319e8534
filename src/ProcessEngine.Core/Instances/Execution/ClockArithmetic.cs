using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>What happens to the terms of a running clock. Pure arithmetic on the inputs that the clock keeps.</summary>
public static class ClockArithmetic
{
    public static DeadlineTerms Terms(
        DeadlineRule rule, DeadlineSource source, DateTimeOffset receivedAt, DateOnly? date, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        return Of(rule, source, receivedAt, date, calendar, DeadlineCalculation.Compute(rule, receivedAt, calendar, date));
    }

    static DeadlineTerms Of(
        DeadlineRule rule, DeadlineSource source, DateTimeOffset receivedAt, DateOnly? date, WorkingCalendar calendar, DueDate due) =>
        new(rule, source, receivedAt, calendar.Id, calendar.Version, due.ExpectedFrom, due.DueAt, due.UnrolledLastDay, due.NotYetAnnounced)
        {
            DependsOn = date,
        };

    /// <summary>An extension (R8): counted on from the day after the last day, before rolling.</summary>
    public static DeadlineTerms Extended(DeadlineTerms terms, DeadlineRule by, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(calendar);
        var due = DeadlineCalculation.Extend(terms.LastDay, by, calendar);
        return terms with
        {
            DueAt = due.DueAt,
            LastDay = due.UnrolledLastDay,
            CalendarId = calendar.Id,
            CalendarVersion = calendar.Version,
            Provisional = terms.Provisional || due.NotYetAnnounced,
        };
    }

    /// <summary>
    /// The terms after a pause: the working time that was left of the period when it stopped is left now, to the instant. Half a day that
    /// was left is half a day. A limit tied to a date or a window is not moved by waiting.
    /// </summary>
    public static DeadlineTerms Continued(DeadlineTerms terms, DateTimeOffset pausedAt, DateTimeOffset now, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(calendar);
        if (pausedAt >= terms.DueAt || terms.Rule.NeedsDate || terms.Rule is Window)
            return terms;
        var (due, lastDay) = Later(terms.Rule, terms.DueAt, terms.LastDay, pausedAt, now, calendar);
        return terms with
        {
            DueAt = due,
            LastDay = lastDay,
            // The minimum of a range moves only while it lies ahead.
            ExpectedFrom = terms.ExpectedFrom is { } from && from > pausedAt
                ? Later(terms.Rule, from, BangkokTime.DateOf(from), pausedAt, now, calendar).At
                : terms.ExpectedFrom,
            CalendarId = calendar.Id,
            CalendarVersion = calendar.Version,
            Provisional = calendar.IsNotYetAnnounced(BangkokTime.DateOf(terms.ReceivedAt), BangkokTime.DateOf(due)),
        };
    }

    /// <summary>
    /// When a moment comes that stood still: with as much time still to go as there was. Of plain days every date has its office hours,
    /// and only the last day is looked at (R3, R4); of all others only working days have.
    /// </summary>
    /// <param name="lastDay">Of plain days, the last one before rolling.</param>
    public static (DateTimeOffset At, DateOnly LastDay) Later(
        DeadlineRule rule, DateTimeOffset at, DateOnly lastDay, DateTimeOffset pausedAt, DateTimeOffset now, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        if (rule is CalendarDays { Roll: var roll })
        {
            var time = BangkokTime.TimeOf(at);
            if (WorkingHours.Between(pausedAt, BangkokTime.At(lastDay, time)) is { Ticks: > 0 } plain)
            {
                var unrolled = WorkingHours.After(now, plain);
                var day = BangkokTime.DateOf(unrolled);
                var due = roll == Roll.Forward ? calendar.OnOrAfter(day) : day;
                return (BangkokTime.At(due, BangkokTime.TimeOf(unrolled)), day);
            }
        }

        // Nothing was left that an office works: it goes on as it stood.
        if (calendar.WorkingTimeBetween(pausedAt, at) is not { Ticks: > 0 } left)
            return (at > now ? at : now, lastDay);
        var later = calendar.AddWorkingTime(now, left);
        return (later, BangkokTime.DateOf(later));
    }

    /// <summary>
    /// The terms of a running clock by another calendar: counted anew from its inputs, its pauses and its extensions; never shifted.
    /// </summary>
    public static DeadlineTerms Recomputed(OpenDeadline clock, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var old = clock.Terms;
        var terms = Terms(old.Rule, old.Source, old.ReceivedAt, old.DependsOn, calendar);
        foreach (var change in clock.Adjustments ?? [])
        {
            terms = change.ExtendedBy is { } by
                ? Extended(terms, by, calendar)
                : Continued(terms, change.PausedAt ?? change.At, change.At, calendar);
        }

        return terms;
    }

    /// <summary>Whether two terms say the same to those who work by them; the version of the calendar alone says nothing.</summary>
    public static bool SameResult(DeadlineTerms one, DeadlineTerms other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.DueAt == other.DueAt && one.ExpectedFrom == other.ExpectedFrom && one.LastDay == other.LastDay
            && one.Provisional == other.Provisional;
    }

    /// <summary>
    /// Whether a clock that moves waits for a supervisor: the calendar, and not the passing of time, has put its due moment into the past.
    /// </summary>
    public static bool AwaitsConfirmation(OpenDeadline clock, DeadlineTerms terms, MoveCause cause, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(terms);
        var at = clock.PausedAt ?? now;
        return terms.DueAt < at && (clock.AwaitsConfirmation || (cause == MoveCause.CalendarChanged && clock.Terms.DueAt >= at));
    }

    /// <summary>
    /// How a clock that stops now did: overdue only after the maximum, and earlier than the minimum is no breach.
    /// A due moment that the calendar put into the past makes nobody late before a supervisor has confirmed it.
    /// </summary>
    public static DeadlineResult ResultAt(OpenDeadline clock, DateTimeOffset closedAt)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var terms = clock.Terms;
        var at = clock.PausedAt ?? closedAt;
        return at > terms.DueAt && !clock.AwaitsConfirmation ? DeadlineResult.Late
            : terms.ExpectedFrom is { } from && at < from ? DeadlineResult.Early
            : DeadlineResult.Within;
    }
}
