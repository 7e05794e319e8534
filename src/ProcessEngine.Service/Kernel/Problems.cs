using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>RFC 9457, with the message in Thai and English and the field at fault as extension members.</summary>
/// <param name="Type">Stable; resolves to a page of this service that explains it.</param>
/// <param name="Facts">What happened instead, for programs; null when there is nothing to add.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    LocalizedText Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, object?>? Facts) : IResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>Of the request that it answers, by which the log tells it, too; null while it answers none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>The one sentence that says why, where there is no room for all of them.</summary>
    internal LocalizedText Why => Errors is [var error, ..] ? error.Message : Message;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = Status;
        httpContext.Response.SayWhenToTryAgain();
        var answer = this with { TraceId = Activity.Current?.TraceId.ToHexString() };
        await httpContext.Response.WriteAsJsonAsync(answer, JsonShape.Options, ContentType, httpContext.RequestAborted);
    }
}

/// <summary>
/// What a refusal says to a caller: the core's refusals by this table (a test walks them all), the service's own by themselves.
/// </summary>
public static class Problems
{
    public static Problem From(Rejection rejection) => rejection switch
    {
        Refusal r => r.ToProblem(),
        InvalidInput r => Invalid(r),
        NotAllowed { NeedsOneOf.Count: 0 } r => Of(
            403, "not-allowed", null, "ผู้ที่บันทึกไว้เท่านั้นที่ทำรายการนี้ได้",
            $"You may not do this ({r.Action}): only whoever did it may.", ("action", r.Action), ("needsOneOf", r.NeedsOneOf)),
        NotAllowed r => Of(
            403, "not-allowed", null,
            $"ท่านไม่มีสิทธิ์ดำเนินการนี้ ผู้ที่ทำได้คือ {string.Join(", ", r.NeedsOneOf.Select(x => Roles.NameOf(x).Th))}",
            $"You may not do this ({r.Action}); it takes one of: {string.Join(", ", r.NeedsOneOf)}.",
            ("action", r.Action), ("needsOneOf", r.NeedsOneOf)),
        TaskNotOpen r => Of(
            409, "task-not-open", null,
            $"งานนี้ปิดไปแล้ว{(r.Outcome is null ? "" : $" ({OutcomeTh(r.Outcome)})")} กรุณาเปิดดูเรื่องอีกครั้ง",
            $"This task is closed{(r.Outcome is null ? "" : $" ({r.Outcome}{At(r.At)})")}; look at the case again.",
            ("taskId", r.TaskId), ("outcome", r.Outcome), ("by", r.By), ("at", r.At)),
        TaskChanged r => Of(
            412, "task-changed", "revision",
            "งานนี้มีการเปลี่ยนแปลงหลังจากที่ท่านเปิดดู กรุณาเปิดดูอีกครั้งก่อนดำเนินการ",
            "The task changed after you looked at it; look again before you act.",
            ("taskId", r.TaskId), ("expected", r.Expected), ("actual", r.Actual)),
        TaskHeldByAnother r => Of(
            409, "task-held-by-another", null, "มีผู้อื่นรับงานนี้ไปแล้ว", "Somebody else has this task.", ("taskId", r.TaskId),
            ("assignee", r.Assignee)),
        ReasonRequired r => Of(
            422, "reason-required", "comment", "ต้องระบุเหตุผล", $"To {r.Action}, a reason is required.", ("action", r.Action)),
        ActionNotForThisStep r => Of(
            409, "action-not-for-this-step", null,
            r.StepType == "approval" ? "ขั้นตอนนี้ต้องพิจารณาอนุมัติ ไม่อนุมัติ หรือส่งกลับ" : "ขั้นตอนนี้ไม่ใช่ขั้นตอนพิจารณาอนุมัติ",
            $"This step ({r.StepType}) does not allow \"{r.Action}\".",
            ("taskId", r.TaskId), ("action", r.Action), ("kind", r.StepType)),
        ReturnNotAllowed r => Of(
            422, "return-not-allowed", "toStep",
            $"ส่งกลับไปขั้นตอนนี้ไม่ได้ ขั้นตอนที่ส่งกลับได้คือ {(r.Allowed.Count == 0 ? "ไม่มี" : string.Join(", ", r.Allowed))}",
            $"The work cannot be returned there; allowed: {(r.Allowed.Count == 0 ? "none" : string.Join(", ", r.Allowed))}.",
            ("toStep", r.ToStep), ("allowed", r.Allowed)),
        AssigneeLacksRole r => Of(
            422, "assignee-lacks-role", "assignee",
            $"ผู้ที่จะรับงานไม่ได้เป็น{Roles.NameOf(r.Role).Th}ในสำนักงานนี้",
            $"The assignee does not hold the role {r.Role} in this office.",
            ("assignee", r.Assignee), ("role", r.Role)),
        InstanceHasEnded r => Of(
            409, "instance-has-ended", null, "เรื่องนี้สิ้นสุดแล้ว", $"This case has ended ({StatusNames.Of(r.Status)}).",
            ("status", StatusNames.Of(r.Status))),
        InstanceStillRuns => Of(
            409, "instance-still-runs", null, "เรื่องนี้ยังดำเนินอยู่ ทำได้เมื่อเรื่องสิ้นสุดแล้ว",
            "This case still runs; it can be done when it has ended."),
        SecondPersonNeeded r => Of(
            403, "second-person-needed", null, "ผู้ขอยืนยันคำขอของตนเองไม่ได้ ต้องเป็นผู้อื่น",
            $"Whoever asked for this may not agree to it as well ({r.Action}); somebody else must.", ("action", r.Action)),
        AlreadyStarted => Of(409, "already-started", null, "เรื่องนี้เริ่มไปแล้ว", "This case has already started."),
        NoWayOn r => Of(
            409, "no-way-on", null, $"นิยามกระบวนงานไม่มีทางไปต่อจากขั้นตอน {r.StepId}",
            $"The definition leads nowhere from {r.StepId} by {r.Port}.",
            ("step", r.StepId), ("port", r.Port)),
        InstanceIsSuspended =>
            Of(409, "instance-is-suspended", null, "เรื่องนี้ถูกระงับไว้ชั่วคราว", "This case is suspended; it must be resumed first."),
        InstanceNotSuspended r => Of(
            409, "instance-not-suspended", null, "เรื่องนี้ไม่ได้ถูกระงับ", $"This case is not suspended ({StatusNames.Of(r.Status)}).",
            ("status", StatusNames.Of(r.Status))),
        ActionNotPossible r => Of(
            409, "action-not-possible", null, "ทำรายการนี้ไม่ได้ในสถานะปัจจุบันของเรื่อง",
            $"A case that is {StatusNames.Of(r.Status)} does not allow \"{r.Action}\".",
            ("action", r.Action), ("status", StatusNames.Of(r.Status))),
        TaskIsPaused r => Of(
            409, "task-is-paused", null, "งานนี้รอบุคคลภายนอกอยู่ ต้องให้ดำเนินการต่อก่อน",
            "This task waits for somebody outside; continue it first.", ("taskId", r.TaskId)),
        TaskNotPaused r =>
            Of(409, "task-not-paused", null, "งานนี้ไม่ได้หยุดรออยู่", "This task is not waiting for anybody.", ("taskId", r.TaskId)),
        ActedBefore r => Of(
            403, "acted-before", null, "ผู้ที่เสนอหรือดำเนินการขั้นตอนก่อนหน้าจะพิจารณาขั้นตอนนี้เองไม่ได้",
            $"Whoever did \"{r.Step}\" may not act here (four eyes).", ("step", r.Step)),
        VoteOfAnother r => Of(
            422, "one-person-one-vote", null, "ผู้นี้เป็นกรรมการหรือลงมติในคณะนี้แล้ว หนึ่งคนลงมติได้หนึ่งเสียง",
            "One person has one vote: they have a seat on this committee, or have voted.", ("user", r.UserId)),
        OwnCaseByOrder r => Of(
            403, "own-case-by-order", null, "ผู้ขอจะพิจารณาเรื่องของตนเองในฐานะผู้รักษาราชการแทนหรือผู้รับมอบอำนาจไม่ได้",
            $"Nobody decides on their own case in somebody else's post (order {r.OrderNumber}).", ("orderNumber", r.OrderNumber)),
        OrderNotInForce r => Of(
            409, "order-not-in-force", null,
            $"คำสั่งที่ {r.OrderNumber} ที่ท่านรับงานนี้ไว้สิ้นสุดหรือถูกยกเลิกแล้ว ให้คืนงานหรือมอบให้ผู้อื่น",
            $"You took this task under order {r.OrderNumber}, which has run out or was revoked; release it, or have it reassigned.",
            ("orderNumber", r.OrderNumber), ("role", r.Role)),
        ActNotInOrder r => Of(
            403, "act-not-in-order", null, $"คำสั่งที่ {r.OrderNumber} ไม่ครอบคลุมการดำเนินการนี้",
            $"Order {r.OrderNumber} does not cover \"{r.Action}\"; it covers {string.Join(", ", r.Covered)}.",
            ("orderNumber", r.OrderNumber), ("action", r.Action), ("covered", r.Covered)),
        StepUnknown r => Of(
            422,
            "step-unknown",
            "toStep",
            $"ให้เรื่องดำเนินต่อที่ขั้นตอน \"{r.Step}\" ไม่ได้",
            $"The case cannot go on at \"{r.Step}\": there is no such step, or a case could not end from it alone."),
        ReopenTooLate r => Of(
            409, "reopen-too-late", null, $"เรื่องสิ้นสุดเกิน {r.WithinDays} วันแล้ว เปิดใหม่ไม่ได้",
            $"The case ended more than {r.WithinDays} day{(r.WithinDays == 1 ? "" : "s")} ago.",
            ("endedAt", r.EndedAt), ("withinDays", r.WithinDays)),
        UndoTooLate r => Of(
            409, "undo-too-late", null, $"เลิกทำได้ภายใน {r.WithinSeconds} วินาทีเท่านั้น สิ่งที่บันทึกไว้มีผลแล้ว",
            $"An act can be undone within {r.WithinSeconds} seconds; what was decided stands.", ("decidedAt", r.DecidedAt),
            ("withinSeconds", r.WithinSeconds)),
        ActFollowed r => Of(
            409, "act-followed", null, "มีผู้ดำเนินการต่อจากที่ท่านบันทึกแล้ว จึงเลิกทำไม่ได้",
            $"Somebody has gone on from what was decided{At(r.At)}.", ("by", r.By), ("at", r.At)),
        NotReversible r => Of(
            409, "not-reversible", null, "เลิกทำไม่ได้ เพราะมีผลต่อเรื่องอื่นหรือมีผู้ได้รับแจ้งแล้ว",
            "It cannot be undone: another case was started or goes on, a limit was moved, or somebody has been told.",
            ("taskId", r.TaskId)),
        NobodyWaits r => Of(
            409,
            "nobody-waits",
            "name",
            $"ไม่มีเรื่องใดรอข้อความ \"{r.Message}\" นี้อยู่",
            $"Nothing waits for the message \"{r.Message}\" with this correlation."),
        DeadlineNotOpen r => Of(
            409, "deadline-not-open", "deadlineId", "กำหนดเวลานี้ปิดแล้วหรือหยุดนับอยู่", "This clock is closed or stands still.",
            ("deadlineId", r.DeadlineId)),
        FileWithdrawnBefore r => Of(
            409, "file-withdrawn", null, "ไฟล์นี้ถูกถอนออกจากเรื่องแล้ว", "This file was withdrawn from the case before.",
            ("attachmentId", r.AttachmentId)),
        RatedBefore r => Of(
            409, "rated-before", null, "คำขอนี้ประเมินความพึงพอใจไปแล้ว", "This request has been rated before.", ("at", r.At)),
        NothingToConfirm r => Of(
            409, "nothing-to-confirm", null, "กำหนดเวลานี้ไม่ต้องยืนยัน",
            "This limit was not moved into the past by a change of the calendar, or has been confirmed.",
            ("deadlineId", r.DeadlineId)),
        IncidentNotOpen r => Of(
            409, "incident-not-open", "incidentId", "ไม่มีเหตุขัดข้องนี้ให้ลองใหม่", "There is no such incident to be tried again.",
            ("incidentId", r.IncidentId)),
        FormNotFilled r => new Problem(
            Uri("form-not-filled"), Title("form-not-filled"), 422, "The form is not filled in as it must be.",
            new LocalizedText("กรอกแบบฟอร์มไม่ครบถ้วนหรือไม่ถูกต้อง", "The form is not filled in as it must be."), r.Problems[0].Field,
            [.. r.Problems.Select(p => new FieldError(p.Field, p.Reason))], null),
        VariableInvalid { Reason: { } reason } r => Of(
            422, "variable-invalid", r.Name, $"ข้อมูล \"{r.Name}\" {reason.Th}", $"\"{r.Name}\" {reason.En}.",
            ("variable", r.Name), ("type", r.Needs)),
        VariableInvalid r => Of(
            422, "variable-invalid", r.Name, $"ข้อมูล \"{r.Name}\" ต้องเป็นชนิด {r.Needs}", $"\"{r.Name}\" must be of type {r.Needs}.",
            ("variable", r.Name), ("type", r.Needs)),
        VariableUndeclared r => Of(
            422, "variable-undeclared", r.Name, $"กระบวนงานนี้ไม่มีข้อมูลชื่อ \"{r.Name}\"",
            $"The definition declares no data named \"{r.Name}\".", ("variable", r.Name)),
        DateOutsideCalendar r => Of(
            422, "date-outside-calendar", r.Field,
            $"วันที่ {r.Date:yyyy-MM-dd} อยู่นอกปฏิทินวันหยุดราชการที่มีข้อมูล (พ.ศ. {r.FirstYear + 543}–{r.LastYear + 543})",
            $"{r.Date:yyyy-MM-dd} lies outside the holiday table, which covers {r.FirstYear}–{r.LastYear}."),
        PersonUnknown r => Of(
            422, "person-unknown", r.Name, $"ข้อมูล \"{r.Name}\" ไม่ได้ระบุบุคคลในสำนักงานนี้",
            $"\"{r.Name}\" names nobody of this office.",
            ("variable", r.Name)),
        CannotMigrate r => Of(
            409, "cannot-migrate", null, $"ย้ายเรื่องไปยังรุ่นนั้นไม่ได้: {r.Node}",
            $"The case cannot be moved to that version: {r.Reason} ({r.Node}).", ("reason", r.Reason), ("node", r.Node)),
        TooMuchOfThis { What: "mentions" } r => Of(
            422, "too-much", "comment", $"กล่าวถึงได้ไม่เกิน {r.Limit} คนในความเห็นหนึ่ง",
            $"One comment mentions at most {r.Limit} people.", ("limit", r.Limit)),
        TooMuchOfThis { What: "data" } r => Of(
            422, "too-much", "data", $"ข้อมูลของเรื่องรวมกันได้ไม่เกิน {r.Limit / 1024} KB ไฟล์ให้แนบแทน",
            $"All data of a case together are at most {r.Limit / 1024} KB; attach what is a file.", ("limit", r.Limit)),
        TooMuchOfThis r => Of(422, "too-much", r.What, $"มีจำนวนเกิน {r.Limit}", $"More than {r.Limit} of {r.What}.", ("limit", r.Limit)),
        _ => throw new NotSupportedException($"No problem is written for {rejection.GetType().Name}."),
    };

    /// <summary>The database went away in the middle of a commit.</summary>
    public static Problem OutcomeUnknown { get; } = Of(
        503, "outcome-unknown", null,
        "การเชื่อมต่อกับฐานข้อมูลขาดระหว่างบันทึก อาจบันทึกแล้วหรือยังไม่ได้บันทึก ส่งคำขอเดิมซ้ำด้วย Idempotency-Key เดิมได้",
        "The database went away while this was being stored: it may have been stored. Repeat it with the same Idempotency-Key.");

    public static Problem NewerVersion { get; } = Of(
        503, "newer-version", null,
        "ระบบกำลังปรับรุ่น เรื่องนี้บันทึกโดยรุ่นใหม่แล้ว โปรดลองอีกครั้ง",
        "The service is being upgraded, and the newer version has written this already. Try again.");

    /// <summary>A refusal that has no facts of its own: by its number.</summary>
    public static Problem ForStatus(int status) => status switch
    {
        400 => Of(400, "bad-request", null, "คำขอไม่ถูกต้อง", "The request is malformed."),
        401 => Of(401, "not-signed-in", null, "กรุณาเข้าสู่ระบบ", "Send an API key: Authorization: Bearer <key>."),
        403 => Of(403, "forbidden", null, "ท่านไม่มีสิทธิ์", "You may not do this."),
        404 => Of(404, "not-found", null, "ไม่พบสิ่งที่ร้องขอ", "There is nothing here."),
        405 => Of(405, "method-not-allowed", null, "ไม่รองรับวิธีการเรียกนี้", "This address does not take that method."),
        413 => Of(413, "too-large", null, "ข้อมูลใหญ่เกินไป", "The request body is too large."),
        415 => Of(415, "unsupported-media-type", "Content-Type", "ต้องส่งเป็น application/json", "Send application/json."),
        503 => Of(503, "unavailable", null, "ระบบยังไม่พร้อม กรุณาลองใหม่", "The service is not available; try again."),
        >= 400 and < 500 => Of(status, "bad-request", null, "คำขอไม่ถูกต้อง", "The request cannot be answered as it is."),
        _ => Of(
            status,
            "error",
            null,
            "เกิดข้อผิดพลาดภายในระบบ ไม่มีการบันทึกข้อมูล",
            "Something failed inside the service; nothing was stored."),
    };

    static Problem Invalid(InvalidInput r)
    {
        var (th, en) = (Said(m => m.Th), Said(m => m.En));
        return new Problem(
            Uri("invalid-input"), Title("invalid-input"), 400, en, new LocalizedText(th, en), r.Errors[0].Field, r.Errors, null);

        string Said(Func<LocalizedText, string> language) =>
            string.Join(" ", r.Errors.Select(e => e.Field is null ? language(e.Message) : $"{e.Field}: {language(e.Message)}"));
    }

    internal static Problem Of(int status, string slug, string? field, string th, string en, params (string Name, object? Value)[] facts) =>
        new(
            Uri(slug), Title(slug), status, en, new LocalizedText(th, en), field, null,
            facts.Length == 0 ? null : facts.ToDictionary(f => f.Name, f => f.Value));

    internal static string Uri(string slug) => "/problems/" + slug;

    internal static string Title(string slug)
    {
        var words = slug.Replace('-', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    internal static string At(DateTimeOffset? at) =>
        at is { } instant
            ? string.Create(CultureInfo.InvariantCulture, $" at {instant.ToOffset(TimeSpan.FromHours(7)):yyyy-MM-dd HH:mm}")
            : "";

    internal static string OutcomeTh(string outcome) => outcome switch
    {
        TaskOutcomes.Approved => "อนุมัติแล้ว",
        TaskOutcomes.Rejected => "ไม่อนุมัติ",
        TaskOutcomes.Returned => "ส่งกลับแล้ว",
        TaskOutcomes.Cancelled => "ยกเลิกแล้ว",
        TaskOutcomes.Failed => "ทำไม่สำเร็จ",
        TaskOutcomes.TimedOut => "หมดเวลารอ",
        TaskOutcomes.Voted => "ลงมติแล้ว",
        TaskOutcomes.Completed => "เสร็จแล้ว",
        // A refusal must not fail for want of a word; a test holds that each outcome has one.
        _ => outcome,
    };
}
