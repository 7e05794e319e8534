using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>What a new procedure begins with: a start, an end and the way between them.</summary>
public static class NewDefinition
{
    public static JsonObject Empty(string name)
    {
        var file = new JsonObject
        {
            ["name"] = name,
            ["root"] = new JsonObject
            {
                ["id"] = "flowchart",
                ["name"] = "Flowchart1",
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
                ["activities"] = new JsonArray(),
                ["connections"] = new JsonArray(),
            },
        };
        var chart = ChartJson.Of(file)!;
        var start = chart.NewBox("start", "Start", "เริ่ม");
        start["customProperties"]!["canStartWorkflow"] = true;
        chart.NewBox("end", "End", "สิ้นสุด");
        chart.Add("start", Core.Definitions.Ports.Done, "end");
        FlowPlaces.Arrange(chart);
        return file;
    }
}
