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
        services.AddSingleton<DeliveryHold>();
        services.AddRecurringJob<NotificationDispatcher>();
        services.AddSingleton<ICleanUp>(provider => provider.GetRequiredService<NotificationDispatcher>());
        services.AddRecurringJob<DeliveryHoldCheck>();
        services.AddHttpClient(nameof(NotificationDispatcher))
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
        await app.Services.GetRequiredService<DeliveryHold>().CheckAsync(ct);
    }
}
