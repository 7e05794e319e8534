using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Operations;

/// <summary>Whether the service is well, and what it measures.</summary>
public sealed class OperationsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton<ReadinessCheck>();
        services.AddSingleton<OfficeChecklist>();
        services.AddTelemetry(settings.Section<TelemetryOptions>("Telemetry"));
    }

    public void Map(WebApplication app)
    {
        Health.Map(app);
        app.MapTelemetry();
    }
}
