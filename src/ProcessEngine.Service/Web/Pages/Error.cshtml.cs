using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>What went wrong, in words for people; what they had written is still there.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class ErrorModel(
    Passwords passwords,
    Sessions sessions,
    SecondFactor factor,
    ProviderOptions provider,
    IDataProtectionProvider protection,
    TimeProvider time,
    Words words) : PageModel
{
    public int Status { get; private set; } = StatusCodes.Status500InternalServerError;

    /// <summary>The database went away in the middle of a commit.</summary>
    public bool MayBeStored { get; private set; }

    public KeptForm? Kept { get; private set; }

    public SignInModel Form { get; } = new(passwords, sessions, factor, provider, protection, time, words);

    public Task OnGetAsync() => ShowAsync();

    public Task OnPostAsync() => ShowAsync();

    async Task ShowAsync()
    {
        // Not a parameter: a form that cannot be read would take it along.
        int? status = int.TryParse(Request.Query["status"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null;
        var failed = HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        Status = failed switch
        {
            null => status is >= 400 and < 600 ? status.Value : StatusCodes.Status404NotFound,
            RefusedRequestException => StatusCodes.Status404NotFound,
            _ => Outages.ProblemOf(HttpContext, failed)?.Status ?? StatusCodes.Status500InternalServerError,
        };
        MayBeStored = failed is OutcomeUnknownException;
        Response.StatusCode = Status;
        Response.SayWhenToTryAgain();
        if (Status is StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized
            && HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } from)
        {
            // The request still has its own path in the feature; the form is the same.
            var path = Request.Path;
            Request.Path = from.OriginalPath;
            var query = Request.QueryString;
            Request.QueryString = new QueryString(from.OriginalQueryString);
            await KeptForm.ReadAsync(HttpContext);
            (Request.Path, Request.QueryString) = (path, query);
            Kept = HttpContext.Features.Get<KeptForm>();
            Form.Kept = Kept?.Seal(protection);
            Form.Next = from.OriginalPath;
        }
    }

    public LocalizedText Heading => Status switch
    {
        400 => new("หน้านี้หมดอายุแล้ว", "This page has expired"),
        401 => new("หมดเวลาการใช้งาน", "Your session has ended"),
        403 => new("ท่านไม่มีสิทธิ์ดูหน้านี้", "This is not yours to see"),
        404 => new("ไม่พบหน้านี้", "There is nothing here"),
        413 => new("ข้อมูลใหญ่เกินไป", "That is too large"),
        503 => new("ระบบยังไม่พร้อม", "The service is not available"),
        _ => new("เกิดข้อผิดพลาดในระบบ", "Something failed"),
    };

    public LocalizedText Advice => Status switch
    {
        400 when Kept is not null => new(
            "ยังไม่มีการบันทึก ข้อความของท่านยังอยู่ ตรวจแล้วกดส่งอีกครั้ง",
            "Nothing was stored. What you wrote is still here: look it over and send it again."),
        400 => new("ยังไม่มีการบันทึก กรุณาเปิดหน้าเดิมแล้วทำอีกครั้ง", "Nothing was stored. Open the page again and repeat what you did."),
        401 when Kept is not null => new(
            "ยังไม่มีการบันทึก ลงชื่อเข้าใช้อีกครั้งแล้วทำต่อได้ ข้อความของท่านยังอยู่",
            "Nothing was stored. Sign in again and go on: what you wrote is still here."),
        401 => new("กรุณาลงชื่อเข้าใช้อีกครั้ง", "Please sign in again."),
        403 => new(
            "หน้านี้เป็นของผู้อื่นหรือของสำนักงานอื่น หากท่านควรเห็น ติดต่อผู้ดูแลระบบของสำนักงาน",
            "It belongs to somebody else or to another office. If you should see it, ask the administrator of your office."),
        404 => new(
            "อาจพิมพ์ที่อยู่ผิด หรือเรื่องนี้ไม่ได้เป็นของสำนักงานท่าน",
            "The address may be mistyped, or the case may not be your office's."),
        413 => new("ยังไม่มีการบันทึก กรุณาลดขนาดแล้วส่งใหม่", "Nothing was stored. Make it smaller and send it again."),
        503 when MayBeStored => new(
            "การเชื่อมต่อขาดระหว่างบันทึก อาจบันทึกแล้ว เปิดหน้าเดิมดูก่อนทำซ้ำ",
            "The connection broke while it was being stored: it may be stored. Open the page again and look before you repeat it."),
        503 => new("ยังไม่มีการบันทึก กรุณาลองใหม่ในอีกสักครู่", "Nothing was stored. Try again in a moment."),
        _ => new(
            "ยังไม่มีการบันทึก ลองใหม่ได้ หากยังเกิดขึ้นอีก แจ้งผู้ดูแลระบบพร้อมเวลาที่เกิด",
            "Nothing was stored. Try again; if it happens again, tell the administrator when it happened."),
    };
}
