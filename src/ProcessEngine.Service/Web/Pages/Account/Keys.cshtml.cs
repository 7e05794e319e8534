using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Account;

/// <summary>The reader's own API keys: nobody else makes one for them.</summary>
public sealed class KeysModel(Database database, IMediator mediator) : DeskPage
{
    const string Here = "/account/keys";

    public KeyList List { get; private set; } = null!;
    public LocalizedText? Fault { get; private set; }

    public Task OnGetAsync() => ShowAsync(null);

    public async Task<IActionResult> OnPostAsync(string? label, string? days)
    {
        var made = await KeyForms.MakeAsync(HttpContext, mediator, Caller.UserId, label, days);
        if (made is { Secret: null, Refused: null })
        {
            SetFlash(
                W[
                    "คีย์นี้สร้างและแสดงไปแล้ว หากไม่ได้จดไว้ ให้ยกเลิกแล้วสร้างใหม่",
                    "This key was made and shown already. If it was not noted, revoke it and make another."]);
            return Redirect(Here);
        }

        Refuse(made.Refused);
        await ShowAsync(made.Secret);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id)
    {
        if (await KeyForms.RevokeAsync(HttpContext, mediator, Caller.UserId, id) is { } no)
        {
            Refuse(no);
            await ShowAsync(null);
            return Page();
        }

        SetFlash(W["ยกเลิกคีย์แล้ว ใช้ไม่ได้อีก", "The key is revoked: it opens nothing any more."]);
        return Redirect(Here);
    }

    void Refuse(Rejection? refused)
    {
        if (refused is null)
            return;
        var problem = Problems.From(refused);
        (Response.StatusCode, Fault) = (problem.Status, problem.Why);
    }

    async Task ShowAsync(string? secret)
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        List = new KeyList(await ApiKeyEndpoints.ReadAsync(connection, Caller.UserId), Here, [], FormRequest.NewKey(), secret, true);
    }
}
