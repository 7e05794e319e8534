using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>A form of a step's own is built field by field, and proven with the draft.</summary>
public sealed class FormBuilderSpec(string provider) : OfPages(provider)
{
    static string OneStep(string key = "own.form")
    {
        var content = StudioModel.ToContent(NewDefinition.Empty("มีแบบฟอร์ม"), key);
        return DefinitionTable.Add(content, "start", RowKind.Work, "กรอกแบบ").Require();
    }

    static string StepOf(string content) => DefinitionTable.Read(content)!.Rows[0].Id;

    static FormTable Form(string content) => FormTable.Read(content, StepOf(content))!;

    static FormSchema Schema(string content)
    {
        var (schema, problems) = FormSchema.Read(FormTable.SchemaOf(content, StepOf(content))!);
        problems.Select(p => $"{p.Place} {p.Reason.En}").ShouldBeEmpty();
        return schema!;
    }

    static IEnumerable<FormFieldKind> Kinds => Enum.GetValues<FormFieldKind>().Where(k => k != FormFieldKind.Other);

    [TestCaseSource(nameof(Kinds))]
    public void A_field_of_any_kind_is_added_valid_read_as_it_is_and_becomes_any_other(FormFieldKind kind)
    {
        var content = FormTable.Add(OneStep(), StepOf(OneStep()), kind, "ช่องนี้").Require();
        Form(content).Rows.Single().Kind.ShouldBe(kind);
        Schema(content).Fields.Single().Label.Th.ShouldBe("ช่องนี้");
        FormTable.Change(content, StepOf(content), Form(content).Rows[0]).Require().ShouldBe(content, "unchanged");
        foreach (var other in Kinds.Where(k => k != kind))
        {
            var became = FormTable.Change(content, StepOf(content), Form(content).Rows[0] with { Kind = other, Choices = "ก\nข", Most = "", Least = "" }).Require();
            Form(became).Rows.Single().Kind.ShouldBe(other);
            Schema(became).Fields.Single().Label.Th.ShouldBe("ช่องนี้");
        }
    }

    [Test]
    public void What_a_row_says_of_a_field_is_what_the_form_asks_for()
    {
        var content = OneStep();
        var step = StepOf(content);
        foreach (var (kind, label) in new[] { (FormFieldKind.OneOf, "ประเภท"), (FormFieldKind.WholeNumber, "จำนวน"), (FormFieldKind.LongText, "เหตุผลอื่น") })
            content = FormTable.Add(content, step, kind, label).Require();
        content = FormTable.Change(content, step, Form(content).Rows[0] with { Choices = "ซ่อม\n จัดซื้อ \n\nอื่น ๆ", Required = true, Help = "เลือกหนึ่ง" }).Require();
        content = FormTable.Change(content, step, Form(content).Rows[1] with { Least = "1", Most = "20", LabelEn = "How many" }).Require();
        content = FormTable.Change(content, step, Form(content).Rows[2] with { Required = true, ShownField = "ประเภท", ShownAnswer = "อื่นๆ", Most = "500" }).Require();
        content = FormTable.Change(content, step, Form(content).Rows[2] with { ShownAnswer = "อื่น ๆ" }).Require();
        var schema = Schema(content);
        schema.Fields[0].Choices.ShouldBe(["ซ่อม", "จัดซื้อ", "อื่น ๆ"]);
        (schema.Fields[1].Minimum, schema.Fields[1].Maximum, schema.Fields[1].Label.En).ShouldBe((1, 20, "How many"));
        schema.Check(Answers(("ประเภท", "ซ่อม"))).ShouldBeEmpty("what is not shown is not asked");
        schema.Check(Answers(("ประเภท", "อื่น ๆ"))).ShouldHaveSingleItem().Field.ShouldBe("เหตุผลอื่น");
        schema.Check(Answers(("ประเภท", "อื่น ๆ"), ("เหตุผลอื่น", "จำเป็น"))).ShouldBeEmpty();
    }

    static Dictionary<string, string> Answers(params (string Field, string Text)[] answers) =>
        answers.ToDictionary(a => a.Field, a => System.Text.Json.JsonSerializer.Serialize(a.Text));

    [Test]
    public void Fields_are_moved_doubled_and_deleted_with_what_hangs_on_them()
    {
        var content = OneStep();
        var step = StepOf(content);
        foreach (var label in new[] { "ก", "ข", "ค" })
            content = FormTable.Add(content, step, label == "ก" ? FormFieldKind.YesNo : FormFieldKind.ShortText, label).Require();
        content = FormTable.Change(content, step, Form(content).Rows[1] with { Required = true, ShownField = "ก", ShownAnswer = "true" }).Require();
        var moved = FormTable.Move(content, step, "ค", up: true).Require();
        Form(moved).Rows.Select(r => r.Name).ShouldBe(["ก", "ค", "ข"]);
        FormTable.Move(moved, step, "ค", up: false).Require().ShouldBe(content, "and back, to the byte");
        var doubled = FormTable.Duplicate(content, step, "ข").Require();
        Form(doubled).Rows.Select(r => (r.Name, r.Required)).ShouldBe([("ก", false), ("ข", true), ("ข2", true), ("ค", false)]);
        Form(FormTable.Delete(doubled, step, "ก").Require()).Rows.ShouldAllBe(r => r.ShownField == "");
        FormTable.Remove(content, step).Require().ShouldBe(OneStep());
    }

    static IEnumerable<TestCaseData> SharedForms => Directory.GetFiles(Path.Combine(Repository.Root, "processes", "forms"), "*.json")
        .Order(StringComparer.Ordinal).Select(f => new TestCaseData(f).SetArgDisplayNames(Path.GetFileNameWithoutExtension(f)));

    [Test]
    public void All_the_shared_forms_are_tried() => SharedForms.Count().ShouldBe(35);

    [TestCaseSource(nameof(SharedForms))]
    public void A_shared_form_is_brought_in_whole_and_each_field_of_it_is_stored_unchanged_to_the_byte(string file)
    {
        var (step, shared) = (StepOf(OneStep()), File.ReadAllText(file));
        var content = FormTable.Import(OneStep(), step, shared).Require();
        var (given, _) = FormSchema.Read(shared);
        Schema(content).Fields.Select(f => (f.Name, f.Type, f.Required, f.Label)).ShouldBe(given!.Fields.Select(f => (f.Name, f.Type, f.Required, f.Label)));
        foreach (var row in Form(content).Rows)
        {
            row.Kind.ShouldNotBe(FormFieldKind.Other, row.Name);
            FormTable.Change(content, step, row).Require().ShouldBe(content, row.Name);
        }
    }

    async Task<(Visitor Owner, string Key, string Step)> Begin(string key)
    {
        var owner = World.Visitor();
        await owner.SignIn(Roles.ProcessOwner);
        var content = OneStep(key);
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", JsonNode.Parse(content)!)).Ok();
        return (owner, key, StepOf(content));
    }

    [Test]
    public async Task A_form_is_built_on_a_page_published_and_filled_in_and_a_condition_reads_it()
    {
        var (owner, key, step) = await Begin("own.built-form");
        var page = $"/studio/definitions/{key}/forms/{step}";
        foreach (var (kind, label) in new[] { ("OneOf", "ประเภทงาน"), ("LongText", "รายละเอียด"), ("YesNo", "เร่งด่วน") })
        {
            await owner.Go(page);
            await owner.Submit($"{page}?handler=add", ("label", label), ("kind", kind));
            owner.Page.Status.ShouldBe(302, owner.Page.Text);
        }

        async Task Fill(string field, params (string, string)[] values)
        {
            await owner.Go($"{page}?field={Uri.EscapeDataString(field)}");
            await owner.Post(page, PageForm.Untouched(owner.Page.Html, page), values);
            owner.Page.Status.ShouldBe(302, owner.Page.Text);
        }

        await Fill("ประเภทงาน", ("choices", "ซ่อม\nอื่น ๆ"), ("required", "true"), ("declare", "true"));
        await Fill("รายละเอียด", ("required", "true"), ("shown", "ประเภทงาน=อื่น ๆ"), ("help", "บอกว่าอะไร"));
        await owner.Go(page);
        owner.Page.ShouldSay("ตัวอย่างที่ผู้กรอกเห็น", "บอกว่าอะไร", "เงื่อนไขได้", "กรอกเมื่อ “ประเภทงาน” คือ “อื่น ๆ”");
        (await owner.Go($"/studio/definitions/{key}/table?row={step}")).ShouldSay("แก้แบบฟอร์มเฉพาะขั้นตอนนี้");
        await owner.Go($"/studio/definitions/{key}");
        await owner.Submit($"/studio/definitions/{key}?handler=publish", ("reason", "แบบใหม่"));
        owner.Page.Status.ShouldBe(302, owner.Page.Text);

        var task = await Officer.OpenTaskOf(await Officer.Started(key));
        (await Officer.Complete(task, outputs: new Dictionary<string, object> { ["ประเภทงาน"] = "อื่น ๆ" })).ShouldBeProblem(422, "form-not-filled");
        (await Officer.Complete(task, outputs: new Dictionary<string, object> { ["ประเภทงาน"] = "ซ่อม" })).Ok();
    }

    [Test]
    public async Task Two_who_change_one_field_are_told_and_lose_nothing()
    {
        var (one, key, step) = await Begin("own.form-of-two");
        var page = $"/studio/definitions/{key}/forms/{step}";
        await one.Go(page);
        await one.Submit($"{page}?handler=add", ("label", "ช่อง"), ("kind", "ShortText"));
        var other = World.Visitor();
        await other.SignIn(Roles.ProcessOwner);
        var field = Uri.EscapeDataString("ช่อง");
        await one.Go($"{page}?field={field}");
        await other.Go($"{page}?field={field}");
        await other.Submit(page, ("label", "ของอีกคน"));
        (await one.Submit(page, ("label", "ของคนแรก"))).ShouldSay("มีผู้แก้ช่องนี้ไปแล้ว");
        PageForm.Untouched(one.Page.Html, page).ShouldContain(("label", "ของคนแรก"));
        await one.Go(page);
        await other.Go(page);
        await other.Submit($"{page}?handler=add", ("label", "อีกช่อง"), ("kind", "YesNo"));
        (await one.Submit($"{page}?handler=add", ("label", "ช้าไป"), ("kind", "YesNo"))).ShouldBe(409);
    }

    [Test]
    public async Task A_form_of_300_fields_is_shown_told_and_not_published()
    {
        var (owner, key, step) = await Begin("own.300-fields");
        var content = JsonNode.Parse(OneStep(key))!.AsObject();
        var fields = new JsonObject();
        for (var i = 0; i < 300; i++)
            fields[$"f{i}"] = new JsonObject { ["type"] = "string", ["title"] = $"ช่องที่ {i}" };
        content["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == step)!["formSchema"] = new JsonObject { ["type"] = "object", ["properties"] = fields };
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", content)).Ok();
        var page = $"/studio/definitions/{key}/forms/{step}";
        (await owner.Go(page)).ShouldBe(200).ShouldSay("มีช่องเกิน 200 ช่อง");
        (await owner.Submit($"{page}?handler=add", ("label", "อีกช่อง"), ("kind", "YesNo"))).Status.ShouldBe(400);
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).ShouldBeProblem(422, "definition-unsound");
    }

    [Test]
    public async Task Auditors_look_and_what_is_not_there_is_404()
    {
        var auditor = World.Visitor();
        await auditor.SignIn(Roles.Auditor);
        (await auditor.Go($"/studio/definitions/{World.KhonKaen}/forms/plan-work")).ShouldBe(200).Html.ShouldNotContain("handler=add");
        (await auditor.Go($"/studio/definitions/{World.KhonKaen}/forms/start")).ShouldBe(404);
        (await auditor.Go("/studio/definitions/no.such/forms/do")).ShouldBe(404);
    }
}
