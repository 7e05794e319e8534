using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// Cases as Studio's instance viewer shows them: the flow with what is done,
/// what waits and what was cancelled, and the journal, all from the events.
/// </summary>
public static class StudioInstances
{
    /// <summary>
    /// Studio's own list goes by numbered pages and wants a total: it shows the newest cases. The pages under /cases show them all.
    /// </summary>
    const int MaxCases = 1000;

    // Indexes: ix_instance_office, ix_instance_definition; bounded.
    const string ListSql = """
        SELECT instance_id, definition_key, definition_version, office, title, business_key, status, started_at, ended_at, revision
        FROM process_instance
        WHERE office = @office {0}
        ORDER BY instance_id {1}
        LIMIT @MaxCases
        """;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/workflow-instances", ListAsync);
        api.MapGet("/workflow-instances/{id:guid}", GetAsync);
        api.MapGet("/workflow-instances/{id:guid}/execution-state", StateAsync);
        api.MapGet("/workflow-instances/{id:guid}/variables", VariablesAsync);
        api.MapPost("/workflow-instances/{id:guid}/journal", JournalAsync);
        api.MapGet("/workflow-instances/{id:guid}/journal", JournalAsync);
        api.MapPost("/activity-executions/report", ReportAsync);
        api.MapGet("/activity-executions/list", RecordsAsync);
        api.MapGet("/activity-executions/by-id", RecordAsync);
        api.MapGet("/activity-execution-summaries/list", RecordsAsync);

        foreach (var route in new[]
        {
            "/cancel/workflow-instances/{id}", "/bulk-actions/cancel/workflow-instances", "/bulk-actions/delete/workflow-instances/by-id",
            "/bulk-actions/export/workflow-instances", "/bulk-actions/import/workflow-instances",
        })
            api.MapPost(route, Unsupported);
        api.MapDelete("/workflow-instances/{id}", Unsupported);
        api.MapPost("/alterations/run", Unsupported);
        api.MapPost("/workflow-instances/{id}/variables", Unsupported);
    }

    static IResult Unsupported() => throw RefusedRequestException.At(
        null, "เปลี่ยนแปลงเรื่องจากหน้านี้ไม่ได้ ให้ทำที่หน้าของเรื่อง ซึ่งบันทึกผู้ทำและเหตุผล",
        "A case is not changed here: do it on the page of the case, which records who and why.");

    static object Describe(CaseHead row) => new
    {
        Id = row.InstanceId.ToString(),
        DefinitionId = row.DefinitionKey,
        DefinitionVersionId = VersionId.Published(row.DefinitionKey, row.DefinitionVersion).ToString(),
        Version = row.DefinitionVersion,
        Status = row.ElsaStatus,
        SubStatus = row.ElsaSubStatus,
        CorrelationId = row.BusinessKey,
        Name = row.Title,
        IncidentCount = 0,
        IsSystem = false,
        CreatedAt = StudioModel.Iso(row.StartedAt),
        UpdatedAt = StudioModel.Iso(row.EndedAt ?? row.StartedAt),
        FinishedAt = row.EndedAt is { } end ? StudioModel.Iso(end) : null,
    };

    sealed record Filter(
        int? Page,
        int? PageSize,
        string? SearchTerm,
        string? DefinitionId,
        List<string>? DefinitionIds,
        string? Status,
        List<string>? Statuses,
        string? SubStatus,
        List<string>? SubStatuses,
        string? OrderDirection);

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var filter = await StudioBodies.BodyAsync<Filter>(http);
        List<string> keys = [.. (filter.DefinitionIds ?? []).Append(filter.DefinitionId ?? "").Where(k => k.Length > 0).Take(100)];
        HashSet<string> statuses = [.. (filter.Statuses ?? []).Append(filter.Status ?? "").Where(s => s.Length > 0)];
        HashSet<string> subs = [.. (filter.SubStatuses ?? []).Append(filter.SubStatus ?? "").Where(s => s.Length > 0)];
        var where = (keys.Count == 1 ? "AND definition_key = @key" : "")
            + (statuses.SetEquals(["Running"]) ? " AND ended_at IS NULL"
                : statuses.SetEquals(["Finished"]) ? " AND ended_at IS NOT NULL"
                : "")
            + (string.IsNullOrEmpty(filter.SearchTerm) ? "" : " AND " + SearchText.Condition(""));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var sql = ListSql.Replace("{0}", where, StringComparison.Ordinal)
            .Replace("{1}", filter.OrderDirection == "Ascending" ? "ASC" : "DESC", StringComparison.Ordinal);
        var rows = (await connection.QueryAsync<CaseHead>(
            sql, new { office = http.Studio().Office, key = keys.FirstOrDefault(), like = SearchText.Like(filter.SearchTerm), MaxCases }))
            .Where(r => (keys.Count < 2 || keys.Contains(r.DefinitionKey)) && (subs.Count == 0 || subs.Contains(r.ElsaSubStatus))).ToList();
        var size = Math.Clamp(filter.PageSize ?? 10, 1, 100);
        var page = Math.Clamp(filter.Page ?? 0, 0, MaxCases);
        return Results.Json(
            new { items = rows.Skip(page * size).Take(size).Select(Describe), totalCount = rows.Count }, StudioJson.Options);
    }

    static async Task<IResult> GetAsync(HttpContext http, Guid id, StudioInstanceReader cases)
    {
        var trace = await cases.ReadTraceAsync(http.Studio(), id, http.RequestAborted);
        var instance = JsonSerializer.SerializeToNode(Describe(trace.Case), StudioJson.Options)!.AsObject();
        var state = JsonSerializer.SerializeToNode(Describe(trace.Case), StudioJson.Options)!.AsObject();
        state["definitionVersion"] = trace.Case.DefinitionVersion;
        state["bookmarks"] = JsonSerializer.SerializeToNode(
            trace.Executions.Where(e => e.Status == "Running").Select(e => new
            {
                e.Id,
                Name = trace.ActivityOf(e).Type,
                Hash = e.Id,
                Payload = new { },
                ActivityNodeId = trace.ActivityOf(e).NodeId,
                ActivityInstanceId = e.Id,
                AutoBurn = true,
            }),
            StudioJson.Options);
        foreach (var list in new[] { "incidents", "completionCallbacks", "activityExecutionContexts" })
            state[list] = new JsonArray();
        foreach (var map in new[] { "input", "output", "properties" })
            state[map] = new JsonObject();
        state["fault"] = null;
        instance["workflowState"] = state;
        return Results.Json(instance, StudioJson.Options);
    }

    static async Task<IResult> StateAsync(HttpContext http, Guid id, StudioInstanceReader cases)
    {
        var row = await cases.FindAsync(http.Studio(), id, http.RequestAborted);
        // Studio reads the case again when this moment changes.
        return Results.Json(
            new
            {
                status = row.ElsaStatus,
                workflowSubStatus = row.ElsaSubStatus,
                updatedAt = StudioModel.Iso((row.EndedAt ?? row.StartedAt).AddMilliseconds(row.Revision)),
            },
            StudioJson.Options);
    }

    static async Task<IResult> VariablesAsync(HttpContext http, Guid id, StudioInstanceReader cases, CaseReader reader)
    {
        await cases.FindAsync(http.Studio(), id, http.RequestAborted);
        var found = await reader.FindAsync(id, http.Studio().Caller, http.RequestAborted);
        return StudioApi.List<object>([.. found!.Value.State.Variables.Select(v => new
        {
            id = v.Key,
            name = v.Key,
            value = JsonNode.Parse(v.Value)?.ToString() ?? "",
        })]);
    }

    sealed record JournalRequest(JournalFilter? Filter);

    sealed record JournalFilter(
        List<string>? ActivityIds, List<string>? ActivityNodeIds, List<string>? ExcludedActivityTypes, List<string>? EventNames);

    static async Task<IResult> JournalAsync(HttpContext http, Guid id, StudioInstanceReader cases)
    {
        var filter = HttpMethods.IsPost(http.Request.Method) ? (await StudioBodies.BodyAsync<JournalRequest>(http)).Filter : null;
        var trace = await cases.ReadTraceAsync(http.Studio(), id, http.RequestAborted);
        var lines = trace.Executions
            .SelectMany(e => e.EndedAt is { } end ? new[]
            {
                (E: e, Event: "Started", At: e.StartedAt, Of: e.StartedSequence),
                (E: e, Event: e.Status, At: end, Of: e.EndedSequence!.Value),
            } : [(E: e, Event: "Started", At: e.StartedAt, Of: e.StartedSequence)])
            .OrderBy(l => l.Of).ThenBy(l => l.Event == "Started" && l.E.EndedSequence != l.E.StartedSequence).ToList();
        var entries = lines
            .Where(l => Passes(filter?.ActivityNodeIds, trace.ActivityOf(l.E).NodeId)
                && Passes(filter?.ActivityIds, l.E.NodeId)
                && Passes(filter?.EventNames, l.Event)
                && filter?.ExcludedActivityTypes?.Contains(trace.ActivityOf(l.E).Type) != true)
            .Select((l, i) => new
            {
                Id = $"{l.E.Id}-{l.Event}",
                ActivityInstanceId = l.E.Id,
                ParentActivityInstanceId = (string?)null,
                ActivityId = l.E.NodeId,
                ActivityType = trace.ActivityOf(l.E).Type,
                ActivityTypeVersion = 1,
                ActivityName = trace.ActivityOf(l.E).Name,
                NodeId = trace.ActivityOf(l.E).NodeId,
                Timestamp = StudioModel.Iso(l.At),
                Sequence = i + 1,
                EventName = l.Event,
                Message = l.Event == "Started" ? null : l.E.Outcome,
                Source = (string?)null,
                ActivityState = trace.ActivityOf(l.E).State,
                Payload = (object?)null,
            }).ToList();
        var skip = Math.Max(0, http.Number("skip") ?? 0);
        var take = Math.Clamp(http.Number("take") ?? 100, 1, 1000);
        return Results.Json(new { items = entries.Skip(skip).Take(take), totalCount = entries.Count }, StudioJson.Options);
    }

    static bool Passes(List<string>? only, string value) => only is null || only.Contains(value);

    sealed record ReportRequest(string? WorkflowInstanceId, List<string>? ActivityNodeIds);

    static async Task<IResult> ReportAsync(HttpContext http, StudioInstanceReader cases)
    {
        var request = await StudioBodies.BodyAsync<ReportRequest>(http);
        var trace = await cases.ReadTraceAsync(http.Studio(), IdOf(request.WorkflowInstanceId), http.RequestAborted);
        var stats = trace.Executions.GroupBy(e => trace.ActivityOf(e).NodeId)
            .Where(g => Passes(request.ActivityNodeIds, g.Key))
            .Select(g => new
            {
                ActivityId = g.First().NodeId,
                ActivityNodeId = g.Key,
                StartedCount = g.Count(),
                CompletedCount = g.Count(e => e.Status == "Completed"),
                UncompletedCount = g.Count(e => e.Status is "Running" or "Faulted"),
                IsBlocked = g.Any(e => e.Status == "Running"),
                IsFaulted = g.Any(e => e.Status == "Faulted"),
                Metadata = new { },
            });
        return Results.Json(new { stats }, StudioJson.Options);
    }

    static Guid IdOf(string? id) => Guid.TryParse(id, out var guid)
        ? guid
        : throw RefusedRequestException.At("workflowInstanceId", "รหัสเรื่องไม่ถูกต้อง", "This is not the id of a case.");

    static async Task<IResult> RecordsAsync(HttpContext http, StudioInstanceReader cases)
    {
        var trace = await cases.ReadTraceAsync(http.Studio(), IdOf(http.Text("WorkflowInstanceId")), http.RequestAborted);
        var node = http.Request.Query["ActivityNodeId"].ToString();
        return StudioApi.List<object>([.. trace.Executions.Where(e => trace.ActivityOf(e).NodeId == node).Select(e => Record(trace, e))]);
    }

    static async Task<IResult> RecordAsync(HttpContext http, StudioInstanceReader cases)
    {
        // The id says which case it is of.
        var (instance, execution) = http.Text("id")?.Split('~') is [var first, var second]
            ? (first, second)
            : throw RefusedRequestException.At("id", "รหัสไม่ถูกต้อง", "This is not the id of a pass.");
        var trace = await cases.ReadTraceAsync(http.Studio(), IdOf(instance), http.RequestAborted);
        return trace.Executions.FirstOrDefault(e => e.Id == execution) is { } found
            ? Results.Json(Record(trace, found), StudioJson.Options)
            : Problems.ForStatus(StatusCodes.Status404NotFound);
    }

    static object Record(ExecutionTrace trace, Execution e) => new
    {
        Id = $"{trace.Case.InstanceId}~{e.Id}",
        WorkflowInstanceId = trace.Case.InstanceId.ToString(),
        ActivityId = e.NodeId,
        ActivityNodeId = trace.ActivityOf(e).NodeId,
        ActivityType = trace.ActivityOf(e).Type,
        ActivityTypeVersion = 1,
        ActivityName = trace.ActivityOf(e).Name,
        ActivityState = trace.ActivityOf(e).State,
        Payload = new { },
        Outputs = new { },
        Properties = new { },
        Metadata = new { },
        Exception = (object?)null,
        StartedAt = StudioModel.Iso(e.StartedAt),
        HasBookmarks = e.Status == "Running",
        e.Status,
        AggregateFaultCount = e.Status == "Faulted" ? 1 : 0,
        CompletedAt = e.EndedAt is { } end ? StudioModel.Iso(end) : null,
        SchedulingActivityExecutionId = (string?)null,
        SchedulingActivityId = (string?)null,
        SchedulingWorkflowInstanceId = (string?)null,
        CallStackDepth = 0,
    };
}
