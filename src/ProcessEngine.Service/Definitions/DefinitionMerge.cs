using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// Lays what a manual changed into an office's own version of it: box by box and property by property, arrow by arrow.
/// Where both changed the same thing the office's stays, and its name is told.
/// </summary>
public static class DefinitionMerge
{
    static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="before">The manual's version that the office started from.</param>
    /// <returns>The merged content, and the names of what both changed: of a box its name; empty for the head of the definition.</returns>
    public static (string Content, IReadOnlyList<string> Conflicts) Merge(string before, string own, string manual)
    {
        var conflicts = new List<string>();
        var (was, mine, theirs) = (Read(before), Read(own), Read(manual));
        var merged = Properties(was, mine, theirs, ["root"], "", conflicts);
        var (wasRoot, myRoot, theirRoot) = (Root(was), Root(mine), Root(theirs));
        var root = Properties(wasRoot, myRoot, theirRoot, ["activities", "connections"], "", conflicts);
        root["activities"] = Boxes(ById(wasRoot), ById(myRoot), ById(theirRoot), conflicts);
        root["connections"] = Arrows(wasRoot, myRoot, theirRoot);
        merged["root"] = root;
        return (merged.ToJsonString(Canonical), [.. conflicts.Distinct()]);
    }

    static JsonObject Read(string content) => JsonNode.Parse(content)!.AsObject();

    static JsonObject Root(JsonObject definition) => definition["root"] as JsonObject ?? [];

    static JsonObject Properties(JsonObject was, JsonObject mine, JsonObject theirs, string[] except, string name, List<string> conflicts)
    {
        var merged = new JsonObject();
        foreach (var property in mine.Select(p => p.Key).Concat(theirs.Select(p => p.Key)).Distinct().Where(p => !except.Contains(p)))
        {
            var (a, b, c) = (was[property], mine[property], theirs[property]);
            var theirsCounts = Same(a, b) && !Same(a, c);
            if (!Same(a, b) && !Same(a, c) && !Same(b, c))
                conflicts.Add(name);
            if ((theirsCounts ? theirs : mine).ContainsKey(property))
                merged[property] = (theirsCounts ? c : b)?.DeepClone();
        }

        return merged;
    }

    static JsonArray Boxes(
        Dictionary<string, JsonObject> was,
        Dictionary<string, JsonObject> mine,
        Dictionary<string, JsonObject> theirs,
        List<string> conflicts)
    {
        var merged = new JsonArray();
        foreach (var (id, box) in mine)
        {
            if (theirs.TryGetValue(id, out var other))
                merged.Add(Properties(was.GetValueOrDefault(id) ?? [], box, other, [], NameOf(box), conflicts));
            else if (!was.TryGetValue(id, out var old))
                merged.Add(box.DeepClone());
            else if (!Same(old, box))
            {
                // The manual took away what the office had changed.
                conflicts.Add(NameOf(box));
                merged.Add(box.DeepClone());
            }
        }

        foreach (var (id, box) in theirs.Where(b => !mine.ContainsKey(b.Key)))
        {
            if (!was.TryGetValue(id, out var old))
                merged.Add(box.DeepClone());
            else if (!Same(old, box))
                conflicts.Add(NameOf(box));
        }

        return merged;
    }

    static JsonArray Arrows(JsonObject was, JsonObject mine, JsonObject theirs)
    {
        var (old, own, manual) = (ByEnds(was), ByEnds(mine), ByEnds(theirs));
        return
        [
            .. own.Where(a => manual.ContainsKey(a.Key) || !old.ContainsKey(a.Key)).Select(a => (JsonNode?)a.Value.DeepClone()),
            .. manual.Where(a => !own.ContainsKey(a.Key) && !old.ContainsKey(a.Key)).Select(a => (JsonNode?)a.Value.DeepClone()),
        ];
    }

    static Dictionary<string, JsonObject> ById(JsonObject root) =>
        (root["activities"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .DistinctBy(a => (string?)a["id"])
            .ToDictionary(a => (string?)a["id"] ?? "", StringComparer.Ordinal);

    static Dictionary<string, JsonObject> ByEnds(JsonObject root) =>
        (root["connections"] as JsonArray ?? []).OfType<JsonObject>().DistinctBy(Ends).ToDictionary(Ends, StringComparer.Ordinal);

    static string Ends(JsonObject arrow) =>
        $"{(string?)arrow["source"]?["activity"]}\n{(string?)arrow["source"]?["port"]}\n{(string?)arrow["target"]?["activity"]}";

    static string NameOf(JsonObject box) => (string?)box["name"] ?? (string?)box["id"] ?? "";

    static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other);
}
