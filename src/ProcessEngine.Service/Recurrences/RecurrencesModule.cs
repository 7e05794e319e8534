using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Recurrences;

/// <summary>Procedures that start by themselves.</summary>
public sealed class RecurrencesModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddRecurringJob<RecurringStarts>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        RecurrenceEndpoints.Map(api);
    }
}
