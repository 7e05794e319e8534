using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Operations;
using ProcessEngine.Service.Operations.Backups;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>A job of the service: its last run, and since when work waits for it.</summary>
public sealed record JobHealth(IRecurringJob Job, JobRun? Run, bool Late, DateTimeOffset? Next, DateTimeOffset? WaitsSince);

/// <summary>The office, and whether the service keeps up.</summary>
public sealed class IndexModel(
    ReadinessCheck readiness, OfficeChecklist checklist, JobRuns jobs, OfficeCalendars calendars, Database database, TimeProvider time)
    : AdminPage
{
    /// <summary>What the office still lacks.</summary>
    public IReadOnlyList<Lack> Lacks { get; private set; } = [];

    /// <summary>Longer than several looks of the sweep.</summary>
    public static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    public Readiness Ready { get; private set; } = null!;

    /// <summary>Of the whole installation; null when there was none.</summary>
    public LastBackup? LastBackup { get; private set; }

    public IReadOnlyList<JobHealth> Jobs { get; private set; } = [];
    public CalendarEdition Calendar { get; private set; } = null!;
    public DateTimeOffset Now { get; private set; }

    /// <summary>What jobs gave up of this office.</summary>
    public IReadOnlyList<SetAsideItem> SetAside { get; private set; } = [];

    public LocalizedText TitleOf(string job) => jobs.All.FirstOrDefault(j => j.Name == job)?.Title ?? new LocalizedText(job, job);

    public async Task<IActionResult> OnGetAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        Now = time.GetUtcNow();
        Ready = await readiness.RunAsync(RequestAborted);
        Calendar = await calendars.LatestAsync(RequestAborted);
        Lacks = await checklist.OfAsync(TheOffice, RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        var health = new List<JobHealth>();
        foreach (var (job, run) in await jobs.ReadAsync(connection))
            health.Add(new JobHealth(
                job, run, jobs.IsLate(job, run), jobs.NextOf(job, run), await job.OldestWaitingAsync(connection, Now)));
        Jobs = health;
        SetAside = await SetAsideWork.ReadAsync(connection, TheOffice.Code);
        LastBackup = await BackupMaker.LastAsync(connection);
        return Page();
    }

    /// <summary>Something that a job gave up is tried again.</summary>
    public async Task<IActionResult> OnPostRetryAsync(string? failed, string? item, [FromServices] IMediator mediator)
    {
        ArgumentNullException.ThrowIfNull(mediator);
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new SetAsideWork.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, failed, item), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await OnGetAsync();
        }

        SetFlash(W["จะลองใหม่ในไม่กี่วินาที", "It is tried again in a few seconds."]);
        return Redirect($"/admin?office={Uri.EscapeDataString(TheOffice.Code)}#jobs");
    }

    public async Task<IActionResult> OnPostConfirmClockAsync([FromServices] IMediator mediator)
    {
        ArgumentNullException.ThrowIfNull(mediator);
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ConfirmClock.Command(Caller, await HttpContext.IdentifyFormAsync(), null), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await OnGetAsync();
        }

        SetFlash(W["ยืนยันวันที่แล้ว กำหนดเวลาเดินต่อ", "The date is confirmed; deadlines go on."]);
        return Redirect($"/admin?office={Uri.EscapeDataString(TheOffice.Code)}");
    }

    /// <param name="job">To be run now. What it does is done once, however often it is asked for.</param>
    public async Task<IActionResult> OnPostAsync(string? job, [FromServices] RunNow runNow)
    {
        ArgumentNullException.ThrowIfNull(runNow);
        if (await FindOfficeAsync() is { } refused)
            return refused;
        if (!runNow.Ask(job ?? ""))
            return NotFound();
        SetFlash(W["สั่งให้ทำแล้ว จะเริ่มในไม่กี่วินาที", "It was asked for, and begins in a few seconds."]);
        return Redirect($"/admin?office={Uri.EscapeDataString(TheOffice.Code)}#jobs");
    }
}
