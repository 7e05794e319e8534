using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>The API keys of a person: made, shown once, and revoked.</summary>
public sealed class KeysModel(Database database, People people, IMediator mediator) : AdminPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Person { get; set; }

    [BindProperty]
    public string? Label { get; set; }

    public string Name { get; private set; } = "";
    public IReadOnlyList<ApiKeyEndpoints.KeyView> Keys { get; private set; } = [];

    /// <summary>The secret of the key that was made just now; it is never to be seen again.</summary>
    public string? Secret { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await ShowAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await ShowAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ApiKeyEndpoints.Command(Caller, await HttpContext.IdentifyFormAsync(), Person, Label?.Trim()), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return Page();
        }

        if (outcome.Value!.Replayed)
        {
            SetFlash(W[
                "คีย์นี้สร้างและแสดงไปแล้ว หากไม่ได้จดไว้ ให้ยกเลิกแล้วสร้างใหม่",
                "This key was made and shown already. If it was not noted, revoke it and make another."]);
            return Redirect(Here);
        }

        Secret = JsonSerializer.Deserialize<ApiKeyEndpoints.Created>(outcome.Value.Body, JsonShape.Options)!.Key;
        return await ShowAsync() ?? Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id)
    {
        if (await ShowAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ApiKeyEndpoints.RevokeCommand(Caller, await HttpContext.IdentifyFormAsync(), Person, id), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return Page();
        }

        SetFlash(W["ยกเลิกคีย์แล้ว ใช้ไม่ได้อีก", "The key is revoked: it opens nothing any more."]);
        return Redirect(Here);
    }

    string Here => PageLink.To("/admin/keys", ("office", Office), ("person", Person.ToString()));

    async Task<IActionResult?> ShowAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await ApiKeyEndpoints.RefusalAsync(connection, Caller, Person) is { } no)
                return StatusCode(no is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
            Keys = await ApiKeyEndpoints.ReadAsync(connection, Person);
        }

        Name = (await people.NamesAsync([Person], RequestAborted))[Person];
        return null;
    }
}
