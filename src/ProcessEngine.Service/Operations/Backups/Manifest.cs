using System.Security.Cryptography;
using System.Text.Json;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage.Copies;

namespace ProcessEngine.Service.Operations.Backups;

/// <param name="Path">Within the folder of the copy, with slashes.</param>
/// <param name="Sha256">In lower-case hexadecimal digits.</param>
public sealed record CopiedFile(string Path, long Bytes, string Sha256);

/// <summary>What a copy consists of: the file <c>manifest.json</c> in its folder, written last.</summary>
/// <param name="Format">Of this file: 1.</param>
/// <param name="MadeAt">UTC.</param>
/// <param name="Program">The version that made it.</param>
/// <param name="Provider"><c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="Database">Which of the files is the database.</param>
public sealed record Manifest(
    int Format, DateTimeOffset MadeAt, string Program, string Provider, string Database, IReadOnlyList<CopiedFile> Files)
{
    public const string FileName = "manifest.json";

    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Reads every file once.</summary>
    public static async Task<IReadOnlyList<CopiedFile>> SumAsync(string folder, CancellationToken ct)
    {
        var files = new List<CopiedFile>();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == FileName)
                continue;
            await using var stream = File.OpenRead(file);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
            files.Add(new CopiedFile(Path.GetRelativePath(folder, file).Replace('\\', '/'), stream.Length, hash));
        }

        return files;
    }

    public async Task WriteAsync(string folder, CancellationToken ct)
    {
        await using var stream = File.Create(Path.Combine(folder, FileName));
        await JsonSerializer.SerializeAsync(stream, this, JsonShape.Options, ct);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The manifest of a copy whose files are as they were written.</summary>
    /// <exception cref="CopyException">It is no copy, or not as it was.</exception>
    public static async Task<Manifest> CheckAsync(string folder, string provider, CancellationToken ct)
    {
        var manifest = await ReadAsync(folder, ct);
        if (manifest.Provider != provider)
            throw new CopyException($"{folder} is a copy of {manifest.Provider}; the settings name {provider}.");
        var found = (await SumAsync(folder, ct)).ToDictionary(file => file.Path);
        foreach (var file in manifest.Files)
        {
            if (!found.TryGetValue(file.Path, out var now))
                throw new CopyException($"{folder} is not whole: {file.Path} is missing.");
            if (now != file)
                throw new CopyException($"{folder} is damaged: {file.Path} is not as it was written.");
        }

        return manifest;
    }

    static async Task<Manifest> ReadAsync(string folder, CancellationToken ct)
    {
        try
        {
            await using var stream = File.OpenRead(Path.Combine(folder, FileName));
            return await JsonSerializer.DeserializeAsync<Manifest>(stream, JsonShape.Options, ct) is { Format: 1, Files: not null } manifest
                ? manifest
                : throw new CopyException($"{folder} is a copy of a kind that this version does not know.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CopyException($"{folder} is no copy: {e.Message}", e);
        }
    }
}
