using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>The API keys of an account of the office: those of a service account are made here, everybody's are seen and revoked.</summary>
public sealed class KeysModel(Database database, IMediator mediator) : AdminPage
{
    IReadOnlyList<ApiKeyEndpoints.KeyView> keys = [];
    string? secret;
    bool mayMake;

    [BindProperty(SupportsGet = true)]
    public Guid Person { get; set; }

    public string Name { get; private set; } = "";

    public KeyList List => new(keys, "/admin/keys", [("office", Office), ("person", Person.ToString())], NewKey, secret, mayMake);

    public async Task<IActionResult> OnGetAsync() => await ShowAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync(string? label, string? days)
    {
        if (await ShowAsync() is { } refused)
            return refused;
        var made = await KeyForms.MakeAsync(HttpContext, mediator, Person, label, days);
        if (made.Refused is { } no)
        {
            Refuse(no);
            return Page();
        }

        if (made.Secret is null)
        {
            SetFlash(W[
                "คีย์นี้สร้างและแสดงไปแล้ว หากไม่ได้จดไว้ ให้ยกเลิกแล้วสร้างใหม่",
                "This key was made and shown already. If it was not noted, revoke it and make another."]);
            return Redirect(Here);
        }

        secret = made.Secret;
        return await ShowAsync() ?? Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id)
    {
        if (await ShowAsync() is { } refused)
            return refused;
        if (await KeyForms.RevokeAsync(HttpContext, mediator, Person, id) is { } no)
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
        await using var connection = await database.OpenAsync(RequestAborted);
        if (await Accounts.RefusalAsync(connection, Caller, Person, "manage-keys") is { } no)
            return StatusCode(no is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        var account = (await Accounts.FindAsync(connection, Person))!;
        (Name, mayMake) = (account.DisplayName, account.IsService || Person == Caller.UserId);
        keys = await ApiKeyEndpoints.ReadAsync(connection, Person);
        return null;
    }
}
