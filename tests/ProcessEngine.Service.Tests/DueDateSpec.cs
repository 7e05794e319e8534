using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The worked examples of docs/working-time.md over HTTP, by their numbers; the fifteenth, which changes the calendar, stands in
/// CalendarChangesSpec.
/// </summary>
public sealed class DueDateSpec(string provider) : OnBothDatabases(provider)
{
    [TestCase("national", "from=2026-03-06T09:00&rule=working_days&n=3", "2026-03-11 16:30", TestName = "E01_Weekend")]
    [TestCase("national", "from=2022-04-11T10:00&rule=working_days&n=2", "2022-04-18 16:30", TestName = "E02_Songkran")]
    [TestCase("national", "from=2025-05-29T14:00&rule=working_days&n=2", "2025-06-04 16:30", TestName = "E03_Special_holiday_bridge")]
    [TestCase("national", "from=2026-05-08T10:00&rule=working_days&n=3", "2026-05-14 16:30", TestName = "E04_Royal_Ploughing_Day")]
    [TestCase("national", "from=2026-10-13T11:00&rule=working_days&n=1", "2026-10-14 16:30", TestName = "E05_Received_on_a_holiday")]
    [TestCase("national", "from=2026-01-14T18:10:00Z&rule=working_days&n=1", "2026-01-16 16:30", TestName = "E06_Utc")]
    [TestCase("national", "from=2026-02-05T11:40&rule=working_minutes&minutes=90", "2026-02-05 14:10", TestName = "E07_Minutes_over_lunch")]
    [TestCase("national", "from=2026-02-06T16:10&rule=working_minutes&minutes=45", "2026-02-09 08:55", TestName = "E08_Minutes_over_a_weekend")]
    [TestCase("national", "from=2026-11-20T10:00&rule=calendar_days&n=15", "2026-12-08 16:30", TestName = "E09_Calendar_days_roll_forward")]
    [TestCase("national", "from=2026-11-20T10:00&rule=calendar_days&n=15&roll=none", "2026-12-05 16:30", TestName = "E09_Calendar_days_stay")]
    [TestCase("national", "from=2026-10-20T09:00&rule=working_days_range&min=1&max=5", "2026-10-28 16:30", TestName = "E10_Range")]
    [TestCase("national", "from=2026-11-20T09:00&rule=working_days_before_event&n=1&event=2026-12-08T09:30", "2026-12-04 16:30", TestName = "E11_Before_an_event")]
    [TestCase("national", "from=2024-10-01T09:00&rule=window&fiscalYear=2568&windowFrom=10-01&windowTo=10-20", "2024-10-21 16:30", TestName = "E12_Window")]
    [TestCase("national", "from=2018-09-17T09:00&rule=window&fiscalYear=2561&windowFrom=09-17&windowTo=09-30", "2018-09-28 16:30", TestName = "E13_Window_at_the_end_of_the_fiscal_year")]
    [TestCase("TH-12", "from=2019-10-31T10:00&rule=working_days&n=3", "2019-11-07 16:30", TestName = "E14_Regional_holiday_in_Nonthaburi")]
    [TestCase("TH-50", "from=2019-10-31T10:00&rule=working_days&n=3", "2019-11-05 16:30", TestName = "E14_Regional_holiday_in_Chiang_Mai")]
    [TestCase(World.Office, "from=2026-12-08T09:00&rule=calendar_days_before_event&n=2&event=2026-12-08", "2026-12-04 16:30", TestName = "R6_Backward_periods_move_away_from_the_event")]
    [TestCase("national", "from=2026-03-09T08:30&rule=working_days&n=1&firstDay=count_if_at_open", "2026-03-09 16:30", TestName = "R2_At_opening_the_day_counts_where_the_option_is_set")]
    [TestCase("national", "from=2026-03-09T08:30:01&rule=working_days&n=1&firstDay=count_if_at_open", "2026-03-10 16:30", TestName = "R2_A_second_later_it_does_not")]
    [TestCase("national", "from=2026-03-09T08:30&rule=given_date&event=2026-12-05", "2026-12-05 16:30", TestName = "A_given_date_is_due_on_that_date")]
    public async Task A_rule_gives_the_due_moment(string calendar, string query, string due)
    {
        var answer = (await Officer.Get($"calendars/{calendar}/due-date?{query}")).Ok();
        answer.Instant("due").ShouldBe(ManualClock.Bangkok(due));
        answer.Number("calendarVersion").ShouldBe(1);
        ((bool)answer["notYetAnnounced"]!).ShouldBeFalse();
    }

    [Test]
    public async Task What_else_is_to_be_known_stands_beside_it()
    {
        var range = (await Officer.Get("calendars/national/due-date?from=2026-10-20T09:00&rule=working_days_range&min=1&max=5")).Ok();
        range.Instant("expectedFrom").ShouldBe(ManualClock.Bangkok("2026-10-21 16:30"));
        range["counted"]!.AsArray().Select(d => (string)d!).ShouldBe(
            ["2026-10-21", "2026-10-22", "2026-10-26", "2026-10-27", "2026-10-28"]);
        range["skipped"]!.AsArray().Select(d => d.Text("date")).ShouldBe(["2026-10-23", "2026-10-24", "2026-10-25"]);

        var statutory = (await Officer.Get("calendars/national/due-date?from=2026-11-20T10:00&rule=calendar_days&n=15&roll=none")).Ok();
        statutory.Instant("actBy").ShouldBe(ManualClock.Bangkok("2026-12-04 16:30"));

        var window = (await Officer.Get("calendars/national/due-date?from=2024-10-01T09:00&rule=window&fiscalYear=2568&windowFrom=10-01&windowTo=10-20")).Ok();
        window.Instant("expectedFrom").ShouldBe(ManualClock.Bangkok("2024-10-01 08:30"));
        ((bool)(await Officer.Get("calendars/national/due-date?from=2026-12-08T09:00&rule=working_days_before_event&n=3&event=2026-12-04")).Ok()["overdueAtStart"]!).ShouldBeTrue("R7");
        ((bool)(await Officer.Get("calendars/national/due-date?from=2026-12-30T09:00&rule=working_days&n=3")).Ok()["notYetAnnounced"]!)
            .ShouldBeTrue("R9");
    }

    [TestCase("rule=working_days_before_event&n=1", "invalid-input", "event", 400)]
    [TestCase("rule=given_date", "invalid-input", "event", 400)]
    [TestCase("rule=window&windowFrom=10-01&windowTo=09-31", "invalid-input", "windowTo", 400)]
    [TestCase("rule=window&windowFrom=09-01&windowTo=10-15", "invalid-input", "windowTo", 400)]
    [TestCase("rule=window&windowFrom=10-01&windowTo=10-15&fiscalYear=2026", "invalid-input", "fiscalYear", 400)]
    [TestCase("rule=window&windowFrom=10-01&windowTo=10-15&fiscalYear=2699", "date-outside-calendar", "fiscalYear", 422)]
    [TestCase("rule=working_minutes&minutes=0", "invalid-input", "minutes", 400)]
    [TestCase("rule=working_days&n=1&firstDay=yes", "invalid-input", "firstDay", 400)]
    [TestCase("rule=calendar_days&n=1&roll=back", "invalid-input", "roll", 400)]
    [TestCase("rule=working_days_before_event&n=1&event=2099-01-01", "date-outside-calendar", "event", 422)]
    public async Task What_cannot_be_computed_is_refused_by_the_parameter(string query, string slug, string field, int status) =>
        (await Officer.Get($"calendars/national/due-date?from=2026-03-06T09:00&{query}")).ShouldBeProblem(status, slug, field);
}
