using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <param name="File">Relative to the folder.</param>
public sealed record RefusedFile(string File, IReadOnlyList<Finding> Findings);

/// <summary>Reads <c>processes/&lt;manual&gt;/&lt;procedure&gt;.json</c> at start-up. A changed file becomes a new version; a bad one is refused, the rest load.</summary>
public sealed class DefinitionFolder(Database database, TimeProvider time, ILogger<DefinitionFolder> log)
{
    // A version that was published from a draft is newer than its file; the file counts again when it is changed.
    const string KnownSql = """
        SELECT d.definition_key AS key, d.latest_version, COALESCE((
            SELECT v.content_hash
            FROM definition_version v
            WHERE v.definition_key = d.definition_key AND v.origin = 'file'
            ORDER BY v.version DESC
            LIMIT 1), '') AS hash
        FROM process_definition d
        """;

    /// <summary>What was refused at the last start; shown by <c>/health/ready</c>.</summary>
    public IReadOnlyList<RefusedFile> Refused { get; private set; } = [];

    public async Task LoadAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder of process definitions does not exist: {folder}");
        var known = await KnownAsync(ct);
        var refused = new List<RefusedFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var file = Path.GetRelativePath(folder, path).Replace('\\', '/');
            var findings = await LoadFileAsync(path, KeyOf(file), known, ct);
            if (findings.Count == 0)
                continue;
            refused.Add(new RefusedFile(file, findings));
            foreach (var finding in findings)
                Log.Refused(log, file, finding.ActivityId ?? "-", finding.Reason.En);
        }

        Refused = refused;
    }

    static string KeyOf(string file) => file[..^".json".Length].Replace('/', '.');

    async Task<Dictionary<string, (int Version, string Hash)>> KnownAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<(string Key, int Version, string Hash)>(KnownSql);
        return rows.ToDictionary(r => r.Key, r => (r.Version, r.Hash), StringComparer.Ordinal);
    }

    async Task<IReadOnlyList<Finding>> LoadFileAsync(string path, string key, Dictionary<string, (int Version, string Hash)> known, CancellationToken ct)
    {
        if (new FileInfo(path).Length > ElsaDefinitionReader.MaxBytes)
            return [new Finding(null, "too-large", new("ไฟล์ใหญ่เกินไป", "The file is too large."))];
        var text = await File.ReadAllTextAsync(path, ct);
        var content = DefinitionPublisher.Minify(text);
        var latest = known.TryGetValue(key, out var entry) ? entry : (Version: 0, Hash: "");
        if (content is not null && latest.Hash == DefinitionPublisher.HashOf(content))
            return [];

        var read = ElsaDefinitionReader.Read(text, latest.Version + 1, key);
        if (!read.IsSound)
            return read.Findings;

        try
        {
            await database.TransactAsync(
                session =>
                {
                    DefinitionPublisher.Publish(session, read, content!, VersionOrigins.File, null, DbValues.Truncate(time.GetUtcNow()));
                    return ValueTask.FromResult(true);
                },
                ct);
            Log.Published(log, key, latest.Version + 1);
        }
        catch (WriteConflictException)
        {
            // Another node that started with us published the same version of the same file.
        }

        return [];
    }
}

static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Published {Definition} version {Version}")]
    public static partial void Published(ILogger logger, string definition, int version);

    [LoggerMessage(1002, LogLevel.Error, "Refused {File}: activity {Activity}: {Reason}")]
    public static partial void Refused(ILogger logger, string file, string activity, string reason);
}
