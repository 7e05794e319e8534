using System.Text.Encodings.Web;
using System.Text.Json;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// The record as lines of JSON, for somebody who verifies it with a program of their own: the anchors, then of each case what it says of
/// itself, what was sealed of it and its events.
/// </summary>
public sealed class RecordExport(Database database)
{
    const int PageSize = 200;

    static readonly JsonSerializerOptions Shape = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Indexes: the primary keys.
    const string IdsSql = """
        SELECT instance_id FROM (
            SELECT instance_id FROM (
                SELECT instance_id FROM process_instance WHERE instance_id > @after ORDER BY instance_id LIMIT 200) AS a
            UNION
            SELECT instance_id FROM (
                SELECT DISTINCT instance_id FROM anchor_entry WHERE instance_id > @after ORDER BY instance_id LIMIT 200) AS b
            UNION
            SELECT instance_id FROM (
                SELECT DISTINCT instance_id FROM audit_event WHERE instance_id > @after ORDER BY instance_id LIMIT 200) AS c) AS ids
        ORDER BY instance_id
        LIMIT 200
        """;

    const string HeadSql = "SELECT office, revision, head_hash FROM process_instance WHERE instance_id = @id";
    const string SealsSql = "SELECT instance_id, events, office, hash, anchor FROM anchor_entry WHERE instance_id = @id ORDER BY events";
    const string EventsSql = """
        SELECT sequence, type, at, actor, payload, hash
        FROM audit_event
        WHERE instance_id = @id
        ORDER BY sequence
        """;

    public async Task WriteAsync(TextWriter into, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(into);
        await using var connection = await database.OpenAsync(ct);
        for (var last = 0; ;)
        {
            var anchors = await SealAnchors.AnchorsAsync(connection, last, PageSize, ct);
            foreach (var a in anchors)
            {
                await Line(new
                {
                    kind = "anchor",
                    number = a.Number,
                    sealedAt = DbValues.ToText(a.SealedAt),
                    entries = a.Entries,
                    digest = a.Digest,
                    trailLength = a.TrailLength,
                    trailHash = a.TrailHash,
                    previous = a.Previous,
                    hash = a.Hash,
                    key = a.Key,
                    signature = a.Signature,
                });
            }

            if (anchors.Count == 0)
                break;
            last = anchors[^1].Number;
        }

        for (var after = Guid.Empty; ;)
        {
            var ids = await CaseRecord.ListAsync(connection, IdsSql, new { after }, r => Stored.Id(r.GetValue(0)), ct);
            foreach (var id in ids.OfType<Guid>())
                await CaseAsync(id);
            if (ids.Count < PageSize || ids[^1] is not { } next)
                return;
            after = next;
        }

        async Task CaseAsync(Guid id)
        {
            foreach (var head in await CaseRecord.ListAsync(
                connection, HeadSql, new { id },
                r => new
                {
                    kind = "case",
                    @case = id,
                    office = Text(r.GetValue(0)),
                    revision = Stored.Number(r.GetValue(1)),
                    head = Hex(r.GetValue(2)),
                }, ct))
                await Line(head);
            foreach (var seal in await CaseRecord.ListAsync(
                connection, SealsSql, new { id },
                r => new
                {
                    kind = "seal",
                    @case = id,
                    events = Stored.Number(r.GetValue(1)),
                    office = Text(r.GetValue(2)),
                    hash = Hex(r.GetValue(3)),
                    anchor = Stored.Number(r.GetValue(4)),
                }, ct))
                await Line(seal);
            await foreach (var e in CaseRecord.RowsAsync(
                connection, EventsSql, new { id },
                r => new
                {
                    kind = "event",
                    @case = id,
                    sequence = Stored.Number(r.GetValue(0)),
                    type = Text(r.GetValue(1)),
                    at = r.GetValue(2) is var at && Stored.Instant(at) is { } instant ? DbValues.ToText(instant) : Text(at),
                    actor = Text(r.GetValue(3)),
                    payload = Text(r.GetValue(4)),
                    hash = Hex(r.GetValue(5)),
                }, ct))
                await Line(e);
        }

        Task Line(object row) => into.WriteAsync(JsonSerializer.Serialize(row, Shape) + "\n");
    }

    static string? Text(object value) => value is DBNull ? null : value.ToString();

    static string Hex(object value) => Anchor.Hex(value as byte[] ?? []);
}
