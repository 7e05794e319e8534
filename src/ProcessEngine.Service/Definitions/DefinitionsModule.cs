using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions;

/// <summary>The catalogue of procedures, drafts of offices, and what publishes them.</summary>
public sealed class DefinitionsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<DefinitionCatalog>();
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<Trials>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        DefinitionEndpoints.Map(api);
        Drafts.Map(api);
        GetDiff.Map(api);
        Simulate.Map(api);
        StepDeadlineEndpoints.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<DefinitionFolder>()
            .LoadAsync(app.Services.GetRequiredService<ServiceOptions>().ProcessesFolder, ct);
    }
}
