using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// The year at a glance, for whoever oversees: what an auditor asks first, what waits for a director, and of a head the head's group.
/// </summary>
public sealed class OverviewModel(Sources sources, Inbox inbox, FlowCharts charts, Database database, TimeProvider time)
    : ReportPage(sources, time)
{
    /// <summary>Of the longest waits.</summary>
    const int Worst = 5;

    /// <summary>Per cent that is late, from which on a step is late often, and now and then.</summary>
    const int Often = 20;
    const int Sometimes = 5;

    public DateOnly Today => BangkokTime.DateOf(Now);

    /// <summary>Of the year so far, and of the whole year before.</summary>
    public GetCompliance.Group Total { get; private set; } = Empty;
    public GetCompliance.Group Before { get; private set; } = Empty;

    public InboxPage? Mine { get; private set; }
    public bool ActsInCases { get; private set; }

    /// <summary>The group of a head who heads no more than that.</summary>
    public string? GroupName { get; private set; }

    public IReadOnlyList<GetCompliance.Group> Overdue { get; private set; } = [];
    public IReadOnlyList<GetFigures.Figure> Waits { get; private set; } = [];
    public IReadOnlyList<GetWorkload.Grant> Grants { get; private set; } = [];
    public IReadOnlyList<ChartTable> Tables { get; private set; } = [];

    public IReadOnlyList<GetCompliance.Group> Procedures { get; private set; } = [];
    public string? Procedure { get; private set; }
    public ChartTable? Map { get; private set; }
    public FlowChart? Chart { get; private set; }

    static GetCompliance.Group Empty { get; } = new("", null, 0, 0, 0, 0, 0, 0, 0);

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        Procedure = HttpContext.Text("definitionKey") is { Length: > 0 } key ? key : null;
        var group = await GroupOfHeadAsync(Asked);
        ActsInCases = Caller.Memberships.Any(m => Roles.Acting.Contains(m.Role)) || !Caller.Orders.IsEmpty;
        if (ActsInCases)
            Mine = await inbox.MineAsync(Caller, null, null, RequestAborted);
        await ReadFiguresAsync(new AskedPeriod(Asked, Begins, Ends, new Narrowing(null, group)), Now);
        return Page();
    }

    /// <summary>Who heads a group and no more sees the group.</summary>
    async Task<Guid?> GroupOfHeadAsync(IReadOnlyList<string> offices)
    {
        if (offices.Count != 1 || Overseers.All.Any(role => role != Roles.GroupDirector && Caller.Holds(role, offices[0])))
            return null;
        await using var connection = await database.OpenAsync(RequestAborted);
        if (await Groups.OfAsync(connection, offices[0], Caller.UserId) is not { } group)
            return null;
        GroupName = (await Of<Groups>().ListAsync(offices[0], RequestAborted)).FirstOrDefault(g => g.GroupId == group)?.Name;
        return group;
    }

    async Task ReadFiguresAsync(AskedPeriod asked, DateTimeOffset now)
    {
        var months = await Compliance(asked, "fiscalMonth", now);
        Total = Sum(months);
        Before = Sum(await Compliance(asked with { From = FiscalYear.Begins(Year - 1), To = Begins }, Grouping.None, now));
        Overdue = [.. (await Compliance(asked, "group", now)).Where(g => g.Overdue > 0).OrderByDescending(g => g.Overdue)];
        Waits =
        [
            .. (await GetFigures.ReadAsync(Sources, asked, "step", RequestAborted))
                .Where(f => f.Tasks.MinutesWaited is { Ninetieth: > 0 })
                .OrderByDescending(f => f.Tasks.MinutesWaited!.Ninetieth).Take(Worst),
        ];
        var load = await GetWorkload.ReadAsync(Sources, asked, now, RequestAborted);
        Grants = load.Grants;
        var tables = new ChartTables(W);
        Tables =
        [
            tables.Kept(Year, Today, months, (month, standing) => WorkOf(standing, null, null, month)),
            tables.InAndOut(Year, Today, load.Months, asked.Only.Group is not null), tables.Used(load.Used),
            tables.Ages(load.Ages), tables.Rounds(load.Rounds),
        ];
        await ReadProcedureAsync(tables, asked, now);
    }

    async Task ReadProcedureAsync(ChartTables tables, AskedPeriod asked, DateTimeOffset now)
    {
        Procedures = [.. (await Compliance(asked, "definition", now)).OrderByDescending(p => p.Late + p.Overdue).ThenBy(p => p.Key)];
        if (Procedure is not null && Procedures.All(p => p.Key != Procedure))
            Procedure = null;
        Procedure ??= Procedures.Count > 0 ? Procedures[0].Key : null;
        if (Procedure is null || await Sources.Definitions.LatestAsync(Procedure, RequestAborted) is not { } definition)
            return;
        var narrowed = asked with { Only = asked.Only with { DefinitionKey = Procedure } };
        Map = tables.Map(
            Year, Today, definition, await Compliance(narrowed, Grouping.StepAndMonth, now),
            (step, month) => WorkOf(null, Procedure, step, month));
        var steps = (await Compliance(narrowed, "step", now)).ToDictionary(s => s.Key[(Procedure.Length + 1)..]);
        Chart = await charts.DrawAsync(
            W, definition, asked.Offices.Count == 1 ? asked.Offices[0] : null, MarksOf(definition, steps), RequestAborted);
    }

    /// <summary>Each step by how often it was late, and by how much went through it.</summary>
    SortedDictionary<string, FlowMark> MarksOf(ProcessDefinition definition, Dictionary<string, GetCompliance.Group> steps)
    {
        var marks = new SortedDictionary<string, FlowMark>(StringComparer.Ordinal);
        var most = steps.Values.Select(VolumeOf).DefaultIfEmpty().Max();
        foreach (var (step, found) in definition.Steps.Select(s => (s, steps.GetValueOrDefault(s.Id))))
        {
            if (found is null || VolumeOf(found) == 0)
                continue;
            var late = found.Percent is { } percent ? 100 - percent : (int?)null;
            marks[step.Id] = new FlowMark(
                late >= Often ? FlowMarkKind.OftenLate : late >= Sometimes ? FlowMarkKind.SometimesLate : FlowMarkKind.Kept, 1)
            {
                Volume = 1 + (int)(3 * VolumeOf(found) / most),
                Badge = late is { } share ? W.Digits($"{share}%") : "–",
            };
        }

        return marks;
    }

    static long VolumeOf(GetCompliance.Group g) => g.OnTime + g.Late + g.Overdue + g.Open + g.WithoutLimit;

    Task<IReadOnlyList<GetCompliance.Group>> Compliance(AskedPeriod asked, string groupBy, DateTimeOffset now) =>
        GetCompliance.ReadAsync(Sources, asked.Offices, groupBy, asked.From, asked.To, now, RequestAborted, asked.Only);

    static GetCompliance.Group Sum(IReadOnlyList<GetCompliance.Group> rows) => new(
        "", null, rows.Sum(r => r.OnTime), rows.Sum(r => r.Early), rows.Sum(r => r.Late), rows.Sum(r => r.Open), rows.Sum(r => r.Overdue),
        rows.Sum(r => r.WithoutLimit), rows.Sum(r => r.AtRisk));

    /// <summary>The very work that is counted.</summary>
    public string WorkOf(string? standing, string? definition, string? step, string? month, string? group = null) => PageLink.To(
        "/reports/tasks", ("year", $"{Year}"), ("standing", standing), ("definitionKey", definition), ("step", step),
        ("fiscalMonth", month), ("group", group), ("office", Office));

    /// <summary>Whose step it is.</summary>
    public string ProcedureOf(GetFigures.Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var key = figure.Key.Split('/')[0];
        return Procedures.FirstOrDefault(p => p.Key == key)?.Name is { } name ? W[name] : key;
    }
}
