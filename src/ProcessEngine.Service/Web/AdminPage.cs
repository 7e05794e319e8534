using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>A page for the administrators of an office.</summary>
public abstract class AdminPage : DeskPage
{
    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    public IReadOnlyList<string> Offices { get; private set; } = [];

    /// <summary>The office that the page is about.</summary>
    public Office TheOffice { get; private set; } = null!;

    /// <summary>Why no mail and no webhook goes out; null while they do.</summary>
    public SendingState? Held { get; private set; }

    /// <summary>Deadlines stand still until somebody confirms the date; null: they do not.</summary>
    public ClockHold? HeldClock { get; private set; }

    /// <summary>Sending is the whole installation's.</summary>
    public bool MayRelease => Caller.IsSystemAdministrator;

    public string NewKey { get; } = FormRequest.NewKey();

    /// <summary>Why nothing was stored.</summary>
    public LocalizedText? Fault { get; private set; }

    public static bool MayLook(Caller caller) => caller?.Memberships.Any(m => m.Role == Roles.Administrator) == true;

    /// <summary>Whose page it is: of the administrators, and of whoever else is named.</summary>
    protected virtual IReadOnlyList<string> Whose => [Roles.Administrator];

    /// <summary>The other pages of the administration, as far as they are the reader's.</summary>
    public IEnumerable<(string Path, string Th, string En)> Tabs =>
        Caller.Holds(Roles.Administrator, TheOffice.Code)
            ?
            [
                ("/admin", "ภาพรวม", "Overview"), ("/admin/paper", "หนังสือ", "Papers"),
                ("/admin/publishing", "การเผยแพร่", "Publishing"), ("/admin/requests", "คำขอจากภายนอก", "Requests"),
                ("/admin/people", "คนและบทบาท", "People and roles"),
                ("/admin/roles", "ตำแหน่งและผู้รับผิดชอบ", "Posts"), ("/admin/orders", "ทะเบียนคำสั่ง", "Orders"),
                ("/admin/calendar", "ปฏิทิน", "Calendar"), ("/admin/limits", "กำหนดเวลา", "Limits"),
                ("/admin/recurrences", "เรื่องที่เริ่มเอง", "Recurring"), ("/admin/incidents", "เรื่องติดขัด", "Incidents"),
                ("/admin/notifications", "การแจ้งเตือน", "Notices"),
                ("/admin/personal-data", "ข้อมูลส่วนบุคคล", "Personal data"), Trail,
                .. Caller.IsSystemAdministrator ? SystemTabs.Take(1) : [],
            ]
            : Caller.Holds(Roles.Auditor, TheOffice.Code) ? [Trail]
            : Caller.Holds(Roles.Director, TheOffice.Code)
                ? [("/admin/orders", "ทะเบียนคำสั่ง", "Orders"), ("/admin/personal-data", "ข้อมูลส่วนบุคคล", "Personal data")]
            : [("/admin/orders", "ทะเบียนคำสั่ง", "Orders")];

    /// <summary>What a tab belongs to, in the order of the page.</summary>
    public static LocalizedText GroupOf(string path) => path switch
    {
        "/admin/people" or "/admin/roles" or "/admin/orders" => new("คน", "People"),
        "/admin/calendar" or "/admin/limits" or "/admin/recurrences" or "/admin/incidents" => new("เวลาและเรื่อง", "Time and cases"),
        "/admin/notifications" or "/admin/trail" or "/admin/personal-data" or "/admin/offices" or "/admin/holidays" =>
            new("ระบบ", "System"),
        _ => new("สำนักงาน", "Office"),
    };

    /// <summary>The pages about the whole installation.</summary>
    public static IReadOnlyList<(string Path, string Th, string En)> SystemTabs { get; } =
        [("/admin/offices", "สำนักงานทั้งหมด", "Offices"), ("/admin/holidays", "วันหยุดราชการ", "Public holidays")];

    static (string Path, string Th, string En) Trail => ("/admin/trail", "บันทึกการดูแลระบบ", "Trail");

    /// <returns>What to answer to whoever administers no such office.</returns>
    protected async Task<IActionResult?> FindOfficeAsync()
    {
        Offices = await OfficesWhereAsync(Whose);
        Office ??= Offices.Count > 0 ? Offices[0] : null;
        // Who looks after the system makes the first office, and is not sent away.
        if (Offices.Count == 0 && Caller.IsSystemAdministrator)
            return Redirect("/setup");
        if (Office is null
            || !Offices.Contains(Office)
            || await Of<OfficeCalendars>().FindOfficeAsync(Office, RequestAborted) is not { } office)
            return StatusCode(StatusCodes.Status403Forbidden);
        TheOffice = office;
        await using var connection = await Of<Storage.Database>().OpenAsync(RequestAborted);
        HeldClock = await ClockWatch.HeldAsync(connection);
        Held = await DeliveryHold.IsHeldAsync(connection) ? await DeliveryHold.StateAsync(connection) : null;
        return null;
    }

    protected void Refuse(Rejection refused)
    {
        var problem = Problems.From(refused);
        Response.StatusCode = problem.Status;
        Fault = SayAll(problem);
    }
}
