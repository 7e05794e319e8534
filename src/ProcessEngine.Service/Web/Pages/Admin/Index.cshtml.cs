using Dapper;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>A job of the service: its last run, and since when work waits for it.</summary>
public sealed record JobHealth(Job Job, JobRun? Run, bool Late, DateTimeOffset? Next, DateTimeOffset? WaitsSince);

/// <summary>The office, and whether the service keeps up.</summary>
public sealed class IndexModel(ReadinessCheck readiness, JobRuns jobs, OfficeCalendars calendars, Database database, TimeProvider time) : AdminPage
{
    /// <summary>Longer than several looks of the sweep.</summary>
    public static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    public Readiness Ready { get; private set; } = null!;
    public IReadOnlyList<JobHealth> Jobs { get; private set; } = [];
    public CalendarEdition Calendar { get; private set; } = null!;
    public DateTimeOffset Now { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        Now = time.GetUtcNow();
        Ready = await readiness.RunAsync(Stopped);
        Calendar = await calendars.LatestAsync(Stopped);
        await using var connection = await database.OpenAsync(Stopped);
        // Each the first row of an index that the job itself reads.
        var waits = new Dictionary<string, DateTimeOffset?>
        {
            [JobRuns.Sweep] = new[] { await OldestAsync("SELECT MIN(wake_at) AS at FROM deadline WHERE wake_at < @now"), await OldestAsync("SELECT MIN(wake_at) AS at FROM process_wait WHERE wake_at < @now") }.Min(),
            [JobRuns.Recurrences] = await OldestAsync("SELECT MIN(next_at) AS at FROM recurrence WHERE next_at < @now"),
            [JobRuns.Calls] = await OldestAsync("SELECT MIN(created_at) AS at FROM case_call WHERE state = 'wanted' OR state = 'ended'"),
            // While sending is held, what waits for it is no fault of the job.
            [JobRuns.Deliveries] = Held is null ? await OldestAsync("SELECT MIN(next_at) AS at FROM delivery WHERE state = 'waiting' AND next_at < @now") : null,
        };
        Jobs = [.. (await jobs.ReadAsync(connection)).Select(j => new JobHealth(j.Job, j.Run, jobs.IsLate(j.Job, j.Run), jobs.NextOf(j.Job, j.Run), waits.GetValueOrDefault(j.Job.Name)))];
        return Page();

        async Task<DateTimeOffset?> OldestAsync(string sql) => (await connection.QuerySingleAsync<Oldest>(sql, new { now = Instants.Truncate(Now) })).At;
    }

    sealed record Oldest
    {
        public DateTimeOffset? At { get; init; }
    }
}
