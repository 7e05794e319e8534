using System.Globalization;
using System.Text.RegularExpressions;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Definitions.Tables;

namespace ProcessEngine.Service.Web;

/// <summary>
/// A condition that compares one piece of data with one value, to be chosen and filled in. Others stay as they are written.
/// </summary>
/// <param name="Data">The name of the data; empty: no condition.</param>
/// <param name="Is">One of <see cref="Comparisons"/>.</param>
/// <param name="Value">As a person reads and types it.</param>
public sealed partial record ConditionFields(string Data, string Is, string Value)
{
    /// <summary>What is stored, and what it is called.</summary>
    public static IReadOnlyList<(string Sign, LocalizedText Text)> Comparisons { get; } =
    [
        ("=", new("เท่ากับ", "equal to")), ("!=", new("ไม่เท่ากับ", "other than")), (">", new("มากกว่า", "more than")),
        (">=", new("ตั้งแต่", "at least")), ("<", new("น้อยกว่า", "less than")), ("<=", new("ไม่เกิน", "at most")),
        ("contains", new("มีคำว่า", "contains")), ("is empty", new("ไม่ได้ระบุ", "is not given")),
        ("is not empty", new("ระบุไว้", "is given")),
    ];

    /// <returns>Null when it is more than one comparison.</returns>
    public static ConditionFields? Of(string when)
    {
        ArgumentNullException.ThrowIfNull(when);
        if (Comparison().Match(when) is not { Success: true } found)
            return null;
        var (data, value) = (found.Groups["data"].Value, found.Groups["value"].Value);
        if (found.Groups["empty"].Success)
            return new ConditionFields(data, found.Groups["not"].Success ? "is not empty" : "is empty", "");
        return new ConditionFields(data, found.Groups["is"].Value, found.Groups["date"] is { Success: true } date
            && DateOnly.TryParseExact(date.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? string.Create(CultureInfo.InvariantCulture, $"{day.Day}/{day.Month}/{day.Year + FiscalYear.BuddhistOffset}")
            : value switch
            {
                "true" => "ใช่",
                "false" => "ไม่ใช่",
                ['"', .. var text, '"'] => text,
                _ => value,
            });
    }

    /// <summary>As the language of conditions has it; empty where it says nothing.</summary>
    /// <param name="type">The type of the data; null when it is not known.</param>
    public string Write(string? type)
    {
        if (Data.Length == 0)
            return "";
        if (Is is "is empty" or "is not empty")
            return $"{Data} {Is}";
        var sign = Comparisons.Any(c => c.Sign == Is) ? Is : "=";
        return Value.Length == 0 ? "" : $"{Data} {sign} {Literal(type)}";
    }

    string Literal(string? type) => type switch
    {
        "String" => Quoted(),
        "DateTime" or "DateTimeOffset" or "DateOnly" when Typed.Date(Value) is { } day =>
            string.Create(CultureInfo.InvariantCulture, $"date \"{day:yyyy-MM-dd}\""),
        _ => Value switch
        {
            "ใช่" or "yes" or "true" => "true",
            "ไม่ใช่" or "no" or "false" => "false",
            _ when Typed.Number(Value) is { } number => number.ToString(CultureInfo.InvariantCulture),
            _ => Quoted(),
        },
    };

    string Quoted() => $"\"{Value.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}\"";

    [GeneratedRegex(
        """^\s*(?<data>[\p{L}_][\p{L}\p{M}\p{Nd}_]*)\s*(?:(?<empty>is\s+(?<not>not\s+)?empty)|(?<is>=|!=|>=|<=|>|<|contains)\s*"""
            + """(?<value>date\s+"(?<date>[^"\\]*)"|"[^"\\]*"|-?[0-9]+(?:\.[0-9]+)?|true|false))\s*$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();
}
