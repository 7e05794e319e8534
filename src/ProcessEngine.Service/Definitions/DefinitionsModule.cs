using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>The catalogue of procedures, drafts of offices, and what publishes them.</summary>
public sealed class DefinitionsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        services.AddSingleton<DefinitionCatalog>();
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<Trials>();
        services.AddSingleton<Proofs>();
        services.AddSingleton<ICleanUp, DiscardDraft.CleanUp>();
        services.AddSingleton<ICleanUp, DraftComments.CleanUp>();
    }

    public void MapApi(RouteGroupBuilder api)
    {
        DefinitionEndpoints.Map(api);
        Drafts.Map(api);
        ApproveDraft.Map(api);
        DraftComments.Map(api);
        OfficePublishing.Map(api);
        GetDiff.Map(api);
        Simulate.Map(api);
        StepDeadlineEndpoints.Map(api);
    }

    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var table in new[] { "process_definition", "office_draft" })
        {
            await MissingKeys.FillAsync(
                app.Services.GetRequiredService<Database>(),
                $"SELECT office, definition_key, name_th, name_en FROM {table} WHERE search_key IS NULL LIMIT $1",
                $"UPDATE {table} SET search_key = $3 WHERE office = $1 AND definition_key = $2",
                row => [row.GetString(0), row.GetString(1), SearchText.Key(row.GetString(2), row.GetString(3), row.GetString(1))],
                ct);
        }

        var options = app.Services.GetRequiredService<ServiceOptions>();
        await app.Services.GetRequiredService<DefinitionFolder>().LoadAsync(
            options.ProcessesFolder, ct, options.RequestsFolder);
    }
}
