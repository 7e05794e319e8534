using Dapper;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Calendars;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Work that the service does by itself: what is due, and since when it has waited.</summary>
public sealed record JobHealth(string Th, string En, DateTimeOffset? WaitsSince);

/// <summary>The office, and whether the service keeps up.</summary>
public sealed class IndexModel(ReadinessCheck readiness, OfficeCalendars calendars, Database database, TimeProvider time) : AdminPage
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
        Jobs =
        [
            new("กำหนดเวลาและการเตือน", "Deadlines and escalation", await OldestAsync("SELECT MIN(wake_at) AS at FROM deadline WHERE wake_at < @now")),
            new("การรอตามวันที่", "Waits for a date", await OldestAsync("SELECT MIN(wake_at) AS at FROM process_wait WHERE wake_at < @now")),
            new("เรื่องที่เริ่มเองตามรอบ", "Recurring starts", await OldestAsync("SELECT MIN(next_at) AS at FROM recurrence WHERE next_at < @now")),
            new("การส่งต่อระหว่างเรื่อง", "Calls between cases", await OldestAsync("SELECT MIN(created_at) AS at FROM case_call WHERE state = 'wanted' OR state = 'ended'")),
            new("การส่งแจ้งเตือน", "Sending of notices", await OldestAsync("SELECT MIN(next_at) AS at FROM delivery WHERE state = 'waiting' AND next_at < @now")),
        ];

        return Page();

        async Task<DateTimeOffset?> OldestAsync(string sql) => (await connection.QuerySingleAsync<Oldest>(sql, new { now = DbValues.Truncate(Now) })).At;
    }

    sealed record Oldest
    {
        public DateTimeOffset? At { get; init; }
    }
}
