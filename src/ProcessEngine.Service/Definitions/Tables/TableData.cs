using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>The data of a case that a definition declares: what decisions, dates and people rest on.</summary>
/// <param name="Name">As conditions write it.</param>
/// <param name="Label">For people.</param>
public sealed record TableData(string Name, string Label, string Type, bool IsList)
{
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
                    ChartJson.Text(pair.Second, "typeName"), ChartJson.Text(pair.Second, "isArray") == "true")),
        ];
    }

    static JsonArray Variables(ChartJson chart)
    {
        if (chart.File["variables"] is not JsonArray list)
            chart.File["variables"] = list = [];
        return list;
    }

    /// <summary>One more, asked when a case starts.</summary>
    public static Outcome<string> Add(string content, string label, string type)
    {
        if (ChartJson.Parse(content) is not { } chart)
            return DefinitionTable.Gone;
        var name = new string([.. label.Where(c => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)]);
        if (name.Length is 0 or > 60 || char.IsDigit(name[0]) || !Types.Contains(type))
            return InvalidInput.At("label", "ต้องระบุชื่อข้อมูล ขึ้นต้นด้วยตัวอักษร", "Give the data a name that begins with a letter.");
        if (Variables(chart).OfType<JsonObject>().Any(v => ChartJson.Text(v, "name") == name))
            return new AlreadyExists("label", label);
        Variables(chart).Add(new JsonObject
        {
            ["id"] = name,
            ["name"] = name,
            ["typeName"] = type == "people" ? "String" : type,
            ["isArray"] = type == "people",
        });
        if (chart.File["customProperties"] is not JsonObject custom)
            chart.File["customProperties"] = custom = [];
        if (custom["dataLabels"] is not JsonObject labels)
            custom["dataLabels"] = labels = [];
        labels[name] = new JsonObject { ["th"] = label, ["en"] = label };
        return chart.Write();
    }
}
