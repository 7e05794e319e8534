using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/forms</c>: the forms that were filled in at a step in a fiscal year, one by one, newest first: what the manuals
/// call a control register (ทะเบียนคุม), of whatever step has a form. For those who oversee the office, and see its cases anyway.
/// </summary>
public static class ListForms
{
    // Indexes: the primary keys. One office, one step, one year, newest first.
    static string Sql(bool search, bool after) => $"""
        SELECT a.answered_at, a.task_id, a.instance_id, e.type, e.payload, e.actor AS person, u.display_name AS person_name, i.title,
            i.business_key
        FROM form_answer a
        JOIN audit_event e ON e.instance_id = a.instance_id AND e.sequence = a.sequence
        JOIN process_instance i ON i.instance_id = a.instance_id
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE a.office = @Office AND a.definition_key = @DefinitionKey AND a.step_id = @Step AND a.answered_at >= @from
            AND a.answered_at < @to
            {(after ? "AND (a.answered_at, a.task_id) < (@At, @Id)" : "")}
            {(search ? "AND " + SearchText.Condition("i") : "")}
        ORDER BY a.answered_at DESC, a.task_id DESC
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/forms", GetAsync).WithName("ListForms").WithTags("Reports").Produces<Page<FilledForm>>()
            .Query(
                ("office", "The office; required."), ("definitionKey", "The procedure; required."), ("step", "Its step; required."),
                ("fiscalYear", "Of the Buddhist era; the current one when left out."), ("q", "In the names and numbers of cases."))
            .Paged().Refuses(400, 403, 404);

    /// <param name="Person">Who filled it in.</param>
    /// <param name="Answers">Field → what was filled in.</param>
    public sealed record FilledForm(
        Guid TaskId, Guid ProcessInstanceId, string Title, string? BusinessKey, DateTimeOffset AnsweredAt, Guid? Person, string? PersonName,
        IReadOnlyDictionary<string, JsonElement> Answers);

    public sealed record Filter(string Office, int Year, string DefinitionKey, string Step, string? Search);

    /// <summary>After which form a page goes on.</summary>
    public sealed record Place(DateTimeOffset At, Guid Id)
    {
        public string[] Keys => [DbValues.ToText(At), Id.ToString()];

        public static Place? From(string[]? keys) => keys is null ? null
            : keys is [var at, var id] && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var instant)
                && Guid.TryParse(id, out var task)
                ? new Place(instant.ToUniversalTime(), task)
                : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    public static Place PlaceOf(FilledForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new Place(form.AnsweredAt, form.TaskId);
    }

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var (office, year) = OfficeYear.Asked(http, time.GetUtcNow(), "read-forms");
        var (key, step) = (Needed(http, "definitionKey"), Needed(http, "step"));
        if (await sources.Definitions.LatestAsync(key, http.RequestAborted) is null)
            return Problems.From(new DefinitionNotFound(key));
        var paging = Paging.From(http, keys: 2);
        var rows = await ReadAsync(
            sources, new Filter(office, year, key, step, http.Text("q")), Place.From(paging.After), paging.Limit + 1, http.RequestAborted);
        return Results.Json(paging.ToPage(rows, r => r, r => PlaceOf(r).Keys), JsonShape.Options);
    }

    static string Needed(HttpContext http, string name) =>
        http.Text(name) ?? throw RefusedRequestException.At(name, "ต้องระบุ", "It is required.");

    /// <summary>What the step is called whose forms are listed; null when there is no such step.</summary>
    public static LocalizedText? NameOf(Core.Definitions.ProcessDefinition definition, string step) => AnswerTally.NameOf(definition, step);

    /// <summary>The fields that a register of the step has as columns: those of its form now.</summary>
    public static async Task<IReadOnlyList<FormField>> FieldsAsync(Sources sources, string key, string step, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return AnswerTally.FormOf(await sources.Definitions.LatestAsync(key, ct), step)?.Fields ?? [];
    }

    /// <summary>For the API, the page and the files.</summary>
    public static async Task<IReadOnlyList<FilledForm>> ReadAsync(
        Sources sources, Filter filter, Place? after, int take, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(filter);
        var like = SearchText.Like(filter.Search);
        await using var connection = await sources.Database.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(
            Sql(like is not null, after is not null),
            new
            {
                filter.Office,
                filter.DefinitionKey,
                filter.Step,
                from = FiscalYear.Begins(filter.Year),
                to = FiscalYear.Begins(filter.Year + 1),
                after?.At,
                after?.Id,
                like,
                take,
            });
        return [.. rows.Select(r => new FilledForm(
            r.TaskId, r.InstanceId, r.Title, r.BusinessKey, r.AnsweredAt, r.Person, r.PersonName,
            AnswerTally.OutputsOf(r.Type, r.Payload).ToDictionary(a => a.Key, a => JsonSerializer.Deserialize<JsonElement>(a.Value))))];
    }

    /// <summary>The heads of a file: no two alike.</summary>
    public static IEnumerable<string> Columns(Words words, IReadOnlyList<FormField> fields)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(fields);
        List<string> heads =
        [
            words["เมื่อ", "When"], words["เรื่อง", "Case"], words["เลขที่", "Reference"], words["ผู้กรอก", "Filled in by"],
            words["รหัสเรื่อง", "Case id"],
        ];
        foreach (var field in fields)
            heads.Add(heads.Contains(words[field.Label]) ? $"{words[field.Label]} ({field.Name})" : words[field.Label]);
        return heads;
    }

    /// <summary>All of them, as they are asked for.</summary>
    public static async IAsyncEnumerable<object?[]> RowsAsync(
        Sources sources, Filter filter, IReadOnlyList<FormField> fields, int pageSize, [EnumeratorCancellation] CancellationToken ct)
    {
        Place? after = null;
        while (true)
        {
            var page = await ReadAsync(sources, filter, after, pageSize, ct);
            foreach (var form in page)
            {
                yield return
                [
                    form.AnsweredAt, form.Title, form.BusinessKey, form.PersonName, form.ProcessInstanceId.ToString(),
                    .. fields.Select(f => form.Answers.TryGetValue(f.Name, out var value) ? Cell(value) : null),
                ];
            }

            if (page.Count < pageSize)
                yield break;
            after = PlaceOf(page[^1]);
        }
    }

    static object? Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => $"{Cell(v)}")),
        _ => value.GetRawText(),
    };

    sealed record Row
    {
        public DateTimeOffset AnsweredAt { get; init; }
        public Guid TaskId { get; init; }
        public Guid InstanceId { get; init; }
        public string Type { get; init; } = "";
        public string Payload { get; init; } = "";
        public Guid? Person { get; init; }
        public string? PersonName { get; init; }
        public string Title { get; init; } = "";
        public string? BusinessKey { get; init; }
    }
}
