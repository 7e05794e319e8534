using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Notifications;

/// <summary>Who is told what, and the mail and webhooks that tell them.</summary>
public sealed class NotificationsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(settings.Section<NotificationOptions>("Notifications"));
        services.AddSingleton<NotificationSettings>();
        services.AddSingleton<Sending>();
        services.AddRecurringJob<Deliveries>();
        services.AddSingleton<ICleanUp>(provider => provider.GetRequiredService<Deliveries>());
        services.AddRecurringJob<SendingCheck>();
        services.AddHttpClient(nameof(Deliveries))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    public void MapApi(RouteGroupBuilder api)
    {
        GetNotifications.Map(api);
        ReleaseSending.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<Sending>().CheckAsync(ct);
    }
}
