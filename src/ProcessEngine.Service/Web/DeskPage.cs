using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>A page for somebody who is signed in. It holds words and layout; the rules stand behind the handlers.</summary>
public abstract class DeskPage : PageModel
{
    protected Caller Caller => HttpContext.Caller();

    protected CancellationToken RequestAborted => HttpContext.RequestAborted;

    protected T Of<T>()
        where T : notnull => HttpContext.RequestServices.GetRequiredService<T>();

    protected Words W => Of<Words>();

    /// <summary>The offices in which the reader holds one of some roles; all of them for whoever holds one everywhere.</summary>
    protected async Task<IReadOnlyList<string>> OfficesWhereAsync(IReadOnlyList<string> roles)
    {
        if (!Caller.Memberships.Any(m => m.Office == Caller.EveryOffice && roles.Contains(m.Role)))
            return [.. Caller.Memberships.Where(m => roles.Contains(m.Role)).Select(m => m.Office).Distinct()];
        await using var connection = await Of<Storage.Database>().OpenAsync(RequestAborted);
        return await VisibleOffices.ForAsync(connection, Caller, null);
    }

    /// <summary>All that is wrong with a form, in one place.</summary>
    protected static LocalizedText SayAll(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.Errors is { Count: > 0 } errors
            ? new LocalizedText(
                string.Join(" ", errors.Select(e => e.Message.Th).Distinct()),
                string.Join(" ", errors.Select(e => e.Message.En).Distinct()))
            : problem.Message;
    }

    /// <param name="possible">The host has a browser, but it failed.</param>
    protected void FlashNoPdf(bool possible) => SetFlash(possible
        ? W["ทำ PDF ไม่สำเร็จ ใช้ปุ่มพิมพ์ แล้วเลือกบันทึกเป็น PDF", "The PDF could not be made. Use the print button and save as PDF."]
        : W[
            "เครื่องแม่ข่ายไม่มีโปรแกรมทำ PDF ใช้ปุ่มพิมพ์ แล้วเลือกบันทึกเป็น PDF",
            "The server has no program that makes PDF. Use the print button and save as PDF."]);

    /// <summary>
    /// A page that asks before something is stored is what the browser's back
    /// button leads to. The browser keeps it until the person signs out:
    /// what would come otherwise is a warning that nobody understands.
    /// </summary>
    protected void LetBackShowIt() => Response.OnStarting(() =>
    {
        Response.Headers.CacheControl = "private, no-cache";
        Response.Headers.Remove("Pragma");
        return Task.CompletedTask;
    });

    /// <summary>A small message that the next page shows once.</summary>
    protected void SetFlash(string text) => SetFlash(HttpContext, text);

    /// <param name="good">False when it is why something was not done.</param>
    public static void SetFlash(HttpContext http, string text, bool good = true)
    {
        ArgumentNullException.ThrowIfNull(http);
        http.Response.Cookies.Append(
            FlashCookie,
            http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector(FlashCookie).Protect((good ? "+" : "-")
                + text),
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
    }

    const string FlashCookie = "pe_said";

    /// <summary>The message of the page before, which is then gone.</summary>
    public static (string Text, bool Good)? TakeFlash(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Request.Cookies[FlashCookie] is not { Length: > 0 } text)
            return null;
        http.Response.Cookies.Delete(FlashCookie);
        try
        {
            var said = http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector(FlashCookie).Unprotect(text);
            return (said[1..], said[0] == '+');
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
