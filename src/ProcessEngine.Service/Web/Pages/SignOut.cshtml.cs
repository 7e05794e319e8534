using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages;

[AllowAnonymous]
public sealed class SignOutModel(Sessions sessions) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        if (HttpContext.SignedIn() is { } person)
            await sessions.EndAsync(person.SessionId, person.Caller.UserId, HttpContext.RequestAborted);
        await HttpContext.SignOutAsync(CookieSignIn.Scheme);
        Response.Headers["Clear-Site-Data"] = "\"cache\"";
        return Redirect("/sign-in");
    }
}
