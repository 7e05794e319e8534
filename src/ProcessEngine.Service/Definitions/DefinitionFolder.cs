using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <param name="File">Relative to the folder.</param>
public sealed record RefusedFile(string File, IReadOnlyList<Finding> Findings);

/// <summary>
/// Reads <c>processes/&lt;manual&gt;/&lt;procedure&gt;.json</c> at start-up, with the forms that they share. A changed file becomes a new
/// version, and so does whatever uses a changed form; a bad file is refused, the rest load.
/// </summary>
public sealed class DefinitionFolder(Database database, TimeProvider time, ILogger<DefinitionFolder> log)
{
    // A version that was published from a draft is newer than its file; the file counts again when it is changed. An office's own version
    // stays what it is.
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

    /// <summary>The shared forms as they were at the last start.</summary>
    public SharedForms Forms { get; private set; } = SharedForms.None;

    /// <param name="also">Another folder with definitions, which may use the same forms.</param>
    public async Task LoadAsync(string folder, CancellationToken ct, string? also = null)
    {
        string[] folders = also is { Length: > 0 } ? [folder, also] : [folder];
        if (folders.FirstOrDefault(one => !Directory.Exists(one)) is { } missing)
            throw new DirectoryNotFoundException($"The folder of process definitions does not exist: {missing}");
        var known = await KnownAsync(ct);
        var texts = new List<(string File, string Text)>();
        var refused = new List<RefusedFile>();
        var paths = folders.SelectMany(from => Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(path => (From: from, Path: path)));
        foreach (var (from, path) in paths)
        {
            var file = Path.GetRelativePath(from, path).Replace('\\', '/');
            if (new FileInfo(path).Length > ElsaDefinitionReader.MaxBytes)
                refused.Add(new RefusedFile(file, [new Finding(null, "too-large", new("ไฟล์ใหญ่เกินไป", "The file is too large."))]));
            else
                texts.Add((file, await File.ReadAllTextAsync(path, ct)));
        }

        var (forms, badForms) = SharedForms.Read(texts.Where(t => SharedForms.IsForm(t.File)));
        refused.AddRange(badForms);
        var changed = new List<Changed>();
        foreach (var (file, text) in texts.Where(t => !SharedForms.IsForm(t.File)))
        {
            var read = Read(text, KeyOf(file), forms, known, changed);
            if (read.Count > 0)
                refused.Add(new RefusedFile(file, read));
        }

        await PublishAsync(changed, ct);
        foreach (var (file, findings) in refused)
        {
            foreach (var finding in findings)
                Log.Refused(log, file, finding.ActivityId ?? "-", finding.Reason.En);
        }

        (Forms, Refused) = (forms, refused);
    }

    /// <summary>A file whose content is not the one of its last version.</summary>
    sealed record Changed(ReadDefinition Read, string Content);

    public static string KeyOf(string file) => file[..^".json".Length].Replace('/', '.');

    async Task<Dictionary<string, (int Version, string Hash)>> KnownAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<(string Key, int Version, string Hash)>(KnownSql);
        return rows.ToDictionary(r => r.Key, r => (r.Version, r.Hash), StringComparer.Ordinal);
    }

    static IReadOnlyList<Finding> Read(
        string text, string key, SharedForms forms, Dictionary<string, (int Version, string Hash)> known, List<Changed> changed)
    {
        var content = DefinitionPublisher.Minify(text) is { } minified ? forms.Embed(minified) : null;
        var latest = known.TryGetValue(key, out var entry) ? entry : (Version: 0, Hash: "");
        if (content is not null && latest.Hash == DefinitionPublisher.HashOf(content))
            return [];
        var read = ElsaDefinitionReader.Read(content ?? text, latest.Version + 1, key);
        if (!read.IsSound)
            return read.Findings;
        changed.Add(new Changed(read, content!));
        return [];
    }

    /// <summary>
    /// All at once, since a transaction costs more than a version; one by one
    /// when another node that started with us was first with some of them.
    /// </summary>
    async Task PublishAsync(List<Changed> changed, CancellationToken ct)
    {
        if (changed.Count == 0 || await StoreAsync(changed, ct))
            return;
        foreach (var one in changed)
            await StoreAsync([one], ct);
    }

    async Task<bool> StoreAsync(IReadOnlyList<Changed> changed, CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        try
        {
            await database.TransactAsync(
                async session =>
                {
                    foreach (var (read, content) in changed)
                    {
                        DefinitionPublisher.Publish(session, read, content, VersionOrigin.Shipped, now);
                        await session.FlushAsync();
                    }

                    return true;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            return false;
        }

        foreach (var (read, _) in changed)
        {
            Log.Published(log, read.Definition!.Key, read.Definition.Version);
            foreach (var warning in read.Findings)
                Log.Warned(log, read.Definition.Key, warning.ActivityId ?? "-", warning.Reason.En);
        }

        return true;
    }
}

static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Published {Definition} version {Version}")]
    public static partial void Published(ILogger logger, string definition, int version);

    [LoggerMessage(1003, LogLevel.Warning, "{Definition}: activity {Activity}: {Reason}")]
    public static partial void Warned(ILogger logger, string definition, string activity, string reason);

    [LoggerMessage(1002, LogLevel.Error, "Refused {File}: activity {Activity}: {Reason}")]
    public static partial void Refused(ILogger logger, string file, string activity, string reason);
}
