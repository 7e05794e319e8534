using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    const string KnownSql = """
        SELECT v.definition_key AS key, v.version, v.content_hash
        FROM process_definition d
        JOIN definition_version v ON v.definition_key = d.definition_key AND v.version = d.latest_version
        """;

    const string InsertVersion = """
        INSERT INTO definition_version (definition_key, version, content, content_hash, origin, published_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """;

    const string InsertDefinition = """
        INSERT INTO process_definition (definition_key, latest_version, manual, name_th, name_en, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """;

    const string UpdateDefinition = """
        UPDATE process_definition
        SET latest_version = $2, manual = $3, name_th = $4, name_en = $5, updated_at = $6
        WHERE definition_key = $1
        """;

    static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

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
        var content = Minify(text);
        var hash = content is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        var latest = known.TryGetValue(key, out var entry) ? entry : (Version: 0, Hash: "");
        if (content is not null && latest.Hash == hash)
            return [];

        var read = ElsaDefinitionReader.Read(text, latest.Version + 1, key);
        if (!read.IsSound)
            return read.Findings;

        try
        {
            await PublishAsync(read, content!, hash, latest.Version, ct);
            Log.Published(log, key, latest.Version + 1);
        }
        catch (WriteConflictException)
        {
            // Another node that started with us published the same version of the same file.
        }

        return [];
    }

    Task PublishAsync(ReadDefinition read, string content, string hash, int previous, CancellationToken ct)
    {
        var definition = read.Definition!;
        var now = DbValues.Truncate(time.GetUtcNow());
        return database.TransactAsync(
            session =>
            {
                session.Enqueue(InsertVersion, definition.Key, definition.Version, content, hash, "file", now);
                session.Enqueue(
                    previous == 0 ? InsertDefinition : UpdateDefinition,
                    definition.Key, definition.Version, read.Manual, definition.Name.Th, definition.Name.En, now);
                return ValueTask.FromResult(true);
            },
            ct);
    }

    /// <summary>The content without its white space, so that indenting a file anew makes no new version; null when it is not JSON.</summary>
    static string? Minify(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(document.RootElement, Canonical);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Published {Definition} version {Version}")]
    public static partial void Published(ILogger logger, string definition, int version);

    [LoggerMessage(1002, LogLevel.Error, "Refused {File}: activity {Activity}: {Reason}")]
    public static partial void Refused(ILogger logger, string file, string activity, string reason);
}
