using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Operations.Backups;

namespace ProcessEngine.Service.Operations;

/// <summary>Whether the service is well, and what it measures.</summary>
public sealed class OperationsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton<ReadinessCheck>();
        services.AddSingleton<OfficeChecklist>();
        services.AddSingleton(settings.Section<BackupOptions>("Backup"));
        services.AddSingleton<BackupMaker>();
        services.AddRecurringJob<BackupJob>();
        services.AddTelemetry(settings.Section<TelemetryOptions>("Telemetry"));
    }

    public void Map(WebApplication app)
    {
        Health.Map(app);
        app.MapTelemetry();
    }
}
