using System.Globalization;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Numbers and dates as people type them. Thai digits are digits; a year is of the Buddhist Era, or Gregorian if somebody writes that.
/// </summary>
public static partial class Typed
{
    /// <summary>The first year that is taken to be of the Buddhist Era.</summary>
    const int FirstBuddhistYear = 2400;

    /// <summary>2569 for ๒๕๖๙; the rest as it is, but for blanks around it.</summary>
    public static string Digits(string? text) =>
        string.Create(text?.Trim().Length ?? 0, text?.Trim(), (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = from![i] is >= '๐' and <= '๙' ? (char)('0' + (from[i] - '๐')) : from[i];
        });

    /// <summary>
    /// A number, or an amount of baht; commas only between thousands, since a comma elsewhere may have been meant as a decimal point.
    /// </summary>
    public static decimal? Number(string? text) =>
        Amount().Match(Digits(text)) is { Success: true } found
        && decimal.TryParse(
            found.Groups[1].Value.Replace(",", "", StringComparison.Ordinal),
            NumberStyles.Number,
            CultureInfo.InvariantCulture,
            out var number)
            ? number
            : null;

    /// <summary>A day that exists, of three fields.</summary>
    public static DateOnly? Date(string? day, string? month, string? year)
    {
        if (!Whole(day, out var d) || !Whole(month, out var m) || !Whole(year, out var y) || m is < 1 or > 12)
            return null;
        y = y >= FirstBuddhistYear ? y - FiscalYear.BuddhistOffset : y;
        return y is >= 1900 and < FirstBuddhistYear && d >= 1 && d <= DateTime.DaysInMonth(y, m) ? new DateOnly(y, m, d) : null;

        static bool Whole(string? text, out int number) =>
            int.TryParse(Digits(text), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A day in one field: 5/3/2569, 5 มี.ค. 2569, 5 มีนาคม 2569, or 2026-03-05.</summary>
    public static DateOnly? Date(string? text)
    {
        var plain = Digits(text);
        if (YearFirst().Match(plain) is { Success: true } iso)
            return Date(iso.Groups[3].Value, iso.Groups[2].Value, iso.Groups[1].Value);
        if (DayFirst().Match(plain) is not { Success: true } found)
            return null;
        var month = found.Groups[2].Success
            ? found.Groups[2].Value
            : Words.MonthNamed(found.Groups[3].Value)?.ToString(CultureInfo.InvariantCulture);
        return Date(found.Groups[1].Value, month, found.Groups[4].Value);
    }

    [GeneratedRegex(@"^฿?\s*([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(?:บาท)?$")]
    private static partial Regex Amount();

    [GeneratedRegex("^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$")]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^([0-9]{1,2})(?:\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*|\s*([\p{L}\p{M}.]+)\s*(?:พ\.ศ\.\s*)?)([0-9]{4})$")]
    private static partial Regex DayFirst();
}
