using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>What the table lets a procedure say to people outside; see processes/README.md.</summary>
static class PublicFields
{
    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("publicOpen", SettingKind.Flag, SettingGroup.Shown,
            new("เปิดรับคำขอจากภายนอก เมื่อสำนักงานเปิดรับ", "Open to requests from outside, where the office takes them"), []),
        new("publicName", SettingKind.Text, SettingGroup.Shown, new("ชื่อบริการที่ผู้ขอเห็น", "What those who ask see it called"), []),
        new("publicNameEn", SettingKind.Text, SettingGroup.Shown, new("ชื่อบริการ ภาษาอังกฤษ", "The same in English"), []),
        new("publicWho", SettingKind.Text, SettingGroup.Shown, new("ผู้ขอได้", "Who may ask"), [])
        {
            Help = new("ว่าง: ทุกคน", "Empty: everybody"),
        },
        new("publicWhoEn", SettingKind.Text, SettingGroup.Shown, new("ผู้ขอได้ ภาษาอังกฤษ", "The same in English"), []),
        new("publicNeeds", SettingKind.LongText, SettingGroup.Shown, new("สิ่งที่ผู้ขอต้องเตรียม", "What those who ask need"), []),
        new("publicNeedsEn", SettingKind.LongText, SettingGroup.Shown,
            new("สิ่งที่ผู้ขอต้องเตรียม ภาษาอังกฤษ", "The same in English"), []),
        new("publicPurpose", SettingKind.LongText, SettingGroup.Shown,
            new("วัตถุประสงค์ของการเก็บข้อมูลส่วนบุคคล", "What personal data is kept for"), []),
        new("publicPurposeEn", SettingKind.LongText, SettingGroup.Shown,
            new("วัตถุประสงค์ ภาษาอังกฤษ", "The same in English"), []),
        new("publicForm", SettingKind.Text, SettingGroup.Shown, new("แบบฟอร์มคำขอ (รหัส)", "The form (its id)"), [])
        {
            Help = new("รหัสของแบบฟอร์มกลาง เช่น repair-notice", "The id of a shared form, such as repair-notice"),
        },
        new("publicRatingForm", SettingKind.Text, SettingGroup.Shown,
            new("แบบประเมินหลังเรื่องเสร็จ (รหัส)", "The form to rate it by (its id)"), [])
        {
            Help = new("ว่าง: ไม่ถาม", "Empty: none"),
        },
        new("publicKeepDays", SettingKind.Number, SettingGroup.Shown,
            new("เก็บข้อมูลผู้ขอหลังเรื่องเสร็จ (วัน)", "Days after the end for which the requester is known"), [])
        {
            Help = new($"ว่าง: {PublicService.DefaultKeepDays}", $"Empty: {PublicService.DefaultKeepDays}"),
        },
        new("publicWaitStopsTime", SettingKind.Flag, SettingGroup.Shown,
            new("หยุดนับเวลาของทั้งเรื่องระหว่างรอคำตอบของผู้ขอ", "The limit of the whole stands still while an answer is waited for"), [])
        {
            Absent = true,
        },
        new("publicSteps", SettingKind.Steps, SettingGroup.Shown, new("ขั้นตอนที่ผู้ขอเห็น", "Steps that those who ask are told"), [])
        {
            Help = new("เห็นเฉพาะชื่อขั้นตอนและวันที่ ไม่เห็นชื่อคนและความเห็น", "By name and date; not who did them, nor any comment"),
        },
    ];
}
