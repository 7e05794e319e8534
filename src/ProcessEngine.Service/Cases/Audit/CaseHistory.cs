using Dapper;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>An event of a case as it was stored, with the name of who acted.</summary>
/// <param name="Event">Null when what is stored can no longer be read; <c>audit/verify</c> says so, too.</param>
public sealed record PastEvent(int Sequence, DateTimeOffset At, Guid? Actor, string? ActorName, ProcessEvent? Event);

/// <summary>Reads the history of a case for people. Whether somebody may see the case is asked before.</summary>
public sealed class CaseHistory(Database database)
{
    /// <summary>Longer histories are shown from their end.</summary>
    public const int MaxEvents = 1000;

    // Index: the primary key of audit_event, backwards.
    const string Sql = """
        SELECT e.sequence, e.type, e.at, e.actor, u.display_name AS actor_name, e.payload
        FROM audit_event e
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE e.instance_id = @id
        ORDER BY e.sequence DESC
        LIMIT @MaxEvents
        """;

    public async Task<IReadOnlyList<PastEvent>> OfAsync(Guid instanceId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(Sql, new { id = instanceId, MaxEvents });
        return
        [
            .. rows.Reverse().Select(
                r => new PastEvent(r.Sequence, r.At, r.Actor, r.ActorName, EventTypes.ReadOrNull(r.Type, r.Payload))),
        ];
    }

    /// <summary>What still holds: without what was undone.</summary>
    public static IEnumerable<PastEvent> Standing(IReadOnlyList<PastEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var undone = events.Select(e => e.Event).OfType<ActUndone>().ToList();
        return undone.Count == 0 ? events : events.Where(e => !undone.Exists(u => e.Sequence >= u.From && e.Sequence <= u.Through));
    }

    /// <summary>As the core knows them; what can no longer be read is left out.</summary>
    public static IReadOnlyList<RecordedEvent> Readable(IEnumerable<PastEvent> events) =>
        [.. events.Where(e => e.Event is not null).Select(e => new RecordedEvent(e.Sequence, e.At, e.Actor, e.Event!))];

    sealed record Row
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public Guid? Actor { get; init; }
        public string? ActorName { get; init; }
        public string Payload { get; init; } = "";
    }
}
