using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Web.Pages.Reports;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>What somebody does on their first day, by what they are here for; each line leads to the page where it is done.</summary>
public sealed class FirstDayModel : DeskPage
{
    /// <param name="Path">Null where nothing is opened for it.</param>
    public sealed record Line(string? Path, LocalizedText Does, LocalizedText How);

    public IReadOnlyList<(LocalizedText For, IReadOnlyList<Line> Lines)> Parts { get; private set; } = [];

    public void OnGet() => Parts = [.. PartsOf()];

    IEnumerable<(LocalizedText, IReadOnlyList<Line>)> PartsOf()
    {
        if (Caller.Memberships.Any(m => Roles.Acting.Contains(m.Role)))
            yield return (new("ทำงานของท่าน", "Your work"),
            [
                new(
                    "/", new("ดูงานที่รอท่าน", "See what waits for you"),
                    new(
                        "เกินกำหนดและด่วนอยู่บนสุด เปิดงานแล้วอ่านข้อความตามคู่มือ",
                        "What is overdue or urgent is at the top. A task opens with the manual's words.")),
                new(
                    null, new("ทำงานหนึ่งให้เสร็จ", "Finish one"),
                    new(
                        "กรอกแบบฟอร์ม กดปุ่ม อ่านว่าเรื่องไปที่ใด แล้วยืนยัน เลิกทำได้ภายใน 10 วินาที",
                        "Fill in its form, press the button, read where the case goes, confirm. For ten seconds it can be taken back.")),
                new(
                    "/procedures", new("เริ่มเรื่องใหม่", "Start a case"),
                    new(
                        "ค้นหาด้วยคำที่ใช้พูดกัน เช่น แจ้งซ่อม แล้วปักกระบวนงานที่ใช้บ่อยไว้บนสุด",
                        "Search by the words that you use, and keep what you use often at the top.")),
                new(
                    "/notifications", new("ดูกระดิ่ง", "Look at the bell"),
                    new(
                        "งานใหม่ งานที่ถูกส่งกลับพร้อมเหตุผล และเรื่องที่เสร็จแล้ว",
                        "New work, what came back and why, and what is done.")),
                new(
                    "/account/notifications", new("เลือกวิธีแจ้งเตือน", "Choose how you are told"),
                    new(
                        "ทางอีเมลทันที วันละครั้ง หรือไม่ต้อง",
                        "By e-mail at once, once a day, or not at all.")),
            ]);
        if (TeamModel.MayLook(Caller))
            yield return (new("ดูแลงานของผู้อื่น", "Work of others"),
            [
                new(
                    "/", new("พิจารณาหลายงานพร้อมกัน", "Decide several at once"),
                    new(
                        "เลือกในรายการ เปิดดูสิ่งที่เสนอของแต่ละงาน แล้วยืนยันครั้งเดียว หรือส่งกลับพร้อมเหตุผล",
                        "Tick them, look at each proposal, confirm once; or return them with a reason.")),
                new(
                    "/team", new("ดูภาระงานและมอบงาน", "See loads and give work"),
                    new(
                        "ใครมีงานเท่าใด งานใดยังไม่มีผู้รับ และมอบให้ผู้ที่ค้นชื่อได้",
                        "Who has how much, what nobody has taken, and giving it to whom you search by name.")),
                new(
                    "/reports/overview", new("ดูภาพรวมของปีงบประมาณ", "The year at a glance"),
                    new(
                        "ทันกำหนดเท่าใด ค้างที่ใด",
                        "How much is on time, and where it waits.")),
            ]);
        else if (ComplianceModel.MayLook(Caller))
            yield return (new("ตรวจสอบ", "Oversight"),
            [
                new(
                    "/reports/overview", new("ดูภาพรวม", "The overview"),
                    new(
                        "ตัวเลขทุกตัวพาไปถึงงานจริง",
                        "Each figure leads to the very work.")),
                new(
                    "/reports/registers", new("ดูทะเบียน", "The registers"),
                    new(
                        "ใครทำอะไร เมื่อใด พร้อมหลักฐาน",
                        "Who did what and when, with evidence.")),
                new(
                    "/reports/verification", new("ตรวจว่าบันทึกครบถ้วน", "Verify the record"),
                    new(
                        "บันทึกทุกเหตุการณ์ต่อกันเป็นลูกโซ่ แก้ย้อนหลังไม่ได้",
                        "Every event is chained to the one before.")),
            ]);
        if (AdminPage.MayLook(Caller))
            yield return (new("ดูแลสำนักงาน", "Looking after the office"),
            [
                new(
                    "/admin", new("ดูว่ายังขาดอะไร", "See what is missing"),
                    new(
                        "แต่ละข้อพาไปหน้าที่แก้ได้",
                        "Each line leads to the page that mends it.")),
                new(
                    "/admin/people/import", new("นำเข้ารายชื่อคน", "Bring in the people"),
                    new(
                        "วางจากตารางคำนวณ ดูก่อน แล้วบันทึกพร้อมกัน",
                        "Paste from a spreadsheet, look, store together.")),
                new(
                    "/admin/calendar", new("ตรวจปฏิทิน", "Check the calendar"),
                    new(
                        "วันหยุดเฉพาะสำนักงานเปลี่ยนกำหนดเวลา ดูผลก่อนบันทึก",
                        "Closures move due dates; see the effect first.")),
                new(
                    "/admin/paper", new("ตั้งเลขที่หนังสือ", "Set the book numbers"),
                    new(
                        "บันทึกข้อความได้เลขถัดไปเมื่อลงนาม",
                        "A memo gets the next one when it is signed.")),
            ]);
        if (Service.Studio.StudioAccess.OfficesOf(Caller).Count > 0)
            yield return (new("ดูแลกระบวนงาน", "Looking after procedures"),
            [
                new(
                    "/studio", new("ดูกระบวนงานและร่าง", "Procedures and drafts"),
                    new(
                        "แก้เป็นตาราง หรือบนผัง แล้วเดินทดลองก่อนประกาศใช้",
                        "As a table or on the chart; walk through it before you publish.")),
            ]);
    }
}
