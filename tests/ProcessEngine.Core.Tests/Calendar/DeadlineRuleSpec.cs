using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Tests.Calendar;

/// <summary>A limit as named fields: how definitions, requests and stored deadlines spell it.</summary>
public sealed class DeadlineRuleSpec
{
    static readonly DeadlineRule[] Rules =
    [
        new WorkingDays(3),
        new WorkingDays(3) { CountIfAtOpen = true },
        new WorkingDaysRange(1, 5),
        new CalendarDays(15),
        new CalendarDays(15, Roll.None),
        new CalendarDays(60, Min: 45),
        new WorkingMinutes(30),
        new WorkingDaysBeforeEvent(1),
        new CalendarDaysBeforeEvent(7),
        new GivenDate(),
        new Window(new MonthDay(10, 1), new MonthDay(9, 30)),
        new Window(new MonthDay(11, 1), new MonthDay(6, 30), 2570),
        new Window(new MonthDay(1, 1), MonthDay.LastOf(2)),
    ];

    static DeadlineRule? Read(params (string Name, string Value)[] fields) => ReadAll(fields).Rule;

    static (DeadlineRule? Rule, IReadOnlyList<RuleProblem> Problems) ReadAll(params (string Name, string Value)[] fields) =>
        DeadlineRuleFields.Read(name => fields.FirstOrDefault(f => f.Name == name).Value);

    [TestCaseSource(nameof(Rules))]
    public void What_is_written_is_read_back(DeadlineRule rule)
    {
        var written = DeadlineRuleFields.Write(rule).Select(f => (f.Name, FormattableString.Invariant($"{f.Value}"))).ToArray();
        Read(written).ShouldBe(rule);
        DeadlineRule.Problems(rule).ShouldBeEmpty();
    }

    [Test]
    public void Every_kind_of_rule_is_among_these() =>
        Rules.Select(r => r.GetType()).Distinct().ShouldBe(
            typeof(DeadlineRule).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(DeadlineRule))), ignoreOrder: true);

    [Test]
    public void Each_is_named_to_whoever_names_one_that_is_none()
    {
        DeadlineRuleFields.Names.ShouldBe(Rules.Select(r => r.Name).Distinct(), ignoreOrder: true);
        ReadAll(("rule", "fortnight")).Problems.ShouldHaveSingleItem().Reason.En.ShouldContain(string.Join(", ", DeadlineRuleFields.Names));
    }

    [Test]
    public void What_is_left_out_has_its_usual_meaning()
    {
        Read(("rule", "calendar_days"), ("n", "15")).ShouldBe(new CalendarDays(15, Roll.Forward));
        Read(("rule", "working_days"), ("n", "3"), ("firstDay", "next")).ShouldBe(new WorkingDays(3));
    }

    [TestCase("rule=fortnight", "rule")]
    [TestCase("", "rule")]
    [TestCase("rule=working_days", "n")]
    [TestCase("rule=working_days n=three", "n")]
    [TestCase("rule=working_days n=1.5", "n")]
    [TestCase("rule=working_days n=๓", "n")]
    [TestCase("rule=working_days n=0", "n")]
    [TestCase("rule=working_days n=-1", "n")]
    [TestCase("rule=working_days n=3651", "n")]
    [TestCase("rule=working_days n=99999999999", "n")]
    [TestCase("rule=working_days n=3 firstDay=tomorrow", "firstDay")]
    [TestCase("rule=working_days_range min=1", "max")]
    [TestCase("rule=working_days_range min=5 max=1", "min")]
    [TestCase("rule=calendar_days n=15 roll=back", "roll")]
    [TestCase("rule=calendar_days n=15 min=16", "min")]
    [TestCase("rule=working_minutes minutes=0", "minutes")]
    [TestCase("rule=working_minutes minutes=105001", "minutes")]
    [TestCase("rule=working_days_before_event n=0", "n")]
    [TestCase("rule=calendar_days_before_event n=0", "n")]
    [TestCase("rule=window windowFrom=10-01", "windowTo")]
    [TestCase("rule=window windowFrom=13-01 windowTo=09-30", "windowFrom")]
    [TestCase("rule=window windowFrom=10-01 windowTo=02-29", "windowTo")]
    [TestCase("rule=window windowFrom=09-01 windowTo=10-15", "windowTo")]
    [TestCase("rule=window windowFrom=10-01 windowTo=13-last", "windowTo")]
    [TestCase("rule=window windowFrom=10-01 windowTo=02-00", "windowTo")]
    [TestCase("rule=window windowFrom=03-01 windowTo=02-last", "windowTo")]
    [TestCase("rule=window windowFrom=1-10 windowTo=09-30", "windowFrom")]
    [TestCase("rule=window windowFrom=10-01 windowTo=09-30 fiscalYear=2026", "fiscalYear")]
    public void A_fault_is_named_by_its_parameter(string fields, string parameter)
    {
        var (rule, problems) = ReadAll(
            [.. fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')).Select(f => (f[0], f[1]))]);
        rule.ShouldBeNull();
        problems.ShouldHaveSingleItem().Parameter.ShouldBe(parameter);
        problems[0].Reason.Th.ShouldNotBeEmpty();
    }

    [Test]
    public void All_faults_are_told_at_once() =>
        ReadAll(("rule", "calendar_days"), ("n", "x"), ("roll", "y"), ("firstDay", "z")).Problems.Select(p => p.Parameter).ShouldBe(
            ["n", "roll", "firstDay"], ignoreOrder: true);

    [Test]
    public void A_limit_that_reaches_past_the_calendar_is_never_guessed()
    {
        var calendar = WorkingCalendar.Build("national", 1, null, [], [], new CalendarCoverage(2025, 2026, 2026));
        var received = BangkokTime.At(new DateOnly(2026, 11, 1), new TimeOnly(9, 0));
        Should.Throw<CalendarNotLoadedException>(
            () => DeadlineCalculation.Compute(new CalendarDays(DeadlineRule.MaxDays + 2000), received, calendar));
        Should.Throw<CalendarNotLoadedException>(() => DeadlineCalculation.Compute(new WorkingDays(1), received.AddYears(-5), calendar));
        DeadlineCalculation.Compute(new WorkingDays(60), received, calendar).NotYetAnnounced.ShouldBeTrue();
        DeadlineCalculation.Compute(new WorkingDays(5), received, calendar).NotYetAnnounced.ShouldBeFalse();
    }

    [Test]
    public void R6_A_limit_that_counts_back_needs_its_event() =>
        Should.Throw<ArgumentException>(() => DeadlineCalculation.Compute(
            new WorkingDaysBeforeEvent(1), BangkokTime.At(new DateOnly(2026, 3, 2), new TimeOnly(9, 0)), WorkingCalendar.Build(
                "national", 1, null, [], [], new CalendarCoverage(2025, 2026, 2026))));
}
