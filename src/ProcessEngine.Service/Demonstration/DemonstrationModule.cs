using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Demonstration;

/// <summary>The demonstration office has a past.</summary>
public sealed class DemonstrationModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings) => services.AddSingleton<DemonstrationPast>();
}
