using System.Text.Json;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>
/// Settings of Studio's that nothing here goes by. Whoever sets one means something by it, so they are told before it is published that it
/// would do nothing.
/// </summary>
static class NoEffect
{
    static readonly (string List, string Th, string En)[] Lists =
    [
        ("inputs", "ข้อมูลเข้า (Inputs)", "inputs"), ("outputs", "ข้อมูลออก (Outputs)", "outputs"),
        ("outcomes", "ผลลัพธ์ของกระบวนงาน (Outcomes)", "outcomes"),
    ];

    public static IEnumerable<Finding> In(JsonElement file)
    {
        foreach (var (list, th, en) in Lists)
        {
            if (ElsaFields.Items(file, list).Any())
                yield return Told(null, th, en, "ให้ลบออก และใช้ตัวแปร (Variables) แทน", "take them away, and use variables");
        }

        if (IsTrue(ElsaFields.Object(file, "options"), "usableAsActivity"))
            yield return Told(null, "ใช้เป็นกิจกรรมได้ (Usable as activity)", "“usable as activity”", "ให้ปิด", "switch it off");
        foreach (var activity in ElsaFields.Items(ElsaFields.Object(file, "root"), "activities"))
        {
            var id = ElsaFields.Object(activity, "id") is { ValueKind: JsonValueKind.String } given ? given.GetString() : null;
            var custom = ElsaFields.Object(activity, "customProperties");
            if (IsTrue(custom, "runAsynchronously"))
                yield return Told(id, "ทำงานเบื้องหลัง (Run asynchronously)", "“run asynchronously”", "ให้ปิด", "switch it off");
            if (IsGiven(custom, "mergeMode") || IsGiven(activity, "mergeMode"))
            {
                yield return Told(
                    id, "วิธีรวมทาง (Merge mode)", "the merge mode", "ให้ใช้กิจกรรม “รอครบทุกทาง” แทน", "use a join in its place");
            }
        }
    }

    static Finding Told(string? id, string th, string en, string mendTh, string mendEn) => new(
        id, "no-effect", new($"การตั้งค่า {th} ไม่มีผลในระบบนี้ {mendTh}", $"The setting {en} has no effect here: {mendEn}."));

    static bool IsTrue(JsonElement of, string name) => ElsaFields.Object(of, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.String } text => bool.TryParse(text.GetString(), out var yes) && yes,
        _ => false,
    };

    static bool IsGiven(JsonElement of, string name) =>
        ElsaFields.Object(of, name) is { ValueKind: JsonValueKind.String } text
            && text.GetString() is { Length: > 0 } and not "None";
}
