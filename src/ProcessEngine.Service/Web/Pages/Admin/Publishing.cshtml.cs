using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Whether the office has somebody else look at a procedure before it is published.</summary>
public sealed class PublishingModel(Database database, IMediator mediator) : AdminPage
{
    public bool Required { get; private set; }

    /// <summary>How many people of the office may write a draft, or approve one.</summary>
    public int Reviewers { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync(bool required)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new OfficePublishing.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, required), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(W["บันทึกแล้ว", "Stored."]);
        return Redirect(PageLink.To("/admin/publishing", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        await using (var connection = await database.OpenAsync(RequestAborted))
            Required = await DraftReviews.IsRequiredAsync(connection, TheOffice.Code);
        Reviewers = await OfficePublishing.ReviewersAsync(database, TheOffice.Code, RequestAborted);
        return Page();
    }
}
