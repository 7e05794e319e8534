using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>
/// The forms that procedures share: <c>processes/forms/&lt;id&gt;.json</c>, named by a step's <c>formRefs</c>. What a definition uses is
/// laid into its content, so that a version is whole in itself: a running case keeps its form, and a changed form makes a new version of
/// whatever uses it.
/// </summary>
public sealed class SharedForms
{
    /// <summary>The folder, beside those of the manuals.</summary>
    public const string Folder = "forms";

    /// <summary>What a step names its forms by.</summary>
    public const string References = "formRefs";

    /// <summary>Where a definition holds the forms that it uses, among its custom properties.</summary>
    public const string Property = "formSchemas";

    public const int MaxOnOneStep = 3;

    const string Custom = "customProperties";

    static readonly JsonWriterOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly FrozenDictionary<string, JsonElement> schemas;

    SharedForms(IReadOnlyDictionary<string, JsonElement> schemas) => this.schemas = schemas.ToFrozenDictionary(StringComparer.Ordinal);

    public static SharedForms None { get; } = new(FrozenDictionary<string, JsonElement>.Empty);

    /// <summary>Every form with its title, in the order of the titles.</summary>
    public IEnumerable<(string Id, string Title)> All =>
        schemas.Select(s => (s.Key, s.Value.TryGetProperty("title", out var title) ? title.GetString() ?? s.Key : s.Key))
            .OrderBy(s => s.Item2, StringComparer.Ordinal);

    /// <summary>The schema of a form; null when there is none of that id.</summary>
    public string? Find(string id) => schemas.TryGetValue(id, out var schema) ? schema.GetRawText() : null;

    public static bool IsForm(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.StartsWith(Folder + "/", StringComparison.Ordinal);
    }

    /// <param name="files">Each relative to the folder of definitions, with its text.</param>
    /// <returns>The forms that are good, and the files that are not; a definition that uses one of these is refused in turn.</returns>
    public static (SharedForms Forms, IReadOnlyList<RefusedFile> Refused) Read(IEnumerable<(string File, string Text)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var schemas = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var refused = new List<RefusedFile>();
        foreach (var (file, text) in files)
        {
            var (schema, problems) = FormSchema.Read(text);
            List<Finding> findings = [.. problems.Select(p => new Finding(
                null, "invalid-form", new($"{p.Place} {p.Reason.Th}".Trim(), $"{p.Place} {p.Reason.En}".Trim())))];
            if (schema is { Title: null or "" })
                findings.Add(new Finding(null, "no-name", new("แบบฟอร์มไม่มีชื่อ (title)", "The form has no title.")));
            if (findings.Count > 0)
            {
                refused.Add(new RefusedFile(file, findings));
                continue;
            }

            using var document = JsonDocument.Parse(text);
            schemas[file[(Folder.Length + 1)..^".json".Length]] = document.RootElement.Clone();
        }

        return (new SharedForms(schemas), refused);
    }

    /// <summary>
    /// The content with the forms that its steps name; as it stands when they name
    /// none. A form that it brings along stays where there is none of that name here.
    /// </summary>
    /// <param name="content">JSON, without white space.</param>
    public string Embed(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!content.Contains($"\"{References}\"", StringComparison.Ordinal)
            && !ElsaPublicService.Forms.Any(name => content.Contains($"\"{name}\"", StringComparison.Ordinal)))
            return content;
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        var used = UsedBy(root);
        if (used.Count == 0)
            return content;

        var buffer = new ArrayBufferWriter<byte>(content.Length * 2);
        using (var json = new Utf8JsonWriter(buffer, Canonical))
        {
            json.WriteStartObject();
            foreach (var property in root.EnumerateObject().Where(p => p.Name != Custom))
                property.WriteTo(json);
            json.WriteStartObject(Custom);
            if (root.TryGetProperty(Custom, out var custom) && custom.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in custom.EnumerateObject().Where(p => p.Name != Property))
                    property.WriteTo(json);
            }

            json.WriteStartObject(Property);
            foreach (var id in used)
            {
                if (schemas.TryGetValue(id, out var schema) || Brought(custom, id, out schema))
                {
                    json.WritePropertyName(id);
                    schema.WriteTo(json);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static bool Brought(JsonElement custom, string id, out JsonElement schema)
    {
        schema = default;
        return custom.ValueKind == JsonValueKind.Object
            && custom.TryGetProperty(Property, out var own)
            && own.ValueKind == JsonValueKind.Object
            && own.TryGetProperty(id, out schema);
    }

    /// <summary>The ids that the whole and its steps name, bare or in Studio's Literal expression, in a fixed order.</summary>
    static SortedSet<string> UsedBy(JsonElement root)
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        used.UnionWith(ElsaPublicService.Forms.Select(name => Field(Field(root, Custom), name))
            .Where(id => id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 }).Select(id => id.GetString()!));
        if (Field(Field(root, "root"), "activities") is not { ValueKind: JsonValueKind.Array } activities)
            return used;
        foreach (var activity in activities.EnumerateArray())
        {
            var named = Field(activity, References);
            if (named.ValueKind == JsonValueKind.Object)
                named = Field(Field(named, "expression"), "value");
            if (named.ValueKind == JsonValueKind.Array)
                used.UnionWith(named.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()!));
        }

        return used;

        static JsonElement Field(JsonElement of, string name) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;
    }
}
