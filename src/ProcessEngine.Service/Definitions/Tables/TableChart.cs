namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>
/// The flow chart of a table, from above to below as its rows stand: for the page beside it, wherever the boxes stand in Studio.
/// </summary>
public static class TableChart
{
    const int Width = 300;
    const int LaneWidth = 430;
    const int Low = 150;

    /// <summary>A diamond is higher: its words stand in the middle of it.</summary>
    const int High = 250;
    const int Beside = 230;
    const int Apart = 26;

    /// <returns>Null when the content is no flow chart, or two boxes have the same id.</returns>
    public static FlowLayout? Of(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (ChartJson.Parse(content) is not { } chart || chart.Boxes.GroupBy(ChartJson.Id).Any(g => g.Count() > 1))
            return null;
        var order = chart.Order();
        var layer = Layers(chart, order);
        var lanes = order.GroupBy(id => layer[id]).ToDictionary(g => g.Key, g => g.ToList());
        var y = new Dictionary<int, int>();
        var at = 0;
        foreach (var (level, ids) in lanes.OrderBy(l => l.Key))
        {
            y[level] = at;
            at += ids.Any(id => chart.Box(id) is { } box && RowReader.KindOf(box) is RowKind.Approve or RowKind.Committee or RowKind.Levels
                or RowKind.Decide) ? High : Low;
        }

        var boxes = order.ToDictionary(
            id => id,
            id => new FlowBox(id, ChartJson.NameOf(chart.Box(id)!), lanes[layer[id]].IndexOf(id) * LaneWidth, y[layer[id]], Width),
            StringComparer.Ordinal);
        var (left, right) = (0, 0);
        var widest = boxes.Values.Select(b => b.X).DefaultIfEmpty(0).Max();
        return new FlowLayout(boxes, [.. chart.Arrows.Where(a => boxes.ContainsKey(a.From) && boxes.ContainsKey(a.To)).Select(Line)]);

        FlowLine Line(ChartJson.Arrow arrow)
        {
            var (from, to) = (boxes[arrow.From], boxes[arrow.To]);
            var steps = layer[arrow.To] - layer[arrow.From];
            if (steps == 1)
                return new FlowLine(arrow.From, arrow.Port, arrow.To, []);
            // Back on the left, past others on the right.
            var x = steps <= 0 ? -Beside - (left++ * Apart) : widest + Beside + (right++ * Apart);
            return new FlowLine(arrow.From, arrow.Port, arrow.To, [new(x, from.Y), new(x, to.Y)]);
        }
    }

    /// <summary>By the longest way from the start.</summary>
    internal static Dictionary<string, int> Layers(ChartJson chart, IReadOnlyList<string> order)
    {
        var rank = order.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        var layer = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var id in order)
        {
            layer[id] = chart.Into(id).Where(a => rank.TryGetValue(a.From, out var r) && r < rank[id])
                .Select(a => layer[a.From] + 1).DefaultIfEmpty(0).Max();
        }

        return layer;
    }
}
