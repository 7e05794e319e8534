using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/form-statistics</c>: what is known of each procedure of an office in a fiscal year besides its times: the
/// indicator (ตัวชี้วัด) that its manual prints, how many cases there were, and what the forms say, satisfaction among it. What people
/// wrote in words is not told: it stands with their cases.
/// </summary>
public static class GetFormStatistics
{
    /// <summary>The newest forms of a year that are counted; of more, the report says that it does not hold all.</summary>
    public const int MaxForms = 50_000;

    /// <summary>Marks from 1 to 5, as the manuals' forms ask for them: 5 is the best. From 4 on a mark is high.</summary>
    public const int WorstMark = 1;
    public const int BestMark = 5;
    public const int HighMark = 4;

    static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(1);

    // Indexes: ix_form_answer_time, newest first; the primary key of audit_event.
    const string Sql = """
        SELECT a.definition_key AS key, a.step_id AS step, e.type, e.payload
        FROM form_answer a
        JOIN audit_event e ON e.instance_id = a.instance_id AND e.sequence = a.sequence
        WHERE a.office = @office AND a.answered_at >= @from AND a.answered_at < @to
        ORDER BY a.answered_at DESC
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/form-statistics", GetAsync).WithName("GetFormStatistics").WithTags("Reports").Produces<Report>()
            .Query(
                ("office", "The office; required."), ("fiscalYear", "Of the Buddhist era; the current one when left out."),
                ("definitionKey", "Only this procedure, with its steps and their fields."))
            .Refuses(400, 403, 404);

    public sealed record Value(string Answer, long Number);

    /// <param name="Label">As the form has it now; null when it has no such field any more.</param>
    /// <param name="Kind"><c>mark</c> (from 1 to 5), <c>choice</c> (one of some, yes or no, some of some, another scale), <c>number</c>,
    /// <c>text</c>.</param>
    /// <param name="Answered">How often it was filled in.</param>
    /// <param name="Values">Of marks and choices, each in the order of the form.</param>
    /// <param name="Mean">Of numbers, to two places.</param>
    public sealed record Field(
        string Name, LocalizedText? Label, string Kind, long Answered, IReadOnlyList<Value> Values, decimal? Sum, decimal? Mean,
        decimal? Min, decimal? Max);

    /// <param name="Forms">How many were filled in.</param>
    public sealed record Step(string Id, LocalizedText? Name, long Forms, IReadOnlyList<Field> Fields);

    /// <summary>All marks from 1 to 5 together.</summary>
    /// <param name="Mean">To two places.</param>
    /// <param name="PercentHigh">Of them, those from 4 on.</param>
    public sealed record Marks(long Number, decimal Mean, int PercentHigh);

    /// <param name="Indicator">ตัวชี้วัด as its manual prints it; null when it prints none.</param>
    /// <param name="Began">Cases that began in the year.</param>
    /// <param name="Ended">Cases that ended in it, whenever they began.</param>
    /// <param name="PercentOnTime">Of the limits that are decided; null when none is.</param>
    /// <param name="Marks">Null when none was given.</param>
    /// <param name="Steps">Empty unless one procedure is asked for.</param>
    public sealed record Procedure(
        string Key, LocalizedText? Name, string? Indicator, long Began, long Ended, int? PercentOnTime, long Forms, Marks? Marks,
        IReadOnlyList<Step> Steps);

    /// <param name="All">False when there were more forms than are counted: then the newest are.</param>
    public sealed record Report(
        string Office, LocalizedText OfficeName, int FiscalYear, bool All, IReadOnlyList<Procedure> Items, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var (office, year) = OfficeYear.Asked(http, now, "read-figures");
        var key = http.Text("definitionKey");
        if (key is not null && await sources.Definitions.LatestAsync(key, http.RequestAborted) is null)
            return Problems.From(new DefinitionNotFound(key));
        if (await ReadAsync(sources, office, year, now, http.RequestAborted) is not { } report)
            return Problems.From(new OfficeNotFound(office, "office"));
        var items = key is null ? report.Items.Select(p => p with { Steps = [] }) : report.Items.Where(p => p.Key == key);
        return Results.Json(report with { Items = [.. items] }, JsonShape.Options);
    }

    /// <summary>For the API, the page and the files; null when there is no such office. Kept for a minute.</summary>
    public static async Task<Report?> ReadAsync(Sources sources, string office, int year, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var name = ("form-statistics", office, year);
        if (sources.Cache.TryGetValue(name, out Report? kept))
            return kept;
        if (await GetServices.ReadAsync(sources, office, year, now, ct) is not { } services)
            return null;
        var (found, all) = await CountAsync(sources, office, year, ct);
        var known = services.Items.ToDictionary(s => s.Key, StringComparer.Ordinal);
        var items = new List<Procedure>();
        foreach (var key in known.Keys.Concat(found.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var definition = await sources.Definitions.LatestAsync(key, ct);
            var service = known.GetValueOrDefault(key);
            var steps = found.GetValueOrDefault(key) ?? [];
            items.Add(new Procedure(
                key, definition?.Name, definition is null ? null : await sources.Definitions.IndicatorAsync(definition, ct),
                service?.Total ?? 0, service?.Ended ?? 0, service?.PercentOnTime, steps.Values.Sum(s => s.Forms), MarksOf(steps.Values),
                [.. steps.OrderBy(s => OrderOf(definition, s.Key)).ThenBy(s => s.Key, StringComparer.Ordinal).Select(s => new Step(
                    s.Key, AnswerTally.NameOf(definition, s.Key), s.Value.Forms, [.. s.Value.Fields.Select(f => View(f.Key, f.Value))]))]));
        }

        var report = new Report(office, services.OfficeName, year, all, items, null);
        return sources.Cache.Set(
            name, report, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = KeepFor, Size = 1 + items.Count });
    }

    /// <summary>Procedure → step → its forms.</summary>
    static async Task<(Dictionary<string, Dictionary<string, OfStep>> Found, bool All)> CountAsync(
        Sources sources, string office, int year, CancellationToken ct)
    {
        var found = new Dictionary<string, Dictionary<string, OfStep>>(StringComparer.Ordinal);
        var read = 0;
        // Names of forms are asked for between the rows: a second connection beside the reader's would be one too many for a small pool.
        var rows = new List<Row>();
        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            rows.AddRange(await connection.QueryAsync<Row>(
                Sql, new { office, from = FiscalYear.Begins(year), to = FiscalYear.Begins(year + 1), take = MaxForms + 1 }));
        }

        foreach (var row in rows.Take(MaxForms))
        {
            if (!found.TryGetValue(row.Key, out var steps))
                found.Add(row.Key, steps = new(StringComparer.Ordinal));
            if (!steps.TryGetValue(row.Step, out var step))
                steps.Add(
                    row.Step,
                    step = new OfStep(AnswerTally.Of(AnswerTally.FormOf(await sources.Definitions.LatestAsync(row.Key, ct), row.Step))));
            step.Forms++;
            AnswerTally.Count(step.Fields, row.Type, row.Payload);
            read++;
        }

        return (found, rows.Count == read);
    }

    static int OrderOf(ProcessDefinition? definition, string step) =>
        definition?.Steps.ToList().FindIndex(s => s.Id == step) is { } index and >= 0 ? index : int.MaxValue;

    static bool IsMark(FormField? field) =>
        field is { Type: FieldType.WholeNumber, Minimum: WorstMark, Maximum: BestMark, Choices.IsEmpty: true };

    static Field View(string name, AnswerTally of)
    {
        var kind = IsMark(of.Field) ? "mark"
            : of.Field is { } f && (!f.Choices.IsEmpty || f.Type == FieldType.Boolean || AnswerTally.IsScale(f)
                || f.Item is { Choices.IsEmpty: false }) ? "choice"
            : of.Field?.Type is FieldType.Number or FieldType.WholeNumber || of.Sum is not null ? "number"
            : "text";
        var values = OrderedAnswers(of.Field).Concat(of.Values.Keys).Distinct()
            .Select(v => new Value(v, of.Values.GetValueOrDefault(v)));
        return new Field(
            name, of.Field?.Label, kind, of.Answered, kind is "mark" or "choice" ? [.. values] : [], of.Sum, MeanOf(of.Sum, of.Answered),
            of.Min, of.Max);
    }

    /// <summary>What may be answered, in the order of the form; marks from the best down.</summary>
    static IEnumerable<string> OrderedAnswers(FormField? field) => field switch
    {
        null => [],
        { Choices.IsEmpty: false } => field.Choices,
        { Item.Choices.IsEmpty: false } => field.Item.Choices,
        { Type: FieldType.Boolean } => ["true", "false"],
        _ when AnswerTally.IsScale(field) => Enumerable.Range(0, (int)(field.Maximum! - field.Minimum!) + 1)
            .Select(i => ((int)field.Maximum! - i).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        _ => [],
    };

    static decimal? MeanOf(decimal? sum, long number) =>
        sum is { } known && number > 0 ? Math.Round(known / number, 2, MidpointRounding.AwayFromZero) : null;

    static Marks? MarksOf(IEnumerable<OfStep> steps)
    {
        var marks = steps.SelectMany(s => s.Fields.Values).Where(f => IsMark(f.Field)).SelectMany(f => f.Values)
            .Select(v => (Mark: decimal.Parse(v.Key, System.Globalization.CultureInfo.InvariantCulture), Number: (long)v.Value)).ToList();
        var number = marks.Sum(m => m.Number);
        return number == 0
            ? null
            : new Marks(
                number, MeanOf(marks.Sum(m => m.Mark * m.Number), number)!.Value,
                (int)(100 * marks.Where(m => m.Mark >= HighMark).Sum(m => m.Number) / number));
    }

    sealed class OfStep(Dictionary<string, AnswerTally> fields)
    {
        public long Forms { get; set; }
        public Dictionary<string, AnswerTally> Fields => fields;
    }

    sealed record Row
    {
        public string Key { get; init; } = "";
        public string Step { get; init; } = "";
        public string Type { get; init; } = "";
        public string Payload { get; init; } = "";
    }
}
