using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A definition in a few lines, published as its owner does it: arrows such as <c>"decide.Reject -> write"</c>. A box named start, end…, fork… or
/// join… is one; any other is a task of the officer unless it is described.
/// </summary>
public sealed class Chart(string key)
{
    readonly List<(string From, string Port, string To)> arrows = [];
    readonly Dictionary<string, JsonObject> boxes = new(StringComparer.Ordinal);
    readonly JsonArray variables = [];

    public Chart Arrows(params string[] drawn)
    {
        foreach (var arrow in drawn)
        {
            // "a -> b -> c" is two arrows.
            var stops = arrow.Split("->", StringSplitOptions.TrimEntries);
            for (var i = 0; i + 1 < stops.Length; i++)
            {
                var from = stops[i].Split('.');
                arrows.Add((from[0], from.Length > 1 ? from[1] : "Done", stops[i + 1]));
            }
        }

        return this;
    }

    public Chart Knows(string name, string type = "String", bool isArray = false)
    {
        variables.Add(new JsonObject { ["name"] = name, ["typeName"] = type, ["isArray"] = isArray });
        return this;
    }

    public Chart Box(string id, string type, object? fields = null)
    {
        var box = JsonSerializer.SerializeToNode(fields ?? new { })!.AsObject();
        (box["id"], box["type"]) = (id, "ProcessEngine." + type);
        boxes[id] = box;
        return this;
    }

    /// <summary>For every office of the world.</summary>
    public async Task<string> PublishAsync(World world)
    {
        var owner = world.SystemAdministrator;
        (await owner.Put($"process-definitions/{key}/draft", Definition())).Ok();
        (await owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        return key;
    }

    JsonObject Definition() => new()
    {
        ["definitionId"] = key,
        ["name"] = "กระบวนงานทดสอบ",
        ["variables"] = variables.DeepClone(),
        ["customProperties"] = new JsonObject { ["manual"] = "test" },
        ["root"] = new JsonObject
        {
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. arrows.SelectMany(a => new[] { a.From, a.To }).Distinct().Select(BoxOf)]),
            ["connections"] = new JsonArray([.. arrows.Select(a => new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = a.From, ["port"] = a.Port },
                ["target"] = new JsonObject { ["activity"] = a.To, ["port"] = "In" },
            })]),
        },
    };

    JsonNode BoxOf(string id)
    {
        if (boxes.TryGetValue(id, out var described))
            return described.DeepClone();
        var type = id == "start" ? "Start" : id.StartsWith("end", StringComparison.Ordinal) ? "End" : id
            .StartsWith("fork", StringComparison.Ordinal) ? "Fork"
            : id.StartsWith("join", StringComparison.Ordinal) ? "Join" : "UserTask";
        var box = new JsonObject { ["id"] = id, ["type"] = "ProcessEngine." + type };
        if (type == "UserTask")
            (box["nameTh"], box["role"]) = (id, Roles.Officer);
        return box;
    }
}
