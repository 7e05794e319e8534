using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// What an entry of the trail of the administration holds besides its sentence, as a person would say it. What only a program needs (ids)
/// stays in the trail and out of the page.
/// </summary>
public static class TrailDetails
{
    /// <summary>Every property that an entry may have, and every word in one that is not somebody's own; a test walks them.</summary>
    static readonly Dictionary<string, LocalizedText> Known = new(StringComparer.Ordinal)
    {
        ["before"] = new("เดิม", "Before"),
        ["after"] = new("ใหม่", "After"),
        ["th"] = new("ไทย", "Thai"),
        ["en"] = new("อังกฤษ", "English"),
        ["userName"] = new("ชื่อผู้ใช้", "User name"),
        ["roles"] = new("บทบาท", "Roles"),
        ["role"] = new("ตำแหน่ง", "Post"),
        ["kind"] = new("ชนิด", "Kind"),
        ["number"] = new("เลขที่", "Number"),
        ["label"] = new("ชื่อคีย์", "Name of the key"),
        ["expiresAt"] = new("ใช้ได้ถึง", "Until"),
        ["from"] = new("ตั้งแต่", "From"),
        ["until"] = new("ถึง", "Until"),
        ["details"] = new("ข้อมูล", "Details"),
        ["post"] = new("ตำแหน่ง", "Post"),
        ["level"] = new("ระดับ", "Level"),
        ["group"] = new("กลุ่ม", "Group"),
        ["telephone"] = new("โทรศัพท์", "Telephone"),
        ["columns"] = new("ช่องที่แก้", "Columns"),
        ["imported"] = new("นำเข้าจากรายชื่อ", "From a list"),
        ["withKey"] = new("พร้อมคีย์", "With a key"),
        ["code"] = new("รหัส", "Code"),
        ["name"] = new("ชื่อ", "Name"),
        ["province"] = new("จังหวัด", "Province"),
        ["names"] = new("ชื่อตำแหน่ง", "Names of posts"),
        ["standIns"] = new("ผู้ทำแทน", "Stand-ins"),
        ["responsibilities"] = new("ผู้รับผิดชอบ", "Responsibilities"),
        ["field"] = new("เรื่อง", "Matter"),
        ["user"] = new("ผู้ใช้", "User"),
        ["definition"] = new("กระบวนงาน", "Procedure"),
        ["definitionKey"] = new("กระบวนงาน", "Procedure"),
        ["version"] = new("รุ่น", "Version"),
        ["step"] = new("ขั้นตอน", "Step"),
        ["rule"] = new("กติกา", "Rule"),
        ["n"] = new("จำนวน", "Number"),
        ["every"] = new("ทุก", "Every"),
        ["day"] = new("วันที่", "Day"),
        ["title"] = new("ชื่อเรื่อง", "Title"),
        ["address"] = new("ที่อยู่", "Address"),
        ["comment"] = new("เหตุผล", "Reason"),
        ["waiting"] = new("ที่รออยู่", "What waited"),
        ["job"] = new("งานเบื้องหลัง", "Job"),
        ["item"] = new("รายการ", "Item"),
        ["format"] = new("รูปแบบ", "Format"),
        ["fiscalYear"] = new("ปีงบประมาณ", "Fiscal year"),
        ["bookPattern"] = new("รูปแบบเลขที่หนังสือ", "Pattern of book numbers"),
        ["reviewRequired"] = new("ต้องมีผู้ตรวจก่อนเผยแพร่", "Second pair of eyes"),
        ["revision"] = new("ฉบับร่างครั้งที่", "Revision of the draft"),
        ["approvedBy"] = new("ผู้เห็นชอบ", "Approved by"),
        ["crest"] = new("ภาพหัวกระดาษ", "Picture at the head"),
        ["at"] = new("เครื่อง", "Machine"),
        ["person"] = new("บุคคล", "person"),
        ["service"] = new("โปรแกรม", "program"),
        ["acting"] = new("รักษาราชการแทน", "acting"),
        ["delegated"] = new("ปฏิบัติราชการแทน", "on behalf"),
        ["area"] = new("เขตพื้นที่การศึกษา (สพท.)", "education area"),
        ["primary"] = new("ประถมศึกษา (สพป.)", "primary"),
        ["secondary"] = new("มัธยมศึกษา (สพม.)", "secondary"),
        ["year"] = new("รายงานประจำปี", "year"),
        ["month"] = new("เดือน", "month"),
        ["date"] = new("ครั้งเดียว", "once"),
        ["fiscal_year"] = new("ปีงบประมาณ", "fiscal year"),
        ["working_days"] = new("วันทำการ", "working days"),
        ["calendar_days"] = new("วัน", "days"),
        ["working_minutes"] = new("นาทีทำการ", "working minutes"),
        ["drop"] = new("ไม่ส่ง", "dropped"),
        ["send"] = new("ส่งด้วย", "sent, too"),
        ["removed"] = new("เอาออก", "taken away"),
        ["Name"] = new("ชื่อ-สกุล", "Name"),
        ["Post"] = new("ตำแหน่ง", "Post"),
        ["Level"] = new("ระดับ", "Level"),
        ["Group"] = new("กลุ่ม", "Group"),
        ["Email"] = new("อีเมล", "E-mail"),
        ["Telephone"] = new("โทรศัพท์", "Telephone"),
        ["Roles"] = new("บทบาท", "Roles"),
    };

    /// <summary>A hash is as long as this; it says nothing to a reader.</summary>
    const int HashLength = 64;

    /// <summary>Whether a property has a word of its own.</summary>
    public static bool Names(string property) => Known.ContainsKey(property);

    /// <summary>One line for each thing that is said; none where only ids stand there.</summary>
    public static IReadOnlyList<(string Label, string Value)> Of(Words w, string office, JsonNode? detail)
    {
        ArgumentNullException.ThrowIfNull(w);
        return detail is JsonObject says
            ? [.. says.Select(p => (Label: WordOf(w, office, p.Key), Value: Say(w, office, p.Value))).Where(p => p.Value.Length > 0)]
            : [];
    }

    static string Say(Words w, string office, JsonNode? value) => value switch
    {
        JsonArray many => string.Join(", ", many.Select(one => Say(w, office, one)).Where(one => one.Length > 0)),
        JsonObject parts => string.Join(" · ", Of(w, office, parts).Select(p => $"{p.Label} {p.Value}")),
        JsonValue one => Plain(w, office, one),
        _ => "",
    };

    static string Plain(Words w, string office, JsonValue value)
    {
        if (value.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return value.GetValue<bool>() ? w["ใช่", "yes"] : w["ไม่ใช่", "no"];
        var text = value.ToString();
        if (Guid.TryParse(text, out _) || (text.Length == HashLength && text.All(char.IsAsciiHexDigit)))
            return "";
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return w.Date(date);
        return text.Length > 10 && DateTimeOffset.TryParseExact(
            text, ["O", "yyyy-MM-ddTHH:mm:ss.fffZ", "yyyy-MM-ddTHH:mm:ssZ"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var at) ? w.DateAndTime(at) : WordOf(w, office, text);
    }

    static string WordOf(Words w, string office, string word) => Roles.All.Contains(word) ? w.Post(office, word)
        : Known.TryGetValue(word, out var known) ? w[known]
        : word;
}
