using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/sla/tasks</c>: the very work behind a figure of <c>GET /api/v1/sla/compliance</c>: with the same filters, as many rows as
/// the figure says.
/// </summary>
public static class ListClocks
{
    const string Columns = """
        i.instance_id, i.title, i.business_key, i.definition_version, t.task_id, t.role, u.user_id AS person, u.display_name AS person_name
        """;

    // Index: ix_deadline_office. One office, one period; the newest task of a clock by ix_task_instance.
    static readonly string ClockSql = $$"""
        SELECT d.deadline_id AS id, d.office, d.definition_key, d.step_id, d.received_at, d.due_at, d.closed_at,
            {{ClockStanding.Sql}} AS standing,
            {{Columns}}
        FROM deadline d
        JOIN process_instance i ON i.instance_id = d.instance_id
        {{Grouping.NewestTask}}
        LEFT JOIN measured_clock f ON f.office = d.office AND f.received_at = d.received_at AND f.deadline_id = d.deadline_id
        LEFT JOIN app_user u ON u.user_id = COALESCE(t.closed_by, t.assignee)
        WHERE d.office = @office AND d.received_at >= @from AND d.received_at < @to
            AND (d.received_at, d.deadline_id) > (@afterAt, @afterId) {0}
        ORDER BY d.received_at, d.deadline_id
        LIMIT @take
        """;

    // Index: ix_task_no_limit.
    static readonly string NoLimitSql = $$"""
        SELECT t.task_id AS id, t.office, t.definition_key, t.step_id, t.created_at AS received_at, t.closed_at,
            '{{ClockStanding.WithoutLimit}}' AS standing,
            {{Columns}}
        FROM user_task t
        JOIN process_instance i ON i.instance_id = t.instance_id
        LEFT JOIN office_member m ON m.office = t.office AND m.user_id = COALESCE(t.closed_by, t.assignee)
        LEFT JOIN app_user u ON u.user_id = COALESCE(t.closed_by, t.assignee)
        WHERE t.office = @office AND t.deadline_id IS NULL AND t.created_at >= @from AND t.created_at < @to
            AND (t.created_at, t.task_id) > (@afterAt, @afterId) {0}
        ORDER BY t.created_at, t.task_id
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/sla/tasks", GetAsync).WithName("ListSlaTasks").WithTags("Reports").Produces<Page<TimedWork>>()
            .Choice("standing", "Left out: all that have a limit.", ClockStanding.All)
            .Query(
                ("from", "Work whose time began at or after this moment; the start of the fiscal year when left out."),
                ("to", "Before this moment; now when left out."), ("office", "Only this office."),
                ("definitionKey", "Only this procedure."), ("step", "Only this step of it; - for the limit of the whole procedure."),
                ("fiscalMonth", "Only of this month: 2569-01 is October."), ("fiscalQuarter", "Only of this quarter, such as 2569-Q1."),
                ("definitionVersion", "Only of this version of the procedure."), ("role", "Only of this role; - for none."),
                ("group", "Only of the people of this group; - for none."),
                ("priority", "0 for ordinary, 1 to 3 for the urgent ones."),
                ("person", "Only of this person; - for what nobody has. By who may see figures by person."))
            .Paged().Refuses(400, 403);

    /// <param name="Id">Of the clock; of the task, where no limit is stated.</param>
    /// <param name="TaskId">The newest task that the clock timed.</param>
    /// <param name="Step">Empty: the limit of the whole procedure.</param>
    /// <param name="Standing">The narrowest that holds: <c>early</c>, <c>onTime</c>, <c>late</c>, <c>overdue</c>, <c>atRisk</c>,
    /// <c>open</c>, <c>withoutLimit</c>; <c>cancelled</c>: neither kept nor broken.</param>
    /// <param name="Person">Who did it, or has taken it.</param>
    public sealed record TimedWork(
        Guid Id, Guid ProcessInstanceId, Guid? TaskId, string Title, string? BusinessKey, string Office, string DefinitionKey,
        int DefinitionVersion, LocalizedText? DefinitionName, string Step, LocalizedText? StepName, DateTimeOffset ReceivedAt,
        DateTimeOffset? DueAt, DateTimeOffset? ClosedAt, string Standing, string? Role, Guid? Person, string? PersonName);

    /// <param name="Office">Null: all that the caller may look at.</param>
    /// <param name="Month">Gregorian, as yyyymm.</param>
    public sealed record Filter(
        string? Office, DateTimeOffset From, DateTimeOffset To, string? Standing = null, string? DefinitionKey = null, string? Step = null,
        int? Month = null)
    {
        /// <summary>Gregorian year in which the fiscal year ends, and the quarter.</summary>
        public int? Quarter { get; init; }

        public int? Version { get; init; }

        /// <summary>Empty for the clocks of whole procedures.</summary>
        public string? Role { get; init; }

        /// <summary>Id of a group; empty for the people of none.</summary>
        public string? Group { get; init; }

        public int? Priority { get; init; }

        /// <summary>Of forms: in the names and numbers of cases.</summary>
        public string? Search { get; init; }

        /// <summary>Id of a person; empty for what nobody has.</summary>
        public string? Person { get; init; }
    }

    /// <summary>After which row a page goes on.</summary>
    public sealed record Place(string Office, DateTimeOffset At, Guid Id)
    {
        public string[] Keys => [Office, DbValues.ToText(At), Id.ToString()];

        public static Place? From(string[]? keys) => keys is null ? null
            : keys is [var office, var at, var id]
                && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var instant) && Guid.TryParse(id, out var row)
                ? new Place(office, instant.ToUniversalTime(), row)
                : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
    }

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var filter = FilterOf(http, now);
        var paging = Paging.From(http, keys: 3);
        var offices = await sources.OfficesAsync(http.Caller(), filter.Office, http.RequestAborted);
        PeopleFigures? people = null;
        if (filter.Person is not null)
        {
            people = await PeopleFigures.AskAsync(sources.Database, http.Caller(), offices, AboutPerson(filter), now, http.RequestAborted);
            if (people is null)
                return Problems.From(PeopleFigures.No);
            offices = people.Offices;
        }

        var rows = await ReadAsync(
            sources, offices, filter, now, Place.From(paging.After), paging.Limit + 1, http.RequestAborted, people);
        return Results.Json(paging.ToPage(rows, r => r, r => PlaceOf(r).Keys), JsonShape.Options);
    }

    /// <summary>What the trail says of a look at somebody's work.</summary>
    public static object AboutPerson(Filter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new { from = filter.From, to = filter.To, person = filter.Person, standing = filter.Standing };
    }

    /// <summary>What an address asks for.</summary>
    public static Filter FilterOf(HttpContext http, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(http);
        var to = http.Instant("to") ?? now;
        var from = http.Instant("from") ?? FiscalYear.BeginsBefore(to);
        if (from > to)
            throw RefusedRequestException.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to.");
        return new Filter(
            http.Text("office"), from, to, http.OneOf("standing", ClockStanding.All), http.Text("definitionKey"),
            // The limit of the whole procedure belongs to no step.
            OrNone(http.Text("step")), MonthOf(http))
        {
            Quarter = QuarterOf(http),
            Version = http.Number("definitionVersion"),
            Role = OrNone(http.Text("role")),
            Group = OrNone(http.Text("group")) is not { } group || group.Length == 0 || Guid.TryParse(group, out _)
                ? OrNone(http.Text("group"))
                : throw RefusedRequestException.At("group", "ไม่ใช่รหัสของกลุ่ม", "It is not the id of a group."),
            Priority = http.Number("priority"),
            Person = OrNone(http.Text("person")) is not { } person || person.Length == 0 || Guid.TryParse(person, out _)
                ? OrNone(http.Text("person"))
                : throw RefusedRequestException.At("person", "ไม่ใช่รหัสของบุคคล", "It is not the id of a person."),
        };
    }

    static string? OrNone(string? text) => text is "-" ? "" : text;

    static int? QuarterOf(HttpContext http)
    {
        if (http.Text("fiscalQuarter") is not { } text)
            return null;
        return text.Length == 7 && text[4..6] == "-Q" && text[6] is >= '1' and <= '4'
            && int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && year is >= 2500 and <= 2700
            ? ((year - FiscalYear.BuddhistOffset) * 10) + text[6] - '0'
            : throw RefusedRequestException.At("fiscalQuarter", "ต้องเป็นเช่น 2569-Q1", "It must be such as 2569-Q1.");
    }

    static int? MonthOf(HttpContext http)
    {
        if (http.Text("fiscalMonth") is not { } text)
            return null;
        if (text.Length == 7 && text[4] == '-'
            && int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var month)
            && year is >= 2500 and <= 2700 && month is >= 1 and <= 12)
        {
            var first = FiscalYear.FirstDay(year).AddMonths(month - 1);
            return (first.Year * 100) + first.Month;
        }

        throw RefusedRequestException.At("fiscalMonth", "ต้องเป็นเช่น 2569-01 (ตุลาคม)", "It must be such as 2569-01, which is October.");
    }

    public static Place PlaceOf(TimedWork row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Place(row.Office, row.ReceivedAt, row.Id);
    }

    /// <summary>Office by office, in the order in which the work came in. For the API, the page and the exports.</summary>
    public static async Task<IReadOnlyList<TimedWork>> ReadAsync(
        Sources from, IReadOnlyList<string> offices, Filter filter, DateTimeOffset now, Place? after, int take, CancellationToken ct,
        PeopleFigures? people = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(offices);
        if (filter.Person is not null)
            Grouping.Require(PeopleFigures.GroupBy, offices, people);
        var found = new List<Row>();
        foreach (var office in offices.Order(StringComparer.Ordinal))
        {
            if (found.Count >= take || (after is not null && string.CompareOrdinal(office, after.Office) < 0))
                continue;
            var place = after is not null && office == after.Office ? after : null;
            var soon = await from.SoonAsync(office, now);
            await using var connection = await from.Database.OpenAsync(ct);
            found.AddRange(await connection.QueryAsync<Row>(
                Fill(filter, from.Database),
                new
                {
                    office,
                    from = filter.From,
                    to = filter.To,
                    now,
                    soon,
                    filter.DefinitionKey,
                    filter.Step,
                    filter.Month,
                    filter.Quarter,
                    filter.Version,
                    filter.Role,
                    filter.Group,
                    filter.Priority,
                    filter.Person,
                    afterAt = place?.At ?? DateTimeOffset.UnixEpoch,
                    afterId = place?.Id ?? Guid.Empty,
                    take = take - found.Count,
                }));
        }

        var views = new List<TimedWork>(found.Count);
        foreach (var row in found)
        {
            var definition = await from.Definitions.LatestAsync(row.DefinitionKey, ct);
            views.Add(new TimedWork(
                row.Id, row.InstanceId, row.TaskId, row.Title, row.BusinessKey, row.Office, row.DefinitionKey, row.DefinitionVersion,
                definition?.Name, row.StepId, definition?.FindStep(row.StepId)?.Name, row.ReceivedAt, row.DueAt, row.ClosedAt, row.Standing,
                row.Role, row.Person, row.PersonName));
        }

        return views;
    }

    static string Fill(Filter filter, Database database)
    {
        var clocks = filter.Standing != ClockStanding.WithoutLimit;
        var table = clocks ? "d" : "t";
        var conditions = new List<string>();
        if (filter.DefinitionKey is not null)
            conditions.Add($"{table}.definition_key = @DefinitionKey");
        if (filter.Step is not null)
            conditions.Add($"{table}.step_id = @Step");
        if (filter.Month is not null)
            conditions.Add(clocks ? "d.fiscal_month = @Month" : $"{database.MonthOf("t.created_at")} = CAST(@Month AS text)");
        var columns = clocks ? Grouping.Clock : Grouping.Task(database);
        if (filter.Quarter is not null)
            conditions.Add($"{Grouping.Quarter(columns.Month)} = @Quarter");
        if (filter.Version is not null)
            conditions.Add($"{columns.Version} = @Version");
        if (filter.Role is not null)
            conditions.Add($"{Grouping.Bucket("role", columns)} = @Role");
        // Who has moved to another group since: a closed result stays with the group that it was measured for.
        if (filter.Group is not null)
            conditions.Add(
                clocks
                    ? "COALESCE(CAST(CASE WHEN f.deadline_id IS NULL THEN m.group_id ELSE f.group_id END AS text), '') = @Group"
                    : $"{Grouping.Bucket("group", columns)} = @Group");
        if (filter.Priority is not null)
            conditions.Add($"COALESCE({columns.Priority}, 0) = @Priority");
        if (filter.Person is not null)
            conditions.Add($"{Grouping.Bucket(PeopleFigures.GroupBy, columns)} = @Person");
        if (clocks && filter.Standing is { } standing)
            conditions.Add($"({ClockStanding.Conditions[standing]})");
        return (clocks ? ClockSql : NoLimitSql).Replace(
            "{0}", string.Concat(conditions.Select(c => $" AND {c}")), StringComparison.Ordinal);
    }

    sealed record Row
    {
        public Guid Id { get; init; }
        public Guid InstanceId { get; init; }
        public Guid? TaskId { get; init; }
        public string Title { get; init; } = "";
        public string? BusinessKey { get; init; }
        public string Office { get; init; } = "";
        public string DefinitionKey { get; init; } = "";
        public int DefinitionVersion { get; init; }
        public string StepId { get; init; } = "";
        public DateTimeOffset ReceivedAt { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public DateTimeOffset? ClosedAt { get; init; }
        public string Standing { get; init; } = "";
        public string? Role { get; init; }
        public Guid? Person { get; init; }
        public string? PersonName { get; init; }
    }
}
