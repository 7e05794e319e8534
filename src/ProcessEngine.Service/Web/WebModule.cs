using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.WebEncoders;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>The pages for people, and how they sign in.</summary>
public sealed class WebModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        AddPages(services);
        services.AddAuthenticationSchemes()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddProvider(settings.Section<ProviderOptions>("SignIn"));
    }

    public void Map(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapRazorPages();
        Live.Map(app);
        CaseFiles.Map(app);
        DoorFiles.Map(app);
        ProviderSignIn.Map(app);
        JobDashboard.Map(app, DashboardOf).RequireAuthorization(WebPages.OfPeople);
    }

    /// <summary>The scheduler's pages are the system's: whoever administers it acts there, auditors look.</summary>
    static DashboardAccess DashboardOf(HttpContext http) => http.SignedIn() switch
    {
        { MustChangePassword: false, Caller.IsSystemAdministrator: true } => DashboardAccess.Act,
        { MustChangePassword: false, Caller: var caller } when caller.Memberships.Any(m => m.Role == Roles.Auditor) => DashboardAccess.Look,
        _ => DashboardAccess.Nothing,
    };

    static void AddPages(IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
        services.AddScoped<Words>();
        services.AddSingleton<PageHead>();
        services.AddSingleton<Procedures>();
        services.AddSingleton<FavouriteProcedures>();
        services.AddSingleton<Papers.OfficePapers>();
        services.AddSingleton<Papers.Memos>();
        services.AddSingleton<FlowCharts>();
        services.AddSingleton<FormDrafts>();
        services.AddSingleton<ICleanUp>(provider => provider.GetRequiredService<FormDrafts>());
        services.AddSingleton<PdfPrinter>();
        services.AddScoped<PrintedPage>();
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/Web/Pages";
            pages.Conventions.AuthorizeFolder("/", WebPages.OfPeople);
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(WebPages.OfPeople, policy => policy.AddAuthenticationSchemes(CookieSignIn.Scheme).RequireAuthenticatedUser());
        services.AddAntiforgery(tokens =>
        {
            tokens.Cookie.Name = "pe_antiforgery";
            tokens.Cookie.HttpOnly = true;
            tokens.Cookie.SameSite = SameSiteMode.Strict;
            tokens.FormFieldName = "__token";
        });
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddResponseCompression(answers =>
        {
            answers.EnableForHttps = true;
            answers.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"];
        });
        services.Configure<RouteOptions>(routes => routes.LowercaseUrls = true);
    }
}
