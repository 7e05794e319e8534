using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>An office goes back to the version of every office: its own ones start no new cases any more. Cases that run go on.</summary>
public static class RetireOwnVersions
{
    const string FindSql = "SELECT 1 FROM definition_version WHERE definition_key = $1 AND office = $2 AND retired_at IS NULL LIMIT 1";
    const string Sql =
        "UPDATE definition_version SET retired_at = $3, retired_by = $4 WHERE definition_key = $1 AND office = $2 AND retired_at IS NULL";

    public sealed record Command(Caller Caller, RequestId Id, string Office, string Key) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Handler(IdempotentWriter store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.Holds(Roles.ProcessOwner, request.Office))
                return new NotAllowed("retire-version", [Roles.ProcessOwner]);
            return await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var found = false;
                    await session.QueryAsync(FindSql, new object?[] { request.Key, request.Office }, _ => found = true);
                    if (!found)
                    {
                        return InvalidInput.At(
                            null, "สำนักงานไม่มีรุ่นของตนเองที่ใช้อยู่ รุ่นตามคู่มือเป็นของทุกสำนักงาน ยกเลิกจากหน้านี้ไม่ได้",
                            "The office has no version of its own in use; the manual's belongs to every office and is not retired here.");
                    }

                    session.Enqueue(Sql, request.Key, request.Office, now, request.Caller.UserId);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct("versions-retired", request.Office, Detail: new { definition = request.Key })));
        }
    }
}

/// <summary>
/// The same is taken back, within <see cref="OfficeDrafts.KeepFor"/>: the office's own versions that went out of use together start new
/// cases again.
/// </summary>
public static class RestoreOwnVersions
{
    // Index: the primary key.
    const string FindSql = """
        SELECT retired_at FROM definition_version WHERE definition_key = $1 AND version = $2 AND office = $3 AND retired_at >= $4
        """;
    const string Sql = """
        UPDATE definition_version SET retired_at = NULL, retired_by = NULL WHERE definition_key = $1 AND office = $2 AND retired_at = $3
        """;

    /// <param name="Version">One of those that went out of use.</param>
    public sealed record Command(Caller Caller, RequestId Id, string Office, string Key, int Version) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Handler(IdempotentWriter store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.Holds(Roles.ProcessOwner, request.Office))
                return new NotAllowed("restore-version", [Roles.ProcessOwner]);
            return await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    DateTimeOffset? retired = null;
                    await session.QueryAsync(
                        FindSql, new object?[] { request.Key, request.Version, request.Office, now - OfficeDrafts.KeepFor },
                        row => retired = row.Instant(0));
                    if (retired is not { } at)
                    {
                        return InvalidInput.At(
                            null, $"นำรุ่นที่ {request.Version} กลับมาไม่ได้ ไม่ได้เลิกใช้ หรือเลิกใช้เกิน 30 วันแล้ว",
                            $"Version {request.Version} cannot be taken back: it is in use, or has been out of use for more than 30 days.");
                    }

                    session.Enqueue(Sql, request.Key, request.Office, at);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    "versions-restored", request.Office, Detail: new { definition = request.Key, version = request.Version })));
        }
    }
}
