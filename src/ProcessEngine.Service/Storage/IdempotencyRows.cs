using System.Data.Common;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>
/// First answers, stored in the transaction of the change that they report: a retry never reports a success that did not happen.
/// </summary>
static class IdempotencyRows
{
    const string FindSql = """
        SELECT request_hash, status, location, etag, body
        FROM idempotency
        WHERE caller = $1 AND idempotency_key = $2
        """;

    const string InsertSql = """
        INSERT INTO idempotency (caller, idempotency_key, request_hash, status, location, etag, body, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public static async ValueTask<Outcome<StoredAnswer>?> FindAsync(WriteSession session, RequestId request)
    {
        Outcome<StoredAnswer>? found = null;
        if (request.Key is not null)
            await session.QueryAsync(FindSql, new object?[] { request.Caller, request.Key }, row => found = Read(row, 0, request));
        return found;
    }

    /// <summary>The stored answer, or a refusal when the key was used for another request.</summary>
    public static Outcome<StoredAnswer> Read(DbDataReader row, int first, RequestId request) =>
        row.Bytes(first).AsSpan().SequenceEqual(request.Hash)
            ? new StoredAnswer(
                row.GetInt32(first + 1), row.GetString(first + 4), row.TextOrNull(first + 2), row.TextOrNull(first + 3), Replayed: true)
            : new IdempotencyKeyReused(request.Key!);

    public static void Remember(WriteSession session, RequestId request, StoredAnswer answer, DateTimeOffset now)
    {
        if (request.Key is not null)
            session.Enqueue(
                InsertSql, request.Caller, request.Key, request.Hash, answer.Status, answer.Location, answer.ETag, answer.Body, now);
    }
}
