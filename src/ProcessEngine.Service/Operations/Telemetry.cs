using Microsoft.AspNetCore.Authorization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Operations;

/// <summary>
/// Traces and metrics by OpenTelemetry, for those who collect them. What the service counts itself stands in meters whose names begin with
/// <c>ProcessEngine</c>; docs/operations.md lists them. Without a setting nothing of it is loaded.
/// </summary>
public static class Telemetry
{
    public const string Path = "/metrics";
    const string Ours = "ProcessEngine*";

    public static void AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        if (!options.IsOn)
            return;
        services.AddSingleton<HealthGauges>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthGauges>());
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("ProcessEngine", serviceInstanceId: Environment.MachineName))
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter("Npgsql", Ours);
                if (options.Prometheus)
                    metrics.AddPrometheusExporter();
                if (options.Otlp is { Length: > 0 } collector)
                    metrics.AddOtlpExporter(otlp => otlp.Endpoint = new Uri(collector));
            });
        if (options.Otlp is { Length: > 0 } traces)
            telemetry.WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(http => http.Filter = context => !context.Request.Path.StartsWithSegments("/health"))
                .AddSource("Npgsql", Ours)
                .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(traces)));
    }

    /// <summary>
    /// For whoever has the key of somebody who administers or audits every office: figures are of the whole installation.
    /// </summary>
    /// <remarks>The exporter is a beta (1.20.1): it is named here only, and does nothing unless it is asked for.</remarks>
    public static void MapTelemetry(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.Services.GetRequiredService<TelemetryOptions>().Prometheus)
            app.MapPrometheusScrapingEndpoint(Path)
                .RequireAuthorization(new AuthorizationPolicyBuilder(ApiKeyAuthentication.SchemeName).RequireAuthenticatedUser()
                    .RequireAssertion(MayRead).Build());
    }

    static bool MayRead(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http
        && http.Features.Get<Caller>() is { } caller
        && caller.Memberships.Any(m => m.Office == Caller.EveryOffice && m.Role is Roles.Administrator or Roles.Auditor);
}
