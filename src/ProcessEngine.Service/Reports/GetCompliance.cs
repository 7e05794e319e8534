using System.Text.Json.Serialization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/sla/compliance</c>: how the clocks did that started in a period. A clock that several steps share counts once,
/// and work without a stated limit is counted apart, never as kept.
/// </summary>
public static class GetCompliance
{
    public static string[] Groupings { get; } = ["definition", "step", "office", "fiscalMonth"];

    // Index: ix_deadline_office. One office, one period.
    static readonly string ClockSql = $$"""
        SELECT {0} AS bucket,
            {{ClockStanding.Count("onTime")}} AS on_time,
            {{ClockStanding.Count("early")}} AS early,
            {{ClockStanding.Count("late")}} AS late,
            {{ClockStanding.Count("open")}} AS open,
            {{ClockStanding.Count("overdue")}} AS overdue,
            {{ClockStanding.Count("atRisk")}} AS at_risk
        FROM deadline d
        WHERE d.office = @office AND d.received_at >= @from AND d.received_at < @to
        GROUP BY 1
        """;

    // Index: ix_task_no_limit.
    const string NoLimitSql = """
        SELECT {0} AS bucket, COUNT(*) AS without_limit
        FROM user_task
        WHERE office = @office AND deadline_id IS NULL AND created_at >= @from AND created_at < @to
        GROUP BY 1
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/sla/compliance", GetAsync).WithName("GetSlaCompliance").WithTags("Reports").Produces<Report>()
            .Choice("groupBy", "definition when left out.", Groupings)
            .Query(
                ("from", "Clocks that started at or after this moment; the start of the fiscal year when left out."),
                ("to", "Clocks that started before this moment; now when left out."), ("office", "Only this office.")).Refuses(400);

    /// <param name="Key">Definition key, <c>definition/step</c>, office code, or fiscal month as <c>2570-01</c> (October is 01).</param>
    /// <param name="OnTime">Ended within the limit, those before the minimum of a range included.</param>
    /// <param name="Early">Of these, before the minimum of a range: no breach.</param>
    /// <param name="Late">Ended after the limit.</param>
    /// <param name="Open">Still running, not due yet; or standing still, as the case is suspended or waits for an outsider; or moved into
    /// the past by a change of the calendar, and not yet confirmed by a supervisor.</param>
    /// <param name="Overdue">Still running, past due.</param>
    /// <param name="AtRisk">Of the open ones, those that are due by the close of the office's next working day.</param>
    /// <param name="WithoutLimit">Tasks for which no limit is stated: measured, never breached.</param>
    public sealed record Group(
        string Key, LocalizedText? Name, long OnTime, long Early, long Late, long Open, long Overdue, long WithoutLimit,
        long AtRisk)
    {
        /// <summary>Of those that are decided: what is late is not kept, whether it has ended or not. Null when none is.</summary>
        [JsonIgnore]
        public int? Percent => OnTime + Late + Overdue is var decided && decided > 0 ? (int)(100 * OnTime / decided) : null;

        /// <summary>How many stand so.</summary>
        public long Of(string standing) => standing switch
        {
            "onTime" => OnTime,
            "early" => Early,
            "late" => Late,
            "open" => Open,
            "atRisk" => AtRisk,
            "overdue" => Overdue,
            ClockStanding.WithoutLimit => WithoutLimit,
            _ => throw UnknownKind.Of(standing),
        };
    }

    public sealed record Report(string GroupBy, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Group> Items, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var groupBy = http.OneOf("groupBy", Groupings) ?? Groupings[0];
        var now = Instants.Truncate(time.GetUtcNow());
        var to = http.Instant("to") ?? now;
        var from = http.Instant("from") ?? StartOfFiscalYear(to);
        if (from > to)
            throw RefusedRequestException.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to.");

        var offices = await sources.OfficesAsync(http.Caller(), http.Text("office"), http.RequestAborted);
        var items = await ReadAsync(sources, offices, groupBy, from, to, now, http.RequestAborted);
        return Results.Json(new Report(groupBy, from, to, items, null), JsonShape.Options);
    }

    /// <summary>The figures of some offices, for the API, the page and the exports.</summary>
    public static async Task<IReadOnlyList<Group>> ReadAsync(
        Sources sources, IReadOnlyList<string> offices, string groupBy, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(offices);
        var (database, definitions) = (sources.Database, sources.Definitions);
        var buckets = new SortedDictionary<string, Counts>(StringComparer.Ordinal);
        foreach (var office in offices)
        {
            var arguments = new { office, from, to, now, soon = await sources.SoonAsync(office, now) };
            await using var connection = await database.OpenAsync(ct);
            foreach (var row in await connection.QueryAsync<ClockRow>(
                Fill(ClockSql, groupBy, database, "received_at", clocks: true), arguments))
                Add(row.Bucket, new Counts(row.OnTime, row.Early, row.Late, row.Open, row.Overdue, 0, row.AtRisk));
            foreach (var row in await connection.QueryAsync<NoLimitRow>(
                Fill(NoLimitSql, groupBy, database, "created_at", clocks: false), arguments))
                Add(row.Bucket, new Counts(0, 0, 0, 0, 0, row.WithoutLimit, 0));
        }

        var items = new List<Group>(buckets.Count);
        foreach (var (key, n) in buckets)
            items.Add(new Group(
                KeyOf(groupBy, key), await NameOfAsync(groupBy, key, definitions, ct), n.OnTime, n.Early, n.Late, n.Open,
                n.Overdue, n.WithoutLimit, n.AtRisk));
        return items;

        void Add(string bucket, Counts counts) => buckets[bucket] = buckets.GetValueOrDefault(bucket) + counts;
    }

    static string Fill(string sql, string groupBy, Database database, string instant, bool clocks)
    {
        var bucket = groupBy switch
        {
            "definition" => "definition_key",
            "step" => "definition_key || '/' || step_id",
            "office" => "office",
            // A clock stores its month; a task without one is few enough to compute it.
            "fiscalMonth" => clocks ? "CAST(fiscal_month AS text)" : database.MonthOf(instant),
            _ => throw UnknownKind.Of(groupBy),
        };
        return sql.Replace("{0}", bucket, StringComparison.Ordinal);
    }

    /// <summary>Gregorian yyyymm → fiscal year and month.</summary>
    static string KeyOf(string groupBy, string bucket)
    {
        if (groupBy != "fiscalMonth")
            return bucket;
        var date = new DateOnly(
            int.Parse(bucket.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(bucket.AsSpan(4, 2), System.Globalization.CultureInfo.InvariantCulture),
            1);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{FiscalYear.Of(date)}-{FiscalYear.MonthOf(date):00}");
    }

    static async Task<LocalizedText?> NameOfAsync(string groupBy, string bucket, DefinitionCatalog definitions, CancellationToken ct)
    {
        if (groupBy is not ("definition" or "step"))
            return null;
        var parts = bucket.Split('/');
        var definition = await definitions.LatestAsync(parts[0], ct);
        return groupBy == "definition" ? definition?.Name : definition?.FindStep(parts[1])?.Name;
    }

    internal static DateTimeOffset StartOfFiscalYear(DateTimeOffset instant)
    {
        var date = BangkokTime.DateOf(instant);
        return BangkokTime.At(new DateOnly(date.Month >= 10 ? date.Year : date.Year - 1, 10, 1), TimeOnly.MinValue);
    }

    /// <summary>The columns: one more does not compile before every place has it.</summary>
    readonly record struct Counts(long OnTime, long Early, long Late, long Open, long Overdue, long WithoutLimit,
        long AtRisk)
    {
        public static Counts operator +(Counts a, Counts b) => new(
            a.OnTime + b.OnTime, a.Early + b.Early, a.Late + b.Late, a.Open + b.Open, a.Overdue + b.Overdue,
            a.WithoutLimit + b.WithoutLimit, a.AtRisk + b.AtRisk);
    }

    sealed record ClockRow
    {
        public string Bucket { get; init; } = "";
        public long OnTime { get; init; }
        public long Early { get; init; }
        public long Late { get; init; }
        public long Open { get; init; }
        public long Overdue { get; init; }
        public long AtRisk { get; init; }
    }

    sealed record NoLimitRow
    {
        public string Bucket { get; init; } = "";
        public long WithoutLimit { get; init; }
    }
}
