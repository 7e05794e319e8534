using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// Which procedures keep the times that the manuals promise: the figures of <see cref="GetCompliance"/> for those who oversee.
/// </summary>
public sealed class ComplianceModel(Database database, DefinitionCatalog definitions, TimeProvider time) : DeskPage
{
    const int YearsBack = 4;

    static readonly string[] Overseers =
    [
        Roles.Auditor, Roles.Director, Roles.DeputyDirector, Roles.GroupDirector, Roles.Administrator, Roles.ProcessOwner,
    ];

    static readonly string[] Groupings = ["definition", "step", "fiscalMonth", "office"];

    /// <summary>Who may look: those who oversee an office, in their own right or by order.</summary>
    public static bool MayLook(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => Overseers.Contains(m.Role)) || caller.Orders.Any(o => Overseers.Contains(o.Order.Capacity.Role));
    }

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
        var current = FiscalYear.Of(BangkokTime.DateOf(now));
        Years = [.. Enumerable.Range(0, YearsBack + 1).Select(back => current - back)];
        (GroupBy, Office) = (HttpContext.OneOf("groupBy", Groupings) ?? "definition", HttpContext.Text("office"));
        Year = HttpContext.Text("year") is not { Length: > 0 } asked ? current : Typed.Number(asked) is { } number ? (int)number : 0;
        if (!Years.Contains(Year))
            throw RefusedRequestException.At("year", "เลือกปีงบประมาณจากรายการ", "It is no fiscal year of the list.");
        await using (var connection = await database.OpenAsync(RequestAborted))
            Offices = await VisibleOffices.ForAsync(connection, Caller, null);
        var first = new DateOnly(Year - FiscalYear.BuddhistOffset - 1, 10, 1);
        Period = (first, first.AddYears(1).AddDays(-1));
        Rows = await GetCompliance.ReadAsync(
            database, definitions, Caller, Office is { Length: > 0 } one ? one : null, GroupBy,
            BangkokTime.At(first, TimeOnly.MinValue), BangkokTime.At(first.AddYears(1), TimeOnly.MinValue), Instants.Truncate(now),
            RequestAborted);
        return Page();
    }

    public GetCompliance.Group Total => new(
        "", null, Rows.Sum(r => r.OnTime), Rows.Sum(r => r.Early), Rows.Sum(r => r.Late), Rows.Sum(r => r.Open),
        Rows.Sum(r => r.Overdue), Rows.Sum(r => r.WithoutLimit));

    /// <summary>Of those that are decided: what is late is not kept, whether it has ended or not. Null when none is decided.</summary>
    public static int? Percent(GetCompliance.Group group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var decided = group.OnTime + group.Late + group.Overdue;
        return decided == 0 ? null : (int)(100 * group.OnTime / decided);
    }

    public string NameOf(GetCompliance.Group row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (GroupBy == "fiscalMonth" && row.Key.Split('-') is [_, var month])
        {
            // October is the first month of a fiscal year.
            var calendar = ((int.Parse(month, System.Globalization.CultureInfo.InvariantCulture) + 8) % 12) + 1;
            return W.Month(calendar);
        }

        return row.Name is null ? row.Key : W[row.Name];
    }

    public string NameOfGrouping(string grouping) => grouping switch
    {
        "definition" => W["กระบวนงาน", "Procedure"],
        "step" => W["ขั้นตอน", "Step"],
        "fiscalMonth" => W["เดือน", "Month"],
        "office" => W["สำนักงาน", "Office"],
        _ => throw Core.UnknownKind.Of(grouping),
    };

    public IReadOnlyList<string> AllGroupings => Groupings;
}
