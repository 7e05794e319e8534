using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Whether an office takes requests from people outside, and which.</summary>
public sealed class RequestsModel(RequestDesks desks, IMediator mediator) : AdminPage
{
    public RequestDesk Desk { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync(bool open, string? contact, string[]? closed)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var form = await Request.ReadFormAsync(RequestAborted);
        var shut = FormRequest.Chosen(closed).Distinct().ToDictionary(
            key => key,
            key => form["why." + key].ToString().Trim() is { Length: > 0 } why ? why : "ปิดรับชั่วคราว",
            StringComparer.Ordinal);
        var outcome = await mediator.Send(
            new SetDesk.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, open, contact?.Trim(), shut), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(W["บันทึกแล้ว", "Stored."]);
        return Redirect(PageLink.To("/admin/requests", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Desk = (await desks.FindAsync(TheOffice.Code, RequestAborted))!;
        return Page();
    }
}
