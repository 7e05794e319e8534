using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Operations;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>A step of setting an office up.</summary>
/// <param name="Done">As the store has it: nobody has to tick anything.</param>
/// <param name="Path">The page where it is done.</param>
public sealed record SetupStep(int Number, string Name, string About, bool Done, string Path)
{
    /// <summary>An office can work without it.</summary>
    public bool MayWait => Number is 4 or 5;
}

/// <summary>
/// An office is set up from nothing: its steps in order, each of which can be passed over and come back to. The bar that leads from one to
/// the next is shown until somebody ends it.
/// </summary>
public sealed class SetupModel(OfficeChecklist checklist, OfficeCalendars offices) : DeskPage
{
    /// <summary>Which office is being set up, as long as the bar is shown.</summary>
    public const string Cookie = "pe_setup";

    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    public Office? TheOffice { get; private set; }
    public IReadOnlyList<SetupStep> Steps { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        var mine = await OfficesWhereAsync([Roles.Administrator]);
        Office ??= mine.Count > 0 ? mine[0] : null;
        if (Office is null ? !Caller.IsSystemAdministrator : !mine.Contains(Office))
            return StatusCode(StatusCodes.Status403Forbidden);
        TheOffice = Office is null ? null : await offices.FindOfficeAsync(Office, RequestAborted);
        Steps = StepsOf(W, Caller, Office, await checklist.StateAsync(TheOffice, RequestAborted));
        Response.Cookies.Append(Cookie, Office ?? "-", new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        return Page();
    }

    /// <summary>The bar is not wanted any more.</summary>
    public IActionResult OnPost()
    {
        Response.Cookies.Delete(Cookie);
        return Redirect(PageLink.To("/admin", ("office", Office)));
    }

    public static IReadOnlyList<SetupStep> StepsOf(Words w, Caller caller, string? office, SetupState state)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(state);
        return
        [
            new(
                1, w["สำนักงาน", "Office"], w["ชื่อ ประเภท จังหวัด", "Name, kind, province"], state.Office,
                caller.IsSystemAdministrator ? "/admin/offices" : PageLink.To("/admin", ("office", office))),
            new(
                2, w["คน", "People"],
                w[
                    "วางรายชื่อจาก Excel หรือพิมพ์ทีละคน แล้วพิมพ์ลิงก์ตั้งรหัสผ่าน",
                    "Paste a list or type them in, then print links to choose passwords"],
                state.People,
                PageLink.To("/admin/people/import", ("office", office))),
            new(
                3, w["กลุ่ม ตำแหน่ง และบทบาท", "Groups, posts and roles"],
                w["ใครทำหน้าที่ใด ตำแหน่งที่ไม่มีคนให้ใครทำแทน", "Who does what, and who stands in for posts that nobody holds"],
                state.Roles,
                PageLink.To("/admin/roles", ("office", office))),
            new(
                4, w["ปฏิทิน", "Calendar"],
                w[
                    "วันหยุดราชการมีอยู่แล้ว เพิ่มวันที่สำนักงานปิดหรือเปิดเอง",
                    "Public holidays are there; add days on which the office itself is closed or open"],
                state.Calendar,
                PageLink.To("/admin/calendar", ("office", office))),
            new(
                5, w["อีเมล", "E-mail"],
                w["ตั้งค่าที่เครื่องแม่ข่าย แล้วส่งข้อความทดสอบ", "Set up on the server; send a test message"],
                state.Mail,
                PageLink.To("/admin/notifications", ("office", office))),
            new(
                6, w["เรื่องแรก", "A first case"], w["เลือกกระบวนงานแล้วเริ่มเรื่อง", "Choose a procedure and start"], state.Cases,
                PageLink.To("/procedures", ("office", office))),
        ];
    }
}
