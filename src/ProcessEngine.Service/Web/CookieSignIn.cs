using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Sign-in of people: a cookie that names a session. Only pages take it;
/// the API takes keys, so that no other site can make a browser call it.
/// </summary>
public static class CookieSignIn
{
    public const string Scheme = "Session";
    const string SessionClaim = "session";

    public static void Configure(CookieAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Cookie.Name = "pe_session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Sessions.IdleFor;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "next";
        options.Events.OnValidatePrincipal = ValidateAsync;
        // A page that is open by itself keeps nobody signed in.
        options.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew &= !context.Request.Path.StartsWithSegments(Live.Path);
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToLogin = ChallengeAsync;
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    public static async Task SignInAsync(HttpContext http, SignedIn person)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(person);
        var principal = new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(SessionClaim, person.SessionId.ToString()),
                new Claim(ClaimTypes.NameIdentifier, person.Caller.UserId.ToString()),
                new Claim(ClaimTypes.Name, person.Caller.UserName),
            ],
            Scheme));
        await http.SignInAsync(Scheme, principal);
        // What is written from here on in this answer is for the person who has just signed in.
        http.User = principal;
        Know(http, person);
    }

    static void Know(HttpContext http, SignedIn person)
    {
        person = person with { Caller = person.Caller with { From = Origin.Of(http, Origin.Page, person.SessionId) } };
        http.Features.Set(person);
        http.Features.Set(person.Caller);
    }

    static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (Guid.TryParse(context.Principal?.FindFirstValue(SessionClaim), out var session)
            && await http.RequestServices.GetRequiredService<Sessions>().FindAsync(session, http.RequestAborted) is { } person)
        {
            await http.RequestServices.GetRequiredService<OfficePostNames>().RefreshAsync(http.RequestAborted);
            Know(http, person);
            return;
        }

        context.RejectPrincipal();
        await http.SignOutAsync(Scheme);
    }

    /// <summary>
    /// A look at a page leads to the sign-in page and back. What somebody sent is kept and shown there: see <see cref="KeptForm"/>.
    /// </summary>
    static async Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var http = context.HttpContext;
        if (StudioApi.IsStudioRequest(http))
        {
            // Studio reads no sign-in page; the page around it tells its reader.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            // Without scheme and host, which a proxy in front may know better.
            context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
            return;
        }

        await KeptForm.ReadAsync(http);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }
}
