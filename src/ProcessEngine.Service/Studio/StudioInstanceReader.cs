using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>A case as Studio's lists show it.</summary>
public sealed record CaseHead
{
    public Guid InstanceId { get; init; }
    public string DefinitionKey { get; init; } = "";
    public int DefinitionVersion { get; init; }
    public string Office { get; init; } = "";
    public string Title { get; init; } = "";
    public string? BusinessKey { get; init; }
    public string Status { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public int Revision { get; init; }

    public string ElsaStatus => Status is "completed" or "cancelled" ? "Finished" : "Running";
    public string ElsaSubStatus => Status switch { "completed" => "Finished", "cancelled" => "Cancelled", _ => "Suspended" };
}

/// <summary>An activity of the flow chart, as the viewer shows it.</summary>
/// <param name="State">Its properties under the names of their descriptors.</param>
public sealed record ActivityView(string Name, string Type, string NodeId, JsonObject State);

/// <summary>A case with its passes through the activities of its flow chart.</summary>
public sealed record ExecutionTrace(
    CaseHead Case, IReadOnlyList<Execution> Executions, IReadOnlyDictionary<string, ActivityView> Activities)
{
    /// <summary>An activity that the version of the case does not have (any more) is shown by its id.</summary>
    public ActivityView ActivityOf(Execution execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        return Activities.TryGetValue(execution.NodeId, out var activity)
            ? activity
            : new ActivityView(
                execution.NodeId, "", string.Create(CultureInfo.InvariantCulture, $"Workflow1:flowchart:{execution.NodeId}"), []);
    }
}

/// <summary>
/// Reads the cases that Studio shows, as executions of activities. An open viewer asks several times a second;
/// between two events the answer is the same, and is kept.
/// </summary>
public sealed class StudioInstanceReader(Database database, DefinitionCatalog definitions, CaseHistory history, IMemoryCache cache)
{
    // Index: the primary key.
    const string FindSql = """
        SELECT instance_id, definition_key, definition_version, office, title, business_key, status, started_at, ended_at, revision
        FROM process_instance
        WHERE instance_id = @id
        """;

    /// <summary>A case of the office that the window works for.</summary>
    /// <exception cref="RefusedRequestException">There is none.</exception>
    public async Task<CaseHead> FindAsync(StudioAccess studio, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(studio);
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<CaseHead>(FindSql, new { id }) is { } row && row.Office == studio.Office
            ? row
            : throw new RefusedRequestException(new InstanceNotFound(id));
    }

    public async Task<ExecutionTrace> ReadTraceAsync(StudioAccess studio, Guid id, CancellationToken ct)
    {
        var head = await FindAsync(studio, id, ct);
        var name = ("studio", id, head.Revision);
        if (cache.TryGetValue(name, out ExecutionTrace? known))
            return known!;
        var definition = await definitions.GetAsync(head.DefinitionKey, head.DefinitionVersion);
        var executions = Executions.Of(definition, await history.OfAsync(id, ct));
        string? content;
        await using (var connection = await database.OpenAsync(ct))
            content = await OfficeDefinitions.ContentAsync(connection, head.Office, head.DefinitionKey, head.DefinitionVersion);
        var trace = new ExecutionTrace(head, executions, content is null ? new Dictionary<string, ActivityView>() : ActivitiesOf(content));
        return cache.Set(name, trace, new MemoryCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(2), Size = 20 });
    }

    static Dictionary<string, ActivityView> ActivitiesOf(string content)
    {
        var activities = new Dictionary<string, ActivityView>(StringComparer.Ordinal);
        if (JsonNode.Parse(content)?["root"] is not JsonObject root)
            return activities;
        var rootId = (string?)root["id"] ?? "flowchart";
        foreach (var activity in (root["activities"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (id, type) = ((string?)activity["id"] ?? "", (string?)activity["type"] ?? "");
            var state = new JsonObject();
            foreach (var property in StudioActivities.PropertiesOf(type))
            {
                if (activity[char.ToLowerInvariant(property[0]) + property[1..]] is { } value)
                    state[property] = value is JsonArray or JsonObject ? value.ToJsonString(StudioJson.Options) : value.DeepClone();
            }

            activities[id] = new ActivityView(
                (string?)activity["name"] ?? id, type, (string?)activity["nodeId"] ?? $"Workflow1:{rootId}:{id}", state);
        }

        return activities;
    }
}
