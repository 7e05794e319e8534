using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances;

/// <summary>What happens to the terms of a running clock. Pure arithmetic on the inputs that the clock keeps.</summary>
public static class Clocks
{
    public static DeadlineTerms Terms(DeadlineRule rule, DeadlineSource source, DateTimeOffset receivedAt, DateOnly? date, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        return Of(rule, source, receivedAt, date, calendar, DeadlineCalculation.Compute(rule, receivedAt, calendar, date));
    }

    static DeadlineTerms Of(DeadlineRule rule, DeadlineSource source, DateTimeOffset receivedAt, DateOnly? date, WorkingCalendar calendar, DueDate due) =>
        new(rule, source, receivedAt, calendar.Id, calendar.Version, due.ExpectedFrom, due.DueAt, due.UnrolledLastDay, due.NotYetAnnounced) { DependsOn = date };

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
    /// The terms after a pause: what was left of the period when it stopped is left now. Days stay days (the day of the pause and the day of the
    /// continuation are each counted as they are), minutes stay minutes; a limit tied to a date or a window is not moved by waiting.
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
            default:
                var due = Later(BangkokTime.DateOf(terms.DueAt));
                return Moved(Close(due), due, Ahead(Later));
        }

        DateOnly Later(DateOnly day) => calendar.WorkingDaysBetween(stopped, day) is > 0 and var days ? calendar.AddWorkingDays(goesOn, days) : calendar.OnOrAfter(goesOn);

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

    /// <summary>The ladder of a moved clock: what lies ahead, and what lies behind and was not taken. A reminder is given once.</summary>
    public static ImmutableArray<EscalationRung> Rungs(OpenDeadline clock, IEnumerable<EscalationRung> ladder, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return [.. ladder.Where(r => clock.Taken.FirstOrDefault(t => t.Kind == r.Kind) is not { } taken || (r.Kind != RungKind.Reminder && r.At > now && r.At != taken.At))];
    }

    /// <summary>How a clock that stops now did: overdue only after the maximum, and earlier than the minimum is no breach.</summary>
    public static DeadlineResult ResultAt(OpenDeadline clock, DateTimeOffset closedAt)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var terms = clock.Terms;
        var at = clock.PausedAt ?? closedAt;
        return at > terms.DueAt ? DeadlineResult.Late
            : terms.ExpectedFrom is { } from && at < from ? DeadlineResult.Early
            : DeadlineResult.Within;
    }
}
