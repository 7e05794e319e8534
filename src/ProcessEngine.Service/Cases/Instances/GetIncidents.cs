using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>Something that stands in the way of a case, as the administrator of its office sees it.</summary>
/// <param name="Id">Of the incident; of a task that nobody can do, that of the task.</param>
/// <param name="TaskId">The task that nobody can do; null where no task is the matter.</param>
/// <param name="Retry">Whether it can be tried again (<c>POST …/incidents/{id}/retry</c>)
/// when it is put right; else it is over when somebody can take the work.</param>
public sealed record CaseIncident(
    Guid Id,
    Guid ProcessInstanceId,
    string Title,
    string? BusinessKey,
    string DefinitionKey,
    string Node,
    LocalizedText? NodeName,
    string Code,
    LocalizedText Text,
    string? Detail,
    Guid? TaskId,
    bool Retry,
    DateTimeOffset Since,
    DateTimeOffset? DueAt);

/// <summary>
/// <c>GET /api/v1/offices/{office}/incidents</c>: what stands in the way of
/// an office's cases until somebody puts it right, the most pressing first.
/// </summary>
/// <remarks>
/// That nobody is there to do a task is asked of the tasks, the people and the orders
/// as they are now: it comes and goes with them, and nothing has to run for it.
/// </remarks>
public static class GetIncidents
{
    /// <summary>Whoever may try again, and the auditor.</summary>
    static readonly string[] Readers = [.. Permissions.Supervising, Roles.Auditor];

    // Index: ix_incident_office.
    const string RaisedSql = """
        SELECT i.incident_id AS id, i.raised_at AS pressing, i.instance_id, i.node_id, i.code, i.detail, CAST(NULL AS uuid) AS task_id,
            i.raised_at AS since, CAST(NULL AS timestamptz) AS due_at, p.state
        FROM incident i
        JOIN process_instance p ON p.instance_id = i.instance_id
        WHERE i.office = @office AND (i.raised_at, i.incident_id) > (@afterAt, @afterId)
        ORDER BY i.raised_at, i.incident_id
        LIMIT @take
        """;

    // Index: ix_task_role, one vacant post at a time.
    const string VacantSql = """
        SELECT t.task_id AS id, t.due_order AS pressing, t.instance_id, t.step_id AS node_id, '{code}' AS code, t.role AS detail, t.task_id,
            t.created_at AS since, t.due_at, p.state
        FROM user_task t
        JOIN process_instance p ON p.instance_id = t.instance_id
        WHERE t.office = @office
            AND t.role = {role}
            AND t.state = 'open'
            AND t.assignee IS NULL
            AND (t.due_order, t.task_id) > (@afterAt, @afterId){within}
        ORDER BY t.due_order, t.task_id
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/offices/{office}/incidents", ListAsync).WithName("ListIncidents").WithTags("Administration")
            .Produces<Page<CaseIncident>>().Paged().Refuses(400, 403, 404);

    static async Task<IResult> ListAsync(
        HttpContext http, string office, Database database, DefinitionCatalog definitions, OfficeCalendars offices, OfficePostNames posts,
        ProcessStore store)
    {
        var caller = http.Caller();
        if (!caller.BelongsTo(office) || await offices.FindOfficeAsync(office, http.RequestAborted) is null)
            return Problems.From(new OfficeNotFound(office, "office"));
        if (!Readers.Any(role => caller.Holds(role, office) || caller.Orders.Any(o => o.Role == role && o.Office == office)))
            return Problems.From(new NotAllowed("list-incidents", Readers));
        return Results.Json(
            await ReadAsync(office, Paging.From(http, keys: 2), database, definitions, offices, posts, store, http.RequestAborted),
            JsonShape.Options);
    }

    /// <summary>A page of them; the caller may see the office.</summary>
    internal static async Task<Page<CaseIncident>> ReadAsync(
        string office, Paging paging, Database database, DefinitionCatalog definitions, OfficeCalendars offices, OfficePostNames posts,
        ProcessStore store, CancellationToken ct)
    {
        await posts.RefreshAsync(ct);
        var (afterAt, afterId) = After(paging);
        var now = store.Now();
        var arguments = new DynamicParameters(new { office, afterAt, afterId, take = paging.Limit + 1 });
        var parts = new List<string> { RaisedSql };
        foreach (var (n, post) in (await offices.VacantPostsAsync(office, BangkokTime.DateOf(now))).Index())
        {
            arguments.Add($"role{n}", post.Role);
            parts.Add(VacantSql.Replace("{code}", IncidentCodes.NobodyHoldsRole, StringComparison.Ordinal)
                .Replace("{role}", $"@role{n}", StringComparison.Ordinal)
                .Replace(
                    "{within}",
                    PostByOrder.Within(post.ByOrder, "t.definition_key", $"scope{n}", arguments, not: true),
                    StringComparison.Ordinal));
        }

        List<Row> rows;
        await using (var connection = await database.OpenAsync(ct))
        {
            rows = (await connection.QueryAsync<Row>(
                string.Join("\nUNION ALL\n", parts.Select(part => $"SELECT * FROM ({part}) AS part"))
                    + "\nORDER BY pressing, id LIMIT @take",
                arguments)).AsList();
        }

        var page = paging.ToPage(rows, r => r, r => [DbValues.ToText(r.Pressing), r.Id.ToString()]);
        var items = new List<CaseIncident>();
        foreach (var row in page.Items)
        {
            var state = ProcessStore.ReadState(row.State);
            var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
            if (row.Code == IncidentCodes.NobodyMayAct && !await HoldsAsync(row, definition, state))
                continue;
            items.Add(new CaseIncident(
                row.Id, state.InstanceId, state.Title, state.BusinessKey, state.DefinitionKey, row.NodeId,
                (definition.Find(row.NodeId) as Step)?.Name, row.Code,
                IncidentView.TextOf(row.Code, row.Detail, posts.Find(office, row.Detail ?? "")),
                row.Detail, row.TaskId, IsRetried(state, row), row.Since, row.DueAt));
        }

        return new Page<CaseIncident>(items, page.Next);

        // Somebody may have come since who can do it.
        async ValueTask<bool> HoldsAsync(Row row, ProcessDefinition definition, ProcessState state)
        {
            var moment = await offices.MomentAsync(office, definition.Key, now);
            return state.OpenTasks.Any(t => t.StepId == row.NodeId && Authority.NobodyFor(
                definition, state, t, moment) == IncidentCodes.NobodyMayAct);
        }
    }

    static bool IsRetried(ProcessState state, Row row) =>
        row.TaskId is null && state.Incidents.FirstOrDefault(i => i.IncidentId == row.Id) is { } incident
        && (incident.Call is not null || state.Waits.Any(w => w.Kind == WaitKind.Incident && w.NodeId == incident.NodeId));

    static (DateTimeOffset At, Guid Id) After(Paging paging)
    {
        if (paging.After is not { } cursor)
            return (DateTimeOffset.UnixEpoch, Guid.Empty);
        return DateTimeOffset.TryParse(cursor[0], CultureInfo.InvariantCulture, out var at) && Guid.TryParse(cursor[1], out var id)
            ? (at.ToUniversalTime(), id)
            : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    sealed record Row
    {
        public Guid Id { get; init; }
        public DateTimeOffset Pressing { get; init; }
        public string NodeId { get; init; } = "";
        public string Code { get; init; } = "";
        public string? Detail { get; init; }
        public Guid? TaskId { get; init; }
        public DateTimeOffset Since { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public string State { get; init; } = "";
    }
}
