using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Outsiders;

/// <summary>What people outside ask for, follow and rate without an account.</summary>
public sealed class OutsidersModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(settings.Section<RequestOptions>("Requests"));
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<RequestTickets>();
        services.AddSingleton<RequestDesks>();
        services.AddSingleton<RequestReader>();
        services.AddRecurringJob<RequestKeeping>();
    }
}
