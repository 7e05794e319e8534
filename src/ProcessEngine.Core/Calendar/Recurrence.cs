using System.Globalization;

namespace ProcessEngine.Core.Calendar;

/// <summary>
/// When a procedure starts by itself. The day named is moved to the next working day if it is none; the work is received at 08:30.
/// </summary>
public abstract record Recurrence
{
    private protected Recurrence()
    {
    }

    /// <summary>The occurrence after a day: the day named, not yet moved to a working day. Null when there is none any more.</summary>
    public abstract DateOnly? After(DateOnly day);

    /// <summary>How the occurrence of a day is called: one case for each, never two.</summary>
    public abstract string NameOf(DateOnly occurrence);

    /// <summary>The instant at which the case of an occurrence starts, UTC.</summary>
    public static DateTimeOffset StartsAt(DateOnly occurrence, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        return BangkokTime.At(calendar.OnOrAfter(occurrence), WorkingHours.Open);
    }

    /// <param name="field">Gives the text of a field (<c>every</c>, <c>day</c>); null when it is absent.</param>
    public static (Recurrence? Recurrence, RuleProblem? Problem) Read(Func<string, string?> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var day = field("day");
        switch (field("every"))
        {
            case "fiscal_year":
                return DateOnly.TryParseExact($"2023-{day}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                    ? (new EveryFiscalYear(new MonthDay(date.Month, date.Day)), null)
                    : Wrong("day", "ต้องเป็นเดือน-วันที่มีในทุกปี เช่น 10-01", "It must be a month and day of every year, such as 10-01.");
            case "month":
                return int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 31
                    ? (new EveryMonth(number), null)
                    : Wrong("day", "ต้องเป็นวันที่ 1 ถึง 31", "It must be a day from 1 to 31.");
            case "date":
                return DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var once)
                    && once.Year is > 2000 and < 2400
                    ? (new OnDate(once), null)
                    : Wrong("day", "ต้องเป็นวันที่ ค.ศ. เช่น 2026-10-01", "It must be a Gregorian date, such as 2026-10-01.");
            default:
                return Wrong("every", "ต้องเป็น fiscal_year, month หรือ date", "It must be fiscal_year, month or date.");
        }

        static (Recurrence?, RuleProblem?) Wrong(string parameter, string th, string en) =>
            (null, new RuleProblem(parameter, new LocalizedText(th, en)));
    }
}

/// <summary>Once in every fiscal year, on a month and day ("รายงานผลการดำเนินงานทุกปีงบประมาณ").</summary>
public sealed record EveryFiscalYear(MonthDay Day) : Recurrence
{
    public override DateOnly? After(DateOnly day)
    {
        var thisYear = new DateOnly(day.Year, Day.Month, Day.Day);
        return thisYear > day ? thisYear : thisYear.AddYears(1);
    }

    public override string NameOf(DateOnly occurrence) => string.Create(CultureInfo.InvariantCulture, $"fy{FiscalYear.Of(occurrence)}");
}

/// <summary>Once a month; a month without that day uses its last.</summary>
public sealed record EveryMonth(int Day) : Recurrence
{
    public override DateOnly? After(DateOnly day)
    {
        var inThisMonth = In(day.Year, day.Month);
        if (inThisMonth > day)
            return inThisMonth;
        var next = new DateOnly(day.Year, day.Month, 1).AddMonths(1);
        return In(next.Year, next.Month);
    }

    public override string NameOf(DateOnly occurrence) => occurrence.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    DateOnly In(int year, int month) => new(year, month, Math.Min(Day, DateTime.DaysInMonth(year, month)));
}

/// <summary>Once, on a date.</summary>
public sealed record OnDate(DateOnly Date) : Recurrence
{
    public override DateOnly? After(DateOnly day) => Date > day ? Date : null;
    public override string NameOf(DateOnly occurrence) => occurrence.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
