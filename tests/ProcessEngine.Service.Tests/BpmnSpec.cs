using System.Text.Json.Nodes;
using System.Xml.Linq;
using System.Xml.Schema;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Bpmn;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Tests.Constructs;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Procedures as BPMN 2.0. With BPMN_XSD as the path of the OMG's BPMN20.xsd each is held against that schema, too, and with BPMN_OUT they are
/// written there, for other tools to read.
/// </summary>
public sealed class BpmnSpec
{
    static readonly XNamespace Model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    static readonly XNamespace Di = "http://www.omg.org/spec/BPMN/20100524/DI";

    static readonly SharedForms Forms = SharedForms.Read(
        Directory.GetFiles(Path.Combine(Repository.Root, "processes", "forms"), "*.json")
            .Select(f => ($"forms/{Path.GetFileName(f)}", File.ReadAllText(f)))).Forms;

    static IEnumerable<TestCaseData> All =>
        Directory.GetFiles(Path.Combine(Repository.Root, "processes"), "*.json", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) != "forms").Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileNameWithoutExtension(f), File.ReadAllText(f)))
            .Concat(Language.All.Select(c => (c.Key, c.Content)))
            .Select(f => new TestCaseData(f.Item2).SetArgDisplayNames(f.Item1));

    static (ProcessDefinition Definition, XDocument File) Written(string content)
    {
        var definition = ElsaDefinitionReader.Read(Forms.Embed(content), 1).Definition!;
        var bytes = BpmnFile.Write(definition, ElsaLayoutReader.Read(content), rule => rule.GetType().Name);
        if (Environment.GetEnvironmentVariable("BPMN_OUT") is { Length: > 0 } folder)
            File.WriteAllBytes(Path.Combine(folder, definition.Key + ".bpmn"), bytes);
        return (definition, XDocument.Load(new MemoryStream(bytes)));
    }

    static string Id(XElement element) => (string)element.Attribute("id")!;

    [TestCaseSource(nameof(All))]
    public void Every_box_and_every_arrow_is_there_drawn_and_tied(string content)
    {
        var (definition, file) = Written(content);
        var process = file.Root!.Element(Model + "process")!;
        var elements = process.Elements().Where(e => e.Attribute("id") is not null).ToList();
        var ids = file.Descendants().Select(e => (string?)e.Attribute("id")).OfType<string>().ToList();
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(ids.Count, "ids are unique");
        elements.Select(Id).ShouldBeSubsetOf(ids);
        foreach (var node in definition.Nodes)
            elements.Select(Id).ShouldContain(BpmnFile.IdOf(node.Id), node.Id);
        var flows = process.Elements(Model + "sequenceFlow").ToList();
        flows.Count.ShouldBeGreaterThanOrEqualTo(definition.Transitions.Length);
        foreach (var flow in flows)
        {
            foreach (var (end, list) in new[] { ("sourceRef", "outgoing"), ("targetRef", "incoming") })
                elements.Single(e => Id(e) == (string)flow.Attribute(end)!).Elements(Model + list).Select(e => e.Value).ShouldContain(Id(flow));
        }

        var drawn = file.Descendants().Where(e => e.Name == Di + "BPMNShape" || e.Name == Di + "BPMNEdge").Select(e => (string)e.Attribute("bpmnElement")!).ToList();
        drawn.Order(StringComparer.Ordinal).ShouldBe(elements.Select(Id).Order(StringComparer.Ordinal));
        file.Descendants().Where(e => e.Name.LocalName == "waypoint").ShouldNotBeEmpty();
        if (Environment.GetEnvironmentVariable("BPMN_XSD") is { Length: > 0 } schema)
            FaultsBySchema(file, schema).ShouldBeEmpty();
    }

    static List<string> FaultsBySchema(XDocument file, string schema)
    {
        var faults = new List<string>();
        var schemas = new XmlSchemaSet { XmlResolver = new System.Xml.XmlUrlResolver() };
        schemas.Add(null, schema);
        file.Validate(schemas, (_, e) => faults.Add(e.Message));
        return faults;
    }

    [Test]
    public void Who_by_when_and_how_several_decide_are_told()
    {
        var (_, file) = Written(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"));
        var task = file.Descendants(Model + "userTask").Single(t => Id(t) == BpmnFile.IdOf("propose-plan"));
        task.Descendants(Model + "formalExpression").Single().Value.ShouldNotBeEmpty();
        task.Element(Model + "documentation")!.Value.ShouldNotBeEmpty();
        file.Descendants(Model + "sequenceFlow").Select(f => (string?)f.Attribute("name")).ShouldContain("ไม่เห็นชอบ");
        foreach (var (construct, element) in new[]
        {
            ("committee-majority", "multiInstanceLoopCharacteristics"), ("timer-interrupts", "boundaryEvent"), ("wait-message", "message"), ("call", "callActivity"),
            ("wait-date", "timerEventDefinition"), ("fork-join", "parallelGateway"), ("decision", "conditionExpression"), ("terminate", "terminateEventDefinition"),
        })
            Written(Language.All.Single(c => c.Key == construct).Content).File.Descendants(Model + element).ShouldNotBeEmpty(construct);
    }
}
