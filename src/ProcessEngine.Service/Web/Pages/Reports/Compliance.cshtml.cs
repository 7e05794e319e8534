using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// Which procedures keep the times that the manuals promise: the figures of <see cref="GetCompliance"/> for those who oversee.
/// </summary>
public sealed class ComplianceModel(Sources sources, IMediator mediator, TimeProvider time) : DeskPage
{
    const int YearsBack = 4;

    /// <summary>Who may look: those who oversee an office, in their own right or by order.</summary>
    public static bool MayLook(Caller caller) => Overseers.Includes(caller);

    /// <summary>Whoever starts and does no work begins with the figures, not with an empty list.</summary>
    public static bool OnlyOversees(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Orders.IsEmpty && caller.Memberships.Length > 0 && caller.Memberships.All(m => m.Role == Roles.Auditor);
    }

    public IReadOnlyList<GetCompliance.Group> Rows { get; private set; } = [];
    public IReadOnlyList<string> Offices { get; private set; } = [];
    public IReadOnlyList<int> Years { get; private set; } = [];
    public string GroupBy { get; private set; } = "definition";
    public string? Office { get; private set; }

    /// <summary>The fiscal year, of the Buddhist Era.</summary>
    public int Year { get; private set; }

    public (DateOnly From, DateOnly To) Period { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!MayLook(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        var now = time.GetUtcNow();
        ReadAsked(now);
        Offices = await sources.OfficesAsync(Caller, null, RequestAborted);
        var asked = Office is null ? Offices : await sources.OfficesAsync(Caller, Office, RequestAborted);
        Rows = await GetCompliance.ReadAsync(
            sources, asked, GroupBy, Between.From, Between.To, Instants.Truncate(now), RequestAborted);
        return Page();
    }

    /// <summary>The same as a file.</summary>
    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        ReadAsked(time.GetUtcNow());
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Compliance, format, GroupBy, new ListClocks.Filter(Office, Between.From, Between.To)),
            RequestAborted);
        return outcome.Rejection is { } no
            ? StatusCode(Problems.From(no).Status)
            : new Download(outcome.Value!, format!);
    }

    void ReadAsked(DateTimeOffset now)
    {
        var current = FiscalYear.Of(BangkokTime.DateOf(now));
        Years = [.. Enumerable.Range(0, YearsBack + 1).Select(back => current - back)];
        GroupBy = HttpContext.OneOf("groupBy", Grouping.All) ?? "definition";
        Office = HttpContext.Text("office") is { Length: > 0 } one ? one : null;
        Year = HttpContext.Text("year") is not { Length: > 0 } asked ? current : Typed.Number(asked) is { } number ? (int)number : 0;
        if (!Years.Contains(Year))
            throw RefusedRequestException.At("year", "เลือกปีงบประมาณจากรายการ", "It is no fiscal year of the list.");
        var first = FiscalYear.FirstDay(Year);
        Period = (first, first.AddYears(1).AddDays(-1));
    }

    (DateTimeOffset From, DateTimeOffset To) Between =>
        (BangkokTime.At(Period.From, TimeOnly.MinValue), BangkokTime.At(Period.From.AddYears(1), TimeOnly.MinValue));

    /// <summary>Where the figures of this page are made into a file.</summary>
    public string ExportTo => PageLink.To("/reports", ("handler", "Export"), ("year", $"{Year}"), ("groupBy", GroupBy), ("office", Office));

    /// <summary>The very work that a cell counts.</summary>
    public string WorkOf(GetCompliance.Group row, string standing)
    {
        ArgumentNullException.ThrowIfNull(row);
        return PageLink.To("/reports/tasks", [("year", $"{Year}"), ("standing", standing), .. NarrowedTo(GroupBy, row.Key, Office)]);
    }

    /// <summary>The filters that hold of what a row counts.</summary>
    public static (string Name, string? Value)[] NarrowedTo(string groupBy, string key, string? office)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parts = key.Split('/', 2);
        return groupBy switch
        {
            "definition" => [("definitionKey", key), ("office", office)],
            "step" => [("definitionKey", parts[0]), ("step", parts[1].Length == 0 ? "-" : parts[1]), ("office", office)],
            "version" => [("definitionKey", parts[0]), ("definitionVersion", parts[1]), ("office", office)],
            "office" => [("office", key)],
            _ => [(groupBy, key.Length == 0 ? "-" : key), ("office", office)],
        };
    }

    public GetCompliance.Group Total => new(
        "", null, Rows.Sum(r => r.OnTime), Rows.Sum(r => r.Early), Rows.Sum(r => r.Late), Rows.Sum(r => r.Open),
        Rows.Sum(r => r.Overdue), Rows.Sum(r => r.WithoutLimit), Rows.Sum(r => r.AtRisk));

    public string NameOf(GetCompliance.Group row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return NameOf(W, GroupBy, row.Key, row.Name);
    }

    /// <summary>What a row of figures is called.</summary>
    public static string NameOf(Words words, string groupBy, string key, Core.LocalizedText? name)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(key);
        if (groupBy == "fiscalMonth" && key.Split('-') is [_, var month])
        {
            // October is the first month of a fiscal year.
            var calendar = ((int.Parse(month, System.Globalization.CultureInfo.InvariantCulture) + 8) % 12) + 1;
            return words.Month(calendar);
        }

        if (groupBy == "fiscalQuarter" && key.Split("-Q") is [_, var quarter])
            return words[$"ไตรมาสที่ {quarter}", $"Quarter {quarter}"];
        return name is null ? key : words[name];
    }

    public string NameOfGrouping(string grouping) => ReportWords.Grouping(W, grouping);

    public static IReadOnlyList<string> AllGroupings => Grouping.All;
}
