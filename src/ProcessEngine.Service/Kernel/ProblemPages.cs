namespace ProcessEngine.Service.Kernel;

/// <summary><c>/problems/{type}</c>: where the <c>type</c> of a problem leads. The words stand in docs/http-api.md, too.</summary>
public static class ProblemPages
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/problems/{slug}", (string slug) => Catalogue.TryGetValue(slug, out var text)
            ? Results.Text($"{slug}\n\n{text.Th}\n\n{text.En}\n", "text/plain; charset=utf-8")
            : Problems.ForStatus(StatusCodes.Status404NotFound)).AllowAnonymous().ExcludeFromDescription();

    /// <summary>Every type of problem, and what to do about it.</summary>
    public static IReadOnlyDictionary<string, (string Th, string En)> Catalogue { get; } = new Dictionary<string, (string Th, string En)>
    {
        ["invalid-input"] = (
            "ข้อมูลที่ส่งมาไม่ถูกต้อง ดูรายการใน errors แล้วแก้ไขก่อนส่งใหม่",
            "The input is of the wrong shape. `errors` names every field at fault; correct them and send again."),
        ["bad-request"] = ("คำขอไม่ถูกต้อง", "The request cannot be read as HTTP."),
        ["not-signed-in"] = (
            "ต้องส่งกุญแจ API: Authorization: Bearer", "An API key is missing, unknown or revoked: Authorization: Bearer <key>."),
        ["forbidden"] = ("ไม่มีสิทธิ์", "The caller may not do this."),
        ["not-allowed"] = (
            "ไม่มีบทบาทที่ทำการนี้ได้ในสำนักงานนี้ ดู facts.needsOneOf",
            "The caller holds none of the roles that may do this in this office; `facts.needsOneOf` names them."),
        ["not-found"] = ("ไม่พบสิ่งที่ร้องขอ", "There is nothing at this address."),
        ["method-not-allowed"] = ("ไม่รองรับวิธีการเรียกนี้", "The address exists, but not for this method."),
        ["too-large"] = ("ข้อมูลใหญ่เกิน 1 MB (ไฟล์แนบไม่เกิน 20 MB)", "The body is larger than 1 MB; a file may have 20 MB."),
        ["unsupported-media-type"] = ("ต้องส่งเป็น application/json", "Send application/json."),
        ["unavailable"] = ("ระบบยังไม่พร้อม", "The service is not available; try again."),
        ["outcome-unknown"] = (
            "ฐานข้อมูลขาดการเชื่อมต่อระหว่างบันทึก อาจบันทึกแล้ว ให้ส่งซ้ำด้วย Idempotency-Key เดิม",
            "The database went away in the middle of a commit: it may have been stored. Repeat with the same Idempotency-Key."),
        ["newer-version"] = (
            "ระบบกำลังปรับรุ่น เรื่องนี้บันทึกโดยรุ่นใหม่แล้ว ให้ส่งซ้ำด้วย Idempotency-Key เดิม",
            "During an upgrade the newer version has written the case already; it will serve the same request. Nothing was stored."),
        ["error"] = (
            "เกิดข้อผิดพลาดภายใน ไม่มีการบันทึกข้อมูล",
            "A fault inside the service. Nothing was stored; the same request may be sent again with the same Idempotency-Key."),
        ["task-not-open"] = (
            "งานปิดไปแล้ว ดู facts ว่าใครทำอะไรเมื่อใด",
            "The task is closed; `facts` says what happened, by whom and when. Read the case again."),
        ["task-changed"] = (
            "งานเปลี่ยนไปหลังจากที่เปิดดู ให้อ่านใหม่แล้วส่ง revision ล่าสุด",
            "The task changed after it was read. Read it again and send its new revision."),
        ["case-changed"] = (
            "เรื่องเปลี่ยนไปหลังจากที่เปิดดู ให้อ่านใหม่แล้วส่ง ETag ล่าสุดใน If-Match",
            "The case changed after it was read. Read it again and send its new ETag as If-Match, or none."),
        ["task-held-by-another"] = ("มีผู้อื่นรับงานแล้ว", "Somebody else has claimed the task; it can be reassigned."),
        ["reason-required"] = ("ต้องระบุเหตุผลใน comment", "A reason is required in `comment`."),
        ["action-not-for-this-step"] = (
            "ขั้นตอนอนุมัติต้อง approve, reject หรือ return ขั้นตอนอื่นต้อง complete",
            "An approval takes approve, reject or return; other steps take complete."),
        ["return-not-allowed"] = (
            "ส่งกลับได้เฉพาะขั้นตอนใน facts.allowed", "The work can only be returned to the steps in `facts.allowed`."),
        ["assignee-lacks-role"] = ("ผู้รับงานต้องมีบทบาทของงานนั้น", "The assignee must hold the task's role in the office."),
        ["instance-still-runs"] = ("เรื่องยังดำเนินอยู่ ทำได้เมื่อสิ้นสุดแล้ว", "The case still runs; this can be done when it has ended."),
        ["second-person-needed"] = (
            "ผู้ขอยืนยันคำขอของตนเองไม่ได้ ต้องเป็นผู้อื่น", "Whoever asked for this may not agree to it as well; somebody else must."),
        ["redaction-not-found"] = (
            "ไม่พบคำขอลบข้อมูลส่วนบุคคลนี้", "There is no such request to take out personal data, or it is not yours to see."),
        ["redaction-decided"] = (
            "คำขอนี้มีผู้พิจารณาไปแล้ว", "This request was decided before; `facts.state` says how."),
        ["instance-has-ended"] = ("เรื่องสิ้นสุดแล้ว", "The case has ended."),
        ["already-started"] = ("เรื่องเริ่มไปแล้ว", "The case has started already."),
        ["no-way-on"] = ("นิยามกระบวนงานไม่มีทางไปต่อ", "The definition has no arrow for this outcome."),
        ["instance-not-found"] = ("ไม่พบเรื่อง หรือไม่ใช่เรื่องของสำนักงานท่าน", "There is no such case in the caller's offices."),
        ["verification-not-found"] = (
            "ไม่พบการตรวจสอบบันทึกนี้ หรือไม่ใช่ของสำนักงานท่าน",
            "There is no such verification of the record among the caller's offices."),
        ["register-not-found"] = ("ไม่มีทะเบียนนี้", "There is no such register."),
        ["anchor-not-found"] = ("ไม่มีตราประทับหมายเลขนี้", "There is no anchor of this number."),
        ["task-not-found"] = ("ไม่พบงาน หรือไม่ใช่งานของสำนักงานท่าน", "There is no such task in the caller's offices."),
        ["definition-not-found"] = ("ไม่พบกระบวนงาน", "There is no such process definition."),
        ["office-not-found"] = ("ไม่พบสำนักงาน หรือท่านไม่ได้สังกัด", "There is no such office among the caller's."),
        ["user-not-found"] = ("ไม่พบผู้ใช้", "There is no such user."),
        ["idempotency-key-reused"] = (
            "กุญแจ Idempotency-Key ใช้กับคำขออื่นแล้ว ให้ใช้ค่าใหม่", "The Idempotency-Key was used for another request; take a new one."),
        ["too-many-conflicts"] = (
            "มีผู้ทำพร้อมกันมาก ให้ลองใหม่", "Too many callers changed the same case at once; nothing was stored, try again."),
        ["calendar-not-found"] = ("ไม่พบปฏิทิน", "A calendar is `national`, a province (ISO 3166-2) or an office's code."),
        ["date-outside-calendar"] = ("วันที่อยู่นอกตารางวันหยุดราชการ", "The date lies outside the holiday table; nothing is guessed."),
        ["calendar-change-too-large"] = (
            "แบ่งบันทึกทีละกลุ่มจังหวัด",
            "One change is one transaction, and bounded. Enter the day for some provinces at a time (`/calendars/TH-10,TH-11/changes`)."),
        ["calendar-change-not-found"] = (
            "ไม่พบการเปลี่ยนแปลงปฏิทิน", "There is no such change of the calendar, or it is another office's."),
        ["nothing-to-confirm"] = (
            "กำหนดเวลานี้ไม่ต้องยืนยัน", "Only a limit that a change of the calendar moved into the past is confirmed, and once."),
        ["limit-is-the-manuals"] = (
            "คู่มือกำหนดเวลาไว้แล้ว", "The manual states a limit for this step; an office sets its own only where there is none."),
        ["instance-is-suspended"] = (
            "เรื่องถูกระงับไว้ ต้องให้ผู้บังคับบัญชาสั่งดำเนินการต่อก่อน", "The case is suspended; a superior resumes it first."),
        ["instance-not-suspended"] = ("เรื่องไม่ได้ถูกระงับ", "The case is not suspended; there is nothing to resume."),
        ["action-not-possible"] = (
            "ทำรายการนี้ไม่ได้ในสถานะของเรื่อง ดู facts.status",
            "The case is not in a state that allows this; `facts.status` says which it is in."),
        ["task-is-paused"] = (
            "งานหยุดรอบุคคลภายนอก ต้องสั่งดำเนินการต่อก่อน", "The task waits for somebody outside the office; continue it first."),
        ["undo-too-late"] = ("พ้นเวลาที่เลิกทำได้แล้ว", "What was decided can be taken back for ten seconds; it stands now."),
        ["act-followed"] = ("มีผู้ดำเนินการต่อแล้ว", "Somebody has gone on from what was decided; it stands."),
        ["not-reversible"] = (
            "เลิกทำไม่ได้",
            "What followed cannot be taken back: another case was started or goes on, a limit was moved, or somebody has been told."),
        ["task-not-paused"] = ("งานไม่ได้หยุดรออยู่", "The task does not wait for anybody; there is nothing to continue."),
        ["acted-before"] = (
            "ผู้ที่ทำขั้นตอนใน facts.step จะพิจารณาขั้นตอนนี้ไม่ได้ ต้องเป็นผู้อื่น",
            "Whoever did `facts.step` may not act here; somebody else of the role must."),
        ["one-person-one-vote"] = (
            "หนึ่งคนลงมติได้หนึ่งเสียง ให้มอบที่นั่งแก่ผู้ที่ไม่ได้อยู่ในคณะนี้",
            "One person has one vote. Give the seat to somebody who has none on this committee and has not voted."),
        ["own-case-by-order"] = (
            "ผู้ขอจะพิจารณาเรื่องของตนเองตามคำสั่งรักษาราชการแทนหรือมอบอำนาจไม่ได้",
            "An order to sit in another's post gives nobody the decision on their own case."),
        ["order-not-in-force"] = (
            "คำสั่งที่รับงานไว้สิ้นสุดหรือถูกยกเลิกแล้ว ให้คืนงานหรือให้ผู้บังคับบัญชามอบงานใหม่",
            "The order under which the task was taken has run out or was revoked. Release the task, or have a superior reassign it."),
        ["act-not-in-order"] = ("คำสั่งครอบคลุมเฉพาะการดำเนินการใน facts.covered", "The order covers only the acts in `facts.covered`."),
        ["order-not-found"] = ("ไม่พบคำสั่งในทะเบียนของสำนักงาน", "There is no such order in the register of the office."),
        ["hand-over-not-found"] = (
            "ไม่พบบัญชีส่งมอบงาน หรือท่านไม่มีสิทธิ์ดู", "There is no such hand-over in the office, or none that the caller may see."),
        ["order-revoked"] = ("คำสั่งถูกยกเลิกไปแล้ว", "The order was revoked before; `facts.at` says when."),
        ["order-overlaps"] = (
            "มีคำสั่งอื่นใช้กับตำแหน่งและช่วงเวลาเดียวกัน ให้ยกเลิกคำสั่งนั้นก่อน หรือเลือกช่วงเวลาอื่น ดู facts.number",
            "Another order, `facts.number`, covers the same post, time and procedures: revoke it first, or choose other days. "
                + "One could not tell by which a decision was made."),
        ["holder-lacks-post"] = (
            "ผู้ดำรงตำแหน่งต้องมีบทบาทนั้นในสำนักงาน หรือไม่ระบุหากตำแหน่งว่าง",
            "The holder must hold the post in the office; leave the holder out where the post is vacant."),
        ["step-unknown"] = (
            "ไม่มีขั้นตอนนี้ หรือเรื่องจะไปไม่ถึงจุดสิ้นสุดจากขั้นตอนนี้", "There is no such step, or a case could not end from it alone."),
        ["reopen-too-late"] = (
            "พ้นกำหนดเวลาที่เปิดเรื่องใหม่ได้แล้ว ดู facts.withinDays",
            "The time within which an ended case may be opened again is over; `facts.withinDays` says how long it was. Start a new case."),
        ["nobody-waits"] = (
            "ไม่มีเรื่องใดรอข้อความชื่อนี้พร้อมรหัสอ้างอิงนี้",
            "No case waits for a message of this name and correlation, or it has been heard already."),
        ["deadline-not-open"] = ("กำหนดเวลาปิดแล้วหรือหยุดนับอยู่", "The clock is closed or stands still; only a running one is extended."),
        ["incident-not-open"] = (
            "เหตุขัดข้องนี้แก้ไขแล้ว หรือไม่มีสิ่งใดให้ลองใหม่เพราะต้องมีผู้รับงาน",
            "The incident is put right, or there is nothing to try again because somebody has to take the work."),
        ["file-too-large"] = (
            "ไฟล์ใหญ่เกินที่กำหนดใน facts.limit (ไบต์) ให้ย่อขนาดหรือแบ่งเป็นหลายไฟล์",
            "The file has more than `facts.limit` bytes. Make it smaller, or send it in parts."),
        ["attachment-not-found"] = ("ไม่พบไฟล์แนบในเรื่องนี้", "There is no such file in this case."),
        ["attachment-withdrawn"] = (
            "ไฟล์ถูกถอนออกจากเรื่องแล้ว ผู้ตรวจสอบและผู้ดูแลระบบยังเปิดดูได้",
            "The file was withdrawn from the case; auditors and administrators still get it."),
        ["rated-before"] = ("คำขอนี้ประเมินไปแล้ว", "The request has been rated before."),
        ["service-closed"] = ("สำนักงานปิดรับคำขอนี้ชั่วคราว", "The office does not take this request now."),
        ["link-does-not-hold"] = ("ลิงก์ใช้ไม่ได้", "The link does not hold."),
        ["file-withdrawn"] = ("ไฟล์ถูกถอนไปแล้ว", "The file was withdrawn before."),
        ["attachment-damaged"] = (
            "ไฟล์ที่เก็บไว้ไม่ตรงกับค่าแฮชในประวัติ ต้องกู้คืนจากข้อมูลสำรอง",
            "What is stored does not fit the hash in the history; it is not handed out. Restore it from a backup."),
        ["form-not-filled"] = (
            "แบบฟอร์มไม่ครบถ้วนหรือไม่ถูกต้อง ดูรายการใน errors",
            "The outputs are not what the form of the step asks for; `errors` names every field."),
        ["variable-invalid"] = (
            "ข้อมูลไม่ตรงกับชนิดที่นิยามประกาศไว้ ดู facts.type หรือเก็บไว้ไม่ได้",
            "The value is not of the type that the definition declares (`facts.type`), or nothing that can be kept: too long, or no text."),
        ["variable-undeclared"] = (
            "นิยามประกาศข้อมูลของเรื่องไว้ และไม่มีข้อมูลชื่อนี้",
            "The definition declares the data of a case, and this is none of them."),
        ["person-unknown"] = (
            "ผู้ที่ระบุไม่ได้อยู่ในสำนักงานนี้ ให้เลือกบุคคลของสำนักงาน หรือเว้นว่างหากไม่ระบุผู้ใด",
            "Whoever is named for the work is nobody of this office. Name somebody of it, or leave it empty for nobody in particular."),
        ["cannot-migrate"] = (
            "เรื่องย้ายไปรุ่นนั้นไม่ได้ ดู facts.reason และ facts.node",
            "The case cannot stand in the other version where it stands now; `facts.reason` and `facts.node` say why and where."),
        ["too-much"] = ("มีจำนวนเกินที่กำหนด ดู facts.limit", "There is more of it than is allowed; `facts.limit` says how much is."),
        ["definition-retired"] = (
            "กระบวนงานเลิกใช้แล้ว เรื่องที่ดำเนินอยู่ยังดำเนินต่อได้",
            "All versions are retired: no new case starts, and running ones go on."),
        ["draft-changed"] = (
            "มีผู้บันทึกร่างก่อนแล้ว ให้อ่านร่างใหม่แล้วส่ง revision ล่าสุด",
            "Somebody else saved the draft. Read it again and send its new revision; `facts.changes` says what changed since the one "
                + "you saw."),
        ["nothing-published"] = (
            "กระบวนงานยังไม่เคยเผยแพร่ ยกเลิกฉบับร่างจะลบทั้งกระบวนงาน ส่ง whole=true เมื่อต้องการเช่นนั้น",
            "Nothing of the procedure is published, so that it would go with its draft. Send `whole=true` if that is meant; it can be "
                + "taken back for 30 days."),
        ["draft-not-approved"] = (
            "สำนักงานกำหนดให้ผู้อื่นสอบทานก่อนเผยแพร่ ให้ผู้ที่ไม่ได้แก้ไขฉบับร่างสอบทานฉบับล่าสุดก่อน",
            "The office has somebody else look at a draft before it is published: somebody who wrote nothing of it approves this "
                + "revision first."),
        ["draft-is-own"] = (
            "ผู้ที่แก้ไขฉบับร่างสอบทานเองไม่ได้ ต้องให้ผู้อื่นสอบทาน",
            "Whoever wrote something of the draft cannot approve it; somebody else does."),
        ["comment-not-found"] = ("ไม่พบข้อคิดเห็นนี้ของกระบวนงาน", "There is no such remark on the procedure."),
        ["definition-unsound"] = (
            "นิยามมีข้อบกพร่อง ดู facts.findings",
            "The definition could leave a case stuck, or says what cannot be run; `facts.findings` has every finding with its activity."),
        ["migration-not-found"] = ("ไม่พบการย้ายรุ่น หรือไม่ใช่ของท่าน", "There is no such migration, or it is not the caller's to see."),
        ["clock-not-held"] = (
            "กำหนดเวลาเดินตามปกติ หรือมีผู้ยืนยันวันที่แล้ว",
            "Deadlines go by the clock: there is no date to confirm, or somebody confirmed it already."),
        ["sending-not-held"] = (
            "การส่งอีเมลและเว็บฮุกไม่ได้ถูกพักไว้ หรือมีผู้ปล่อยแล้ว",
            "Mail and webhooks go out already: sending is not held, or somebody else released it."),
        ["key-for-another"] = (
            "สร้างคีย์แทนผู้อื่นไม่ได้",
            "Nobody makes a key for another person: everybody makes their own (`/account/keys`); programs get those of service accounts."),
        ["own-deciding-role"] = (
            "ให้บทบาทที่มีอำนาจตัดสินใจแก่ตนเองไม่ได้",
            "Nobody gives themselves a role that decides on others' work; another administrator does."),
        ["service-account-decides"] = (
            "บัญชีโปรแกรมมีบทบาทที่ตัดสินใจไม่ได้",
            "A service account holds no role that decides: decisions are people's."),
        ["service-account-signs-in"] = (
            "บัญชีโปรแกรมไม่มีรหัสผ่าน ใช้คีย์",
            "A service account signs in nowhere, so it has no password: make it a key."),
        ["joining-not-found"] = (
            "ไม่พบคำขอร่วมงาน หรือมีคำตอบแล้ว",
            "There is no such open request to join an office, or it is not the caller's to answer."),
        ["already-exists"] = ("มีอยู่แล้ว", "Something with this name exists already."),
    };
}
