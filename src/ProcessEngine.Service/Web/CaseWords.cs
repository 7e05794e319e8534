using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>States of cases and endings of tasks, in words.</summary>
public static class CaseWords
{
    public static (string Text, string Tone) Status(Words w, string status)
    {
        ArgumentNullException.ThrowIfNull(w);
        return status switch
        {
            "running" => (w["กำลังดำเนินการ", "Running"], ""),
            "suspended" => (w["ระงับไว้", "Suspended"], "warn"),
            "completed" => (w["เสร็จสิ้น", "Complete"], "good"),
            "cancelled" => (w["ยกเลิก", "Cancelled"], "bad"),
            _ => throw UnknownKind.Of(status),
        };
    }

    public static string Outcome(Words w, string? outcome)
    {
        ArgumentNullException.ThrowIfNull(w);
        return outcome switch
        {
            TaskOutcomes.Completed => w["เสร็จแล้ว", "done"],
            TaskOutcomes.Approved => w["เห็นชอบ", "approved"],
            TaskOutcomes.Rejected => w["ไม่เห็นชอบ", "rejected"],
            TaskOutcomes.Returned => w["ส่งกลับ", "returned"],
            TaskOutcomes.Failed => w["ทำไม่สำเร็จ", "failed"],
            TaskOutcomes.Voted => w["ลงมติแล้ว", "voted"],
            TaskOutcomes.TimedOut => w["หมดเวลารอ", "timed out"],
            TaskOutcomes.Cancelled => w["ไม่ต้องทำแล้ว", "not needed"],
            null => w["กำลังทำ", "open"],
            _ => throw UnknownKind.Of(outcome),
        };
    }
}
