using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// Where the time of the work went: how much of the limits was used, how long work waited, how often it was done again; one fiscal year
/// beside another.
/// </summary>
public sealed class FiguresModel(Sources sources, IMediator mediator, TimeProvider time) : DeskPage
{
    const int YearsBack = 4;

    readonly Dictionary<string, string> procedures = new(StringComparer.Ordinal);

    public IReadOnlyList<GetFigures.Figure> Rows { get; private set; } = [];

    /// <summary>Of the other year, by the same keys; in months and quarters by the same part of the year.</summary>
    public IReadOnlyDictionary<string, GetFigures.Figure> Others { get; private set; } = new Dictionary<string, GetFigures.Figure>();

    public IReadOnlyDictionary<string, int> Kept { get; private set; } = new Dictionary<string, int>();
    public IReadOnlyDictionary<string, int> KeptThen { get; private set; } = new Dictionary<string, int>();
    public IReadOnlyList<string> Offices { get; private set; } = [];
    public IReadOnlyList<int> Years { get; private set; } = [];
    public string GroupBy { get; private set; } = "definition";
    public string? Office { get; private set; }
    public int Year { get; private set; }

    /// <summary>The year that is held against it; null for none.</summary>
    public int? Other { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!Overseers.Includes(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        var now = Instants.Truncate(time.GetUtcNow());
        ReadAsked(now);
        Offices = [.. (await sources.OfficesAsync(Caller, null, RequestAborted)).Where(o => Overseers.Includes(Caller, o))];
        if (Office is not null && !Offices.Contains(Office))
            return NotFound();
        var offices = Office is null ? Offices : [Office];
        (Rows, Kept) = await ReadAsync(offices, Year, now);
        if (Other is { } other)
        {
            (var rows, KeptThen) = await ReadAsync(offices, other, now);
            Others = rows.ToDictionary(r => PartOf(r.Key), StringComparer.Ordinal);
        }

        // Many procedures have steps of the same name.
        foreach (var key in GroupBy == "step" ? Rows.Select(r => r.Key.Split('/')[0]).Distinct() : [])
        {
            if (await sources.Definitions.LatestAsync(key, RequestAborted) is { } definition)
                procedures[key] = W[definition.Name];
        }

        return Page();
    }

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        ReadAsked(time.GetUtcNow());
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Times, format, GroupBy, new ListClocks.Filter(Office, Start(Year), Start(Year + 1))),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    async Task<(IReadOnlyList<GetFigures.Figure>, IReadOnlyDictionary<string, int>)> ReadAsync(
        IReadOnlyList<string> offices, int year, DateTimeOffset now)
    {
        var (from, to) = (Start(year), Start(year + 1));
        var rows = await GetFigures.ReadAsync(sources, new AskedPeriod(offices, from, to, Narrowing.Nothing), GroupBy, RequestAborted);
        var kept = await GetCompliance.ReadAsync(sources, offices, GroupBy, from, to, now, RequestAborted);
        return (
            rows, kept.Where(k => k.Percent is not null).ToDictionary(k => PartOf(k.Key), k => k.Percent!.Value, StringComparer.Ordinal));
    }

    /// <summary>The key without its year, so that a month finds the same month.</summary>
    public string PartOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return GroupBy.StartsWith("fiscal", StringComparison.Ordinal) ? key[(key.IndexOf('-', StringComparison.Ordinal) + 1)..] : key;
    }

    void ReadAsked(DateTimeOffset now)
    {
        var current = FiscalYear.Of(BangkokTime.DateOf(now));
        Years = [.. Enumerable.Range(0, YearsBack + 1).Select(back => current - back)];
        GroupBy = HttpContext.OneOf("groupBy", Grouping.All) ?? "definition";
        Office = HttpContext.Text("office") is { Length: > 0 } one ? one : null;
        Year = YearOf("year") ?? current;
        Other = YearOf("compare");
    }

    int? YearOf(string name) => HttpContext.Text(name) is not { Length: > 0 } asked ? null
        : Typed.Number(asked) is { } number && Years.Contains((int)number) ? (int)number
        : throw RefusedRequestException.At(name, "เลือกปีงบประมาณจากรายการ", "It is no fiscal year of the list.");

    static DateTimeOffset Start(int year) =>
        BangkokTime.At(FiscalYear.FirstDay(year), TimeOnly.MinValue);

    public string ExportTo =>
        PageLink.To("/reports/figures", ("handler", "Export"), ("year", $"{Year}"), ("groupBy", GroupBy), ("office", Office));

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
        return PageLink.To("/reports/tasks", [("year", $"{Year}"), .. ComplianceModel.NarrowedTo(GroupBy, row.Key, Office)]);
    }

    public string Shown(FigureColumn column, GetFigures.Figure row)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.Of(row) is not { } value ? "–" : column.IsTime ? WorkingTimeWords.Of(W, (int)value) : W.Number(value);
    }
}
