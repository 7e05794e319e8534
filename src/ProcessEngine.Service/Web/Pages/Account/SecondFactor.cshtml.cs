using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Account;

/// <summary>Putting a second factor on and taking it off.</summary>
public sealed class SecondFactorModel(SecondFactor factor, Passwords passwords) : DeskPage
{
    public int? CodesLeft { get; private set; }
    public byte[]? Secret { get; private set; }
    public string? Sealed { get; private set; }
    public LocalizedText? Fault { get; private set; }

    /// <summary>Shown this once.</summary>
    public IReadOnlyList<string>? NewCodes { get; private set; }

    public Task OnGetAsync() => ShowAsync(null);

    public async Task<IActionResult> OnPostAsync(string? sealedSecret, string? code)
    {
        if (factor.Open(Caller.UserId, sealedSecret) is not { } secret)
            return Redirect("/account/second-factor");
        var put = await factor.ConfirmAsync(Caller, secret, Typed.Digits(code).Replace(" ", "", StringComparison.Ordinal), RequestAborted);
        NewCodes = put.Codes;
        if (put.IsOnAlready)
        {
            Response.StatusCode = StatusCodes.Status409Conflict;
            Fault = new LocalizedText(
                "เปิดใช้อยู่แล้ว ต้องเลิกใช้ของเดิมก่อน ยังไม่มีการเปลี่ยนแปลง",
                "It is on already: take the old one off first. Nothing was changed.");
            await ShowAsync(null);
        }
        else if (NewCodes is null)
        {
            Fault = new LocalizedText(
                "รหัสไม่ถูกต้อง ตรวจว่านาฬิกาของโทรศัพท์ตรง แล้วใส่รหัสล่าสุด",
                "That code is not right. See that the phone's clock is, and type the newest code.");
            await ShowAsync((secret, sealedSecret!));
        }

        return Page();
    }

    /// <summary>
    /// It takes the password and the old factor itself: a session that somebody left open is not enough to put another phone in its place.
    /// </summary>
    public async Task<IActionResult> OnPostOffAsync(string? password, string? code)
    {
        var answer = await passwords.CheckAsync(Caller.UserId, password ?? "", SignInLimits.AddressOf(HttpContext), RequestAborted);
        SignInWords.SayWhen(answer, Response);
        Fault = SignInWords.FaultOf(answer, W, new LocalizedText("รหัสผ่านไม่ถูกต้อง", "The password is wrong."))
            ?? SignInWords.FaultOf(await factor.TakeOffAsync(Caller, Typed.Digits(code), RequestAborted));
        if (Fault is null)
        {
            SetFlash(W["เลิกใช้การยืนยันสองขั้นแล้ว", "The second factor is off."]);
            return Redirect("/account/second-factor");
        }

        await ShowAsync(null);
        return Page();
    }

    async Task ShowAsync((byte[] Secret, string Sealed)? begun)
    {
        CodesLeft = await factor.CodesLeftAsync(Caller.UserId, RequestAborted);
        if (CodesLeft is null)
            (Secret, Sealed) = begun ?? factor.Begin(Caller.UserId);
    }
}
