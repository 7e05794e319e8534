using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
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

    /// <summary>The ways in which cases end that lists offer to look for; a definition may say others.</summary>
    public static readonly string[] Ends =
        [CaseOutcomes.Completed, "solved", "handed-over", CaseOutcomes.Cancelled, CaseOutcomes.Withdrawn];

    /// <summary>How a case ended.</summary>
    /// <param name="definition">Whose end it reached; null where it is not at hand.</param>
    public static string Ended(Words w, string outcome, ProcessDefinition? definition)
    {
        ArgumentNullException.ThrowIfNull(w);
        return outcome switch
        {
            CaseOutcomes.Completed => w["เสร็จสิ้น", "Complete"],
            CaseOutcomes.Cancelled => w["ยกเลิก", "Cancelled"],
            CaseOutcomes.Withdrawn => w["ผู้เริ่มเรื่องถอนเรื่อง", "Withdrawn by who started it"],
            "solved" => w["แก้ปัญหาได้แล้ว", "Solved"],
            "handed-over" => w["ส่งต่อแล้ว", "Handed over"],
            _ when definition?.Nodes.OfType<EndNode>().FirstOrDefault(end => end.Outcome == outcome)?.Name is { } name => w[name],
            _ => outcome,
        };
    }

    /// <summary>That a case came to its end, and to which, as a sentence without its stop.</summary>
    public static string Completed(Words w, string? outcome, ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(w);
        return outcome is null or CaseOutcomes.Completed
            ? w["เรื่องเสร็จสิ้น", "The case is complete"]
            : w["เรื่องสิ้นสุด: ", "The case has ended: "] + Ended(w, outcome, definition);
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
