using System.Text.Json.Serialization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/figures</c>: where the time of work that is done went: how much of the limits was used, how long work waited to
/// be taken, how long it was worked on, how often it came back. What is not measured yet (a minute, or after an upgrade some more) is not
/// in it.
/// </summary>
public static class GetFigures
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/figures", GetAsync).WithName("GetFigures").WithTags("Reports").Produces<Report>()
            .Choice("groupBy", "definition when left out.", Grouping.All)
            .Query(
                ("from", "Work whose time began at or after this moment; the start of the fiscal year when left out."),
                ("to", "Before this moment; now when left out."), ("office", "Only this office."),
                ("definitionKey", "Only this procedure."), ("group", "Only the people of this group."))
            .Refuses(400, 403);

    /// <param name="Counted">Limits that were kept or broken.</param>
    /// <param name="PercentUsed">Of the limit, in working time, without pauses: 100 is used up.</param>
    /// <param name="Pauses">How often such work was made to stand still.</param>
    /// <param name="MinutesStood">Working minutes for which it stood still.</param>
    public sealed record OfLimits(long Counted, Percentiles? PercentUsed, long Pauses, long Extensions, long MinutesStood)
    {
        public static OfLimits None { get; } = new(0, null, 0, 0, 0);
    }

    /// <param name="Done">Tasks that were done.</param>
    /// <param name="Cases">In so many cases.</param>
    /// <param name="MinutesWaited">Working minutes for which nobody had taken it.</param>
    /// <param name="MinutesWorked">Working minutes for which somebody had it.</param>
    /// <param name="Again">Tasks of a second or later round of their step.</param>
    public sealed record OfTasks(
        long Done, long Cases, Percentiles? MinutesWaited, Percentiles? MinutesWorked, long Again, long Returned, long Rejected)
    {
        public static OfTasks None { get; } = new(0, 0, null, null, 0, 0, 0);

        /// <summary>Of the tasks, those that were of a later round, in per cent.</summary>
        [JsonIgnore]
        public int? PercentAgain => Done > 0 ? (int)(100 * Again / Done) : null;
    }

    public sealed record Figure(string Key, LocalizedText? Name, OfLimits Limits, OfTasks Tasks);

    public sealed record Report(string GroupBy, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Figure> Items, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var groupBy = http.OneOf("groupBy", Grouping.All) ?? Grouping.All[0];
        var asked = await AskedPeriod.FromAsync(http, sources, time);
        if (asked.Offices.Count == 0)
            return Problems.From(new NotAllowed("read-figures", [.. Overseers.All]));
        var items = await ReadAsync(sources, asked, groupBy, http.RequestAborted);
        return Results.Json(new Report(groupBy, asked.From, asked.To, items, null), JsonShape.Options);
    }

    /// <summary>For the API, the pages and the exports.</summary>
    public static async Task<IReadOnlyList<Figure>> ReadAsync(Sources sources, AskedPeriod asked, string groupBy, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(asked);
        var (offices, from, to, only) = asked;
        if (offices.Count == 0)
            return [];
        var bucket = Grouping.Bucket(groupBy, Grouping.Measured);
        var (clocks, ofClocks) = MeasuredRows.Clocks.Of(offices, from, to, only);
        var (tasks, ofTasks) = MeasuredRows.Tasks.Of(offices, from, to, only);
        List<ClockRow> limits;
        List<TaskRow> work;
        Dictionary<string, Percentiles> used, waited, worked;
        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            limits = (await connection.QueryAsync<ClockRow>(
                $"""
                SELECT {bucket} AS bucket, COUNT(*) AS counted, SUM(f.pauses) AS pauses, SUM(f.extensions) AS extensions,
                    SUM(COALESCE(f.stood, 0)) AS stood
                FROM {clocks}
                GROUP BY 1
                """,
                ofClocks)).AsList();
            work = (await connection.QueryAsync<TaskRow>(
                $"""
                SELECT {bucket} AS bucket, COUNT(*) AS done, COUNT(DISTINCT f.instance_id) AS cases,
                    SUM(CASE WHEN f.attempt > 1 THEN 1 ELSE 0 END) AS again,
                    SUM(CASE WHEN f.outcome = 'returned' THEN 1 ELSE 0 END) AS returned,
                    SUM(CASE WHEN f.outcome = 'rejected' THEN 1 ELSE 0 END) AS rejected
                FROM {tasks}
                GROUP BY 1
                """,
                ofTasks)).AsList();
            used = await MeasuredRows.Clocks.PercentilesAsync(connection, "percent", groupBy, offices, from, to, only);
            waited = await MeasuredRows.Tasks.PercentilesAsync(connection, "waited", groupBy, offices, from, to, only);
            worked = await MeasuredRows.Tasks.PercentilesAsync(connection, "worked", groupBy, offices, from, to, only);
        }

        var byLimit = limits.ToDictionary(r => r.Bucket, StringComparer.Ordinal);
        var byWork = work.ToDictionary(r => r.Bucket, StringComparer.Ordinal);
        var figures = new List<Figure>();
        foreach (var key in byLimit.Keys.Union(byWork.Keys).Order(StringComparer.Ordinal))
        {
            figures.Add(new Figure(
                Grouping.KeyOf(groupBy, key), await Grouping.NameOfAsync(sources, groupBy, key, ct),
                byLimit.GetValueOrDefault(key) is { } l
                    ? new OfLimits(l.Counted, used.GetValueOrDefault(key), l.Pauses, l.Extensions, l.Stood)
                    : OfLimits.None,
                byWork.GetValueOrDefault(key) is { } w
                    ? new OfTasks(
                        w.Done, w.Cases, waited.GetValueOrDefault(key), worked.GetValueOrDefault(key), w.Again, w.Returned, w.Rejected)
                    : OfTasks.None));
        }

        return figures;
    }

    sealed record ClockRow
    {
        public string Bucket { get; init; } = "";
        public long Counted { get; init; }
        public long Pauses { get; init; }
        public long Extensions { get; init; }
        public long Stood { get; init; }
    }

    sealed record TaskRow
    {
        public string Bucket { get; init; } = "";
        public long Done { get; init; }
        public long Cases { get; init; }
        public long Again { get; init; }
        public long Returned { get; init; }
        public long Rejected { get; init; }
    }
}

/// <summary>Of which offices, over what time, of which of the work.</summary>
public sealed record AskedPeriod(IReadOnlyList<string> Offices, DateTimeOffset From, DateTimeOffset To, Narrowing Only)
{
    /// <summary>What an address asks for, of the offices that the caller oversees.</summary>
    internal static async Task<AskedPeriod> FromAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var to = http.Instant("to") ?? Instants.Truncate(time.GetUtcNow());
        var from = http.Instant("from") ?? GetCompliance.StartOfFiscalYear(to);
        if (from > to)
            throw RefusedRequestException.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to.");
        Guid? group = http.Text("group") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("group", "ไม่ใช่รหัสของกลุ่ม", "It is not the id of a group.");
        var offices = await sources.OfficesAsync(http.Caller(), http.Text("office"), http.RequestAborted);
        return new AskedPeriod(
            [.. offices.Where(office => Overseers.Includes(http.Caller(), office))], from, to,
            new Narrowing(http.Text("definitionKey"), group));
    }
}
