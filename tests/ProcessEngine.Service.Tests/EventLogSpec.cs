using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>What happened in the cases of an office, for programs of process mining: XES (IEEE 1849) and OCEL 2.0.</summary>
public sealed class EventLogSpec(string provider) : OnBothDatabases(provider)
{
    static readonly XNamespace Xes = "http://www.xes-standard.org/";

    async Task<(string Log, string First, string Second)> Exported(string format)
    {
        var (first, second) = (await Officer.Started(World.KhonKaen, "<ติดตั้ง & \"ดูแล\">"), await Officer.Started(World.SuratThani));
        (await Officer.Claim(await Officer.OpenTaskOf(first))).Ok();
        await Person.DoNext(World, first);
        await Person.DoNext(World, first);
        (await Director.Reject(await Officer.OpenTaskOf(first), "แพงไป")).Ok();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var (status, text) = await Export(As(Roles.Auditor), new { format, office = World.Office });
        status.ShouldBe(HttpStatusCode.OK, text);
        return (text, first, second);
    }

    static async Task<(HttpStatusCode Status, string Text)> Export(Person who, object what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports/event-logs")
        {
            Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(what), Encoding.UTF8, "application/json"),
        };
        using var answer = await who.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    static string? Value(XElement of, string key) =>
        of.Elements().FirstOrDefault(e => (string?)e.Attribute("key") == key)?.Attribute("value")?.Value;

    [Test]
    public async Task In_XES_a_case_is_a_trace_with_all_of_its_events_in_their_order()
    {
        var (text, first, _) = await Exported("xes");
        var log = XDocument.Parse(text).Root!;
        (log.Name, (string?)log.Attribute("xes.version")).ShouldBe((Xes + "log", "2.0"));
        // What the standard asks for, in its order: extensions, globals, classifiers, attributes, traces.
        string[] order = ["extension", "global", "classifier", "string", "trace"];
        log.Elements().Select(e => Array.IndexOf(order, e.Name.LocalName)).ShouldBeInOrder();
        log.Elements(Xes + "global").Select(g => (string?)g.Attribute("scope")).ShouldBe(["trace", "event"]);
        var traces = log.Elements(Xes + "trace").ToList();
        traces.Count.ShouldBe((int)await World.ScalarAsync<long>("SELECT COUNT(*) FROM process_instance"));
        var trace = traces.Single(t => Value(t, "concept:name") == first);
        var events = trace.Elements(Xes + "event").ToList();
        events.Select(e => Value(e, "kind")).ShouldBe(await World.EventsAsync(first));
        events.Select(e => DateTimeOffset.Parse(Value(e, "time:timestamp")!, CultureInfo.InvariantCulture)).ShouldBeInOrder();
        events.ShouldAllBe(e => Value(e, "concept:name") != null && Value(e, "lifecycle:transition") != null);
        var step = events.Where(e => Value(e, "concept:name") == "appoint-working-group").Select(e => Value(e, "lifecycle:transition"));
        step.ShouldBe(["schedule", "start", "complete"]);
        Value(events[0], "org:resource").ShouldBe("demo.officer");
    }

    /// <summary>
    /// What the schema of IEEE 1849-2016 asks of each element (read in kiegroup/jbpm, jbpm-xes/src/test/resources/xes-ieee-1849-2016.xsd),
    /// said in the test's own words.
    /// </summary>
    [Test]
    public async Task Every_element_of_the_XES_is_as_the_published_schema_has_it()
    {
        var (text, _, _) = await Exported("xes");
        var log = XDocument.Parse(text).Root!;
        XmlConvert.ToDecimal(log.Attribute("xes.version")!.Value).ShouldBe(2.0m);
        Named(log, "xes.version", "xes.features");
        string[] attributes = ["string", "date", "int", "float", "boolean", "id", "list"];
        InOrder(log, ["extension"], ["global"], ["classifier"], attributes, ["trace"], ["event"]);
        foreach (var element in log.Descendants())
        {
            element.Name.Namespace.ShouldBe(Xes);
            switch (element.Name.LocalName)
            {
                case "extension":
                    Named(element, "name", "prefix", "uri");
                    XmlConvert.VerifyNCName(element.Attribute("name")!.Value + element.Attribute("prefix")!.Value);
                    InOrder(element);
                    break;
                case "global":
                    Named(element, "scope");
                    XmlConvert.VerifyNCName(element.Attribute("scope")!.Value);
                    InOrder(element, attributes);
                    break;
                case "classifier":
                    Named(element, "name", "scope", "keys");
                    XmlConvert.VerifyNCName(element.Attribute("name")!.Value + element.Attribute("scope")!.Value);
                    InOrder(element);
                    break;
                case "trace":
                    Named(element);
                    InOrder(element, attributes, ["event"]);
                    break;
                case "event":
                    Named(element);
                    InOrder(element, attributes);
                    break;
                default:
                    Named(element, "key", "value");
                    XmlConvert.VerifyName(element.Attribute("key")!.Value);
                    Read(element.Name.LocalName, element.Attribute("value")!.Value);
                    InOrder(element, attributes);
                    break;
            }
        }

        static void Named(XElement element, params string[] names) =>
            element.Attributes().Where(a => !a.IsNamespaceDeclaration).Select(a => a.Name.LocalName).ShouldBe(names, element.Name.LocalName);

        static void InOrder(XElement element, params string[][] order) =>
            element.Elements().Select(e => Array.FindIndex(order, names => names.Contains(e.Name.LocalName)))
                .ShouldSatisfyAllConditions(places => places.ShouldAllBe(place => place >= 0), places => places.ShouldBeInOrder());

        static object Read(string type, string value) => type switch
        {
            "string" or "id" => value,
            "date" => XmlConvert.ToDateTimeOffset(value),
            "int" => XmlConvert.ToInt64(value),
            "float" => XmlConvert.ToDouble(value),
            "boolean" => XmlConvert.ToBoolean(value),
            _ => throw new InvalidOperationException($"{type} is no attribute that has a value."),
        };
    }

    /// <summary>
    /// What the schema of OCEL 2.0 asks for (read in pm4py/pm4py-core, tests/input_data/ocel/schema_ocel2.json), in the test's own words.
    /// </summary>
    [Test]
    public async Task Every_part_of_the_OCEL_is_as_the_published_schema_has_it()
    {
        var log = JsonNode.Parse((await Exported("ocel")).Log)!;
        foreach (var type in log["eventTypes"]!.AsArray().Concat(log["objectTypes"]!.AsArray()))
        {
            Text(type, "name");
            foreach (var attribute in type!["attributes"]!.AsArray())
                Text(attribute, "name", "type");
        }

        foreach (var (part, timed) in new[] { ("events", false), ("objects", true) })
        {
            foreach (var one in log[part]!.AsArray())
            {
                Text(one, "id", "type");
                if (part == "events")
                    XmlConvert.ToDateTimeOffset(one.Text("time"));
                foreach (var attribute in one!["attributes"]!.AsArray())
                {
                    Text(attribute, "name", "value");
                    if (timed)
                        XmlConvert.ToDateTimeOffset(attribute.Text("time"));
                }

                foreach (var related in one["relationships"]!.AsArray())
                    Text(related, "objectId", "qualifier");
            }
        }

        static void Text(JsonNode? node, params string[] names)
        {
            foreach (var name in names)
                node![name]!.GetValueKind().ShouldBe(System.Text.Json.JsonValueKind.String, name);
        }
    }

    [Test]
    public async Task In_OCEL_every_event_refers_to_objects_that_are_there_and_has_a_type_that_is_declared()
    {
        var (text, first, _) = await Exported("ocel");
        var log = JsonNode.Parse(text)!.AsObject();
        log.Select(p => p.Key).ShouldBe(["eventTypes", "events", "objectTypes", "objects"], ignoreOrder: true);
        var (events, objects) = (log["events"]!.AsArray(), log["objects"]!.AsArray());
        events.Count.ShouldBe((int)await World.ScalarAsync<long>("SELECT COUNT(*) FROM audit_event"));
        events.Select(e => e!.Text("id")).ShouldBeUnique();
        var ids = objects.Select(o => o!.Text("id")).ToHashSet();
        ids.Count.ShouldBe(objects.Count);
        var related = events.Concat(objects).SelectMany(e => e!["relationships"]!.AsArray()).Select(r => r!.Text("objectId"));
        related.Except(ids).ShouldBeEmpty();
        events.Select(e => e!.Text("type")).Except(log["eventTypes"]!.AsArray().Select(t => t!.Text("name"))).ShouldBeEmpty();
        objects.Select(o => o!.Text("type")).Distinct().Order().ShouldBe(["case", "task"]);
        foreach (var e in events)
            e!["attributes"]!.AsArray().Select(a => a!.Text("name")).ShouldBe(["activity", "lifecycle", "resource"]);
        events.Where(e => e!["relationships"]!.AsArray().Any(r => r!.Text("objectId") == first)).Select(e => e!.Text("type"))
            .ShouldBe(await World.EventsAsync(first));
    }

    [Test]
    public async Task Only_cases_that_began_in_the_period_are_in_it_and_who_took_it_stands_in_the_trail()
    {
        await Officer.Started(World.KhonKaen);
        var (_, text) = await Export(
            As(Roles.Auditor), new { format = "xes", office = World.Office, from = "2030-01-01T00:00:00Z", to = "2031-01-01T00:00:00Z" });
        XDocument.Parse(text).Root!.Elements(Xes + "trace").ShouldBeEmpty();
        var e = (await As(Roles.Auditor).All("administration/events?action=report-exported", 50))[0];
        (e["detail"]!.Text("kind"), e["detail"]!.Text("format"), e.Text("office")).ShouldBe(("event-log", "xes", World.Office));
    }

    [Test]
    public async Task Who_may_not_audit_the_office_gets_no_log()
    {
        (await Export(Officer, new { format = "xes", office = World.Office })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Export(As(Roles.Auditor), new { format = "xes", office = "elsewhere" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Export(As(Roles.Auditor), new { format = "xls", office = World.Office })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Export(
            As(Roles.Auditor),
            new { format = "xes", office = World.Office, from = "2026-02-01T00:00:00Z", to = "2026-01-01T00:00:00Z" }))
            .Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task In_the_browser_it_is_taken_away_from_the_registers()
    {
        await Officer.Started(World.KhonKaen);
        var auditor = World.Visitor();
        await auditor.SignIn(Roles.Auditor);
        await auditor.Go("/reports/registers");
        (await auditor.Submit($"/reports/registers?handler=EventLog&office={World.Office}", ("format", "xes"))).ShouldBe(200)
            .Html.ShouldContain("xes.version");
    }
}
