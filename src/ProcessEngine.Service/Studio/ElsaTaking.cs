using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// A definition as another Elsa wrote it, taken in: what that did not know of ours is unwrapped, and activities of its own become ours
/// where they mean the same (<see cref="ElsaActivities"/>). All others are refused together.
/// </summary>
sealed class ElsaTaking
{
    const string NotFound = "Elsa.NotFoundActivity";
    const string LostLines = "notFoundConnections";

    readonly JsonObject model;
    readonly List<JsonObject> boxes = [];
    readonly List<(string From, string Port, string To, JsonObject? Line)> arrows = [];
    readonly List<(string Name, string Type, Core.LocalizedText Instead)> refused = [];

    ElsaTaking(JsonObject model) => this.model = model;

    /// <summary>Part of a flow: where it begins, and by which ways it goes on.</summary>
    /// <param name="Ways">By the outcome that Elsa gives them.</param>
    public sealed record Piece(string Entry, IReadOnlyDictionary<string, IReadOnlyList<(string Box, string Port)>> Ways)
    {
        /// <summary>A box of ours: its outcomes are its ports.</summary>
        public bool IsOurs { get; init; }

        public IReadOnlyList<(string Box, string Port)> By(string outcome) => IsOurs ? [(Entry, outcome)]
            : Ways.GetValueOrDefault(outcome)
                ?? (Ways.Count == 1 ? Ways.Values.First() : Ways.GetValueOrDefault(Ports.Done) ?? []);
    }

    /// <summary>The same model where there is nothing of Elsa's own in it.</summary>
    /// <exception cref="RefusedRequestException">Some of its activities are nothing that there is here; says which, and what to use.
    /// </exception>
    public static JsonObject TakeIn(JsonObject model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model["root"] is not JsonObject root || root["activities"] is not JsonArray activities)
            return model;
        var isChart = Text(root, "type") == "Elsa.Flowchart";
        if (!isChart && Text(root, "type") != "Elsa.Sequence")
            return model;
        if (isChart && (root["customProperties"] as JsonObject)?[LostLines] is not JsonArray { Count: > 0 }
            && !activities.OfType<JsonObject>().Any(a => Text(a, "type").StartsWith("Elsa.", StringComparison.Ordinal)))
            return model;
        return new ElsaTaking(model.DeepClone().AsObject()).Take(isChart);
    }

    JsonObject Take(bool isChart)
    {
        var root = model["root"]!.AsObject();
        var activities = root["activities"]!.AsArray().OfType<JsonObject>().Select(Unwrapped).ToList();
        var isOurs = activities.Any(a => Text(a, "type").StartsWith(StudioActivities.Prefix, StringComparison.Ordinal));
        if (isChart)
            TakeChart(root, activities);
        else
            TakeSequence(activities);
        if (refused.Count > 0)
            throw new RefusedRequestException(Refusal());
        if (!isOurs)
            TieUp(Text(root, "start"));
        var chart = isChart ? root : new JsonObject
        {
            ["id"] = Text(root, "id") is { Length: > 0 } id ? id : "flowchart",
            ["name"] = "Flowchart1",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["metadata"] = new JsonObject(),
        };
        chart["activities"] = new JsonArray([.. boxes.Select(b => (JsonNode)b)]);
        chart["connections"] = new JsonArray([.. arrows.DistinctBy(a => (a.From, a.Port, a.To)).Select(Line)]);
        chart.Remove("start");
        if (chart["customProperties"] is JsonObject custom && custom.ContainsKey(LostLines))
            custom[LostLines] = new JsonArray();
        model["root"] = chart.Parent is null ? chart : chart.DeepClone();
        if (boxes.Any(b => (b["metadata"] as JsonObject)?["designer"] is null) && ChartJson.Of(model) is { } placed)
            FlowPlaces.Arrange(placed);
        return model;
    }

    InvalidInput Refusal()
    {
        var listed = refused.Take(60).ToList();
        var more = refused.Count - listed.Count;
        return InvalidInput.At(
            "root",
            $"นำเข้าไม่ได้ ยังไม่ได้บันทึก: มี {refused.Count} กล่องที่ระบบนี้ไม่มี\n" + string.Join(
                '\n', listed.Select(r => $"“{r.Name}” ({r.Type}): ใช้ {r.Instead.Th} แทน")) + (more > 0 ? $"\nและอีก {more} กล่อง" : ""),
            $"It cannot be taken in; nothing was saved: {refused.Count} boxes are nothing that there is here.\n" + string.Join(
                '\n', listed.Select(r => $"“{r.Name}” ({r.Type}): use {r.Instead.En}")) + (more > 0 ? $"\nand {more} more" : ""));
    }

    /// <summary>What another Elsa did not know it kept as it was; where somebody put its box there, it stands there.</summary>
    static JsonObject Unwrapped(JsonObject activity)
    {
        if (Text(activity, "type") != NotFound)
            return activity.DeepClone().AsObject();
        try
        {
            if (JsonNode.Parse(Text(activity, "originalActivityJson"), null, new JsonDocumentOptions { MaxDepth = 40 }) is JsonObject ours
                && Text(ours, "type") is not (NotFound or ""))
            {
                if ((activity["metadata"] as JsonObject)?["designer"] is { } place)
                {
                    if (ours["metadata"] is not JsonObject)
                        ours["metadata"] = new JsonObject();
                    ours["metadata"]!["designer"] = place.DeepClone();
                }

                return ours;
            }
        }
        catch (JsonException)
        {
            // It is refused by its name below.
        }

        var lost = activity.DeepClone().AsObject();
        lost["type"] = Text(activity, "missingTypeName") is { Length: > 0 } missing ? missing : NotFound;
        return lost;
    }

    void TakeChart(JsonObject root, List<JsonObject> activities)
    {
        var pieces = new Dictionary<string, Piece>(StringComparer.Ordinal);
        foreach (var activity in activities)
        {
            if (Take(activity) is { } piece)
                pieces[Text(activity, "id")] = piece;
        }

        var lost = (root["customProperties"] as JsonObject)?[LostLines] as JsonArray ?? [];
        foreach (var line in (root["connections"] as JsonArray ?? []).Concat(lost).OfType<JsonObject>())
        {
            var (from, port) = EndOf(line, "source");
            var (to, _) = EndOf(line, "target");
            if (!pieces.TryGetValue(from, out var piece) || !pieces.TryGetValue(to, out var next))
                continue;
            foreach (var (box, way) in piece.By(port))
                arrows.Add((box, way, next.Entry, line));
        }
    }

    /// <summary>A line of ours is as it was; another's keeps its bends.</summary>
    static JsonNode Line((string From, string Port, string To, JsonObject? Line) arrow)
    {
        if (arrow.Line is { } line && line["source"] is JsonObject && line["target"] is JsonObject
            && EndOf(line, "source") == (arrow.From, arrow.Port) && EndOf(line, "target").Activity == arrow.To)
            return line.DeepClone();
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = arrow.From, ["port"] = arrow.Port },
            ["target"] = new JsonObject { ["activity"] = arrow.To, ["port"] = "In" },
            ["vertices"] = arrow.Line?["vertices"] is JsonArray bends ? bends.DeepClone() : new JsonArray(),
        };
    }

    void TakeSequence(IReadOnlyList<JsonObject> activities) => Chain(activities);

    /// <summary>A line of earlier versions names its ends as texts.</summary>
    static (string Activity, string Port) EndOf(JsonObject line, string end) => line[end] switch
    {
        JsonObject one => (Text(one, "activity"), Text(one, "port") is { Length: > 0 } port ? port : Ports.Done),
        _ => (Text(line, end), Text(line, end + "Port") is { Length: > 0 } port ? port : Ports.Done),
    };

    /// <summary>One after another; null when there is none.</summary>
    public Piece? Chain(IReadOnlyList<JsonObject> activities)
    {
        Piece? first = null, last = null;
        foreach (var piece in activities.Select(Take).OfType<Piece>())
        {
            foreach (var (box, port) in last?.By(Ports.Done) ?? [])
                Lead(box, port, piece.Entry);
            (first, last) = (first ?? piece, piece);
        }

        return first is null ? null : new Piece(first.Entry, last!.Ways);
    }

    /// <summary>What a container holds: one activity, or none.</summary>
    public Piece? Inside(JsonNode? activity) => activity is JsonObject one ? Take(Unwrapped(one)) : null;

    public Piece? Take(JsonObject activity)
    {
        var type = Text(activity, "type");
        if (type.StartsWith(StudioActivities.Prefix, StringComparison.Ordinal))
        {
            boxes.Add(activity);
            return new Piece(Text(activity, "id"), new Dictionary<string, IReadOnlyList<(string, string)>>()) { IsOurs = true };
        }

        if (type == "Elsa.Sequence")
            return Chain([.. (activity["activities"] as JsonArray ?? []).OfType<JsonObject>().Select(Unwrapped)]);
        if (ElsaActivities.Take(this, activity) is { } piece)
            return piece;
        refused.Add((NameOf(activity), type, ElsaActivities.Instead(type)));
        return null;
    }

    public void Lead(string from, string port, string to) => arrows.Add((from, port, to, null));

    /// <summary>A box of ours in the place of an activity: its id, its name and where it stood.</summary>
    public JsonObject Box(JsonObject activity, string type)
    {
        var name = NameOf(activity);
        var box = new JsonObject
        {
            ["id"] = Text(activity, "id"),
            ["name"] = name,
            ["type"] = StudioActivities.Prefix + type,
            ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = type == "Start", ["runAsynchronously"] = false },
            ["metadata"] = new JsonObject { ["displayText"] = name },
            ["nameTh"] = name,
        };
        if ((activity["metadata"] as JsonObject)?["designer"] is { } place)
            box["metadata"]!["designer"] = place.DeepClone();
        boxes.Add(box);
        return box;
    }

    /// <summary>One more box, which the file does not have.</summary>
    public string Box(string wanted, string type, string name)
    {
        var id = wanted;
        for (var n = 2; boxes.Any(b => Text(b, "id") == id); n++)
            id = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{n}");
        Box(new JsonObject { ["id"] = id, ["name"] = name }, type);
        return id;
    }

    /// <summary>A piece of data of the case with what it begins with.</summary>
    public void Declare(string name, string type, string value)
    {
        if (model["variables"] is not JsonArray variables)
            model["variables"] = variables = [];
        variables.Add(new JsonObject { ["id"] = name, ["name"] = name, ["typeName"] = type, ["isArray"] = false, ["value"] = value });
    }

    /// <summary>What the manual would say of repetition; an office lets it start by itself in its own settings.</summary>
    public void Recurs(string stated)
    {
        if (model["customProperties"] is not JsonObject custom)
            model["customProperties"] = custom = [];
        custom["recurrence"] = new JsonObject { ["stated"] = stated, ["every"] = "any" };
    }

    /// <summary>Elsa begins with what nothing leads to, and ends where nothing leads on; here both have a box.</summary>
    void TieUp(string begins)
    {
        string[] Starts() =>
            [.. boxes.Where(b => Text(b, "type") == StudioActivities.Prefix + "Start").Select(b => Text(b, "id"))];
        var led = arrows.Select(a => a.To).ToHashSet(StringComparer.Ordinal);
        if (Starts().Length == 0)
        {
            var first = boxes.Any(b => Text(b, "id") == begins) ? begins
                : boxes.Select(b => Text(b, "id")).FirstOrDefault(id => !led.Contains(id))
                    ?? boxes.Select(b => Text(b, "id")).FirstOrDefault();
            var start = Box("start", "Start", "เริ่ม");
            if (first is not null)
                Lead(start, Ports.Done, first);
        }

        string? end = boxes.FirstOrDefault(b => Text(b, "type") == StudioActivities.Prefix + "End") is { } there ? Text(there, "id") : null;
        foreach (var (id, ports) in boxes.Select(b => (Text(b, "id"), ElsaActivities.PortsOf(b))).ToList())
        {
            foreach (var port in ports.Where(p => !arrows.Any(a => a.From == id && a.Port == p)))
                Lead(id, port, end ??= Box("end", "End", "สิ้นสุด"));
        }

        if (end is null)
            Box("end", "End", "สิ้นสุด");
    }

    public static string Text(JsonObject of, string name) => ChartJson.Text(of, name);

    public static string NameOf(JsonObject activity) =>
        (activity["metadata"] as JsonObject) is { } metadata && Text(metadata, "displayText") is { Length: > 0 } shown ? shown
        : Text(activity, "name") is { Length: > 0 } name ? name
        : Text(activity, "id") is { Length: > 0 } id ? id
        : Text(activity, "type");
}
