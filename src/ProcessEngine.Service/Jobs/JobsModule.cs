using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>What wakes the recurring jobs, and what came of them.</summary>
public sealed class JobsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = settings.Section<DeadlineOptions>("Deadlines");
        services.AddSingleton(options);
        services.AddSingleton<JobRuns>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton<WorkItems>();
        services.AddSingleton<RunNow>();
        services.AddRecurringJob<CleanUpJob>();
        services.AddSingleton<ICleanUp, OldKeys>();
        services.AddHangfireScheduler(options);
    }

    public void MapApi(RouteGroupBuilder api)
    {
        SetAsideWork.Map(api);
        ConfirmClock.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<ClockWatch>().CheckAtStartAsync(ct);
        await HangfireScheduler.PrepareAsync(app.Services.GetRequiredService<Database>(), ct);
    }
}
