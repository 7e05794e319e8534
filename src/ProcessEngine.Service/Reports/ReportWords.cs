using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>What is counted, in words, and what each count means: the same on pages and in files.</summary>
public static class ReportWords
{
    public static string Standing(Words words, string standing)
    {
        ArgumentNullException.ThrowIfNull(words);
        return standing switch
        {
            "onTime" => words["ทันกำหนด", "On time"],
            "early" => words["ก่อนกำหนดขั้นต่ำ", "Before the minimum"],
            "late" => words["เกินกำหนด", "Late"],
            "open" => words["กำลังดำเนินการ", "Running"],
            "atRisk" => words["ใกล้ครบกำหนด", "At risk"],
            "overdue" => words["เกินกำหนดอยู่", "Overdue"],
            ClockStanding.WithoutLimit => words["ไม่มีกำหนดเวลา", "No limit"],
            "cancelled" => words["ยกเลิก", "Called off"],
            _ => throw UnknownKind.Of(standing),
        };
    }

    public static LocalizedText Meaning(string standing) => standing switch
    {
        "onTime" => new(
            "เสร็จภายในกำหนดเวลาของขั้นตอน นับเป็นวันและเวลาทำการของสำนักงาน รวมที่เสร็จก่อนกำหนดขั้นต่ำ",
            "ended within the limit, in the working time of the office, those before the minimum of a range included"),
        "early" => new("เสร็จก่อนจำนวนวันขั้นต่ำของกำหนดแบบช่วง ไม่ถือว่าผิด", "ended before the minimum of a range: no breach"),
        "late" => new("เสร็จแล้วแต่เกินกำหนด", "ended after the limit"),
        "open" => new(
            "ยังไม่ถึงกำหนด หรือหยุดนับเวลาเพราะระงับเรื่องหรือรอบุคคลภายนอก",
            "not due yet, or standing still as the case is suspended or waits for an outsider"),
        "atRisk" => new(
            "ยังไม่เสร็จ และครบกำหนดภายในสิ้นวันทำการถัดไป (นับอยู่ในกำลังดำเนินการด้วย)",
            "not done, and due by the close of the next working day; counted among the running ones, too"),
        "overdue" => new("ยังไม่เสร็จและเลยเวลาแล้ว", "past the limit, and open still"),
        ClockStanding.WithoutLimit => new(
            "คู่มือไม่ได้กำหนดเวลาของขั้นตอนไว้ จึงไม่นับว่าทันหรือไม่ทัน", "the manual states none, so it is neither kept nor broken"),
        _ => throw UnknownKind.Of(standing),
    };

    public static string Grouping(Words words, string grouping)
    {
        ArgumentNullException.ThrowIfNull(words);
        return grouping switch
        {
            "definition" => words["กระบวนงาน", "Procedure"],
            "step" => words["ขั้นตอน", "Step"],
            "fiscalMonth" => words["เดือน", "Month"],
            "office" => words["สำนักงาน", "Office"],
            "fiscalQuarter" => words["ไตรมาส", "Quarter"],
            "version" => words["รุ่นของกระบวนงาน", "Version of the procedure"],
            "role" => words["ตำแหน่งผู้ทำ", "Role"],
            "group" => words["กลุ่ม", "Group"],
            "priority" => words["ชั้นความเร็ว", "Priority"],
            PeopleFigures.GroupBy => words["บุคคล", "Person"],
            _ => throw UnknownKind.Of(grouping),
        };
    }

    /// <summary>What was answered, as people read it.</summary>
    public static string Answer(Words words, string answer)
    {
        ArgumentNullException.ThrowIfNull(words);
        return answer switch
        {
            "true" => words["ใช่", "Yes"],
            "false" => words["ไม่ใช่", "No"],
            _ => words.Digits(answer),
        };
    }

    /// <summary>By which somebody gave more time, or stopped the clock.</summary>
    public static string Grant(Words words, string kind)
    {
        ArgumentNullException.ThrowIfNull(words);
        return kind switch
        {
            "extended" => words["ขยายเวลา", "Extended a limit"],
            "paused" => words["พักงานรอบุคคลภายนอก", "Paused work for an outsider"],
            "suspended" => words["ระงับเรื่อง", "Suspended a case"],
            _ => throw UnknownKind.Of(kind),
        };
    }
}
