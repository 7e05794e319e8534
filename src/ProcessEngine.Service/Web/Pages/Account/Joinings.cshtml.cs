using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Account;

/// <summary>Other offices that ask for the reader, or for somebody whose account the reader looks after.</summary>
public sealed class JoiningsModel(Database database, IMediator mediator) : DeskPage
{
    public IReadOnlyList<JoiningView> Open { get; private set; } = [];

    public string NewKey { get; } = FormRequest.NewKey();

    public async Task OnGetAsync()
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        Open = await Joinings.OpenAsync(connection, Caller);
    }

    public async Task<IActionResult> OnPostAsync(Guid id, bool accept)
    {
        var outcome = await mediator.Send(new Joinings.Command(Caller, await HttpContext.IdentifyFormAsync(), id, accept), RequestAborted);
        SetFlash(
            HttpContext,
            outcome.Rejection is not null ? W[
                "คำขอนี้มีคำตอบแล้ว หรือไม่ใช่เรื่องของท่าน",
                "It was answered before, or is not yours to answer."]
            : accept ? W["ตกลงแล้ว มีผลทันที", "Agreed; it holds from now on."]
            : W["ไม่ตกลง ไม่มีการเปลี่ยนแปลง", "Declined; nothing was changed."],
            good: outcome.Rejection is null);
        return Redirect("/account/joinings");
    }
}
