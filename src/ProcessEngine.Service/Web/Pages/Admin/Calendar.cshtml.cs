using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// Days on which the office differs from the calendar of its province; what a change would move is shown before it is stored.
/// </summary>
public sealed class CalendarModel(OfficeCalendars calendars, IMediator mediator, TimeProvider time) : AdminPage
{
    const int MaxListed = 200;

    public IReadOnlyList<OfficeDay> Days { get; private set; } = [];
    public IReadOnlyList<(DateOnly Date, string Name)> Holidays { get; private set; } = [];
    public CalendarChangeView? Preview { get; private set; }
    public DateOnly Today { get; private set; }

    /// <summary><c>closure</c>, <c>opening</c> or <c>remove</c>.</summary>
    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Month { get; set; }

    [BindProperty]
    public string? Year { get; set; }

    [BindProperty]
    public string? Reference { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? ApprovedBy { get; set; }

    public DateOnly? Date { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() is { } refused ? refused : await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        var (outcome, refused) = await SendAsync(preview: true);
        if (outcome is not null)
            Preview = JsonSerializer.Deserialize<CalendarChangeView>(outcome.Body, JsonShape.Options);
        return refused ?? await ShowAsync();
    }

    public async Task<IActionResult> OnPostStoreAsync()
    {
        var (outcome, refused) = await SendAsync(preview: false);
        if (outcome is null)
            return refused ?? await ShowAsync();
        SetFlash(W[
            "เปลี่ยนปฏิทินแล้ว กำหนดเวลาที่เกี่ยวข้องคำนวณใหม่แล้ว",
            "The calendar is changed, and the limits that it concerns are counted anew."]);
        return Redirect(PageLink.To("/admin/calendar", ("office", Office)));
    }

    async Task<(StoredAnswer? Answer, IActionResult? Refused)> SendAsync(bool preview)
    {
        if (await FindOfficeAsync() is { } refused)
            return (null, refused);
        if (Typed.Date(Day, Month, Year) is not { } date)
        {
            Refuse(InvalidInput.At("date", "ไม่ใช่วันที่ที่มีอยู่", "It is no date that exists."));
            return (null, null);
        }

        Date = date;
        var outcome = await mediator.Send(
            new ChangeCalendar.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, preview,
                Kind == "remove" ? [] : [new ChangeCalendar.DayRequest(date, new ChangeCalendar.NameRequest(Reason, null), Kind)],
                Kind == "remove" ? [date] : [], [], [], null, null, Reference, Reason, ApprovedBy), RequestAborted);
        if (outcome.Rejection is { } no)
            Refuse(no);
        return (outcome.Value, null);
    }

    async Task<IActionResult> ShowAsync()
    {
        Today = BangkokTime.DateOf(time.GetUtcNow());
        var edition = await calendars.LatestAsync(RequestAborted);
        Days = [.. edition.DaysOf(TheOffice.Code).Where(d => d.Date >= Today.AddYears(-1)).OrderBy(d => d.Date).Take(MaxListed)];
        Holidays = [.. edition.Holidays.Where(h => h.AppliesTo(TheOffice.Province) && h.Date >= Today)
            .OrderBy(h => h.Date)
            .Take(20)
            .Select(h => (h.Date, W[h.Name] + (h.IsUnconfirmed ? W[" (รอยืนยัน)", " (to be confirmed)"] : "")))];
        return Page();
    }
}
