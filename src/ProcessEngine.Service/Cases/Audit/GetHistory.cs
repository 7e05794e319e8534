using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary><c>GET /api/v1/process-instances/{id}/history</c>: who did what, when and why. The events are the audit trail.</summary>
public static class GetHistory
{
    // Index: the primary key.
    const string Sql = """
        SELECT e.sequence, e.type, e.at, e.actor, u.display_name AS actor_name, e.payload, e.hash
        FROM audit_event e
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE e.instance_id = @id AND e.sequence > @after
        ORDER BY e.sequence
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/process-instances/{id:guid}/history", GetAsync)
            .WithName("GetProcessInstanceHistory").WithTags("Audit").Produces<Page<HistoryItem>>().Paged().Refuses(404);

    static async Task<IResult> GetAsync(HttpContext http, Guid id, Database database, CaseReader cases, OfficeCalendars offices)
    {
        var paging = Paging.From(http, keys: 1);
        if (await cases.FindAsync(id, http.Caller(), http.RequestAborted) is not { } one)
            return Problems.From(new InstanceNotFound(id));
        var kind = await offices.KindOfAsync(one.State.Office);
        var after = paging.AfterNumber() ?? 0;
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var rows = (await connection.QueryAsync<Row>(Sql, new { id, after, take = paging.Limit + 1 })).AsList();
        // Index: ix_task_instance; bounded by one case.
        var roles = (await connection.QueryAsync<(Guid Task, string Role)>(
            "SELECT task_id, role FROM user_task WHERE instance_id = @id", new { id }))
            .ToDictionary(t => t.Task, t => t.Role);
        return Results.Json(
            paging.ToPage(rows, r => ToItem(r, roles, kind), r => [r.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)]),
            JsonShape.Options);
    }

    static HistoryItem ToItem(Row row, Dictionary<Guid, string> roles, OfficeKind kind)
    {
        var data = Data(row.Payload);
        var comment = data is JsonObject fields ? (fields["comment"] ?? fields["text"])?.GetValue<string>() : null;
        return new HistoryItem(
            row.Sequence, row.Type, row.At, row.Actor?.ToString() ?? "system", row.ActorName, CapacityOf(row, roles, kind), comment, data,
            Convert.ToHexStringLower(row.Hash));
    }

    static CapacityView? CapacityOf(Row row, Dictionary<Guid, string> roles, OfficeKind kind)
    {
        try
        {
            var e = EventTypes.Read(row.Type, row.Payload);
            return CapacityView.Of(e, TaskOutcomes.Of(e) is { } closed ? roles.GetValueOrDefault(closed.TaskId) : null, kind);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A damaged event is shown as the text that it has become; <c>audit/verify</c> says that it is damaged.</summary>
    static JsonNode? Data(string payload)
    {
        try
        {
            return JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return JsonValue.Create(payload);
        }
    }

    sealed record Row
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public Guid? Actor { get; init; }
        public string? ActorName { get; init; }
        public string Payload { get; init; } = "";
        public byte[] Hash { get; init; } = [];
    }
}

/// <param name="Actor">Id of the user; <c>system</c> when the service acted because time had passed.</param>
/// <param name="Capacity">By what right a task was decided; of other acts only where it was by order.</param>
/// <param name="Hash">SHA-256 over this event and the hash of the one before it.</param>
public sealed record HistoryItem(
    int Sequence,
    string Type,
    DateTimeOffset At,
    string Actor,
    string? ActorName,
    CapacityView? Capacity,
    string? Comment,
    JsonNode? Data,
    string Hash);
