
namespace ProcessEngine.Service.Kernel;

/// <summary>
/// What a capability brings along: its services and jobs, its routes, and what it does before the first request. A new capability is a
/// folder with one of these, and a line in <c>Hosting/Modules.cs</c>; nobody else's file changes.
/// </summary>
public interface IModule
{
    /// <summary>Services, recurring jobs (<c>IRecurringJob</c>) and clean-ups (<c>ICleanUp</c>).</summary>
    void AddServices(IServiceCollection services, ModuleSettings settings)
    {
    }

    /// <summary>Routes below <c>/api/v1</c>.</summary>
    void MapApi(RouteGroupBuilder api)
    {
    }

    /// <summary>Routes elsewhere.</summary>
    void Map(WebApplication app)
    {
    }

    /// <summary>Before the first request is answered, in the order of the list of modules.</summary>
    Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct) => Task.CompletedTask;
}
