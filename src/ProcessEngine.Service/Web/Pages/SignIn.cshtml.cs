using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Web.Pages;

[AllowAnonymous]
public sealed class SignInModel(Passwords passwords, Sessions sessions, IDataProtectionProvider protection, Words words) : PageModel
{
    [BindProperty]
    public string? UserName { get; set; }

    /// <summary>Where the person wanted to go.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Next { get; set; }

    /// <summary>What they had written when their session expired, sealed.</summary>
    [BindProperty]
    public string? Kept { get; set; }

    public LocalizedText? Fault { get; private set; }

    /// <summary>After signing in again: what was written before. It is sent once more if its writer wants it.</summary>
    public KeptForm? Resumed { get; private set; }

    public IActionResult OnGet() => HttpContext.SignedIn() is null ? Page() : Redirect(Destination);

    public async Task<IActionResult> OnPostAsync(string? password)
    {
        var answer = await passwords.CheckAsync(UserName?.Trim() ?? "", password ?? "", HttpContext.RequestAborted);
        switch (answer)
        {
            case RightPassword person:
                var session = await sessions.OpenAsync(person, Device.Of(Request.Headers.UserAgent.ToString()), HttpContext.RequestAborted);
                if (await sessions.FindAsync(session, HttpContext.RequestAborted) is not { } signedIn)
                    break;
                await CookieSignIn.SignInAsync(HttpContext, signedIn);
                Resumed = signedIn.MustChangePassword ? null : KeptForm.Open(protection, Kept);
                return Resumed is null ? Redirect(Destination) : Page();
            case LockedOut locked:
                Fault = new LocalizedText(
                    $"ใส่รหัสผ่านผิดหลายครั้ง ลองใหม่ได้หลังเวลา {words.Time(locked.Until)}", $"Too many wrong passwords. Try again after {words.Time(locked.Until)}.");
                break;
            default:
                Fault = new LocalizedText("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The user name or the password is wrong.");
                break;
        }

        return Page();
    }

    /// <summary>A page of ours, never another site's.</summary>
    string Destination => Url.IsLocalUrl(Next) && !Next!.StartsWith("/sign-", StringComparison.Ordinal) ? Next : "/";
}
