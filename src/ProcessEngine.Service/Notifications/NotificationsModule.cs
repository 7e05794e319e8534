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
        services.AddSingleton<UnreadNotices>();
        services.AddSingleton<DeliveryHold>();
        services.AddRecurringJob<NotificationDispatcher>();
        services.AddChannel<MailChannel>();
        services.AddChannel<WebhookChannel>();
        services.AddSingleton<FailedDeliveries>();
        services.AddSingleton<ICleanUp>(provider => provider.GetRequiredService<FailedDeliveries>());
        services.AddRecurringJob<DeliveryHoldCheck>();
        services.AddRecurringJob<SetAsideNotices>();
        services.AddHttpClient(nameof(WebhookChannel))
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

static class NotificationChannelServices
{
    /// <summary>A channel, and the job that sends by it.</summary>
    public static void AddChannel<T>(this IServiceCollection services)
        where T : class, INotificationChannel
    {
        services.AddSingleton<T>();
        services.AddSingleton<INotificationChannel>(provider => provider.GetRequiredService<T>());
        services.AddSingleton<IRecurringJob>(
            provider => ActivatorUtilities.CreateInstance<ChannelSender>(provider, provider.GetRequiredService<T>()));
    }
}
