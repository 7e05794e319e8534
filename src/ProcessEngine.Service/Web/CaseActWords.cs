using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>What an act on a case as a whole is called, what it does, and what there is if somebody thinks better of it.</summary>
/// <param name="Name">As the API has it.</param>
/// <param name="WayBack">Said before and after it: what there is once it can no longer be taken back.</param>
/// <param name="NeedsReason">The page says so before the core does.</param>
public sealed record CaseActWords(
    string Name, string Label, string Does, string Done, string WayBack, bool NeedsReason, string Look)
{
    /// <param name="withdraws">It is who started the case, and no superior, who would cancel it.</param>
    /// <param name="reopenDays">How long an ended case may be opened again, by its definition.</param>
    public static CaseActWords Of(Words w, string act, bool withdraws, int reopenDays)
    {
        ArgumentNullException.ThrowIfNull(w);
        var gone = reopenDays > 0
            ? w[
                $"ผู้บังคับบัญชาเปิดเรื่องใหม่ได้ภายใน {reopenDays} วัน",
                $"A superior can open the case again within {w.PlainDays(reopenDays)}."]
            : w["เปิดเรื่องนี้ใหม่ไม่ได้", "The case cannot be opened again."];
        return act switch
        {
            "cancel" when withdraws => new(
                act, w["ถอนเรื่อง", "Withdraw the case"],
                w["ท่านเริ่มเรื่องนี้และไม่ประสงค์ให้ดำเนินการต่อ", "You started it, and it shall not go on."],
                w["ถอนเรื่องแล้ว", "The case is withdrawn."], gone, true, "outline danger"),
            "cancel" => new(
                act, w["ยกเลิกเรื่อง", "Cancel the case"],
                w["ปิดเรื่องโดยไม่ดำเนินการต่อ งานที่เปิดอยู่จบทั้งหมด", "The case ends; whatever is open is not done any more."],
                w["ยกเลิกเรื่องแล้ว", "The case is cancelled."], gone, true, "outline danger"),
            "messages" => new(
                act, w["หนังสือที่รอมาถึงแล้ว", "What was waited for has come"],
                w["บันทึกว่าหนังสือหรือข้อมูลจากภายนอกที่เรื่องนี้รอมาถึงแล้ว เรื่องจะดำเนินต่อ",
                    "Note that the letter or the data from outside that the case waits for has come: it goes on."],
                w["บันทึกแล้ว เรื่องดำเนินต่อ", "It is noted; the case goes on."],
                w["แก้ข้อมูลของเรื่องภายหลังได้", "The data of the case can be corrected afterwards."], false, ""),
            "suspend" => new(
                act, w["ระงับเรื่องไว้ชั่วคราว", "Suspend the case"],
                w["หยุดทุกงานและทุกกำหนดเวลาไว้ก่อน", "All work and all limits stand still."],
                w["ระงับเรื่องแล้ว กำหนดเวลาหยุดนับ", "The case is suspended; its limits stand still."],
                w["สั่งให้เรื่องดำเนินต่อได้ทุกเมื่อ เวลาที่หยุดไปไม่นับ", "You can resume it at any time; the pause is not counted."],
                true, ""),
            "resume" => new(
                act, w["ให้เรื่องดำเนินต่อ", "Resume the case"],
                w["เลิกระงับ งานและกำหนดเวลานับต่อ", "Work and limits go on."],
                w["เรื่องดำเนินต่อแล้ว", "The case goes on."],
                w["ระงับอีกครั้งได้ทุกเมื่อ", "You can suspend it again at any time."], false, ""),
            "reopen" => new(
                act, w["เปิดเรื่องใหม่", "Open the case again"],
                w["เรื่องที่สิ้นสุดแล้วดำเนินต่อที่ขั้นตอนที่เลือก", "The ended case goes on at a step."],
                w["เปิดเรื่องใหม่แล้ว", "The case is open again."],
                w["ยกเลิกเรื่องได้อีก", "The case can be cancelled again."], true, ""),
            "priority" => new(
                act, w["เปลี่ยนชั้นความเร็ว", "Change the urgency"],
                w["เรื่องด่วนขึ้นก่อนในงานของทุกคน", "What is urgent stands first in everybody's work."],
                w["เปลี่ยนชั้นความเร็วแล้ว", "The urgency is changed."],
                w["เปลี่ยนกลับได้ทุกเมื่อ", "You can change it back at any time."], false, ""),
            "extend" => new(
                act, w["ขยายเวลา", "Extend a limit"],
                w["เลื่อนกำหนดของขั้นตอน หรือของทั้งเรื่อง ออกไป", "The due date of a step, or of the whole, is put off."],
                w["ขยายเวลาแล้ว", "The limit is extended."],
                w["กำหนดเดิมและกำหนดใหม่อยู่ในประวัติ", "Both dates stand in the history."], true, ""),
            "confirm" => new(
                act, w["ยืนยันกำหนดเวลา", "Confirm a limit"],
                w["ให้นับกำหนดที่เลื่อนไปอยู่ในอดีตเพราะปฏิทินเปลี่ยน", "A due date counts that the calendar moved into the past."],
                w["ยืนยันกำหนดเวลาแล้ว", "The limit is confirmed."],
                w["ขยายเวลาภายหลังได้", "The limit can be extended afterwards."], false, ""),
            "variables" => new(
                act, w["แก้ไขข้อมูลของเรื่อง", "Correct the data"],
                w["เช่น วันจัดงานหรือกำหนดจากภายนอก กำหนดเวลาที่อิงข้อมูลนั้นเลื่อนตาม", "Limits that rest on a changed date follow it."],
                w["แก้ไขข้อมูลแล้ว", "The data are corrected."],
                w["แก้ไขใหม่ได้ ค่าเดิมอยู่ในประวัติ", "The data can be corrected again."],
                false, ""),
            "move" => new(
                act, w["ย้ายเรื่องไปขั้นตอนอื่น", "Move to another step"],
                w["แก้ความผิดพลาด: งานที่เปิดอยู่จบ เรื่องไปต่อที่ขั้นตอนที่เลือก",
                    "To put a mistake right: open work ends, the case goes on there."],
                w["ย้ายเรื่องแล้ว", "The case is moved."],
                w["ย้ายใหม่ได้", "The case can be moved again."], true, ""),
            "migrate" => new(
                act, w["ย้ายไปใช้กระบวนงานรุ่นอื่น", "Go by another version"],
                w["เฉพาะเรื่องนี้ งานที่เปิดอยู่ไม่เปลี่ยนผู้ทำและกำหนด", "This case alone; open work keeps its people and limits."],
                w["ย้ายรุ่นแล้ว", "The case goes by the other version."],
                w["ย้ายกลับได้ถ้าขั้นตอนยังตรงกัน", "It can be moved back where the steps fit."],
                true, ""),
            _ => throw UnknownKind.Of(act),
        };
    }

    /// <summary>Whether it can be taken back, and what there is afterwards.</summary>
    public string Undone(Words w, bool canBeTakenBack)
    {
        ArgumentNullException.ThrowIfNull(w);
        var seconds = (int)Undoing.Within.TotalSeconds;
        return (canBeTakenBack, Name) switch
        {
            (true, _) => w[
                $"เลิกทำได้ภายใน {seconds} วินาที ถ้ายังไม่มีใครดำเนินการต่อ หลังจากนั้น: {WayBack}",
                $"It can be taken back within {seconds} seconds, if nobody has gone on from it. After that: {WayBack}"],
            (_, "suspend" or "resume" or "priority") => WayBack,
            _ => w[$"เลิกทำไม่ได้ {WayBack}", $"It cannot be undone. {WayBack}"],
        };
    }
}
