using System.Collections.Concurrent;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices.Calendars;

/// <summary>
/// One version of the calendar: every row in force, out of which the calendar of an office is built when somebody asks for it. Immutable.
/// </summary>
public sealed class CalendarEdition
{
    readonly ConcurrentDictionary<string, WorkingCalendar> built = new(StringComparer.Ordinal);
    readonly ILookup<string, OfficeDay> officeDays;

    public CalendarEdition(
        int version, CalendarCoverage coverage, IEnumerable<Holiday> holidays, IEnumerable<(string Office, OfficeDay Day)> officeDays)
    {
        Version = version;
        Coverage = coverage;
        Holidays = [.. holidays.OrderBy(row => row.Date).ThenBy(row => row.Scope, StringComparer.Ordinal)];
        this.officeDays = officeDays.ToLookup(d => d.Office, d => d.Day, StringComparer.Ordinal);
    }

    public int Version { get; }
    public CalendarCoverage Coverage { get; }
    public IReadOnlyList<Holiday> Holidays { get; }

    public IEnumerable<OfficeDay> DaysOf(string office) => officeDays[office];

    /// <param name="province">ISO 3166-2; null for the national calendar.</param>
    public WorkingCalendar For(string? province) => built.GetOrAdd(province ?? OfficeCalendars.National, name => Build(name, province, []));

    /// <summary>An office without days of its own works by the calendar of its province, and shares it with the others there.</summary>
    public WorkingCalendar For(Office office)
    {
        ArgumentNullException.ThrowIfNull(office);
        return officeDays.Contains(office.Code)
            ? built.GetOrAdd(office.Code, code => Build(code, office.Province, officeDays[code]))
            : For(office.Province);
    }

    /// <summary>The edition that a change makes of this one.</summary>
    public CalendarEdition After(CalendarDiff diff)
    {
        ArgumentNullException.ThrowIfNull(diff);
        return new CalendarEdition(
            Version + 1,
            diff.Coverage ?? Coverage,
            Holidays.Except(diff.Ended).Concat(diff.Begun),
            officeDays.SelectMany(office => office.Except(office.Key == diff.Office ? diff.DaysEnded : []).Select(day => (office.Key, day)))
                .Concat(diff.DaysBegun.Select(day => (diff.Office!, day))));
    }

    WorkingCalendar Build(string id, string? province, IEnumerable<OfficeDay> days) =>
        WorkingCalendar.Build(id, Version, province, Holidays, days, Coverage);
}

/// <summary>What one version has that the one before it had not, and the reverse. A row that is changed ends and begins.</summary>
public sealed record CalendarDiff
{
    public IReadOnlyList<Holiday> Ended { get; init; } = [];
    public IReadOnlyList<Holiday> Begun { get; init; } = [];

    /// <summary>The office whose own days change; null when the table does.</summary>
    public string? Office { get; init; }

    public IReadOnlyList<OfficeDay> DaysEnded { get; init; } = [];
    public IReadOnlyList<OfficeDay> DaysBegun { get; init; } = [];

    /// <summary>Years covered or announced from now on; null when they stay.</summary>
    public CalendarCoverage? Coverage { get; init; }

    public bool Affects(Office office)
    {
        ArgumentNullException.ThrowIfNull(office);
        return Office is not null ? Office == office.Code
            : Coverage is not null || Ended.Concat(Begun).Any(row => row.AppliesTo(office.Province));
    }

    /// <summary>Day by day, for people.</summary>
    public IReadOnlyList<ChangedDay> Days() =>
    [
        .. Ended.Select(row => Begun.FirstOrDefault(b => (b.Date, b.Scope) == (row.Date, row.Scope)) is { } now
            ? Changed(row.IsUnconfirmed && !now.IsUnconfirmed ? "confirmed" : "renamed", now)
            : Changed("removed", row)),
        .. Begun.Where(row => !Ended.Any(e => (e.Date, e.Scope) == (row.Date, row.Scope))).Select(row => Changed("added", row)),
        .. DaysEnded.Select(day => DaysBegun.FirstOrDefault(b => b.Date == day.Date) is { } now ? Changed("renamed", now) : Changed(
            "removed", day)),
        .. DaysBegun.Where(day => !DaysEnded.Any(e => e.Date == day.Date)).Select(day => Changed(
            day.Kind == OfficeDayKind.Confirmation ? "confirmed" : "added", day)),
    ];

    static ChangedDay Changed(string change, Holiday row) => new(change, row.Date, row.Scope, row.Name, row.Kind);

    ChangedDay Changed(string change, OfficeDay day) =>
        new(change, day.Date, Office!, new LocalizedText(day.Reason, day.Reason), OfficeDayRow.NameOf(day.Kind));
}

/// <param name="Change"><c>added</c>, <c>removed</c>, <c>renamed</c> or <c>confirmed</c>.</param>
/// <param name="Scope"><c>national</c>, provinces joined by a bar, or the code of an office.</param>
/// <param name="Kind">Of a holiday as in the table; of an office's own day <c>closure</c>, <c>opening</c> or <c>confirmation</c>.</param>
public sealed record ChangedDay(string Change, DateOnly Date, string Scope, LocalizedText Name, string Kind);

sealed record HolidayRow
{
    public DateOnly Day { get; init; }
    public string Scope { get; init; } = "";
    public string NameTh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Source { get; init; } = "";
    public string Confidence { get; init; } = "";

    public Holiday ToHoliday() => new(Day, new LocalizedText(NameTh, NameEn), Kind, Scope, Source, Confidence);
}

sealed record OfficeDayRow
{
    public string Office { get; init; } = "";
    public DateOnly Day { get; init; }
    public string Kind { get; init; } = "";
    public string Reason { get; init; } = "";
    public string ApprovedBy { get; init; } = "";

    public (string Office, OfficeDay Day) ToOfficeDay() =>
        (Office, new OfficeDay(Day, Enum.Parse<OfficeDayKind>(Kind, ignoreCase: true), Reason, ApprovedBy));

    public static string NameOf(OfficeDayKind kind) => kind.ToString().ToLowerInvariant();
}
