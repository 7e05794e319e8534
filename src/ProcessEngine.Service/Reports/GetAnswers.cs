using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/answers</c>: what was filled in at a step over a fiscal year, counted. Choices by how often each was taken,
/// numbers by their sum and bounds; of texts only how many there are: what people wrote stands with their cases.
/// </summary>
public static class GetAnswers
{
    /// <summary>Answers that one request counts; a caller adds up the pages.</summary>
    public const int PageSize = 1000;

    // Indexes: the primary keys. One office, one step, one year.
    const string Sql = """
        SELECT a.answered_at, a.task_id, e.type, e.payload
        FROM form_answer a
        JOIN audit_event e ON e.instance_id = a.instance_id AND e.sequence = a.sequence
        WHERE a.office = @office
            AND a.definition_key = @definitionKey
            AND a.step_id = @step
            AND a.answered_at >= @from
            AND a.answered_at < @to
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/answers", GetAsync).WithName("GetFormAnswers").WithTags("Reports").Produces<Report>()
            .Query(
                ("definitionKey", "The procedure."), ("step", "Its step."), ("office", "The office."),
                ("fiscalYear", "Of the Buddhist era, such as 2570; the current one when left out."),
                ("cursor", "The next of the page before."))
            .Refuses(400, 404);

    /// <param name="Label">As the form has it now; null when it has no such field any more.</param>
    /// <param name="Answered">How often it was filled in.</param>
    /// <param name="Values">Of a choice, of yes or no, of a list of choices and of a scale: how often each; else null.</param>
    public sealed record Field(
        string Name,
        LocalizedText? Label,
        int Answered,
        IReadOnlyDictionary<string, int>? Values,
        decimal? Sum,
        decimal? Min,
        decimal? Max);

    /// <param name="Answers">How many forms this page counts.</param>
    /// <param name="Next">Cursor of the next page, to be added up with this one; null on the last.</param>
    public sealed record Report(
        string DefinitionKey, string Step, string Office, int FiscalYear, int Answers, IReadOnlyList<Field> Fields, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Database database, DefinitionCatalog definitions, TimeProvider time)
    {
        var (definitionKey, step, office) = (Needed(http, "definitionKey"), Needed(http, "step"), Needed(http, "office"));
        var year = http.Number("fiscalYear") ?? FiscalYear.Of(BangkokTime.DateOf(time.GetUtcNow()));
        if (year is < 2500 or > 2700)
            throw RefusedRequestException.At(
                "fiscalYear", "ต้องเป็นปีงบประมาณ พ.ศ. เช่น 2570", "It must be a Buddhist fiscal year, such as 2570.");
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        if (await definitions.LatestAsync(definitionKey, http.RequestAborted) is not { } definition)
            return Problems.From(new DefinitionNotFound(definitionKey));

        var paging = Paging.From(http, keys: 2);
        var (afterAt, afterId) = After(paging);
        List<Row> rows;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            rows = (await connection.QueryAsync<Row>(
                $"{Sql}{(afterId is null ? "" : " AND (a.answered_at, a.task_id) > (@afterAt, @afterId)")}\nORDER BY a.answered_at, "
                    + "a.task_id LIMIT @take",
                new
                {
                    office,
                    definitionKey,
                    step,
                    from = FiscalYear.Begins(year),
                    to = FiscalYear.Begins(year + 1),
                    afterAt,
                    afterId,
                    take = PageSize
                    + 1
                })).AsList();
        }

        var fields = AnswerTally.Of(AnswerTally.FormOf(definition, step));
        foreach (var row in rows.Take(PageSize))
            AnswerTally.Count(fields, row.Type, row.Payload);

        var next = rows.Count > PageSize
            ? Paging.Cursor(DbValues.ToText(rows[PageSize - 1].AnsweredAt), rows[PageSize - 1].TaskId.ToString())
            : null;
        return Results.Json(
            new Report(
                definitionKey, step, office, year, Math.Min(rows.Count, PageSize), [.. fields.Select(f => View(f.Key, f.Value))], next),
            JsonShape.Options);
    }

    static string Needed(HttpContext http, string name) =>
        http.Text(name) ?? throw RefusedRequestException.At(name, "ต้องระบุ", "It is required.");

    static (DateTimeOffset At, Guid? Id) After(Paging paging)
    {
        if (paging.After is not { } cursor)
            return (default, null);
        return DateTimeOffset.TryParse(cursor[0], CultureInfo.InvariantCulture, out var at) && Guid.TryParse(cursor[1], out var id)
            ? (at.ToUniversalTime(), id)
            : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    static Field View(string name, AnswerTally of) => new(
        name, of.Field?.Label, of.Answered, of.Values.Count == 0 ? null : of.Values, of.Sum, of.Min, of.Max);

    sealed record Row
    {
        public DateTimeOffset AnsweredAt { get; init; }
        public Guid TaskId { get; init; }
        public string Type { get; init; } = "";
        public string Payload { get; init; } = "";
    }
}
