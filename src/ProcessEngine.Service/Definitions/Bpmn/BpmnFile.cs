using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Bpmn;

/// <summary>
/// A procedure as BPMN 2.0 with its diagram (OMG formal/2013-12-09), for other tools to draw and to read. It says what happens, not how
/// this service does it: working time stands in words beside a duration, and nothing of it is executable elsewhere.
/// </summary>
public sealed class BpmnFile
{
    static readonly XNamespace Model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    readonly ProcessDefinition definition;
    readonly FlowLayout layout;
    readonly Func<DeadlineRule, string> words;
    readonly List<XElement> messages = [];
    readonly List<XElement> elements = [];
    readonly List<(string From, string To, string Name, string? When, string Port, string Source)> flows = [];
    readonly BpmnDiagram diagram = new();

    BpmnFile(ProcessDefinition definition, FlowLayout layout, Func<DeadlineRule, string> words) =>
        (this.definition, this.layout, this.words) = (definition, layout, words);

    /// <param name="words">A limit in words.</param>
    /// <returns>XML in UTF-8.</returns>
    public static byte[] Write(ProcessDefinition definition, FlowLayout layout, Func<DeadlineRule, string> words)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(layout);
        return new BpmnFile(definition, layout, words).Write();
    }

    byte[] Write()
    {
        foreach (var node in definition.Nodes)
            Add(node);
        foreach (var way in definition.Transitions)
            Connect(way);
        var process = new XElement(
            Model + "process", new XAttribute("id", "process"), new XAttribute("name", definition.Name.Th),
            new XAttribute("isExecutable", false),
            Documentation(definition.Name.En, definition.Key));
        foreach (var element in elements)
            process.Add(WithFlows(element));
        foreach (var (i, flow) in flows.Index())
            process.Add(Flow(i, flow));
        var root = new XElement(
            Model + "definitions",
            new XAttribute(XNamespace.Xmlns + "bpmn", Model), new XAttribute(XNamespace.Xmlns + "bpmndi", BpmnDiagram.Di),
            new XAttribute(XNamespace.Xmlns + "dc", BpmnDiagram.Dc),
            new XAttribute(XNamespace.Xmlns + "di", BpmnDiagram.DiagramInterchange),
            new XAttribute(XNamespace.Xmlns + "xsi", Xsi), new XAttribute("id", "definitions"),
            new XAttribute("targetNamespace", "urn:processengine:" + definition.Key), new XAttribute("exporter", "ProcessEngine"),
            messages, process, diagram.Write("process", [.. flows.Select((f, i) => (FlowId(i), f.From, f.To, f.Source, f.Port))], layout));
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using (var writer = XmlWriter.Create(stream, settings))
            new XDocument(root).Save(writer);
        return stream.ToArray();
    }

    /// <summary>An id as XML has it; ours may have any letters.</summary>
    public static string IdOf(string node) => "n_" + XmlConvert.EncodeLocalName("x" + node)[1..].Replace(':', '_');

    static string FlowId(int index) => string.Create(CultureInfo.InvariantCulture, $"f_{index + 1}");

    static XElement? Documentation(params string?[] lines) =>
        string.Join('\n', lines.Where(l => !string.IsNullOrWhiteSpace(l))) is { Length: > 0 } text
            ? new XElement(Model + "documentation", text)
            : null;

    XElement Element(string name, Node node, string? caption, params object?[] content)
    {
        var element = new XElement(
            Model + name, new XAttribute("id", IdOf(node.Id)), caption is null ? null : new XAttribute("name", caption), content);
        elements.Add(element);
        return element;
    }

    void Add(Node node)
    {
        var caption = layout.Boxes.TryGetValue(node.Id, out var box) ? box.Caption : node.Id;
        switch (node)
        {
            case StartNode:
                Element("startEvent", node, caption);
                break;
            case EndNode end:
                Element("endEvent", node, caption, end.Terminates ? new XElement(Model + "terminateEventDefinition") : null);
                break;
            case DecisionNode:
                Element("exclusiveGateway", node, caption);
                break;
            case ForkNode or JoinNode:
                Element("parallelGateway", node, caption);
                break;
            case TimerNode timer:
                Element(
                    "intermediateCatchEvent", node, caption,
                    Documentation(
                        timer.Rule is { } rule ? words(rule) : null, timer.DateFrom is { } from ? $"วันที่จากข้อมูล {from}" : null),
                    Timer(timer.Rule, timer.DateFrom));
                break;
            case MessageNode message:
                Element(
                    "intermediateCatchEvent", node, caption,
                    new XElement(Model + "messageEventDefinition", new XAttribute("messageRef", MessageId(message.Message))));
                break;
            case CallNode call:
                Element(
                    "callActivity", node, caption, Documentation(call.Waits ? null : "ส่งต่อโดยไม่รอผล"),
                    new XAttribute("calledElement", XmlConvert.EncodeLocalName(call.DefinitionKey)));
                break;
            case Step step:
                AddStep(step, caption);
                break;
            default:
                throw UnknownKind.Of(node);
        }

        diagram.Place(node, layout.Boxes.GetValueOrDefault(node.Id));
        if (SplitsAfter(node) && node is not DecisionNode)
        {
            elements.Add(new XElement(Model + "exclusiveGateway", new XAttribute("id", IdOf(node.Id) + "_way")));
            diagram.PlaceWay(node.Id);
            flows.Add((IdOf(node.Id), IdOf(node.Id) + "_way", "", null, "", node.Id));
        }
    }

    void AddStep(Step step, string caption)
    {
        var limit = step.DeadlineStated ?? (step.Deadline is { } rule ? words(rule) : null);
        Element(
            "userTask", step, caption,
            Documentation(
                step.Text, limit is null ? null : "กำหนดเวลา: " + limit, step.QualityStandard is { } quality ? "มาตรฐาน: " + quality : null,
                step.Levels.IsEmpty ? null : "ลำดับชั้น: " + string.Join(" → ", step.Levels.Select(l => Roles.NameOf(l.Role).Th))),
            new XElement(
                Model + "potentialOwner", new XElement(
                    Model + "resourceAssignmentExpression", new XElement(Model + "formalExpression", Roles.NameOf(step.Role).Th))),
            step.Committee is not null || step.ForEach is not null || !step.Levels.IsEmpty
                ? new XElement(
                    Model + "multiInstanceLoopCharacteristics", new XAttribute("isSequential", !step.Levels.IsEmpty))
                : null);
        foreach (var timer in step.Timers)
        {
            elements.Add(new XElement(
                Model + "boundaryEvent", new XAttribute("id", TimerId(step.Id, timer.Port)), new XAttribute("name", words(timer.After)),
                new XAttribute("cancelActivity", timer.Interrupts), new XAttribute("attachedToRef", IdOf(step.Id)),
                Timer(timer.After, null)));
            diagram.PlaceTimer(step.Id, timer.Port);
        }
    }

    public static string TimerId(string step, string port) => IdOf(step) + "_" + XmlConvert.EncodeLocalName(port);

    /// <summary>The duration is counted in days of any kind: working time stands beside it in words.</summary>
    static XElement Timer(DeadlineRule? rule, string? date)
    {
        var (name, text) = rule switch
        {
            WorkingDays one => ("timeDuration", Days(one.N)),
            WorkingDaysRange range => ("timeDuration", Days(range.Max)),
            CalendarDays days => ("timeDuration", Days(days.N)),
            WorkingMinutes minutes => ("timeDuration", string.Create(CultureInfo.InvariantCulture, $"PT{minutes.Minutes}M")),
            _ => ("timeDate", date ?? "date"),
        };
        return new XElement(
            Model + "timerEventDefinition",
            new XElement(Model + name, new XAttribute(Xsi + "type", "bpmn:tFormalExpression"), text));

        static string Days(int n) => string.Create(CultureInfo.InvariantCulture, $"P{n}D");
    }

    string MessageId(string name)
    {
        var id = "m_" + XmlConvert.EncodeLocalName("x" + name)[1..].Replace(':', '_');
        if (!messages.Any(m => (string?)m.Attribute("id") == id))
            messages.Add(new XElement(Model + "message", new XAttribute("id", id), new XAttribute("name", name)));
        return id;
    }

    /// <summary>A box with several ways out, of which one is taken, decides behind itself.</summary>
    static bool SplitsAfter(Node node) => node switch
    {
        DecisionNode => true,
        Step step => step.RequiredPorts.Count(p => step.Timers.All(t => t.Port != p)) > 1,
        CallNode call => call.RequiredPorts.Count > 1,
        _ => false,
    };

    void Connect(Transition way)
    {
        if (definition.Find(way.From) is not { } node || definition.Find(way.To) is null)
            return;
        var isTimer = node is Step step && step.Timers.Any(t => t.Port == way.Port);
        var from = isTimer ? TimerId(way.From, way.Port)
            : SplitsAfter(node) && node is not DecisionNode ? IdOf(way.From) + "_way"
            : IdOf(way.From);
        var when = (node as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == way.Port)?.When;
        var name = isTimer ? "" : way.Port switch
        {
            Ports.Done => "",
            Ports.Approve => "เห็นชอบ",
            Ports.Reject => "ไม่เห็นชอบ",
            Ports.Return => "ส่งกลับแก้ไข",
            Ports.Fail => "ไม่สำเร็จ",
            Ports.Else => "นอกจากนั้น",
            _ => when ?? way.Port,
        };
        flows.Add((from, IdOf(way.To), name, when, way.Port, way.From));
    }

    XElement WithFlows(XElement element)
    {
        var id = (string)element.Attribute("id")!;
        var ends = flows.Index().Where(f => f.Item.To == id).Select(f => new XElement(Model + "incoming", FlowId(f.Index)))
            .Concat(flows.Index().Where(f => f.Item.From == id).Select(f => new XElement(Model + "outgoing", FlowId(f.Index)))).ToList();
        if (element.Element(Model + "documentation") is { } said)
            said.AddAfterSelf(ends);
        else
            element.AddFirst(ends);
        if (flows.Index().FirstOrDefault(f => f.Item.From == id && f.Item.Port == Ports.Else) is { Item.From: not null } otherwise)
            element.SetAttributeValue("default", FlowId(otherwise.Index));
        return element;
    }

    static XElement Flow(int index, (string From, string To, string Name, string? When, string Port, string Source) flow) => new(
        Model + "sequenceFlow", new XAttribute("id", FlowId(index)), flow.Name.Length > 0 ? new XAttribute("name", flow.Name) : null,
        new XAttribute("sourceRef", flow.From), new XAttribute("targetRef", flow.To),
        flow.When is { } when
            ? new XElement(Model + "conditionExpression", new XAttribute(Xsi + "type", "bpmn:tFormalExpression"), when)
            : null);
}
