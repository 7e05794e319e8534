using Dapper;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary><c>GET /api/v1/process-instances</c> and <c>GET /api/v1/process-instances/{id}</c>.</summary>
public static class GetInstances
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/process-instances", ListAsync)
            .WithName("ListProcessInstances").WithTags("Process instances").Produces<Page<InstanceView>>()
            .Choice("status", "All when left out.", "running", "suspended", "completed", "cancelled")
            .Query(
                ("definitionKey", "Only this procedure."),
                ("office", "Only this office."),
                ("outcome", "How it ended: completed, cancelled, withdrawn, or what an end of the definition says."),
                ("businessKey", "The caller's own reference."), ("overdue", "true or false: whether a running limit has passed."),
                ("data", "true: with the data of each case; left out otherwise."))
            .Paged().Refuses(400);
        routes.MapGet("/process-instances/{id:guid}", GetAsync)
            .WithName("GetProcessInstance").WithTags("Process instances").Produces<InstanceView>().Refuses(404);
    }

    static async Task<IResult> GetAsync(HttpContext http, Guid id, CaseReader cases)
    {
        var found = await cases.FindAsync(id, http.Caller(), http.RequestAborted);
        if (found is not { } one)
            return Problems.From(new InstanceNotFound(id));
        http.Response.Headers.ETag = Requests.ETag(one.State.Revision);
        return Results.Json(InstanceView.Of(one.Definition, one.State), JsonShape.Options);
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database, DefinitionCatalog definitions, TimeProvider time)
    {
        var paging = Paging.From(http, keys: 1);
        var status = http.OneOf("status", "running", "suspended", "completed", "cancelled");
        var filter = new
        {
            status,
            definitionKey = http.Text("definitionKey"),
            outcome = http.Text("outcome"),
            businessKey = http.Text("businessKey"),
            office = http.Text("office"),
            now = time.GetUtcNow(),
            after = paging.AfterId(),
            take = paging.Limit + 1,
        };
        var overdue = http.Flag("overdue");
        var withData = http.Flag("data") == true;

        // Newest first. Indexes: ix_instance_office, _definition, _running, _outcome, _business_key, ix_deadline_due; one office at a time.
        var where = new List<string> { "office = @office" };
        if (filter.status is not null)
            where.Add(status == "running" ? "status = 'running'" : "status = @status");
        if (filter.definitionKey is not null)
            where.Add("definition_key = @definitionKey");
        if (filter.outcome is not null)
            where.Add("outcome = @outcome");
        if (filter.businessKey is not null)
            where.Add("business_key = @businessKey");
        if (overdue == true)
            where.Add(
                "instance_id IN (SELECT instance_id FROM deadline WHERE office = @office AND state = 'open' AND due_at < @now "
                    + "AND NOT awaits_confirmation AND NOT paused)");
        if (overdue == false)
            where.Add("(next_due_at IS NULL OR next_due_at >= @now)");
        if (filter.after is not null)
            where.Add("instance_id < @after");
        var sql = $"SELECT state, outcome FROM process_instance WHERE {string.Join(" AND ", where)} ORDER BY instance_id DESC LIMIT @take";

        var rows = new List<(string State, string? Outcome)>();
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            foreach (var office in await VisibleOffices.ForAsync(connection, http.Caller(), filter.office))
                rows.AddRange(await connection.QueryAsync<(string, string?)>(
                    sql,
                    new
                    {
                        office,
                        filter.status,
                        filter.definitionKey,
                        filter.outcome,
                        filter.businessKey,
                        filter.now,
                        filter.after,
                        filter.take,
                    }));
        }

        var states = rows.Select(row => CaseReader.StateOf(row.State, row.Outcome))
            .OrderByDescending(s => s.InstanceId.ToString(), StringComparer.Ordinal)
            .Take(filter.take)
            .ToList();
        var views = new List<InstanceView>(states.Count);
        foreach (var state in states)
        {
            var view = InstanceView.Of(await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion), state);
            views.Add(withData ? view : view with { Variables = null });
        }

        return Results.Json(paging.ToPage(views, v => v, v => [v.Id.ToString()]), JsonShape.Options);
    }
}
