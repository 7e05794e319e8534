using System.Globalization;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Calendars;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Http;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.UserTasks;

/// <summary><c>GET /api/v1/user-tasks</c> (mine), <c>GET /api/v1/user-tasks/{id}</c>, <c>GET /api/v1/user-tasks/{id}/deadline</c>.</summary>
public static class GetUserTasks
{
    const string Fields = """
        SELECT task_id, instance_id, office, definition_key, definition_version, step_id, state, outcome, attempt, role, assignee,
            created_at, closed_at, closed_by, deadline_id, due_at, due_order, revision, provisional, awaits_confirmation, level, item, paused, capacity_kind, capacity_order
        """;

    const string Columns = $"{Fields} FROM user_task";

    // Whether the caller asked for the case: whoever sits in a post by order does not get their own case back in it.
    const string OwnCase = "EXISTS (SELECT 1 FROM process_instance i WHERE i.instance_id = user_task.instance_id AND i.started_by = @user)";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/user-tasks", ListAsync).WithName("ListUserTasks").WithTags("User tasks").Produces<Page<UserTaskView>>()
            .Query(
                ("status", "open (default), completed or cancelled"), ("overdue", "true or false"), ("definitionKey", "Only this procedure."),
                ("office", "Only this office."))
            .Paged().Refuses(400);
        routes.MapGet("/user-tasks/{id:guid}", GetAsync).WithName("GetUserTask").WithTags("User tasks").Produces<UserTaskDetail>().Refuses(403, 404);
        routes.MapGet("/user-tasks/{id:guid}/deadline", GetDeadlineAsync)
            .WithName("GetUserTaskDeadline").WithTags("User tasks").Produces<DeadlineExplained>().Refuses(403, 404);
    }

    /// <summary>The tasks that name the caller: assigned to them, or waiting for whoever sits in a post of theirs, own or by order. By due time, without a limit last.</summary>
    static async Task<IResult> ListAsync(HttpContext http, Database database, DefinitionCatalog definitions, OfficeCalendars offices, TimeProvider time)
    {
        var caller = http.Caller();
        var paging = Paging.From(http, keys: 2);
        var status = http.OneOf("status", "open", "completed", "cancelled") ?? "open";
        var (definitionKey, office, overdue, now) = (http.Text("definitionKey"), http.Text("office"), http.Flag("overdue"), time.GetUtcNow());
        var (afterDue, afterId) = After(paging);
        var arguments = new DynamicParameters(new { user = caller.UserId, status, definitionKey, office, now, afterDue, afterId, take = paging.Limit + 1 });

        var filter = (definitionKey is null ? "" : " AND definition_key = @definitionKey")
            + (office is null ? "" : " AND office = @office")
            + overdue switch { true => " AND due_at < @now AND NOT awaits_confirmation", false => " AND (due_at IS NULL OR due_at >= @now OR awaits_confirmation)", null => "" }
            + (afterId is null ? "" : " AND (due_order, task_id) > (@afterDue, @afterId)");

        // One bounded, indexed part for each way in which a task can name the caller; then the first page of them all.
        var parts = new List<string>();
        if (status == "open")
        {
            parts.Add(Part("FALSE", "assignee = @user AND state = 'open' AND assignee IS NOT NULL")); // ix_task_assignee
            foreach (var (n, post) in caller.PostsOf(Roles.Acting).Index())
                parts.AddRange(PartsOf(post, n, arguments).Select(part => Part(post.ByOrder is null ? "FALSE" : OwnCase, part)));
        }
        else
        {
            parts.Add(Part("FALSE", "closed_by = @user AND closed_by IS NOT NULL AND state = @status")); // ix_task_closed_by
        }

        // Two orders may lead to one task: UNION, where UNION ALL would show it twice.
        var sql = string.Join(caller.Orders.IsEmpty ? "\nUNION ALL\n" : "\nUNION\n", parts) + "\nORDER BY due_order, task_id LIMIT @take";
        List<TaskRow> rows;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
            rows = (await connection.QueryAsync<TaskRow>(sql, arguments)).AsList();
        var parsed = new Dictionary<(string, int), ProcessDefinition>();
        foreach (var row in rows)
            parsed[(row.DefinitionKey, row.DefinitionVersion)] = await definitions.GetAsync(row.DefinitionKey, row.DefinitionVersion);
        var kinds = new Dictionary<string, OfficeKind>(StringComparer.Ordinal);
        foreach (var place in rows.Select(r => r.Office).Distinct())
            kinds[place] = await offices.KindOfAsync(place);
        var page = paging.ToPage(rows, r => (Row: r, Definition: parsed[(r.DefinitionKey, r.DefinitionVersion)]), r => [DbValues.ToText(r.DueOrder), r.TaskId.ToString()]);
        return Results.Json(
            new Page<UserTaskView>(
                [.. page.Items.Where(i => !i.Row.OwnCase || i.Definition.FindStep(i.Row.StepId)?.Type != StepType.Approval).Select(i => i.Row.ToView(i.Definition, kinds[i.Row.Office]))],
                page.Next),
            JsonShape.Options);

        string Part(string ownCase, string where) => $"SELECT * FROM ({Fields}, {ownCase} AS own_case FROM user_task WHERE {where}{filter} ORDER BY due_order, task_id LIMIT @take) AS part";
    }

    /// <summary>What waits for anyone in a post; in one that is sat in by order, what its holder has taken, too.</summary>
    static IEnumerable<string> PartsOf(Post post, int n, DynamicParameters arguments)
    {
        arguments.Add($"office{n}", post.Office);
        arguments.Add($"role{n}", post.Role);
        var where = $"office = @office{n} AND role = @role{n} AND state = 'open'{post.Within("definition_key", $"scope{n}", arguments)}";
        yield return $"{where} AND assignee IS NULL"; // ix_task_role
        if (post.ByOrder?.Order.Holder is not { } holder)
            yield break;
        arguments.Add($"holder{n}", holder);
        yield return $"{where} AND assignee = @holder{n} AND assignee IS NOT NULL AND NOT personal"; // ix_task_assignee
    }

    static (DateTimeOffset Due, Guid? Id) After(Paging paging)
    {
        if (paging.After is not { } cursor)
            return (default, null);
        return DateTimeOffset.TryParse(cursor[0], CultureInfo.InvariantCulture, out var due) && Guid.TryParse(cursor[1], out var id)
            ? (due.ToUniversalTime(), id)
            : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    static async Task<IResult> GetAsync(HttpContext http, Guid id, Database database, CaseReader cases, OfficeCalendars offices)
    {
        var (row, refusal) = await FindAsync(http, id, database);
        if (row is null)
            return Problems.From(refusal!);
        if (await cases.FindAsync(row.InstanceId, http.Caller(), http.RequestAborted) is not { } one)
            return Problems.From(new TaskNotFound(id));
        http.Response.Headers.ETag = Requests.ETag(row.Revision);
        return Results.Json(new UserTaskDetail(row.ToView(one.Definition, await offices.KindOfAsync(row.Office)), one.Definition, one.State), JsonShape.Options);
    }

    static async Task<IResult> GetDeadlineAsync(HttpContext http, Guid id, Database database, OfficeCalendars calendars, CaseReader cases)
    {
        var (row, refusal) = await FindAsync(http, id, database);
        if (row is null)
            return Problems.From(refusal!);
        if (await cases.FindAsync(row.InstanceId, http.Caller(), http.RequestAborted) is not { } one)
            return Problems.From(new TaskNotFound(id));
        var step = one.Definition.FindStep(row.StepId)!;
        if (row.DeadlineId is not { } deadlineId)
            return Results.Json(DeadlineExplained.NoneStated(id, step.DeadlineStated), JsonShape.Options);

        var (clock, use) = await ClockAsync(database, row.InstanceId, deadlineId, http.RequestAborted);
        var set = clock.Select(e => e.Event).OfType<DeadlineSet>().Single();
        var calendar = await calendars.AsOfAsync(row.Office, DeadlineExplained.TermsOf(clock).CalendarVersion, http.RequestAborted);
        var leader = one.Definition.FindStep(set.StepId);
        var shared = one.Definition.Steps.Where(s => one.Definition.ClockOf(s).Id == leader?.Id && s.Id != leader.Id).Select(s => s.Id).ToList();
        return Results.Json(
            DeadlineExplained.Of(id, clock, calendar, leader?.DeadlineStated, shared.Count == 0 ? null : [leader!.Id, .. shared], use) with { MovedByCalendarChange = row.AwaitsConfirmation },
            JsonShape.Options);
    }

    /// <summary>Everything that happened to a clock, and the tasks that it timed.</summary>
    static async Task<(IReadOnlyList<RecordedEvent> Events, IReadOnlyList<ClockUse> Use)> ClockAsync(Database database, Guid instanceId, Guid deadlineId, CancellationToken ct)
    {
        // Indexes: the primary key of audit_event, ix_task_instance; bounded by one case.
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<EventRow>(
            """
            SELECT sequence, type, at, payload
            FROM audit_event
            WHERE instance_id = @instanceId AND type IN ('DeadlineSet', 'DeadlinePaused', 'DeadlineMoved', 'DeadlineClosed')
            ORDER BY sequence
            """,
            new { instanceId });
        var events = rows.Select(r => new RecordedEvent(r.Sequence, r.At, null, EventTypes.Read(r.Type, r.Payload))).Where(e => IdOf(e.Event) == deadlineId).ToList();
        var use = await connection.QueryAsync<ClockUse>(
            """
            SELECT task_id, step_id, attempt, assignee, created_at, closed_at
            FROM user_task
            WHERE instance_id = @instanceId AND deadline_id = @deadlineId
            ORDER BY created_at, task_id
            """,
            new { instanceId, deadlineId });
        return (events, use.AsList());

        static Guid? IdOf(ProcessEvent e) => e switch
        {
            DeadlineSet d => d.DeadlineId,
            DeadlinePaused d => d.DeadlineId,
            DeadlineMoved d => d.DeadlineId,
            DeadlineClosed d => d.DeadlineId,
            _ => null,
        };
    }

    sealed record EventRow
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Payload { get; init; } = "";
    }

    /// <summary>A task is seen by those whom it names, and by those who oversee the office: its auditors and administrators.</summary>
    static async Task<(TaskRow? Row, Rejection? Refusal)> FindAsync(HttpContext http, Guid id, Database database)
    {
        var caller = http.Caller();
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var row = await connection.QuerySingleOrDefaultAsync<TaskRow>($"{Columns} WHERE task_id = @id", new { id });
        if (row is null || !caller.BelongsTo(row.Office))
            return (null, new TaskNotFound(id));
        var named = row.Assignee == caller.UserId || row.ClosedBy == caller.UserId || caller.Holds(row.Role, row.Office) || caller.SitsIn(row.Role, row.Office, row.DefinitionKey);
        var oversees = caller.Holds(Roles.Auditor, row.Office) || caller.Holds(Roles.Administrator, row.Office);
        return named || oversees ? (row, null) : (null, new NotAllowed("see", [row.Role, Roles.Auditor, Roles.Administrator]));
    }

    sealed record TaskRow
    {
        public Guid TaskId { get; init; }
        public Guid InstanceId { get; init; }
        public string Office { get; init; } = "";
        public string DefinitionKey { get; init; } = "";
        public int DefinitionVersion { get; init; }
        public string StepId { get; init; } = "";
        public string State { get; init; } = "";
        public string? Outcome { get; init; }
        public int Attempt { get; init; }
        public string Role { get; init; } = "";
        public Guid? Assignee { get; init; }
        public int? Level { get; init; }
        public string? Item { get; init; }
        public bool Paused { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ClosedAt { get; init; }
        public Guid? ClosedBy { get; init; }
        public Guid? DeadlineId { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public DateTimeOffset DueOrder { get; init; }
        public int Revision { get; init; }
        public bool Provisional { get; init; }
        public bool AwaitsConfirmation { get; init; }
        public string? CapacityKind { get; init; }
        public string? CapacityOrder { get; init; }
        public bool OwnCase { get; init; }

        CapacityView? Capacity(OfficeKind kind) => ClosedBy is null ? null : CapacityView.Of(
            Role, CapacityKind is null ? null : new Capacity(Enum.Parse<CapacityKind>(CapacityKind, ignoreCase: true), Role, CapacityOrder!), kind);

        public UserTaskView ToView(ProcessDefinition definition, OfficeKind kind) => UserTaskView.Of(
            definition, TaskId, InstanceId, Office, StepId, State, Outcome, Attempt, Role, Assignee, CreatedAt, ClosedAt, ClosedBy, DueAt, Revision) with
        {
            Level = Level,
            Item = Item,
            Paused = Paused,
            Provisional = Provisional,
            MovedByCalendarChange = AwaitsConfirmation,
            Capacity = Capacity(kind),
        };
    }
}
