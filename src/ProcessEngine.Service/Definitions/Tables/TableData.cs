using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>The data of a case that a definition declares: what decisions, dates and people rest on.</summary>
/// <param name="Name">As conditions write it.</param>
/// <param name="Label">For people.</param>
public sealed record TableData(string Name, string Label, string Type, bool IsList)
{
    /// <summary>What a case begins with when nothing is given; empty: with nothing.</summary>
    public string Default { get; init; } = "";

    /// <summary>The types that the table offers.</summary>
    public static IReadOnlyList<string> Types { get; } = ["String", "Decimal", "DateTime", "Boolean", "people"];

    public static IReadOnlyList<TableData> Read(string content)
    {
        if (ChartJson.Parse(content) is not { } chart)
            return [];
        var labels = (chart.File["customProperties"] as JsonObject)?["dataLabels"] as JsonObject;
        return
        [
            .. Variables(chart).OfType<JsonObject>().Select(v => ChartJson.Text(v, "name")).Where(n => n.Length > 0)
                .Zip(Variables(chart).OfType<JsonObject>().Where(v => ChartJson.Text(v, "name").Length > 0))
                .Select(pair => new TableData(
                    pair.First,
                    labels?[pair.First] is JsonObject label && ChartJson.Text(label, "th") is { Length: > 0 } th ? th : pair.First,
                    ChartJson.Text(pair.Second, "typeName"), ChartJson.Text(pair.Second, "isArray") is "true" or "True")
                {
                    Default = ChartJson.Text(pair.Second, "value"),
                }),
        ];
    }

    static JsonArray Variables(ChartJson chart)
    {
        if (chart.File["variables"] is not JsonArray list)
            chart.File["variables"] = list = [];
        return list;
    }

    /// <summary>What it is called, and what a case begins with.</summary>
    public static Outcome<string> Change(string content, TableData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (ChartJson.Parse(content) is not { } chart || Find(chart, data.Name) is not { } variable)
            return DefinitionTable.Gone;
        if (Read(content).First(d => d.Name == data.Name) == data)
            return content;
        if (data.Default != ChartJson.Text(variable, "value"))
            variable["value"] = data.Default.Length == 0 ? null : JsonValue.Create(data.Default);
        if (Labels(chart)[data.Name] is not JsonObject label)
            Labels(chart)[data.Name] = label = new JsonObject { ["en"] = data.Label };
        label["th"] = data.Label;
        return chart.Write();
    }

    /// <summary>What still asks for it is for the proof to say.</summary>
    public static Outcome<string> Remove(string content, string name)
    {
        if (ChartJson.Parse(content) is not { } chart || Find(chart, name) is not { } variable)
            return DefinitionTable.Gone;
        Variables(chart).Remove(variable);
        Labels(chart).Remove(name);
        return chart.Write();
    }

    static JsonObject? Find(ChartJson chart, string name) =>
        Variables(chart).OfType<JsonObject>().FirstOrDefault(v => ChartJson.Text(v, "name") == name);

    static JsonObject Labels(ChartJson chart)
    {
        if (chart.File["customProperties"] is not JsonObject custom)
            chart.File["customProperties"] = custom = [];
        if (custom["dataLabels"] is not JsonObject labels)
            custom["dataLabels"] = labels = [];
        return labels;
    }

    /// <summary>One more, asked when a case starts.</summary>
    public static Outcome<string> Add(string content, string label, string type) => NameFrom(label) is { } name && Types.Contains(type)
        ? Declare(content, name, label, type == "people" ? "String" : type, type == "people")
        : InvalidInput.At("label", "ต้องระบุชื่อข้อมูล ขึ้นต้นด้วยตัวอักษร", "Give the data a name that begins with a letter.");

    /// <summary>The letters of a label, as conditions write a name; null when there are none, or too many.</summary>
    public static string? NameFrom(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var name = new string([.. label.Where(c => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)]);
        return name.Length is 0 or > 60 || !char.IsLetter(name[0]) ? null : name;
    }

    /// <summary>One more under a name of its own.</summary>
    public static Outcome<string> Declare(string content, string name, string label, string type, bool isList)
    {
        if (ChartJson.Parse(content) is not { } chart)
            return DefinitionTable.Gone;
        if (Find(chart, name) is not null)
            return new AlreadyExists("label", label);
        Variables(chart).Add(new JsonObject { ["id"] = name, ["name"] = name, ["typeName"] = type, ["isArray"] = isList });
        Labels(chart)[name] = new JsonObject { ["th"] = label, ["en"] = label };
        return chart.Write();
    }
}
