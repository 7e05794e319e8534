using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Who audits the office, and from when until when.</summary>
public sealed class AuditorsModel(IMediator mediator, TimeProvider time) : AdminPage
{
    public IReadOnlyList<AuditorTerms.Auditor> List { get; private set; } = [];
    public DateOnly Today { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync(Guid user, string? from, string? until, string? reason)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        if (!Read(from, out var first) || !Read(until, out var last))
        {
            Refuse(InvalidInput.At("until", "เขียนวันที่ เช่น 30/9/2570", "Write a date, such as 2027-09-30."));
            return await ShowAsync();
        }

        var outcome = await mediator.Send(
            new AuditorTerms.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, user, first, last,
                string.IsNullOrWhiteSpace(reason) ? null : reason.Trim()),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(W["บันทึกระยะเวลาแล้ว", "The term is stored."]);
        return Redirect(PageLink.To("/admin/auditors", ("office", Office)));
    }

    /// <summary>Nothing is a date that is not bounded.</summary>
    static bool Read(string? text, out DateOnly? day)
    {
        day = string.IsNullOrWhiteSpace(text) ? null : Typed.Date(text);
        return day is not null || string.IsNullOrWhiteSpace(text);
    }

    async Task<IActionResult> ShowAsync()
    {
        Today = BangkokTime.DateOf(time.GetUtcNow());
        var outcome = await mediator.Send(new AuditorTerms.Query(Caller, TheOffice.Code), RequestAborted);
        List = outcome.Value ?? [];
        return Page();
    }

    /// <summary>As it may be typed again.</summary>
    public string? Typeable(DateOnly? day) => day is not { } given ? null
        : W.English ? given.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)
        : $"{given.Day}/{given.Month}/{given.Year + FiscalYear.BuddhistOffset}";

    /// <summary>Where the appointment stands today.</summary>
    public (string Text, string Tone) Standing(AuditorTerms.Auditor one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return one switch
        {
            { Until: { } until } when until < Today => (W["หมดวาระแล้ว", "over"], "bad"),
            { From: { } from } when from > Today => (W["ยังไม่ถึงวันเริ่ม", "not begun"], "warn"),
            { Until: { } until } => (W[$"ถึง {W.Date(until)}", $"until {W.Date(until)}"], "good"),
            _ => (W["ไม่กำหนดวันสิ้นสุด", "without an end"], ""),
        };
    }
}
