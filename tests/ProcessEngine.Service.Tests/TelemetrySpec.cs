using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>Figures for whoever collects them: when they are asked for, and for those who look after every office.</summary>
public sealed class TelemetrySpec
{
    const string Path = "/metrics";

    [Test]
    public async Task Without_a_setting_there_are_no_metrics()
    {
        await using var world = await World.StartAsync("sqlite");
        (await world.SystemAdministrator.Get(Path)).Status.ShouldBe(404);
    }

    [TestCase("sqlite")]
    [TestCase("postgresql")]
    public async Task Prometheus_reads_what_the_service_did_with_the_key_of_whoever_looks_after_every_office(string provider)
    {
        await using var world = await World.StartAsync(
            provider, settings: new Dictionary<string, string> { ["ProcessEngine:Telemetry:Prometheus"] = "true" });
        (await world.Nobody.Get(Path)).Status.ShouldBe(401);
        foreach (var role in new[] { Roles.Officer, Roles.Auditor, Roles.Director })
            (await world.As(role).Get(Path)).Status.ShouldBe(403, role);

        await world.Officer.Started(World.SuratThani, "นับ");
        world.Clock.SetBangkok("2026-04-02 09:00");
        await world.Sweep();
        var figures = await world.SystemAdministrator.Get(Path);
        figures.Status.ShouldBe(200);
        foreach (var name in new[]
        {
            "processengine_transitions_total", "processengine_escalations_total{", "rung=\"TaskOverdue\"", "processengine_jobs_late{",
            "http_server_request_duration_seconds_bucket", "dotnet_gc_collections_total",
        })
            figures.Raw.ShouldContain(name);
    }
}
