using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>The boxes and arrows of a definition as its file has them. What is not touched stays as it is, to the byte.</summary>
sealed class ChartJson
{
    static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };

    const string Prefix = "ProcessEngine.";

    readonly JsonObject root;

    ChartJson(JsonObject file, JsonObject root) => (File, this.root) = (file, root);

    public JsonObject File { get; }

    /// <returns>Null when it is no flow chart.</returns>
    public static ChartJson? Parse(string content)
    {
        return JsonNode.Parse(content, null, new JsonDocumentOptions { MaxDepth = 40 }) is JsonObject file ? Of(file) : null;
    }

    public static ChartJson? Of(JsonObject file)
    {
        if (file["root"] is not JsonObject root)
            return null;
        foreach (var list in new[] { "activities", "connections" })
        {
            if (root[list] is not JsonArray)
                root[list] = new JsonArray();
        }

        return new ChartJson(file, root);
    }

    public string Write() => File.ToJsonString(Canonical);

    JsonArray BoxList => root["activities"]!.AsArray();
    JsonArray ArrowList => root["connections"]!.AsArray();

    public IEnumerable<JsonObject> Boxes => BoxList.OfType<JsonObject>().Where(b => Id(b).Length > 0);

    public IEnumerable<Arrow> Arrows => ArrowList.OfType<JsonObject>().Select(a => new Arrow(a));

    public JsonObject? Box(string id) => Boxes.FirstOrDefault(b => Id(b) == id);

    public static string Id(JsonObject box) => Text(box, "id");

    public static string TypeOf(JsonObject box) =>
        Text(box, "type") is var type && type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;

    public static string NameOf(JsonObject box) =>
        Text(box, "nameTh") is { Length: > 0 } th ? th : Text(box, "name") is { Length: > 0 } name ? name : Id(box);

    public IEnumerable<Arrow> From(string id) => Arrows.Where(a => a.From == id);

    public IEnumerable<Arrow> Into(string id) => Arrows.Where(a => a.To == id);

    public string Target(string id, string port) => From(id).FirstOrDefault(a => a.Port == port)?.To ?? "";

    /// <summary>One arrow by a port, or none where the target is empty.</summary>
    public void Lead(string from, string port, string to)
    {
        var there = From(from).Where(a => a.Port == port).ToList();
        if (to.Length > 0 && there is [var only])
        {
            only.To = to;
            return;
        }

        foreach (var arrow in there)
            ArrowList.Remove(arrow.Json);
        if (to.Length > 0)
            Add(from, port, to);
    }

    public void Add(string from, string port, string to) => ArrowList.Add(new JsonObject
    {
        ["source"] = new JsonObject { ["activity"] = from, ["port"] = port },
        ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
        ["vertices"] = new JsonArray(),
    });

    public void Remove(Arrow arrow) => ArrowList.Remove(arrow.Json);

    public void Add(JsonObject box) => BoxList.Add(box);

    public void Remove(JsonObject box) => BoxList.Remove(box);

    /// <summary>An id that no box has.</summary>
    public string NewId(string kind)
    {
        for (var n = 1; ; n++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{kind}-{n}");
            if (Box(id) is null)
                return id;
        }
    }

    /// <summary>A box as Studio would make it.</summary>
    public JsonObject NewBox(string id, string type, string name)
    {
        var box = new JsonObject
        {
            ["id"] = id,
            ["nodeId"] = $"Workflow1:{Text(root, "id")}:{id}",
            ["name"] = name,
            ["type"] = "ProcessEngine." + type,
            ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = false, ["runAsynchronously"] = false },
            ["metadata"] = new JsonObject { ["displayText"] = name },
            ["nameTh"] = name,
        };
        Add(box);
        return box;
    }

    /// <summary>What a name is wherever a box prints it.</summary>
    public static void Rename(JsonObject box, string name)
    {
        if (name == NameOf(box))
            return;
        box["name"] = name;
        if (box.ContainsKey("nameTh"))
            box["nameTh"] = name;
        if (box["metadata"] is JsonObject metadata && metadata.ContainsKey("displayText"))
            metadata["displayText"] = name;
    }

    /// <summary>A bare value, or the literal that Studio wraps it in, as text.</summary>
    public static string Text(JsonObject of, string name) => Bare(of[name]) switch
    {
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
            value.ToJsonString(),
        _ => "",
    };

    static JsonNode? Bare(JsonNode? value) =>
        value is JsonObject wrapped && wrapped["expression"] is JsonObject expression && expression["value"] is JsonValue inner
            ? inner
            : value;

    public static JsonArray? List(JsonObject of, string name) => of[name] as JsonArray;

    public static IEnumerable<string> Texts(JsonObject of, string name) =>
        (List(of, name) ?? []).OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>());

    /// <summary>An empty text takes the property away.</summary>
    public static void Set(JsonObject box, string name, string text, bool number = false)
    {
        if (text == Text(box, name))
            return;
        if (text.Length == 0)
            box.Remove(name);
        else
        {
            box[name] = number && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? JsonValue.Create(whole)
                : JsonValue.Create(text);
        }
    }

    /// <summary>The order of the flow, of what there is: a definition need not be sound.</summary>
    public IReadOnlyList<string> Order()
    {
        var nodes = Boxes.DistinctBy(Id).Select(box => Node(box)).ToList();
        var known = nodes.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. new FlowGraph(new ProcessDefinition(
                "order.order", 1, new("", ""), nodes,
                Arrows.Where(a => known.Contains(a.From) && known.Contains(a.To)).Select(a => new Transition(a.From, a.Port, a.To))))
                .Order.Select(n => n.Id),
        ];
    }

    static Node Node(JsonObject box) => TypeOf(box) switch
    {
        "Start" => new StartNode(Id(box)),
        "UserTask" or "Approval" or "Acknowledge" => new Step(Id(box))
        {
            Name = new("", ""),
            Role = "",
            Type = StepType.Task,
            Number = Whole(Text(box, "stepNumber")) ?? Whole(Text(box, "partOfStep"))
                ?? (RowReader.Levels(box).FirstOrDefault() is { } level ? Whole(Text(level, "stepNumber")) : null),
        },
        _ => new ForkNode(Id(box)),
    };

    static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    /// <summary>An arrow.</summary>
    public sealed class Arrow(JsonObject json)
    {
        public JsonObject Json => json;

        public string From => End("source", "activity");
        public string Port => End("source", "port") is { Length: > 0 } port ? port : Ports.Done;

        public string To
        {
            get => End("target", "activity");
            set
            {
                if (value == To || json["target"] is not JsonObject target)
                    return;
                target["activity"] = value;
                Straighten();
            }
        }

        public void MoveStart(string from, string port)
        {
            json["source"] = new JsonObject { ["activity"] = from, ["port"] = port };
            Straighten();
        }

        /// <summary>Its bends were those of another way.</summary>
        public void Straighten()
        {
            if (json["vertices"] is JsonArray { Count: > 0 })
                json["vertices"] = new JsonArray();
        }

        string End(string end, string name) => json[end] is JsonObject one ? Text(one, name) : "";
    }
}
