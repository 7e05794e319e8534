using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>Reads the record of cases, row by row: a history of any length takes the memory of one event.</summary>
static class CaseRecord
{
    /// <summary>Somebody may be writing to the case; then it is read again.</summary>
    const int MaxReads = 10;

    // Indexes: the primary keys.
    const string HeadSql = "SELECT instance_id, office, revision, head_hash, state FROM process_instance WHERE instance_id = @id";
    const string SealsSql =
        "SELECT instance_id, events, office, hash FROM anchor_entry WHERE instance_id = @id ORDER BY events";
    const string EventsSql = """
        SELECT instance_id, sequence, type, at, actor, payload, hash
        FROM audit_event
        WHERE instance_id = @id
        ORDER BY sequence
        """;

    /// <returns>The office of a case, and whether its record is as it was written; null when nothing was ever known of it.</returns>
    public static async Task<(string Office, Verification Found)?> VerifyAsync(
        DbConnection connection, Guid id, CancellationToken ct)
    {
        for (var reads = 1; ; reads++)
        {
            var head = await HeadAsync(connection, id, ct);
            var seals = await ListAsync(connection, SealsSql, new { id }, SealedCase.From, ct);
            var check = new CaseCheck(id, head, seals);
            var any = false;
            await foreach (var row in EventsAsync(connection, EventsSql, new { id }, ct))
            {
                any = true;
                check.Add(row);
            }

            var found = check.End();
            // What was written between the two looks is no damage.
            if (!found.Valid && reads < MaxReads && (await HeadAsync(connection, id, ct))?.Revision != head?.Revision)
                continue;
            if (head is null && seals.Count == 0 && !any)
                return null;
            return (head?.Office ?? (seals.Count > 0 ? seals[^1].Office : ""), found);
        }
    }

    static async Task<CaseHead?> HeadAsync(DbConnection connection, Guid id, CancellationToken ct) =>
        (await ListAsync(connection, HeadSql, new { id }, CaseHead.From, ct)).FirstOrDefault();

    public static IAsyncEnumerable<StoredEvent> EventsAsync(DbConnection connection, string sql, object arguments, CancellationToken ct) =>
        RowsAsync(connection, sql, arguments, row => new StoredEvent(row), ct);

    public static async IAsyncEnumerable<T> RowsAsync<T>(
        DbConnection connection, string sql, object arguments, Func<DbDataReader, T> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var rows = await connection.ExecuteReaderAsync(sql, arguments);
        while (await rows.ReadAsync(ct))
            yield return read(rows);
    }

    public static async Task<List<T>> ListAsync<T>(
        DbConnection connection, string sql, object arguments, Func<DbDataReader, T> read, CancellationToken ct)
    {
        var list = new List<T>();
        await using var rows = await connection.ExecuteReaderAsync(sql, arguments);
        while (await rows.ReadAsync(ct))
            list.Add(read(rows));
        return list;
    }
}
