using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Definitions that another Elsa 3 saved are taken in, as far as they say what can be said here.</summary>
public sealed class ElsasWorldSpec
{
    static IEnumerable<TestCaseData> Shipped =>
        Directory.GetFiles(Path.Combine(Repository.Root, "processes"), "*.json", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) != "forms").Order(StringComparer.Ordinal)
            .Select(f => new TestCaseData(f).SetArgDisplayNames(Path.GetFileNameWithoutExtension(f)));

    static JsonObject Parse(string json) => StudioModel.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>As a stock Elsa writes what it read: each box of ours is one that it did not find, and the lines between them are kept aside.</summary>
    static JsonObject AsStockElsaSavesIt(string content, Action<JsonObject>? moved = null)
    {
        var file = Parse(content);
        var root = file["root"]!.AsObject();
        var boxes = root["activities"]!.AsArray().Select(a => (JsonNode)new JsonObject
        {
            ["id"] = a!["id"]!.DeepClone(),
            ["nodeId"] = a["nodeId"]?.DeepClone(),
            ["name"] = a["name"]?.DeepClone(),
            ["type"] = "Elsa.NotFoundActivity",
            ["version"] = 1,
            ["missingTypeName"] = a["type"]!.DeepClone(),
            ["missingTypeVersion"] = 0,
            ["originalActivityJson"] = a.ToJsonString(),
            ["customProperties"] = new JsonObject(),
            ["metadata"] = a["metadata"]?.DeepClone(),
        }).ToArray();
        root["activities"] = new JsonArray(boxes);
        var lines = root["connections"]!.DeepClone();
        root["connections"] = new JsonArray();
        if (root["customProperties"] is not JsonObject custom)
            root["customProperties"] = custom = [];
        custom["notFoundConnections"] = lines;
        moved?.Invoke(root);
        return file;
    }

    [TestCaseSource(nameof(Shipped))]
    public void A_file_of_ours_that_a_stock_Elsa_saved_comes_back_the_same_to_the_byte(string file)
    {
        var key = (string)JsonNode.Parse(File.ReadAllText(file))!["definitionId"]!;
        var content = StudioModel.ToContent(Parse(File.ReadAllText(file)), key);
        StudioModel.ToContent(AsStockElsaSavesIt(content), key).ShouldBe(content);
    }

    [Test]
    public void What_was_moved_there_stands_there()
    {
        var content = StudioModel.ToContent(Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json")), "a.b");
        var back = JsonNode.Parse(StudioModel.ToContent(
            AsStockElsaSavesIt(content, root => root["activities"]![1]!["metadata"]!["designer"]!["position"]!["x"] = 4711), "a.b"))!;
        back["root"]!["activities"]![1]!["metadata"]!["designer"]!["position"]!["x"]!.GetValue<int>().ShouldBe(4711);
    }

    static string Flow(string activities, string connections = "", string more = "") => $$$"""
        {"name":"จาก Elsa","variables":[{"id":"v1","name":"amount","typeName":"Decimal","isArray":false}],
        "root":{"type":"Elsa.Flowchart","id":"flow","version":1,"activities":[{{{activities}}}],"connections":[{{{connections}}}] {{{more}}} } }
        """;

    static string Line(string from, string port, string to) =>
        $$$"""{"source":{"activity":"{{{from}}}","port":"{{{port}}}"},"target":{"activity":"{{{to}}}","port":"In"}}""";

    static string Task(string id) => $$$"""
        {"id":"{{{id}}}","name":"{{{id}}}","type":"Elsa.RunTask","version":1,"taskName":{"typeName":"String","expression":{"type":"Literal","value":"งาน {{{id}}}"} }}
        """;

    static ReadDefinition Taken(string file)
    {
        var content = StudioModel.ToContent(Parse(file), "own.elsa");
        return ElsaDefinitionReader.Read(content, 1, "own.elsa");
    }

    static string Faults(ReadDefinition read) => string.Join("; ", read.Findings.Where(f => !f.Warning).Select(f => $"{f.ActivityId}: {f.Code} {f.Reason.En}"));

    [Test]
    public void A_flow_of_what_means_the_same_comes_in_whole_and_sound()
    {
        var read = Taken(Flow(
            string.Join(',', Task("ask"), """
                {"id":"big","name":"ใหญ่หรือไม่","type":"Elsa.FlowDecision","condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"variables.amount > 5000"}}}
                """, Task("committee"), """
                {"id":"rest","name":"พัก","type":"Elsa.Delay","timeSpan":{"expression":{"type":"Literal","value":"3.00:00:00"}}},
                {"id":"word","name":"รอคำตอบ","type":"Elsa.Event","eventName":{"expression":{"type":"Literal","value":"reply"}}},
                {"id":"other","name":"ส่งต่อ","type":"Elsa.DispatchWorkflow","workflowDefinitionId":{"expression":{"type":"Literal","value":"khonkaen-5.install-maintain-computers"}}},
                {"id":"both","name":"พร้อมกัน","type":"Elsa.FlowFork","branches":{"expression":{"type":"Object","value":"[\"A\",\"B\"]"}}},
                {"id":"met","name":"รวม","type":"Elsa.FlowJoin","mode":{"expression":{"type":"Literal","value":"WaitAll"}}},
                {"id":"done","name":"จบ","type":"Elsa.Finish"}
                """, Task("left"), Task("right")),
            string.Join(',', Line("ask", "Done", "big"), Line("big", "True", "committee"), Line("big", "False", "rest"), Line("committee", "Done", "rest"),
                Line("rest", "Done", "word"), Line("word", "Done", "other"), Line("other", "Done", "both"), Line("both", "A", "left"), Line("both", "B", "right"),
                Line("left", "Done", "met"), Line("right", "Done", "met"), Line("met", "Done", "done"))));
        Faults(read).ShouldBe("");
        read.Definition!.Nodes.Length.ShouldBe(12, "and a start");
        read.Definition.Nodes.OfType<Core.Definitions.DecisionNode>().Single().Branches.Single().When.ShouldBe("amount > 5000");
        read.Definition.Nodes.OfType<Core.Definitions.CallNode>().Single().Waits.ShouldBeFalse();
    }

    [Test]
    public void A_sequence_with_what_stands_inside_comes_in_as_a_flow()
    {
        var read = Taken($$$"""
            {"name":"ลำดับ","variables":[{"id":"v","name":"kind","typeName":"String","isArray":false}],"root":{"type":"Elsa.Sequence","id":"s","activities":[
            {{{Task("first")}}},
            {"id":"if","type":"Elsa.If","condition":{"expression":{"type":"JavaScript","value":"getKind() == 'ด่วน'"}},
             "then":{"type":"Elsa.Sequence","id":"s2","activities":[{{{Task("a")}}},{{{Task("b")}}}]},"else":null},
            {"id":"sw","type":"Elsa.Switch","cases":[{"label":"ใหญ่ big","condition":{"type":"Literal","value":"kind = \"big\""},"activity":{{{Task("c")}}} }],"default":{{{Task("d")}}} },
            {"id":"fork","type":"Elsa.Fork","branches":[{{{Task("e")}}},{{{Task("f")}}}]},
            {{{Task("last")}}} ]}}
            """);
        Faults(read).ShouldBe("");
        read.Definition!.Steps.Select(s => s.Id).ShouldBe(["first", "a", "b", "c", "d", "e", "f", "last"]);
        read.Definition.Nodes.OfType<Core.Definitions.DecisionNode>().First().Branches.Single().When.ShouldBe("kind = \"ด่วน\"");
    }

    [Test]
    public void What_begins_by_itself_begins_here_and_a_date_becomes_a_piece_of_data()
    {
        var content = StudioModel.ToContent(Parse(Flow(
            """
            {"id":"cron","type":"Elsa.Cron","customProperties":{"canStartWorkflow":true},"cronExpression":{"expression":{"type":"Literal","value":"0 8 * * 1"}}},
            {"id":"at","type":"Elsa.StartAt","dateTime":{"expression":{"type":"Literal","value":"2026-12-08T00:00:00Z"}}},
            """ + Task("do"), string.Join(',', Line("cron", "Done", "at"), Line("at", "Done", "do")))), "own.elsa");
        Faults(ElsaDefinitionReader.Read(content, 1, "own.elsa")).ShouldBe("");
        JsonNode.Parse(content)!["customProperties"]!["recurrence"].Text("stated").ShouldBe("0 8 * * 1");
        content.ShouldContain("\"value\":\"2026-12-08\"");
    }

    [Test]
    public void All_that_there_is_not_here_is_refused_at_once_each_with_its_box_and_what_to_use()
    {
        var refused = Should.Throw<RefusedRequestException>(() => Taken(Flow(
            """
            {"id":"m","name":"ส่งเมลแจ้ง","type":"Elsa.SendEmail"},{"id":"v","name":"ตั้งค่า","type":"Elsa.SetVariable"},
            {"id":"w","name":"พิมพ์","type":"Elsa.WriteLine"},{"id":"j","name":"ทางใดทางหนึ่ง","type":"Elsa.FlowJoin","mode":{"expression":{"type":"Literal","value":"WaitAny"}}},
            {"id":"x","name":"ของเขา","type":"Their.Own"},{"id":"h","name":"ครึ่งชั่วโมง","type":"Elsa.Delay","timeSpan":{"expression":{"type":"Literal","value":"00:30:00"}}},
            """ + Task("do"))));
        var problem = ((InvalidInput)refused.Rejection).Errors.ShouldHaveSingleItem().Message;
        foreach (var (name, type, use) in new[]
        {
            ("ส่งเมลแจ้ง", "Elsa.SendEmail", "แจ้ง"), ("ตั้งค่า", "Elsa.SetVariable", "แบบฟอร์ม"), ("พิมพ์", "Elsa.WriteLine", "ลบออก"), ("ทางใดทางหนึ่ง", "Elsa.FlowJoin", "รอครบทุกทาง"),
            ("ของเขา", "Their.Own", "งานปฏิบัติ"), ("ครึ่งชั่วโมง", "Elsa.Delay", "นาทีในเวลาราชการ"),
        })
            problem.Th.Split('\n').ShouldContain(line => line.Contains($"“{name}” ({type})", StringComparison.Ordinal) && line.Contains(use, StringComparison.Ordinal));
        problem.Th.ShouldContain("6 กล่อง");
    }

    [TestCase("not json")]
    [TestCase("null")]
    [TestCase("{\"type\":\"Elsa.NotFoundActivity\"}")]
    public void A_box_whose_original_is_broken_is_refused_by_its_name(string original)
    {
        var box = new JsonObject { ["id"] = "lost", ["name"] = "หลงทาง", ["type"] = "Elsa.NotFoundActivity", ["missingTypeName"] = "ProcessEngine.Gone", ["originalActivityJson"] = original };
        var refused = Should.Throw<RefusedRequestException>(() => Taken(Flow(box.ToJsonString())));
        ((InvalidInput)refused.Rejection).Errors.ShouldHaveSingleItem().Message.Th.ShouldContain("หลงทาง");
    }

    [Test]
    public void Nothing_of_Elsas_is_left_as_it_is()
    {
        var model = Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"));
        ElsaTaking.TakeIn(model).ShouldBeSameAs(model);
    }
}
