using System.Text.Json.Nodes;
using System.Xml.Linq;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>What the manuals print, word for word; and what is read into them, said where it is shown.</summary>
public sealed class FidelitySpec
{
    static IEnumerable<string> Keys => CatalogueFiles.Keys;

    static ProcessDefinition Definition(string key) => CatalogueFiles.Find(key).Definition;

    static DrawnChart Chart(string key)
    {
        var procedure = CatalogueFiles.Find(key);
        return DrawnChart.Of(XDocument.Parse(FlowPicture.Draw(
            procedure.Definition, ElsaLayoutReader.Read(procedure.File.Content), OfficeKind.Primary)));
    }

    /// <summary>As the page shows it to whoever reads English.</summary>
    static DrawnChart EnglishChart(string key)
    {
        var procedure = CatalogueFiles.Find(key);
        var drawn = FlowPicture.DrawForPage(
            procedure.Definition, ElsaLayoutReader.Read(procedure.File.Content), OfficeKind.Primary, new Dictionary<string, FlowMark>(),
            english: true, "");
        return DrawnChart.Of(XDocument.Parse(
            drawn.Replace("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", StringComparison.Ordinal)));
    }

    static IEnumerable<JsonNode> Activities(string key) =>
        JsonNode.Parse(CatalogueFiles.Find(key).File.Content)!["root"]!["activities"]!.AsArray().Select(a => a!);

    // Charts -----------------------------------------------------------------------------------------------------------------------------

    [TestCase("evaluate-computer-systems", "propose-design", "design-evaluation", "ออกแบบการติดตามการประเมินผล")]
    [TestCase("study-information-systems", "propose-plan", "plan-work", "ศึกษา วิเคราะห์ ออกแบบ วางแผนการดำเนินงาน")]
    [TestCase("apply-ict-to-work-processes", "propose-plan", "plan-work", "ศึกษา วิเคราะห์ ออกแบบ วางแผนการดำเนินงาน")]
    [TestCase("develop-application-software", "propose-plan", "plan-work", "ศึกษา วิเคราะห์ ออกแบบ วางแผนการดำเนินงาน")]
    [TestCase("evaluate-information-systems", "propose-design", "design-evaluation", "ออกแบบการติดตามการประเมินผล")]
    public void Where_an_arrow_of_chiangmai_1_leads_is_not_printed_so_it_is_dashed_with_the_printed_label_and_a_note(
        string procedure, string from, string to, string toText)
    {
        var key = "chiangmai-1." + procedure;
        var definition = Definition(key);
        var note = definition.NoteOn(from, Ports.Reject)!;
        (note.Source, note.TargetIsInferred, note.Label!.Th).ShouldBe((FlowNote.Diagram, true, "ไม่ผ่าน"));
        note.Text.Th.ShouldContain($"ตีความเป็นขั้นตอนที่ ๒ “{toText}”");
        definition.ArrowsFrom(from, Ports.Reject).ShouldHaveSingleItem().To.ShouldBe(to);
        definition.FindStep(to)!.Text.ShouldBe(toText);

        var chart = Chart(key);
        chart.Lines.Where(l => l.Note == note.Text.Th).ShouldHaveSingleItem().Is("inferred").ShouldBeTrue();
        chart.Words.Select(w => w.Text).ShouldContain("ไม่ผ่าน (ปลายทางตีความ)");
    }

    [Test]
    public void Five_arrows_have_an_inferred_target_and_no_others() =>
        Keys.SelectMany(key => Definition(key).FlowNotes.Where(n => n.TargetIsInferred)).Count().ShouldBe(5);

    [Test]
    public void The_loop_that_the_chart_of_suratthani_chumphon_prints_is_drawn_through_with_its_words()
    {
        var chart = Chart("suratthani-chumphon.develop-information-systems");
        chart.Words.Select(w => w.Text).ShouldContain("ไม่เห็นชอบ");
        chart.Words.Select(w => w.Text).ShouldContain("เห็นชอบ");
        chart.Lines.Count(l => l.Is("loop") && !l.Is("inferred")).ShouldBe(1);
    }

    [TestCaseSource(nameof(Keys))]
    public void No_line_of_a_chart_runs_through_a_box_and_no_word_or_box_lies_on_another_box(string key)
    {
        foreach (var chart in new[] { Chart(key), EnglishChart(key) })
        {
            chart.LinesThroughBoxes().ShouldBeEmpty();
            chart.WordsOnBoxes().ShouldBeEmpty();
            chart.BoxesOnBoxes().ShouldBeEmpty();
        }
    }

    [TestCaseSource(nameof(Keys))]
    public void What_is_decided_is_drawn_as_a_diamond_and_nothing_else(string key)
    {
        var definition = Definition(key);
        Chart(key).Boxes.Count(b => b.Diamond).ShouldBe(definition.Nodes.Count(n => n is DecisionNode or Step { IsApproval: true }));
    }

    // Longer words that stand in captions, posts and limits; none may end on the next line.
    static readonly string[] Whole =
    [
        "คอมพิวเตอร์", "สารสนเทศ", "เทคโนโลยี", "โสตทัศนูปกรณ์", "โสตทัศนศึกษา", "ผู้อำนวยการ", "เจ้าหน้าที่", "นักวิชาการ", "วิเคราะห์",
        "ออกแบบ", "วางแผน", "ดำเนินการ", "ดำเนินงาน", "ประเมินผล", "รายงาน", "สถานศึกษา", "โรงเรียน", "ประสานงาน", "ผู้เกี่ยวข้อง",
        "ข้อเสนอแนะ", "อุปกรณ์", "เครือข่าย", "เว็บไซต์", "เอกสาร", "หนังสือ", "คณะทำงาน", "คณะกรรมการ", "วัตถุประสงค์", "เป้าหมาย",
        "กำหนด", "ปีงบประมาณ", "คำปรึกษา", "แนะนำ", "ความเข้าใจ", "ทะเบียน", "ประยุกต์", "โปรแกรม", "บุคลากร", "นวัตกรรม", "มอบหมาย",
        "รับทราบ", "อนุมัติ", "เห็นชอบ", "วันทำการ", "ปลอดภัย", "อิเล็กทรอนิกส์", "ประชาสัมพันธ์", "คุณลักษณะ", "จัดซื้อ", "ติดตั้ง",
        "บำรุงรักษา", "แก้ไข", "ปรับปรุง", "พัฒนา", "ส่งเสริม", "สนับสนุน", "สรุป", "เผยแพร่",
    ];

    [TestCaseSource(nameof(Keys))]
    public void No_word_of_a_chart_is_torn_between_two_lines(string key)
    {
        foreach (var lines in Chart(key).Boxes.Select(b => b.Texts))
        {
            var text = string.Concat(lines);
            var ends = lines.SkipLast(1).Select((_, i) => lines.Take(i + 1).Sum(l => l.Length)).ToList();
            foreach (var word in Whole)
            {
                for (var found = Find(text, word, 0); found >= 0; found = Find(text, word, found + 1))
                {
                    var at = found;
                    ends.ShouldAllBe(end => end <= at || end >= at + word.Length, $"{word} in {string.Join('|', lines)}");
                }
            }
        }
    }

    static int Find(string text, string word, int from) => text.IndexOf(word, from, StringComparison.Ordinal);

    // Posts ------------------------------------------------------------------------------------------------------------------------------

    [Test]
    public void The_work_is_that_of_the_post_for_which_its_manual_is_written()
    {
        int Of(string manual, string role) => CatalogueFiles.All.Where(p => p.Key.StartsWith(manual, StringComparison.Ordinal))
            .SelectMany(p => p.Definition.Steps).Count(s => s.Role == role);
        Of("chiangmai-1.", Roles.ComputerOfficer).ShouldBe(22);
        Of("chiangmai-2.information-officer-", Roles.ComputerOfficer).ShouldBe(20);
        Of("chiangmai-2.information-officer-", Roles.InformationOfficer).ShouldBe(0);
        Of("chiangmai-2.av-", Roles.AvEquipmentOfficer).ShouldBe(39);
        Of("", Roles.AvOfficer).ShouldBe(0);
        Of("", Roles.AvEquipmentOfficer).ShouldBe(39);
    }

    [TestCase(Roles.ComputerOfficer, "นักวิชาการคอมพิวเตอร์")]
    [TestCase(Roles.AvEquipmentOfficer, "เจ้าหน้าที่โสตทัศนูปกรณ์")]
    [TestCase(Roles.AvOfficer, "นักวิชาการโสตทัศนศึกษา")]
    [TestCase(Roles.InformationOfficer, "เจ้าหน้าที่สารสนเทศ")]
    public void A_post_is_called_as_it_is_printed(string role, string name) => Roles.NameOf(role).Th.ShouldBe(name);

    // Steps ------------------------------------------------------------------------------------------------------------------------------

    [Test]
    public void What_a_step_finds_out_is_asked_at_that_step_and_not_at_the_start()
    {
        var definition = Definition("suratthani-chumphon.support-advise-digital-technology");
        definition.AskedAtStart.Select(v => v.Name).ShouldNotContain("adviceChannel");
        definition.AskedAtStart.Select(v => v.Name).ShouldNotContain("requesterUnderstanding");
        var channel = definition.Steps.Single(s => s.Form?.Fields.Any(f => f.Name == "adviceChannel") ?? false);
        channel.Number.ShouldBe(2);
        channel.Form!.Fields[0].Choices.ShouldBe(["เป็นลายลักษณ์อักษร", "E-mail", "Line", "กิจกรรมโครงการ KM", "ช่องทางอื่น"]);
        definition.Steps.Single(s => s.Form?.Fields.Any(f => f.Name == "requesterUnderstanding") ?? false).PartOfStep.ShouldBe(5);
    }

    [Test]
    public void Whatever_is_asked_at_the_start_has_a_name_for_people() =>
        Keys.SelectMany(key => Definition(key).AskedAtStart.Where(v => v.Label is null).Select(v => $"{key}: {v.Name}")).ShouldBeEmpty();

    [Test]
    public void The_levels_of_the_letters_are_the_printed_steps_2_3_and_4_and_the_deputy_is_chosen_once()
    {
        var procedure = CatalogueFiles.Find("khonkaen-3.clerk-routing-coordination");
        var step = procedure.Definition.FindStep("approve-letter")!;
        step.PrintedNumbers.ShouldBe([2, 3, 4]);
        step.Levels.Select(l => (l.Number, l.Role, l.Name!.Th)).ShouldBe(
        [
            (2, Roles.GroupDirector, "ผู้อำนวยการกลุ่ม"),
            (3, Roles.DeputyDirector, "รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาที่ดูแลรับผิดชอบ"),
            (4, Roles.Director, "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาขอนแก่น เขต ๓"),
        ]);
        new int?[] { 1, 2, 3, null }.Select(step.NumberAt).ShouldBe([2, 3, 4, 2]);
        procedure.Source["choices"]!.AsArray().Select(c => (string)c!["th"]!)
            .Count(c => c.Contains("ที่ดูแลรับผิดชอบ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Test]
    public void Two_ways_of_one_printed_approval_are_one_approval()
    {
        Definition("chiangmai-2.av-produce-artwork").Steps.Where(s => s.IsApproval).SelectMany(s => s.PrintedNumbers)
            .ShouldBe([3, 3]);
        var list = CataloguePages.Of([.. CatalogueFiles.All.Select(p => p.File)])["catalogue.md"];
        list.Split('\n').Single(line => line.Contains("(catalogue/chiangmai-2.av-produce-artwork.md)", StringComparison.Ordinal))
            .ShouldContain("| 4 | 1 |");
    }

    [Test]
    public void No_box_says_of_itself_how_often_it_is_done() =>
        Keys.SelectMany(Activities).Where(a => a["recurrence"] is not null).ShouldBeEmpty("only a whole procedure recurs");

    [Test]
    public void A_window_may_end_with_the_last_day_of_february() =>
        DeadlineRuleFields.Read(name => name switch
        {
            "rule" => "window",
            "windowFrom" => "01-16",
            "windowTo" => "02-last",
            _ => null,
        }).Rule.ShouldBe(new Window(new MonthDay(1, 16), MonthDay.LastOf(2)));

    // Remarks ----------------------------------------------------------------------------------------------------------------------------

    // Of: the step, or the text of the head. Printed: as the paper has it. Read: as it is shown.
    [TestCase("chiangmai-1.evaluate-computer-systems", "objectives", "ระบบระบบเครือข่าย", "ระบบเครือข่าย")]
    [TestCase("chiangmai-2.compile-central-database-information", "notify-and-coordinate", "แจก ประสานงาน", "แจ้ง ประสานงาน")]
    [TestCase("chiangmai-2.compile-central-database-information", "notify-and-coordinate", "แจ้ง ประธานงาน", "แจ้ง ประสานงาน")]
    [TestCase("chiangmai-2.compile-central-database-information", "study-and-plan", "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase("chiangmai-2.provide-information-service", "study-needs", "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase("chiangmai-2.develop-management-information-process", "study-data", "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase(
        "chiangmai-2.information-officer-collect-management-data", "study-and-plan",
        "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase(
        "chiangmai-2.information-officer-produce-management-information", "study-data",
        "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase(
        "chiangmai-2.information-officer-provide-information-service", "study-needs",
        "วางแผนแผนการจัดเก็บข้อมูล", "วางแผนการจัดเก็บข้อมูล")]
    [TestCase("chiangmai-2.provide-information-service", "definitionsOfTerms", "ข้อมูลที่จากการจัดเก็บ", "ข้อมูลที่ได้จากการจัดเก็บ")]
    [TestCase(
        "chiangmai-2.information-officer-provide-information-service", "definitionsOfTerms",
        "ข้อมูลที่จากการจัดเก็บ", "ข้อมูลที่ได้จากการจัดเก็บ")]
    [TestCase(
        "chiangmai-2.design-plan-computer-system", "keep-network-running",
        "ให้มีความทำงานอย่างต่อเนื่อง", "ให้มีการทำงานอย่างต่อเนื่อง")]
    [TestCase(
        "khonkaen-3.dltv-distance-education", "definitionsOfTerms",
        "ประเมินคุณภาพ นอกจากสำนักงานรองรับมาตรฐาน", "ประเมินคุณภาพภายนอกจากสำนักงานรับรองมาตรฐาน")]
    [TestCase("khonkaen-3.dltv-distance-education", "definitionsOfTerms", "ครูมีอาชีพ", "ครูมืออาชีพ")]
    [TestCase("khonkaen-3.dltv-distance-education", "definitionsOfTerms", "อัยยาศัย", "อัธยาศัย")]
    [TestCase("khonkaen-3.promote-media-research", "definitionsOfTerms", "เทคโนโลยี (วิธีการ) + โลยี", "เทคโน (วิธีการ) + โลยี")]
    [TestCase("khonkaen-3.install-maintain-computers", "forms", "แบบแจ้ง ings อมวีสตูดอุปกรณ์", "แบบแจ้งซ่อมวัสดุอุปกรณ์")]
    [TestCase("khonkaen-3.install-maintain-computers", "definitionsOfTerms", "โทรเลข โทรศัพท์ โทรศัพท", "โทรเลข โทรทัศน์ โทรศัพท์")]
    [TestCase("khonkaen-3.install-maintain-computers", "definitionsOfTerms", "ตัดแปลง", "ดัดแปลง")]
    [TestCase("khonkaen-3.advise-troubleshoot-computers", "forms", "แบบคำขอมิบัติประจำตัว", "แบบคำขอมีบัตรประจำตัว")]
    [TestCase("khonkaen-3.clerk-routing-coordination", "name", "การประสานงานขอราชการ", "การประสานงานของราชการ")]
    [TestCase("khonkaen-5.data-security", "scope", "ระบบระบบตัวตนผู้ใช้บริการ", "ระบบระบุตัวตนผู้ใช้บริการ")]
    [TestCase("khonkaen-5.data-security", "carry-out-work", "ระบบระบบการเก็บรักษา", "ระบบการเก็บรักษา")]
    [TestCase(
        "khonkaen-5.advise-troubleshoot-computers", "forms",
        "แบบคำขอมัติบัตรประจำตัวในการใช้งาน", "แบบคำขอมีบัตรประจำตัวในการใช้งาน")]
    [TestCase("khonkaen-5.install-maintain-computers", "forms", "แบบบันทึกขอใช้จัดซื้อวัสดุอุปกรณ์", "แบบบันทึกขอให้จัดซื้อวัสดุอุปกรณ์")]
    [TestCase("khonkaen-5.install-maintain-computers", "definitionsOfTerms", "โทรเลข โทรศัพท์ โทรศัพท", "โทรเลข โทรทัศน์ โทรศัพท์")]
    [TestCase("suratthani-chumphon.develop-information-systems", "approve-plan", "การศึกษานุมัติ", "การศึกษาอนุมัติ")]
    [TestCase("suratthani-chumphon.support-advise-digital-technology", "register-request", "ทะเบียนคู่มือเรื่อง", "ทะเบียนคุมเรื่อง")]
    [TestCase("suratthani-chumphon.support-advise-digital-technology", "write-guide", "จัดทำแนวคู่มือ", "จัดทำคู่มือ")]
    public void A_misprint_that_was_corrected_is_remarked_where_the_text_is_shown(string key, string of, string printed, string read)
    {
        var (remark, shown) = RemarkOn(key, of);
        remark.ShouldContain($"“{printed}”");
        remark.ShouldContain($"อ่านเป็น “{read}”");
        shown.ShouldContain(read);
        shown.ShouldNotContain(printed);
    }

    [TestCase("khonkaen-3.produce-management-information", "definitionsOfTerms", "ถ้าเห็นคุณค่าว่าข้อมูลในทางคอมพิวเตอร์")]
    [TestCase("suratthani-chumphon.develop-information-systems", "scope", "พัฒนาการปรับปรุงแบบกระบวนการทำงาน")]
    [TestCase("suratthani-chumphon.support-advise-digital-technology", "definitionsOfTerms", "เพื่อให้การศึกษาก่อนการเรียนมีคุณภาพ")]
    [TestCase("suratthani-chumphon.support-advise-digital-technology", "register-request", "จัดทำเป็นสถิติของ สามารถจำแนก")]
    public void A_doubtful_passage_stands_as_it_is_printed_and_is_remarked(string key, string of, string printed)
    {
        var (remark, shown) = RemarkOn(key, of);
        remark.ShouldContain($"“{printed}”");
        remark.ShouldContain("คงไว้ตามที่พิมพ์");
        shown.ShouldContain(printed);
    }

    static (string Remark, string Shown) RemarkOn(string key, string of)
    {
        var procedure = CatalogueFiles.Find(key);
        if (procedure.Definition.FindStep(of) is { } step)
            return (step.SourceNote!, $"{step.Text} {step.QualityStandard}");
        var remarks = procedure.Source["sourceNotes"]!.AsArray().Where(n => (string?)n!["of"] == of).Select(n => (string)n!["th"]!);
        var shown = of == "name"
            ? procedure.Definition.Name.Th
            : string.Join('\n', procedure.Source[of]!.AsArray().Select(text => (string)text!));
        return (string.Join('\n', remarks), shown);
    }
}
