using System.Globalization;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

public sealed record CaseRow
{
    public Guid InstanceId { get; init; }
    public string DefinitionKey { get; init; } = "";
    public string NameTh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string Office { get; init; } = "";
    public string Title { get; init; } = "";
    public string? BusinessKey { get; init; }
    public string Status { get; init; } = "";

    /// <summary>How it ended; null while it runs.</summary>
    public string? Outcome { get; init; }

    public int Version { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? NextDueAt { get; init; }
}

/// <summary>What somebody looks for among the cases of their offices; whatever is null is not asked for.</summary>
public sealed record CaseFilter
{
    public string? Search { get; init; }
    public string? Status { get; init; }
    public string? Outcome { get; init; }
    public string? DefinitionKey { get; init; }

    /// <summary>A limit of theirs has passed and nothing stands still.</summary>
    public bool Overdue { get; init; }

    /// <summary>Whoever has an open task of it, or started it and it runs still; one of these people.</summary>
    public IReadOnlyList<Guid>? With { get; init; }

    /// <summary>Started on this day or later …</summary>
    public DateOnly? From { get; init; }

    /// <summary>… and on this day or before.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>One of <see cref="CaseList.Sorts"/>.</summary>
    public string Sort { get; init; } = CaseList.Newest;

    /// <summary>The cursor of the page before.</summary>
    public string? After { get; init; }
}

/// <summary>Where a case is: an open task of it.</summary>
public sealed record CaseAt
{
    public Guid InstanceId { get; init; }
    public string StepId { get; init; } = "";
    public int? Level { get; init; }
    public string Role { get; init; } = "";

    /// <summary>Null when nobody has taken it.</summary>
    public string? Holder { get; init; }
}

/// <summary>The cases of a person's offices: filtered, sorted, a page at a time, each with where it is.</summary>
public sealed class CaseList(Database database, TimeProvider time)
{
    public const int PageSize = 30;

    /// <summary>By when they began, the newest first.</summary>
    public const string Newest = "newest";

    public const string Oldest = "oldest";

    /// <summary>By what is due next, of those that have a limit and run.</summary>
    public const string Due = "due";

    public static readonly string[] Statuses = ["running", "suspended", "completed", "cancelled"];

    public static readonly string[] Sorts = [Newest, Oldest, Due];

    const int MostOpen = 500;

    /// <returns>A page, and the cursor of the next one.</returns>
    public async Task<(IReadOnlyList<CaseRow> Rows, string? Next)> FindAsync(Caller caller, CaseFilter filter, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var (afterDue, afterId) = CursorOf(filter.After);
        var arguments = new DynamicParameters(new
        {
            status = filter.Status,
            outcome = filter.Outcome,
            definitionKey = filter.DefinitionKey,
            like = SearchText.Like(filter.Search),
            from = filter.From is { } first ? BangkokTime.At(first, TimeOnly.MinValue) : default,
            until = filter.Until is { } last ? BangkokTime.At(last.AddDays(1), TimeOnly.MinValue) : default,
            now = Instants.Truncate(time.GetUtcNow()),
            afterDue,
            afterId,
            take = PageSize + 1,
        });
        foreach (var (n, user) in (filter.With ?? []).Index())
            arguments.Add($"with{n}", user);
        // Indexes, one office at a time: ix_instance_office, ix_instance_outcome, ix_instance_definition, ix_instance_came,
        // ix_instance_due, ix_deadline_due, ix_task_assignee, ix_instance_started_by.
        var (order, beyond) = filter.Sort switch
        {
            Oldest => ("i.instance_id", "i.instance_id > @afterId"),
            Due => ("i.next_due_at, i.instance_id", "(i.next_due_at, i.instance_id) > (@afterDue, @afterId)"),
            _ => ("i.instance_id DESC", "i.instance_id < @afterId"),
        };
        var sql = $"""
            SELECT i.instance_id, i.definition_key, d.name_th, d.name_en, i.office, i.title, i.business_key, i.status, i.started_at,
                i.ended_at, i.next_due_at, i.outcome, i.definition_version AS version
            FROM process_instance i
            JOIN process_definition d ON d.definition_key = i.definition_key
            WHERE i.office = @office
                {(filter.Status is null ? "" : "AND i.status = @status")}
                {(filter.Outcome is null ? "" : "AND i.outcome = @outcome")}
                {(filter.DefinitionKey is null ? "" : "AND i.definition_key = @definitionKey")}
                {(filter.Search is null ? "" : "AND " + SearchText.Condition("i", "d"))}
                {(filter.From is null ? "" : "AND i.started_at >= @from")}
                {(filter.Until is null ? "" : "AND i.started_at < @until")}
                {(filter.Overdue ? LateSql : "")}
                {(filter.With is null ? "" : WithSql(filter.With.Count))}
                {(filter.Sort == Due ? "AND i.next_due_at IS NOT NULL AND i.status = 'running'" : "")}
                {(afterId is null ? "" : "AND " + beyond)}
            ORDER BY {order}
            LIMIT @take
            """;
        var rows = new List<CaseRow>();
        await using var connection = await database.OpenAsync(ct);
        foreach (var office in await VisibleOffices.ForAsync(connection, caller, null))
        {
            arguments.Add("office", office);
            rows.AddRange(await connection.QueryAsync<CaseRow>(sql, arguments));
        }

        var sorted = filter.Sort switch
        {
            Oldest => rows.OrderBy(IdOf, StringComparer.Ordinal),
            Due => rows.OrderBy(r => r.NextDueAt).ThenBy(IdOf, StringComparer.Ordinal),
            _ => rows.OrderByDescending(IdOf, StringComparer.Ordinal),
        };
        var page = sorted.Take(PageSize + 1).ToList();
        if (page.Count <= PageSize)
            return (page, null);
        var end = page[PageSize - 1];
        return (
            page[..PageSize],
            filter.Sort == Due ? $"{DbValues.ToText(end.NextDueAt!.Value)}_{end.InstanceId}" : end.InstanceId.ToString());
    }

    /// <summary>The open tasks of some cases, the most pressing first. Index: ix_task_instance.</summary>
    public async Task<ILookup<Guid, CaseAt>> WhereAsync(IReadOnlyList<Guid> cases, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0)
            return Enumerable.Empty<CaseAt>().ToLookup(at => at.InstanceId);
        var arguments = new DynamicParameters(new { MostOpen });
        foreach (var (n, id) in cases.Index())
            arguments.Add($"i{n}", id);
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<CaseAt>(
            $"""
            SELECT t.instance_id, t.step_id, t.level, t.role, u.display_name AS holder
            FROM user_task t
            LEFT JOIN app_user u ON u.user_id = t.assignee
            WHERE t.state = 'open' AND t.instance_id IN ({string.Join(", ", cases.Index().Select(c => $"@i{c.Index}"))})
            ORDER BY t.due_order, t.task_id
            LIMIT @MostOpen
            """,
            arguments)).ToLookup(at => at.InstanceId);
    }

    const string LateSql = """
        AND i.instance_id IN (
            SELECT late.instance_id
            FROM deadline late
            WHERE late.office = @office AND late.state = 'open' AND late.due_at < @now AND NOT late.awaits_confirmation AND NOT late.paused)
        """;

    static string WithSql(int people)
    {
        if (people == 0)
            return "AND 1 = 0";
        var them = string.Join(", ", Enumerable.Range(0, people).Select(n => $"@with{n}"));
        return $"""
            AND i.instance_id IN (
                SELECT held.instance_id
                FROM user_task held
                WHERE held.assignee IN ({them}) AND held.state = 'open' AND held.assignee IS NOT NULL
                UNION
                SELECT begun.instance_id FROM process_instance begun WHERE begun.started_by IN ({them}) AND begun.status = 'running')
            """;
    }

    static string IdOf(CaseRow row) => row.InstanceId.ToString();

    static (DateTimeOffset? Due, Guid? Id) CursorOf(string? after)
    {
        if (after is null)
            return (null, null);
        if (Guid.TryParse(after, out var id))
            return (null, id);
        return after.Split('_') is [var due, var last]
            && DateTimeOffset.TryParse(due, CultureInfo.InvariantCulture, out var at)
            && Guid.TryParse(last, out var of)
            ? (at.ToUniversalTime(), of)
            : throw RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
    }
}
