using ProcessEngine.Core;

namespace ProcessEngine.Service.Reports;

/// <summary>A figure about the time of work, and what it means: the same on pages and in files.</summary>
/// <param name="IsTime">Working minutes, which a page shows as days and hours.</param>
public sealed record FigureColumn(
    string Key, LocalizedText Name, LocalizedText Meaning, Func<GetFigures.Figure, long?> Of, bool IsTime = false)
{
    public static IReadOnlyList<FigureColumn> All { get; } =
    [
        new(
            "counted", new("งานที่วัด", "Measured"),
            new("งานที่มีกำหนดเวลาและเสร็จแล้ว", "work that had a limit and is done"), f => f.Limits.Counted),
        new(
            "medianPercent", new("ร้อยละของกำหนดที่ใช้ (มัธยฐาน)", "% of the limit used (median)"),
            new(
                "เวลาทำการตั้งแต่รับถึงเสร็จ ไม่รวมช่วงที่พักหรือระงับ หารด้วยเวลาทำการจนครบกำหนดตามที่ขยายแล้ว งานครึ่งหนึ่งใช้ไม่เกินนี้",
                "working time from receipt to end, without pauses, out of the working time up to the limit as extended; half used no more"),
            f => f.Limits.PercentUsed?.Median),
        new(
            "ninetiethPercent", new("ร้อยละของกำหนดที่ใช้ (เก้าในสิบ)", "% of the limit used (nine in ten)"),
            new("งานเก้าในสิบใช้ไม่เกินนี้", "nine in ten used no more"), f => f.Limits.PercentUsed?.Ninetieth),
        new(
            "medianWaited", new("รอผู้รับ (มัธยฐาน, นาที)", "Waited to be taken (median, minutes)"),
            new(
                "เวลาทำการที่ยังไม่มีใครรับงาน ไม่รวมช่วงที่พักหรือระงับ งานครึ่งหนึ่งรอไม่เกินนี้",
                "working time for which nobody had taken it, without pauses; half waited no longer"),
            f => f.Tasks.MinutesWaited?.Median, IsTime: true),
        new(
            "ninetiethWaited", new("รอผู้รับ (เก้าในสิบ, นาที)", "Waited to be taken (nine in ten, minutes)"),
            new("งานเก้าในสิบรอไม่เกินนี้", "nine in ten waited no longer"), f => f.Tasks.MinutesWaited?.Ninetieth, IsTime: true),
        new(
            "medianWorked", new("ดำเนินการ (มัธยฐาน, นาที)", "Worked on (median, minutes)"),
            new(
                "เวลาทำการตั้งแต่มีผู้รับงานถึงเสร็จ ไม่รวมช่วงที่พักหรือระงับ งานที่เสร็จโดยไม่ได้กดรับนับเป็นรอทั้งหมด",
                "working time for which somebody had it, without pauses; what was done without being taken counts as waiting"),
            f => f.Tasks.MinutesWorked?.Median, IsTime: true),
        new(
            "ninetiethWorked", new("ดำเนินการ (เก้าในสิบ, นาที)", "Worked on (nine in ten, minutes)"),
            new("งานเก้าในสิบใช้เวลาไม่เกินนี้", "nine in ten took no longer"), f => f.Tasks.MinutesWorked?.Ninetieth, IsTime: true),
        new(
            "done", new("งานที่เสร็จ", "Tasks done"),
            new("งานที่ทำเสร็จ รวมที่ไม่มีกำหนดเวลา ไม่รวมที่ยกเลิก", "tasks that were done, also without a limit; not those called off"),
            f => f.Tasks.Done),
        new("cases", new("เรื่อง", "Cases"), new("งานเหล่านั้นอยู่ในกี่เรื่อง", "in how many cases"), f => f.Tasks.Cases),
        new(
            "again", new("ทำซ้ำ (ร้อยละ)", "Done again (%)"),
            new(
                "งานของรอบที่ 2 ขึ้นไปของขั้นตอนเดียวกัน หารด้วยงานที่เสร็จทั้งหมด",
                "tasks of a second or later round of their step, out of all tasks done"),
            f => f.Tasks.PercentAgain),
        new(
            "returned", new("ส่งคืน", "Returned"), new("ครั้งที่ส่งกลับแก้ไข", "how often work was sent back"), f => f.Tasks.Returned),
        new("rejected", new("ไม่อนุมัติ", "Rejected"), new("ครั้งที่ไม่อนุมัติ", "how often it was rejected"), f => f.Tasks.Rejected),
        new(
            "pauses", new("พัก", "Pauses"),
            new(
                "ครั้งที่หยุดนับเวลา เพราะระงับเรื่องหรือรอบุคคลภายนอก",
                "how often the clock was stopped: a suspended case, or an outsider"),
            f => f.Limits.Pauses),
        new(
            "extensions", new("ขยายเวลา", "Extensions"), new("ครั้งที่ขยายกำหนด", "how often a limit was extended"),
            f => f.Limits.Extensions),
    ];
}
