using ProcessEngine.Core;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>What procedures are about, so that a hundred of several manuals can be looked through.</summary>
public static class ProcedureTopics
{
    /// <summary>In the order of the page. A procedure belongs to the first of which its name has a word.</summary>
    static readonly (LocalizedText Topic, string[] Words)[] Known =
    [
        Of("แผนและการพัฒนาบุคลากร", "Plans and training", "แผนแม่บท", "พัฒนาบุคลากร", "ฝึกอบรม"),
        Of(
            "ธุรการและการประชุม", "Office work and meetings", "ธุรการ", "สารบรรณ", "เสนอหนังสือ", "หนังสือราชการ", "การประชุม",
            "ประชาสัมพันธ์ของกลุ่ม"),
        Of(
            "สื่อ โสตทัศน์ และการเรียนรู้ทางไกล", "Media and distance learning", "สื่อ นวัตกรรม", "สื่อนวัตกรรม", "พัฒนาสื่อ", "ทางไกล",
            "ถ่ายทอดสด", "โสตทัศนูปกรณ์", "งานศิลป์", "วัสดุอุปกรณ์", "จัดการเรียนรู้ผ่าน"),
        Of("ความปลอดภัยของข้อมูล", "Security of data", "ความปลอดภัย"),
        Of("เว็บไซต์และโปรแกรม", "Web sites and programs", "เว็บไซต์", "โปรแกรมประยุกต์", "ประยุกต์ใช้ ICT"),
        Of("คอมพิวเตอร์และเครือข่าย", "Computers and networks", "คอมพิวเตอร์", "โทรคมนาคม"),
        Of("ข้อมูลและสารสนเทศ", "Data and information", "สารสนเทศ", "ข้อมูล", "ดิจิทัล"),
    ];

    static readonly LocalizedText Others = new("อื่น ๆ", "Others");

    public static IReadOnlyList<LocalizedText> All { get; } = [.. Known.Select(k => k.Topic), Others];

    /// <param name="said">The topic as the definition calls it itself; empty when it says nothing.</param>
    public static LocalizedText Of(string name, string said)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(said);
        return said.Length > 0
            ? All.FirstOrDefault(t => t.Th == said) ?? new LocalizedText(said, said)
            : Known.FirstOrDefault(k => k.Words.Any(word => SearchText.Holds(name, word))).Topic ?? Others;
    }

    static (LocalizedText, string[]) Of(string th, string en, params string[] words) => (new LocalizedText(th, en), words);
}
