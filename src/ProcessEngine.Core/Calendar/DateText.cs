using System.Globalization;

namespace ProcessEngine.Core.Calendar;

/// <summary>A date as somebody gives it in data: <c>2026-12-08</c>, a Gregorian day that exists, and nothing behind it.</summary>
public static class DateText
{
    public const int FirstYear = 1900;

    /// <summary>The first year that is taken to be of the Buddhist Era.</summary>
    public const int FirstBuddhistYear = 2400;

    /// <summary>What is wrong with it, to be said after the name of the field; null when nothing is.</summary>
    public static LocalizedText? Fault(ReadOnlySpan<char> text)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return new("ต้องเป็นวันที่ ค.ศ. เช่น 2026-12-08", "must be a Gregorian date such as 2026-12-08");
        if (date.Year >= FirstBuddhistYear)
        {
            var year = date.Year - FiscalYear.BuddhistOffset;
            return new($"ปี {date.Year} เป็นพุทธศักราช ให้ใช้ ค.ศ. {year}", $"has a Buddhist year; write {year}");
        }

        return date.Year < FirstYear
            ? new($"ปี {date.Year} ก่อนปี ค.ศ. {FirstYear}", $"has a year before {FirstYear}")
            : null;
    }
}
