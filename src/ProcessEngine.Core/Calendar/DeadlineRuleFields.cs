using System.Globalization;

namespace ProcessEngine.Core.Calendar;

/// <summary>A rule as named fields: how definitions, requests and stored deadlines all spell it.</summary>
public static class DeadlineRuleFields
{
    /// <summary>The rules that there are.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "working_days", "working_days_range", "calendar_days", "working_minutes", "working_days_before_event", "calendar_days_before_event",
        "given_date", "window",
    ];

    /// <param name="field">Gives the text of a field; null when it is absent.</param>
    /// <returns>The rule, or every fault of its fields; then the rule is null.</returns>
    public static (DeadlineRule? Rule, IReadOnlyList<RuleProblem> Problems) Read(Func<string, string?> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var problems = new List<RuleProblem>();
        var name = field("rule");
        DeadlineRule? rule = name switch
        {
            "working_days" => new WorkingDays(Number("n")),
            "working_days_range" => new WorkingDaysRange(Number("min"), Number("max")),
            "calendar_days" => new CalendarDays(Number("n"), ReadRoll(), field("min") is null ? null : Number("min")),
            "working_minutes" => new WorkingMinutes(Number("minutes")),
            "working_days_before_event" => new WorkingDaysBeforeEvent(Number("n")),
            "calendar_days_before_event" => new CalendarDaysBeforeEvent(Number("n")),
            "given_date" => new GivenDate(),
            "window" => new Window(Day("windowFrom"), Day("windowTo"), field("fiscalYear") is null ? null : Number("fiscalYear")),
            _ => null,
        };
        if (rule is null)
        {
            Complain("rule", $"ต้องเป็นค่าใดค่าหนึ่งใน {string.Join(", ", Names)}", $"It must be one of {string.Join(", ", Names)}.");
            return (null, problems);
        }

        rule = rule with { CountIfAtOpen = ReadFirstDay() };
        if (problems.Count == 0)
            problems.AddRange(DeadlineRule.Problems(rule));
        return problems.Count == 0 ? (rule, problems) : (null, problems);

        int Number(string parameter)
        {
            if (int.TryParse(field(parameter), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                return number;
            Complain(parameter, "ต้องเป็นจำนวนเต็ม", "A whole number is required.");
            return 1;
        }

        MonthDay Day(string parameter)
        {
            if (field(parameter) is { Length: 7 } whole && whole.EndsWith("-last", StringComparison.Ordinal)
                && int.TryParse(whole.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var ending))
                return MonthDay.LastOf(ending);
            if (field(parameter) is { Length: 5 } text && text[2] == '-'
                && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var month)
                && int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var day)
                && day > 0)
                return new MonthDay(month, day);
            Complain(
                parameter, "ต้องเป็นเดือน-วัน เช่น 10-01 หรือ 02-last (วันสุดท้ายของเดือน)",
                "A month and day such as 10-01, or 02-last (the last day of the month), is required.");
            return new MonthDay(10, 1);
        }

        Roll ReadRoll()
        {
            switch (field("roll"))
            {
                case null or "forward":
                    return Roll.Forward;
                case "none":
                    return Roll.None;
                default:
                    Complain("roll", "ต้องเป็น forward หรือ none", "It must be forward or none.");
                    return Roll.Forward;
            }
        }

        bool ReadFirstDay()
        {
            switch (field("firstDay"))
            {
                case null or "next":
                    return false;
                case "count_if_at_open":
                    return true;
                default:
                    Complain("firstDay", "ต้องเป็น count_if_at_open หรือ next", "It must be count_if_at_open or next.");
                    return false;
            }
        }

        void Complain(string parameter, string th, string en) => problems.Add(new RuleProblem(parameter, new LocalizedText(th, en)));
    }

    /// <summary>The fields of a rule in a fixed order; whole numbers as <see cref="int"/>, the rest as text.</summary>
    public static IEnumerable<(string Name, object Value)> Write(DeadlineRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        yield return ("rule", rule.Name);
        switch (rule)
        {
            case WorkingDays r:
                yield return ("n", r.N);
                break;
            case WorkingDaysRange r:
                yield return ("min", r.Min);
                yield return ("max", r.Max);
                break;
            case CalendarDays r:
                yield return ("n", r.N);
                yield return ("roll", r.Roll == Roll.Forward ? "forward" : "none");
                if (r.Min is { } min)
                    yield return ("min", min);
                break;
            case WorkingMinutes r:
                yield return ("minutes", r.Minutes);
                break;
            case WorkingDaysBeforeEvent r:
                yield return ("n", r.N);
                break;
            case CalendarDaysBeforeEvent r:
                yield return ("n", r.N);
                break;
            case Window r:
                yield return ("windowFrom", r.From.ToString());
                yield return ("windowTo", r.To.ToString());
                if (r.FiscalYear is { } year)
                    yield return ("fiscalYear", year);
                break;
            case GivenDate:
                break;
            default:
                throw UnknownKind.Of(rule);
        }

        if (rule.CountIfAtOpen)
            yield return ("firstDay", "count_if_at_open");
    }
}
