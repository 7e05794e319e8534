using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>Where a version comes from.</summary>
public static class VersionOrigins
{
    public const string File = "file";
    public const string Draft = "draft";
}

/// <summary>Stores a new version. The one place where versions are made, whatever they come from.</summary>
public static class DefinitionPublisher
{
    const string InsertVersion = """
        INSERT INTO definition_version (definition_key, version, content, content_hash, origin, published_at, published_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
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

    /// <param name="read">Sound, and read as the version that it is to become. Two who publish at once violate the primary key.</param>
    public static void Publish(WriteSession session, ReadDefinition read, string content, string origin, Guid? by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(read);
        var definition = read.Definition!;
        session.Enqueue(InsertVersion, definition.Key, definition.Version, content, HashOf(content), origin, now, by);
        session.Enqueue(
            definition.Version == 1 ? InsertDefinition : UpdateDefinition,
            definition.Key, definition.Version, read.Manual, definition.Name.Th, definition.Name.En, now);
    }

    /// <summary>The content without its white space, so that indenting a file anew makes no new version; null when it is not JSON.</summary>
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
