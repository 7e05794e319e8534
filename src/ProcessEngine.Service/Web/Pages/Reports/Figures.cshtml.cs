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
public sealed class FiguresModel(Sources sources, IMediator mediator, TimeProvider time) : ReportPage(sources, time)
{
    readonly Dictionary<string, string> procedures = new(StringComparer.Ordinal);

    public IReadOnlyList<GetFigures.Figure> Rows { get; private set; } = [];

    /// <summary>Of the other year, by the same keys; in months and quarters by the same part of the year.</summary>
    public IReadOnlyDictionary<string, GetFigures.Figure> Others { get; private set; } = new Dictionary<string, GetFigures.Figure>();

    public IReadOnlyDictionary<string, int> Kept { get; private set; } = new Dictionary<string, int>();
    public IReadOnlyDictionary<string, int> KeptThen { get; private set; } = new Dictionary<string, int>();
    public string GroupBy { get; private set; } = "definition";

    /// <summary>The year that is held against it; null for none.</summary>
    public int? Other { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAllAskedAsync() is { } refused)
            return StatusCode(refused);
        (Rows, Kept) = await ReadAsync(Year);
        if (Other is { } other)
        {
            (var rows, KeptThen) = await ReadAsync(other);
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
                Caller, ExportReport.Times, format, GroupBy, new ListClocks.Filter(Office, Begins, Ends)),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    async Task<(IReadOnlyList<GetFigures.Figure>, IReadOnlyDictionary<string, int>)> ReadAsync(int year)
    {
        var (from, to) = (FiscalYear.Begins(year), FiscalYear.Begins(year + 1));
        var rows = await GetFigures.ReadAsync(Sources, new AskedPeriod(Asked, from, to, Narrowing.Nothing), GroupBy, RequestAborted);
        var kept = await GetCompliance.ReadAsync(Sources, Asked, GroupBy, from, to, Now, RequestAborted);
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
        if (refused is null)
            (GroupBy, Other) = (HttpContext.OneOf("groupBy", Grouping.All) ?? "definition", YearOf("compare"));
        return refused;
    }

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
