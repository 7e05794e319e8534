using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// The very work behind a figure of <see cref="ComplianceModel"/>; each row leads to its case and to why its date is what it is.
/// </summary>
public sealed class TasksModel(Sources sources, IMediator mediator, TimeProvider time) : DeskPage
{
    const int PageSize = 50;

    public IReadOnlyList<ListClocks.TimedWork> Rows { get; private set; } = [];
    public ListClocks.Filter Filter { get; private set; } = null!;
    public string? NextPage { get; private set; }

    /// <summary>The fiscal year, of the Buddhist Era.</summary>
    public int Year { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!Overseers.Includes(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        var now = Instants.Truncate(time.GetUtcNow());
        ReadAsked(now);
        var after = HttpContext.Text("after") is { } text ? ListClocks.Place.From(text.Split('~')) : null;
        var offices = await sources.OfficesAsync(Caller, Filter.Office, RequestAborted);
        PeopleFigures? people = null;
        if (Filter.Person is not null)
        {
            people = await PeopleFigures.AskAsync(
                sources.Database, Caller, offices, ListClocks.AboutPerson(Filter), now, RequestAborted);
            if (people is null)
                return StatusCode(StatusCodes.Status403Forbidden);
            offices = people.Offices;
        }

        var found = await ListClocks.ReadAsync(sources, offices, Filter, now, after, PageSize + 1, RequestAborted, people);
        Rows = [.. found.Take(PageSize)];
        if (found.Count > PageSize)
            NextPage = Address(null, ("after", string.Join('~', ListClocks.PlaceOf(Rows[^1]).Keys)));
        return Page();
    }

    /// <summary>The same as a file: all of it.</summary>
    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        ReadAsked(Instants.Truncate(time.GetUtcNow()));
        var outcome = await mediator.Send(
            new ExportReport.Command(Caller, ExportReport.Tasks, format, null, Filter), RequestAborted);
        return outcome.Rejection is { } no
            ? StatusCode(Problems.From(no).Status)
            : new Download(outcome.Value!, format!);
    }

    public string ExportTo => Address(null, ("handler", "Export"));

    void ReadAsked(DateTimeOffset now)
    {
        var current = FiscalYear.Of(BangkokTime.DateOf(now));
        Year = HttpContext.Text("year") is not { Length: > 0 } asked ? current : Typed.Number(asked) is { } number ? (int)number : 0;
        if (Year < current - 100 || Year > current)
            throw RefusedRequestException.At("year", "ต้องเป็นปีงบประมาณ พ.ศ.", "It must be a Buddhist fiscal year.");
        Filter = ListClocks.FilterOf(HttpContext, now);
        HasPeriod = HttpContext.Text("from") is { Length: > 0 } && HttpContext.Text("to") is { Length: > 0 };
        if (!HasPeriod)
            Filter = Filter with { From = FiscalYear.Begins(Year), To = FiscalYear.Begins(Year + 1) };
    }

    /// <summary>Whether it is of a period that was asked for, and not of the year.</summary>
    public bool HasPeriod { get; private set; }

    static readonly string[] Carried =
        ["fiscalMonth", "fiscalQuarter", "definitionVersion", "role", "group", "priority", "person", "from", "to"];

    /// <summary>This list, with another standing or a parameter more.</summary>
    public string Address(string? standing, params (string, string?)[] more) => PageLink.To(
        "/reports/tasks",
        [
            ("year", $"{Year}"), ("standing", standing ?? Filter.Standing), ("definitionKey", Filter.DefinitionKey),
            ("step", Filter.Step is "" ? "-" : Filter.Step), .. Carried.Select(name => (name, HttpContext.Text(name))),
            ("office", Filter.Office), .. more,
        ]);

    public string Heading => Filter.Standing is { } standing
        ? W[$"งานที่นับเป็น “{ReportWords.Standing(W, standing)}”", $"The work counted as “{ReportWords.Standing(W, standing)}”"]
        : W["งานที่มีกำหนดเวลา", "Work that has a limit"];

    /// <summary>What else it is narrowed to.</summary>
    public IEnumerable<string> Narrowed
    {
        get
        {
            yield return HasPeriod
                ? $"{W.Date(Filter.From)} – {W.Date(Filter.To.AddTicks(-1))}"
                : W[$"ปีงบประมาณ {Year}", $"Fiscal year {Year}"];
            if (Rows.Count > 0 && Filter.DefinitionKey is not null)
                yield return Rows[0].DefinitionName is { } name ? W[name] : Filter.DefinitionKey;
            if (Rows.Count > 0 && Filter.Step is not null)
                yield return Rows[0].StepName is { } step ? W[step] : W["ทั้งกระบวนงาน", "the whole procedure"];
            if (Filter.Month is { } month)
                yield return W.Month(month % 100);
            if (Filter.Office is { } office)
                yield return office;
        }
    }

    public static string ToneOf(string standing) => standing switch
    {
        "late" or "overdue" => "bad",
        "early" or "onTime" => "good",
        _ => "",
    };
}
