using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>The names of versions as Studio knows them.</summary>
/// <param name="Version">Of a published one.</param>
/// <param name="Revision">Of a draft: which save of it the window shows.
/// Studio has no other mark by which a stale save could be known.</param>
public sealed record VersionId(string Key, int? Version, int? Revision)
{
    const string Draft = "draft";

    public static VersionId Published(string key, int version) => new(key, version, null);

    public static VersionId OfDraft(string key, int revision) => new(key, null, revision);

    public override string ToString() => Revision is { } revision
        ? string.Create(CultureInfo.InvariantCulture, $"{Key}:{Draft}:{revision}")
        : string.Create(CultureInfo.InvariantCulture, $"{Key}:{Version}");

    public static VersionId? Parse(string? id) => id?.Split(':') switch
    {
        [{ Length: > 0 } key, Draft, var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) =>
            OfDraft(key, revision),
        [{ Length: > 0 } key, var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) =>
            Published(key, version),
        _ => null,
    };
}

/// <summary>What is known of a version beside its content.</summary>
public sealed record VersionFacts(VersionId Id, int Version, bool IsLatest, bool IsPublished, DateTimeOffset At);

/// <summary>
/// Between the content of a definition as it is stored and as Studio edits it.
/// What Studio saves and loads again without a change is the same to the byte.
/// Studio edits no list of objects: such a property goes to it as a text of JSON. It
/// draws the ways out of a decision from a property of its own, which is not stored.
/// </summary>
public static class StudioModel
{
    /// <summary>What a definition consists of, in the order in which it is stored.</summary>
    static readonly string[] Parts = [
        "definitionId", "name", "description", "toolVersion", "variables", "inputs", "outputs", "outcomes", "customProperties", "options",
        "root",
    ];

    const string Outcomes = "outcomes";
    const string Branches = "branches";
    const string Decision = "ProcessEngine.Decision";

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 40, AllowDuplicateProperties = false };
    static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };
    static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>A body, or a file.</summary>
    /// <exception cref="RefusedRequestException">It is no JSON object.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json, null, Strict) as JsonObject ?? throw NotJson();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw NotJson();
        }
    }

    static RefusedRequestException NotJson() => RefusedRequestException.At(
        null, "ข้อมูลที่ส่งมาไม่ใช่ JSON ที่ถูกต้อง ยังไม่ได้บันทึก", "What was sent is not valid JSON; nothing was saved.");

    /// <summary>The content to be stored, of what Studio sends or a file holds.</summary>
    /// <exception cref="RefusedRequestException">It is no flow chart of activities
    /// that exist here. What is only incomplete is no reason to refuse.</exception>
    /// <param name="before">What is stored so far; null: nothing.</param>
    public static string ToContent(JsonObject model, string key, string? before = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            return Write(model, key, before).ToJsonString(Canonical);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException or FormatException)
        {
            throw NotJson();
        }
    }

    static JsonObject Write(JsonObject model, string key, string? before)
    {
        model = ElsaTaking.TakeIn(model);
        if (model["root"] is not JsonObject root || Text(root, "type") != "Elsa.Flowchart")
            throw RefusedRequestException.At(null, "root ต้องเป็น Elsa.Flowchart", "root must be an Elsa.Flowchart.");
        var name = Text(model, "name") ?? "";
        if (!ValidationRules.IsClean(name) || name.Length > ValidationRules.TitleLength)
            throw RefusedRequestException.At(
                "name", "ชื่อกระบวนงานยาวเกินไปหรือมีอักขระที่ไม่ถูกต้อง", "The name is too long or has characters that are not text.");

        var content = new JsonObject();
        foreach (var part in Parts)
        {
            content[part] = part switch
            {
                "definitionId" => key,
                "name" => name,
                "description" => Text(model, part) ?? "",
                "toolVersion" => Text(model, part) ?? StudioFiles.ToolVersion,
                "customProperties" or "options" => model[part] as JsonObject is { } given ? given.DeepClone() : new JsonObject(),
                "root" => Chart(Renamed((JsonObject)root.DeepClone(), before)),
                _ => model[part] as JsonArray is { } list ? list.DeepClone() : new JsonArray(),
            };
        }

        // The English title has two places in a file; Studio edits this one.
        if (content["customProperties"] is JsonObject custom
            && custom.ContainsKey("nameEn")
            && Text(content, "description") is { Length: > 0 } english)
            custom["nameEn"] = english;
        return content;
    }

    /// <summary>
    /// Studio has two fields for what people call a box: its name, and the text that is displayed. Whichever was changed is its name.
    /// </summary>
    static JsonObject Renamed(JsonObject root, string? before)
    {
        if (before is null || JsonNode.Parse(before)?["root"] is not JsonObject stored)
            return root;
        var known = Activities(stored).DistinctBy(a => Text(a, "id")).ToDictionary(a => Text(a, "id") ?? "", StringComparer.Ordinal);
        foreach (var activity in Activities(root))
        {
            if (known.TryGetValue(Text(activity, "id") ?? "", out var was)
                && Text(activity, "name") == Text(was, "name")
                && Displayed(activity) is { Length: > 0 } displayed
                && displayed != Displayed(was))
                activity["name"] = displayed;
        }

        return root;
    }

    static string? Displayed(JsonObject activity) => activity["metadata"] is JsonObject metadata ? Text(metadata, "displayText") : null;

    static JsonObject Chart(JsonObject root)
    {
        Complete(root);
        foreach (var activity in Activities(root))
        {
            if (Text(activity, "type") is var type && !StudioActivities.IsKnown(type))
            {
                throw RefusedRequestException.At(
                    "root", $"ไม่รู้จักกิจกรรมชนิด \"{type}\" ของขั้นตอน “{NameOf(activity)}” ยังไม่ได้บันทึก",
                    $"Unknown activity type \"{type}\" of “{NameOf(activity)}”; nothing was saved.");
            }

            // In the chart a step has one name; a file prints it three times.
            if (activity.ContainsKey("nameTh") && Text(activity, "name") is { Length: > 0 } name)
            {
                activity["nameTh"] = name;
                if (activity["metadata"] is JsonObject metadata && metadata.ContainsKey("displayText"))
                    metadata["displayText"] = name;
            }

            foreach (var property in StudioActivities.TextsOfJson)
            {
                if (activity[property] is JsonValue value && value.TryGetValue<string>(out var text))
                    activity[property] = FromText(text);
            }

            if (type == Decision)
                TakeOutcomes(activity);
        }

        return root;
    }

    /// <summary>
    /// A chart that was just made has neither boxes nor lines, and a box that was just dropped no node id in some versions.
    /// </summary>
    static void Complete(JsonObject root)
    {
        var id = Text(root, "id") ?? "flowchart";
        root["id"] ??= id;
        root["nodeId"] ??= NodeId(id, null);
        foreach (var list in new[] { "activities", "connections", "variables" })
        {
            if (root[list] is not JsonArray)
                root[list] = new JsonArray();
        }

        foreach (var activity in Activities(root))
        {
            if (Text(activity, "id") is { } box)
                activity["nodeId"] ??= NodeId(id, box);
        }
    }

    static string NodeId(string root, string? activity) => activity is null ? $"Workflow1:{root}" : $"Workflow1:{root}:{activity}";

    static JsonNode? FromText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            return JsonNode.Parse(text, null, Strict);
        }
        catch (JsonException)
        {
            // Kept as it was typed; the reader says what is wrong with it.
            return text;
        }
    }

    /// <summary>
    /// The names that Studio's editor of outcomes holds: one that has no branch yet gets one, with its condition still to be written.
    /// </summary>
    static void TakeOutcomes(JsonObject decision)
    {
        var names = NamesIn(decision[Outcomes]);
        decision.Remove(Outcomes);
        if (decision[Branches] is not (null or JsonArray))
            return;
        var branches = decision[Branches] as JsonArray ?? [];
        var known = branches.OfType<JsonObject>().Select(b => Text(b, "port")).ToHashSet();
        foreach (var name in names.Where(n => n != Core.Definitions.Ports.Else && known.Add(n)))
            branches.Add(new JsonObject { ["port"] = name, ["when"] = "" });
        if (branches.Count > 0 && branches.Parent is null)
            decision[Branches] = branches;
    }

    static List<string> NamesIn(JsonNode? wrapped)
    {
        var value = wrapped is JsonObject outcome && outcome["expression"] is JsonObject expression ? expression["value"] : wrapped;
        if (value is JsonValue text && text.TryGetValue<string>(out var json))
            value = FromText(json);
        return [.. (value as JsonArray ?? [])
            .OfType<JsonValue>()
            .Select(v => v.TryGetValue<string>(out var name) ? name.Trim() : "")
            .Where(n => n.Length is > 0 and <= ValidationRules.CodeLength)];
    }

    /// <summary>A version as Studio opens it.</summary>
    public static JsonObject ToStudio(string content, VersionFacts facts, bool mayEdit)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var stored = JsonNode.Parse(content)!.AsObject();
        var model = new JsonObject
        {
            ["id"] = facts.Id.ToString(),
            ["definitionId"] = facts.Id.Key,
            ["name"] = stored["name"]?.DeepClone(),
            ["description"] = stored["description"]?.DeepClone() ?? "",
            ["createdAt"] = Iso(facts.At),
            ["version"] = facts.Version,
            ["isLatest"] = facts.IsLatest,
            ["isPublished"] = facts.IsPublished,
            ["toolVersion"] = stored["toolVersion"]?.DeepClone() ?? StudioFiles.ToolVersion,
        };
        foreach (var part in Parts[4..])
            model[part] = stored[part]?.DeepClone() ?? (part is "options" or "customProperties" ? new JsonObject() : new JsonArray());
        model["providerName"] = null;
        model["materializerName"] = "Json";
        model["materializerContext"] = null;
        model["isReadonly"] = !mayEdit;
        model["isSystem"] = false;
        model["links"] = JsonSerializer.SerializeToNode(Links(facts.Id.Key, mayEdit), StudioJson.Options);
        if (model["root"] is JsonObject root)
            Show(root);
        return model;
    }

    static void Show(JsonObject root)
    {
        Complete(root);
        foreach (var activity in Activities(root))
        {
            if (Text(activity, "type") == Decision)
            {
                var names = new JsonArray([.. (activity[Branches] as JsonArray ?? [])
                    .OfType<JsonObject>()
                    .Select(b => (JsonNode?)(Text(b, "port") ?? ""))]);
                activity[Outcomes] = new JsonObject
                {
                    ["typeName"] = "String[]",
                    ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = names.ToJsonString(Canonical) },
                };
            }

            foreach (var property in StudioActivities.TextsOfJson)
            {
                if (activity[property] is JsonArray or JsonObject)
                    activity[property] = activity[property]!.ToJsonString(Readable);
            }
        }
    }

    /// <summary>A file that a stock Elsa 3 imports: the content with the marks of its version.</summary>
    public static string ToFile(string content, VersionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var file = new JsonObject
        {
            ["$schema"] = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json",
            ["id"] = facts.Id.ToString(),
        };
        foreach (var (name, value) in JsonNode.Parse(content)!.AsObject())
            file[name] = value?.DeepClone();
        file["version"] = facts.Version;
        file["isLatest"] = facts.IsLatest;
        file["isPublished"] = facts.IsPublished;
        file["createdAt"] = Iso(facts.At);
        if (file["root"] is JsonObject root)
            Complete(root);
        return file.ToJsonString(Readable);
    }

    /// <summary>What a reader may do decides whether Studio lets them edit: without "publish" it is read-only.</summary>
    public static IReadOnlyList<Link> Links(string key, bool mayEdit)
    {
        var export = new Link($"/workflow-definitions/{key}/export", "export", "GET");
        return mayEdit
            ?
            [
                new($"/workflow-definitions/{key}/publish", "publish", "POST"),
                new($"/workflow-definitions/{key}/retract", "retract", "POST"), export,
                new($"/workflow-definitions/{key}", "delete", "DELETE"),
            ]
            : [export];
    }

    public sealed record Link(string Href, string Rel, string Method);

    public static string Iso(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    static IEnumerable<JsonObject> Activities(JsonObject root) => (root["activities"] as JsonArray ?? []).OfType<JsonObject>();

    static string? Text(JsonObject of, string name) => of[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>What people call a box.</summary>
    static string NameOf(JsonObject activity) => Text(activity, "name") ?? Text(activity, "id") ?? "?";

    /// <summary>The boxes of some types, in the order of the file.</summary>
    public static IReadOnlyList<(string Id, string Name)> BoxesOf(string content, Func<string?, bool> ofType)
    {
        ArgumentNullException.ThrowIfNull(ofType);
        return JsonNode.Parse(content)?["root"] is JsonObject root
            ? [.. Activities(root).Where(a => ofType(Text(a, "type")) && Text(a, "id") is not null)
                .Select(a => (Text(a, "id")!, NameOf(a)))]
            : [];
    }

    /// <summary>The names of the boxes of a definition, by their ids: what is wrong with a box is told with its name.</summary>
    public static Dictionary<string, string> NamesOf(string content)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var box in JsonNode.Parse(content)?["root"] is JsonObject root ? Activities(root) : [])
        {
            if (Text(box, "id") is { } id)
                names[id] = NameOf(box);
        }

        return names;
    }
}
