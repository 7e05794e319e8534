using System.Security.Cryptography;
using Dapper;
using Microsoft.Net.Http.Headers;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary>A file of a case.</summary>
/// <param name="TaskId">The task for which it was laid to the case; null: for the case as a whole.</param>
/// <param name="Sha256">Hex; the same stands in the history.</param>
public sealed record AttachmentView(
    Guid Id, Guid? TaskId, string FileName, string ContentType, long Size, string Sha256, DateTimeOffset CreatedAt, Guid CreatedBy)
{
    /// <summary>When, by whom and why it was taken out of the case; null as long as it is part of it.</summary>
    public WithdrawnView? Withdrawn { get; init; }
}

/// <summary>That a file is not part of its case any more.</summary>
public sealed record WithdrawnView(DateTimeOffset At, Guid By, string Reason);

/// <summary>Reads the files of a case for those who may see the case: for the API and for the pages.</summary>
public sealed class AttachmentReader(Database database, CaseReader cases, ILogger<AttachmentReader> log)
{
    public static string AddressOf(Guid instanceId, Guid id) => $"/api/v1/process-instances/{instanceId}/attachments/{id}/content";

    /// <summary>
    /// In the order in which they came; null when the case is not the
    /// caller's to see. A case has at most <see cref="AttachFile.MaxFiles"/>.
    /// </summary>
    /// <param name="after">The last of the page before.</param>
    public async Task<IReadOnlyList<AttachmentView>?> ListAsync(
        Guid instanceId, Guid? taskId, Caller caller, Guid? after, int take, CancellationToken ct)
    {
        if (await cases.FindAsync(instanceId, caller, ct) is null)
            return null;
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_attachment_instance.
        var rows = await connection.QueryAsync<Row>(
            $"""
            SELECT attachment_id, task_id, file_name, content_type, size, sha256, created_at, created_by, withdrawn_at, withdrawn_by,
                withdrawn_reason
            FROM attachment
            WHERE instance_id = @instanceId AND attachment_id > @after {(taskId is null ? "" : "AND task_id = @taskId")}
            ORDER BY attachment_id
            LIMIT @take
            """,
            new { instanceId, taskId, after = after ?? Guid.Empty, take });
        return [.. rows.Select(r => r.ToView())];
    }

    /// <summary>One file of a case; null when there is none, or when the case is not the caller's to see.</summary>
    public async Task<AttachmentView?> FindAsync(Guid instanceId, Guid id, Caller caller, CancellationToken ct) =>
        (await ListAsync(instanceId, null, caller, null, AttachFile.MaxFiles, ct))?.FirstOrDefault(f => f.Id == id);

    /// <summary>Who still gets a file that was withdrawn: those who look into what happened.</summary>
    public static bool SeesWithdrawn(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Holds(Roles.Auditor, office) || caller.Holds(Roles.Administrator, office);
    }

    /// <summary>
    /// The file itself, to be kept and never to be shown as a page of ours; only if it is what the audit trail says that it was.
    /// </summary>
    /// <param name="look">It is opened in the browser, if it is a picture or a PDF.</param>
    public async Task<IResult> DownloadAsync(HttpContext http, Guid instanceId, Guid id, bool look = false)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (await cases.FindAsync(instanceId, http.Caller(), http.RequestAborted) is not var (_, state))
            return Problems.From(new InstanceNotFound(instanceId));
        Row? found;
        IEnumerable<string> attached;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            // Indexes: the primary keys; the events are bounded by one case.
            found = await connection.QuerySingleOrDefaultAsync<Row>(
                """
                SELECT attachment_id, file_name, content_type, content, withdrawn_at
                FROM attachment
                WHERE attachment_id = @id AND instance_id = @instanceId
                """,
                new { id, instanceId });
            attached = await connection.QueryAsync<string>(
                $"SELECT payload FROM audit_event WHERE instance_id = @instanceId AND type = '{nameof(FileAttached)}'", new { instanceId });
        }

        if (found is null)
            return Problems.From(new AttachmentNotFound(id));
        if (found.WithdrawnAt is not null && !SeesWithdrawn(http.Caller(), state.Office))
            return Problems.From(new AttachmentWithdrawn(id));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(found.Content));
        if (!attached.Select(payload => (FileAttached)EventTypes.Read(nameof(FileAttached), payload))
            .Any(e => e.AttachmentId == id && e.Sha256 == sha256))
        {
            Log.Damaged(log, id, instanceId);
            return Problems.From(new AttachmentDamaged(id));
        }

        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "private, no-store";
        if (look && FileKinds.CanBeLookedAt(found.ContentType))
        {
            // Nothing in it runs or fetches. No sandbox: Chromium opens no PDF in one; its viewer is a process of its own.
            headers.ContentSecurityPolicy =
                "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'";
            headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileNameStar = found.FileName }.ToString();
            return Results.File(found.Content, found.ContentType, entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
        }

        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return Results.File(found.Content, found.ContentType, found.FileName, entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
    }

    sealed record Row
    {
        public Guid AttachmentId { get; init; }
        public Guid? TaskId { get; init; }
        public string FileName { get; init; } = "";
        public string ContentType { get; init; } = "";
        public long Size { get; init; }
        public string Sha256 { get; init; } = "";
        public byte[] Content { get; init; } = [];
        public DateTimeOffset? WithdrawnAt { get; init; }
        public Guid? WithdrawnBy { get; init; }
        public string? WithdrawnReason { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public Guid CreatedBy { get; init; }

        public AttachmentView ToView() => new(AttachmentId, TaskId, FileName, ContentType, Size, Sha256, CreatedAt, CreatedBy)
        {
            Withdrawn = WithdrawnAt is { } at && WithdrawnBy is { } by ? new WithdrawnView(at, by, WithdrawnReason ?? "") : null,
        };
    }
}

public sealed record AttachmentNotFound(Guid AttachmentId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "attachment-not-found", "attachmentId", "ไม่พบไฟล์แนบนี้", "There is no such file in this case.", ("id", AttachmentId));
}

/// <summary>The file was taken out of the case; those who look into what happened still get it.</summary>
public sealed record AttachmentWithdrawn(Guid AttachmentId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        410, "attachment-withdrawn", null, "ไฟล์นี้ถูกถอนออกจากเรื่องแล้ว", "This file was withdrawn from the case.", ("id", AttachmentId));
}

/// <summary>The bytes are not those whose hash stands in the audit trail.</summary>
public sealed record AttachmentDamaged(Guid AttachmentId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "attachment-damaged", null, "ไฟล์ที่เก็บไว้ไม่ตรงกับที่แนบไว้เดิม แจ้งผู้ดูแลระบบให้กู้คืนจากข้อมูลสำรอง",
        "What is stored is not what was attached; an administrator restores it from a backup.", ("id", AttachmentId));
}

static partial class Log
{
    [LoggerMessage(
        8001, LogLevel.Error, "Attachment {AttachmentId} of case {InstanceId} is not what its event says: restore it from a backup")]
    public static partial void Damaged(ILogger logger, Guid attachmentId, Guid instanceId);
}
