using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Account;

public sealed class SessionsModel(Sessions sessions, ExternalIdentities identities, ProviderOptions provider) : DeskPage
{
    public IReadOnlyList<SessionView> List { get; private set; } = [];

    /// <summary>The provider by which one can sign in; null when there is none.</summary>
    public string? ProviderName => provider.IsOn ? provider.Name : null;

    public bool IsLinked { get; private set; }

    /// <summary>The provider means somebody whose account is another one.</summary>
    public bool IsTaken { get; private set; }

    public async Task OnGetAsync(string? linked)
    {
        List = await sessions.ListAsync(Caller.UserId, RequestAborted);
        IsLinked = provider.IsOn && await identities.IsLinkedAsync(Caller.UserId, RequestAborted);
        IsTaken = linked == "no";
    }

    /// <summary>To the provider, which says who they are there.</summary>
    public IActionResult OnPostLink() => provider.IsOn
        ? Challenge(ProviderSignIn.ToLink(HttpContext.SignedIn()!, "/account/sessions"), ProviderSignIn.Scheme)
        : NotFound();

    public async Task<IActionResult> OnPostUnlinkAsync()
    {
        await identities.UnlinkAsync(Caller, RequestAborted);
        SetFlash(W["เลิกเชื่อมแล้ว จากนี้ใช้รหัสผ่าน", "It is untied. From now on you sign in with your password."]);
        return Redirect("/account/sessions");
    }

    public async Task<IActionResult> OnPostAsync(Guid session)
    {
        await sessions.EndAsync(session, Caller.UserId, RequestAborted);
        SetFlash(W["ออกจากระบบเครื่องนั้นแล้ว", "That device is signed out."]);
        return Redirect("/account/sessions");
    }

    public async Task<IActionResult> OnPostAllAsync()
    {
        await sessions.EndAllAsync(Caller.UserId, RequestAborted);
        await HttpContext.SignOutAsync(CookieSignIn.Scheme);
        return Redirect("/sign-in");
    }
}
