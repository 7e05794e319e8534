using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>
/// Where boxes stand. A chart that was computed stays computed; one that somebody arranged keeps its places, and what is new stands where
/// there is room.
/// </summary>
static class FlowPlaces
{
    const int Columns = 5;
    const int ColumnWidth = 450;
    const int RowHeight = 280;
    const int LaneHeight = 190;
    const int Width = 300;
    const int Height = 54;
    const int Left = 80;
    const int Top = 120;

    /// <summary>How far above a row, or below it, its lines run.</summary>
    const int Beside = 80;

    readonly record struct Place(int X, int Y);

    /// <summary>Changes a chart and puts its boxes in their places.</summary>
    public static void Change(ChartJson chart, Action change)
    {
        var (computed, before) = (IsComputed(chart), Shape(chart));
        change();
        // Other words in a box move nothing.
        if (Shape(chart) == before)
            return;
        if (computed)
            Arrange(chart);
        else
            FindRoom(chart);
    }

    static string Shape(ChartJson chart) => string.Join(
        '\n', chart.Boxes.Select(ChartJson.Id).Concat(chart.Arrows.Select(a => $"{a.From} {a.Port} {a.To}")).Order(StringComparer.Ordinal));

    public static bool IsComputed(ChartJson chart)
    {
        var wanted = Places(chart).ToDictionary(p => p.Key, p => p.Value.Place, StringComparer.Ordinal);
        return chart.Boxes.All(box => PlaceOf(box) is { } place && wanted.TryGetValue(ChartJson.Id(box), out var there) && there == place);
    }

    /// <summary>Every box where its layer stands, and every line around the boxes.</summary>
    public static void Arrange(ChartJson chart)
    {
        var places = Places(chart);
        foreach (var box in chart.Boxes)
            Put(box, places[ChartJson.Id(box)].Place);
        var (over, under) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        foreach (var arrow in chart.Arrows.ToList())
        {
            if (places.TryGetValue(arrow.From, out var from) && places.TryGetValue(arrow.To, out var to))
                arrow.Json["vertices"] = Bends(from, to, places.Values, over, under);
        }
    }

    readonly record struct Cell(int Row, int Column, int Lane, Place Place)
    {
        public int X => Place.X + (Width / 2);
        public int Y => Place.Y + (Height / 2);
    }

    /// <summary>Layers by the longest way from the start, five in a row; what stands at the same time, one below the other.</summary>
    static Dictionary<string, Cell> Places(ChartJson chart)
    {
        var order = chart.Order();
        var layer = TableChart.Layers(chart, order);

        var lanes = new Dictionary<int, int>();
        var lane = order.ToDictionary(
            id => id, id => lanes[layer[id]] = lanes.GetValueOrDefault(layer[id], -1) + 1, StringComparer.Ordinal);
        var tops = new List<int> { Top };
        for (var row = 0; row <= layer.Values.DefaultIfEmpty(0).Max() / Columns; row++)
        {
            var deepest = order.Where(id => layer[id] / Columns == row).Select(id => lane[id]).DefaultIfEmpty(0).Max();
            tops.Add(tops[row] + RowHeight + (deepest * LaneHeight));
        }

        return order.ToDictionary(
            id => id,
            id =>
            {
                var (row, column) = (layer[id] / Columns, layer[id] % Columns);
                return new Cell(row, column, lane[id], new Place(Left + (column * ColumnWidth), tops[row] + (lane[id] * LaneHeight)));
            },
            StringComparer.Ordinal);
    }

    static JsonArray Bends(Cell from, Cell to, IEnumerable<Cell> all, Dictionary<int, int> over, Dictionary<int, int> under)
    {
        if (from.Row != to.Row)
        {
            // Out to the right, along the gap above the row, and in from the left.
            var gap = all.Where(c => c.Row == to.Row).Min(c => c.Y) - Beside - Next(over, to.Row);
            var (right, left) = (from.X + (ColumnWidth / 2), to.X - (ColumnWidth / 2));
            return [Point(right, from.Y), Point(right, gap), Point(left, gap), Point(left, to.Y)];
        }

        if (to.Column == from.Column + 1)
            return [];
        var y = to.Column > from.Column
            ? all.Where(c => c.Row == from.Row).Min(c => c.Y) - Beside - Next(over, from.Row)
            : all.Where(c => c.Row == from.Row).Max(c => c.Y) + Beside + Next(under, from.Row);
        return [Point(from.X, y), Point(to.X, y)];

        static int Next(Dictionary<int, int> used, int row) => (used[row] = used.GetValueOrDefault(row, -1) + 1) * 16;

        static JsonObject Point(int x, int y) => new() { ["x"] = x, ["y"] = y };
    }

    /// <summary>What has no place yet stands beside what leads to it, or below where that is taken.</summary>
    static void FindRoom(ChartJson chart)
    {
        foreach (var id in chart.Order())
        {
            if (chart.Box(id) is not { } box || PlaceOf(box) is not null)
                continue;
            var before = chart.Into(id).Select(a => chart.Box(a.From)).OfType<JsonObject>().Select(PlaceOf)
                .FirstOrDefault(p => p is not null);
            var start = before ?? new Place(Left - ColumnWidth, Top);
            var taken = chart.Boxes.Select(PlaceOf).OfType<Place>().ToList();
            var free = Enumerable.Range(0, 200)
                .Select(n => new Place(start.X + ColumnWidth - (n % 2 * ColumnWidth), start.Y + (n / 2 * 140)))
                .First(p => p.X >= 0 && !taken.Any(t => Math.Abs(t.X - p.X) < Width + 20 && Math.Abs(t.Y - p.Y) < Height + 40));
            Put(box, free);
        }
    }

    static Place? PlaceOf(JsonObject box) =>
        box["metadata"]?["designer"]?["position"] is JsonObject position
            && Number(position["x"]) is { } x && Number(position["y"]) is { } y ? new Place(x, y) : null;

    static int? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? (int)Math.Round(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture))
            : null;

    static void Put(JsonObject box, Place place)
    {
        if (PlaceOf(box) == place)
            return;
        if (box["metadata"] is not JsonObject metadata)
            box["metadata"] = metadata = [];
        if (metadata["designer"] is not JsonObject designer)
            metadata["designer"] = designer = [];
        designer["position"] = new JsonObject { ["x"] = place.X, ["y"] = place.Y };
        designer["size"] ??= new JsonObject { ["width"] = Width, ["height"] = Height };
    }
}
