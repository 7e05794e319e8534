using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>
/// The framework's OAuth handler (that of OpenID Connect is not in the feeds), and
/// the session that it opens. Who a person is, is asked of the provider over TLS.
/// </summary>
public static class ProviderSignIn
{
    public const string Scheme = "Provider";
    public const string Path = "/sign-in/provider";

    public static void AddProvider(this AuthenticationBuilder senders, ProviderOptions provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        senders.Services.AddSingleton(provider);
        if (!provider.IsOn)
            return;
        senders.AddOAuth(Scheme, options =>
        {
            options.SignInScheme = CookieSignIn.Scheme;
            (options.ClientId, options.ClientSecret) = (provider.ClientId, provider.ClientSecret);
            (options.AuthorizationEndpoint, options.TokenEndpoint, options.UserInformationEndpoint) = (
                provider.AuthorizationEndpoint, provider.TokenEndpoint, provider.UserInformationEndpoint);
            options.CallbackPath = "/sign-in/callback";
            options.UsePkce = true;
            foreach (var scope in provider.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                options.Scope.Add(scope);
            options.CorrelationCookie.SameSite = SameSiteMode.Lax;
            options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Events.OnCreatingTicket = context => AskWhoAsync(context, provider);
            options.Events.OnTicketReceived = OpenSessionAsync;
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
        : Results.Challenge(new AuthenticationProperties { RedirectUri = next is ['/', not ('/' or '\\'), ..] ? next : "/" }, [Scheme]))
        .AllowAnonymous().ExcludeFromDescription();

    static async Task AskWhoAsync(OAuthCreatingTicketContext context, ProviderOptions provider)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();
        using var who = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        if (who.RootElement.TryGetProperty(provider.UserNameField, out var name) && name.ValueKind == JsonValueKind.String)
            context.Identity!.AddClaim(new Claim(ClaimTypes.Name, name.GetString()!));
    }

    /// <summary>A session as a password opens it. Whoever is not known here, or no longer active, is not let in.</summary>
    static async Task OpenSessionAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        context.HandleResponse();
        Guid? user;
        await using (var connection = await services.GetRequiredService<Database>().OpenAsync(http.RequestAborted))
        {
            // Index: the unique user name.
            user = await connection.QuerySingleOrDefaultAsync<Guid?>(
                "SELECT user_id FROM app_user WHERE active = @yes AND kind = 'person' AND user_name = @name",
                new { yes = true, name = context.Principal?.FindFirstValue(ClaimTypes.Name) ?? "" });
        }

        if (user is not { } known)
        {
            context.Response.Redirect("/sign-in?failed=unknown");
            return;
        }

        var sessions = services.GetRequiredService<Sessions>();
        var stamp = await services.GetRequiredService<Passwords>().StampAsync(known, http.RequestAborted);
        var session = await sessions.OpenAsync(
            new RightPassword(known, stamp), Device.Of(http.Request.Headers.UserAgent.ToString()), http.RequestAborted);
        if (await sessions.FindAsync(session, http.RequestAborted) is { } signedIn)
            await CookieSignIn.SignInAsync(http, signedIn with { MustChangePassword = false });
        context.Response.Redirect(context.ReturnUri is ['/', not ('/' or '\\'), ..] local ? local : "/");
    }
}
