using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Authorization;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Hosting;

/// <summary>Puts the modules together, and has them prepare the first request.</summary>
public static class StartUp
{
    const string Demonstration = "--demo";
    const int MaxConnections = 4_000;

    public static bool IsDemonstration(string argument) =>
        argument == Demonstration || argument?.StartsWith(Demonstration + "=", StringComparison.Ordinal) == true;

    /// <summary>
    /// <c>--demo</c>: the demonstration office with a past; <c>--demo=empty</c>: its people alone, for tests and programs.
    /// </summary>
    /// <exception cref="SettingsException">There is no such demonstration.</exception>
    public static (bool Demo, bool WithPast) DemonstrationOf(IEnumerable<string> arguments) =>
        arguments.LastOrDefault(IsDemonstration) switch
        {
            null => (false, false),
            Demonstration or Demonstration + "=true" => (true, true),
            Demonstration + "=empty" => (true, false),
            var other => throw new SettingsException(other, "is no demonstration; there are --demo and --demo=empty"),
        };

    /// <exception cref="SettingsException">The demonstration's people have keys and passwords that lie in files.</exception>
    public static void RefuseDemoInProduction(bool demo, IHostEnvironment environment)
    {
        if (demo && environment.IsProduction())
            throw new SettingsException(
                "--demo",
                "makes invented people whose keys and passwords lie in files; it is refused in Production");
    }

    public static void AddProcessEngine(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = new ModuleSettings(builder.Configuration.GetSection("ProcessEngine"));
        var services = builder.Services;
        // Started by systemd it says when it answers, by Windows as a service when it stops; started by hand neither is there.
        services.AddSystemd().AddWindowsService(service => service.ServiceName = "ProcessEngine");
        services.AddSingleton(settings);
        services.AddSingleton(settings.Service);
        services.AddSingleton(OffsetClock.From(settings.Section<ClockOptions>("Clock"), builder.Environment));
        services.AddMemoryCache(cache => cache.SizeLimit = 10_000);
        services.AddMediator();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.ConfigureHttpJsonOptions(json => JsonShape.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddApiDescription();
        services.AddHostedService<MalformedRequests>();
        foreach (var module in Modules.All)
            module.AddServices(services, settings);
        settings.RefuseUnknownNames();
        ListenAddresses.Refuse(builder.Configuration[WebHostDefaults.ServerUrlsKey]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            // More than 500 open inboxes have, fewer than the files that a process may open: who comes then is turned away.
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(MalformedRequests.Prepare);
        });
    }

    public static void MapModules(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ProblemPages.Map(app);
        ApiDescription.Map(app);
        var api = app.MapGroup("/api/v1");
        ((IEndpointConventionBuilder)api).Finally(AnswerHead);
        foreach (var module in Modules.All)
        {
            module.MapApi(api);
            module.Map(app);
        }
    }

    /// <summary>What can be read can be asked for its headers alone; the server leaves the body out.</summary>
    static void AnswerHead(EndpointBuilder endpoint)
    {
        for (var i = 0; i < endpoint.Metadata.Count; i++)
        {
            if (endpoint.Metadata[i] is HttpMethodMetadata { HttpMethods: ["GET"] })
                endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
        }
    }

    public static async Task PrepareAsync(this WebApplication app, bool demo)
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var module in Modules.All)
            await module.PrepareAsync(app, demo, app.Lifetime.ApplicationStopping);
    }

    /// <summary>MediatR 5 by hand: handlers, validators, and the one behaviour.</summary>
    static void AddMediator(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService).AddScoped<IMediator, Mediator>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        foreach (var type in Assembly.GetExecutingAssembly()
            .GetTypes()
            .Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var door in type.GetInterfaces().Where(i => i.IsGenericType
                && (i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>) || i.GetGenericTypeDefinition() == typeof(IValidator<>))))
            {
                if (door.GetGenericTypeDefinition() == typeof(IValidator<>))
                    services.AddSingleton(door, type);
                else
                    services.AddTransient(door, type);
            }
        }
    }
}
