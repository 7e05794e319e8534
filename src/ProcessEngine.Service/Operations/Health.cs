using System.Data.Common;
using System.Diagnostics;
using Dapper;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Operations.Backups;
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
            var ready = await check.RunInTimeAsync(http.RequestAborted);
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
/// <param name="ClockHeld">The clock went further than time did: deadlines stand still until somebody confirms the date.</param>
/// <param name="ClockDriftSeconds">How far this machine's clock is ahead of the database's (behind: below 0); degraded beyond 10. Null
/// where the database has no clock of its own.</param>
/// <param name="LateJobs">Jobs that should have run again by now, on any node, that gave something up, or (<c>backups</c>) whose copy of
/// the day is not there two hours after it was due.</param>
/// <param name="LastBackup">Of the last copy; null when there was none.</param>
/// <param name="DiskFreeMegabytes">Where the data folder lies; degraded below 500.</param>
public sealed record Readiness(
    string Status,
    string Database,
    int DefinitionsRefused,
    IReadOnlyList<RefusedFile> RefusedDefinitions,
    long DeadlinesSetAside,
    long ItemsSetAside,
    bool SendingHeld,
    bool ClockHeld,
    double? ClockDriftSeconds,
    IReadOnlyList<string> LateJobs,
    DateTimeOffset? LastBackup,
    long? DiskFreeMegabytes);

public sealed class ReadinessCheck(
    Database database, DefinitionFolder folder, JobRuns jobs, BackupMaker backups, ServiceOptions options, TimeProvider time,
    ILogger<ReadinessCheck> log)
{
    const long LittleMegabytes = 500;
    const double MaxDriftSeconds = 10;

    /// <summary>Whoever asks may have little patience; a database that hangs is one that is out of reach.</summary>
    static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(2);

    static readonly TimeSpan BackupMayTake = TimeSpan.FromHours(2);

    /// <summary>The same within two seconds, whatever hangs.</summary>
    public async Task<Readiness> RunInTimeAsync(CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var asked = RunAsync(late.Token);
        if (await Task.WhenAny(asked, Task.Delay(AnswersWithin, TimeProvider.System, ct)) == asked)
            return await asked;
        await late.CancelAsync();
        // Nobody waits for what comes of it.
        _ = asked.ContinueWith(
            static hung => hung.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        ct.ThrowIfCancellationRequested();
        Log.DatabaseHangs(log, AnswersWithin.TotalSeconds);
        return OutOfReach();
    }

    public async Task<Readiness> RunAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenAsync(ct);
            var failures = await WorkItems.CountAsync(connection);
            List<string> late =
            [
                .. (await jobs.ReadAsync(connection)).Where(j => jobs.IsLate(j.Job, j.Run)).Select(j => j.Job.Name)
                    .Union(failures.Where(f => f.SetAside > 0).Select(f => f.Job))
                    .Union(await backups.DueSinceAsync(connection) < time.GetUtcNow() - BackupMayTake ? [BackupJob.JobName] : []),
            ];
            var (free, held) = (FreeMegabytes(), await ClockWatch.HeldAsync(connection) is not null);
            var drift = await DriftAsync(connection);
            var well = late.Count == 0 && (free is null or >= LittleMegabytes) && !held && Math.Abs(drift ?? 0) <= MaxDriftSeconds;
            return new Readiness(
                well ? Health.Ready : Health.Degraded,
                database.Provider, folder.Refused.Count, folder.Refused,
                failures.Where(f => f.Job == DeadlineSweep.JobName).Sum(f => f.Failed), failures.Sum(f => f.SetAside),
                await DeliveryHold.IsHeldAsync(connection), held, drift, late, (await BackupMaker.LastAsync(connection))?.MadeAt, free);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            Log.DatabaseOutOfReach(log, e.Message);
            return OutOfReach();
        }
    }

    Readiness OutOfReach() =>
        new(
            Health.OutOfReach, database.Provider, folder.Refused.Count, folder.Refused, 0, 0, false, false, null, [], null,
            FreeMegabytes());

    /// <summary>Of the machine's own clock, whatever the service's is set to; half of the way there and back is the database's.</summary>
    async Task<double?> DriftAsync(DbConnection connection)
    {
        if (database is not PostgresDatabase)
            return null;
        var (asked, begun) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        var there = await connection.QuerySingleAsync<DateTime>("SELECT clock_timestamp() AT TIME ZONE 'UTC'");
        return Math.Round((asked + (Stopwatch.GetElapsedTime(begun) / 2) - new DateTimeOffset(there, TimeSpan.Zero)).TotalSeconds, 1);
    }

    long? FreeMegabytes()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(options.DataFolder)).AvailableFreeSpace / 1_000_000;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

static partial class Log
{
    [LoggerMessage(3003, LogLevel.Warning, "The database is out of reach: {Reason}")]
    public static partial void DatabaseOutOfReach(ILogger logger, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "The database has not answered within {Seconds} s")]
    public static partial void DatabaseHangs(ILogger logger, double seconds);
}
