using System.Globalization;
using System.Security;
using System.Text;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// The flow chart of a procedure as an SVG picture: boxes where their author put them, decisions as ◇, arrows with the words that the
/// manual prints, loops in a colour of their own, inferred arrows dashed and with the note that says why. With marks it shows where a case
/// stands.
/// </summary>
public sealed class FlowPicture
{
    const double Margin = 40;
    const int WordSize = 21;
    const double WordLine = 25;

    /// <summary>From either end of its stretch of line.</summary>
    const double WordMargin = 6;

    /// <summary>On a page, words of 24 are shown in about the size of the text around them.</summary>
    const double PageScale = 0.62;

    /// <summary>What is wider cannot be made to fit a page without its words becoming too small.</summary>
    const double WidestFitted = 1800;

    /// <summary>The charts are drawn for Thai words; English ones take more lines.</summary>
    const double EnglishRows = 1.75;

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
    readonly Func<string, LocalizedText?>? ownPost;
    readonly Dictionary<string, FlowShape> shapes;
    readonly List<(double X, double Y, double Width)> words = [];
    readonly StringBuilder svg = new();
    bool onPage;

    FlowPicture(
        ProcessDefinition definition,
        FlowLayout layout,
        OfficeKind office,
        IReadOnlyDictionary<string, FlowMark>? marks,
        bool english,
        Func<string, LocalizedText?>? ownPost = null)
    {
        (this.definition, this.office, this.english, this.ownPost) = (definition, office, english, ownPost);
        this.layout = layout = english ? layout.Stretched(EnglishRows) : layout;
        this.marks = marks ?? new Dictionary<string, FlowMark>();
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
    /// <param name="ownPost">Role → what the office calls the post; null where it is called as everywhere.</param>
    public static string DrawForPage(
        ProcessDefinition definition,
        FlowLayout layout,
        OfficeKind office,
        IReadOnlyDictionary<string, FlowMark> marks,
        bool english,
        string description,
        Func<string, LocalizedText?>? ownPost = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(layout);
        return new FlowPicture(definition, layout, office, marks, english, ownPost).DrawPart(description);
    }

    /// <summary>The way out of a box as its manual calls it, else as manuals do; null where it needs no word.</summary>
    /// <param name="plainly">For readers of pages: a condition that the manual has no word for is told by the labels of its data.</param>
    public static string? WordOf(ProcessDefinition definition, string from, string port, bool english = false, bool plainly = false)
    {
        if (plainly && definition.NoteOn(from, port)?.Label is null
            && (definition.Find(from) as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == port) is { } branch)
            return ConditionWords.Of(definition, branch.When, english);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.NoteOn(from, port) is { } note && (note.Label is not null || note.TargetIsInferred))
        {
            var label = note.Label is { } printed
                ? (english ? printed.En : printed.Th)
                : UsualWord(definition.Find(from), port, english) ?? "";
            var open = !note.TargetIsInferred ? "" : english ? "(target inferred)" : "(ปลายทางตีความ)";
            return $"{label} {open}".Trim();
        }

        return UsualWord(definition.Find(from), port, english);
    }

    static string? UsualWord(Node? node, string port, bool english) => port switch
    {
        Ports.Done => null,
        Ports.Approve => english ? "approve" : "เห็นชอบ",
        Ports.Reject => english ? "reject" : "ไม่เห็นชอบ",
        Ports.Return => english ? "return" : "ส่งกลับแก้ไข",
        Ports.Fail => english ? "cannot be done / not passed" : "ทำไม่ได้ / ไม่ผ่าน",
        Ports.Else => english ? "else" : "นอกจากนั้น",
        _ when (node as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == port) is { } branch => branch.When,
        _ when (node as Step)?.Timers.FirstOrDefault(t => t.Port == port) is { } timer => english
            ? $"after {DefinitionDiff.Words(timer.After).En}"
            : $"เมื่อครบ {DefinitionDiff.Words(timer.After).Th}",
        _ => port,
    };

    (double Left, double Top, double Width, double Height) Frame()
    {
        var points = shapes.Values.SelectMany(s => new[] { new FlowPoint(s.Left, s.Top), new FlowPoint(s.Right, s.Bottom) })
            .Concat(layout.Lines.SelectMany(l => l.Bends)).ToList();
        var (left, top) = (points.Min(p => p.X) - Margin, points.Min(p => p.Y) - Margin);
        return (left, top, points.Max(p => p.X) + Margin - left, points.Max(p => p.Y) + Margin - top);
    }

    string DrawPart(string description)
    {
        onPage = true;
        var (left, top, width, height) = Frame();
        var fits = width * PageScale > WidestFitted ? "flow wide" : "flow";
        Put($"<svg class=\"{fits}\" viewBox=\"{left:0.#} {top:0.#} {width:0.#} {height:0.#}\" width=\"{width * PageScale:0}\"");
        Put($" role=\"img\"");
        Put($" aria-labelledby=\"flow-title flow-desc\">\n");
        Put($"<title id=\"flow-title\">{Escaped(english ? definition.Name.En : definition.Name.Th)}</title>\n");
        Put($"<desc id=\"flow-desc\">{Escaped(description)}</desc>\n");
        DrawChart();
        return svg.Append("</svg>\n").ToString();
    }

    string DrawFile()
    {
        var (left, top, width, height) = Frame();
        Put($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left:0.#} {top:0.#} {width:0.#} {height:0.#}\" role=\"img\"");
        Put($" aria-labelledby=\"name\">\n");
        Put($"<title id=\"name\">{Escaped(definition.Name.Th)}</title>\n<style>{Style.ReplaceLineEndings("\n")}</style>\n");
        DrawChart(() => Put(
            $"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"#fff\"/>\n"));
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
            .Select(l => (Line: l, Path: PathOf(l), Loop: LeadsBack(l))).ToList();
        foreach (var (line, path, loop) in lines)
            DrawLine(line, path, loop);
        foreach (var node in definition.Nodes.Where(n => shapes.ContainsKey(n.Id)))
            DrawBox(node, shapes[node.Id]);
        // Words last: no line runs through one.
        foreach (var (line, path, loop) in lines)
            DrawWord(line, path, loop);
    }

    bool LeadsBack(FlowLine line) => definition.Graph.LeadsBack(new Transition(line.From, line.Port, line.To));

    void Arrowhead(string id, string colour)
    {
        Put($"<marker id=\"{id}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\"");
        Put($" orient=\"auto-start-reverse\"><path d=\"M0 0L10 5L0 10z\" fill=\"{colour}\"/></marker>");
    }

    // Boxes -----------------------------------------------------------------------------------------------------------------------------

    FlowShape ShapeOf(Node node)
    {
        var box = layout.Boxes[node.Id];
        return node switch
        {
            ForkNode or JoinNode => FlowShape.Bar(box),
            Step step => FlowShape.Of(
                step.Type == StepType.Approval ? FlowShapeKind.Decision : FlowShapeKind.Activity, box, CaptionOf(node, box),
                [.. Who(step), .. Limit(step) is { } limit ? [limit] : (string[])[]]),
            DecisionNode => FlowShape.Of(FlowShapeKind.Decision, box, CaptionOf(node, box), []),
            StartNode or EndNode => FlowShape.Of(FlowShapeKind.Terminal, box, CaptionOf(node, box), []),
            _ => FlowShape.Of(FlowShapeKind.Activity, box, CaptionOf(node, box), []),
        };
    }

    string CaptionOf(Node node, FlowBox box) => !english ? box.Caption : node switch
    {
        Step step => step.Name.En,
        StartNode => "Start",
        EndNode => "End",
        _ => box.Caption,
    };

    /// <summary>Of an approval with levels each stands in a line of its own, with its printed number.</summary>
    IEnumerable<string> Who(Step step) => step.Levels.IsEmpty
        ? [NameOf(step.Role)]
        : step.Levels.Select(level => (level.Number is { } number ? $"{number}. " : "→ ") + NameOf(level.Role));

    string NameOf(string role) => ownPost?.Invoke(role) is { } own ? (english ? own.En : own.Th)
        : english ? Roles.NameOf(role).En
        : Roles.ShortNameOf(role, office);

    string? Limit(Step step)
    {
        if (step.DeadlineSharedWith is { } leader)
        {
            var number = definition.FindStep(leader)?.NumberAt(null);
            return english ? $"within the time of step {number}" : $"รวมเวลากับขั้นที่ {number}";
        }

        var words = step.Deadline is null ? null : DefinitionDiff.Words(step.Deadline);
        return english ? words?.En : words?.Th;
    }

    void DrawBox(Node node, FlowShape shape)
    {
        var mark = marks.GetValueOrDefault(node.Id);
        Put($"<g{(mark is null ? "" : $" class=\"{mark.Kind.ToString().ToLowerInvariant()}\"")}>");
        var kind = node switch
        {
            Step step => KindOf(step),
            DecisionNode => "box decision",
            StartNode or EndNode => "box end",
            ForkNode or JoinNode => "bar",
            _ => "box",
        };
        if (shape.Kind == FlowShapeKind.Decision)
        {
            Put($"<path class=\"{kind}\" d=\"M{shape.Left:0.#} {shape.Y:0.#}L{shape.X:0.#} {shape.Top:0.#}");
            Put($"L{shape.Right:0.#} {shape.Y:0.#}L{shape.X:0.#} {shape.Bottom:0.#}z\"/>");
        }
        else
        {
            var radius = shape.Kind switch { FlowShapeKind.Bar => 3, FlowShapeKind.Terminal => shape.Height / 2, _ => 6 };
            Put($"<rect class=\"{kind}\" x=\"{shape.Left:0.#}\" y=\"{shape.Top:0.#}\" width=\"{shape.Width:0.#}\"");
            Put($" height=\"{shape.Height:0.#}\" rx=\"{radius:0.#}\"/>");
        }

        Words(shape);
        DrawBadges(node, shape, mark);
        svg.Append("</g>\n");
    }

    static string KindOf(Step step) =>
        step.Type switch { StepType.Approval => "box approval", StepType.Acknowledge => "box acknowledge", StepType.Task => "box" };

    /// <summary>The printed numbers, and what a case has done there.</summary>
    void DrawBadges(Node node, FlowShape shape, FlowMark? mark)
    {
        var ((left, top), (right, bottom)) = (shape.Corner(-1), shape.Corner(1));
        if (node is Step step && step.PrintedNumbers.ToList() is { Count: > 0 } numbers)
            Badge(left, top, numbers.Count == 1 ? Invariant($"{numbers[0]}") : Invariant($"{numbers[0]}–{numbers[^1]}"));
        if (mark is { Attempts: > 1 })
            Badge(right, top, Invariant($"×{mark.Attempts}"));
        if (mark is not null)
            Badge(right, bottom, mark.Badge ?? mark.Kind switch { FlowMarkKind.Done => "✓", FlowMarkKind.Late => "!", _ => "●" });
    }

    void Words(FlowShape shape)
    {
        var y = shape.Y - shape.WordsAbove;
        foreach (var line in shape.Name)
        {
            Text(shape.X, y + 23, "name", line);
            y += FlowShape.LineHeight;
        }

        foreach (var line in shape.Who)
        {
            Text(shape.X, y + 19, "who", line);
            y += FlowShape.SmallLineHeight;
        }
    }

    void Badge(double x, double y, string text)
    {
        var width = 34 + (Math.Max(0, text.Length - 2) * 13);
        Put($"<rect class=\"badge\" x=\"{x - (width / 2.0):0.#}\" y=\"{y - 17:0.#}\" width=\"{width}\" height=\"34\" rx=\"17\"/>");
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
        return [from.Edge(first), .. line.Bends, to.Edge(last)];
    }

    void DrawLine(FlowLine line, List<FlowPoint> path, bool loop)
    {
        var note = definition.NoteOn(line.From, line.Port) is { IsInferred: true } inferred ? inferred : null;
        var volume = (marks.GetValueOrDefault(line.To) ?? marks.GetValueOrDefault(line.From))?.Volume ?? 0;
        Put($"<path class=\"line{(loop ? " loop" : "")}{(note is null ? "" : " inferred")}{(volume == 0 ? "" : $" volume-{volume}")}\"");
        Put($" marker-end=\"url(#{(loop ? "back" : "arrow")})\"");
        Put($" d=\"M{string.Join('L', path.Select(p => Invariant($"{p.X:0.#} {p.Y:0.#}")))}\"");
        Put($"{(note is null ? "/>" : $"><title>{Escaped(english ? note.Text.En : note.Text.Th)}</title></path>")}\n");
    }

    /// <summary>
    /// Above the longest level stretch of the line that has room for it, in lines where the whole is too wide, else on its longest upright
    /// one; beside the words that stand there already.
    /// </summary>
    void DrawWord(FlowLine line, List<FlowPoint> path, bool loop)
    {
        if (WordOf(definition, line.From, line.Port, english, onPage) is not { } word)
            return;
        var width = ThaiLines.WidthOf(word, WordSize);
        var level = path.Zip(path.Skip(1)).Max(p => Math.Abs(p.First.X - p.Second.X)) - (2 * WordMargin);
        if (level < width && ThaiLines.FitsUntorn(word, WordSize, level)
            && ThaiLines.Wrap(word, WordSize, level) is { Count: 2 or 3 } lines)
        {
            var (from, to) = path.Zip(path.Skip(1)).MaxBy(p => Math.Abs(p.First.X - p.Second.X));
            foreach (var (index, part) in lines.Index())
                Stand((from.X + to.X) / 2, from.Y - 8 - ((lines.Count - 1 - index) * WordLine), part);
            return;
        }

        var (one, other) = path.Zip(path.Skip(1)).MaxBy(p => (
            Math.Abs(p.First.X - p.Second.X) >= width,
            Math.Max(Math.Abs(p.First.X - p.Second.X), Math.Abs(p.First.Y - p.Second.Y))));
        var places = Places.Select(share => (X: one.X + ((other.X - one.X) * share), Y: one.Y + ((other.Y - one.Y) * share) - 8)).ToList();
        var (x, y) = places.Where(p => !words.Any(w => Math.Abs(w.X - p.X) < (w.Width + width) / 2 && Math.Abs(w.Y - p.Y) < WordSize))
            .Append(places[0]).First();
        Stand(x, y, word);

        void Stand(double left, double top, string text)
        {
            words.Add((left, top, ThaiLines.WidthOf(text, WordSize)));
            Text(left, top, loop ? "label loop" : "label", text);
        }
    }

    static string Escaped(string text) => SecurityElement.Escape(text);

    void Put(FormattableString text) => svg.Append(Invariant(text));

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
