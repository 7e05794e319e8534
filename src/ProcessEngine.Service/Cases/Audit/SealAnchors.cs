using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// Seals what the record is, once an hour: nobody who writes waits for it, and it costs a write nothing. What happened to a case since it
/// was last sealed, and was taken back out since, leaves no trace here.
/// </summary>
/// <remarks>docs/decisions/0023-anchors.md.</remarks>
public sealed class SealAnchors(
    Database database, AnchorKey key, AnchorCopies copies, TimeProvider time, ILogger<SealAnchors> log) : IRecurringJob
{
    /// <summary>Cases in one anchor: they are stored in one transaction.</summary>
    const int MaxEntries = 5_000;

    /// <summary>Further back than any transaction is under way, and than the clocks of two nodes are apart.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    const string NotSealed = """
        SELECT i.instance_id, i.revision, i.office, i.head_hash
        FROM process_instance i
        WHERE {0} NOT EXISTS (SELECT 1 FROM anchor_entry e WHERE e.instance_id = i.instance_id AND e.events = i.revision)
        """;

    // Indexes: ix_instance_version (open cases only), ix_instance_ended, the primary key of anchor_entry.
    static readonly string ChangedSql = $"""
        SELECT * FROM (
            {Where("i.ended_at IS NULL AND")}
            UNION ALL
            {Where("i.ended_at >= @since AND")}) AS changed
        ORDER BY instance_id
        LIMIT {MaxEntries}
        """;

    // Index: the primary keys, from one end to the other.
    static readonly string AllSql = $"{Where("i.instance_id > @after AND")}\nORDER BY i.instance_id\nLIMIT {MaxEntries}";

    const string LastSql = "SELECT number, hash FROM anchor ORDER BY number DESC LIMIT 1";
    const string TrailSql = "SELECT length, hash FROM admin_trail WHERE one = 1";
    const string InsertEntry = "INSERT INTO anchor_entry (instance_id, events, anchor, office, hash) VALUES ($1, $2, $3, $4, $5)";
    const string InsertAnchor = """
        INSERT INTO anchor (number, sealed_at, entries, digest, trail_length, trail_hash, previous, hash, key, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    internal const string Columns =
        "number, sealed_at, entries, digest, trail_length, trail_hash, previous, hash, key, signature";

    public string Name => "anchors";
    public LocalizedText Title => new("ตราประทับบันทึก", "Anchors of the record");
    public TimeSpan Interval => TimeSpan.FromHours(1);

    public Task<int> RunAsync(CancellationToken ct) => SealAsync(everything: false, ct);

    /// <param name="everything">Also what ended long ago and was changed since, and what a lost wake-up passed over.</param>
    /// <returns>How many cases were sealed.</returns>
    public async Task<int> SealAsync(bool everything, CancellationToken ct)
    {
        var (count, after) = (0, Guid.Empty);
        DateTimeOffset? since = null;
        while (true)
        {
            List<SealedCase> changed;
            bool trail;
            await using (var connection = await database.OpenAsync(ct))
            {
                var last = await connection.QuerySingleOrDefaultAsync<Last>(
                    "SELECT number, sealed_at, trail_length FROM anchor ORDER BY number DESC LIMIT 1");
                everything |= last is null;
                since ??= last?.SealedAt - Margin;
                changed = everything
                    ? await CaseRecord.ListAsync(connection, AllSql, new { after }, SealedCase.From, ct)
                    : await CaseRecord.ListAsync(
                        connection, ChangedSql, new { since }, SealedCase.From, ct);
                trail = await connection.ExecuteScalarAsync<long>("SELECT length FROM admin_trail") > (last?.TrailLength ?? -1);
            }

            if ((changed.Count == 0 && !trail) || !await StoreAsync(changed))
                break;
            count += changed.Count;
            if (changed.Count < MaxEntries)
                break;
            after = changed[^1].InstanceId;
        }

        await CopyAsync(ct);
        return count;
    }

    /// <returns>False when another node sealed the same just now.</returns>
    /// <summary>Two nodes with a key each would sign in turn, and neither could verify what the other did.</summary>
    async Task TellOfAnotherKeyAsync()
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var last = await connection.QuerySingleOrDefaultAsync<byte[]>("SELECT key FROM anchor ORDER BY number DESC LIMIT 1");
        if (last is not null && AnchorKey.IdOf(Anchor.Hex(last)) is var id && !key.Trusted().Contains(id))
            Log.SignedByAnother(log, id);
    }

    async Task<bool> StoreAsync(List<SealedCase> changed)
    {
        using var signer = key.FindOrMake();
        await TellOfAnotherKeyAsync();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in changed)
            digest.AppendData(Anchor.LineOf(entry));
        // Whole seconds, as every program writes them alike.
        var (sum, exact) = (digest.GetHashAndReset(), time.GetUtcNow());
        var now = exact.AddTicks(-(exact.Ticks % TimeSpan.TicksPerSecond));
        try
        {
            return await database.TransactAsync(
                async session =>
                {
                    var (number, previous) = (1, Anchor.Beginning);
                    await session.QueryAsync(LastSql, Array.Empty<object?>(), r => (number, previous) = (r.GetInt32(0) + 1, r.Bytes(1)));
                    (int Length, byte[] Hash) trail = (0, AdministrationTrail.Beginning);
                    await session.QueryAsync(TrailSql, Array.Empty<object?>(), r => trail = (r.GetInt32(0), r.Bytes(1)));
                    var made = Anchor.Sealed(number, now, changed.Count, sum, trail, previous, signer);
                    foreach (var entry in changed)
                        session.Enqueue(InsertEntry, entry.InstanceId, entry.Events, number, entry.Office, entry.Hash);
                    session.Enqueue(
                        InsertAnchor, number, now, changed.Count, sum, trail.Length, trail.Hash, previous, Convert.FromHexString(made.Hash),
                        Convert.FromHexString(made.Key), Convert.FromHexString(made.Signature));
                    return true;
                },
                CancellationToken.None);
        }
        catch (WriteConflictException)
        {
            return false;
        }
    }

    /// <summary>After the commit; what a crash kept from being written is written by the next run.</summary>
    async Task CopyAsync(CancellationToken ct)
    {
        var last = copies.Last();
        while (true)
        {
            await using var connection = await database.OpenAsync(ct);
            var next = await AnchorsAsync(connection, last, 500, ct);
            foreach (var anchor in next)
                copies.Append(anchor);
            if (next.Count == 0)
                return;
            last = next[^1].Number;
        }
    }

    // Index: the primary key.
    internal static Task<List<Anchor>> AnchorsAsync(DbConnection connection, int after, int take, CancellationToken ct) =>
        CaseRecord.ListAsync(
            connection, $"SELECT {Columns} FROM anchor WHERE number > @after ORDER BY number LIMIT @take", new { after, take }, From, ct);

    /// <param name="before">Null: from the newest.</param>
    internal static Task<List<Anchor>> NewestAsync(DbConnection connection, int? before, int take, CancellationToken ct) =>
        CaseRecord.ListAsync(
            connection,
            $"SELECT {Columns} FROM anchor {(before is null ? "" : "WHERE number < @before")} ORDER BY number DESC LIMIT @take",
            new { before, take }, From, ct);

    internal static Anchor From(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Anchor(
            row.GetInt32(0), Stored.Instant(row.GetValue(1)) ?? default, Stored.Number(row.GetValue(2)) ?? -1, Hex(3),
            Stored.Number(row.GetValue(4)) ?? -1, Hex(5), Hex(6), Hex(7), Hex(8), Hex(9));

        string Hex(int column) => Anchor.Hex(row.GetValue(column) as byte[] ?? []);
    }

    static string Where(string condition) => NotSealed.Replace("{0}", condition, StringComparison.Ordinal);

    sealed record Last
    {
        public int Number { get; init; }
        public DateTimeOffset SealedAt { get; init; }
        public int TrailLength { get; init; }
    }
}

static partial class Log
{
    [LoggerMessage(
        8102, LogLevel.Error,
        "The last anchor was signed by the key {Key}, which this node does not trust. Nodes of one database share the file of the key "
            + "(Audit:KeyFile); after a change of keys the one before is named in Audit:TrustedKeys")]
    public static partial void SignedByAnother(ILogger logger, string key);
}
