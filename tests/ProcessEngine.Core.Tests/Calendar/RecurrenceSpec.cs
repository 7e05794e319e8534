using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Tests.Calendar;

public sealed class RecurrenceSpec
{
    static DateOnly On(string date) => DateOnly.ParseExact(date, "O", System.Globalization.CultureInfo.InvariantCulture);

    static Recurrence Read(string every, string day) => Recurrence.Read(name => name == "every" ? every : day).Recurrence.ShouldNotBeNull();

    [TestCase("fiscal_year", "10-01", "2026-11-21", "2027-10-01", "fy2571")]
    [TestCase("fiscal_year", "09-30", "2026-09-30", "2027-09-30", "fy2570")]
    [TestCase("month", "31", "2027-01-31", "2027-02-28", "2027-02")]
    [TestCase("month", "31", "2027-02-28", "2027-03-31", "2027-03")]
    [TestCase("month", "5", "2026-12-04", "2026-12-05", "2026-12")]
    [TestCase("date", "2027-02-14", "2026-11-21", "2027-02-14", "2027-02-14")]
    public void The_next_occurrence_is_the_first_after_the_day(string every, string day, string after, string expected, string name)
    {
        var rule = Read(every, day);
        var next = rule.After(On(after)).ShouldNotBeNull();
        next.ShouldBe(On(expected));
        rule.NameOf(next).ShouldBe(name);
    }

    [Test]
    public void A_date_that_has_passed_does_not_come_again() => Read("date", "2026-11-21").After(new DateOnly(2026, 11, 21)).ShouldBeNull();

    [TestCase("fiscal_year", "02-29", "day")]
    [TestCase("month", "0", "day")]
    [TestCase("date", "2570-01-01", "day")]
    [TestCase("week", "1", "every")]
    public void What_is_no_recurrence_is_refused_with_its_field(string every, string day, string field) =>
        Recurrence.Read(name => name == "every" ? every : day).Problem.ShouldNotBeNull().Parameter.ShouldBe(field);
}
