using ProcessEngine.Core;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// What the shell refuses before the core is asked. It says itself what a caller is told, so that none can be without words.
/// </summary>
public abstract record Refusal : Rejection
{
    public abstract Problem ToProblem();
}

public sealed record InstanceNotFound(Guid InstanceId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "instance-not-found", "id", "ไม่พบเรื่องนี้", "There is no such case, or it is not yours to see.", ("id", InstanceId));
}

public sealed record CaseChanged(Guid InstanceId, int Expected, int Actual) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        412, "case-changed", "If-Match", "เรื่องนี้มีการเปลี่ยนแปลงหลังจากที่ท่านเปิดดู กรุณาเปิดดูอีกครั้งก่อนดำเนินการ",
        "The case changed after you looked at it; look again before you act.", ("id", InstanceId), ("expected", Expected),
        ("actual", Actual));
}

public sealed record TaskNotFound(Guid TaskId) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(404, "task-not-found", "id", "ไม่พบงานนี้", "There is no such task, or it is not yours to see.", ("id", TaskId));
}

public sealed record DefinitionNotFound(string Key) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "definition-not-found", "definitionKey", $"ไม่พบกระบวนงาน \"{Key}\"", $"There is no process definition \"{Key}\".");
}

public sealed record OfficeNotFound(string Code, string Field) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(404, "office-not-found", Field, $"ไม่พบสำนักงาน \"{Code}\"", $"There is no office \"{Code}\", or it is not yours.");
}

public sealed record UserNotFound(string User, string Field) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(422, "user-not-found", Field, $"ไม่พบผู้ใช้ \"{User}\"", $"There is no user \"{User}\" in this office.");
}

/// <summary>The same Idempotency-Key came with another request.</summary>
public sealed record IdempotencyKeyReused(string Key) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        422, "idempotency-key-reused", "Idempotency-Key",
        "Idempotency-Key นี้ใช้กับคำขออื่นไปแล้ว", "This Idempotency-Key was used for another request.");
}

/// <summary>Too many others changed the same case at once; nothing was stored.</summary>
public sealed record TooManyConflicts : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        503, "too-many-conflicts", null, "มีผู้ดำเนินการเรื่องนี้พร้อมกันจำนวนมาก กรุณาลองใหม่",
        "Too many others act on this case at once; nothing was stored, try again.");
}

public sealed record AlreadyExists(string Field, string Value) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(409, "already-exists", Field, $"มี \"{Value}\" อยู่แล้ว", $"\"{Value}\" exists already.");
}

/// <summary>All its versions are retired.</summary>
public sealed record DefinitionRetired(string Key) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409,
        "definition-retired",
        "definitionKey",
        $"กระบวนงาน \"{Key}\" เลิกใช้แล้ว เริ่มเรื่องใหม่ไม่ได้",
        $"All versions of \"{Key}\" are retired; no new case can start.");
}

/// <summary>Somebody saved the draft in the meantime.</summary>
/// <param name="Expected">The revision that the caller saw; null: they do not say.</param>
public sealed record DraftChanged(string Key, int? Expected, int Actual) : Refusal
{
    /// <summary>What has changed since; null where what they saw is no longer remembered.</summary>
    public IReadOnlyList<ProcessEngine.Core.Definitions.Difference>? Changes { get; init; }

    public override Problem ToProblem() => Problems.Of(
        409, "draft-changed", "If-Match", "มีผู้บันทึกร่างนี้ไปก่อนแล้ว กรุณาเปิดใหม่แล้วแก้ไขอีกครั้ง",
        Expected is null
            ? $"The draft was saved by somebody else: say which revision you saw, it is {Actual} now."
            : $"The draft was saved by somebody else: you saw revision {Expected}, it is {Actual} now.",
        ("expected", Expected), ("actual", Actual), ("changes", Changes));
}

/// <summary>Only a draft is there: without it nothing would be left.</summary>
public sealed record NothingPublished(string Key) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "nothing-published", "whole", "กระบวนงานนี้ยังไม่เคยเผยแพร่ ยกเลิกฉบับร่างคือลบทั้งกระบวนงาน ถ้าต้องการให้สั่งลบ",
        "Nothing of this procedure is published: to discard the draft is to delete the procedure. Say so (whole=true) if that is meant.");
}

/// <summary>It could leave a case stuck, or says something that cannot be run.</summary>
public sealed record DefinitionUnsound(string Key, IReadOnlyList<ProcessEngine.Core.Definitions.Finding> Findings) : Refusal
{
    public override Problem ToProblem() => new Problem(
        Problems.Uri("definition-unsound"), Problems.Title("definition-unsound"), 422,
        $"\"{Key}\" cannot be published: {Findings.Count(f => !f.Warning)} findings.",
        new LocalizedText(
            $"เผยแพร่ \"{Key}\" ไม่ได้ พบข้อบกพร่อง {Findings.Count(f => !f.Warning)} รายการ", $"\"{Key}\" cannot be published."),
        null,
        [.. Findings.Where(f => !f.Warning).Select(f => new FieldError(f.ActivityId, f.Reason))],
        new Dictionary<string, object?> { ["findings"] = Findings });
}

public sealed record MigrationNotFound(Guid Id) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "migration-not-found", "id", "ไม่พบการย้ายรุ่นนี้", "There is no such migration, or it is not yours to see.", ("id", Id));
}

/// <summary>As much as it can do at once is being done; try again.</summary>
public sealed record Busy : Refusal
{
    public override Problem ToProblem() => Problems.ForStatus(503);
}
