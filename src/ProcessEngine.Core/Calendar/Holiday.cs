using System.Globalization;

namespace ProcessEngine.Core.Calendar;

/// <summary>A row of the holiday table (docs/working-time.md, section 7).</summary>
/// <param name="Scope"><c>national</c>, or province codes joined by a vertical bar.</param>
/// <param name="Kind"><c>fixed</c>, <c>lunar</c>, <c>substitution</c>, <c>special</c> or <c>regional</c>.</param>
/// <param name="Confidence"><c>high</c>, <c>medium</c>, or <c>low</c>: not verified.</param>
public sealed record Holiday(DateOnly Date, LocalizedText Name, string Kind, string Scope, string Source, string Confidence)
{
    public const string National = "national";

    /// <summary>A regional day that nobody has verified: it does not count until an administrator confirms it.</summary>
    public bool IsUnconfirmed => Scope != National && Confidence == "low";

    public bool AppliesTo(string? province) =>
        Scope == National || (province is not null && Scope.Split('|').Contains(province));
}

public enum OfficeDayKind
{
    /// <summary>The office is closed: flood, relocation, a day given to its staff.</summary>
    Closure,

    /// <summary>The office works although the day is off: a cabinet resolution, a make-up Saturday.</summary>
    Opening,

    /// <summary>The office takes a holiday of low confidence as certain; the day is off by its row of the table.</summary>
    Confirmation,
}

/// <summary>A day on which one office differs from its province.</summary>
public sealed record OfficeDay(DateOnly Date, OfficeDayKind Kind, string Reason, string ApprovedBy);

/// <summary>Gregorian years that the table covers, and the last of them whose holidays are announced (R9).</summary>
public sealed record CalendarCoverage(int FirstYear, int LastYear, int LastAnnouncedYear)
{
    public bool Covers(DateOnly date) => date.Year >= FirstYear && date.Year <= LastYear;
}

public static class HolidayTable
{
    const string Header = "date,name_th,name_en,kind,scope,source,confidence";
    static readonly string[] Kinds = ["fixed", "lunar", "substitution", "special", "regional"];
    static readonly string[] Confidences = ["high", "medium", "low"];

    /// <summary>Reads the table as it is published: CSV with quoted fields (RFC 4180), one row a line.</summary>
    /// <exception cref="FormatException">A row is not of the form; says which line and why.</exception>
    public static IReadOnlyList<Holiday> Parse(string csv)
    {
        ArgumentNullException.ThrowIfNull(csv);
        var lines = csv.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n');
        if (lines[0] != Header)
            throw new FormatException($"Line 1: the header must be \"{Header}\".");

        var rows = new List<Holiday>();
        var seen = new HashSet<(DateOnly, string)>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var row = ParseRow(lines[i], i + 1);
            if (!seen.Add((row.Date, row.Scope)))
                throw new FormatException($"Line {i + 1}: {row.Date:O} with scope {row.Scope} stands twice.");
            rows.Add(row);
        }

        return rows;
    }

    static Holiday ParseRow(string line, int number)
    {
        var fields = Fields(line, number);
        if (fields.Count != 7)
            throw new FormatException($"Line {number}: {fields.Count} fields, 7 are expected.");
        if (!DateOnly.TryParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            throw new FormatException($"Line {number}: \"{fields[0]}\" is not a date (yyyy-MM-dd).");
        if (!Kinds.Contains(fields[3]))
            throw new FormatException($"Line {number}: unknown kind \"{fields[3]}\".");
        if (!Confidences.Contains(fields[6]))
            throw new FormatException($"Line {number}: unknown confidence \"{fields[6]}\".");
        return new Holiday(date, new LocalizedText(fields[1], fields[2]), fields[3], fields[4], fields[5], fields[6]);
    }

    static List<string> Fields(string line, int number)
    {
        var fields = new List<string>();
        var i = 0;
        while (i <= line.Length)
        {
            if (i < line.Length && line[i] == '"')
            {
                var text = new System.Text.StringBuilder();
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                        throw new FormatException($"Line {number}: a quoted field does not end.");
                    if (line[i] != '"')
                        text.Append(line[i]);
                    else if (i + 1 < line.Length && line[i + 1] == '"')
                        text.Append(line[i++]);
                    else
                        break;
                }

                fields.Add(text.ToString());
                i += 2;
            }
            else
            {
                var end = line.IndexOf(',', i);
                end = end < 0 ? line.Length : end;
                fields.Add(line[i..end]);
                i = end + 1;
            }
        }

        return fields;
    }
}
