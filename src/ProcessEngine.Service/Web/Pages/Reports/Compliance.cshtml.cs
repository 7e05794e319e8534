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
public sealed class ComplianceModel(Sources sources, IMediator mediator, TimeProvider time) : ReportPage(sources, time)
{
    /// <summary>Who may look: those who oversee an office, in their own right or by order.</summary>
    public static bool MayLook(Caller caller) => Overseers.Includes(caller);

    /// <summary>Whoever starts and does no work begins with the figures, not with an empty list.</summary>
    public static bool OnlyOversees(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Orders.IsEmpty && caller.Memberships.Length > 0 && caller.Memberships.All(m => m.Role == Roles.Auditor);
    }

    public IReadOnlyList<GetCompliance.Group> Rows { get; private set; } = [];
    public string GroupBy { get; private set; } = "definition";

    public (DateOnly From, DateOnly To) Period => (FiscalYear.FirstDay(Year), FiscalYear.FirstDay(Year + 1).AddDays(-1));

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        GroupBy = GroupingAsked;
        var (people, no) = await AskForPeopleAsync(GroupBy, new { fiscalYear = Year });
        if (no)
            return StatusCode(StatusCodes.Status403Forbidden);
        Rows = await GetCompliance.ReadAsync(
            Sources, people?.Offices ?? Asked, GroupBy, Begins, Ends, Now, RequestAborted, people: people);
        return Page();
    }

    /// <summary>The same as a file.</summary>
    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        var outcome = await mediator.Send(
            new ExportReport.Command(Caller, ExportReport.Compliance, format, GroupingAsked, new ListClocks.Filter(Office, Begins, Ends)),
            RequestAborted);
        return outcome.Rejection is { } no
            ? StatusCode(Problems.From(no).Status)
            : new Download(outcome.Value!, format!);
    }

    string GroupingAsked => HttpContext.OneOf("groupBy", Grouping.All) ?? "definition";

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
}
