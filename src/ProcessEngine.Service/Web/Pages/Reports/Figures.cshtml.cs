using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// Where the time of the work went: how much of the limits was used, how long work waited, how often it was done again; one fiscal year
/// beside another, or any two periods.
/// </summary>
public sealed class FiguresModel(Sources sources, IMediator mediator, TimeProvider time) : ReportPage(sources, time)
{
    readonly Dictionary<string, string> procedures = new(StringComparer.Ordinal);

    public IReadOnlyList<GetFigures.Figure> Rows { get; private set; } = [];

    /// <summary>Of the other year, by the same keys; in months and quarters by the same part of the year.</summary>
    public IReadOnlyDictionary<string, GetFigures.Figure> Others { get; private set; } = new Dictionary<string, GetFigures.Figure>();

    public IReadOnlyDictionary<string, int> Kept { get; private set; } = new Dictionary<string, int>();
    public IReadOnlyDictionary<string, int> KeptThen { get; private set; } = new Dictionary<string, int>();
    public string GroupBy { get; private set; } = "definition";

    /// <summary>The fiscal year that is held against it; null for none.</summary>
    public int? OtherYear { get; private set; }

    /// <summary>What is shown, and what is held against it; null for nothing.</summary>
    public Period Shown { get; private set; } = null!;
    public Period? Other { get; private set; }

    /// <param name="Days">First and last day, where they were typed.</param>
    public sealed record Period(DateTimeOffset From, DateTimeOffset To, string Name, (DateOnly First, DateOnly Last)? Days);

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAllAskedAsync() is { } refused)
            return StatusCode(refused);
        var (people, no) = await AskForPeopleAsync(GroupBy, new { from = Shown.From, to = Shown.To });
        if (no)
            return StatusCode(StatusCodes.Status403Forbidden);
        (Rows, Kept) = await ReadAsync(Shown, people);
        if (Other is { } other)
        {
            (var rows, KeptThen) = await ReadAsync(other, people);
            Others = rows.ToDictionary(r => PartOf(r.Key), StringComparer.Ordinal);
        }

        // Many procedures have steps of the same name.
        foreach (var key in GroupBy == "step" ? Rows.Select(r => r.Key.Split('/')[0]).Distinct() : [])
        {
            if (await Sources.Definitions.LatestAsync(key, RequestAborted) is { } definition)
                procedures[key] = W[definition.Name];
        }

        return Page();
    }

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadAllAskedAsync() is { } refused)
            return StatusCode(refused);
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Times, format, GroupBy, new ListClocks.Filter(Office, Shown.From, Shown.To)),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    async Task<(IReadOnlyList<GetFigures.Figure>, IReadOnlyDictionary<string, int>)> ReadAsync(
        Period period, PeopleFigures? people)
    {
        var asked = new AskedPeriod(people?.Offices ?? Asked, period.From, period.To, Narrowing.Nothing);
        var rows = await GetFigures.ReadAsync(Sources, asked, GroupBy, RequestAborted, people);
        var kept = await GetCompliance.ReadAsync(
            Sources, asked.Offices, GroupBy, asked.From, asked.To, Now, RequestAborted, people: people);
        return (
            rows, kept.Where(k => k.Percent is not null).ToDictionary(k => PartOf(k.Key), k => k.Percent!.Value, StringComparer.Ordinal));
    }

    /// <summary>The key without its year, so that a month finds the same month.</summary>
    public string PartOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return GroupBy.StartsWith("fiscal", StringComparison.Ordinal) ? key[(key.IndexOf('-', StringComparison.Ordinal) + 1)..] : key;
    }

    async Task<int?> ReadAllAskedAsync()
    {
        var refused = await ReadAskedAsync();
        if (refused is not null)
            return refused;
        (GroupBy, OtherYear) = (HttpContext.OneOf("groupBy", Grouping.All) ?? "definition", YearOf("compare"));
        Shown = Between("from", "to") ?? OfYear(Year);
        Other = Between("otherFrom", "otherTo") ?? (OtherYear is { } other ? OfYear(other) : null);
        return null;
    }

    Period OfYear(int year) => new(
        FiscalYear.Begins(year), FiscalYear.Begins(year + 1), W[$"ปีงบประมาณ {year}", $"fiscal year {year}"], null);

    /// <summary>From the first day through the last, as they were typed; null where neither was.</summary>
    Period? Between(string from, string to)
    {
        var (first, last) = (Day(from), Day(to));
        if (first is null && last is null)
            return null;
        if (first is not { } begins || last is not { } ends || begins > ends)
            throw RefusedRequestException.At(
                from, "ต้องมีทั้งวันแรกและวันสุดท้าย ตามลำดับ", "A first and a last day are needed, in order.");
        return new Period(
            BangkokTime.At(begins, TimeOnly.MinValue), BangkokTime.At(ends.AddDays(1), TimeOnly.MinValue),
            $"{W.Date(begins)} – {W.Date(ends)}", (begins, ends));
    }

    DateOnly? Day(string name) => HttpContext.Text(name) is not { Length: > 0 } text ? null
        : Typed.Date(text) is { Year: > 2000 and < 2500 } day ? day
        : throw RefusedRequestException.At(name, "ไม่ใช่วันที่", "It is no date.");

    /// <summary>As it may be typed again.</summary>
    public string Typeable(DateOnly? day) => day is not { } known ? ""
        : W.English ? Iso(known)
        : $"{known.Day}/{known.Month}/{known.Year + FiscalYear.BuddhistOffset}";

    static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public string ExportTo =>
        PageLink.To(
            "/reports/figures",
            [("handler", "Export"), ("year", $"{Year}"), ("groupBy", GroupBy), ("office", Office), .. DaysOf("from", "to", Shown)]);

    static (string, string?)[] DaysOf(string from, string to, Period period) =>
        period.Days is { } days ? [(from, Iso(days.First)), (to, Iso(days.Last))] : [];

    /// <summary>Whose step it is; null for what is no step.</summary>
    public string? ProcedureOf(GetFigures.Figure row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return procedures.GetValueOrDefault(row.Key.Split('/')[0]);
    }

    public string NameOf(GetFigures.Figure row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return ComplianceModel.NameOf(W, GroupBy, row.Key, row.Name);
    }

    /// <summary>The work of a row whose limit ended.</summary>
    public string WorkOf(GetFigures.Figure row)
    {
        ArgumentNullException.ThrowIfNull(row);
        (string, string?)[] period = Shown.Days is null
            ? []
            : [("from", Storage.DbValues.ToText(Shown.From)), ("to", Storage.DbValues.ToText(Shown.To))];
        return PageLink.To("/reports/tasks", [("year", $"{Year}"), .. period, .. ComplianceModel.NarrowedTo(GroupBy, row.Key, Office)]);
    }

    public string TextOf(FigureColumn column, GetFigures.Figure row)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.Of(row) is not { } value ? "–" : column.IsTime ? WorkingTimeWords.Of(W, (int)value) : W.Number(value);
    }
}
