using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>Forms that procedures share: a version holds those that it uses, as they were when it was published.</summary>
public sealed class SharedFormsSpec(string provider) : OnBothDatabases(provider)
{
    const string Repair = """{"type":"object","title":"แบบแจ้งซ่อม","properties":{"item":{"type":"string","title":"รายการ"}},"required":["item"]}""";
    const string Loan = """{"type":"object","title":"แบบขอยืม","properties":{"dueBack":{"type":"string","format":"date","title":"กำหนดส่งคืน"}}}""";

    static readonly string Shipped = File.ReadAllText(
        Path.Combine(World.ShippedProcesses, "khonkaen-5", "install-maintain-computers.json"));

    string folder = null!;

    [SetUp]
    public void MakeTheFolder() => folder = Directory.CreateTempSubdirectory("processengine-forms-").FullName;

    [TearDown]
    public void RemoveTheFolder() => Directory.Delete(folder, recursive: true);

    DefinitionFolder Loader => World.Services.GetRequiredService<DefinitionFolder>();

    Task Start() => Loader.LoadAsync(folder, CancellationToken.None);

    void Put(string file, string text)
    {
        var path = Path.Combine(folder, file + ".json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>A procedure whose first step asks for these forms.</summary>
    static JsonObject Procedure(string name, params string[] forms)
    {
        var definition = JsonNode.Parse(Shipped)!.AsObject();
        definition["definitionId"] = "forms-test." + name;
        foreach (var activity in definition["root"]!["activities"]!.AsArray())
            _ = activity!.AsObject().Remove("formRefs") | activity.AsObject().Remove("formsSource");
        FirstStep(definition)["formRefs"] = new JsonArray([.. forms.Select(f => JsonValue.Create(f))]);
        return definition;
    }

    static JsonObject FirstStep(JsonObject definition) =>
        definition["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == "appoint-working-group")!.AsObject();

    void PutProcedure(string name, params string[] forms) => Put("forms-test/" + name, Procedure(name, forms).ToJsonString());

    async Task<int> Versions(string name)
    {
        var answer = await Officer.Get($"process-definitions/forms-test.{name}/versions");
        return answer.Status == 404 ? 0 : answer.Ok()["items"]!.AsArray().Count;
    }

    async Task<IEnumerable<string>> FieldsAsked(string instance)
    {
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        return (await Officer.Get($"user-tasks/{task}")).Ok()["form"]!.AsArray().Select(f => f.Text("name"));
    }

    static Finding Refused(DefinitionFolder loader, string file, string code) =>
        loader.Refused.Single(r => r.File == file).Findings.FirstOrDefault(f => f.Code == code)
            .ShouldNotBeNull(string.Join(", ", loader.Refused.SelectMany(r => r.Findings)));

    [Test]
    public async Task A_changed_form_makes_a_new_version_of_what_uses_it_and_a_running_case_keeps_its_own()
    {
        Put("forms/repair-notice", Repair);
        Put("forms/borrow-note", Loan);
        PutProcedure("repairs", "repair-notice");
        PutProcedure("loans", "borrow-note");
        await Start();
        await Start();
        Loader.Refused.ShouldBeEmpty();
        (await Versions("repairs"), await Versions("loans")).ShouldBe((1, 1));
        var old = await Officer.Started("forms-test.repairs");

        Put("forms/repair-notice", Repair.Replace("\"item\"", "\"thing\"", StringComparison.Ordinal));
        await Start();
        (await Versions("repairs"), await Versions("loans")).ShouldBe((2, 1));
        (await FieldsAsked(old)).ShouldBe(["item"]);
        (await FieldsAsked(await Officer.Started("forms-test.repairs"))).ShouldBe(["thing"]);
        (await Officer.Get("process-definitions/forms-test.repairs/diff")).Ok()["changes"]!.AsArray().ShouldHaveSingleItem()!["text"]
            .Text("en").ShouldContain("item* → thing*");

        Put(
            "forms/repair-notice",
            JsonNode.Parse(Repair.Replace("\"item\"", "\"thing\"", StringComparison.Ordinal))!
                .ToJsonString(new() { WriteIndented = true }));
        await Start();
        (await Versions("repairs")).ShouldBe(2, "white space is no change");
    }

    [Test]
    public async Task Several_forms_of_a_step_are_filled_in_as_one()
    {
        Put("forms/repair-notice", Repair);
        Put("forms/borrow-note", Loan);
        PutProcedure("both", "borrow-note", "repair-notice");
        await Start();
        var id = await Officer.Started("forms-test.both");
        (await FieldsAsked(id)).ShouldBe(["dueBack", "item"]);
        var task = await Officer.OpenTaskOf(id);
        (await Officer.Complete(task)).ShouldBeProblem(422, "form-not-filled", "item");
        (await Officer.Complete(task, outputs: new { item = "เครื่องพิมพ์", dueBack = "2569-03-02" }))
            .ShouldBeProblem(422, "form-not-filled", "dueBack");
        (await Officer.Complete(task, outputs: new { item = "เครื่องพิมพ์", dueBack = "2026-03-05" })).Ok();
        var source = (await Officer.Get("process-definitions/forms-test.both")).Ok()["source"]!;
        source.Names().ShouldNotContain("formSchemas");
    }

    [Test]
    public async Task A_form_that_the_manual_ties_to_no_step_may_be_left_out_but_not_half_filled_in()
    {
        Put("forms/repair-notice", Repair);
        var definition = Procedure("inferred", "repair-notice");
        FirstStep(definition)["formsSource"] = "inferred";
        Put("forms-test/inferred", definition.ToJsonString());
        await Start();
        var task = await Officer.OpenTaskOf(await Officer.Started("forms-test.inferred"));
        (await Officer.Get($"user-tasks/{task.Text("id")}")).Ok()["formIsOptional"]!.GetValue<bool>().ShouldBeTrue();
        (await Officer.Complete(task, outputs: new { thing = "เครื่องพิมพ์" })).ShouldBeProblem(422, "form-not-filled", "item");
        (await Officer.Complete(task)).Ok();
        var another = await Officer.OpenTaskOf(await Officer.Started("forms-test.inferred"));
        (await Officer.Complete(another, outputs: new { item = "เครื่องพิมพ์" })).Ok();
    }

    [Test]
    public async Task A_form_that_is_not_there_is_named_with_its_place_and_the_rest_loads()
    {
        Put("forms/repair-notice", Repair);
        PutProcedure("lacks", "repair-notice", "no-such-form");
        PutProcedure("has", "repair-notice");
        await Start();
        var finding = Refused(Loader, "forms-test/lacks.json", "unknown-form");
        finding.ActivityId.ShouldBe("appoint-working-group");
        finding.Reason.En.ShouldContain("no-such-form");
        finding.Reason.Th.ShouldContain("no-such-form");
        (await Versions("lacks"), await Versions("has")).ShouldBe((0, 1));
    }

    [Test]
    public async Task A_form_that_turns_bad_is_refused_with_what_uses_it_and_their_last_good_versions_stay()
    {
        Put("forms/repair-notice", Repair);
        PutProcedure("turns", "repair-notice");
        await Start();
        foreach (var bad in new[] { "", "[]", "{", Repair.Replace("\"object\"", "\"array\"", StringComparison.Ordinal), Repair.Replace("\"required\"", "\"oneOf\"", StringComparison.Ordinal), Repair.Replace("\"title\":\"แบบแจ้งซ่อม\",", "", StringComparison.Ordinal) })
        {
            Put("forms/repair-notice", bad);
            await Start();
            var refused = (await World.Nobody.Get("/health/ready")).Ok()["refusedDefinitions"]!.AsArray();
            refused.Select(r => r.Text("file")).ShouldBe(["forms/repair-notice.json", "forms-test/turns.json"], bad);
            refused[0]!["findings"]![0]!["reason"].Text("th").ShouldNotBeNullOrWhiteSpace();
            Refused(Loader, "forms-test/turns.json", "unknown-form");
        }

        (await Versions("turns")).ShouldBe(1);
        (await FieldsAsked(await Officer.Started("forms-test.turns"))).ShouldBe(["item"]);
    }

    [Test]
    public async Task A_step_has_a_form_of_its_own_or_shared_ones_and_no_field_twice()
    {
        Put("forms/repair-notice", Repair);
        Put("forms/repair-again", Repair);
        PutProcedure("twice", "repair-notice", "repair-again");
        PutProcedure("same", "repair-notice", "repair-notice");
        var own = Procedure("own", "repair-notice");
        FirstStep(own)["formSchema"] = JsonNode.Parse(Loan);
        Put("forms-test/own", own.ToJsonString());
        await Start();
        Refused(Loader, "forms-test/twice.json", "form-field-twice").ActivityId.ShouldBe("appoint-working-group");
        Refused(Loader, "forms-test/same.json", "too-many-forms");
        Refused(Loader, "forms-test/own.json", "two-forms");
    }

    [Test]
    public async Task A_draft_uses_the_shared_forms_and_its_version_holds_them()
    {
        Put("forms/repair-notice", Repair);
        await Start();
        var owner = As(Roles.ProcessOwner);
        (await owner.Put("process-definitions/forms-test.drafted/draft", Procedure("drafted", "repair-notice"))).Ok()["findings"]!.AsArray()
            .ShouldBeEmpty();
        (await owner.Post("process-definitions/forms-test.drafted/draft/check")).Ok()["sound"]!.GetValue<bool>().ShouldBeTrue();
        (await owner.Post("process-definitions/forms-test.drafted/draft/publish", Why.Published)).Ok();
        (await FieldsAsked(await Officer.Started("forms-test.drafted"))).ShouldBe(["item"]);
        (await owner.Put("process-definitions/forms-test.drafted/draft", Procedure("drafted", "no-such-form"))).Ok()["findings"]!.AsArray()
            .ShouldHaveSingleItem().Text("code").ShouldBe("unknown-form");
    }
}

/// <summary>The forms as they are shipped.</summary>
public sealed class ShippedFormsSpec
{
    static IEnumerable<(string Id, FormSchema Form)> Forms => Directory
        .EnumerateFiles(Path.Combine(World.ShippedProcesses, "forms"), "*.json").Order(StringComparer.Ordinal)
        .Select(path => (Path.GetFileNameWithoutExtension(path), FormSchema.Read(File.ReadAllText(path)).Schema.ShouldNotBeNull(path)));

    [Test]
    public void Each_is_short_and_asks_for_little()
    {
        foreach (var (id, form) in Forms)
        {
            form.Title.ShouldNotBeNullOrWhiteSpace(id);
            form.Fields.Length.ShouldBeInRange(4, 10, id);
            form.Fields.Count(f => f.Required).ShouldBeInRange(1, 3, id);
            form.Fields.ShouldAllBe(f => f.Label.Th != f.Label.En && f.Label.Th.Any(c => c >= '\u0E00'), id);
        }
    }

    /// <summary>So that any of them go together on a step, and what one collects does not overwrite what another did.</summary>
    [Test]
    public void No_two_have_a_field_of_one_name() =>
        Forms.SelectMany(f => f.Form.Fields.Select(field => (field.Name, f.Id))).GroupBy(f => f.Name).Where(g => g.Count() > 1)
            .SelectMany(g => g).ShouldBeEmpty();
}
