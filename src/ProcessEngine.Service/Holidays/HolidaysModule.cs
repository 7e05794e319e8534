using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Holidays;

/// <summary>The holiday table and its changes, and what they move.</summary>
public sealed class HolidaysModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<CalendarChanges>();
        services.AddRecurringJob<CalendarRecounts>();
        services.AddSingleton<HolidayTableLoader>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        GetCalendar.Map(api);
        ChangeCalendar.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<HolidayTableLoader>().LoadAsync(ct);
        await app.Services.GetRequiredService<OfficeCalendars>().LatestAsync(ct);
    }
}
