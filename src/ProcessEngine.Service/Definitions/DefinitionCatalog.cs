using System.Collections.Concurrent;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>The published definitions. Each version is parsed once per process and then shared; it never changes.</summary>
public sealed class DefinitionCatalog(Database database)
{
    // Index: the primary key.
    const string ContentSql = "SELECT content FROM definition_version WHERE definition_key = @key AND version = @version";
    const string LatestSql = "SELECT latest_version FROM process_definition WHERE definition_key = @key";
    const string StartableSql = "SELECT MAX(version) FROM definition_version WHERE definition_key = @key AND retired_at IS NULL";

    readonly ConcurrentDictionary<(string Key, int Version), ProcessDefinition> parsed = new();

    /// <exception cref="InvalidOperationException">There is no such version: a case points to a definition that was never stored.</exception>
    public async ValueTask<ProcessDefinition> GetAsync(string key, int version)
    {
        if (parsed.TryGetValue((key, version), out var known))
            return known;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var content = await connection.QuerySingleOrDefaultAsync<string>(ContentSql, new { key, version })
            ?? throw new InvalidOperationException($"Definition {key} has no version {version}.");
        return Parse(key, version, content);
    }

    /// <summary>The newest version. Asked of the database, since another node may have published.</summary>
    public ValueTask<ProcessDefinition?> LatestAsync(string key, CancellationToken ct) => AskAsync(LatestSql, key, ct);

    /// <summary>The newest version that is not retired: what a new case starts on.</summary>
    public ValueTask<ProcessDefinition?> StartableAsync(string key, CancellationToken ct) => AskAsync(StartableSql, key, ct);

    async ValueTask<ProcessDefinition?> AskAsync(string sql, string key, CancellationToken ct)
    {
        int? version;
        await using (var connection = await database.OpenAsync(ct))
            version = await connection.QuerySingleOrDefaultAsync<int?>(sql, new { key });
        return version is { } latest ? await GetAsync(key, latest) : null;
    }

    ProcessDefinition Parse(string key, int version, string content) =>
        parsed.GetOrAdd((key, version), _ => ElsaDefinitionReader.Read(content, version).Definition
            ?? throw new InvalidOperationException($"Definition {key} version {version} can no longer be read."));
}
