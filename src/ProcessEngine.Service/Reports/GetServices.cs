using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/services</c>: สถิติการให้บริการ, as an office publishes it each year: how often each service was asked for, month
/// by month, how many came to an end, and how many of its limits were kept.
/// </summary>
public static class GetServices
{
    // Indexes: ix_instance_came, ix_instance_went. One office, one fiscal year.
    const string CameSql = """
        SELECT i.definition_key AS key, {0} AS month, COUNT(*) AS number
        FROM process_instance i
        WHERE i.office = @office AND i.started_at >= @from AND i.started_at < @to
        GROUP BY 1, 2
        """;

    const string WentSql = """
        SELECT i.definition_key AS key, 0 AS month, COUNT(*) AS number
        FROM process_instance i
        WHERE i.office = @office AND i.ended_at >= @from AND i.ended_at < @to AND i.ended_at IS NOT NULL
        GROUP BY 1
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/services", GetAsync).WithName("GetServiceStatistics").WithTags("Reports").Produces<Report>()
            .Query(("office", "The office; required."), ("fiscalYear", "Of the Buddhist era; the current one when left out."))
            .Refuses(400, 403, 404);

    /// <param name="Months">Cases that began, from October to September.</param>
    /// <param name="Ended">Cases that ended in the year, whenever they began.</param>
    /// <param name="PercentOnTime">Of the limits that are decided; null when none is.</param>
    public sealed record Service(
        string Key, LocalizedText? Name, IReadOnlyList<long> Months, long Total, long Ended, int? PercentOnTime);

    public sealed record Report(string Office, LocalizedText OfficeName, int FiscalYear, IReadOnlyList<Service> Items, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var (office, year) = OfficeYear.Asked(http, now, "read-figures");
        return await ReadAsync(sources, office, year, now, http.RequestAborted) is { } report
            ? Results.Json(report, JsonShape.Options)
            : Problems.From(new OfficeNotFound(office, "office"));
    }

    /// <summary>For the API, the page and the files; null when there is no such office.</summary>
    public static async Task<Report?> ReadAsync(Sources sources, string office, int year, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (await sources.Calendars.FindOfficeAsync(office, ct) is not { } place)
            return null;
        var (from, to) = (FiscalYear.Begins(year), FiscalYear.Begins(year + 1));
        var came = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        var went = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            var months = new MonthRanges(sources.Database, "i.started_at", from, to.AddTicks(-1));
            months.Arguments.AddDynamicParams(new { office, from, to });
            foreach (var row in await connection.QueryAsync<Row>(
                CameSql.Replace("{0}", months.Sql, StringComparison.Ordinal), months.Arguments))
                MonthsOf(row.Key)[FiscalYear.MonthOf(new DateOnly(row.Month / 100, row.Month % 100, 1)) - 1] = row.Number;
            foreach (var row in await connection.QueryAsync<Row>(WentSql, new { office, from, to }))
            {
                MonthsOf(row.Key);
                went[row.Key] = row.Number;
            }
        }

        var kept = (await GetCompliance.ReadAsync(sources, [office], "definition", from, to, now, ct)).ToDictionary(k => k.Key);
        var services = new List<Service>();
        foreach (var (key, months) in came)
            services.Add(new Service(
                key, (await sources.Definitions.LatestAsync(key, ct))?.Name, months, months.Sum(), went.GetValueOrDefault(key),
                kept.GetValueOrDefault(key)?.Percent));
        return new Report(office, new LocalizedText(place.NameTh, place.NameEn), year, services, null);

        long[] MonthsOf(string key)
        {
            if (!came.TryGetValue(key, out var months))
                came.Add(key, months = new long[12]);
            return months;
        }
    }

    sealed record Row
    {
        public string Key { get; init; } = "";
        public int Month { get; init; }
        public long Number { get; init; }
    }
}
