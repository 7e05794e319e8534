using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>A definition as an office has it.</summary>
public sealed record OfficeDefinition
{
    public string Key { get; init; } = "";
    public string NameTh { get; init; } = "";
    public string NameEn { get; init; } = "";

    /// <summary>The newest version of its own that is not retired.</summary>
    public int? OwnVersion { get; init; }

    /// <summary>The newest version of every office that is not retired.</summary>
    public int? SharedVersion { get; init; }

    /// <summary>The version of every office that its own one goes back to.</summary>
    public int? ManualVersion { get; init; }

    /// <summary>The highest number there is, whosever.</summary>
    public int LatestVersion { get; init; }

    /// <summary>Null: it has no draft.</summary>
    public int? DraftRevision { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What its new cases start on; null: none can start.</summary>
    public int? CurrentVersion => OwnVersion ?? SharedVersion;

    /// <summary>Whether the manual became newer since the office made its own version.</summary>
    public bool ManualIsNewer => OwnVersion is not null && ManualVersion is { } from && SharedVersion > from;
}

/// <summary>A version that an office sees: its own, or every office's.</summary>
public sealed record VersionRow
{
    public string Key { get; init; } = "";
    public int Version { get; init; }
    public string Office { get; init; } = "";
    public string Origin { get; init; } = "";
    public int? ManualVersion { get; init; }
    public string NameTh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public DateTimeOffset PublishedAt { get; init; }
    public string? PublishedByName { get; init; }
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Why it was published; null where nobody said.</summary>
    public string? Reason { get; init; }

    /// <summary>Who else had looked at it; null: nobody.</summary>
    public string? ApprovedByName { get; init; }

    public bool IsOwn => Office != DefinitionPublisher.EveryOffice;
}

/// <summary>
/// Reads the definitions of an office for people. Pages are numbered, since the catalogue is small: some thousand definitions at most.
/// </summary>
public static class OfficeDefinitions
{
    public const int LargestPage = 500;

    const string Seen = "office IN (@office, '*')";

    // Index: ix_definition_name for the order; a search reads the catalogue whole.
    const string KeysSql = """
        SELECT definition_key, name_th
        FROM process_definition
        WHERE office IN (@office, '*') {0}
        UNION ALL
        SELECT definition_key, name_th
        FROM office_draft
        WHERE office = @office AND content IS NOT NULL AND definition_key NOT IN (SELECT definition_key FROM process_definition) {0}
        """;

    // Indexes: the primary keys.
    const string ManySql = """
        SELECT k.definition_key AS key,
               COALESCE(o.name_th, d.name_th, f.name_th) AS name_th,
               COALESCE(o.name_en, d.name_en, f.name_en) AS name_en,
               o.version AS own_version, o.manual_version,
               (SELECT MAX(v.version)
                   FROM definition_version v
                   WHERE v.definition_key = k.definition_key AND v.office = '*' AND v.retired_at IS NULL) AS shared_version,
               COALESCE(d.latest_version, 0) AS latest_version,
               f.revision AS draft_revision,
               COALESCE(f.updated_at, d.updated_at) AS updated_at
        FROM ({0}) k
        LEFT JOIN process_definition d ON d.definition_key = k.definition_key
        LEFT JOIN office_draft f ON f.office = @office AND f.definition_key = k.definition_key AND f.content IS NOT NULL
        LEFT JOIN definition_version o ON o.definition_key = k.definition_key AND o.version = (
            SELECT MAX(v.version) FROM definition_version v
            WHERE v.definition_key = k.definition_key AND v.office = @office AND v.office <> '*' AND v.retired_at IS NULL)
        """;

    const string VersionSql = """
        SELECT v.definition_key AS key, v.version, v.office, v.origin, v.manual_version, v.name_th, v.name_en, v.published_at,
            u.display_name AS published_by_name, v.retired_at, v.reason,
            a.display_name AS approved_by_name
        FROM definition_version v
        LEFT JOIN app_user u ON u.user_id = v.published_by
        LEFT JOIN app_user a ON a.user_id = v.approved_by
        """;

    /// <param name="page">From 0.</param>
    public static async Task<(IReadOnlyList<OfficeDefinition> Items, int Total)> PageAsync(
        Database database, DbConnection connection, string office, string? search, int page, int size)
    {
        ArgumentNullException.ThrowIfNull(connection);
        size = Math.Clamp(size, 1, LargestPage);
        var keys = KeysSql.Replace(
            "{0}",
            search is null ? "" : "AND " + SearchText.Condition(""),
            StringComparison.Ordinal);
        var like = SearchText.Like(search);
        var total = await connection.ExecuteScalarAsync<int>($"SELECT COUNT(*) FROM ({keys}) k", new { office, like });
        // A page that lies behind the last one costs nothing to find.
        var skip = (int)Math.Min((long)Math.Max(page, 0) * size, total);
        var rows = await connection.QueryAsync<OfficeDefinition>(
            ManySql.Replace(
                "{0}", $"SELECT * FROM ({keys}) a ORDER BY name_th, definition_key LIMIT @size OFFSET @skip", StringComparison.Ordinal),
            new { office, like, size, skip });
        return ([.. rows.OrderBy(r => r.NameTh, StringComparer.Ordinal).ThenBy(r => r.Key, StringComparer.Ordinal)], total);
    }

    public static async Task<OfficeDefinition?> FindAsync(DbConnection connection, string office, string key) =>
        await connection.QuerySingleOrDefaultAsync<OfficeDefinition>(
            ManySql.Replace("{0}", KeysSql.Replace("{0}", "AND definition_key = @key", StringComparison.Ordinal), StringComparison.Ordinal),
            new { office, key });

    /// <summary>Those of these keys that the office sees.</summary>
    public static async Task<IReadOnlyList<OfficeDefinition>> ManyAsync(DbConnection connection, string office, IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var found = new List<OfficeDefinition>();
        foreach (var key in keys.Distinct().Take(LargestPage))
        {
            if (await FindAsync(connection, office, key) is { } one)
                found.Add(one);
        }

        return found;
    }

    /// <summary>The versions that the office sees, the newest first.</summary>
    public static async Task<(IReadOnlyList<VersionRow> Items, int Total)> VersionsAsync(
        DbConnection connection, string office, string key, int skip, int size)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var total = await connection.ExecuteScalarAsync<int>(
            $"SELECT COUNT(*) FROM definition_version WHERE definition_key = @key AND {Seen}", new { office, key });
        var rows = await connection.QueryAsync<VersionRow>(
            $"{VersionSql} WHERE v.definition_key = @key AND v.{Seen} ORDER BY v.version DESC LIMIT @size OFFSET @skip",
            new { office, key, skip = Math.Clamp(skip, 0, total), size = Math.Clamp(size, 1, LargestPage) });
        return (rows.AsList(), total);
    }

    public static Task<VersionRow?> VersionAsync(DbConnection connection, string office, string key, int version) =>
        connection.QuerySingleOrDefaultAsync<VersionRow?>(
            $"{VersionSql} WHERE v.definition_key = @key AND v.version = @version AND v.{Seen}", new { office, key, version });

    /// <summary>Null when there is no such version, or it is another office's.</summary>
    public static Task<string?> ContentAsync(DbConnection connection, string office, string key, int version) =>
        connection.QuerySingleOrDefaultAsync<string?>(
            $"SELECT content FROM definition_version WHERE definition_key = @key AND version = @version AND {Seen}",
            new { office, key, version });
}
