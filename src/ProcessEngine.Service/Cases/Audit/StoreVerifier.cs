using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>Something in the record that is not as it was written.</summary>
/// <param name="Reason">As <see cref="Verification"/> has it; or, of anchors, <c>anchor-missing</c>, <c>anchor-changed</c>,
/// <c>anchor-signature</c> and <c>anchor-key</c>; or, of the trail of the administration, the same with <c>trail-</c> before it.</param>
/// <param name="Sequence">Of the event; null where it is about none.</param>
public sealed record StoreFault(
    string Reason, string? Office = null, Guid? ProcessInstanceId = null, int? Sequence = null, int? Anchor = null);

/// <param name="Next">After which case it goes on; null at the end.</param>
public sealed record VerifiedPage(Guid? Next, int Cases, long Events, IReadOnlyList<StoreFault> Faults);

/// <summary>Holds the whole record against itself and against what was sealed of it: page by page, in the memory of one page.</summary>
public sealed class StoreVerifier(Database database)
{
    /// <summary>Cases of a page. Their events are read one after another, however many they are.</summary>
    public const int PageSize = 200;

    // Indexes: the primary keys; of one office, ix_instance_office and ix_anchor_entry_office.
    const string HeadsSql = """
        SELECT instance_id, office, revision, head_hash, state
        FROM process_instance
        WHERE {0} instance_id > @after
        ORDER BY instance_id
        LIMIT @take
        """;

    const string SealsSql = """
        SELECT instance_id, events, office, hash
        FROM anchor_entry
        WHERE {0} instance_id > @after {1}
        ORDER BY instance_id, events
        """;

    const string EventsSql = """
        SELECT e.instance_id, e.sequence, e.type, e.at, e.actor, e.payload, e.hash
        FROM audit_event e
        WHERE e.instance_id > @after {1}
        ORDER BY e.instance_id, e.sequence
        """;

    const string EventsOfOfficeSql = """
        SELECT e.instance_id, e.sequence, e.type, e.at, e.actor, e.payload, e.hash
        FROM process_instance i
        JOIN audit_event e ON e.instance_id = i.instance_id
        WHERE i.office = @office AND i.instance_id > @after {1}
        ORDER BY e.instance_id, e.sequence
        """;

    /// <param name="office">Null: the cases of all, and rows that belong to no case.</param>
    /// <param name="after"><see cref="Guid.Empty"/> to begin with.</param>
    public async Task<VerifiedPage> PageAsync(string? office, Guid after, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var read = await CaseRecord.ListAsync(
            connection, Filled(HeadsSql, office, null), new { office, after, take = PageSize }, CaseHead.From, ct);
        var heads = read.OfType<CaseHead>().ToDictionary(h => h.Id);
        var last = read.Count == PageSize ? read[^1]?.Id : null;
        var arguments = new { office, after, last };
        var seals = (await CaseRecord.ListAsync(connection, Filled(SealsSql, office, last), arguments, SealedCase.From, ct))
            .ToLookup(s => s.InstanceId);

        var (events, suspects, met) = (0L, new List<Guid>(), new HashSet<Guid>());
        var faults = read.Where(head => head is null).Select(_ => new StoreFault("added")).ToList();
        CaseCheck? check = null;
        var current = Guid.Empty;
        var sql = Filled(office is null ? EventsSql : EventsOfOfficeSql, null, last);
        await foreach (var row in CaseRecord.EventsAsync(connection, sql, arguments, ct))
        {
            events++;
            if (row.InstanceId is not { } id)
            {
                faults.Add(new StoreFault("added", Sequence: row.Sequence));
                continue;
            }

            if (check is null || id != current)
            {
                End();
                (current, check) = (id, new CaseCheck(id, heads.GetValueOrDefault(id), [.. seals[id]]));
                met.Add(id);
            }

            check.Add(row);
        }

        End();
        suspects.AddRange(heads.Keys.Concat(seals.Select(s => s.Key)).Where(id => !met.Contains(id)));
        foreach (var id in suspects.Distinct())
        {
            // Once more by itself: what was written while the page was read is no damage.
            if (await CaseRecord.VerifyAsync(connection, id, ct) is (var where, { Valid: false } found))
                faults.Add(new StoreFault(found.Reason!, where.Length > 0 ? where : null, id, found.BrokenAt));
        }

        return new VerifiedPage(last, heads.Count, events, faults);

        void End()
        {
            if (check is not null && !check.End().Valid)
                suspects.Add(current);
        }
    }

    static string Filled(string sql, string? office, Guid? last) => sql
        .Replace("{0}", office is null ? "" : "office = @office AND", StringComparison.Ordinal)
        .Replace(
            "{1}",
            last is null ? "" : sql == EventsSql ? "AND e.instance_id <= @last" : sql == EventsOfOfficeSql ? "AND i.instance_id <= @last"
                : "AND instance_id <= @last",
            StringComparison.Ordinal);
}
