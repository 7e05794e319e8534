using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.HandOvers;

/// <summary>The receipt of a hand-over, to read, to print and to sign.</summary>
public sealed class HandOverModel(HandOverRegister register, OfficeCalendars offices, IMediator mediator, PrintedPage printed) : DeskPage
{
    const string View = "/Web/Pages/HandOvers/_HandOver.cshtml";

    public HandOverPaper Paper { get; private set; } = null!;
    public HandOverView Receipt => Paper.Receipt;
    public bool CanPrint => printed.IsPossible;
    public bool MayGoOn => Receipt.Waiting > 0 && HandOverRegister.MayHandOver(Caller, Receipt.Office);

    public async Task<IActionResult> OnGetAsync(Guid id) => await ShowAsync(id) ?? Page();

    public async Task<IActionResult> OnGetPdfAsync(Guid id)
    {
        if (await ShowAsync(id) is { } missing)
            return missing;
        if (await printed.PrintAsync(this, View, Paper, $"บัญชีส่งมอบงาน {Receipt.FromName}") is { } pdf)
            return File(pdf, "application/pdf", $"hand-over-{id:N}.pdf");
        FlashNoPdf(CanPrint);
        return Redirect($"/hand-overs/{id}");
    }

    public async Task<IActionResult> OnPostContinueAsync(Guid id)
    {
        if (await ShowAsync(id) is { } missing)
            return missing;
        var outcome = await mediator.Send(new HandOverEndpoints.ContinueCommand(Caller, Receipt.Office, id), RequestAborted);
        if (outcome.Rejection is { } refused)
            SetFlash(HttpContext, W[Problems.From(refused).Why], good: false);
        return Redirect($"/hand-overs/{id}");
    }

    async Task<IActionResult?> ShowAsync(Guid id)
    {
        if (await register.FindAsync(id, Caller, RequestAborted) is not { } found)
            return NotFound();
        var office = await offices.FindOfficeAsync(found.Office, RequestAborted);
        Paper = new HandOverPaper(found, office?.NameTh ?? found.Office);
        return null;
    }
}

/// <summary>A receipt with the office that it is of. As the regulations print it, digits are Thai.</summary>
public sealed record HandOverPaper(HandOverView Receipt, string Office);
