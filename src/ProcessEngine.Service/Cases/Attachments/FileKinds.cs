using System.IO.Compression;
using System.Text;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary>
/// Which files may be laid to a case: by the ending of the name, and by what is in them. What the sender says of the type is not believed.
/// </summary>
public static class FileKinds
{
    public const int MaxBytes = 20 * 1024 * 1024;
    const int MaxNameLength = 200;

    /// <summary>More parts than any office document has.</summary>
    const int MaxParts = 10_000;

    const string OpenDocument = "application/vnd.oasis.opendocument.";

    static readonly Dictionary<string, (string ContentType, Func<byte[], bool> Fits)> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pdf"] = ("application/pdf", bytes => Begins(bytes, "%PDF-"u8)),
        [".png"] = ("image/png", bytes => Begins(bytes, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])),
        [".jpg"] = ("image/jpeg", IsJpeg),
        [".jpeg"] = ("image/jpeg", IsJpeg),
        [".docx"] = (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes => IsOffice(bytes, "word/document.xml")),
        [".xlsx"] = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes => IsOffice(bytes, "xl/workbook.xml")),
        [".odt"] = (OpenDocument + "text", bytes => IsOpenDocument(bytes, OpenDocument + "text")),
        [".ods"] = (OpenDocument + "spreadsheet", bytes => IsOpenDocument(bytes, OpenDocument + "spreadsheet")),
        [".txt"] = ("text/plain", IsText),
        [".csv"] = ("text/csv", IsText),
    };

    static readonly string Endings = string.Join(", ", Kinds.Keys.Select(k => k[1..]));

    /// <summary>Of all files that may be laid to a case.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = [.. Kinds.Values.Select(kind => kind.ContentType).Distinct()];

    public static string ContentTypeOf(string fileName) => Kinds[Path.GetExtension(fileName)].ContentType;

    /// <summary>Whether a browser shows it as it is: pictures and PDF.</summary>
    public static bool CanBeLookedAt(string contentType) => contentType is "application/pdf" or "image/png" or "image/jpeg";

    /// <summary>What is wrong with a file; null when it may be laid to a case.</summary>
    /// <param name="fileName">As <see cref="Clean"/> gave it.</param>
    public static LocalizedText? Problem(string fileName, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(content);
        if (Path.GetFileNameWithoutExtension(fileName).Length == 0 || fileName.Length > MaxNameLength || !ValidationRules.IsClean(fileName))
            return new LocalizedText(
                $"ต้องมีชื่อไฟล์ ไม่เกิน {MaxNameLength} ตัวอักษร", $"The file needs a name of at most {MaxNameLength} characters.");
        if (!Kinds.TryGetValue(Path.GetExtension(fileName), out var kind))
            return new LocalizedText($"แนบได้เฉพาะไฟล์ {Endings}", $"Only these can be attached: {Endings}.");
        if (content.Length is 0 or > MaxBytes)
            return new LocalizedText(
                $"ไฟล์ต้องไม่ว่างและไม่เกิน {MaxBytes / 1024 / 1024} MB",
                $"The file must not be empty, and not larger than {MaxBytes / 1024 / 1024} MB.");
        return kind.Fits(content)
            ? null
            : new LocalizedText("เนื้อหาของไฟล์ไม่ตรงกับนามสกุล", "What is in the file is not what its name says.");
    }

    /// <summary>
    /// The name alone, without a path and without characters that a file system or a reader's eye takes for something else.
    /// </summary>
    public static string Clean(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new StringBuilder(last.Length);
        foreach (var c in last)
        {
            // Marks that turn the direction of writing hide an ending.
            if (c is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
                continue;
            clean.Append(char.IsControl(c) || c is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? '_' : c);
        }

        return clean.ToString().Trim(' ', '.');
    }

    static bool Begins(byte[] content, ReadOnlySpan<byte> with) => content.AsSpan().StartsWith(with);

    static bool IsJpeg(byte[] content) => Begins(content, [0xFF, 0xD8, 0xFF]);

    /// <summary>Text in UTF-8 or in a Thai code page: no control characters but line breaks, tabs and form feeds.</summary>
    static bool IsText(byte[] content) => !content.AsSpan().ContainsAnyExcept(Printable);

    static readonly System.Buffers.SearchValues<byte> Printable =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(0, 256)
            .Where(b => b is >= ' ' and not 0x7F or '\t' or '\n' or '\r' or '\f')
            .Select(b => (byte)b)]);

    static bool IsOffice(byte[] content, string main) =>
        Parts(content) is { } parts
            && parts.Contains("[Content_Types].xml")
            && parts.Contains(main)
            && !parts.Any(p => p.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase));

    /// <summary>The first part of an OpenDocument file is its type, uncompressed, so that it can be told from the first bytes.</summary>
    static bool IsOpenDocument(byte[] content, string type)
    {
        const int NameAt = 30;
        var first = Encoding.ASCII.GetBytes("mimetype" + type);
        return Begins(content, "PK\u0003\u0004"u8)
            && content.AsSpan(Math.Min(NameAt, content.Length)).StartsWith(first)
            && Parts(content)?.Contains("content.xml") == true;
    }

    /// <summary>The names of the parts; nothing is unpacked. Null when it is no archive.</summary>
    static HashSet<string>? Parts(byte[] content)
    {
        if (!Begins(content, "PK\u0003\u0004"u8))
            return null;
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            return archive.Entries.Count > MaxParts ? null : [.. archive.Entries.Select(e => e.FullName)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
