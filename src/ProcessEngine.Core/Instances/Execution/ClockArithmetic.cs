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
    /// The terms after a pause: what was left of the period when it stopped is left now. Days stay days (the day of the pause and the day
    /// of the continuation are each counted as they are), minutes stay minutes; a limit tied to a date or a window is not moved by waiting.
    /// </summary>
    public static DeadlineTerms Continued(DeadlineTerms terms, DateTimeOffset pausedAt, DateTimeOffset now, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(calendar);
        if (pausedAt >= terms.DueAt || terms.Rule.NeedsDate || terms.Rule is Window)
            return terms;
        var (stopped, goesOn) = (BangkokTime.DateOf(pausedAt), BangkokTime.DateOf(now));
        switch (terms.Rule)
        {
            case WorkingMinutes:
                var left = (int)Math.Max(1, calendar.WorkingMinutesBetween(pausedAt, terms.DueAt));
                var at = calendar.AddWorkingMinutes(now, left);
                return Moved(at, BangkokTime.DateOf(at), null);
            case CalendarDays r:
                var shift = goesOn.DayNumber - stopped.DayNumber;
                var last = terms.LastDay.AddDays(shift);
                return Moved(Close(Rolled(last, r.Roll)), last, Ahead(from => Rolled(from.AddDays(shift), r.Roll)));
            case WorkingDays or WorkingDaysRange:
                var due = Later(BangkokTime.DateOf(terms.DueAt));
                return Moved(Close(due), due, Ahead(Later));
            default:
                throw UnknownKind.Of(terms.Rule);
        }

        DateOnly Later(DateOnly day) => calendar.WorkingDaysBetween(stopped, day) is > 0 and var days
            ? calendar.AddWorkingDays(goesOn, days)
            : calendar.OnOrAfter(goesOn);

        DateOnly Rolled(DateOnly day, Roll roll) => roll == Roll.Forward ? calendar.OnOrAfter(day) : day;

        // The minimum of a range moves only while it lies ahead.
        DateTimeOffset? Ahead(Func<DateOnly, DateOnly> move) =>
            terms.ExpectedFrom is { } from && from > pausedAt ? Close(move(BangkokTime.DateOf(from))) : terms.ExpectedFrom;

        static DateTimeOffset Close(DateOnly day) => BangkokTime.At(day, WorkingHours.Close);

        DeadlineTerms Moved(DateTimeOffset dueAt, DateOnly lastDay, DateTimeOffset? expectedFrom) => terms with
        {
            DueAt = dueAt,
            LastDay = lastDay,
            ExpectedFrom = expectedFrom,
            CalendarId = calendar.Id,
            CalendarVersion = calendar.Version,
            Provisional = calendar.IsNotYetAnnounced(BangkokTime.DateOf(terms.ReceivedAt), BangkokTime.DateOf(dueAt)),
        };
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
