using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// สถิติการให้บริการ of a fiscal year, as an office publishes it; and the report of the year as PDF, with its figures and charts.
/// </summary>
public sealed class ServicesModel(Sources sources, IMediator mediator, PrintedPage printed, TimeProvider time) : DeskPage
{
    const int YearsBack = 4;
    const string View = "/Web/Pages/Reports/_YearReport.cshtml";

    public IReadOnlyList<string> Offices { get; private set; } = [];
    public IReadOnlyList<int> Years { get; private set; } = [];
    public string Office { get; private set; } = "";
    public int Year { get; private set; }
    public GetServices.Report? Statistics { get; private set; }
    public bool CanPrint => printed.IsPossible;

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return refused;
        Statistics = await GetServices.ReadAsync(sources, Office, Year, Instants.Truncate(time.GetUtcNow()), RequestAborted);
        return Statistics is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadAskedAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Services, format, null,
                new ListClocks.Filter(Office, YearReport.Start(Year), YearReport.Start(Year + 1))),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    /// <summary>The report of the year. That it was made stands in the trail, as with every file.</summary>
    public async Task<IActionResult> OnPostPdfAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return refused;
        var now = Instants.Truncate(time.GetUtcNow());
        if (await YearReport.ReadAsync(sources, new ChartTables(Kernel.Words.Paper), Office, Year, now, RequestAborted) is not { } report)
            return NotFound();
        if (CanPrint)
            await mediator.Send(new RecordYearReport.Command(Caller, Office, Year), RequestAborted);
        report = report with { MadeBy = HttpContext.SignedIn()!.DisplayName };
        if (await printed.PrintAsync(this, View, report, report.Title, drawn: true) is { } pdf)
            return File(pdf, "application/pdf", $"report-{Office}-{Year}.pdf");
        FlashNoPdf(CanPrint);
        return Redirect(PageLink.To("/reports/services", ("year", $"{Year}"), ("office", Office)));
    }

    public string Address(string handler) =>
        PageLink.To("/reports/services", ("handler", handler), ("year", $"{Year}"), ("office", Office));

    async Task<IActionResult?> ReadAskedAsync()
    {
        var current = FiscalYear.Of(BangkokTime.DateOf(time.GetUtcNow()));
        Years = [.. Enumerable.Range(0, YearsBack + 1).Select(back => current - back)];
        Year = HttpContext.Text("year") is not { Length: > 0 } asked ? current : Typed.Number(asked) is { } number ? (int)number : 0;
        if (!Years.Contains(Year))
            throw RefusedRequestException.At("year", "เลือกปีงบประมาณจากรายการ", "It is no fiscal year of the list.");
        Offices = [.. (await sources.OfficesAsync(Caller, null, RequestAborted)).Where(o => Overseers.Includes(Caller, o))];
        Office = HttpContext.Text("office") is { Length: > 0 } one ? one : Offices.Count > 0 ? Offices[0] : "";
        return Offices.Contains(Office) ? null : StatusCode(StatusCodes.Status403Forbidden);
    }
}
