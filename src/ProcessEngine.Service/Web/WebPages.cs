using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.CookiePolicy;
using Microsoft.Extensions.WebEncoders;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// The pages for people: another door to the handlers behind the API. What they are made of, and the order in which a request passes.
/// </summary>
public static class WebPages
{
    const string BySender = "BySender";

    /// <summary>A page is for somebody who signed in; a key opens none.</summary>
    public const string OfPeople = "OfPeople";

    // Nothing from elsewhere, nothing inline: what is not served from here does not run here. Pico draws its small icons as data: images.
    const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Programs come with a key, people with a cookie. An address of the API takes no cookie, so that no page of another site can use it;
    /// that of Studio takes nothing else, and asks where a request comes from.
    /// </summary>
    public static AuthenticationBuilder AddAuthenticationSchemes(this IServiceCollection services) => services
        .AddAuthentication(BySender)
        .AddPolicyScheme(BySender, null, scheme => scheme.ForwardDefaultSelector = http =>
            IsForPeople(http) || StudioApi.IsStudioRequest(http) ? CookieSignIn.Scheme : ApiKeyAuthentication.SchemeName)
        .AddCookie(CookieSignIn.Scheme, CookieSignIn.Configure);

    /// <summary>Whether an answer is read by a person: as a page, and not as a problem document.</summary>
    public static bool IsForPeople(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var path = http.Request.Path;
        return http.Request.Headers.Authorization.Count == 0
            && !path.StartsWithSegments("/api")
            && !path.StartsWithSegments("/openapi")
            && !path.StartsWithSegments("/health")
            && !path.StartsWithSegments("/problems")
            && !StudioApi.IsStudioRequest(http);
    }

    /// <summary>Errors and files; before the request is routed and its sender is known.</summary>
    public static void UsePages(this WebApplication app)
    {
        // Behind TLS only, and not on the machine itself.
        app.UseHsts();
        // Whoever sets it: no script reads a cookie, no other site has it sent along, and what came by TLS goes back by TLS only.
        app.UseCookiePolicy(new CookiePolicyOptions
        {
            HttpOnly = HttpOnlyPolicy.Always,
            MinimumSameSitePolicy = SameSiteMode.Lax,
            Secure = CookieSecurePolicy.SameAsRequest,
        });
        app.UseWhen(http => !IsForPeople(http), programs => programs.Use(WithHeadersForPrograms));
        app.UseWhen(IsForPeople, people =>
        {
            people.Use(WithHeaders);
            people.UseWhen(MayShrink, shrunk => shrunk.UseResponseCompression());
            people.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/error",
                SuppressDiagnosticsCallback = failed => failed.Exception is RefusedRequestException or BadHttpRequestException
                    or OperationCanceledException,
            });
            people.UseStatusCodePagesWithReExecute("/error", "?status={0}");
            people.UseStaticFiles(new StaticFileOptions
            {
                // Their addresses carry a hash of what is in them.
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v")
                    ? "public, max-age=31536000, immutable"
                    : "no-cache",
            });
        });
        app.UseWhen(StudioApi.IsStudioRequest, studio => studio.UseProblems(StudioApi.WriteAsync));
        app.UseWhen(http => !IsForPeople(http) && !StudioApi.IsStudioRequest(http), programs => programs.UseProblems());
        app.UseCleanInput();
        app.UseRouting();
    }

    /// <summary>
    /// Whether an answer may be compressed. How long a compressed page is tells something about what is in it to whoever can have others
    /// ask for it with words of their choice (BREACH): so a page is, when the browser says that no other site asked; a file, always.
    /// </summary>
    static bool MayShrink(HttpContext http) =>
        http.Request.Headers["Sec-Fetch-Site"].ToString() is "same-origin" or "none" || Path.HasExtension(http.Request.Path);

    /// <summary>Whoever was given a password by an administrator chooses their own before anything else.</summary>
    public static void UseOwnPasswordFirst(this WebApplication app) => app.Use((http, next) =>
    {
        if (http.SignedIn() is { MustChangePassword: true } && http.GetEndpoint() is { } endpoint
            && endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Mvc.RazorPages.PageActionDescriptor>() is { } page
            && !page.ViewEnginePath.StartsWith("/Account/", StringComparison.Ordinal)
            && page.ViewEnginePath is not "/Error")
        {
            http.Response.Redirect("/account/password");
            return Task.CompletedTask;
        }

        return next(http);
    });

    /// <summary>An answer of the API is nobody's page, and stays in no cache unless it says so itself.</summary>
    static Task WithHeadersForPrograms(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(http);
    }

    static Task WithHeaders(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            // Studio and a file of a case bring their own.
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            // A secret link must not be told to whoever is linked to.
            headers["Referrer-Policy"] = http.Request.Path.StartsWithSegments(Words.OutsidePath) ? "no-referrer" : "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            // A page shows cases: it must not stay in a shared computer's cache.
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(http);
    }
}
