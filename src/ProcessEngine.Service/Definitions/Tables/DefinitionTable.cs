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

/// <summary>Reads one box as a row.</summary>
static class RowReader
{
    /// <summary>What the table shows of a box, or what says nothing of its own.</summary>
    static readonly HashSet<string> Shown =
    [
        "id", "nodeId", "name", "type", "version", "customProperties", "metadata", "nameTh", "nameEn", "role", "slaRule", "slaN", "slaMin",
        "slaMax", "slaMinutes", "slaRoll", "slaDateFrom", "slaWindowFrom", "slaWindowTo", "stepNumber", "partOfStep", "qualityStandard",
        "formRefs", "votingRule", "membersFrom", "levels", "branches", "dateFrom", "assignTo", "mayFail", "text", "kind", "slaStated",
        "forms", "formsSource", "sourceNote", "tableText",
    ];

    public static TableRow Read(ChartJson chart, JsonObject box)
    {
        var kind = KindOf(box);
        return new TableRow(
            ChartJson.Id(box), kind, ChartJson.NameOf(box), ChartJson.Text(box, "role"),
            box["assignTo"] is JsonArray ? TableRow.Kept : ChartJson.Text(box, "assignTo"), TimeOf(box), FormOf(box),
            ChartJson.Text(box, "qualityStandard"), [.. Levels(box).Select(l => ChartJson.Text(l, "role"))],
            ChartJson.Text(box, "votingRule") is var voting && voting is "" or "any" or "all" or "majority" ? voting : TableRow.Kept,
            ChartJson.Text(box, "membersFrom"), [.. WaysOf(chart, box, kind)])
        {
            Number = ChartJson.Text(box, "stepNumber") is { Length: > 0 } own ? own
                : ChartJson.Text(box, "partOfStep") is { Length: > 0 } part ? part
                : null,
            Type = ChartJson.TypeOf(box),
            Besides = [.. box.Select(p => p.Key).Where(name => !Shown.Contains(name) && box[name] is not null)],
        };
    }

    public static IEnumerable<JsonObject> Levels(JsonObject box) => (ChartJson.List(box, "levels") ?? []).OfType<JsonObject>();

    public static RowKind KindOf(JsonObject box) => ChartJson.TypeOf(box) switch
    {
        "UserTask" => RowKind.Work,
        "Acknowledge" => RowKind.Acknowledge,
        "Approval" when ChartJson.Text(box, "votingRule").Length > 0 => RowKind.Committee,
        "Approval" when Levels(box).Any() => RowKind.Levels,
        "Approval" => RowKind.Approve,
        "WaitUntil" => RowKind.Wait,
        "Decision" => RowKind.Decide,
        "Fork" => RowKind.Fork,
        "Join" => RowKind.Join,
        _ => RowKind.Other,
    };

    static string FormOf(JsonObject box) => box["formSchema"] is not null || box["formRefs"] is JsonObject
        ? TableRow.Kept
        : ChartJson.Texts(box, "formRefs").ToList() switch { [] => "", [var one] => one, _ => TableRow.Kept };

    public static RowTime TimeOf(JsonObject box)
    {
        var from = ChartJson.Text(box, "slaDateFrom");
        if (ChartJson.TypeOf(box) == "WaitUntil" && ChartJson.Text(box, "dateFrom") is { Length: > 0 } date)
        {
            return ChartJson.Text(box, "slaRule").Length > 0
                ? RowTime.None with { Rule = TableRow.Kept }
                : RowTime.None with { Rule = "given_date", DateFrom = date };
        }

        return ChartJson.Text(box, "slaRule") switch
        {
            "" => RowTime.None,
            "working_days_range" => RowTime.None with
            {
                Rule = "working_days_range",
                N = ChartJson.Text(box, "slaMin"),
                Max = ChartJson.Text(box, "slaMax"),
            },
            "working_minutes" => RowTime.None with { Rule = "working_minutes", N = ChartJson.Text(box, "slaMinutes") },
            "window" => RowTime.None with
            {
                Rule = "window",
                From = ChartJson.Text(box, "slaWindowFrom"),
                To = ChartJson.Text(box, "slaWindowTo"),
            },
            "given_date" => RowTime.None with { Rule = "given_date", DateFrom = from },
            "calendar_days" when ChartJson.Text(box, "slaMin").Length > 0 => RowTime.None with { Rule = TableRow.Kept },
            var rule when RowTime.Rules.Contains(rule) =>
                RowTime.None with { Rule = rule, N = ChartJson.Text(box, "slaN"), DateFrom = from },
            _ => RowTime.None with { Rule = TableRow.Kept },
        };
    }

    static IEnumerable<RowWay> WaysOf(ChartJson chart, JsonObject box, RowKind kind)
    {
        var (id, arrows) = (ChartJson.Id(box), chart.From(ChartJson.Id(box)).ToList());
        if (kind == RowKind.Fork)
            return arrows.Select(a => new RowWay(a.Port, "", a.To));
        var branches = (ChartJson.List(box, "branches") ?? []).OfType<JsonObject>()
            .Select(b => (Port: ChartJson.Text(b, "port"), When: ChartJson.Text(b, "when"))).ToList();
        var ports = kind switch
        {
            RowKind.Approve or RowKind.Levels => [Ports.Approve, Ports.Reject, Ports.Return],
            RowKind.Committee => [Ports.Approve, Ports.Reject],
            RowKind.Decide => [.. branches.Select(b => b.Port), Ports.Else],
            _ => (IEnumerable<string>)[Ports.Done],
        };
        var fails = ChartJson.Text(box, "mayFail") is "true" or "True";
        return ports.Concat(fails ? [Ports.Fail] : []).Concat(arrows.Select(a => a.Port)).Distinct()
            .Select(port => new RowWay(port, branches.FirstOrDefault(b => b.Port == port).When ?? "", chart.Target(id, port)));
    }
}
