using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Account;

public sealed class PasswordModel(Passwords passwords, Sessions sessions) : DeskPage
{
    public LocalizedText? Fault { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? current, string? chosen, string? again)
    {
        var answer = await passwords.CheckAsync(Caller.UserId, current ?? "", SignInLimits.AddressOf(HttpContext), RequestAborted);
        SignInWords.SayWhen(answer, Response);
        Fault = SignInWords.FaultOf(answer, W, new LocalizedText("รหัสผ่านปัจจุบันไม่ถูกต้อง", "The current password is wrong."))
            ?? (chosen != again ? new LocalizedText("รหัสผ่านใหม่สองช่องไม่ตรงกัน", "The two new passwords differ.")
            : chosen == current ? new LocalizedText("รหัสผ่านใหม่ต้องไม่ใช่รหัสผ่านเดิม", "The new password is the old one.")
            : Passwords.FaultOf(chosen, Caller.UserName));
        if (Fault is not null)
            return Page();

        var stamp = await passwords.SetAsync(Caller.UserId, chosen!, mustChange: false, Caller, null, RequestAborted);
        var session = await sessions.OpenAsync(
            new RightPassword(Caller.UserId, stamp),
            Device.Of(Request.Headers.UserAgent.ToString()),
            RequestAborted);
        if (await sessions.FindAsync(session, RequestAborted) is { } signedIn)
            await CookieSignIn.SignInAsync(HttpContext, signedIn);
        SetFlash(W["เปลี่ยนรหัสผ่านแล้ว", "Your password is changed."]);
        return Redirect("/");
    }
}
