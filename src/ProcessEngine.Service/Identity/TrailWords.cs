using ProcessEngine.Core;

namespace ProcessEngine.Service.Identity;

/// <summary>What an event of the trail of the administration says to people.</summary>
public static class TrailWords
{
    /// <summary>Every action that is recorded. A new one needs a word here; a test walks them.</summary>
    public static IReadOnlyDictionary<string, LocalizedText> All { get; } = new Dictionary<string, LocalizedText>
    {
        ["office-created"] = new("สร้างสำนักงาน", "Office created"),
        ["office-renamed"] = new("เปลี่ยนชื่อสำนักงาน", "Office renamed"),
        ["groups-set"] = new("เปลี่ยนกลุ่มของสำนักงาน", "Groups changed"),
        ["paper-set"] = new("ตั้งค่าหนังสือของสำนักงาน", "Papers set"),
        ["user-changed"] = new("แก้ข้อมูลบุคคล", "Details of a person changed"),
        ["first-link-made"] = new("พิมพ์ลิงก์ตั้งผู้ดูแลระบบคนแรก", "Link for the first administrator printed"),
        ["link-made"] = new("สร้างลิงก์ตั้งรหัสผ่าน", "Link to choose a password made"),
        ["mail-tested"] = new("ส่งอีเมลทดสอบ", "Test message sent"),
        ["user-created"] = new("เพิ่มผู้ใช้", "Account created"),
        ["user-deactivated"] = new("ปิดบัญชี", "Account closed"),
        ["user-reactivated"] = new("เปิดบัญชีอีกครั้ง", "Account opened again"),
        ["roles-set"] = new("เปลี่ยนบทบาท", "Roles changed"),
        ["auditor-term-set"] = new("กำหนดระยะเวลาของผู้ตรวจสอบ", "Term of an auditor set"),
        ["joining-asked"] = new("ขอให้ร่วมงานกับสำนักงาน", "Asked to join the office"),
        ["joining-accepted"] = new("ตกลงร่วมงานกับสำนักงาน", "Joining agreed"),
        ["joining-declined"] = new("ไม่ตกลงร่วมงานกับสำนักงาน", "Joining declined"),
        ["key-made"] = new("สร้างคีย์", "Key made"),
        ["key-revoked"] = new("ยกเลิกคีย์", "Key revoked"),
        ["password-set"] = new("ตั้งรหัสผ่านให้", "Password set"),
        ["password-changed"] = new("เปลี่ยนรหัสผ่านของตนเอง", "Own password changed"),
        ["second-factor-put-on"] = new("เปิดใช้การยืนยันสองขั้น", "Second factor put on"),
        ["second-factor-taken-off"] = new("เลิกใช้การยืนยันสองขั้น", "Second factor taken off"),
        ["second-factor-reset"] = new("เลิกการยืนยันสองขั้นให้ผู้อื่น", "Another's second factor taken off"),
        ["identity-linked"] = new("เชื่อมบัญชีกับผู้ให้บริการลงชื่อเข้าใช้", "Linked to a sign-in provider"),
        ["identity-unlinked"] = new("เลิกเชื่อมบัญชีกับผู้ให้บริการลงชื่อเข้าใช้", "Unlinked from a sign-in provider"),
        ["post-names-set"] = new("ตั้งชื่อตำแหน่งของสำนักงาน", "Names of posts set"),
        ["stand-ins-set"] = new("กำหนดผู้ทำแทนตำแหน่ง", "Stand-ins set"),
        ["responsibilities-set"] = new("กำหนดผู้รับผิดชอบ", "Responsibilities set"),
        ["definition-published"] = new("เผยแพร่กระบวนงาน", "Procedure published"),
        ["draft-approved"] = new("สอบทานฉบับร่างของกระบวนงาน", "Draft of a procedure approved"),
        ["requests-set"] = new("กำหนดการรับคำขอจากภายนอก", "Requests from outside set"),
        ["publishing-set"] = new("กำหนดการสอบทานก่อนเผยแพร่", "Review before publishing set"),
        ["draft-discarded"] = new("ยกเลิกฉบับร่างของกระบวนงาน", "Draft of a procedure discarded"),
        ["versions-retired"] = new("เลิกใช้กระบวนงานรุ่นของสำนักงาน", "The office's own versions out of use"),
        ["versions-restored"] = new("นำกระบวนงานรุ่นของสำนักงานกลับมาใช้", "The office's own versions in use again"),
        ["report-exported"] = new("ดาวน์โหลดรายงาน", "Report taken away"),
        ["personal-data-searched"] = new("ค้นข้อมูลส่วนบุคคลในเรื่อง", "Personal data searched for in cases"),
        ["redaction-asked"] = new("ขอลบข้อมูลส่วนบุคคล", "Personal data asked to be taken out"),
        ["redaction-done"] = new("ยืนยันและลบข้อมูลส่วนบุคคล", "Personal data taken out"),
        ["redaction-refused"] = new("ไม่อนุมัติให้ลบข้อมูลส่วนบุคคล", "Taking out personal data refused"),
        ["person-figures-read"] = new("ดูตัวเลขรายบุคคล", "Figures by person looked at"),
        ["order-registered"] = new("บันทึกคำสั่ง", "Order registered"),
        ["order-revoked"] = new("ยกเลิกคำสั่ง", "Order revoked"),
        ["step-deadline-set"] = new("กำหนดเวลาของขั้นตอน", "Limit of a step set"),
        ["step-deadline-removed"] = new("ยกเลิกกำหนดเวลาของขั้นตอน", "Limit of a step removed"),
        ["recurrence-set"] = new("กำหนดเรื่องที่เริ่มเอง", "Recurrence set"),
        ["recurrence-removed"] = new("ยกเลิกเรื่องที่เริ่มเอง", "Recurrence removed"),
        ["set-aside-retried"] = new("สั่งให้ลองสิ่งที่ทำไม่สำเร็จใหม่", "What jobs gave up, tried again"),
        ["clock-confirmed"] = new("ยืนยันวันที่ของระบบ", "Date of the service confirmed"),
        ["sending-released"] = new("ปล่อยให้ส่งอีเมลและเว็บฮุก", "Mail and webhooks released"),
    };

    public static LocalizedText Of(string action) => All.GetValueOrDefault(action) ?? new(action, action);
}
