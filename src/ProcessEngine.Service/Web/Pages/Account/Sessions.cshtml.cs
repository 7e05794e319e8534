using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Account;

public sealed class SessionsModel(Sessions sessions) : DeskPage
{
    public IReadOnlyList<SessionView> List { get; private set; } = [];

    public async Task OnGetAsync() => List = await sessions.ListAsync(Caller.UserId, RequestAborted);

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
