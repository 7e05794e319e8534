using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Redactions;

/// <summary>A place in a case in which something of a person stands.</summary>
/// <param name="Ended">Of a case that runs nothing is taken out.</param>
public sealed record FoundPlace(
    Guid ProcessInstanceId, string Title, string? BusinessKey, bool Ended, int Sequence, DateTimeOffset At, string Event, string Field,
    string Text);

/// <param name="Next">After which case to go on; null when all of the office was looked through.</param>
public sealed record FoundPlaces(string Office, IReadOnlyList<FoundPlace> Items, Guid? Next);

/// <summary>
/// Finds what the record of an office holds of a person, and takes it out: every place in the events of a case, its snapshot and the
/// rows that are made of them, in one transaction, with the event that says so (decision 29).
/// </summary>
public sealed class PersonalData(Database database, ProcessStore store)
{
    /// <summary>Who may search and ask; one of them must agree, and is not the one who asked.</summary>
    internal static readonly string[] Keepers = [Roles.Administrator, Roles.Director];

    public const int MaxTerms = 10;
    public const int MinTerm = 4;
    public const int MaxTerm = 200;

    /// <summary>Cases of one request: they are changed together or not at all.</summary>
    public const int MaxCases = 100;

    // Index: ix_instance_office, the primary key of the events: all events of the office from a case on, until so many cases are found.
    const string CasesSql = """
        SELECT i.instance_id
        FROM process_instance i
        WHERE i.office = @office AND i.instance_id > @after {0}
            AND EXISTS (SELECT 1 FROM audit_event e WHERE e.instance_id = i.instance_id AND e.type <> 'ContentRedacted' AND ({1}))
        ORDER BY i.instance_id
        LIMIT @take
        """;

    // Index: the primary keys.
    const string EventsSql = """
        SELECT i.instance_id, i.title, i.business_key, i.status, e.sequence, e.at, e.type, e.payload
        FROM audit_event e
        JOIN process_instance i ON i.instance_id = e.instance_id
        WHERE e.instance_id = @id AND e.type <> 'ContentRedacted'
        ORDER BY e.sequence
        """;

    const string LoadSql = "SELECT i.head_hash FROM process_instance i WHERE i.instance_id = $1 ";
    const string HistorySql = "SELECT sequence, at, actor, type, payload FROM audit_event WHERE instance_id = $1 ORDER BY sequence";
    const string StorePayload = "UPDATE audit_event SET payload = $3 WHERE instance_id = $1 AND sequence = $2";
    const string StoreCase = "UPDATE process_instance SET title = $2, business_key = $3, search_key = $4 WHERE instance_id = $1";

    /// <summary>What else is written of a case: each column of text.</summary>
    static readonly string[] Copies =
    [
        Copy("outbox", "reason"), Copy("user_task", "sent_back_reason"), Copy("attachment", "file_name"),
        Copy("attachment", "withdrawn_reason"), Copy("memo", "subject"), Copy("memo", "body"), Copy("memo", "close"), Copy("memo", "kept"),
        "UPDATE delivery SET about = REPLACE(about, $2, $3) "
            + "WHERE message_id IN (SELECT message_id FROM outbox WHERE instance_id = $1) AND about <> REPLACE(about, $2, $3)",
    ];

    static string Copy(string table, string column) =>
        $"UPDATE {table} SET {column} = REPLACE({column}, $2, $3) WHERE instance_id = $1 AND {column} <> REPLACE({column}, $2, $3)";

    /// <summary>All places of some cases of an office, from one on.</summary>
    public async Task<FoundPlaces> FindAsync(
        string office, IReadOnlyList<string> terms, Guid after, CancellationToken ct, int take = MaxCases, bool ended = false)
    {
        ArgumentNullException.ThrowIfNull(terms);
        await using var connection = await database.OpenAsync(ct);
        var arguments = new DynamicParameters(new { office, after, take = take + 1 });
        foreach (var (i, term) in terms.Index())
            arguments.Add($"like{i}", $"%{Regex.Replace(term, "[!%_]", "!$0")}%");
        var likes = string.Join(" OR ", terms.Select((_, i) => $"e.payload LIKE @like{i} ESCAPE '!'"));
        var ids = (await connection.QueryAsync<Guid>(
            CasesSql.Replace("{0}", ended ? "AND i.status IN ('completed', 'cancelled')" : "", StringComparison.Ordinal)
                .Replace("{1}", likes, StringComparison.Ordinal), arguments)).AsList();
        var places = new List<FoundPlace>();
        foreach (var id in ids.Take(take))
        {
            foreach (var row in await connection.QueryAsync<Row>(EventsSql, new { id }))
            {
                if (TextRedaction.Of(row.Payload, terms) is not var (found, _))
                    continue;
                places.AddRange(found.Select(f => new FoundPlace(
                    id, row.Title, row.BusinessKey, row.Status is "completed" or "cancelled", row.Sequence, row.At, row.Type, f.Field,
                    f.Text)));
            }
        }

        return new FoundPlaces(office, places, ids.Count > take ? ids[take - 1] : null);
    }

    /// <summary>Takes the terms out of one case; part of the transaction that decides.</summary>
    /// <returns>How many events were changed, or why none.</returns>
    internal async ValueTask<Outcome<int>> RedactAsync(
        WriteSession session, Guid id, IReadOnlyList<string> terms, RedactContent command)
    {
        var heads = await session.QueryListAsync(LoadSql + database.Lock("i"), new object?[] { id }, row => row.Bytes(0));
        if (heads.Count == 0)
            return new InstanceNotFound(id);
        var rows = await session.QueryListAsync(
            HistorySql, new object?[] { id },
            row => (Sequence: row.GetInt32(0), At: row.Instant(1), Actor: row.IdOrNull(2), Type: row.GetString(3),
                Payload: row.GetString(4)));
        var changed = new List<RedactedEvent>();
        var history = new List<RecordedEvent>();
        foreach (var row in rows)
        {
            var payload = row.Payload;
            if (row.Type != "ContentRedacted" && TextRedaction.Of(payload, terms) is var (_, without))
            {
                payload = without;
                changed.Add(new RedactedEvent(
                    row.Sequence, Anchor.Hex(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(payload)))));
                session.Enqueue(StorePayload, id, row.Sequence, payload);
            }

            history.Add(new RecordedEvent(row.Sequence, row.At, row.Actor, EventTypes.Read(row.Type, payload)));
        }

        // What the case is now follows from the events as they are now.
        var state = ProcessState.Replay(history);
        if (await store.DecideInBatchAsync(session, state, heads[0], command with { Events = [.. changed] }) is { } refused)
            return refused;
        if (changed.Count == 0)
            return Outcome<int>.Success(0);
        session.Enqueue(StoreCase, id, state.Title, state.BusinessKey, SearchText.Key(state.Title, state.BusinessKey));
        foreach (var term in terms.OrderByDescending(t => t.Length))
        {
            foreach (var copy in Copies)
                session.Enqueue(copy, id, term, TextRedaction.Mark);
        }

        return Outcome<int>.Success(changed.Count);
    }

    public static string Json(IReadOnlyList<string> terms) => JsonSerializer.Serialize(terms);

    sealed record Row
    {
        public string Title { get; init; } = "";
        public string? BusinessKey { get; init; }
        public string Status { get; init; } = "";
        public int Sequence { get; init; }
        public DateTimeOffset At { get; init; }
        public string Type { get; init; } = "";
        public string Payload { get; init; } = "";
    }
}
