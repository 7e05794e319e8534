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
public sealed class ServicesModel(Sources sources, IMediator mediator, PrintedPage printed, TimeProvider time)
    : ReportPage(sources, time)
{
    const string View = "/Web/Pages/Reports/_YearReport.cshtml";

    public override bool CanTakeAll => false;
    public GetServices.Report? Statistics { get; private set; }
    public bool CanPrint => printed.IsPossible;

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        Statistics = await GetServices.ReadAsync(Sources, Office!, Year, Now, RequestAborted);
        return Statistics is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Services, format, null,
                new ListClocks.Filter(Office, Begins, Ends)),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    /// <summary>The report of the year. That it was made stands in the trail, as with every file.</summary>
    public async Task<IActionResult> OnPostPdfAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        if (await YearReport.ReadAsync(Sources, new ChartTables(Kernel.Words.Paper), Office!, Year, Now, RequestAborted) is not { } report)
            return NotFound();
        if (CanPrint)
            await mediator.Send(new RecordYearReport.Command(Caller, Office!, Year), RequestAborted);
        report = report with { MadeBy = HttpContext.SignedIn()!.DisplayName };
        if (await printed.PrintAsync(this, View, report, report.Title, drawn: true) is { } pdf)
            return File(pdf, "application/pdf", $"report-{Office}-{Year}.pdf");
        FlashNoPdf(CanPrint);
        return Redirect(PageLink.To("/reports/services", ("year", $"{Year}"), ("office", Office)));
    }

    public string Address(string handler) =>
        PageLink.To("/reports/services", ("handler", handler), ("year", $"{Year}"), ("office", Office));
}
