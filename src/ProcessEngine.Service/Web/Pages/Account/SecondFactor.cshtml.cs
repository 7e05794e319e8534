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
        if (factor.Open(sealedSecret) is not { } secret)
            return Redirect("/account/second-factor");
        NewCodes = await factor.ConfirmAsync(Caller.UserId, secret, Typed.Digits(code).Replace(" ", "", StringComparison.Ordinal), Stopped);
        if (NewCodes is null)
        {
            Fault = new LocalizedText("รหัสไม่ถูกต้อง ตรวจว่านาฬิกาของโทรศัพท์ตรง แล้วใส่รหัสล่าสุด", "That code is not right. See that the phone's clock is, and type the newest code.");
            await ShowAsync((secret, sealedSecret!));
        }

        return Page();
    }

    public async Task<IActionResult> OnPostOffAsync(string? password)
    {
        var answer = await passwords.CheckAsync(Caller.UserId, password ?? "", Stopped);
        if (answer is RightPassword)
        {
            await factor.RemoveAsync(Caller.UserId, Stopped);
            Say(W["เลิกใช้การยืนยันสองขั้นแล้ว", "The second factor is off."]);
            return Redirect("/account/second-factor");
        }

        Fault = answer is LockedOut locked
            ? new LocalizedText($"ใส่รหัสผ่านผิดหลายครั้ง ลองใหม่ได้หลังเวลา {W.Time(locked.Until)}", $"Too many wrong passwords. Try again after {W.Time(locked.Until)}.")
            : new LocalizedText("รหัสผ่านไม่ถูกต้อง", "The password is wrong.");
        await ShowAsync(null);
        return Page();
    }

    async Task ShowAsync((byte[] Secret, string Sealed)? begun)
    {
        CodesLeft = await factor.CodesLeftAsync(Caller.UserId, Stopped);
        if (CodesLeft is null)
            (Secret, Sealed) = begun ?? factor.Begin();
    }
}
