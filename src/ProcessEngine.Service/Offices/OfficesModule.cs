using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Offices;

/// <summary>Offices and the calendars in force in them.</summary>
public sealed class OfficesModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<OfficeCalendars>();
        services.AddSingleton<OfficePostNames>();
        services.AddSingleton<IPostNames>(provider => provider.GetRequiredService<OfficePostNames>());
    }

    public void MapApi(RouteGroupBuilder api)
    {
        GetDueDate.Map(api);
        OfficeEndpoints.Map(api);
    }
}
