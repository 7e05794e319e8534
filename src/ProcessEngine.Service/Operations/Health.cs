using ProcessEngine.Service.Cases.Deadlines;
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
    public const string Ready = "ready";

    /// <summary>It answers; but a job is late, or gave something up.</summary>
    public const string Degraded = "degraded";

    public const string OutOfReach = "database out of reach";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health/ready", async (ReadinessCheck check, HttpContext http) =>
        {
            var ready = await check.RunAsync(http.RequestAborted);
            return Results.Json(ready, JsonShape.Options, statusCode: ready.Status == OutOfReach ? 503 : 200);
        }).AllowAnonymous().ExcludeFromDescription();
    }
}

/// <param name="RefusedDefinitions">Files that were not loaded at start-up, and why; the others were.</param>
/// <param name="Status"><c>ready</c>; <c>degraded</c> while a job is late or gave something up; or <c>database out of reach</c> (503).
/// </param>
/// <param name="DeadlinesSetAside">Cases whose deadlines could not be taken; tried again later, or set aside.</param>
/// <param name="ItemsSetAside">What jobs gave up after their last try, in all offices.</param>
/// <param name="SendingHeld">This database was brought back from a copy: no
/// mail and no webhook goes out until an administrator releases them.</param>
/// <param name="LateJobs">Jobs that should have run again by now, on any node, or that gave something up.</param>
public sealed record Readiness(
    string Status,
    string Database,
    int DefinitionsRefused,
    IReadOnlyList<RefusedFile> RefusedDefinitions,
    long DeadlinesSetAside,
    long ItemsSetAside,
    bool SendingHeld,
    IReadOnlyList<string> LateJobs);

public sealed class ReadinessCheck(Database database, DefinitionFolder folder, JobRuns jobs, ILogger<ReadinessCheck> log)
{
    public async Task<Readiness> RunAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenAsync(ct);
            var failures = await WorkItems.CountAsync(connection);
            List<string> late =
            [
                .. (await jobs.ReadAsync(connection)).Where(j => jobs.IsLate(j.Job, j.Run)).Select(j => j.Job.Name)
                    .Union(failures.Where(f => f.SetAside > 0).Select(f => f.Job)),
            ];
            return new Readiness(
                late.Count == 0 ? Health.Ready : Health.Degraded, database.Provider, folder.Refused.Count, folder.Refused,
                failures.Where(f => f.Job == DeadlineSweep.JobName).Sum(f => f.Failed), failures.Sum(f => f.SetAside),
                await DeliveryHold.IsHeldAsync(connection), late);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException)
        {
            Log.DatabaseOutOfReach(log, e);
            return new Readiness(Health.OutOfReach, database.Provider, folder.Refused.Count, folder.Refused, 0, 0, false, []);
        }
    }
}

static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "The database is out of reach")]
    public static partial void DatabaseOutOfReach(ILogger logger, Exception exception);
}
