using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>Who somebody is: people, passwords, second factors, sessions, keys.</summary>
public sealed class IdentityModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton<People>();
        services.AddSingleton(settings.Section<PasswordLimits>("Passwords"));
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<ICleanUp, SignInAttempts.CleanUp>();
        services.AddSingleton(new PasswordHashing());
        services.AddSingleton<Passwords>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<ExternalIdentities>();
        services.AddSingleton<SecondFactor>();
        KeyRing.Add(services, settings);
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<AccountLinks>();
        services.AddSingleton<ICleanUp, AccountLinks.CleanUp>();
        services.AddSingleton<Groups>();
        services.AddSingleton<FirstStart>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        UserEndpoints.Map(api);
        OfficeRoleEndpoints.Map(api);
        SetPostNames.Map(api);
        AuditorTerms.Map(api);
        SetPassword.Map(api);
        ResetSecondFactor.Map(api);
        ApiKeyEndpoints.Map(api);
        Joinings.Map(api);
        CloseAccount.Map(api);
        AdministrationEvents.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<KeyRing>().PrepareAsync(ct);
        await NameKeys.FillAsync(app.Services.GetRequiredService<Database>(), ct);
        var firstStart = app.Services.GetRequiredService<FirstStart>();
        await firstStart.EnsureAdministratorAsync(app.Configuration[FirstStart.KeyVariable], ct);
        if (demo)
            await firstStart.EnsureDemoAsync(app.Services.GetRequiredService<ServiceOptions>().DataFolder, ct);
        if (await firstStart.InviteFirstAdministratorAsync(ct) is { } invite)
            app.Lifetime.ApplicationStarted.Register(() => invite(AddressOf(app)));
    }

    /// <summary>As it was set, or where the service listens: reached from this machine at least.</summary>
    static string AddressOf(WebApplication app)
    {
        var set = app.Services.GetRequiredService<NotificationOptions>();
        return set.PublicUrl != new NotificationOptions().PublicUrl || app.Urls.FirstOrDefault() is not { } listens
            ? set.PublicUrl
            : listens.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
    }
}
