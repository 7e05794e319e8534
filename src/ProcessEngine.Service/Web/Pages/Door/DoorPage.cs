using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Door;

/// <summary>
/// A page for somebody outside. No cookie is set or read, so that no other site can send in their name what their browser adds: what is
/// sent needs the ticket of a form, or the secret link.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public abstract class DoorPage : PageModel
{
    protected CancellationToken RequestAborted => HttpContext.RequestAborted;

    protected T Of<T>()
        where T : notnull => HttpContext.RequestServices.GetRequiredService<T>();

    protected Words W => Of<Words>();

    /// <summary>Why nothing was stored.</summary>
    public LocalizedText? Fault { get; protected set; }

    /// <summary>By the name of the field.</summary>
    public IReadOnlyDictionary<string, LocalizedText> Faults { get; private set; } = new Dictionary<string, LocalizedText>();

    protected string Sender => SignInLimits.AddressOf(HttpContext);

    /// <summary>An address of ours, in the language of the page.</summary>
    public static string Address(Words w, string path)
    {
        ArgumentNullException.ThrowIfNull(w);
        return w.English ? path + "?lang=en" : path;
    }

    public string Address(string path) => Address(W, path);

    protected void Refuse(Rejection refused)
    {
        var problem = Problems.From(refused);
        Response.StatusCode = problem.Status;
        Faults = (problem.Errors ?? []).Where(e => e.Field is not null).GroupBy(e => e.Field!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First().Message, StringComparer.Ordinal);
        Fault = problem.Errors is { Count: > 0 } errors
            ? new LocalizedText(
                string.Join(" ", errors.Select(e => e.Message.Th).Distinct()),
                string.Join(" ", errors.Select(e => e.Message.En).Distinct()))
            : problem.Why;
    }

    protected void RefuseTooMuch()
    {
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        Response.Headers.RetryAfter = "600";
        Fault = new LocalizedText(
            "ขณะนี้มีคำขอส่งเข้ามามาก หรือส่งจากที่อยู่นี้บ่อยเกินไป ข้อความที่กรอกยังอยู่ กรุณารอสิบนาทีแล้วส่งใหม่",
            "Too much is being sent now, or from your address. What you wrote is still here: wait for ten minutes and send it again.");
    }

    /// <summary>There is nothing here, for whatever reason: nobody outside is told which offices and requests there are.</summary>
    protected IActionResult Nothing()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return new PageResult();
    }
}
