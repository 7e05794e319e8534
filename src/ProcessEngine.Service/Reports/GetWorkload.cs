using System.Data.Common;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/workload</c>: what came in against what went out, how old the open work is, how the times used are spread, how
/// many rounds work took, and who granted more time.
/// </summary>
public static class GetWorkload
{
    /// <summary>Working days of age at which a class of open work ends.</summary>
    public static IReadOnlyList<int> Ages { get; } = [1, 3, 5, 10, 20];

    /// <summary>Per cent of the limit in a class of the spread; what took more than twice the limit is the last.</summary>
    public const int Width = 10;

    const int Classes = 20;

    /// <summary>Rounds that are told apart; the last is as many or more.</summary>
    public const int MaxRounds = Total.Rounds;

    const int MaxGrants = 100;

    // Indexes: ix_instance_came, ix_instance_went. One period.
    const string MonthsSql = """
        SELECT {0} AS month, COUNT(*) AS number
        FROM process_instance i
        WHERE i.office IN @offices AND i.{1} >= @from AND i.{1} < @to {2}
        GROUP BY 1
        """;

    // Index: ix_measured_done, which covers it. One office, one period: what the people of a group did.
    const string DoneSql = """
        SELECT f.closed_month, COUNT(*)
        FROM measured_task f
        WHERE f.office = @office AND f.closed_at >= @from AND f.closed_at < @to AND f.group_id = @Group {0}
        GROUP BY 1
        """;

    // Indexes: ix_instance_running, ix_task_instance: what runs. What came to the people of a group and is not done.
    const string WaitingSql = """
        SELECT {0}, COUNT(*)
        FROM process_instance i
        JOIN user_task t ON t.instance_id = i.instance_id AND t.state = 'open'
        JOIN office_member m ON m.office = t.office AND m.user_id = t.assignee
        WHERE i.office = @office AND i.status IN ('running', 'suspended') AND m.group_id = @Group
            AND t.created_at >= @from AND t.created_at < @to {1}
        GROUP BY 1
        """;

    // Indexes: ix_instance_running, ix_task_instance: what runs.
    const string AgesSql = """
        SELECT CASE WHEN t.created_at >= @b0 THEN 0 WHEN t.created_at >= @b1 THEN 1 WHEN t.created_at >= @b2 THEN 2
                WHEN t.created_at >= @b3 THEN 3 WHEN t.created_at >= @b4 THEN 4 ELSE 5 END AS age,
            COUNT(*) AS number,
            SUM(CASE WHEN t.due_at < @now AND NOT t.paused AND NOT t.awaits_confirmation THEN 1 ELSE 0 END) AS overdue
        FROM process_instance i
        JOIN user_task t ON t.instance_id = i.instance_id AND t.state = 'open'
        LEFT JOIN office_member m ON m.office = t.office AND m.user_id = t.assignee
        WHERE i.office IN @offices AND i.status = 'running' {0}
        GROUP BY 1
        """;

    // Index: ix_event_register; its list in its order is how SQLite knows that it serves.
    const string GrantsSql = """
        SELECT e.type, e.actor AS person, u.display_name AS name, COUNT(*) AS number
        FROM audit_event e
        JOIN process_instance i ON i.instance_id = e.instance_id
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE e.type IN ('ActUndone', 'DeadlineMoved', 'InstanceMigrated', 'InstanceMoved', 'InstanceReopened', 'InstanceResumed',
            'InstanceSuspended', 'TaskPaused', 'TaskRejected', 'TaskReturned', 'VariablesChanged')
            AND e.type IN ('DeadlineMoved', 'InstanceSuspended', 'TaskPaused')
            AND (e.type <> 'DeadlineMoved' OR e.payload LIKE '%"cause":"extended"%')
            AND e.at >= @from AND e.at < @to AND i.office IN @offices {0}
        GROUP BY 1, 2, 3
        ORDER BY 4 DESC, 1, 3
        LIMIT @most
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/workload", GetAsync).WithName("GetWorkload").WithTags("Reports").Produces<Report>()
            .Query(
                ("from", "The start of the fiscal year when left out."), ("to", "Now when left out."), ("office", "Only this office."),
                ("definitionKey", "Only this procedure."),
                ("group", "Only the people of this group, in all that is told of tasks and limits; months then count tasks, not cases."))
            .Refuses(400, 403);

    /// <param name="FiscalMonth">As <c>2570-01</c>, which is October.</param>
    /// <param name="Started">Cases that began; of a group, the tasks that came to its people.</param>
    /// <param name="Ended">Cases that ended, however; of a group, the tasks that its people did, whenever they came.</param>
    public sealed record Month(string FiscalMonth, long Started, long Ended);

    /// <param name="FromDays">Working days since the task came, from so many on.</param>
    /// <param name="ToDays">Up to so many; null for all that are older.</param>
    public sealed record Age(int FromDays, int? ToDays, long Open, long Overdue);

    /// <param name="FromPercent">Of the limit, more than so much (the first: nothing, too).</param>
    /// <param name="ToPercent">Up to so much, so that 100 is within; null for more than twice.</param>
    public sealed record Spread(int FromPercent, int? ToPercent, long Number);

    /// <param name="Number">1 for the first; the last is as many or more.</param>
    public sealed record Round(int Number, long Tasks);

    /// <param name="Kind"><c>extended</c>, <c>paused</c> (waits for an outsider) or <c>suspended</c> (the case).</param>
    /// <param name="Person">Null for the service itself.</param>
    public sealed record Grant(string Kind, Guid? Person, string? Name, long Number);

    /// <param name="Ages">Of tasks that are open now, whatever the period.</param>
    public sealed record Report(
        DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Month> Months, IReadOnlyList<Age> Ages, IReadOnlyList<Spread> Used,
        IReadOnlyList<Round> Rounds, IReadOnlyList<Grant> Grants);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var asked = await AskedPeriod.FromAsync(http, sources, time);
        return asked.Offices.Count == 0
            ? Problems.From(new NotAllowed("read-figures", [.. Overseers.All]))
            : Results.Json(
                await ReadAsync(sources, asked, Instants.Truncate(time.GetUtcNow()), http.RequestAborted), JsonShape.Options);
    }

    public static async Task<Report> ReadAsync(Sources sources, AskedPeriod asked, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(asked);
        var months = new SortedDictionary<string, (long Started, long Ended)>(StringComparer.Ordinal);
        var ages = new (long Open, long Overdue)[Ages.Count + 1];
        IReadOnlyList<Grant> grants;
        // Offices with one calendar are asked together: the ages of their work begin on the same days.
        var alike = new Dictionary<string, (IReadOnlyList<DateTimeOffset> Bounds, List<string> Offices)>(StringComparer.Ordinal);
        foreach (var office in asked.Offices)
        {
            var bounds = await BoundsAsync(sources, office, now, ct);
            var name = string.Join(' ', bounds.Select(DbValues.ToText));
            if (!alike.TryGetValue(name, out var known))
                alike.Add(name, known = (bounds, []));
            known.Offices.Add(office);
        }

        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            await CountMonthsAsync(connection, sources, asked, months);
            foreach (var (bounds, offices) in alike.Values)
                await CountAgesAsync(connection, asked, offices, now, bounds, ages);
            grants = [.. await GrantsAsync(connection, asked)];
        }

        var (used, rounds) = await SpreadsAsync(sources, asked, ct);
        if (asked.Only.Group is not null)
            await CountCameAsync(sources, asked, months, ct);
        return new Report(
            asked.From, asked.To, [.. months.Select(m => new Month(Grouping.KeyOf("fiscalMonth", m.Key), m.Value.Started, m.Value.Ended))],
            [.. ages.Select((a, i) => new Age(i == 0 ? 0 : Ages[i - 1] + 1, i < Ages.Count ? Ages[i] : null, a.Open, a.Overdue))],
            used, rounds, [.. grants.OrderByDescending(g => g.Number).ThenBy(g => g.Kind, StringComparer.Ordinal)]);
    }

    /// <summary>The day from whose beginning on a task is at most so many working days old.</summary>
    static async Task<IReadOnlyList<DateTimeOffset>> BoundsAsync(
        Sources sources, string office, DateTimeOffset now, CancellationToken ct)
    {
        var today = BangkokTime.DateOf(now);
        var calendar = await sources.Calendars.FindOfficeAsync(office, ct) is { } place
            ? (await sources.Calendars.LatestAsync(ct)).For(place)
            : null;
        // Outside the holiday table nobody knows; then days are days.
        var reaches = calendar is not null && calendar.Reaches(today) && calendar.Reaches(today.AddDays(-100));
        return [.. Ages.Select(days => BangkokTime.At(
            reaches ? calendar!.SubtractWorkingDays(today, days) : today.AddDays(-days), TimeOnly.MinValue))];
    }

    static async Task CountMonthsAsync(
        DbConnection connection, Sources sources, AskedPeriod asked, SortedDictionary<string, (long, long)> months)
    {
        if (asked.Only.Group is not null)
        {
            foreach (var office in asked.Offices)
                await CountTasksAsync(connection, sources, asked, office, months);
            return;
        }

        var narrowed = asked.Only.DefinitionKey is null ? "" : "AND i.definition_key = @DefinitionKey";
        foreach (var (column, ended) in new[] { ("started_at", false), ("ended_at", true) })
        {
            var ranges = new MonthRanges(sources.Database, $"i.{column}", asked.From, asked.To);
            var sql = MonthsSql.Replace("{0}", ranges.Sql, StringComparison.Ordinal)
                .Replace("{1}", column, StringComparison.Ordinal).Replace("{2}", narrowed, StringComparison.Ordinal);
            ranges.Arguments.AddDynamicParams(new { offices = asked.Offices, from = asked.From, to = asked.To, asked.Only.DefinitionKey });
            foreach (var row in await connection.QueryAsync<(int Month, long Number)>(sql, ranges.Arguments))
            {
                var month = row.Month.ToString(System.Globalization.CultureInfo.InvariantCulture);
                var (in_, out_) = months.GetValueOrDefault(month);
                months[month] = ended ? (in_, out_ + row.Number) : (in_ + row.Number, out_);
            }
        }
    }

    static async Task CountTasksAsync(
        DbConnection connection, Sources sources, AskedPeriod asked, string office, SortedDictionary<string, (long In, long Out)> months)
    {
        var arguments = new { office, from = asked.From, to = asked.To, asked.Only.DefinitionKey, asked.Only.Group };
        var done = DoneSql.Replace(
            "{0}", asked.Only.DefinitionKey is null ? "" : "AND f.definition_key = @DefinitionKey", StringComparison.Ordinal);
        foreach (var (month, number) in await connection.QueryAsync<(int Month, long Number)>(done, arguments))
            Add(month, 0, number);
        var waiting = WaitingSql.Replace("{0}", $"CAST({sources.Database.MonthOf("t.created_at")} AS integer)", StringComparison.Ordinal)
            .Replace("{1}", asked.Only.DefinitionKey is null ? "" : "AND t.definition_key = @DefinitionKey", StringComparison.Ordinal);
        foreach (var (month, number) in await connection.QueryAsync<(int Month, long Number)>(waiting, arguments))
            Add(month, number, 0);

        void Add(int month, long came, long went)
        {
            var key = month.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var (before, after) = months.GetValueOrDefault(key);
            months[key] = (before + came, after + went);
        }
    }

    static async Task CountAgesAsync(
        DbConnection connection, AskedPeriod asked, List<string> offices, DateTimeOffset now, IReadOnlyList<DateTimeOffset> b,
        (long Open, long Overdue)[] ages)
    {
        var narrowed = (asked.Only.DefinitionKey is null ? "" : "AND t.definition_key = @DefinitionKey ")
            + (asked.Only.Group is null ? "" : "AND m.group_id = @Group");
        foreach (var row in await connection.QueryAsync<AgeRow>(
            AgesSql.Replace("{0}", narrowed, StringComparison.Ordinal),
            new { offices, now, b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4], asked.Only.DefinitionKey, asked.Only.Group }))
            ages[row.Age] = (ages[row.Age].Open + row.Number, ages[row.Age].Overdue + row.Overdue);
    }

    static async Task<IEnumerable<Grant>> GrantsAsync(DbConnection connection, AskedPeriod asked)
    {
        var narrowed = asked.Only.DefinitionKey is null ? "" : "AND i.definition_key = @DefinitionKey";
        var rows = await connection.QueryAsync<GrantRow>(
            GrantsSql.Replace("{0}", narrowed, StringComparison.Ordinal),
            new { offices = asked.Offices, from = asked.From, to = asked.To, asked.Only.DefinitionKey, most = MaxGrants });
        return rows.Select(r => new Grant(
            r.Type switch { "DeadlineMoved" => "extended", "TaskPaused" => "paused", _ => "suspended" }, r.Person, r.Name, r.Number));
    }

    /// <summary>Of a group, what came and is done.</summary>
    static async Task CountCameAsync(
        Sources sources, AskedPeriod asked, SortedDictionary<string, (long In, long Out)> months, CancellationToken ct)
    {
        foreach (var (month, total) in await Totals.ReadAsync(
            sources, asked, MonthSheet.Tasks, "fiscalMonth", spread: false, cases: false, ct))
        {
            var (came, went) = months.GetValueOrDefault(month);
            months[month] = (came + total.Number, went);
        }
    }

    static async Task<(IReadOnlyList<Spread> Used, IReadOnlyList<Round> Rounds)> SpreadsAsync(
        Sources sources, AskedPeriod asked, CancellationToken ct)
    {
        var clocks = await Totals.ReadAsync(sources, asked, MonthSheet.Clocks, Grouping.None, spread: true, cases: false, ct);
        var tasks = await Totals.ReadAsync(sources, asked, MonthSheet.Tasks, Grouping.None, spread: false, cases: false, ct);
        var used = new long[Classes + 1];
        foreach (var (percent, number) in clocks.Values.SelectMany(t => t.Spreads[Total.Percent].InOrder()))
            used[percent > Width * Classes ? Classes : Math.Max(0, percent - 1) / Width] += number;
        return (
            [.. Enumerable.Range(0, Classes + 1).Select(c => new Spread(
                c * Width, c < Classes ? (c + 1) * Width : null, used[c]))],
            [.. Enumerable.Range(1, MaxRounds).Select(r => new Round(r, tasks.Values.Sum(t => t.Counts[r - 1])))]);
    }

    sealed record AgeRow
    {
        public int Age { get; init; }
        public long Number { get; init; }
        public long Overdue { get; init; }
    }

    sealed record GrantRow
    {
        public string Type { get; init; } = "";
        public Guid? Person { get; init; }
        public string? Name { get; init; }
        public long Number { get; init; }
    }
}
