using ProcessEngine.Core;

namespace ProcessEngine.Service.Notifications;

/// <summary>What gave a copy of the database away.</summary>
public static class HoldWords
{
    public static LocalizedText Of(string reason) => reason switch
    {
        "copy" => new("เป็นสำเนาสำรอง", "it is marked as a backup"),
        "elsewhere" => new("ไม่ได้อยู่ที่เดิม", "it is not where it was"),
        "older" => new("เก่ากว่าที่เคยส่งออกไปแล้ว", "it is older than what was sent"),
        _ => throw UnknownKind.Of(reason),
    };
}

/// <summary>What a notice says. Neither names nor titles: it may lie in somebody's mailbox.</summary>
public static class NoticeWords
{
    public static LocalizedText Of(string kind) => kind switch
    {
        NoticeKinds.TaskOpened => new("งานใหม่ถึงท่าน", "New work for you"),
        NoticeKinds.WorkRejected => new("ไม่ได้รับความเห็นชอบ งานกลับมาที่ท่าน", "It was rejected; the work is yours again"),
        NoticeKinds.WorkSentBack => new("มีงานส่งกลับให้แก้ไข", "Work was sent back to be corrected"),
        NoticeKinds.TaskReassigned => new("มีผู้มอบงานให้ท่าน", "Somebody gave you a task"),
        NoticeKinds.TaskReturned =>
            new("มีงานกลับมารอผู้รับ ผู้ที่รับไว้พ้นจากหน้าที่", "A task waits again: whoever had taken it has left"),
        NoticeKinds.QuestionSettled =>
            new("ผู้ขอตอบคำถามแล้ว หรือหมดเวลารอคำตอบ งานของท่านไปต่อได้", "The requester has answered, or had time to: your task goes on"),
        NoticeKinds.Mentioned => new("มีผู้กล่าวถึงท่านในความเห็น", "Somebody mentioned you in a comment"),
        NoticeKinds.TaskReminder => new("งานใกล้ครบกำหนด", "A task is due soon"),
        NoticeKinds.TaskOverdue => new("งานเกินกำหนด", "A task is overdue"),
        NoticeKinds.TaskEscalated => new("มีงานเกินกำหนดที่ท่านควรเร่งรัด", "A task is overdue that you oversee"),
        NoticeKinds.DeadlineMoved => new("กำหนดเสร็จเลื่อน", "A due date moved"),
        NoticeKinds.DeadlineToConfirm => new("มีกำหนดเวลาที่รอท่านยืนยัน", "A due date waits for your confirmation"),
        NoticeKinds.Incident => new("มีเรื่องติดขัด ต้องแก้ไข", "A case is stuck"),
        NoticeKinds.InstanceCompleted => new("เรื่องที่ท่านเริ่มเสร็จสิ้นแล้ว", "A case that you started is complete"),
        NoticeKinds.InstanceCancelled => new("เรื่องที่ท่านเริ่มถูกยกเลิก", "A case that you started was cancelled"),
        NoticeKinds.InstanceSuspended => new("เรื่องที่ท่านเริ่มถูกระงับ", "A case that you started was suspended"),
        AccountNotices.PasswordSet => new("มีผู้ตั้งรหัสผ่านใหม่ให้บัญชีของท่าน", "Somebody set a new password for your account"),
        AccountNotices.SecondFactorReset =>
            new("มีผู้เลิกการยืนยันสองขั้นของบัญชีท่าน", "Somebody took the second factor off your account"),
        AccountNotices.RolesSet => new("มีผู้เปลี่ยนบทบาทของท่าน", "Somebody changed your roles"),
        AccountNotices.KeyRevoked => new("มีผู้ยกเลิกคีย์ของท่าน", "Somebody revoked a key of yours"),
        AccountNotices.JoiningAsked => new("มีสำนักงานขอให้ร่วมงาน รอคำตอบ", "An office asks for somebody; it waits for an answer"),
        AccountNotices.JoiningDecided => new("คำขอร่วมงานกับสำนักงานได้คำตอบแล้ว", "A request to join an office was answered"),
        AccountNotices.IdentityLinked =>
            new("บัญชีของท่านเชื่อมกับผู้ให้บริการลงชื่อเข้าใช้แล้ว", "Your account was linked to a sign-in provider"),
        AccountNotices.WorkSetAside =>
            new("มีงานที่ระบบทำไม่สำเร็จ รอท่านแก้ไขแล้วสั่งให้ลองใหม่", "A job gave up something: put it right and have it tried again"),
        AccountNotices.MailTest => new("ข้อความทดสอบ", "A test message"),
        _ => throw UnknownKind.Of(kind),
    };
}
