using System.Globalization;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// The public holidays, of the whole country and of provinces, for those who look after the system; what a change would move is shown
/// before it is stored.
/// </summary>
public sealed class HolidaysModel(OfficeCalendars calendars, IMediator mediator, TimeProvider time) : SystemPage
{
    const int MaxListed = 400;

    public CalendarEdition Edition { get; private set; } = null!;
    public IReadOnlyList<Holiday> List { get; private set; } = [];
    public CalendarChangeView? Preview { get; private set; }
    public DateOnly Today { get; private set; }
    public DateOnly? Date { get; private set; }

    /// <summary>The first Gregorian year whose holidays are not announced here.</summary>
    public int NextYear => Edition.Coverage.LastAnnouncedYear + 1;

    /// <summary><c>add</c>, <c>remove</c>, <c>confirm</c>, or <c>announced</c>: all holidays of the next year are in the table.</summary>
    [BindProperty]
    public string? Kind { get; set; }

    /// <summary><c>national</c>, or a province.</summary>
    [BindProperty]
    public string? Scope { get; set; }

    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Month { get; set; }

    [BindProperty]
    public string? Year { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Reference { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync() => Refused ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (Refused is { } refused)
            return refused;
        if (await SendAsync(preview: true) is { } answer)
            Preview = JsonSerializer.Deserialize<CalendarChangeView>(answer.Body, JsonShape.Options);
        return await ShowAsync();
    }

    public async Task<IActionResult> OnPostStoreAsync()
    {
        if (Refused is { } refused)
            return refused;
        if (await SendAsync(preview: false) is null)
            return await ShowAsync();
        SetFlash(W[
            "เปลี่ยนวันหยุดแล้ว กำหนดเวลาที่เกี่ยวข้องคำนวณใหม่แล้ว",
            "The holidays are changed, and the limits that they concern are counted anew."]);
        return Redirect("/admin/holidays");
    }

    /// <returns>Null when it was refused; the page then says why.</returns>
    async Task<StoredAnswer?> SendAsync(bool preview)
    {
        var edition = await calendars.LatestAsync(RequestAborted);
        Date = Kind == "announced" ? null : Typed.Date(Day, Month, Year);
        if (Kind != "announced" && Date is null)
        {
            Refuse(InvalidInput.At("date", "ไม่ใช่วันที่ที่มีอยู่", "It is no date that exists."));
            return null;
        }

        List<DateOnly> day = Date is { } date ? [date] : [];
        var announced = Kind == "announced" ? edition.Coverage.LastAnnouncedYear + 1 : (int?)null;
        var outcome = await mediator.Send(
            new ChangeCalendar.Command(
                Caller, await HttpContext.IdentifyFormAsync(), Kind == "announced" ? OfficeCalendars.National : Scope ?? "", preview,
                Kind == "add" ? [new ChangeCalendar.DayRequest(Date, new ChangeCalendar.NameRequest(Name?.Trim(), null), null)] : [],
                Kind == "remove" ? day : [], [], Kind == "confirm" ? day : [],
                announced > edition.Coverage.LastYear ? announced : null, announced, Reference, Reason, null), RequestAborted);
        if (outcome.Rejection is { } no)
            Refuse(no);
        return outcome.Value;
    }

    async Task<IActionResult> ShowAsync()
    {
        Today = BangkokTime.DateOf(time.GetUtcNow());
        Edition = await calendars.LatestAsync(RequestAborted);
        List = [.. Edition.Holidays.Where(h => h.Date >= Today).OrderBy(h => h.Date).Take(MaxListed)];
        return Page();
    }

    /// <summary>ทั้งประเทศ, or the provinces.</summary>
    public string ScopeOf(Holiday holiday)
    {
        ArgumentNullException.ThrowIfNull(holiday);
        return holiday.Scope == Holiday.National
            ? W["ทั้งประเทศ", "the whole country"]
            : string.Join(", ", holiday.Scope.Split('|').Select(Provinces.NameOf));
    }

    public string Number(int year) => (W.English ? year : year + FiscalYear.BuddhistOffset).ToString(CultureInfo.InvariantCulture);
}
