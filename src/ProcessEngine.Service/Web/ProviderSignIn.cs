using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Sign-in by a provider (OpenID Connect Core 1.0), and the session that it opens. The provider says who somebody is, by issuer and
/// subject; this service says whose account that is, and what they may.
/// </summary>
public static class ProviderSignIn
{
    public const string Scheme = "Provider";
    public const string Path = "/sign-in/provider";

    // Of the protected state that goes to the provider and back.
    const string Issuer = ".issuer";
    const string Subject = ".subject";
    const string LinkedFrom = ".session";

    public static void AddProvider(this AuthenticationBuilder senders, ProviderOptions provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        senders.Services.AddSingleton(provider);
        if (!provider.IsOn)
            return;
        senders.AddOpenIdConnect(Scheme, options =>
        {
            options.SignInScheme = CookieSignIn.Scheme;
            (options.Authority, options.ClientId, options.ClientSecret) = (provider.Authority, provider.ClientId, provider.ClientSecret);
            // One on this machine is somebody's trial, or behind a proxy of its own.
            options.RequireHttpsMetadata = !new Uri(provider.Authority).IsLoopback;
            options.CallbackPath = "/sign-in/callback";
            options.ResponseType = OpenIdConnectResponseType.Code;
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            options.UsePkce = true;
            options.MapInboundClaims = false;
            options.DisableTelemetry = true;
            options.Scope.Clear();
            foreach (var scope in provider.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                options.Scope.Add(scope);
            foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
            options.Events.OnTokenValidated = context =>
            {
                context.Properties!.Items[Issuer] = context.SecurityToken.Issuer;
                context.Properties.Items[Subject] = context.SecurityToken.Subject;
                return Task.CompletedTask;
            };
            options.Events.OnTicketReceived = GoOnAsync;
            options.Events.OnRemoteFailure = context =>
            {
                context.HandleResponse();
                context.Response.Redirect("/sign-in?failed=provider");
                return Task.CompletedTask;
            };
        });
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, (string? next, ProviderOptions provider) => !provider.IsOn
        ? Results.NotFound()
        : Results.Challenge(new AuthenticationProperties { RedirectUri = Local(next) }, [Scheme]))
        .AllowAnonymous().ExcludeFromDescription();

    /// <summary>For whoever is signed in: to the provider, and back with the account tied to whom it means.</summary>
    public static AuthenticationProperties ToLink(SignedIn signedIn, string back)
    {
        ArgumentNullException.ThrowIfNull(signedIn);
        return new AuthenticationProperties { RedirectUri = back, Items = { [LinkedFrom] = signedIn.SessionId.ToString() } };
    }

    static async Task GoOnAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        context.HandleResponse();
        var items = context.Properties!.Items;
        if (items[Issuer] is not { Length: > 0 } issuer || items[Subject] is not { Length: > 0 } subject)
            context.Response.Redirect("/sign-in?failed=provider");
        else if (items.TryGetValue(LinkedFrom, out var session))
            await LinkAsync(http, Guid.Parse(session!), issuer, subject);
        else
            await OpenSessionAsync(http, issuer, subject, Local(context.ReturnUri));
    }

    static async Task LinkAsync(HttpContext http, Guid session, string issuer, string subject)
    {
        var services = http.RequestServices;
        if (await services.GetRequiredService<Sessions>().FindAsync(session, http.RequestAborted) is not { } signedIn)
        {
            http.Response.Redirect("/sign-in");
            return;
        }

        var linked = await services.GetRequiredService<ExternalIdentities>()
            .LinkAsync(signedIn.Caller, issuer, subject, http.RequestAborted);
        http.Response.Redirect(linked ? "/account/sessions" : "/account/sessions?linked=no");
    }

    /// <summary>A session as a password opens it. Whoever is tied to no account here, or is no longer active, is not let in.</summary>
    static async Task OpenSessionAsync(HttpContext http, string issuer, string subject, string next)
    {
        var services = http.RequestServices;
        if (await services.GetRequiredService<ExternalIdentities>().FindAsync(issuer, subject, http.RequestAborted) is not { } user)
        {
            http.Response.Redirect("/sign-in?failed=unknown");
            return;
        }

        var sessions = services.GetRequiredService<Sessions>();
        var stamp = await services.GetRequiredService<Passwords>().StampAsync(user, http.RequestAborted);
        var session = await sessions.OpenAsync(
            new RightPassword(user, stamp), Device.Of(http.Request.Headers.UserAgent.ToString()), http.RequestAborted);
        if (await sessions.FindAsync(session, http.RequestAborted) is { } signedIn)
            await CookieSignIn.SignInAsync(http, signedIn with { MustChangePassword = false });
        http.Response.Redirect(next);
    }

    /// <summary>A path of this site, and of no other.</summary>
    static string Local(string? path) => path is ['/', not ('/' or '\\'), ..] ? path : "/";
}
