using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Studio;

/// <summary>Elsa Studio: its files and its API.</summary>
public sealed class StudioModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<StudioFiles>();
        services.AddSingleton<StudioInstanceReader>();
    }

    public void Map(WebApplication app)
    {
        StudioApi.Map(app);
        StudioFiles.Map(app);
    }
}
