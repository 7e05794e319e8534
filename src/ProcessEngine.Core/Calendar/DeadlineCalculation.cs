namespace ProcessEngine.Core.Calendar;

/// <summary>A due moment and what is to be known about it. All instants are UTC.</summary>
/// <param name="ExpectedFrom">Of a range: 16:30 of its minimum; of a window: its opening.</param>
/// <param name="UnrolledLastDay">The last day before rolling, from which an extension counts on (R8).</param>
/// <param name="OverdueAtStart">The due moment lies before the receipt (R7).</param>
/// <param name="NotYetAnnounced">The period rests on days that are not announced yet (R9).</param>
/// <param name="ActBy">Where the last day is a holiday and stays so: the working day before it (R4).</param>
public readonly record struct DueDate(
    DateTimeOffset? ExpectedFrom, DateTimeOffset DueAt, DateOnly UnrolledLastDay, bool OverdueAtStart, bool NotYetAnnounced,
    DateTimeOffset? ActBy);

public sealed record SkippedDay(DateOnly Date, LocalizedText Name);

/// <summary>The days that were counted, and the ones that were not, each with its name.</summary>
public sealed record Explanation(IReadOnlyList<DateOnly> Counted, IReadOnlyList<SkippedDay> Skipped);

/// <summary>From a rule and a receipt to a due moment (docs/working-time.md, section 2).</summary>
public static class DeadlineCalculation
{
    /// <param name="receivedAt">When the step reached the office: the hand-over, not the moment somebody opened it.</param>
    /// <param name="eventOn">The event's Bangkok date; required by the rules that count back from one.</param>
    /// <exception cref="CalendarNotLoadedException">The period reaches past anything that the calendar can say.</exception>
    /// <exception cref="ArgumentException">The rule counts back from an event, and none is given.</exception>
    public static DueDate Compute(DeadlineRule rule, DateTimeOffset receivedAt, WorkingCalendar calendar, DateOnly? eventOn = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(calendar);
        var received = BangkokTime.DateOf(receivedAt);
        switch (rule)
        {
            case WorkingDays r:
                return AtClose(WorkingDay(r.N), WorkingDay(r.N));
            case WorkingDaysRange r:
                return AtClose(WorkingDay(r.Max), WorkingDay(r.Max), WorkingDay(r.Min));
            case CalendarDays r:
                var last = PlainDay(r.N);
                return AtClose(Rolled(last, r.Roll), last, r.Min is { } min ? Rolled(PlainDay(min), r.Roll) : null) with
                {
                    ActBy = ActByOf(last, r.Roll),
                };
            case WorkingMinutes r:
                var at = calendar.AddWorkingMinutes(receivedAt, r.Minutes);
                return Result(at, BangkokTime.DateOf(at), null);
            case WorkingDaysBeforeEvent r:
                var before = calendar.SubtractWorkingDays(Event(), r.N);
                return AtClose(before, before);
            case CalendarDaysBeforeEvent r:
                var day = Event().AddDays(-r.N);
                return AtClose(calendar.OnOrBefore(day), day);
            case GivenDate:
                return AtClose(Event(), Event());
            case Window r:
                return InWindow(r);
            default:
                throw UnknownKind.Of(rule);
        }

        // R1, R2: day 1 is the next one, unless the option counts the day of a receipt at or before opening.
        bool CountsDayOfReceipt() =>
            rule.CountIfAtOpen && calendar.IsWorkingDay(received) && BangkokTime.TimeOf(receivedAt) <= WorkingHours.Open;

        DateOnly WorkingDay(int n) => CountsDayOfReceipt()
            ? (n == 1 ? received : calendar.AddWorkingDays(received, n - 1))
            : calendar.AddWorkingDays(received, n);

        DateOnly PlainDay(int n) => received.AddDays(CountsDayOfReceipt() ? n - 1 : n);

        DateOnly Rolled(DateOnly date, Roll roll) => roll == Roll.Forward ? calendar.OnOrAfter(date) : date;

        DateTimeOffset? ActByOf(DateOnly date, Roll roll) =>
            roll == Roll.None && !calendar.IsWorkingDay(date) ? BangkokTime.At(calendar.OnOrBefore(date), WorkingHours.Close) : null;

        DateOnly Event() =>
            eventOn ?? throw new ArgumentException("The rule counts back from an event, and none is given.", nameof(eventOn));

        DueDate AtClose(DateOnly due, DateOnly unrolled, DateOnly? expectedFrom = null) => Result(
            BangkokTime.At(due, WorkingHours.Close), unrolled, expectedFrom is { } from ? BangkokTime.At(from, WorkingHours.Close) : null);

        DueDate Result(DateTimeOffset dueAt, DateOnly unrolled, DateTimeOffset? expectedFrom)
        {
            var dueOn = BangkokTime.DateOf(dueAt);
            var provisional = calendar.IsNotYetAnnounced(eventOn ?? received, dueOn < unrolled ? unrolled : dueOn);
            return new DueDate(expectedFrom, dueAt, unrolled, dueAt < receivedAt, provisional, null);
        }

        DueDate InWindow(Window window)
        {
            var (from, to) = DatesOf(window, received);
            var due = calendar.OnOrAfter(to);
            if (FiscalYear.Of(due) != FiscalYear.Of(to))
                due = calendar.OnOrBefore(to);
            return Result(BangkokTime.At(due, WorkingHours.Close), to, BangkokTime.At(calendar.OnOrAfter(from), WorkingHours.Open));
        }
    }

    /// <summary>Why the date is what it is. For people: it walks the days that <see cref="Compute"/> does not.</summary>
    public static Explanation Explain(DeadlineRule rule, DateTimeOffset receivedAt, WorkingCalendar calendar, DateOnly? eventOn = null)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var due = Compute(rule, receivedAt, calendar, eventOn);
        var dueOn = BangkokTime.DateOf(due.DueAt);
        var received = BangkokTime.DateOf(receivedAt);
        return rule switch
        {
            CalendarDays r => new Explanation(
                Days(due.UnrolledLastDay.AddDays(1 - r.N), due.UnrolledLastDay), Off(due.UnrolledLastDay, dueOn.AddDays(-1))),
            CalendarDaysBeforeEvent r => new Explanation(
                Days(due.UnrolledLastDay, due.UnrolledLastDay.AddDays(r.N - 1)), Off(dueOn.AddDays(1), due.UnrolledLastDay)),
            WorkingDaysBeforeEvent => Split(dueOn, eventOn!.Value.AddDays(-1)),
            GivenDate => new Explanation([], []),
            Window => new Explanation(
                [], due.UnrolledLastDay < dueOn ? Off(due.UnrolledLastDay, dueOn.AddDays(-1)) : Off(dueOn.AddDays(1), due.UnrolledLastDay)),
            WorkingMinutes => Split(received, dueOn),
            WorkingDays or WorkingDaysRange => Split(
                rule.CountIfAtOpen && calendar.IsWorkingDay(received) && BangkokTime.TimeOf(receivedAt) <= WorkingHours.Open
                    ? received
                    : received.AddDays(1),
                dueOn),
            _ => throw UnknownKind.Of(rule),
        };

        Explanation Split(DateOnly first, DateOnly last) => new([.. Days(first, last).Where(calendar.IsWorkingDay)], Off(first, last));

        List<SkippedDay> Off(DateOnly first, DateOnly last) =>
            [.. Days(first, last).Where(d => !calendar.IsWorkingDay(d)).Select(d => new SkippedDay(d, calendar.DayOffName(d)!))];

        static List<DateOnly> Days(DateOnly first, DateOnly last)
        {
            var days = new List<DateOnly>();
            for (var d = first; d <= last; d = d.AddDays(1))
                days.Add(d);
            return days;
        }
    }

    /// <summary>An extension (R8): counted from the day after the original last day before rolling.</summary>
    /// <param name="lastDay"><see cref="DueDate.UnrolledLastDay"/> of the original period.</param>
    public static DueDate Extend(DateOnly lastDay, DeadlineRule extension, WorkingCalendar calendar) =>
        Compute(extension, BangkokTime.At(lastDay, WorkingHours.Close), calendar);

    static (DateOnly From, DateOnly To) DatesOf(Window window, DateOnly received)
    {
        var year = window.FiscalYear ?? FiscalYear.Of(received);
        return (On(window.From), On(window.To));

        DateOnly On(MonthDay day) => day.In(day.Month >= 10 ? year - 544 : year - 543);
    }
}

/// <summary>1 October to 30 September, named after the Buddhist year in which it ends (Budget Procedure Act B.E. 2561, s. 4).</summary>
public static class FiscalYear
{
    public const int BuddhistOffset = 543;

    public static int Of(DateOnly date) => date.Year + BuddhistOffset + (date.Month >= 10 ? 1 : 0);

    /// <summary>1 for October … 12 for September.</summary>
    public static int MonthOf(DateOnly date) => ((date.Month + 2) % 12) + 1;

    /// <summary>Its first day: 1 October of the year before.</summary>
    /// <param name="year">Of the Buddhist Era.</param>
    public static DateOnly FirstDay(int year) => new(year - BuddhistOffset - 1, 10, 1);

    /// <summary>Its first moment.</summary>
    /// <param name="year">Of the Buddhist Era.</param>
    public static DateTimeOffset Begins(int year) => BangkokTime.At(FirstDay(year), TimeOnly.MinValue);

    /// <summary>The first moment of the one that an instant lies in.</summary>
    public static DateTimeOffset BeginsBefore(DateTimeOffset instant) => Begins(Of(BangkokTime.DateOf(instant)));
}
