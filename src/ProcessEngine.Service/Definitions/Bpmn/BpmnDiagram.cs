using System.Globalization;
using System.Xml.Linq;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Bpmn;

/// <summary>Where the boxes and lines of a BPMN file stand: those of the chart, with the gateways that BPMN needs besides.</summary>
sealed class BpmnDiagram
{
    public static readonly XNamespace Di = "http://www.omg.org/spec/BPMN/20100524/DI";
    public static readonly XNamespace Dc = "http://www.omg.org/spec/DD/20100524/DC";
    public static readonly XNamespace DiagramInterchange = "http://www.omg.org/spec/DD/20100524/DI";

    const double TaskWidth = 240;
    const double TaskHeight = 80;
    const double Gateway = 50;
    const double Event = 36;

    /// <summary>Between a box and the gateway behind it.</summary>
    const double Gap = 30;

    readonly record struct Shape(double X, double Y, double Width, double Height, bool IsGateway)
    {
        public double Left => X - (Width / 2);
        public double Top => Y - (Height / 2);
    }

    readonly Dictionary<string, Shape> shapes = new(StringComparer.Ordinal);
    readonly List<string> order = [];

    void Add(string id, Shape shape)
    {
        shapes[id] = shape;
        order.Add(id);
    }

    public void Place(Node node, FlowBox? box)
    {
        var (x, y) = box is null ? (order.Count * 300, 0) : (box.X, box.Y);
        Add(BpmnFile.IdOf(node.Id), node switch
        {
            Step or CallNode => new(x, y, TaskWidth, TaskHeight, false),
            DecisionNode or ForkNode or JoinNode => new(x, y, Gateway, Gateway, node is DecisionNode),
            _ => new(x, y, Event, Event, false),
        });
    }

    /// <summary>The gateway behind a box with several ways out.</summary>
    public void PlaceWay(string node)
    {
        var task = shapes[BpmnFile.IdOf(node)];
        Add(BpmnFile.IdOf(node) + "_way", new(task.X + (task.Width / 2) + Gap + (Gateway / 2), task.Y, Gateway, Gateway, true));
    }

    /// <summary>A way out by time sits on the lower edge of its box.</summary>
    public void PlaceTimer(string step, string port)
    {
        var id = BpmnFile.IdOf(step);
        timers.Add((BpmnFile.TimerId(step, port), id, timers.Count(t => t.Task == id)));
    }

    readonly List<(string Id, string Task, int Number)> timers = [];

    public XElement Write(
        string process, IReadOnlyList<(string Id, string From, string To, string Source, string Port)> flows, FlowLayout layout)
    {
        foreach (var (id, task, number) in timers)
        {
            var on = shapes[task];
            Add(id, new(on.Left + Event + (number * (Event + 12)), on.Y + (on.Height / 2), Event, Event, false));
        }

        var plane = new XElement(Di + "BPMNPlane", new XAttribute("id", "plane"), new XAttribute("bpmnElement", process));
        foreach (var id in order)
        {
            var shape = shapes[id];
            plane.Add(new XElement(
                Di + "BPMNShape", new XAttribute("id", "s_" + id), new XAttribute("bpmnElement", id),
                shape.IsGateway ? new XAttribute("isMarkerVisible", true) : null,
                new XElement(
                    Dc + "Bounds", At("x", shape.Left), At("y", shape.Top), At("width", shape.Width), At("height", shape.Height))));
        }

        foreach (var flow in flows)
        {
            var bends = layout.Lines.FirstOrDefault(
                l => l.From == flow.Source && l.Port == flow.Port && BpmnFile.IdOf(l.To) == flow.To)?.Bends ?? [];
            plane.Add(new XElement(
                Di + "BPMNEdge", new XAttribute("id", "e_" + flow.Id), new XAttribute("bpmnElement", flow.Id),
                Points(shapes[flow.From], shapes[flow.To], bends)
                    .Select(p => new XElement(DiagramInterchange + "waypoint", At("x", p.X), At("y", p.Y)))));
        }

        return new XElement(Di + "BPMNDiagram", new XAttribute("id", "diagram"), plane);
    }

    static XAttribute At(string name, double value) => new(name, Math.Round(value, 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>From edge to edge; a line that leads back goes below both.</summary>
    static IEnumerable<FlowPoint> Points(Shape from, Shape to, IReadOnlyList<FlowPoint> bends)
    {
        if (bends.Count > 0)
            return [Edge(from, bends[0]), .. bends, Edge(to, bends[^1])];
        if (to.X > from.X || Math.Abs(to.Y - from.Y) > TaskHeight)
            return [Edge(from, new(to.X, to.Y)), Edge(to, new(from.X, from.Y))];
        var below = Math.Max(from.Y + (from.Height / 2), to.Y + (to.Height / 2)) + 45;
        return [new(from.X, from.Y + (from.Height / 2)), new(from.X, below), new(to.X, below), new(to.X, to.Y + (to.Height / 2))];
    }

    /// <summary>Where the line from the middle of a shape to a point leaves it.</summary>
    static FlowPoint Edge(Shape shape, FlowPoint towards)
    {
        var (dx, dy) = (towards.X - shape.X, towards.Y - shape.Y);
        if (dx == 0 && dy == 0)
            return new(shape.X, shape.Y);
        var share = Math.Min(
            dx == 0 ? double.MaxValue : shape.Width / 2 / Math.Abs(dx), dy == 0 ? double.MaxValue : shape.Height / 2 / Math.Abs(dy));
        return new(shape.X + (dx * Math.Min(share, 1)), shape.Y + (dy * Math.Min(share, 1)));
    }
}
