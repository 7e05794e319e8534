using Dapper;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Operations;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can reach its database, and which files it refused.
/// </summary>
public static class Health
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health/ready", async (ReadinessCheck check, HttpContext http) =>
        {
            var ready = await check.RunAsync(http.RequestAborted);
            return Results.Json(ready, JsonShape.Options, statusCode: ready.Status == "ready" ? 200 : 503);
        }).AllowAnonymous().ExcludeFromDescription();
    }
}

/// <param name="RefusedDefinitions">Files that were not loaded at start-up, and why; the others were.</param>
/// <param name="DeadlinesSetAside">Deadlines that could not be taken and are tried again later.</param>
/// <param name="SendingHeld">This database was brought back from a copy: no
/// mail and no webhook goes out until an administrator releases them.</param>
/// <param name="LateJobs">Jobs that should have run again by now, on any node.</param>
public sealed record Readiness(
    string Status,
    string Database,
    int DefinitionsRefused,
    IReadOnlyList<RefusedFile> RefusedDefinitions,
    long DeadlinesSetAside,
    bool SendingHeld,
    IReadOnlyList<string> LateJobs);

public sealed class ReadinessCheck(Database database, DefinitionFolder folder, JobRuns jobs, ILogger<ReadinessCheck> log)
{
    public async Task<Readiness> RunAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenAsync(ct);
            // Index: ix_deadline_wake.
            var setAside = await connection.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM deadline WHERE wake_at IS NOT NULL AND failures > 0");
            return new Readiness(
                "ready", database.Provider, folder.Refused.Count, folder.Refused, setAside, await DeliveryHold.IsHeldAsync(connection),
                [.. (await jobs.ReadAsync(connection)).Where(j => jobs.IsLate(j.Job, j.Run)).Select(j => j.Job.Name)]);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException)
        {
            Log.DatabaseOutOfReach(log, e);
            return new Readiness("database out of reach", database.Provider, folder.Refused.Count, folder.Refused, 0, false, []);
        }
    }
}

static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "The database is out of reach")]
    public static partial void DatabaseOutOfReach(ILogger logger, Exception exception);
}
