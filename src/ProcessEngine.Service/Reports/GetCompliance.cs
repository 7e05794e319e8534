using System.Text.Json.Serialization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/sla/compliance</c>: how the clocks did that started in a period. A clock that several steps share counts once,
/// and work without a stated limit is counted apart, never as kept.
/// </summary>
public static class GetCompliance
{
    public static string[] Groupings => Grouping.All;

    // Indexes: ix_deadline_open, ix_deadline_unmeasured. What runs, and what has just stopped.
    static readonly string ClockSql = $$"""
        SELECT {0} AS bucket,
            {{ClockStanding.Count("onTime")}} AS on_time,
            {{ClockStanding.Count("early")}} AS early,
            {{ClockStanding.Count("late")}} AS late,
            {{ClockStanding.Count("open")}} AS open,
            {{ClockStanding.Count("overdue")}} AS overdue,
            {{ClockStanding.Count("atRisk")}} AS at_risk
        FROM deadline d
        {2}
        WHERE d.office IN @offices AND {3} AND {4} >= @from AND {4} < @to {1}
        GROUP BY 1
        """;

    const string Running = "d.state = 'open'";
    const string NotMeasured = "d.state <> 'open' AND NOT d.measured";

    /// <summary>What is open is few; by the column itself SQLite would go through all that ever came in.</summary>
    const string NotByReceipt = "COALESCE(d.received_at, d.due_at)";
    const string OfCase = "JOIN process_instance i ON i.instance_id = d.instance_id\n";

    // Indexes: ix_task_no_limit_yet; of groups and people ix_task_no_limit. What is measured is added up, but by whom it was done then,
    // and the list behind the figure goes by now.
    const string NotMeasuredTask = "AND (t.state <> 'completed' OR NOT t.measured)";
    const string NoLimitSql = """
        SELECT {0} AS bucket, COUNT(*) AS without_limit
        FROM user_task t
        {2}
        WHERE t.office IN @offices AND t.deadline_id IS NULL {3} AND t.created_at >= @from AND t.created_at < @to {1}
        GROUP BY 1
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/sla/compliance", GetAsync).WithName("GetSlaCompliance").WithTags("Reports").Produces<Report>()
            .Choice("groupBy", "definition when left out.", Groupings)
            .Query(
                ("from", "Clocks that started at or after this moment; the start of the fiscal year when left out."),
                ("to", "Clocks that started before this moment; now when left out."), ("office", "Only this office.")).Refuses(400);

    /// <param name="Key">Definition key, <c>definition/step</c>, <c>definition/version</c>, role, id of a group or of a person (empty: of
    /// none), priority (0 for ordinary), office code, fiscal quarter as <c>2570-Q1</c>, or month as <c>2570-01</c> (October is 01).</param>
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
        var from = http.Instant("from") ?? FiscalYear.BeginsBefore(to);
        if (from > to)
            throw RefusedRequestException.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to.");

        var offices = await sources.OfficesAsync(http.Caller(), http.Text("office"), http.RequestAborted);
        PeopleFigures? people = null;
        if (groupBy == PeopleFigures.GroupBy)
        {
            people = await PeopleFigures.AskAsync(sources.Database, http.Caller(), offices, new { from, to }, now, http.RequestAborted);
            if (people is null)
                return Problems.From(PeopleFigures.No);
            offices = people.Offices;
        }

        var items = await ReadAsync(sources, offices, groupBy, from, to, now, http.RequestAborted, people: people);
        return Results.Json(new Report(groupBy, from, to, items, null), JsonShape.Options);
    }

    /// <summary>The figures of some offices, for the API, the page and the exports.</summary>
    /// <param name="only">Of which of the work; null: all.</param>
    /// <param name="people">The right to them; needed by person.</param>
    public static async Task<IReadOnlyList<Group>> ReadAsync(
        Sources sources, IReadOnlyList<string> offices, string groupBy, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now,
        CancellationToken ct, Narrowing? only = null, PeopleFigures? people = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(offices);
        Grouping.Require(groupBy, offices, people);
        var narrowed = only ?? Narrowing.Nothing;
        var buckets = new SortedDictionary<string, Counts>(StringComparer.Ordinal);
        var (running, notMeasured) = (Clocks(Running, NotByReceipt), Clocks(NotMeasured, "d.received_at"));
        var joined = Grouping.NeedsTask(groupBy, narrowed)
            ? "LEFT JOIN office_member m ON m.office = t.office AND m.user_id = COALESCE(t.closed_by, t.assignee)"
            : "";
        var byPeople = groupBy is "group" or PeopleFigures.GroupBy || narrowed.Group is not null;
        var withoutLimit = Fill(NoLimitSql, Grouping.Task(sources.Database), joined, byPeople ? "" : NotMeasuredTask);
        var soon = new Dictionary<DateTimeOffset, List<string>>();
        foreach (var office in offices)
        {
            var at = await sources.SoonAsync(office, now);
            if (!soon.TryGetValue(at, out var alike))
                soon.Add(at, alike = []);
            alike.Add(office);
        }

        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            // Offices with one calendar are asked together: their close of the next day is the same.
            foreach (var (at, alike) in soon)
            {
                var arguments = new { offices = alike, from, to, now, soon = at, narrowed.DefinitionKey, narrowed.Group };
                foreach (var sql in new[] { running, notMeasured })
                {
                    foreach (var row in await connection.QueryAsync<ClockRow>(sql, arguments))
                        Add(row.Bucket, new Counts(row.OnTime, row.Early, row.Late, row.Open, row.Overdue, 0, row.AtRisk));
                }

                foreach (var row in await connection.QueryAsync<NoLimitRow>(withoutLimit, arguments))
                    Add(row.Bucket, new Counts(0, 0, 0, 0, 0, row.WithoutLimit, 0));
            }
        }

        var asked = new AskedPeriod(offices, from, to, narrowed);
        if (!byPeople)
        {
            foreach (var (bucket, total) in await Totals.ReadAsync(
                sources, asked, MonthSheet.Tasks, groupBy, spread: false, cases: false, ct))
                Add(bucket, new Counts(0, 0, 0, 0, 0, total.Counts[Total.NoLimit], 0));
        }

        foreach (var (bucket, total) in await Totals.ReadAsync(
            sources, asked, MonthSheet.Clocks, groupBy, spread: false, cases: false, ct))
        {
            var (early, late) = (total.Counts[Total.Early], total.Counts[Total.Late]);
            Add(bucket, new Counts(early + total.Counts[Total.Within], early, late, 0, 0, 0, 0));
        }

        var found = buckets.Where(b => b.Value != default).ToList();
        var names = await Grouping.NamesAsync(sources, groupBy, [.. found.Select(f => f.Key)], ct);
        return
        [
            .. found.Select(f => new Group(
                Grouping.KeyOf(groupBy, f.Key), names.GetValueOrDefault(f.Key), f.Value.OnTime, f.Value.Early, f.Value.Late, f.Value.Open,
                f.Value.Overdue, f.Value.WithoutLimit, f.Value.AtRisk)),
        ];

        void Add(string bucket, Counts counts) => buckets[bucket] = buckets.GetValueOrDefault(bucket) + counts;

        string Clocks(string which, string receivedAt) => Fill(
            ClockSql, Grouping.Clock, Grouping.NeedsTask(groupBy, narrowed) ? OfCase + Grouping.NewestTask : "", which)
            .Replace("{4}", receivedAt, StringComparison.Ordinal);

        string Fill(string sql, Grouping.Columns of, string join, string which) => sql
            .Replace("{0}", Grouping.Bucket(groupBy, of), StringComparison.Ordinal)
            .Replace("{1}", narrowed.Sql(of), StringComparison.Ordinal)
            .Replace("{2}", join, StringComparison.Ordinal)
            .Replace("{3}", which, StringComparison.Ordinal);
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
