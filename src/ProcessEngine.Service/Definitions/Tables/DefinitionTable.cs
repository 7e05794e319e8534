using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>
/// A definition as a table: one row for each box between start and end, in the order of the flow. What a row does not show stays as it is;
/// a row that is stored unchanged changes nothing, to the byte.
/// </summary>
/// <param name="Rows">In the order of the flow.</param>
/// <param name="Ends">The ends, with their names.</param>
/// <param name="Variables">The data of a case that it declares.</param>
public sealed record DefinitionTable(
    IReadOnlyList<TableRow> Rows, IReadOnlyList<(string Id, string Name)> Ends, IReadOnlyList<string> Variables, string? Start)
{
    /// <summary>Larger than any manual needs.</summary>
    public const int MaxLevels = 6;

    /// <summary>Of any list of a row.</summary>
    public const int MaxRows = 30;

    /// <returns>Null when the content is no flow chart.</returns>
    public static DefinitionTable? Read(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (ChartJson.Parse(content) is not { } chart)
            return null;
        var order = chart.Order();
        var boxes = order.Select(chart.Box).OfType<JsonObject>().ToList();
        return new DefinitionTable(
            [.. boxes.Where(b => ChartJson.TypeOf(b) is not ("Start" or "End")).Select(b => RowReader.Read(chart, b))],
            [.. boxes.Where(b => ChartJson.TypeOf(b) == "End").Select(b => (ChartJson.Id(b), ChartJson.NameOf(b)))],
            [.. (chart.File["variables"] as JsonArray ?? []).OfType<JsonObject>().Select(v => ChartJson.Text(v, "name"))
                .Where(n => n.Length > 0)],
            boxes.Where(b => ChartJson.TypeOf(b) == "Start").Select(ChartJson.Id).FirstOrDefault());
    }

    public TableRow? Find(string id) => Rows.FirstOrDefault(r => r.Id == id);

    /// <summary>What the box of a row and its arrows were when somebody saw them.</summary>
    public static string MarkOf(TableRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return DefinitionPublisher.HashOf(System.Text.Json.JsonSerializer.Serialize(row))[..16];
    }

    /// <summary>Stores what was filled in of one row.</summary>
    /// <returns>The content; the very same when nothing was changed.</returns>
    public static Outcome<string> Change(string content, TableRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (ChartJson.Parse(content) is not { } chart || chart.Box(row.Id) is not { } box)
            return Gone;
        var before = RowReader.Read(chart, box);
        if (Same(before, row))
            return content;
        if (before.Kind != row.Kind && !(before.IsStep && row.IsStep))
        {
            return InvalidInput.At(
                "kind", "เปลี่ยนแถวนี้เป็นชนิดนั้นไม่ได้ ให้ลบแล้วเพิ่มแถวใหม่", "A row cannot become that: delete it and add another.");
        }

        foreach (var way in row.Ways)
        {
            if (way.To.Length > 0 && (chart.Box(way.To) is not { } target || ChartJson.TypeOf(target) == "Start"))
                return InvalidInput.At("way", "ไม่มีแถวปลายทางที่เลือก", "There is no such row to go to.");
        }

        FlowPlaces.Change(chart, () =>
        {
            RowWriter.Write(chart, box, before, row);
            TableMoves.ForgetNotes(chart);
        });
        return chart.Write();
    }

    static bool Same(TableRow one, TableRow other) => MarkOf(one) == MarkOf(other);

    /// <summary>A new row after another, or after the start.</summary>
    /// <param name="after">The id of a row, or of the start.</param>
    public static Outcome<string> Add(string content, string after, RowKind kind, string name) =>
        Move(content, chart => TableMoves.Add(chart, after, kind, name));

    /// <summary>A new row at the same time as another.</summary>
    public static Outcome<string> AddBeside(string content, string beside, string name) =>
        Move(content, chart => TableMoves.AddBeside(chart, beside, name));

    public static Outcome<string> Duplicate(string content, string id, string name) =>
        Move(content, chart => TableMoves.Duplicate(chart, id, name));

    public static Outcome<string> Delete(string content, string id) => Move(content, chart => TableMoves.Delete(chart, id));

    /// <summary>A row changes places with the one before it, or after it.</summary>
    public static Outcome<string> Swap(string content, string id, bool up) => Move(content, chart => TableMoves.Swap(chart, id, up));

    /// <summary>Ways of a row that lead nowhere go on to the next one; of a refusal, back.</summary>
    public static Outcome<string> Connect(string content, string id) => Move(content, chart => TableMoves.Connect(chart, id));

    static Outcome<string> Move(string content, Func<ChartJson, Rejection?> move)
    {
        if (ChartJson.Parse(content) is not { } chart)
            return Gone;
        Rejection? refused = null;
        FlowPlaces.Change(chart, () =>
        {
            refused = move(chart);
            TableMoves.ForgetNotes(chart);
        });
        return refused is null ? chart.Write() : Outcome<string>.Refused(refused);
    }

    internal static InvalidInput Gone { get; } =
        InvalidInput.At(null, "ไม่มีแถวนี้แล้ว กรุณาโหลดหน้าใหม่", "This row is not there any more: load the page again.");
}
