using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Web;

/// <summary>Where on the page of the table a finding is put right.</summary>
/// <param name="Place">The part of the form of its row, or of the page.</param>
/// <param name="OfTheWhole">It is not in the row: the data, or the head.</param>
public sealed record TableMends(LocalizedText Text, string Place, bool OfTheWhole = false)
{
    /// <returns>Null where the table has nothing to offer.</returns>
    public static TableMends? Of(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Code switch
        {
            "unconnected-port" or "unknown-target" or "ambiguous-port" or "unknown-port" or "no-branches" or "duplicate-branch"
                or "never-entered" or "no-way-to-end" or "syntax" or "type-mismatch" or "not-a-condition" or "unknown-return-target" =>
                new(new("เลือกทางไปต่อ", "Choose where it goes on"), "ways"),
            "unknown-variable" or "wrong-variable-type" or "unknown-source" =>
                new(new("เพิ่มหรือแก้ข้อมูลของเรื่อง", "Add or change the data of the case"), "data", true),
            "unknown-role" or "invalid-assignment" => new(new("เลือกผู้ปฏิบัติ", "Choose who does it"), "who"),
            "invalid-deadline" or "no-event" or "unknown-shared-clock" or "two-clocks" or "no-deadline" or "invalid-escalation" =>
                new(new("แก้เวลา", "Put the time right"), "time"),
            "invalid-timer" => new(new("แก้ทางออกตามเวลา", "Put the way out by time right"), "timers"),
            "unknown-form" or "too-many-forms" or "form-field-twice" or "invalid-form" or "two-forms" =>
                new(new("เลือกแบบฟอร์ม", "Choose the form"), "forms"),
            "no-message" or "no-process" or "unknown-process" or "missing-message" or "missing-definitionKey" =>
                new(new("กรอกให้ครบ", "Fill it in"), "itself"),
            "invalid-percent" => new(new("แก้การทำซ้ำ", "Put the repetition right"), "repeated"),
            _ => null,
        };
    }
}
