using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The folder of definitions as it is read at every start: what changed becomes a version, what is bad is refused and named, the rest
/// loads.
/// </summary>
public sealed class DefinitionFolderSpec(string provider) : OnBothDatabases(provider)
{
    static readonly string Shipped = File.ReadAllText(
        Path.Combine(World.ShippedProcesses, "khonkaen-5", "install-maintain-computers.json"));

    string folder = null!;

    [SetUp]
    public void MakeTheFolder() => folder = Directory.CreateTempSubdirectory("processengine-definitions-").FullName;

    [TearDown]
    public void RemoveTheFolder() => Directory.Delete(folder, recursive: true);

    DefinitionFolder Loader => World.Services.GetRequiredService<DefinitionFolder>();

    /// <summary>A start of the service, as far as definitions are concerned.</summary>
    Task Start() => Loader.LoadAsync(folder, CancellationToken.None);

    static JsonObject Variant(string name, Action<JsonObject>? change = null)
    {
        var definition = JsonNode.Parse(Shipped)!.AsObject();
        definition["definitionId"] = "test." + name;
        // The folder of the test has no shared forms.
        foreach (var activity in definition["root"]!["activities"]!.AsArray())
            activity!.AsObject().Remove("formRefs");
        change?.Invoke(definition);
        return definition;
    }

    static JsonObject Activity(JsonObject definition, string id) =>
        definition["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == id)!.AsObject();

    void Put(string name, JsonObject definition) => Put(name, definition.ToJsonString());

    void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, "test"));
        File.WriteAllText(Path.Combine(folder, "test", name + ".json"), text);
    }

    async Task<int> Versions(string name)
    {
        var answer = await Officer.Get($"process-definitions/test.{name}/versions");
        return answer.Status == 404 ? 0 : answer.Ok()["items"]!.AsArray().Count;
    }

    async Task ShouldBeRefused(string name, string code, string? activity = null)
    {
        await Start();
        (await Versions(name)).ShouldBe(0);
        var refused = (await World.Nobody.Get("/health/ready")).Ok()["refusedDefinitions"]!.AsArray().ShouldHaveSingleItem()!;
        refused.Text("file").ShouldBe($"test/{name}.json");
        var finding = refused["findings"]!.AsArray().FirstOrDefault(f => f.Text("code") == code).ShouldNotBeNull(refused.ToJsonString());
        ((string?)finding["activityId"]).ShouldBe(activity);
        finding["reason"].Text("th").ShouldNotBeNullOrWhiteSpace();
        finding["reason"].Text("en").ShouldNotBeNullOrWhiteSpace();
    }

    [Test]
    public async Task A_changed_file_becomes_a_new_version_and_running_cases_stay_on_theirs()
    {
        Put("change", Variant("change"));
        await Start();
        var old = await Officer.Started("test.change");
        Put("change", Variant("change", d => Activity(d, "plan-work")["nameTh"] = "วางแผนและประมาณราคา"));
        await Start();
        (await Versions("change")).ShouldBe(2);

        var young = await Officer.Started("test.change");
        (await Officer.Case(old)).Number("definitionVersion").ShouldBe(1);
        (await Officer.Case(young)).Number("definitionVersion").ShouldBe(2);
        (await Person.DoNext(World, old))["id"].ShouldNotBeNull();
        (await Officer.OpenTaskOf(old))["name"].Text("th").ShouldNotBe("วางแผนและประมาณราคา");
        await Person.DoNext(World, young);
        (await Officer.OpenTaskOf(young))["name"].Text("th").ShouldBe("วางแผนและประมาณราคา");
    }

    [Test]
    public async Task White_space_and_a_byte_order_mark_make_no_version()
    {
        var definition = Variant("white");
        Put("white", definition);
        await Start();
        Put("white", definition.ToJsonString(new() { WriteIndented = true }));
        await Start();
        Put(
            "white",
            "\uFEFF" + definition.ToJsonString().Replace(",", " ,\r\n", StringComparison.Ordinal)
                .Replace("\" ,\r\n", "\",", StringComparison.Ordinal));
        await Start();
        await Start();
        (await Versions("white")).ShouldBe(1);
    }

    [Test]
    public async Task A_file_that_is_taken_away_takes_nothing_from_its_cases()
    {
        Put("gone", Variant("gone"));
        await Start();
        var id = await Officer.Started("test.gone");
        File.Delete(Path.Combine(folder, "test", "gone.json"));
        await Start();
        await Person.DoNext(World, id);
        await Officer.Started("test.gone");
    }

    [Test]
    public async Task A_bad_file_is_refused_with_its_place_and_the_rest_loads()
    {
        Put("a-good", Variant("a-good"));
        Put("bad", Variant("bad", d => Activity(d, "plan-work")["role"] = "ภารโรง"));
        Put("c-good", Variant("c-good"));
        await ShouldBeRefused("bad", "unknown-role", "plan-work");
        (await Versions("a-good")).ShouldBe(1);
        (await Versions("c-good")).ShouldBe(1);

        Put("bad", Variant("bad"));
        await Start();
        (await Versions("bad")).ShouldBe(1);
        (await World.Nobody.Get("/health/ready")).Ok().Number("definitionsRefused").ShouldBe(0);
    }

    [Test]
    public async Task A_file_that_turns_bad_leaves_its_last_good_version_in_force()
    {
        Put("turns", Variant("turns"));
        await Start();
        Put("turns", Shipped[..(Shipped.Length / 2)]);
        await Start();
        Loader.Refused.ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().Code.ShouldBe("invalid-json");
        (await Versions("turns")).ShouldBe(1);
        await Officer.Started("test.turns");
    }

    [Test]
    public async Task A_file_whose_place_and_key_differ_is_refused()
    {
        Put("place", Variant("elsewhere"));
        await ShouldBeRefused("place", "key-mismatch");
    }

    [Test]
    public async Task A_return_to_nowhere_is_refused()
    {
        Put("nowhere", Variant("nowhere", d => Activity(d, "propose-plan")["returnTo"] = new JsonArray("no-such-step")));
        await ShouldBeRefused("nowhere", "unknown-return-target", "propose-plan");
    }

    [Test]
    public async Task A_kind_of_work_that_nobody_knows_is_refused()
    {
        Put("kind", Variant("kind", d => Activity(d, "plan-work")["kind"] = "plann"));
        await ShouldBeRefused("kind", "unknown-kind", "plan-work");
    }

    [Test]
    public async Task A_form_that_the_procedure_does_not_list_is_refused()
    {
        Put("unlisted", Variant("unlisted", d => Activity(d, "plan-work")["forms"] = new JsonArray("แบบที่ไม่มี")));
        await ShouldBeRefused("unlisted", "unlisted-form", "plan-work");
    }

    [Test]
    public async Task An_expression_that_would_have_to_be_run_is_refused()
    {
        Put("script", Variant("script", d => Activity(d, "plan-work")["nameTh"] = JsonNode.Parse("""{"expression":{"type":"JavaScript","value":"process.exit()"}}""")));
        await ShouldBeRefused("script", "not-a-literal", "plan-work");
    }

    [Test]
    public async Task A_huge_file_is_refused_unread()
    {
        Put("huge", new string(' ', ElsaDefinitionReader.MaxBytes) + Variant("huge").ToJsonString());
        await ShouldBeRefused("huge", "too-large");
    }

    [Test]
    public async Task A_file_nested_too_deeply_is_refused()
    {
        Put("deep", Variant("deep").ToJsonString()[..^1] + ",\"deep\":" + new string('[', 500_000) + new string(']', 500_000) + "}");
        await ShouldBeRefused("deep", "invalid-json");
    }

    [Test]
    public async Task A_bomb_of_activities_is_refused_by_their_number()
    {
        Put("bomb", Variant("bomb", d =>
        {
            var activities = d["root"]!["activities"]!.AsArray();
            for (var i = 0; i < 20_000; i++)
                activities.Add(new JsonObject { ["id"] = $"a{i}", ["type"] = "ProcessEngine.UserTask", ["role"] = "officer" });
        }));
        await ShouldBeRefused("bomb", "too-many-activities");
    }

    [Test]
    public async Task A_file_that_is_no_definition_at_all_is_refused(
        [Values("", "null", "[]", "\"text\"", "42", "{}", "{\"root\":{}}", "not json")] string text)
    {
        Put("none", text);
        await Start();
        (await Versions("none")).ShouldBe(0);
        Loader.Refused.ShouldHaveSingleItem().Findings.ShouldNotBeEmpty();
    }

    [Test]
    public async Task Two_nodes_that_load_at_once_publish_once()
    {
        await using var second = Provider == "postgresql" ? await World.StartAsync(Provider, beside: World) : null;
        var other = (second ?? World).Services.GetRequiredService<DefinitionFolder>();
        for (var version = 1; version <= 5; version++)
        {
            for (var file = 0; file < 4; file++)
                Put($"both-{file}", Variant($"both-{file}", d => d["description"] = $"รุ่น {version}"));
            await Task.WhenAll(
                Start(), other.LoadAsync(folder, CancellationToken.None), Start(), other.LoadAsync(folder, CancellationToken.None));
            for (var file = 0; file < 4; file++)
                (await Versions($"both-{file}")).ShouldBe(version);
        }
    }
}

/// <summary>Whatever stands in a file, the reader finds it; it never fails on it.</summary>
public sealed class DefinitionReaderSpec
{
    /// <summary>Two are enough: what is tried is the reader, once for every value of a file.</summary>
    static IEnumerable<string> Files => [World.KhonKaen.Replace('.', '/') + ".json", World.SuratThani.Replace('.', '/') + ".json"];

    static readonly string[] Wrong = ["null", "true", "-1", "\"ก\"", "[null]", "{\"expression\":{}}"];

    const string AForm = """{"type":"object","properties":{"field":{"type":"string","maxLength":5}}}""";

    [TestCaseSource(nameof(Files))]
    public void No_value_in_the_place_of_another_makes_it_fail(string file)
    {
        var definition = JsonNode.Parse(File.ReadAllText(Path.Combine(World.ShippedProcesses, file)))!;
        var used = definition["root"]!["activities"]!.AsArray().SelectMany(a => a!["formRefs"]?.AsArray() ?? []).Select(id => (string)id!)
            .Distinct();
        definition["customProperties"] = new JsonObject { ["forms"] = definition["customProperties"]!["forms"]!.DeepClone(), ["formSchemas"] = new JsonObject(used.Select(id => KeyValuePair.Create(id, JsonNode.Parse(AForm.Replace("field", id, StringComparison.Ordinal))))) };
        foreach (var place in Places(definition).ToList())
        {
            var (parent, key) = (place.Parent!, place.GetPath());
            var (name, index) = parent is JsonObject ? (place.GetPropertyName(), -1) : ("", place.GetElementIndex());
            foreach (var wrong in Wrong)
            {
                Set(parent, name, index, JsonNode.Parse(wrong));
                var text = definition.ToJsonString();
                Should.NotThrow(() => ElsaDefinitionReader.Read(text, 1), $"{key} = {wrong}");
            }

            Set(parent, name, index, place);
        }

        ElsaDefinitionReader.Read(definition.ToJsonString(), 1).IsSound.ShouldBeTrue("everything is back in its place");
    }

    [TestCaseSource(nameof(Files))]
    public void No_cut_off_file_makes_it_fail(string file)
    {
        var text = File.ReadAllText(Path.Combine(World.ShippedProcesses, file));
        for (var length = 0; length < text.Length; length += 97)
            ElsaDefinitionReader.Read(text[..length], 1).Findings.ShouldHaveSingleItem().Code.ShouldBe("invalid-json");
    }

    static IEnumerable<JsonNode> Places(JsonNode node) => (node switch
    {
        JsonObject o => o.Select(p => p.Value),
        JsonArray a => a,
        _ => [],
    }).OfType<JsonNode>().SelectMany(child => Places(child).Prepend(child));

    static void Set(JsonNode parent, string name, int index, JsonNode? value)
    {
        if (parent is JsonObject o)
            o[name] = value;
        else
            parent.AsArray()[index] = value;
    }
}
