using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>Whether the anchors are those that were sealed, by their chain, their signatures, their entries and their copies.</summary>
public sealed class AnchorVerifier(Database database, AnchorKey key, AnchorCopies copies)
{
    const int PageSize = 500;

    // Indexes: ix_anchor_entry, the primary key of the trail.
    const string EntriesSql =
        "SELECT instance_id, events, office, hash FROM anchor_entry WHERE anchor = @number ORDER BY instance_id";
    const string TrailSql = "SELECT hash FROM admin_event WHERE sequence = @TrailLength";

    /// <returns>What is wrong with the anchors and with the trail of the administration, and the number of the last anchor.</returns>
    public async Task<(IReadOnlyList<StoreFault> Faults, int Last)> CheckAsync(CancellationToken ct)
    {
        var faults = new List<StoreFault>();
        var trusted = key.Trusted();
        await using var connection = await database.OpenAsync(ct);
        using var known = copies.All().GetEnumerator();
        var copy = known.MoveNext() ? known.Current : null;
        var (last, previous) = (0, Anchor.Hex(Anchor.Beginning));
        while (true)
        {
            var page = await SealAnchors.AnchorsAsync(connection, last, PageSize, ct);
            foreach (var anchor in page)
            {
                for (var missing = last + 1; missing < anchor.Number; missing++)
                    faults.Add(Of("anchor-missing", missing));
                if (await ReasonAsync(connection, anchor, anchor.Number == last + 1 ? previous : null, trusted, ct) is { } reason)
                    faults.Add(Of(reason, anchor.Number));
                while (copy is not null && copy.Number < anchor.Number)
                    Next();
                if (copy?.Number == anchor.Number && copy.Hash != anchor.Hash && faults.LastOrDefault()?.Anchor != anchor.Number)
                    faults.Add(Of("anchor-changed", anchor.Number));
                (last, previous) = (anchor.Number, anchor.Hash);
            }

            if (page.Count == 0)
                break;
        }

        for (; copy is not null; Next())
        {
            if (copy.Number > last && faults.LastOrDefault()?.Anchor != copy.Number)
                faults.Add(Of("anchor-missing", copy.Number));
        }

        // Index: ix_anchor_entry. Of no anchor: what was put there by hand.
        if (await connection.ExecuteScalarAsync<int?>(
            "SELECT anchor FROM anchor_entry WHERE anchor > @last ORDER BY anchor LIMIT 1", new { last }) is { } beyond
            && faults.TrueForAll(f => f.Anchor != beyond))
            faults.Add(Of("anchor-missing", beyond));
        if (await AdministrationEvents.CheckAsync(connection) is { Valid: false } trail)
            faults.Add(new StoreFault($"trail-{trail.Reason}", Sequence: trail.BrokenAt));
        return (faults, last);

        void Next() => copy = known.MoveNext() ? known.Current : null;
    }

    static StoreFault Of(string reason, int anchor) => new(reason, Anchor: anchor);

    /// <param name="previous">Null where the anchor before is missing.</param>
    static async Task<string?> ReasonAsync(
        DbConnection connection, Anchor anchor, string? previous, IReadOnlySet<string> trusted, CancellationToken ct)
    {
        var (entries, digest) = await DigestAsync(connection, anchor.Number, ct);
        if (entries != anchor.Entries || digest != anchor.Digest || (previous is not null && previous != anchor.Previous))
            return "anchor-changed";
        if (!anchor.IsWhole())
            return "anchor-signature";
        if (trusted.Count > 0 && !trusted.Contains(anchor.KeyId))
            return "anchor-key";
        var trail = anchor.TrailLength == 0
            ? AdministrationTrail.Beginning
            : await connection.ExecuteScalarAsync<byte[]>(TrailSql, new { anchor.TrailLength });
        return trail is not null && Anchor.Hex(trail) == anchor.TrailHash ? null : "trail-rewritten";
    }

    static async Task<(int Entries, string Digest)> DigestAsync(DbConnection connection, int number, CancellationToken ct)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var entries = 0;
        await using var rows = await connection.ExecuteReaderAsync(EntriesSql, new { number });
        while (await rows.ReadAsync(ct))
        {
            digest.AppendData(Anchor.LineOf(SealedCase.From(rows)));
            entries++;
        }

        return (entries, Anchor.Hex(digest.GetHashAndReset()));
    }
}
