using ProcessEngine.Core.Calendar;
using ProcessEngine.Testing;

namespace ProcessEngine.Core.Tests.Calendar;

/// <summary>The worked examples of docs/working-time.md, by their numbers.</summary>
public sealed class WorkedExamplesSpec
{
    static readonly IReadOnlyList<Holiday> Table = Read();

    static IReadOnlyList<Holiday> Read()
    {
        using var reader = new StreamReader(typeof(WorkedExamplesSpec).Assembly.GetManifestResourceStream("holidays.csv")!);
        return HolidayTable.Parse(reader.ReadToEnd());
    }

    static WorkingCalendar In(string? province, params OfficeDay[] days) =>
        WorkingCalendar.Build(province ?? "national", 1, province, Table, days, new CalendarCoverage(2018, 2027, 2026));

    static string Due(DeadlineRule rule, string received, string? province = null, string? eventOn = null, params OfficeDay[] days) =>
        DeadlineCalculation.Compute(
            rule, ManualClock.Bangkok(received), In(province, days), eventOn is null ? null : DateOnly.Parse(eventOn, null))
            .DueAt.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    [Test]
    public void E01_A_weekend_does_not_count() => Due(new WorkingDays(3), "2026-03-06 09:00").ShouldBe("2026-03-11 16:30");

    [Test]
    public void E02_Songkran_does_not_count() => Due(new WorkingDays(2), "2022-04-11 10:00").ShouldBe("2022-04-18 16:30");

    [Test]
    public void E03_A_special_holiday_bridges() => Due(new WorkingDays(2), "2025-05-29 14:00").ShouldBe("2025-06-04 16:30");

    [Test]
    public void E04_Royal_Ploughing_Day_does_not_count() => Due(new WorkingDays(3), "2026-05-08 10:00").ShouldBe("2026-05-14 16:30");

    [Test]
    public void E05_Received_on_a_holiday() => Due(new WorkingDays(1), "2026-10-13 11:00").ShouldBe("2026-10-14 16:30");

    [Test]
    public void E06_The_date_of_receipt_is_the_Bangkok_date() =>
        DeadlineCalculation.Compute(new WorkingDays(1), new DateTimeOffset(2026, 1, 14, 18, 10, 0, TimeSpan.Zero), In(null)).DueAt
            .ShouldBe(ManualClock.Bangkok("2026-01-16 16:30"));

    [Test]
    public void E07_Minutes_stand_still_at_lunch() => Due(new WorkingMinutes(90), "2026-02-05 11:40").ShouldBe("2026-02-05 14:10");

    [TestCase(210, "2026-02-05 12:00")]
    [TestCase(211, "2026-02-05 13:01")]
    [TestCase(420, "2026-02-05 16:30")]
    [TestCase(421, "2026-02-06 08:31")]
    public void R5_Minutes_used_up_exactly_at_noon_or_at_the_close_end_there(int minutes, string due) =>
        Due(new WorkingMinutes(minutes), "2026-02-05 08:30").ShouldBe(due);

    [Test]
    public void E08_Minutes_stand_still_over_a_weekend() => Due(new WorkingMinutes(45), "2026-02-06 16:10").ShouldBe("2026-02-09 08:55");

    [Test]
    public void E09_Plain_days_roll_forward() => Due(new CalendarDays(15), "2026-11-20 10:00").ShouldBe("2026-12-08 16:30");

    [Test]
    public void E09_Plain_days_of_a_statutory_duty_stay() =>
        Due(new CalendarDays(15, Roll.None), "2026-11-20 10:00").ShouldBe("2026-12-05 16:30");

    [Test]
    public void E10_A_range_is_due_at_its_maximum_and_expected_from_its_minimum()
    {
        Due(new WorkingDaysRange(1, 5), "2026-10-20 09:00").ShouldBe("2026-10-28 16:30");
        DeadlineCalculation.Compute(new WorkingDaysRange(1, 5), ManualClock.Bangkok("2026-10-20 09:00"), In(null)).ExpectedFrom
            .ShouldBe(ManualClock.Bangkok("2026-10-21 16:30"));
    }

    [Test]
    public void E11_One_working_day_before_an_event() =>
        Due(new WorkingDaysBeforeEvent(1), "2026-11-20 09:00", eventOn: "2026-12-08").ShouldBe("2026-12-04 16:30");

    [Test]
    public void E12_A_window_that_ends_on_a_Sunday_rolls_forward() =>
        Due(new Window(new MonthDay(10, 1), new MonthDay(10, 20), 2568), "2024-10-01 09:00").ShouldBe("2024-10-21 16:30");

    [Test]
    public void E13_A_window_never_leaves_its_fiscal_year() =>
        Due(new Window(new MonthDay(9, 17), new MonthDay(9, 30), 2561), "2018-09-17 09:00").ShouldBe("2018-09-28 16:30");

    [Test]
    public void E14_A_regional_holiday_counts_only_where_the_office_stands()
    {
        Due(new WorkingDays(3), "2019-10-31 10:00", "TH-12").ShouldBe("2019-11-07 16:30");
        Due(new WorkingDays(3), "2019-10-31 10:00", "TH-50").ShouldBe("2019-11-05 16:30");
    }

    [Test]
    public void A_window_to_the_end_of_February_ends_on_the_29th_in_a_leap_year()
    {
        var window = new Window(new MonthDay(1, 16), MonthDay.LastOf(2));
        Due(window, "2024-01-17 09:00").ShouldBe("2024-02-29 16:30");
        Due(window, "2025-01-17 09:00").ShouldBe("2025-02-28 16:30");
    }


    [Test]
    public void E15_A_holiday_added_later_moves_the_due_date()
    {
        Due(new WorkingDays(5), "2026-11-24 10:00").ShouldBe("2026-12-01 16:30");
        Due(
            new WorkingDays(5), "2026-11-24 10:00",
            days: new OfficeDay(new DateOnly(2026, 11, 30), OfficeDayKind.Closure, "special", "cabinet"))
            .ShouldBe("2026-12-02 16:30");
    }
}
