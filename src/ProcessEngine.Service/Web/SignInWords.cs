using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>What a page says when a password or a code was not taken.</summary>
public static class SignInWords
{
    const int TryAgainAfterSeconds = 5;

    /// <param name="wrong">What it says of a wrong password.</param>
    /// <returns>Null when the password is right.</returns>
    public static LocalizedText? FaultOf(SignInAnswer answer, Words words, LocalizedText wrong)
    {
        ArgumentNullException.ThrowIfNull(words);
        return answer switch
        {
            RightPassword => null,
            LockedOut locked => new LocalizedText(
                $"ใส่รหัสผ่านผิดหลายครั้ง ลองใหม่ได้หลังเวลา {words.Time(locked.Until)}",
                $"Too many wrong passwords. Try again after {words.Time(locked.Until)}."),
            TooManySignIns => new LocalizedText(
                "มีผู้ลงชื่อเข้าใช้พร้อมกันมาก ยังไม่ได้ตรวจรหัสผ่าน กรุณาลองใหม่ในอีกสักครู่",
                "Too many sign in at once; the password was not looked at. Try again in a moment."),
            _ => wrong,
        };
    }

    /// <summary>Says so to programs, too, where the password was not looked at.</summary>
    public static void SayWhen(SignInAnswer answer, HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (answer is not TooManySignIns)
            return;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = TryAgainAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <returns>Null when the code is right.</returns>
    public static LocalizedText? FaultOf(CodeAnswer answer) => answer switch
    {
        CodeAnswer.Right => null,
        CodeAnswer.Locked => new("ใส่รหัสผิดหลายครั้ง ลองใหม่ในอีก 5 นาที", "Too many wrong codes. Try again in five minutes."),
        CodeAnswer.Sealed => new(
            "ระบบเปิดรหัสลับของโทรศัพท์ท่านไม่ได้ จึงตรวจรหัสไม่ได้ ใช้รหัสสำรองที่จดไว้ "
                + "หรือให้ผู้ดูแลระบบของสำนักงานเลิกการยืนยันสองขั้นให้แล้วตั้งใหม่",
            "The service cannot open the secret of your phone, so it can take no code of it. Use a recovery code, "
                + "or have the administrator of your office take the second factor off and put it on again."),
        _ => new("รหัสไม่ถูกต้อง หรือใช้ไปแล้ว", "That code is wrong, or was used before."),
    };
}
