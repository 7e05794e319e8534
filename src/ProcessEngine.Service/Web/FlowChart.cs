using System.Globalization;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>A box of the drawing.</summary>
/// <param name="Mark"><c>done</c>, <c>here</c>, <c>waits</c>, or empty.</param>
public sealed record ChartBox(string Id, string Kind, string Label, int? Number, string Mark, double X, double Y, double Width, double Height);

/// <param name="Points">As SVG's path wants them.</param>
public sealed record ChartArrow(string Path, string Label, double LabelX, double LabelY, bool Back);

/// <summary>The flow chart of a definition as its designer laid it out, with where a case stands. Drawn by Web/Pages/Shared/_FlowChart.cshtml.</summary>
public sealed record FlowChart(IReadOnlyList<ChartBox> Boxes, IReadOnlyList<ChartArrow> Arrows, double Left, double Top, double Width, double Height)
{
    const double Margin = 40;
    const double StepHeight = 96;
    const double Column = 450;
    const double Row = 200;
    const int Columns = 4;

    public string ViewBox => string.Create(CultureInfo.InvariantCulture, $"{Left:0} {Top:0} {Width:0} {Height:0}");

    public static async Task<FlowChart> ReadAsync(Database database, Words w, ProcessDefinition definition, ProcessState? state, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(definition);
        await using var connection = await database.OpenAsync(ct);
        // Index: the primary key.
        var content = await connection.QuerySingleAsync<string>(
            "SELECT content FROM definition_version WHERE definition_key = @Key AND version = @Version", new { definition.Key, definition.Version });
        return Of(w, definition, content, state);
    }

    /// <param name="content">The definition as its designer saved it: the boxes' places and the arrows' bends.</param>
    public static FlowChart Of(Words w, ProcessDefinition definition, string content, ProcessState? state)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(definition);
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement.TryGetProperty("root", out var chart) ? chart : default;
        var places = Places(root);
        var boxes = new List<ChartBox>();
        foreach (var (i, node) in definition.Nodes.Index())
        {
            // A box without a place is drawn in rows, in the order of the definition.
            var (x, y, width, height) = places.TryGetValue(node.Id, out var at) ? at : (80 + (i % Columns * Column), 120 + (i / Columns * Row), 300, 54);
            var step = node as Step;
            if (step is not null)
                (y, height) = (y + (height / 2) - (StepHeight / 2), StepHeight);
            boxes.Add(new ChartBox(
                node.Id, KindOf(node), step is null ? LabelOf(w, node) : w[step.Name], step?.Number ?? step?.PartOfStep, MarkOf(state, node), x, y, width, height));
        }

        var byId = boxes.ToDictionary(b => b.Id, StringComparer.Ordinal);
        var bends = Bends(root);
        var arrows = definition.Transitions.Where(t => byId.ContainsKey(t.From) && byId.ContainsKey(t.To))
            .Select(t => Draw(byId[t.From], byId[t.To], bends.GetValueOrDefault((t.From, t.Port, t.To)) ?? [], PortName(w, definition, t), definition.Graph.LeadsBack(t))).ToList();
        var bendPoints = bends.Values.SelectMany(b => b).ToList();
        var left = boxes.Min(b => b.X);
        var top = boxes.Min(b => b.Y);
        var right = boxes.Max(b => b.X + b.Width);
        var bottom = boxes.Max(b => b.Y + b.Height);
        if (bendPoints.Count > 0)
        {
            (left, top) = (Math.Min(left, bendPoints.Min(p => p.X)), Math.Min(top, bendPoints.Min(p => p.Y)));
            (right, bottom) = (Math.Max(right, bendPoints.Max(p => p.X)), Math.Max(bottom, bendPoints.Max(p => p.Y)));
        }

        return new FlowChart(boxes, arrows, left - Margin, top - Margin, right - left + (2 * Margin), bottom - top + (2 * Margin));
    }

    static Dictionary<string, (double X, double Y, double Width, double Height)> Places(JsonElement root)
    {
        var places = new Dictionary<string, (double, double, double, double)>(StringComparer.Ordinal);
        foreach (var activity in Items(root, "activities"))
        {
            if (activity.TryGetProperty("id", out var id) && id.GetString() is { } name
                && activity.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
                && metadata.TryGetProperty("designer", out var designer) && designer.ValueKind == JsonValueKind.Object
                && designer.TryGetProperty("position", out var position) && Point(position) is var (x, y))
            {
                var (width, height) = designer.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Object
                    ? (Number(size, "width", 300), Number(size, "height", 54))
                    : (300, 54);
                places[name] = (x, y, Math.Clamp(width, 40, 600), Math.Clamp(height, 40, 300));
            }
        }

        return places;
    }

    static Dictionary<(string From, string Port, string To), List<(double X, double Y)>> Bends(JsonElement root)
    {
        var bends = new Dictionary<(string, string, string), List<(double, double)>>();
        foreach (var connection in Items(root, "connections"))
        {
            if (connection.TryGetProperty("source", out var source) && connection.TryGetProperty("target", out var target))
                bends[(Text(source, "activity"), Text(source, "port"), Text(target, "activity"))] = [.. Items(connection, "vertices").Select(Point).OfType<(double, double)>()];
        }

        return bends;
    }

    static ChartArrow Draw(ChartBox from, ChartBox to, List<(double X, double Y)> bends, string label, bool back)
    {
        var points = new List<(double X, double Y)>();
        if (bends.Count > 0)
        {
            points.Add(Edge(from, bends[0]));
            points.AddRange(bends);
            points.Add(Edge(to, bends[^1]));
        }
        else
        {
            points.Add(Edge(from, (to.X + (to.Width / 2), to.Y + (to.Height / 2))));
            points.Add(Edge(to, (from.X + (from.Width / 2), from.Y + (from.Height / 2))));
        }

        var path = string.Join(' ', points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{p.X:0.#} {p.Y:0.#}")));
        // On the longest piece there is room for the label.
        var longest = Enumerable.Range(0, points.Count - 1).MaxBy(i => Math.Abs(points[i + 1].X - points[i].X) + Math.Abs(points[i + 1].Y - points[i].Y));
        return new ChartArrow(path, label, (points[longest].X + points[longest + 1].X) / 2, ((points[longest].Y + points[longest + 1].Y) / 2) - 10, back);
    }

    /// <summary>The middle of the side of a box that looks to a point.</summary>
    static (double X, double Y) Edge(ChartBox box, (double X, double Y) to)
    {
        var (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        return to.X >= box.X + box.Width ? (box.X + box.Width, Math.Clamp(to.Y, box.Y + 10, box.Y + box.Height - 10))
            : to.X <= box.X ? (box.X, Math.Clamp(to.Y, box.Y + 10, box.Y + box.Height - 10))
            : to.Y > y ? (x, box.Y + box.Height) : (x, box.Y);
    }

    static string KindOf(Node node) => node switch
    {
        Step { Type: StepType.Approval } => "approval",
        Step => "step",
        StartNode or EndNode => "end",
        DecisionNode => "decision",
        _ => "other",
    };

    static string LabelOf(Words w, Node node) => node switch
    {
        StartNode => w["เริ่ม", "Start"],
        EndNode => w["สิ้นสุด", "End"],
        DecisionNode => w["พิจารณาเงื่อนไข", "Decision"],
        ForkNode => w["แยกทำพร้อมกัน", "Fork"],
        JoinNode => w["รอให้ครบทุกทาง", "Join"],
        TimerNode => w["รอถึงวันที่กำหนด", "Wait for a date"],
        MessageNode => w["รอหนังสือหรือข้อมูล", "Wait for a message"],
        CallNode => w["ส่งต่อให้กระบวนงานอื่น", "Another procedure"],
        _ => node.Id,
    };

    static string MarkOf(ProcessState? state, Node node)
    {
        if (state is null)
            return "";
        if (state.OpenTasks.Any(t => t.StepId == node.Id))
            return "here";
        if (state.Waits.Any(x => x.NodeId == node.Id && x.Kind is not (WaitKind.Interrupting or WaitKind.Beside)) || state.Arrivals.Any(a => a.JoinId == node.Id))
            return "waits";
        return node switch
        {
            StartNode => state.Status == InstanceStatus.NotStarted ? "" : "done",
            EndNode => state.Status == InstanceStatus.Completed ? "done" : "",
            _ => state.FindStep(node.Id)?.Last is { Outcome: TaskOutcomes.Completed or TaskOutcomes.Approved or TaskOutcomes.Voted } ? "done" : "",
        };
    }

    static string PortName(Words w, ProcessDefinition definition, Transition arrow) => arrow.Port switch
    {
        Ports.Done => "",
        Ports.Approve => w["เห็นชอบ", "approve"],
        Ports.Reject => w["ไม่เห็นชอบ", "reject"],
        Ports.Return => w["ส่งกลับ", "return"],
        Ports.Fail => w["ทำไม่สำเร็จ", "fail"],
        Ports.Else => w["กรณีอื่น", "else"],
        _ => (definition.Find(arrow.From) as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == arrow.Port)?.When ?? arrow.Port,
    };

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    static string Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    static double Number(JsonElement of, string name, double otherwise) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;

    static (double X, double Y)? Point(JsonElement at) =>
        at.ValueKind == JsonValueKind.Object ? (Number(at, "x", 0), Number(at, "y", 0)) : null;
}
