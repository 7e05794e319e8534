using Dapper;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary><c>GET /api/v1/audit/verify?instance=…</c>: whether the history of a case is as it was written (promise P9).</summary>
public static class VerifyAudit
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/audit/verify", GetAsync).WithName("VerifyAudit").WithTags("Audit").Produces<Verification>()
            .Query(("instance", "Id of the case; required.")).Refuses(400, 404);

    static async Task<IResult> GetAsync(HttpContext http, AuditVerifier verifier)
    {
        if (!Guid.TryParse(http.Text("instance"), out var id))
            throw RefusedRequestException.At("instance", "ต้องเป็นรหัสของเรื่อง (UUID)", "It must be the id of a case (a UUID).");
        return await verifier.VerifyAsync(id, http.Caller(), http.RequestAborted) is { } result
            ? Results.Json(result, JsonShape.Options)
            : Problems.From(new InstanceNotFound(id));
    }
}

/// <param name="BrokenAt">Sequence of the first event that is not as it was written; null when all are.</param>
/// <param name="Reason">What is wrong there: <c>changed</c>, <c>missing</c>, <c>added</c>, <c>cut-off</c> or <c>snapshot</c>.</param>
/// <param name="Events">How many events the case says it has.</param>
public sealed record Verification(bool Valid, int? BrokenAt, string? Reason, int Events);

/// <summary>Recomputes the chain of a case over the bytes as stored, and compares its end with what the case says of itself.</summary>
public sealed class AuditVerifier(Database database)
{
    // Index: the primary keys.
    const string HeadSql = "SELECT office, revision, head_hash, state FROM process_instance WHERE instance_id = @id";
    const string EventsSql = """
        SELECT sequence, type, at, actor, payload, hash
        FROM audit_event
        WHERE instance_id = @id AND sequence > @after
        ORDER BY sequence
        LIMIT 500
        """;

    public async Task<Verification?> VerifyAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenAsync(ct);
        var head = await connection.QuerySingleOrDefaultAsync<Head>(HeadSql, new { id });
        if (head is null || !caller.BelongsTo(head.Office))
            return null;

        Verification Broken(int at, string reason) => new(false, at, reason, head.Revision);

        var expected = 1;
        var previous = AuditChain.Origin;
        var state = ProcessState.NotStarted;
        var lastAt = DateTimeOffset.MinValue;
        while (true)
        {
            var page = (await connection.QueryAsync<EventRow>(EventsSql, new { id, after = expected - 1 })).AsList();
            foreach (var row in page)
            {
                if (row.Sequence != expected)
                    return Broken(expected, "missing");
                if (!row.TryHash(previous, id, out var hash) || !hash.AsSpan().SequenceEqual(row.Hash))
                    return Broken(expected, "changed");
                if (expected > head.Revision)
                    return Broken(expected, "added");
                state = ProcessState.Evolve(state, row.ToEvent());
                previous = hash;
                lastAt = row.Instant;
                expected++;
            }

            if (page.Count == 0)
                break;
        }

        if (expected <= head.Revision)
            return Broken(expected, "cut-off");
        if (!previous.AsSpan().SequenceEqual(head.HeadHash))
            return Broken(head.Revision, "changed");

        // The chain holds; the snapshot must be its fold, or the case shows something that never happened.
        var schemas =
            (await connection.QueryAsync<(int Number, string AppliedAt)>("SELECT number, applied_at FROM schema_migration")).ToList();
        return SnapshotComparison.FirstDifference(head.State, state, WrittenBefore) is null
            ? new Verification(true, null, null, head.Revision)
            : Broken(head.Revision, "snapshot");

        bool WrittenBefore(int schema) =>
            schemas.FirstOrDefault(s => s.Number == schema) is { AppliedAt: { } at }
                && string.CompareOrdinal(DbValues.ToText(lastAt), at) < 0;
    }

    sealed record Head
    {
        public string Office { get; init; } = "";
        public int Revision { get; init; }
        public byte[] HeadHash { get; init; } = [];
        public string State { get; init; } = "";
    }

    /// <summary>Columns as text, so that a damaged row can be read at all.</summary>
    sealed record EventRow
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public object? At { get; init; }
        public object? Actor { get; init; }
        public string Payload { get; init; } = "";
        public byte[] Hash { get; init; } = [];

        DateTimeOffset instant;
        Guid? user;

        public DateTimeOffset Instant => instant;

        public bool TryHash(byte[] previous, Guid instanceId, out byte[] hash)
        {
            hash = [];
            if (!TryRead())
                return false;
            hash = AuditChain.Hash(previous, instanceId, Sequence, Type, instant, user, Payload);
            return true;
        }

        public RecordedEvent ToEvent() => new(Sequence, instant, user, EventTypes.Read(Type, Payload));

        bool TryRead()
        {
            switch (At)
            {
                case DateTime utc:
                    instant = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
                    break;
                case string text when DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var parsed)
                    && DbValues.ToText(parsed) == text:
                    instant = parsed.ToUniversalTime();
                    break;
                default:
                    return false;
            }

            switch (Actor)
            {
                case null:
                    return true;
                case Guid id:
                    user = id;
                    return true;
                case string text when Guid.TryParseExact(text, "D", out var parsed) && DbValues.ToText(parsed) == text:
                    user = parsed;
                    return true;
                default:
                    return false;
            }
        }
    }
}
