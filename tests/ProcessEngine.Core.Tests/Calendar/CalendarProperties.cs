using FsCheck;
using FsCheck.Fluent;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using Law = FsCheck.NUnit.PropertyAttribute;

namespace ProcessEngine.Core.Tests.Calendar;

/// <summary>Laws of the working calendar, each against a way of counting that is too slow to use and too plain to be wrong.</summary>
[FsCheck.NUnit.Properties(Arbitrary = [typeof(Any)])]
public sealed class CalendarProperties
{
    static readonly DateOnly First = new(2024, 1, 1);
    static readonly IReadOnlyList<Holiday> Table = Read();

    static IReadOnlyList<Holiday> Read()
    {
        using var reader = new StreamReader(typeof(CalendarProperties).Assembly.GetManifestResourceStream("holidays.csv")!);
        return HolidayTable.Parse(reader.ReadToEnd());
    }

    /// <summary>A calendar with closures and make-up days of its own, and the same days as a plain set.</summary>
    public sealed record Case(WorkingCalendar Calendar, IReadOnlySet<DateOnly> Off, IReadOnlySet<DateOnly> Openings)
    {
        public bool Works(DateOnly day) => Openings.Contains(day)
            || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Off.Contains(day));

        public override string ToString() =>
            $"closed {string.Join(' ', Off.Where(d => Table.All(h => h.Date != d)))}, opened {string.Join(' ', Openings)}";
    }

    /// <summary>Whole minutes, at any hour of any day of three years.</summary>
    public sealed record Received(DateTimeOffset At)
    {
        public DateOnly On => BangkokTime.DateOf(At);
    }

    public sealed record Period(int Days);

    public static class Any
    {
        public static Arbitrary<Case> Cases() => Arb.From(
            from closed in Gen.Choose(0, 900).ListOf()
            from opened in Gen.Choose(0, 900).ListOf()
            select Of(closed, opened));

        public static Arbitrary<Received> Receipts() => Arb.From(
            from day in Gen.Choose(0, 900)
            from minute in Gen.OneOf(Gen.Choose(0, 1439), Gen.Elements(0, 509, 510, 511, 719, 720, 721, 779, 780, 781, 989, 990, 991, 1439))
            select new Received(BangkokTime.At(First.AddDays(day), TimeOnly.MinValue).AddMinutes(minute)));

        public static Arbitrary<Pauses> Turns() => Arb.From(
            from turns in Gen.Zip(Gen.Choose(1, 2000), Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 9000))).ListOf()
            select new Pauses([.. turns.Take(8)]));

        public static Arbitrary<Period> Periods() => Arb.From(Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 120)).Select(d => new Period(d)));

        static Case Of(IEnumerable<int> closed, IEnumerable<int> opened)
        {
            var (closures, openings) = (closed.Select(d => First.AddDays(d)).ToHashSet(), opened.Select(d => First.AddDays(d)).ToHashSet());
            var days = closures.Select(d => new OfficeDay(d, OfficeDayKind.Closure, "น้ำท่วม", "ผอ.")).Concat(openings.Select(
                d => new OfficeDay(d, OfficeDayKind.Opening, "ชดเชย", "ผอ.")));
            var off = Table.Where(h => h.Scope == Holiday.National).Select(h => h.Date).Concat(closures).ToHashSet();
            return new Case(WorkingCalendar.Build("office", 1, null, Table, days, new CalendarCoverage(2018, 2027, 2026)), off, openings);
        }
    }

    static DateTimeOffset Due(Case c, DeadlineRule rule, Received received) =>
        DeadlineCalculation.Compute(rule, received.At, c.Calendar).DueAt;

    [Law]
    public void The_index_agrees_with_counting_day_by_day(Case c, Received from, Period period)
    {
        c.Calendar.IsWorkingDay(from.On).ShouldBe(c.Works(from.On));
        c.Calendar.AddWorkingDays(from.On, period.Days).ShouldBe(Counted(1));
        c.Calendar.SubtractWorkingDays(from.On, period.Days).ShouldBe(Counted(-1));
        c.Calendar.WorkingDaysBetween(from.On, Counted(1)).ShouldBe(period.Days);
        c.Calendar.OnOrAfter(from.On).ShouldBe(c.Works(from.On) ? from.On : c.Calendar.AddWorkingDays(from.On, 1));
        c.Calendar.OnOrBefore(from.On).ShouldBe(c.Works(from.On) ? from.On : c.Calendar.SubtractWorkingDays(from.On, 1));

        DateOnly Counted(int direction)
        {
            var (day, left) = (from.On, period.Days);
            while (left > 0)
            {
                day = day.AddDays(direction);
                left -= c.Works(day) ? 1 : 0;
            }

            return day;
        }
    }

    [Law]
    public void Work_is_due_at_the_close_of_a_working_day(Case c, Received received, Period period)
    {
        var month = new MonthDay(1 + (period.Days % 9), 15);
        foreach (var rule in new DeadlineRule[]
        {
            new WorkingDays(period.Days), new WorkingDaysRange(1, period.Days), new CalendarDays(period.Days),
            new Window(new MonthDay(10, 1), month),
            new WorkingDays(period.Days) { CountIfAtOpen = true }, new CalendarDays(period.Days) { CountIfAtOpen = true },
        })
        {
            var due = Due(c, rule, received);
            BangkokTime.TimeOf(due).ShouldBe(WorkingHours.Close, rule.ToString());
            c.Works(BangkokTime.DateOf(due)).ShouldBeTrue(rule.ToString());
            due.Offset.ShouldBe(TimeSpan.Zero);
        }
    }

    [Law]
    public void A_longer_period_is_never_due_earlier(Case c, Received received, Period one, Period other)
    {
        var (shorter, longer) = one.Days <= other.Days ? (one.Days, other.Days) : (other.Days, one.Days);
        foreach (var of in new Func<int, DeadlineRule>[]
        {
            n => new WorkingDays(n), n => new WorkingDaysRange(1, n), n => new CalendarDays(n), n => new CalendarDays(n, Roll.None),
            n => new WorkingMinutes(n),
            n => new WorkingDays(n) { CountIfAtOpen = true },
        })
        {
            Due(c, of(shorter), received).ShouldBeLessThanOrEqualTo(Due(c, of(longer), received), of(longer).ToString());
        }
    }

    [Law]
    public void Work_received_later_is_never_due_earlier(Case c, Received one, Received other, Period period)
    {
        var (sooner, later) = one.At <= other.At ? (one, other) : (other, one);
        foreach (var rule in new DeadlineRule[]
        {
            new WorkingDays(period.Days), new CalendarDays(period.Days), new WorkingMinutes(period.Days),
            new WorkingDays(period.Days) { CountIfAtOpen = true },
        })
            Due(c, rule, sooner).ShouldBeLessThanOrEqualTo(Due(c, rule, later), rule.ToString());
    }

    [Law]
    public void R2_Only_a_receipt_at_or_before_opening_of_a_working_day_counts_that_day(Case c, Received received, Period period)
    {
        var counts = c.Works(received.On) && BangkokTime.TimeOf(received.At) <= WorkingHours.Open;
        var due = BangkokTime.DateOf(Due(c, new WorkingDays(period.Days) { CountIfAtOpen = true }, received));
        var days = Enumerable.Range(0, due.DayNumber - received.On.DayNumber + 1).Select(received.On.AddDays);
        days.Count(d => c.Works(d) && (d != received.On || counts)).ShouldBe(period.Days);
    }

    [Law]
    public void R3_The_minimum_of_a_range_is_the_period_of_its_own_length(Case c, Received received, Period one, Period other)
    {
        var (min, max) = (Math.Min(one.Days, other.Days), Math.Max(one.Days, other.Days));
        DeadlineCalculation.Compute(new WorkingDaysRange(min, max), received.At, c.Calendar).ExpectedFrom
            .ShouldBe(Due(c, new WorkingDays(min), received));
        DeadlineCalculation.Compute(new CalendarDays(max, Min: min), received.At, c.Calendar).ExpectedFrom
            .ShouldBe(Due(c, new CalendarDays(min), received));
    }

    [Law(MaxTest = 40)]
    public void R5_Minutes_agree_with_walking_them_one_by_one(Case c, Received received, Period period)
    {
        var (minutes, at, walked) = (period.Days * 7, received.At, 0);
        while (walked < minutes)
        {
            walked += IsWorked(at) ? 1 : 0;
            at = at.AddMinutes(1);
        }

        c.Calendar.AddWorkingMinutes(received.At, minutes).ShouldBe(at);
        c.Calendar.WorkingMinutesBetween(received.At, at).ShouldBe(minutes);

        bool IsWorked(DateTimeOffset minute)
        {
            var time = BangkokTime.TimeOf(minute);
            var morning = time >= new TimeOnly(8, 30) && time < new TimeOnly(12, 0);
            var afternoon = time >= new TimeOnly(13, 0) && time < new TimeOnly(16, 30);
            return c.Works(BangkokTime.DateOf(minute)) && (morning || afternoon);
        }
    }

    [Law]
    public void R8_An_extension_counts_on_from_the_last_day_before_rolling(Case c, Received received, Period one, Period other)
    {
        var plain = DeadlineCalculation.Compute(new CalendarDays(one.Days), received.At, c.Calendar);
        var extended = DeadlineCalculation.Extend(plain.UnrolledLastDay, new CalendarDays(other.Days), c.Calendar);
        extended.UnrolledLastDay.ShouldBe(received.On.AddDays(one.Days + other.Days));
        extended.DueAt.ShouldBe(Due(c, new CalendarDays(one.Days + other.Days), received));

        var working = DeadlineCalculation.Compute(new WorkingDays(one.Days), received.At, c.Calendar);
        DeadlineCalculation.Extend(working.UnrolledLastDay, new WorkingDays(other.Days), c.Calendar).DueAt
            .ShouldBe(Due(c, new WorkingDays(one.Days + other.Days), received));
    }

    [Law]
    public void An_explanation_counts_as_many_days_as_the_rule_says_and_names_every_day_that_it_skips(
        Case c, Received received, Period period)
    {
        var explained = DeadlineCalculation.Explain(new WorkingDays(period.Days), received.At, c.Calendar);
        explained.Counted.Count.ShouldBe(period.Days);
        explained.Counted.ShouldAllBe(d => c.Works(d));
        explained.Skipped.ShouldAllBe(d => !c.Works(d.Date) && d.Name.Th.Length > 0 && d.Name.En.Length > 0);
        explained.Counted.Concat(explained.Skipped.Select(d => d.Date)).Order()
            .ShouldBe(
                Enumerable.Range(1, BangkokTime.DateOf(Due(c, new WorkingDays(period.Days), received)).DayNumber - received.On.DayNumber)
                    .Select(received.On.AddDays));
        DeadlineCalculation.Explain(new CalendarDays(period.Days), received.At, c.Calendar).Counted.Count.ShouldBe(period.Days);
    }

    [Law]
    public void A_fiscal_year_is_named_after_the_Buddhist_year_in_which_it_ends(Received received)
    {
        var day = received.On;
        var end = day.Month <= 9 ? new DateOnly(day.Year, 9, 30) : new DateOnly(day.Year + 1, 9, 30);
        FiscalYear.Of(day).ShouldBe(end.Year + 543);
        FiscalYear.Of(end.AddDays(1)).ShouldBe(end.Year + 544);
        var october = new DateOnly(end.Year - 1, 10, 1);
        FiscalYear.MonthOf(day).ShouldBe(((day.Year - october.Year) * 12) + day.Month - october.Month + 1);
    }

    /// <summary>Minutes of work and of waiting, by turns: at most some weeks together.</summary>
    public sealed record Pauses(IReadOnlyList<(int Working, int Waiting)> Turns)
    {
        public override string ToString() => string.Join(", ", Turns.Select(t => $"{t.Working} min, then a pause of {t.Waiting}"));
    }

    [Law(MaxTest = 60)]
    public void However_often_work_is_paused_no_working_minute_is_lost_or_won(Case c, Received received, Pauses pauses, Period period)
    {
        DeadlineRule[] rules = [new WorkingDays(1 + (period.Days % 9)), new WorkingMinutes(1 + (period.Days * 37 % 4000))];
        foreach (var rule in rules)
        {
            var terms = ClockArithmetic.Terms(rule, DeadlineSource.Manual, received.At, null, c.Calendar);
            var granted = Minutes(c.Works, received.At, terms.DueAt);
            var (now, used) = (received.At, 0);
            foreach (var (working, waiting) in pauses.Turns)
            {
                var pausedAt = now.AddMinutes(working);
                if (pausedAt >= terms.DueAt)
                    break;
                used += Minutes(c.Works, now, pausedAt);
                now = pausedAt.AddMinutes(waiting);
                terms = ClockArithmetic.Continued(terms, pausedAt, now, c.Calendar);
            }

            (used + Minutes(c.Works, now, terms.DueAt)).ShouldBe(granted, $"{rule} of {received.At:O}");
        }
    }

    [Law(MaxTest = 60)]
    public void Nor_is_one_of_plain_days_of_which_every_date_has_its_hours(Received received, Pauses pauses, Period period)
    {
        var everyDay = WorkingCalendar.Build("office", 1, null, Table, [], new CalendarCoverage(2018, 2027, 2026));
        var terms = ClockArithmetic.Terms(
            new CalendarDays(1 + (period.Days % 20), Roll.None), DeadlineSource.Manual, received.At, null, everyDay);
        var granted = Minutes(_ => true, received.At, terms.DueAt);
        var (now, used) = (received.At, 0);
        foreach (var (working, waiting) in pauses.Turns)
        {
            var pausedAt = now.AddMinutes(working);
            if (pausedAt >= terms.DueAt)
                break;
            used += Minutes(_ => true, now, pausedAt);
            now = pausedAt.AddMinutes(waiting);
            terms = ClockArithmetic.Continued(terms, pausedAt, now, everyDay);
        }

        (used + Minutes(_ => true, now, terms.DueAt)).ShouldBe(granted);
    }

    /// <summary>Minute by minute.</summary>
    static int Minutes(Func<DateOnly, bool> works, DateTimeOffset from, DateTimeOffset to)
    {
        var minutes = 0;
        for (var at = from; at < to; at = at.AddMinutes(1))
        {
            var time = BangkokTime.TimeOf(at);
            if (((time >= new TimeOnly(8, 30) && time < new TimeOnly(12, 0)) || (time >= new TimeOnly(13, 0) && time < new TimeOnly(16, 30)))
                && works(BangkokTime.DateOf(at)))
                minutes++;
        }

        return minutes;
    }
}
