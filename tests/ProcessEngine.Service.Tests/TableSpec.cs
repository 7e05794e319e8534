using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>A definition as a table of rows, and back.</summary>
public sealed class TableSpec
{
    static readonly SharedForms Forms = SharedForms.Read(
        Directory.GetFiles(Path.Combine(Repository.Root, "processes", "forms"), "*.json")
            .Select(f => ($"forms/{Path.GetFileName(f)}", File.ReadAllText(f)))).Forms;

    static IEnumerable<TestCaseData> Shipped =>
        Directory.GetFiles(Path.Combine(Repository.Root, "processes"), "*.json", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) != "forms")
            .Order(StringComparer.Ordinal)
            .Select(f => new TestCaseData(f).SetArgDisplayNames(Path.GetFileNameWithoutExtension(f)));

    static string Key(string content) => (string)JsonNode.Parse(content)!["definitionId"]!;

    static ReadDefinition Prove(string content) => ElsaDefinitionReader.Read(Forms.Embed(content), 1, Key(content));

    static string Findings(string content) => string.Join("; ", Prove(content).Findings.Where(f => !f.Warning).Select(f => $"{f.ActivityId}: {f.Reason.En}"));

    static DefinitionTable Table(string content) => DefinitionTable.Read(content)!;

    [Test]
    public void All_the_shipped_definitions_are_found() => Shipped.Count().ShouldBe(57);

    [TestCaseSource(nameof(Shipped))]
    public void What_is_opened_and_stored_unchanged_is_the_same_to_the_byte(string file)
    {
        var text = File.ReadAllText(file);
        foreach (var content in new[] { text, DefinitionPublisher.Minify(text)! })
        {
            foreach (var row in Table(content).Rows)
                DefinitionTable.Change(content, row).Require().ShouldBe(content, row.Id);
        }
    }

    [TestCaseSource(nameof(Shipped))]
    public void What_is_changed_and_changed_back_is_the_same_to_the_byte(string file)
    {
        var content = DefinitionPublisher.Minify(File.ReadAllText(file))!;
        foreach (var row in Table(content).Rows.Where(r => r.IsStep && r.Quality.Length > 0))
        {
            var changed = DefinitionTable.Change(content, row with { Quality = "อื่น", Name = "อื่น", Role = Roles.Clerk }).Require();
            changed.ShouldNotBe(content);
            DefinitionTable.Change(changed, row).Require().ShouldBe(content, row.Id);
        }
    }

    [TestCaseSource(nameof(Shipped))]
    public void What_is_changed_in_the_table_comes_back_from_Studio_the_same_to_the_byte(string file)
    {
        var content = StudioModel.ToContent(JsonNode.Parse(DefinitionPublisher.Minify(File.ReadAllText(file))!)!.AsObject(), Key(File.ReadAllText(file)));
        var row = Table(content).Rows.First(r => r.IsStep);
        var changed = DefinitionTable.Change(content, row with { Name = "ชื่อใหม่", Time = RowTime.None with { Rule = "working_days", N = "3" } }).Require();
        var facts = new VersionFacts(VersionId.OfDraft(Key(content), 1), 2, true, false, DateTimeOffset.UnixEpoch);
        StudioModel.ToContent(StudioModel.ToStudio(changed, facts, true), Key(content)).ShouldBe(changed);
    }

    [TestCaseSource(nameof(Shipped))]
    public void A_row_that_is_added_after_any_other_leaves_a_sound_procedure_and_is_gone_again_when_it_is_deleted(string file)
    {
        var content = DefinitionPublisher.Minify(File.ReadAllText(file))!;
        foreach (var row in Table(content).Rows)
        {
            foreach (var kind in new[] { RowKind.Work, RowKind.Approve, RowKind.Acknowledge, RowKind.Committee, RowKind.Levels, RowKind.Wait })
            {
                // A refusal within one of several branches would leave the others waiting: the proof says so at the row.
                if (kind is RowKind.Approve or RowKind.Committee or RowKind.Levels && Table(content).Rows.Any(r => r.Kind == RowKind.Fork))
                    continue;
                if (DefinitionTable.Add(content, row.Id, kind, "แถวใหม่") is not { Value: { } added })
                    continue;
                Findings(added).ShouldBe("", $"{kind} after {row.Id}");
                var fresh = Table(added).Rows.Select(r => r.Id).Except(Table(content).Rows.Select(r => r.Id)).ShouldHaveSingleItem();
                var deleted = DefinitionTable.Delete(added, fresh).Require();
                Table(deleted).Rows.Select(r => (r.Id, string.Join(',', r.Ways))).ShouldBe(Table(content).Rows.Select(r => (r.Id, string.Join(',', r.Ways))));
            }
        }
    }

    [TestCaseSource(nameof(Shipped))]
    public void A_row_that_is_moved_down_and_up_again_is_where_it_was(string file)
    {
        var content = DefinitionPublisher.Minify(File.ReadAllText(file))!;
        foreach (var row in Table(content).Rows)
        {
            if (DefinitionTable.Swap(content, row.Id, up: false) is not { Value: { } moved })
                continue;
            var order = Table(content).Rows.Select(r => r.Id).ToList();
            Table(moved).Rows.Select(r => r.Id).Order().ShouldBe(order.Order());
            if (DefinitionTable.Swap(moved, row.Id, up: true) is { Value: { } back })
                Table(back).Rows.Select(r => (r.Id, r.Main?.To)).ShouldBe(Table(content).Rows.Select(r => (r.Id, r.Main?.To)), row.Id);
        }
    }

    [TestCaseSource(nameof(Shipped))]
    public void Boxes_that_somebody_arranged_keep_their_places(string file)
    {
        // Somebody moved one box in Studio by a little.
        var drawn = JsonNode.Parse(File.ReadAllText(file))!;
        drawn["root"]!["activities"]![1]!["metadata"]!["designer"]!["position"]!["y"] = 133;
        var content = DefinitionPublisher.Minify(drawn.ToJsonString())!;
        var before = ElsaLayoutReader.Read(content);
        var added = DefinitionTable.Add(content, Table(content).Start!, RowKind.Work, "แถวใหม่").Require();
        var after = ElsaLayoutReader.Read(added);
        foreach (var (id, box) in before.Boxes)
            (after.Boxes[id].X, after.Boxes[id].Y).ShouldBe((box.X, box.Y), id);
        var fresh = after.Boxes.Values.Single(b => !before.Boxes.ContainsKey(b.Id));
        before.Boxes.Values.ShouldAllBe(b => Math.Abs(b.X - fresh.X) >= 300 || Math.Abs(b.Y - fresh.Y) >= 54, "it covers no other");
    }

    static IEnumerable<ProcedureTemplate> Templates => ProcedureTemplate.All;

    [TestCaseSource(nameof(Templates))]
    public void Each_template_is_sound_says_nothing_that_is_probably_not_meant_and_stands_where_it_would_be_computed(ProcedureTemplate template)
    {
        Prove(template.Content).Findings.ShouldBeEmpty();
        FlowPlaces.IsComputed(ChartJson.Parse(template.Content)!).ShouldBeTrue();
    }

    [Test]
    public void There_are_seven_templates() => ProcedureTemplate.All.Count.ShouldBe(7);

    static string Empty(string name) => StudioModel.ToContent(NewDefinition.Empty(name), "own.table");

    /// <summary>Rows one after another, each after the one before.</summary>
    static string Built(params (RowKind Kind, string Name)[] rows)
    {
        var content = Empty("ใหม่");
        foreach (var (kind, name) in rows)
            content = DefinitionTable.Add(content, Table(content).Rows is [.., var last] ? last.Id : Table(content).Start!, kind, name).Require();
        return content;
    }

    [Test]
    public void A_procedure_of_seven_rows_is_built_from_nothing_sound_and_drawn_without_a_box_on_another()
    {
        var content = Built(
            (RowKind.Work, "แต่งตั้งคณะทำงาน"), (RowKind.Work, "วางแผน"), (RowKind.Approve, "เสนอ ผอ.เขต"), (RowKind.Work, "ประสานงาน"),
            (RowKind.Work, "ดำเนินการ"), (RowKind.Work, "ประเมินผล"), (RowKind.Acknowledge, "รายงานผล"));
        Findings(content).ShouldBe("");
        Table(content).Rows.Select(r => r.Name).ShouldBe(
            ["แต่งตั้งคณะทำงาน", "วางแผน", "เสนอ ผอ.เขต", "ประสานงาน", "ดำเนินการ", "ประเมินผล", "รายงานผล"]);
        var plan = Table(content).Rows[1].Id;
        Table(content).Rows[2].Ways.Select(w => (w.Port, w.To)).ShouldContain(("Reject", plan));
        var boxes = ElsaLayoutReader.Read(content).Boxes.Values.ToList();
        foreach (var (i, box) in boxes.Index())
            boxes.Skip(i + 1).ShouldAllBe(b => Math.Abs(b.X - box.X) >= 300 || Math.Abs(b.Y - box.Y) >= 100);
        // Computed places stay computed: the same rows in another order of work stand where they would have stood.
        FlowPlaces.IsComputed(ChartJson.Parse(content)!).ShouldBeTrue();
    }

    [Test]
    public void What_is_done_at_the_same_time_has_a_fork_and_a_join_that_go_with_it()
    {
        var content = Built((RowKind.Work, "หนึ่ง"), (RowKind.Work, "สอง"));
        var first = Table(content).Rows[0].Id;
        var beside = DefinitionTable.AddBeside(content, first, "พร้อมกัน").Require();
        var three = DefinitionTable.AddBeside(beside, first, "พร้อมกันอีก").Require();
        Table(three).Rows.Select(r => r.Kind).ShouldBe([RowKind.Fork, RowKind.Work, RowKind.Work, RowKind.Work, RowKind.Join, RowKind.Work]);
        Findings(three).ShouldBe("");
        foreach (var row in Table(three).Rows.Where(r => r.Name.StartsWith("พร้อม", StringComparison.Ordinal)).Select(r => r.Id).ToList())
            three = DefinitionTable.Delete(three, row).Require();
        Table(three).Rows.Select(r => r.Name).ShouldBe(["หนึ่ง", "สอง"], "fork and join are gone with the last that was beside it");
        Findings(three).ShouldBe("");
    }

    [Test]
    public void A_row_becomes_any_kind_of_step_and_stays_sound(
        [Values(RowKind.Work, RowKind.Approve, RowKind.Acknowledge, RowKind.Committee, RowKind.Levels)] RowKind from,
        [Values(RowKind.Work, RowKind.Approve, RowKind.Acknowledge, RowKind.Committee, RowKind.Levels)] RowKind to)
    {
        var content = Built((RowKind.Work, "ก่อน"), (from, "นี้"), (RowKind.Work, "หลัง"));
        var row = Table(content).Rows[1] with { Kind = to, Levels = [Roles.GroupDirector, Roles.Director] };
        var changed = DefinitionTable.Change(content, row).Require();
        Findings(changed).ShouldBe("");
        Table(changed).Rows[1].Kind.ShouldBe(to);
        Table(changed).Rows[1].Main!.To.ShouldBe(Table(changed).Rows[2].Id);
    }

    static readonly RowTime[] Times =
    [
        RowTime.None, RowTime.None with { Rule = "working_days", N = "3" }, RowTime.None with { Rule = "working_days_range", N = "3", Max = "5" },
        RowTime.None with { Rule = "calendar_days", N = "15" }, RowTime.None with { Rule = "working_minutes", N = "30" },
        RowTime.None with { Rule = "window", From = "10-01", To = "02-last" },
        RowTime.None with { Rule = "working_days_before_event", N = "7", DateFrom = "day" }, RowTime.None with { Rule = "given_date", DateFrom = "day" },
    ];

    [Test]
    public void A_limit_of_any_kind_is_read_as_it_was_filled_in([ValueSource(nameof(Times))] RowTime first, [ValueSource(nameof(Times))] RowTime then)
    {
        var content = Built((RowKind.Work, "งาน"));
        foreach (var time in new[] { first, then })
        {
            content = DefinitionTable.Change(content, Table(content).Rows[0] with { Time = time }).Require();
            Table(content).Rows[0].Time.ShouldBe(time);
        }
    }

    [Test]
    public void A_branch_of_a_decision_is_filled_in_and_taken_away()
    {
        var content = Built((RowKind.Work, "งาน"), (RowKind.Decide, "แยก"), (RowKind.Work, "ปกติ"), (RowKind.Work, "ท้าย"));
        var row = Table(content).Rows[1];
        var end = Table(content).Rows[3].Id;
        var with = DefinitionTable.Change(content, row with { Ways = [new("Way1", "amount > 5", end), .. row.Ways] }).Require();
        Table(with).Rows[1].Ways.Select(w => (w.Port, w.When, w.To)).ShouldBe([("Way1", "amount > 5", end), ("Else", "", Table(content).Rows[2].Id)]);
        var without = DefinitionTable.Change(with, Table(with).Rows[1] with { Ways = row.Ways }).Require();
        Table(without).Rows[1].Ways.ShouldBe(row.Ways);
    }

    static IEnumerable<(RowKind Kind, SettingField Field)> Settings =>
        Enum.GetValues<RowKind>().SelectMany(kind => RowSettings.Of(kind).Select(one => (kind, one)));

    static string Example(SettingField field, DefinitionTable table) => field.Kind switch
    {
        SettingKind.Number => "2",
        SettingKind.Flag => field.Absent ? "false" : "true",
        SettingKind.Choice => field.Choices[^1].Value,
        SettingKind.Role => Roles.Director,
        SettingKind.Step => table.Rows[0].Id,
        SettingKind.Steps or SettingKind.StepsAndStart => $"{table.Rows[0].Id} {table.Rows[2].Id}",
        _ => "ค่าหนึ่ง",
    };

    [TestCaseSource(nameof(Settings))]
    public void A_setting_of_a_row_is_filled_in_read_again_and_taken_away_to_the_byte((RowKind Kind, SettingField Field) asked)
    {
        var (kind, field) = asked;
        var content = Built((RowKind.Work, "ก่อน"), (kind, "นี้"), (RowKind.Work, "หลัง"));
        var row = Table(content).Rows[1];
        var (before, value) = (row.Setting(field.Name), Example(field, Table(content)));
        var changed = DefinitionTable.Change(content, With(row, field.Name, value)).Require();
        changed.ShouldNotBe(content);
        Table(changed).Rows[1].Setting(field.Name).ShouldBe(value);
        DefinitionTable.Change(changed, Table(changed).Rows[1]).Require().ShouldBe(changed);
        DefinitionTable.Change(changed, With(Table(changed).Rows[1], field.Name, before)).Require().ShouldBe(content);
    }

    static TableRow With(TableRow row, string name, string value) =>
        row with { Settings = [.. row.Settings.Select(s => s.Name == name ? s with { Value = value } : s)] };

    [Test]
    public void A_way_out_by_time_is_filled_in_leads_somewhere_and_is_taken_away()
    {
        var content = Built((RowKind.Work, "งาน"), (RowKind.Work, "เร่งรัด"));
        var (row, late) = (Table(content).Rows[0], Table(content).Rows[1].Id);
        var three = RowTime.None with { Rule = "working_days", N = "3" };
        var changed = DefinitionTable.Change(content, row with { Timers = [new("", three, true, late)] }).Require();
        Table(changed).Rows[0].Timers.ShouldBe([new RowTimer("Late1", three, true, late)]);
        Findings(changed).ShouldBe("");
        var beside = DefinitionTable.Change(
            changed, Table(changed).Rows[0] with { Timers = [new("Late1", three with { N = "5" }, false, late)] }).Require();
        Prove(beside).Definition!.FindStep(row.Id)!.Timers.ShouldHaveSingleItem().Interrupts.ShouldBeFalse();
        DefinitionTable.Change(beside, Table(beside).Rows[0] with { Timers = [new("Late1", RowTime.None, false, late)] }).Require()
            .ShouldBe(content);
    }

    [Test]
    public void For_whom_a_step_is_may_depend_on_the_data_of_the_case()
    {
        var content = TableData.Add(Built((RowKind.Work, "งาน"), (RowKind.Work, "งานต่อ")), "ด่วน", "Boolean").Require();
        var row = Table(content).Rows[1] with
        {
            Who = TableRow.ByData,
            Assignments = [new("ด่วน = true", "requester"), new("", $"doerOf:{Table(content).Rows[0].Id}"), new("ด่วน", "")],
        };
        var changed = DefinitionTable.Change(content, row).Require();
        Table(changed).Rows[1].Assignments.ShouldBe([.. row.Assignments.Take(2)]);
        Findings(changed).ShouldBe("");
        DefinitionTable.Change(changed, Table(changed).Rows[1] with { Who = "" }).Require().ShouldBe(content);
    }

    [TestCaseSource(nameof(Shipped))]
    public void What_the_whole_says_of_itself_is_the_same_to_the_byte_when_it_is_stored_unchanged(string file)
    {
        var content = DefinitionPublisher.Minify(File.ReadAllText(file))!;
        TableHead.Change(content, TableHead.Read(content)!).Require().ShouldBe(content);
    }

    [Test]
    public void The_limit_of_the_whole_what_it_carries_over_and_how_long_it_may_be_opened_again_are_filled_in()
    {
        var content = TableData.Add(Built((RowKind.Work, "งาน"), (RowKind.Work, "ส่งมอบ")), "คำแนะนำ", "String").Require();
        content = TableData.Add(content, "คำแนะนำปีก่อน", "String").Require();
        var head = TableHead.Read(content)!;
        var changed = TableHead.Change(content, head with
        {
            Name = "ชื่อใหม่",
            NameEn = "New name",
            Time = RowTime.None with { Rule = "working_days", N = "7" },
            Until = Table(content).Rows[1].Id,
            Settings = [.. head.Settings.Select(s => s.Name == "reopenWithinDays" ? s with { Value = "15" } : s)],
            CarryOver = [new("คำแนะนำปีก่อน", "คำแนะนำ")],
        }).Require();
        var read = Prove(changed);
        Findings(changed).ShouldBe("");
        (read.Definition!.Name.Th, read.Definition.Name.En, read.Definition.ReopenWithinDays, read.Definition.DeadlineUntil)
            .ShouldBe(("ชื่อใหม่", "New name", 15, Table(content).Rows[1].Id));
        TableHead.Change(changed, head with { NameEn = "New name" }).Require().ShouldBe(TableHead.Change(content, head with { NameEn = "New name" }).Require());
    }

    [Test]
    public void Data_of_a_case_are_named_anew_given_a_beginning_and_taken_away()
    {
        var content = TableData.Add(Built((RowKind.Work, "งาน")), "วงเงิน", "Decimal").Require();
        var one = TableData.Read(content).Single();
        var changed = TableData.Change(content, one with { Label = "วงเงินที่ขอ", Default = "5000" }).Require();
        (TableData.Read(changed).Single().Label, Prove(changed).Definition!.Variables.Single().Default).ShouldBe(("วงเงินที่ขอ", "5000"));
        TableData.Read(TableData.Remove(changed, "วงเงิน").Require()).ShouldBeEmpty();
        TableData.Change(content, one).Require().ShouldBe(content);
    }

    [Test]
    public void What_leads_nowhere_is_led_on_and_what_is_refused_back()
    {
        var content = Built((RowKind.Work, "งาน"), (RowKind.Approve, "เสนอ"), (RowKind.Work, "ทำ"));
        var row = Table(content).Rows[1];
        var cut = DefinitionTable.Change(content, row with { Ways = [.. row.Ways.Select(w => w with { To = "" })] }).Require();
        Findings(cut).ShouldNotBeEmpty();
        Table(DefinitionTable.Connect(cut, row.Id).Require()).Rows.Single(r => r.Id == row.Id).Ways.ShouldBe(row.Ways);
    }

    [TestCase("amount > 100000", "amount", ">", "100000")]
    [TestCase("วงเงิน <= 5000", "วงเงิน", "<=", "5000")]
    [TestCase("urgency = \"ด่วน\"", "urgency", "=", "ด่วน")]
    [TestCase("formal = true", "formal", "=", "ใช่")]
    [TestCase("day < date \"2026-12-08\"", "day", "<", "8/12/2569")]
    [TestCase("note is not empty", "note", "is not empty", "")]
    public void One_comparison_is_chosen_and_filled_in_and_comes_back_the_same(string when, string data, string sign, string value)
    {
        var chosen = ConditionFields.Of(when).ShouldNotBeNull();
        chosen.ShouldBe(new ConditionFields(data, sign, value));
        chosen.Write(data is "day" ? "DateTime" : data is "urgency" ? "String" : null).ShouldBe(when);
    }

    [TestCase("amount > 100000 and urgency = \"ด่วน\"")]
    [TestCase("not formal")]
    [TestCase("schools count >= 3")]
    [TestCase("amount + 1 > 5")]
    public void More_than_one_comparison_stays_as_it_is_written(string when) => ConditionFields.Of(when).ShouldBeNull();
}
