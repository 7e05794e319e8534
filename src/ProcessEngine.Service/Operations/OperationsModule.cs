using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Operations;

/// <summary>Whether the service is well.</summary>
public sealed class OperationsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<ReadinessCheck>();
    }

    public void Map(WebApplication app)
    {
        Health.Map(app);
    }
}
