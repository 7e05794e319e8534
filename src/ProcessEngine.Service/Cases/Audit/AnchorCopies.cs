using System.Globalization;
using System.Text.Json;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// Each anchor besides the database: a line of a file a month. Anchors that are taken out of the database are missed by whoever has these.
/// </summary>
public sealed class AnchorCopies(AuditOptions options, ServiceOptions service)
{
    string Folder => options.AnchorFolder is { Length: > 0 } given ? given : Path.Combine(service.DataFolder, "anchors");

    /// <summary>Where they stand, the oldest first.</summary>
    public IEnumerable<string> Files => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "anchors-*.jsonl").Order(StringComparer.Ordinal)
        : [];

    /// <summary>The number of the last; 0 when there is none.</summary>
    public int Last() => Files.LastOrDefault() is { } newest && Read(newest).LastOrDefault() is { } anchor ? anchor.Number : 0;

    public IEnumerable<Anchor> All() => Files.SelectMany(Read);

    public void Append(Anchor anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        Directory.CreateDirectory(Folder);
        var month = anchor.SealedAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        using var stream = new FileStream(Path.Combine(Folder, $"anchors-{month}.jsonl"), FileMode.Append, FileAccess.Write);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(anchor.ToJson() + "\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>A line that is cut off was being written when the power failed: the next run writes it again.</summary>
    static IEnumerable<Anchor> Read(string file)
    {
        foreach (var line in File.ReadLines(file))
        {
            Anchor? anchor = null;
            try
            {
                anchor = JsonSerializer.Deserialize<Anchor>(line, JsonShape.Options);
            }
            catch (JsonException)
            {
            }

            if (anchor is not null)
                yield return anchor;
        }
    }
}
