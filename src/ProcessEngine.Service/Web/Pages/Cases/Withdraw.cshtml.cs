using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>A file of a case that does not belong there is taken out of it.</summary>
public sealed class WithdrawModel(
    CaseReader cases, AttachmentReader files, OfficeCalendars offices, ProcessStore store, IMediator mediator) : DeskPage
{
    [BindProperty]
    public string? Comment { get; set; }

    public AttachmentView Attached { get; private set; } = null!;
    public Guid Case { get; private set; }
    public string Title { get; private set; } = "";
    public bool IsPossible { get; private set; }
    public Problem? Refused { get; private set; }
    public string NewKey { get; } = FormRequest.NewKey();

    public string Address => $"/cases/{Case}/files/{Attached.Id}/withdraw";

    public async Task<IActionResult> OnGetAsync(Guid id, Guid file) => await ShowAsync(id, file) ?? Page();

    public async Task<IActionResult> OnPostAsync(Guid id, Guid file)
    {
        if (await ShowAsync(id, file) is { } missing)
            return missing;
        var outcome = await mediator.Send(
            new Service.Cases.Attachments.WithdrawFile.Command(
                Caller, await HttpContext.IdentifyFormAsync(), id, file, Comment?.ReplaceLineEndings("\n").Trim()), RequestAborted);
        if (outcome.Rejection is { } rejection)
        {
            Refused = Problems.From(rejection);
            Response.StatusCode = Refused.Status;
            return Page();
        }

        SetFlash(W[$"ถอนไฟล์ {Attached.FileName} แล้ว", $"{Attached.FileName} is withdrawn."]);
        return Redirect($"/cases/{id}#files");
    }

    async Task<IActionResult?> ShowAsync(Guid id, Guid file)
    {
        if (await cases.FindAsync(id, Caller, RequestAborted) is not var (definition, state)
            || await files.FindAsync(id, file, Caller, RequestAborted) is not { } attached)
            return NotFound();
        (Case, Title, Attached) = (id, state.Title, attached);
        IsPossible = (await Service.Cases.Attachments.WithdrawFile.PossibleAsync(
            definition, state, Caller, [attached], offices, store)).Contains(file);
        return null;
    }
}
