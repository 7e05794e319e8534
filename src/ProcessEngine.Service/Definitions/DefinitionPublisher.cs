using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>Where a version comes from, and whose it is.</summary>
/// <param name="From"><see cref="File"/> or <see cref="Draft"/>.</param>
/// <param name="By">Who published it; null for a file.</param>
/// <param name="Office">Whose own it is, or every office's.</param>
/// <param name="ManualVersion">Of an office's own: the version of every office that it goes back to; null when there is none.</param>
public sealed record VersionOrigin(string From, Guid? By, string Office, int? ManualVersion)
{
    public const string File = "file";
    public const string Draft = "draft";

    /// <summary>Why it was published, in the words of whoever did.</summary>
    public string? Reason { get; init; }

    /// <summary>Who else had looked at it; null: nobody.</summary>
    public Guid? ApprovedBy { get; init; }

    public static VersionOrigin Shipped { get; } = new(File, null, DefinitionPublisher.EveryOffice, null);
}

/// <summary>Stores a new version. The one place where versions are made, whatever they come from.</summary>
public static class DefinitionPublisher
{
    /// <summary>The office of what belongs to all of them.</summary>
    public const string EveryOffice = Caller.EveryOffice;

    const string InsertVersion = """
        INSERT INTO definition_version (definition_key, version, content, content_hash, origin, published_at, published_by, office,
            manual_version, name_th, name_en, reason, approved_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """;

    const string InsertDefinition = """
        INSERT INTO process_definition (definition_key, latest_version, manual, name_th, name_en, updated_at, office,
            search_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    // An office's own version leaves alone what the others see.
    const string UpdateDefinition = """
        UPDATE process_definition
        SET latest_version = $2,
            manual = CASE WHEN office = $7 THEN $3 ELSE manual END,
            name_th = CASE WHEN office = $7 THEN $4 ELSE name_th END,
            name_en = CASE WHEN office = $7 THEN $5 ELSE name_en END,
            search_key = CASE WHEN office = $7 THEN $8 ELSE search_key END,
            updated_at = $6
        WHERE definition_key = $1
        """;

    static readonly JsonSerializerOptions Canonical = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    /// <param name="read">Sound, and read as the version that it is to become. Two who publish at once violate the primary key.</param>
    public static void Publish(WriteSession session, ReadDefinition read, string content, VersionOrigin origin, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(origin);
        var definition = read.Definition!;
        session.Enqueue(
            InsertVersion, definition.Key, definition.Version, content, HashOf(content), origin.From, now, origin.By, origin.Office,
            origin.ManualVersion, definition.Name.Th, definition.Name.En,
            string.IsNullOrWhiteSpace(origin.Reason) ? null : origin.Reason.Trim(), origin.ApprovedBy);
        session.Enqueue(
            definition.Version == 1 ? InsertDefinition : UpdateDefinition,
            definition.Key, definition.Version, read.Manual, definition.Name.Th, definition.Name.En, now, origin.Office,
            SearchText.Key(definition.Name.Th, definition.Name.En, definition.Key));
    }

    /// <summary>
    /// The content without its white space, so that indenting a file anew makes no new version; null when it is not JSON.
    /// </summary>
    public static string? Minify(string text)
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

    public static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
