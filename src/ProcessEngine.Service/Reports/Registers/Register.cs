using System.Data.Common;
using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>A line of a register, with what it rests on.</summary>
/// <param name="Key">Where the register goes on after it.</param>
/// <param name="By">Who did it; null for the service itself.</param>
/// <param name="To">Whom it reached, or whose account it was about.</param>
/// <param name="Detail">In the words of whoever did it, or what was changed.</param>
/// <param name="Sequence">Of the event in the history of the case, or in the trail of the administration.</param>
public sealed record RegisterEntry(
    string Key, DateTimeOffset At, LocalizedText What, string? By, string? To, string? Detail, Guid? ProcessInstanceId, string? Title,
    int? Sequence);

/// <param name="From">First day in Bangkok.</param>
/// <param name="To">Last day in Bangkok.</param>
/// <param name="Search">In the names of cases; null: all.</param>
/// <param name="After">The key of the last line of the page before.</param>
public sealed record RegisterQuery(string Office, DateOnly From, DateOnly To, string? Search, string? After, int Take)
{
    public DateTimeOffset Begins => BangkokTime.At(From, TimeOnly.MinValue);
    public DateTimeOffset Ends => BangkokTime.At(To.AddDays(1), TimeOnly.MinValue);
    public string? Like => SearchText.Like(Search);

    internal static RefusedRequestException NoPage() =>
        RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
}

/// <summary>What an office keeps a register of: one query, bounded by a period and a page, newest first.</summary>
public abstract class Register
{
    /// <summary>In addresses.</summary>
    public abstract string Name { get; }

    public abstract LocalizedText Title { get; }

    /// <summary>What stands in it, and what does not.</summary>
    public abstract LocalizedText Meaning { get; }

    /// <summary>Whether names of cases are searched in it.</summary>
    public virtual bool IsOfCases => true;

    public abstract Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct);

    public static IReadOnlyList<Register> All { get; } =
    [
        new NoticeRegister(),
        new EscalationRegister(),
        new EventRegister(
            "extensions", new("การขยายและเลื่อนเวลา", "Extensions and moved limits"),
            new(
                "กำหนดเวลาที่ขยาย หรือเลื่อนเพราะปฏิทินหรือวันที่ในเรื่องเปลี่ยน และใครเป็นผู้ขยาย",
                "limits that were extended, or moved as the calendar or a date of the case changed, and who extended them"),
            "DeadlineMoved"),
        new EventRegister(
            "suspensions", new("การระงับและพักเรื่อง", "Suspensions and pauses"),
            new(
                "เรื่องที่ระงับและดำเนินการต่อ และงานที่พักรอบุคคลภายนอก",
                "cases that were suspended and resumed, and work that waited for an outsider"),
            "InstanceSuspended", "InstanceResumed", "TaskPaused"),
        new EventRegister(
            "undos", new("การเลิกทำ", "What was taken back"),
            new("การตัดสินที่ผู้ตัดสินเลิกทำภายในสิบวินาที", "decisions that whoever made them took back within ten seconds"), "ActUndone"),
        new EventRegister(
            "returns", new("การส่งคืนและไม่อนุมัติ", "Returns and rejections"),
            new("งานที่ส่งคืนหรือไม่อนุมัติ พร้อมเหตุผล", "work that was sent back or rejected, with the reason"),
            "TaskReturned", "TaskRejected"),
        new EventRegister(
            "corrections", new("การแก้ไขเรื่องโดยผู้ดูแล", "Corrections of cases"),
            new(
                "เรื่องที่เปิดใหม่ ย้ายขั้นตอน แก้ข้อมูล หรือย้ายไปใช้รุ่นอื่น",
                "cases that were opened again, put at another step, corrected, or moved to another version"),
            "InstanceReopened", "InstanceMoved", "VariablesChanged", "InstanceMigrated"),
        new EventRegister(
            "migrations", new("การย้ายไปใช้รุ่นอื่น", "Moves to another version"),
            new("เรื่องที่ย้ายไปใช้กระบวนงานรุ่นอื่น", "cases that went on by another version of their procedure"), "InstanceMigrated"),
        new CalendarRegister(),
        new TrailRegister(
            "publications", new("การเผยแพร่กระบวนงาน", "Publications of procedures"),
            new(
                "กระบวนงานของสำนักงานที่เผยแพร่ เลิกใช้ หรือนำกลับมาใช้ และฉบับร่างที่ยกเลิก",
                "procedures of the office that were published, put out of use or into use again, and drafts that were discarded"),
            "definition-published", "draft-approved", "draft-discarded", "versions-retired", "versions-restored"),
        new TrailRegister(
            "setup", new("การตั้งค่าสำนักงาน", "Settings of the office"),
            new(
                "สำนักงาน กลุ่ม กำหนดเวลาของขั้นตอน เรื่องที่เริ่มเอง และการส่งอีเมล",
                "the office, its groups, limits of steps, recurrences, and what goes out by mail"),
            "office-created", "office-renamed", "groups-set", "post-names-set", "paper-set", "publishing-set", "requests-set",
            "step-deadline-set", "step-deadline-removed", "recurrence-set",
            "recurrence-removed", "mail-tested", "set-aside-retried", "sending-released", "clock-confirmed"),
        new SignInRegister(),
        new TrailRegister(
            "people", new("ผู้ใช้และบทบาท", "People and roles"),
            new("การเพิ่มและปิดบัญชี และการเปลี่ยนบทบาท", "accounts that were made or closed, and roles that changed"),
            "user-created", "user-deactivated", "user-reactivated", "roles-set", "joining-asked", "joining-accepted", "joining-declined",
            "stand-ins-set", "responsibilities-set", "user-changed", "auditor-term-set"),
        new TrailRegister(
            "keys", new("คีย์และรหัสผ่าน", "Keys and passwords"),
            new("คีย์ที่ออกและยกเลิก รหัสผ่านและการยืนยันสองขั้น", "keys that were issued or revoked, passwords and second factors"),
            "key-made", "key-revoked", "password-set", "password-changed", "second-factor-put-on", "second-factor-taken-off",
            "second-factor-reset", "identity-linked", "identity-unlinked", "first-link-made", "link-made"),
        new TrailRegister(
            "orders", new("คำสั่งรักษาราชการแทน", "Orders to act"),
            new("คำสั่งที่บันทึกและยกเลิก", "orders that were registered or revoked"), "order-registered", "order-revoked"),
        new TrailRegister(
            "exports", new("รายงานที่ดาวน์โหลด", "Reports taken away"),
            new(
                "ใครดาวน์โหลดอะไร ตามตัวกรองใด เมื่อใด และใครดูตัวเลขรายบุคคล",
                "who took away what, by which filters, and when; and who looked at figures by person"),
            "report-exported", "person-figures-read"),
        new TrailRegister(
            "personal-data", new("ข้อมูลส่วนบุคคล", "Personal data"),
            new(
                "ใครค้นข้อมูลส่วนบุคคล ขอลบ ยืนยัน หรือไม่อนุมัติ",
                "who searched for personal data, asked to take it out, agreed or refused"),
            "personal-data-searched", "redaction-asked", "redaction-done", "redaction-refused"),
    ];

    /// <summary>Who oversees the office; what is about people's accounts, its auditors and administrators only.</summary>
    public bool MayRead(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return IsOfCases
            ? Overseers.Includes(caller, office)
            : caller.Holds(Roles.Auditor, office) || caller.Holds(Roles.Administrator, office);
    }

    public static Register? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>Instants of a key, as text.</summary>
    internal static bool TryInstant(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
