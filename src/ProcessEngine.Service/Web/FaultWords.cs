using ProcessEngine.Core;

namespace ProcessEngine.Service.Web;

/// <summary>What is wrong with the record, in words.</summary>
public static class FaultWords
{
    public static IReadOnlyDictionary<string, LocalizedText> All { get; } = new Dictionary<string, LocalizedText>(StringComparer.Ordinal)
    {
        ["changed"] = new("เหตุการณ์ถูกแก้ไข", "an event was changed"),
        ["missing"] = new("เหตุการณ์หายไป", "an event is missing"),
        ["added"] = new("มีเหตุการณ์ที่แทรกเข้ามา", "an event was put in"),
        ["cut-off"] = new("เหตุการณ์ท้ายถูกตัดออก", "the last events were cut off"),
        ["rewritten"] = new("เขียนใหม่ทั้งสายตั้งแต่เหตุการณ์นี้", "the history was written anew from here on"),
        ["removed"] = new("เรื่องถูกลบทั้งเรื่อง", "the whole case was removed"),
        ["snapshot"] = new("สถานะของเรื่องไม่ตรงกับเหตุการณ์", "what the case shows is not what happened"),
        ["anchor-missing"] = new("ตราประทับหายไป", "an anchor is missing"),
        ["anchor-changed"] = new("ตราประทับไม่ตรงกับที่ประทับไว้", "an anchor is not what was sealed"),
        ["anchor-signature"] = new("ลายมือชื่อของตราประทับไม่ถูกต้อง", "the signature of an anchor is wrong"),
        ["anchor-key"] = new("ตราประทับลงลายมือชื่อด้วยกุญแจที่ไม่รู้จัก", "an anchor is signed with an unknown key"),
        ["trail-changed"] = new("บันทึกการดูแลระบบถูกแก้ไข", "the trail of the administration was changed"),
        ["trail-missing"] = new("บันทึกการดูแลระบบหายไปบางรายการ", "the trail of the administration lacks an entry"),
        ["trail-added"] = new("บันทึกการดูแลระบบมีรายการแทรก", "an entry was put into the trail of the administration"),
        ["trail-cut-off"] = new("บันทึกการดูแลระบบถูกตัดท้าย", "the end of the trail of the administration was cut off"),
        ["trail-rewritten"] = new(
            "บันทึกการดูแลระบบไม่ตรงกับที่ประทับไว้", "the trail of the administration is not what was sealed"),
    };

    /// <summary>An unknown one is shown as it stands.</summary>
    public static LocalizedText Of(string reason) => All.TryGetValue(reason, out var words) ? words : new(reason, reason);
}
