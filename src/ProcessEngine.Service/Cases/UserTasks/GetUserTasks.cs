using System.Globalization;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>
/// <c>GET /api/v1/user-tasks</c> (mine), <c>GET /api/v1/user-tasks/{id}</c>, <c>…/{id}/deadline</c> (why this date), <c>…/{id}/proposal</c>
/// (what it rests on).
/// </summary>
public static class GetUserTasks
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/user-tasks", ListAsync).WithName("ListUserTasks").WithTags("User tasks").Produces<Page<UserTaskView>>()
            .Choice("status", "open when left out.", "open", "completed", "cancelled")
            .Query(
                ("overdue", "true or false: whether its limit has passed."),
                ("definitionKey", "Only this procedure."),
                ("office", "Only this office."))
            .Paged().Refuses(400);
        routes.MapGet("/user-tasks/{id:guid}", GetAsync).WithName("GetUserTask").WithTags("User tasks").Produces<UserTaskDetail>()
            .Refuses(403, 404);
        routes.MapGet("/user-tasks/{id:guid}/deadline", GetDeadlineAsync)
            .WithName("GetUserTaskDeadline").WithTags("User tasks").Produces<DeadlineExplained>().Refuses(403, 404);
        routes.MapGet("/user-tasks/{id:guid}/proposal", GetProposalAsync)
            .WithName("GetUserTaskProposal").WithTags("User tasks").Produces<ProposalView>().Refuses(403, 404);
    }

    /// <summary>
    /// The tasks that name the caller: assigned to them, or waiting for whoever sits
    /// in a post of theirs, own or by order. By due time, without a limit last.
    /// </summary>
    static async Task<IResult> ListAsync(
        HttpContext http, Database database, DefinitionCatalog definitions, OfficeCalendars offices, TimeProvider time)
    {
        var caller = http.Caller();
        var paging = Paging.From(http, keys: 2);
        var status = http.OneOf("status", "open", "completed", "cancelled") ?? "open";
        var (definitionKey, office, overdue, now) = (
            http.Text("definitionKey"), http.Text("office"), http.Flag("overdue"), time.GetUtcNow());
        var (afterDue, afterId) = After(paging);
        var arguments = new DynamicParameters(new
        {
            user = caller.UserId,
            status,
            definitionKey,
            office,
            now,
            afterDue,
            afterId,
            take = paging.Limit + 1,
        });

        var filter = (definitionKey is null ? "" : " AND definition_key = @definitionKey")
            + (office is null ? "" : " AND office = @office")
            + overdue switch
            {
                true => $" AND due_at < @now AND NOT awaits_confirmation AND NOT {TaskReader.StandsStill}",
                false => $" AND (due_at IS NULL OR due_at >= @now OR awaits_confirmation OR {TaskReader.StandsStill})",
                null => "",
            }
            + (afterId is null ? "" : " AND (due_order, task_id) > (@afterDue, @afterId)");

        // One bounded, indexed part for each way in which a task can name the caller; then the first page of them all.
        var parts = status == "open"
            ? TaskReader.OpenTasksOf(caller, arguments)
            : ["t.closed_by = @user AND t.closed_by IS NOT NULL AND t.state = @status"]; // ix_task_closed_by
        var sql = string.Join(
            "\nUNION ALL\n",
            parts.Select(part =>
                $"""
                SELECT *
                FROM (SELECT {TaskReader.Columns} FROM user_task t WHERE {part}{filter} ORDER BY t.due_order, t.task_id LIMIT @take) AS part
                """))
            + "\nORDER BY due_order, task_id LIMIT @take";
        List<TaskRow> rows;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
            rows = (await connection.QueryAsync<TaskRow>(sql, arguments)).AsList();
        var parsed = new Dictionary<(string, int), ProcessDefinition>();
        foreach (var row in rows)
            parsed[(row.DefinitionKey, row.DefinitionVersion)] = await definitions.GetAsync(row.DefinitionKey, row.DefinitionVersion);
        var kinds = new Dictionary<string, OfficeKind>(StringComparer.Ordinal);
        foreach (var place in rows.Select(r => r.Office).Distinct())
            kinds[place] = await offices.KindOfAsync(place);
        return Results.Json(
            paging.ToPage(
                rows, r => r.ToView(parsed[(r.DefinitionKey, r.DefinitionVersion)], kinds[r.Office]),
                r => [DbValues.ToText(r.DueOrder), r.TaskId.ToString()]),
            JsonShape.Options);
    }

    static (DateTimeOffset Due, Guid? Id) After(Paging paging)
    {
        if (paging.After is not { } cursor)
            return (default, null);
        return DateTimeOffset.TryParse(cursor[0], CultureInfo.InvariantCulture, out var due) && Guid.TryParse(cursor[1], out var id)
            ? (due.ToUniversalTime(), id)
            : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    static async Task<IResult> GetAsync(HttpContext http, Guid id, TaskReader tasks)
    {
        var found = await tasks.FindAsync(id, http.Caller(), http.RequestAborted);
        if (found.Rejection is { } refusal)
            return Problems.From(refusal);
        http.Response.Headers.ETag = Requests.ETag(found.Value!.Row.Revision);
        return Results.Json(found.Value.Detail(), JsonShape.Options);
    }

    static async Task<IResult> GetProposalAsync(HttpContext http, Guid id, TaskReader tasks, ProposalReader proposals)
    {
        var found = await tasks.FindAsync(id, http.Caller(), http.RequestAborted);
        return found.Rejection is { } refusal
            ? Problems.From(refusal)
            : Results.Json(await proposals.OfAsync(found.Value!, http.Caller(), http.RequestAborted), JsonShape.Options);
    }

    static async Task<IResult> GetDeadlineAsync(HttpContext http, Guid id, TaskReader tasks)
    {
        var found = await tasks.FindAsync(id, http.Caller(), http.RequestAborted);
        return found.Rejection is { } refusal
            ? Problems.From(refusal)
            : Results.Json(await tasks.ExplainAsync(found.Value!, http.RequestAborted), JsonShape.Options);
    }
}
