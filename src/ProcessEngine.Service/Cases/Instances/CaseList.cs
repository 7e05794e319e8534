using Dapper;
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

/// <summary>The cases of a person's offices, the newest first, with a search in their titles and references.</summary>
public sealed class CaseList(Database database)
{
    public const int PageSize = 30;

    public static readonly string[] Statuses = ["running", "suspended", "completed", "cancelled"];

    /// <param name="after">The last case of the page before.</param>
    public async Task<(IReadOnlyList<CaseRow> Rows, Guid? Next)> FindAsync(
        Caller caller, string? search, string? status, string? outcome, string? definitionKey, Guid? after, CancellationToken ct)
    {
        // Index: ix_instance_office or ix_instance_outcome, one office at a time, from its newest case back.
        var sql = $"""
            SELECT i.instance_id, i.definition_key, d.name_th, d.name_en, i.office, i.title, i.business_key, i.status, i.started_at,
                i.ended_at, i.next_due_at, i.outcome, i.definition_version AS version
            FROM process_instance i
            JOIN process_definition d ON d.definition_key = i.definition_key
            WHERE i.office = @office
                {(status is null ? "" : "AND i.status = @status")}
                {(outcome is null ? "" : "AND i.outcome = @outcome")}
                {(definitionKey is null ? "" : "AND i.definition_key = @definitionKey")}
                {(search is null ? "" : "AND " + SearchText.Condition("i", "d"))}
                {(after is null ? "" : "AND i.instance_id < @after")}
            ORDER BY i.instance_id DESC
            LIMIT @take
            """;
        var rows = new List<CaseRow>();
        await using var connection = await database.OpenAsync(ct);
        foreach (var office in await VisibleOffices.ForAsync(connection, caller, null))
            rows.AddRange(await connection.QueryAsync<CaseRow>(
                sql, new { office, status, outcome, definitionKey, like = SearchText.Like(search), after, take = PageSize + 1 }));
        var page = rows.OrderByDescending(r => r.InstanceId.ToString(), StringComparer.Ordinal).Take(PageSize + 1).ToList();
        return page.Count > PageSize ? (page[..PageSize], page[PageSize - 1].InstanceId) : (page, null);
    }
}
