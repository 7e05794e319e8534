using System.Globalization;
using System.Security;
using System.Text;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// The flow chart of a procedure as an SVG picture: boxes where their author put them, arrows with the words that the manuals use, loops in
/// a colour of their own, inferred arrows dashed. With marks it shows where a case stands.
/// </summary>
public sealed class FlowPicture
{
    const double Margin = 40;
    const double Padding = 14;
    const double LineHeight = 31;
    const double SmallLineHeight = 25;
    const int NameSize = 24;
    const int WhoSize = 19;
    const int WordSize = 21;

    /// <summary>On a page, words of 24 are shown in about the size of the text around them.</summary>
    const double PageScale = 0.62;

    // Where on its stretch of line a word may stand, the best place first.
    static readonly double[] Places = [0.5, 0.3, 0.7, 0.15, 0.85];

    const string Style = """
        text{font-family:Sarabun,'Noto Sans Thai','Leelawadee UI',Tahoma,sans-serif;fill:#1f2937}
        .box{fill:#fff;stroke:#475569;stroke-width:2}
        .approval{fill:#fef3c7;stroke:#b45309}
        .acknowledge{fill:#ecfdf5;stroke:#047857}
        .decision{fill:#eff6ff;stroke:#1d4ed8}
        .end{fill:#f1f5f9}
        .bar{fill:#475569}
        .done .box{fill:#dcfce7}.open .box{fill:#dbeafe;stroke-width:4}.late .box{fill:#fee2e2;stroke:#b91c1c;stroke-width:4}
        .name{font-size:24px;text-anchor:middle}
        .who{font-size:19px;text-anchor:middle;fill:#475569}
        .number{font-size:18px;text-anchor:middle;fill:#fff;font-weight:bold}
        .badge{fill:#475569}
        .line{fill:none;stroke:#475569;stroke-width:2.5}
        .loop{stroke:#c2410c}
        .inferred{stroke-dasharray:9 6}
        .label{font-size:21px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:6px;stroke-linejoin:round}
        .label.loop{fill:#c2410c;stroke:#fff}
        """;

    readonly ProcessDefinition definition;
    readonly FlowLayout layout;
    readonly OfficeKind office;
    readonly IReadOnlyDictionary<string, FlowMark> marks;
    readonly bool english;
    readonly Dictionary<string, Shape> shapes;
    readonly List<(double X, double Y, double Width)> words = [];
    readonly StringBuilder svg = new();

    FlowPicture(
        ProcessDefinition definition, FlowLayout layout, OfficeKind office, IReadOnlyDictionary<string, FlowMark>? marks, bool english)
    {
        (this.definition, this.layout, this.office, this.marks, this.english) = (
            definition, layout, office, marks ?? new Dictionary<string, FlowMark>(), english);
        shapes = definition.Nodes.Where(n => layout.Boxes.ContainsKey(n.Id)).ToDictionary(n => n.Id, ShapeOf, StringComparer.Ordinal);
    }

    /// <param name="office">Decides how the director is printed.</param>
    /// <param name="marks">Node id → what a case has done there; null for the procedure alone.</param>
    public static string Draw(
        ProcessDefinition definition, FlowLayout layout, OfficeKind office, IReadOnlyDictionary<string, FlowMark>? marks = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(layout);
        return new FlowPicture(definition, layout, office, marks, english: false).DrawFile();
    }

    /// <summary>
    /// The same as a part of a page, whose style sheet has the colours (<c>.flow</c>): light and dark, and nothing inline.
    /// </summary>
    /// <param name="description">What the picture shows, for whoever does not see it.</param>
    public static string DrawForPage(
        ProcessDefinition definition,
        FlowLayout layout,
        OfficeKind office,
        IReadOnlyDictionary<string, FlowMark> marks,
        bool english,
        string description)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(layout);
        return new FlowPicture(definition, layout, office, marks, english).DrawPart(description);
    }

    /// <summary>The way out as a manual calls it; null where it needs no word.</summary>
    public static string? WordOf(Node node, string port, bool english = false)
    {
        ArgumentNullException.ThrowIfNull(node);
        return port switch
        {
            Ports.Done => null,
            Ports.Approve => english ? "approve" : "เห็นชอบ",
            Ports.Reject => english ? "reject" : "ไม่เห็นชอบ",
            Ports.Return => english ? "return" : "ส่งกลับแก้ไข",
            Ports.Fail => english ? "cannot be done / not passed" : "ทำไม่ได้ / ไม่ผ่าน",
            Ports.Else => english ? "else" : "นอกจากนั้น",
            _ when (node as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == port) is { } branch => branch.When,
            _ when (node as Step)?.Timers.FirstOrDefault(t => t.Port == port) is { } timer =>
                english ? $"after {DefinitionDiff.Words(timer.After).En}" : $"เมื่อครบ {DefinitionDiff.Words(timer.After).Th}",
            _ => port,
        };
    }

    (double Left, double Top, double Width, double Height) Frame()
    {
        var points = shapes.Values.SelectMany(s => new[] { new FlowPoint(s.Left, s.Top), new FlowPoint(s.Right, s.Bottom) })
            .Concat(layout.Lines.SelectMany(l => l.Bends))
            .ToList();
        var (left, top) = (points.Min(p => p.X) - Margin, points.Min(p => p.Y) - Margin);
        return (left, top, points.Max(p => p.X) + Margin - left, points.Max(p => p.Y) + Margin - top);
    }

    string DrawPart(string description)
    {
        var (left, top, width, height) = Frame();
        Put(
            $"<svg class=\"flow\" viewBox=\"{left:0.#} {top:0.#} {width:0.#} {height:0.#}\" width=\"{width * PageScale:0}\" role=\"img\" ",
            $"aria-labelledby=\"flow-title flow-desc\">\n");
        Put(
            $"<title id=\"flow-title\">{Escaped(english ? definition.Name.En : definition.Name.Th)}</title>\n<desc ",
            $"id=\"flow-desc\">{Escaped(description)}</desc>\n");
        DrawChart();
        return svg.Append("</svg>\n").ToString();
    }

    string DrawFile()
    {
        var (left, top, width, height) = Frame();
        Put(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left:0.#} {top:0.#} {width:0.#} {height:0.#}\" role=\"img\" ",
            $"aria-labelledby=\"name\">\n");
        Put($"<title id=\"name\">{Escaped(definition.Name.Th)}</title>\n<style>{Style.ReplaceLineEndings("\n")}</style>\n");
        DrawChart(() => Put($"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"#fff\"/>\n"));
        return svg.Append("</svg>\n").ToString();
    }

    void DrawChart(Action? background = null)
    {
        svg.Append("<defs>");
        Arrowhead("arrow", "#475569");
        Arrowhead("back", "#c2410c");
        svg.Append("</defs>\n");
        background?.Invoke();
        var lines = layout.Lines.Where(l => shapes.ContainsKey(l.From) && shapes.ContainsKey(l.To))
            .Select(l => (Line: l, Path: PathOf(l), Loop: LeadsBack(l)))
            .ToList();
        foreach (var (line, path, loop) in lines)
            DrawLine(line, path, loop);
        foreach (var node in definition.Nodes.Where(n => shapes.ContainsKey(n.Id)))
            DrawBox(node, shapes[node.Id]);
        // Words last: no line runs through one.
        foreach (var (line, path, loop) in lines)
            DrawWord(line, path, loop);
    }

    bool LeadsBack(FlowLine line) => definition.Graph.LeadsBack(new Transition(line.From, line.Port, line.To));

    void Arrowhead(string id, string colour) => Put(
        $"<marker id=\"{id}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" ",
        $"orient=\"auto-start-reverse\"><path d=\"M0 0L10 5L0 10z\" fill=\"{colour}\"/></marker>");

    // Boxes -----------------------------------------------------------------------------------------------------------------------------

    /// <summary>A box with its words, as large as they need.</summary>
    sealed record Shape(double X, double Y, double Width, double Height, IReadOnlyList<string> Name, IReadOnlyList<string> Who)
    {
        public double Left => X - (Width / 2);
        public double Right => X + (Width / 2);
        public double Top => Y - (Height / 2);
        public double Bottom => Y + (Height / 2);
    }

    Shape ShapeOf(Node node)
    {
        var box = layout.Boxes[node.Id];
        if (node is ForkNode or JoinNode)
            return new Shape(box.X, box.Y, 16, 96, [], []);
        var room = box.Width - (2 * Padding) - (node is DecisionNode ? 2 * Padding : 0);
        var name = ThaiLines.Wrap(CaptionOf(node, box), NameSize, room);
        List<string> who = node is Step step
            ? [.. new[] { Who(step), Limit(step) }.OfType<string>().SelectMany(text => ThaiLines.Wrap(text, WhoSize, room))]
            : [];
        var height = (name.Count * LineHeight) + (who.Count * SmallLineHeight) + (2 * Padding);
        return new Shape(box.X, box.Y, box.Width, Math.Max(64, height), name, who);
    }

    string CaptionOf(Node node, FlowBox box) => !english ? box.Caption : node switch
    {
        Step step => step.Name.En,
        StartNode => "Start",
        EndNode => "End",
        _ => box.Caption,
    };

    string Who(Step step) => step.Levels.IsEmpty ? NameOf(step.Role) : string.Join(" → ", step.Levels.Select(l => NameOf(l.Role)));

    string NameOf(string role) => english ? Roles.NameOf(role).En : Roles.ShortNameOf(role, office);

    string? Limit(Step step)
    {
        if (step.DeadlineSharedWith is { } leader)
        {
            var number = definition.FindStep(leader) is { } shared ? shared.Number ?? shared.PartOfStep : null;
            return english ? $"within the time of step {number}" : $"รวมเวลากับขั้นที่ {number}";
        }

        var words = step.Deadline is null ? null : DefinitionDiff.Words(step.Deadline);
        return english ? words?.En : words?.Th;
    }

    void DrawBox(Node node, Shape shape)
    {
        var mark = marks.GetValueOrDefault(node.Id);
        Put($"<g{(mark is null ? "" : $" class=\"{mark.Kind.ToString().ToLowerInvariant()}\"")}>");
        switch (node)
        {
            case ForkNode or JoinNode:
                Rectangle(shape, 3, "bar");
                break;
            case StartNode or EndNode:
                Rectangle(shape, shape.Height / 2, "box end");
                break;
            case DecisionNode:
                Put(
                    $"<path class=\"box decision\" d=\"M{shape.Left:0.#} {shape.Y:0.#}L{shape.Left + 26:0.#} ",
                    $"{shape.Top:0.#}H{shape.Right - 26:0.#}L{shape.Right:0.#} {shape.Y:0.#}L{shape.Right - 26:0.#} ",
                    $"{shape.Bottom:0.#}H{shape.Left + 26:0.#}z\"/>");
                break;
            default:
                Rectangle(shape, 6, node is Step work ? KindOf(work) : "box");
                break;
        }

        Words(shape);
        if (node is Step { } step && (step.Number ?? step.PartOfStep) is { } number)
            Badge(shape.Left, shape.Top, number.ToString(CultureInfo.InvariantCulture));
        if (mark is { Attempts: > 1 })
            Badge(shape.Right, shape.Top, Invariant($"×{mark.Attempts}"));
        if (mark is not null)
            Badge(shape.Right, shape.Bottom, mark.Kind switch { FlowMarkKind.Done => "✓", FlowMarkKind.Late => "!", _ => "●" });
        svg.Append("</g>\n");
    }

    static string KindOf(Step step) =>
        step.Type switch { StepType.Approval => "box approval", StepType.Acknowledge => "box acknowledge", StepType.Task => "box" };

    void Rectangle(Shape shape, double radius, string kind) => Put(
        $"<rect class=\"{kind}\" x=\"{shape.Left:0.#}\" y=\"{shape.Top:0.#}\" width=\"{shape.Width:0.#}\" height=\"{shape.Height:0.#}\" ",
        $"rx=\"{radius:0.#}\"/>");

    void Words(Shape shape)
    {
        var y = shape.Y - (((shape.Name.Count * LineHeight) + (shape.Who.Count * SmallLineHeight)) / 2);
        foreach (var line in shape.Name)
        {
            Text(shape.X, y + 23, "name", line);
            y += LineHeight;
        }

        foreach (var line in shape.Who)
        {
            Text(shape.X, y + 19, "who", line);
            y += SmallLineHeight;
        }
    }

    void Badge(double x, double y, string text)
    {
        Put($"<circle class=\"badge\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"17\"/>");
        Text(x, y + 6, "number", text);
    }

    void Text(double x, double y, string kind, string text) =>
        Put($"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\">{Escaped(text)}</text>");

    // Lines -----------------------------------------------------------------------------------------------------------------------------

    /// <summary>From the edge of one box over the bends to the edge of the other.</summary>
    List<FlowPoint> PathOf(FlowLine line)
    {
        var (from, to) = (shapes[line.From], shapes[line.To]);
        var first = line.Bends.Count > 0 ? line.Bends[0] : new FlowPoint(to.X, to.Y);
        var last = line.Bends.Count > 0 ? line.Bends[^1] : new FlowPoint(from.X, from.Y);
        return [Edge(from, first), .. line.Bends, Edge(to, last)];
    }

    /// <summary>
    /// Where a line that goes to a point leaves a box: straight across when the point lies beside it, else on the way from its middle.
    /// </summary>
    static FlowPoint Edge(Shape shape, FlowPoint to)
    {
        if (to.Y > shape.Top && to.Y < shape.Bottom)
            return new FlowPoint(to.X > shape.X ? shape.Right : shape.Left, to.Y);
        if (to.X > shape.Left && to.X < shape.Right)
            return new FlowPoint(to.X, to.Y > shape.Y ? shape.Bottom : shape.Top);
        var (dx, dy) = (to.X - shape.X, to.Y - shape.Y);
        var share = Math.Min(shape.Width / 2 / Math.Abs(dx), shape.Height / 2 / Math.Abs(dy));
        return new FlowPoint(shape.X + (dx * share), shape.Y + (dy * share));
    }

    void DrawLine(FlowLine line, List<FlowPoint> path, bool loop) => Put(
        $"<path class=\"line{(loop ? " loop" : "")}{(line.Inferred ? " inferred" : "")}\" ",
        $"marker-end=\"url(#{(loop ? "back" : "arrow")})\" ",
        $"d=\"M{string.Join('L', path.Select(p => Invariant($"{p.X:0.#} {p.Y:0.#}")))}\"/>\n");

    /// <summary>
    /// Above the longest level stretch of the line that has room for it, else
    /// on its longest upright one; beside the words that stand there already.
    /// </summary>
    void DrawWord(FlowLine line, List<FlowPoint> path, bool loop)
    {
        if (WordOf(definition.Find(line.From)!, line.Port, english) is not { } word)
            return;
        var width = ThaiLines.WidthOf(word, WordSize);
        var (one, other) = path.Zip(path.Skip(1)).MaxBy(p => (
            Math.Abs(p.First.X - p.Second.X) >= width, Math.Max(Math.Abs(p.First.X - p.Second.X), Math.Abs(p.First.Y - p.Second.Y))));
        var places = Places.Select(share => (X: one.X + ((other.X - one.X) * share), Y: one.Y + ((other.Y - one.Y) * share) - 8));
        var (x, y) = places.Where(p => !words.Any(w => Math.Abs(w.X - p.X) < (w.Width + width) / 2 && Math.Abs(w.Y - p.Y) < WordSize))
            .Append(places.First())
            .First();
        words.Add((x, y, width));
        Text(x, y, loop ? "label loop" : "label", word);
    }

    static string Escaped(string text) => SecurityElement.Escape(text);

    void Put(params FormattableString[] parts)
    {
        foreach (var part in parts)
            svg.Append(Invariant(part));
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
