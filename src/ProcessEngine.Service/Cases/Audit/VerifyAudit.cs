using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
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

/// <summary>Recomputes the chain of a case over the bytes as stored, and compares it with what was sealed and with its snapshot.</summary>
public sealed class AuditVerifier(Database database)
{
    /// <returns>Null when there is no such case, or when it is none of the caller's business.</returns>
    public async Task<Verification?> VerifyAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenAsync(ct);
        return await CaseRecord.VerifyAsync(connection, id, ct) is var (office, found)
            && caller.BelongsTo(office)
            ? found
            : null;
    }
}
