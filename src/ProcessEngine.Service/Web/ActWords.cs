using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>What an act is called on its button, and what is said after it.</summary>
/// <param name="Name">As the API has it; of a vote with what is voted.</param>
/// <param name="NeedsReason">The page says so before the core does.</param>
public sealed record ActWords(string Name, string Label, string Done, bool NeedsReason, string Look)
{
    public static ActWords Of(Words w, string act, StepType type)
    {
        ArgumentNullException.ThrowIfNull(w);
        return act switch
        {
            "approve" => new(act, w["เห็นชอบ", "Approve"], w["บันทึกแล้ว: เห็นชอบ", "Stored: approved"], false, ""),
            "vote.approve" => new(act, w["ลงมติเห็นชอบ", "Vote for"], w["บันทึกมติแล้ว: เห็นชอบ", "Vote stored: for"], false, ""),
            "vote.reject" =>
                new(
                    act, w["ลงมติไม่เห็นชอบ", "Vote against"], w["บันทึกมติแล้ว: ไม่เห็นชอบ", "Vote stored: against"], true,
                    "outline danger"),
            "vote.abstain" =>
                new(act, w["งดออกเสียง", "Abstain"], w["บันทึกมติแล้ว: งดออกเสียง", "Vote stored: abstained"], false, "secondary outline"),
            "reject" => new(act, w["ไม่เห็นชอบ", "Reject"], w["บันทึกแล้ว: ไม่เห็นชอบ", "Stored: rejected"], true, "outline danger"),
            "return" => new(act, w["ส่งกลับแก้ไข", "Return"], w["บันทึกแล้ว: ส่งกลับแก้ไข", "Stored: returned"], true, "secondary outline"),
            "fail" => new(
                act,
                w["ทำด้วยวิธีนี้ไม่สำเร็จ", "It cannot be done this way"],
                w["บันทึกแล้ว: ทำด้วยวิธีนี้ไม่สำเร็จ", "Stored: it could not be done this way"],
                true,
                "secondary outline"),
            "complete" => Complete(w, type),
            "claim" => new(act, w["รับงานนี้", "Take this task"], w["ท่านรับงานนี้แล้ว", "The task is yours."], false, "secondary"),
            "release" => new(
                act,
                w["คืนงาน", "Give it back"],
                w["คืนงานแล้ว ผู้มีหน้าที่คนอื่นรับได้", "Given back: others of the role can take it."],
                false,
                "secondary outline"),
            "pause" => new(
                act,
                w["หยุดรอบุคคลภายนอก", "Wait for an outsider"],
                w["หยุดรอแล้ว เวลาหยุดนับ", "It waits; the clock stands still."],
                true,
                "secondary outline"),
            "continue" =>
                new(act, w["ดำเนินการต่อ", "Go on"], w["ดำเนินการต่อแล้ว เวลานับต่อ", "It goes on; the clock runs again."], false, ""),
            "reassign" => new(act, w["มอบงานให้", "Give it to"], w["มอบงานแล้ว", "Given to somebody else."], false, "secondary outline"),
            "comments" => new(act, w["ส่งความเห็น", "Comment"], w["บันทึกความเห็นแล้ว", "Your comment is stored."], false, "secondary"),
            _ => throw UnknownKind.Of(act),
        };
    }

    static ActWords Complete(Words w, StepType type) => type switch
    {
        StepType.Acknowledge =>
            new("complete", w["รับทราบ", "Take note"], w["บันทึกแล้ว: รับทราบ", "Stored: taken note of"], false, ""),
        StepType.Task or StepType.Approval =>
            new("complete", w["ดำเนินการเสร็จแล้ว", "Done"], w["บันทึกแล้ว: ดำเนินการเสร็จ", "Stored: done"], false, ""),
    };
}
