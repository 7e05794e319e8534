using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>The published definitions. Each version is parsed once per process and then shared; it never changes.</summary>
public sealed class DefinitionCatalog(Database database)
{
    // Index: the primary key.
    const string ContentSql = "SELECT content FROM definition_version WHERE definition_key = @key AND version = @version";
    const string LatestSql = "SELECT latest_version FROM process_definition WHERE definition_key = @key";

    // An office's own version comes before those of every office.
    const string StartableSql = """
        SELECT version
        FROM definition_version
        WHERE definition_key = @key AND retired_at IS NULL AND office IN (@office, '*')
        ORDER BY CASE WHEN office = '*' THEN 1 ELSE 0 END, version DESC
        LIMIT 1
        """;

    const string OfficeSql = "SELECT office FROM definition_version WHERE definition_key = @key AND version = @version";
    const string KnowsKeySql = "SELECT 1 FROM definition_version WHERE definition_key = @key AND office IN (@office, '*') LIMIT 1";
    const string KnowsSql =
        "SELECT 1 FROM definition_version WHERE definition_key = @key AND version = @version AND office IN (@office, '*')";

    const string VersionsSql = """
        SELECT version, office, published_at, retired_at
        FROM definition_version
        WHERE definition_key = @key AND office IN (@office, '*')
        ORDER BY version DESC
        LIMIT 100
        """;

    readonly ConcurrentDictionary<(string Key, int Version), ProcessDefinition> parsed = new();
    readonly ConcurrentDictionary<(string Key, int Version), string?> indicators = new();

    /// <exception cref="InvalidOperationException">There is no such version:
    /// a case points to a definition that was never stored.</exception>
    public async ValueTask<ProcessDefinition> GetAsync(string key, int version)
    {
        if (parsed.TryGetValue((key, version), out var known))
            return known;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var content = await connection.QuerySingleOrDefaultAsync<string>(ContentSql, new { key, version })
            ?? throw new InvalidOperationException($"Definition {key} has no version {version}.");
        return Parse(key, version, content);
    }

    /// <summary>
    /// The version with the highest number, whosever it is. Asked of the database, since another node may have published.
    /// </summary>
    public ValueTask<ProcessDefinition?> LatestAsync(string key, CancellationToken ct) => AskAsync(LatestSql, key, "", ct);

    /// <summary>What a new case of an office starts on: the newest version of its own, else of every office, that is not retired.</summary>
    public ValueTask<ProcessDefinition?> StartableAsync(string key, string office, CancellationToken ct) =>
        AskAsync(StartableSql, key, office, ct);

    /// <summary>Whether an office ever had the procedure, be it retired by now.</summary>
    public async ValueTask<bool> KnowsAsync(string key, string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<int?>(KnowsKeySql, new { key, office }) is not null;
    }

    /// <summary>Whether a version exists and is the office's or every office's.</summary>
    public async ValueTask<bool> KnowsAsync(string key, int version, string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<int?>(KnowsSql, new { key, version, office }) is not null;
    }

    /// <summary>The versions of a procedure that an office may go by, the newest first; of very many, the newest.</summary>
    public async ValueTask<IReadOnlyList<OfficeVersion>> VersionsAsync(string key, string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<OfficeVersion>(VersionsSql, new { key, office })).AsList();
    }

    /// <summary>
    /// Whether a version exists and is every office's, or of an office of the caller's: another office's own is nobody else's business.
    /// </summary>
    public async ValueTask<bool> MaySeeAsync(Caller caller, string key, int version, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<string?>(OfficeSql, new { key, version }) is { } office
            && (office == DefinitionPublisher.EveryOffice || caller.BelongsTo(office));
    }

    /// <summary>
    /// A condition on the column <c>office</c> of definitions and their versions, with its arguments: what the caller may see.
    /// </summary>
    public static string Seen(Caller caller, DynamicParameters arguments)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(arguments);
        if (caller.Offices is not { } own)
            return "1 = 1";
        foreach (var (n, office) in own.Index())
            arguments.Add($"seen{n}", office);
        return $"office IN ('*'{string.Concat(own.Index().Select(o => $", @seen{o.Index}"))})";
    }

    /// <summary>ตัวชี้วัด as the manual prints it, a sentence; null when it prints none.</summary>
    public async ValueTask<string?> IndicatorAsync(ProcessDefinition definition, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var (key, version) = (definition.Key, definition.Version);
        if (indicators.TryGetValue((key, version), out var known))
            return known;
        await using var connection = await database.OpenAsync(ct);
        var content = await connection.QuerySingleOrDefaultAsync<string>(ContentSql, new { key, version });
        var about = content is null ? null : JsonNode.Parse(content)?["customProperties"] as JsonObject;
        return indicators[(key, version)] =
            about?["kpi"] is JsonValue printed && printed.TryGetValue(out string? text) && !string.IsNullOrWhiteSpace(text) ? text : null;
    }

    async ValueTask<ProcessDefinition?> AskAsync(string sql, string key, string office, CancellationToken ct)
    {
        int? version;
        await using (var connection = await database.OpenAsync(ct))
            version = await connection.QuerySingleOrDefaultAsync<int?>(sql, new { key, office });
        return version is { } latest ? await GetAsync(key, latest) : null;
    }

    ProcessDefinition Parse(string key, int version, string content) =>
        parsed.GetOrAdd((key, version), _ => ElsaDefinitionReader.Read(content, version).Definition
            ?? throw new InvalidOperationException($"Definition {key} version {version} can no longer be read."));
}

/// <summary>A version that an office may go by.</summary>
public sealed record OfficeVersion
{
    public int Version { get; init; }

    /// <summary>Whose own it is; <c>*</c> for every office's.</summary>
    public string Office { get; init; } = "";

    public DateTimeOffset PublishedAt { get; init; }
    public DateTimeOffset? RetiredAt { get; init; }
}
