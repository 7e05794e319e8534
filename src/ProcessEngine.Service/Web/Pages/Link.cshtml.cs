using MediatR;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>
/// What a one-time link opens: somebody chooses their password, the first administrator their name, too. Looking at it uses nothing up.
/// </summary>
[AllowAnonymous]
public sealed class LinkModel(
    AccountLinks links, SignInLimits limits, SecondFactor factor, Sessions sessions, IMediator mediator, Words words) : PageModel
{
    /// <summary>What stands in the link.</summary>
    public string? Token { get; private set; }

    /// <summary>For whom it is; null when it does not hold.</summary>
    public AccountLink? Link { get; private set; }

    public bool IsFirst => Link is { User: null };

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    /// <summary>Why nothing was stored.</summary>
    public LocalizedText? Fault { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        await ShowAsync(Request.Query[AccountLinks.Field].ToString());
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? t, string? password, string? again)
    {
        var outcome = await mediator.Send(
            new UseLink.Command(
                t, UserName?.Trim(), DisplayName?.Trim(), password, again, Origin.Of(HttpContext, Origin.Link, null),
                SignInLimits.AddressOf(HttpContext)),
            HttpContext.RequestAborted);
        if (outcome.Rejection is { } no)
        {
            if (no is not LinkDoesNotHold)
                await ShowAsync(t);
            var problem = Problems.From(no);
            Response.StatusCode = problem.Status;
            Fault = problem.Why;
            return Page();
        }

        var person = outcome.Value!;
        var first = UserName is not null;
        if (await factor.CodesLeftAsync(person.UserId, HttpContext.RequestAborted) is not null)
        {
            DeskPage.SetFlash(HttpContext, words["ตั้งรหัสผ่านแล้ว ลงชื่อเข้าใช้ด้วยรหัสใหม่", "The password is set: sign in with it."]);
            return Redirect("/sign-in");
        }

        var session = await sessions.OpenAsync(person, Device.Of(Request.Headers.UserAgent.ToString()), HttpContext.RequestAborted);
        if (await sessions.FindAsync(session, HttpContext.RequestAborted) is not { } signedIn)
            return Redirect("/sign-in");
        await CookieSignIn.SignInAsync(HttpContext, signedIn);
        DeskPage.SetFlash(HttpContext, words["ตั้งรหัสผ่านแล้ว ท่านลงชื่อเข้าใช้อยู่", "The password is set, and you are signed in."]);
        return Redirect(first ? "/setup" : "/");
    }

    async Task ShowAsync(string? token)
    {
        var address = SignInLimits.AddressOf(HttpContext);
        using var turn = await limits.TurnAsync(address, HttpContext.RequestAborted);
        if (turn is null)
        {
            (Fault, Response.StatusCode) = (Problems.From(new TooManyTries()).Why, StatusCodes.Status429TooManyRequests);
            return;
        }

        Link = await links.FindAsync(token, HttpContext.RequestAborted);
        if (Link is not null)
        {
            Token = token;
            return;
        }

        limits.Failed(address);
        Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
