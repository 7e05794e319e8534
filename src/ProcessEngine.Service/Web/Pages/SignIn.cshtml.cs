using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages;

[AllowAnonymous]
public sealed class SignInModel(
    Passwords passwords,
    Sessions sessions,
    SecondFactor factor,
    ProviderOptions provider,
    IDataProtectionProvider protection,
    TimeProvider time,
    Words words)
    : PageModel
{
    [BindProperty]
    public string? UserName { get; set; }

    /// <summary>Where the person wanted to go.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Next { get; set; }

    /// <summary>What they had written when their session expired, sealed.</summary>
    [BindProperty]
    public string? Kept { get; set; }

    static readonly TimeSpan TicketHolds = TimeSpan.FromMinutes(5);

    public ProviderOptions Provider => provider;

    /// <summary>After the right password of somebody with a second factor: proof of that, for the page that asks for the code.</summary>
    public string? Ticket { get; private set; }

    public LocalizedText? Fault { get; private set; }

    /// <summary>After signing in again: what was written before. It is sent once more if its writer wants it.</summary>
    public KeptForm? Resumed { get; private set; }

    public IActionResult OnGet(string? failed)
    {
        Fault = failed switch
        {
            "unknown" => new LocalizedText(
                "ยังไม่มีบัญชีที่เชื่อมกับท่าน ลงชื่อเข้าใช้ด้วยรหัสผ่านก่อน แล้วเชื่อมในหน้าอุปกรณ์ที่ลงชื่อเข้าใช้",
                "No account here is tied to you. Sign in with your password first, then tie it on the page of your devices."),
            "provider" => new LocalizedText(
                "ลงชื่อเข้าใช้ผ่านผู้ให้บริการไม่สำเร็จ ลองใหม่อีกครั้ง", "Signing in with the provider did not work. Try again."),
            _ => null,
        };
        return HttpContext.SignedIn() is null ? Page() : Redirect(Destination);
    }

    /// <summary>The code of the phone, or one from paper.</summary>
    public async Task<IActionResult> OnPostCodeAsync(string? ticket, string? code)
    {
        if (Open(ticket) is not { } person)
        {
            Fault = new LocalizedText("นานเกินไป กรุณาลงชื่อเข้าใช้ใหม่", "That took too long. Please sign in again.");
            return Page();
        }

        Fault = SignInWords.FaultOf(await factor.CheckAsync(person.UserId, Typed.Digits(code), HttpContext.RequestAborted));
        if (Fault is null)
            return await OpenAsync(person);

        Ticket = ticket;
        return Page();
    }

    async Task<IActionResult> OpenAsync(RightPassword person)
    {
        var session = await sessions.OpenAsync(person, Device.Of(Request.Headers.UserAgent.ToString()), HttpContext.RequestAborted);
        if (await sessions.FindAsync(session, HttpContext.RequestAborted) is not { } signedIn)
        {
            Fault = new LocalizedText("กรุณาลงชื่อเข้าใช้ใหม่", "Please sign in again.");
            return Page();
        }

        await CookieSignIn.SignInAsync(HttpContext, signedIn);
        Resumed = signedIn.MustChangePassword ? null : KeptForm.Open(protection, Kept);
        return Resumed is null ? Redirect(Destination) : Page();
    }

    IDataProtector Tickets => protection.CreateProtector("sign-in-ticket");

    string Seal(RightPassword person) =>
        Tickets.Protect($"{person.UserId}|{person.Stamp}|{(time.GetUtcNow() + TicketHolds).ToUnixTimeSeconds()}");

    RightPassword? Open(string? ticket)
    {
        try
        {
            return Tickets.Unprotect(ticket ?? "").Split('|') is [var user, var stamp, var until]
                && long.Parse(until, System.Globalization.CultureInfo.InvariantCulture) >= time.GetUtcNow().ToUnixTimeSeconds()
                ? new RightPassword(Guid.Parse(user), stamp)
                : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    public async Task<IActionResult> OnPostAsync(string? password)
    {
        var answer = await passwords.CheckAsync(
            UserName?.Trim() ?? "", password ?? "", SignInLimits.AddressOf(HttpContext), HttpContext.RequestAborted);
        Fault = SignInWords.FaultOf(
            answer, words, new LocalizedText("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The user name or the password is wrong."));
        SignInWords.SayWhen(answer, Response);
        if (answer is RightPassword person)
        {
            if (await factor.CodesLeftAsync(person.UserId, HttpContext.RequestAborted) is null)
                return await OpenAsync(person);
            Ticket = Seal(person);
        }

        return Page();
    }

    /// <summary>A page of ours, never another site's.</summary>
    string Destination => Url.IsLocalUrl(Next) && !Next!.StartsWith("/sign-", StringComparison.Ordinal) ? Next : "/";
}
