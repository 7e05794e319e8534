using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>What a verification found, as a paper: to read, to print on A4, and as PDF. Of a run that has ended.</summary>
public sealed class CertificateModel(
    Verifications runs, OfficeCalendars offices, Database database, PrintedPage printed, TimeProvider time) : DeskPage
{
    const string View = "/Web/Pages/Reports/_Certificate.cshtml";

    public Certificate Paper { get; private set; } = null!;
    public bool CanPrint => printed.IsPossible;

    public async Task<IActionResult> OnGetAsync(Guid id) => await ReadAsync(id) ?? Page();

    public async Task<IActionResult> OnGetPdfAsync(Guid id)
    {
        if (await ReadAsync(id) is { } refused)
            return refused;
        if (await printed.PrintAsync(this, View, Paper, Paper.Title) is { } pdf)
            return File(pdf, "application/pdf", $"certificate-{id:N}.pdf");
        FlashNoPdf(CanPrint);
        return Redirect($"/reports/verification/{id}");
    }

    async Task<IActionResult?> ReadAsync(Guid id)
    {
        if (!VerificationModel.MayLook(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        if (await runs.FindAsync(Caller, id, RequestAborted) is not { EndedAt: not null } run)
            return NotFound();
        var place = run.Office is { } office ? await offices.FindOfficeAsync(office, RequestAborted) : null;
        Anchor? newest;
        await using (var connection = await database.OpenAsync(RequestAborted))
            newest = (await SealAnchors.NewestAsync(connection, null, 1, RequestAborted)).FirstOrDefault();
        Paper = new Certificate(
            run, place is null ? null : new LocalizedText(place.NameTh, place.NameEn), newest, Instants.Truncate(time.GetUtcNow()),
            HttpContext.SignedIn()!.DisplayName);
        return null;
    }
}
