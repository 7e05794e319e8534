namespace ProcessEngine.Core.Calendar;

/// <summary>What to do when the last day of a period of plain days is not a working day (R4).</summary>
public enum Roll
{
    /// <summary>The next working day becomes the last day.</summary>
    Forward,

    /// <summary>The last day stays: a statutory duty of the official.</summary>
    None,
}

/// <summary>A day of any year.</summary>
/// <param name="Day">0: the last day of the month, whichever it is (สิ้นเดือนกุมภาพันธ์).</param>
public readonly record struct MonthDay(int Month, int Day)
{
    public static MonthDay LastOf(int month) => new(month, 0);

    public bool IsLast => Day == 0;

    /// <param name="year">Gregorian.</param>
    public DateOnly In(int year) => new(year, Month, IsLast ? DateTime.DaysInMonth(year, Month) : Day);

    /// <summary>As definitions spell it: <c>10-01</c>, or <c>02-last</c>.</summary>
    public override string ToString() => IsLast
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Month:00}-last")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Month:00}-{Day:00}");
}

/// <param name="Parameter">Named as in docs/working-time.md.</param>
public sealed record RuleProblem(string Parameter, LocalizedText Reason);

/// <summary>When something is due, as a function of when it was received (docs/working-time.md, section 2).</summary>
public abstract record DeadlineRule
{
    /// <summary>Ten years of days: no manual states more, and it keeps every sum small.</summary>
    public const int MaxDays = 3650;

    public const int MaxMinutes = 420 * 250;

    /// <summary>Ten years of working days: as far as a calendar reaches from any day of its table, and some beyond.</summary>
    public const int MaxWorkingDays = 2500;

    /// <summary>Five years of either kind of days before an event: nobody is told earlier of one.</summary>
    public const int MaxWorkingDaysBefore = 1250;

    public const int MaxDaysBefore = 1826;

    private protected DeadlineRule()
    {
    }

    /// <summary>The rule's name in definitions, requests and stored deadlines.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// R2: a step received at or before 08:30:00 of a working day counts that day as day 1. Off unless the service's own regulation says
    /// so.
    /// </summary>
    public bool CountIfAtOpen { get; init; }

    /// <summary>Whether the due moment rests on a date that the case gives, and not on the receipt.</summary>
    public abstract bool NeedsDate { get; }

    /// <summary>
    /// Why no calendar could compute it for every case, however it is drawn up; null when one can. Asked when a definition is published;
    /// a single request is answered by the calendar itself.
    /// </summary>
    public static RuleProblem? OutOfReach(DeadlineRule rule)
    {
        var (parameter, days, most) = rule switch
        {
            WorkingDays r => ("n", r.N, MaxWorkingDays),
            WorkingDaysRange r => ("max", r.Max, MaxWorkingDays),
            WorkingDaysBeforeEvent r => ("n", r.N, MaxWorkingDaysBefore),
            CalendarDaysBeforeEvent r => ("n", r.N, MaxDaysBefore),
            CalendarDays or WorkingMinutes or GivenDate or Window => ("", 0, 0),
            _ => throw UnknownKind.Of(rule),
        };
        return days <= most
            ? null
            : new RuleProblem(
                parameter,
                new LocalizedText($"เกิน {most} วัน ซึ่งคำนวณตามปฏิทินไม่ได้", $"Beyond {most} days no calendar reaches."));
    }

    /// <summary>Every fault of the parameters; empty when there is none.</summary>
    public static IReadOnlyList<RuleProblem> Problems(DeadlineRule rule)
    {
        var problems = new List<RuleProblem>();
        switch (rule)
        {
            case WorkingDays r:
                Days("n", r.N);
                break;
            case WorkingDaysRange r:
                Days("min", r.Min);
                Days("max", r.Max);
                Ordered("min", r.Min, "max", r.Max);
                break;
            case CalendarDays r:
                Days("n", r.N);
                if (r.Min is { } min)
                {
                    Days("min", min);
                    Ordered("min", min, "n", r.N);
                }

                break;
            case WorkingMinutes r:
                if (r.Minutes is < 1 or > MaxMinutes)
                    Wrong("minutes", $"ต้องอยู่ระหว่าง 1 ถึง {MaxMinutes}", $"It must be between 1 and {MaxMinutes}.");
                break;
            case WorkingDaysBeforeEvent r:
                Days("n", r.N);
                break;
            case CalendarDaysBeforeEvent r:
                Days("n", r.N);
                break;
            case GivenDate:
                break;
            case Window r:
                WindowProblems(r);
                break;
            default:
                throw UnknownKind.Of(rule);
        }

        return problems;

        void Wrong(string parameter, string th, string en) => problems.Add(new RuleProblem(parameter, new LocalizedText(th, en)));

        void Days(string parameter, int days)
        {
            if (days is < 1 or > MaxDays)
                Wrong(parameter, $"ต้องอยู่ระหว่าง 1 ถึง {MaxDays}", $"It must be between 1 and {MaxDays}.");
        }

        void Ordered(string low, int lowDays, string high, int highDays)
        {
            if (lowDays > highDays)
                Wrong(low, $"ต้องไม่มากกว่า {high}", $"It must not be more than {high}.");
        }

        void WindowProblems(Window window)
        {
            foreach (var (parameter, day) in new[] { ("windowFrom", window.From), ("windowTo", window.To) })
            {
                // 29 February is a day only in some years; a window must open and close in all of them.
                if (day.Month is < 1 or > 12 || day.Day < 0 || day.Day > DateTime.DaysInMonth(2023, day.Month))
                {
                    Wrong(
                        parameter, "ไม่มีวันนี้ในทุกปี (วันสุดท้ายของเดือนเขียนว่า 02-last)",
                        "It is not a day of every year (the last day of a month is written 02-last).");
                }
            }

            if (problems.Count == 0 && Order(window.From) > Order(window.To))
                Wrong("windowTo", "ช่วงเวลาต้องไม่ข้ามวันที่ 30 กันยายน", "A window may not cross 30 September.");
            if (window.FiscalYear is < 2500 or > 2700)
                Wrong("fiscalYear", "ต้องเป็นปีงบประมาณ พ.ศ. เช่น 2570", "It must be a Buddhist fiscal year, such as 2570.");
        }

        // Position within the fiscal year: October comes first.
        static int Order(MonthDay day) => (((day.Month + 2) % 12) * 100) + (day.IsLast ? 31 : day.Day);
    }
}

public sealed record WorkingDays(int N) : DeadlineRule
{
    public override string Name => "working_days";
    public override bool NeedsDate => false;
}

/// <summary>"๑ - ๕ วันทำการ": expected from the minimum on, due at the maximum.</summary>
public sealed record WorkingDaysRange(int Min, int Max) : DeadlineRule
{
    public override string Name => "working_days_range";
    public override bool NeedsDate => false;
}

/// <param name="Min">The manuals know ranges of plain days, too ("๔๕ - ๖๐ วัน"): then the work is expected from day <c>Min</c> on.</param>
public sealed record CalendarDays(int N, Roll Roll = Roll.Forward, int? Min = null) : DeadlineRule
{
    public override string Name => "calendar_days";
    public override bool NeedsDate => false;
}

public sealed record WorkingMinutes(int Minutes) : DeadlineRule
{
    public override string Name => "working_minutes";
    public override bool NeedsDate => false;
}

public sealed record WorkingDaysBeforeEvent(int N) : DeadlineRule
{
    public override string Name => "working_days_before_event";
    public override bool NeedsDate => true;
}

public sealed record CalendarDaysBeforeEvent(int N) : DeadlineRule
{
    public override string Name => "calendar_days_before_event";
    public override bool NeedsDate => true;
}

/// <summary>
/// A date that another agency gives ("ให้เป็นไปตามเวลาที่ระบบกำหนด"): due at 16:30 of it, a holiday or not. Without a date nothing is due.
/// </summary>
public sealed record GivenDate : DeadlineRule
{
    public override string Name => "given_date";
    public override bool NeedsDate => true;
}

/// <param name="FiscalYear">Buddhist year; null for the fiscal year in which the step was received.</param>
public sealed record Window(MonthDay From, MonthDay To, int? FiscalYear = null) : DeadlineRule
{
    public override string Name => "window";
    public override bool NeedsDate => false;
}
