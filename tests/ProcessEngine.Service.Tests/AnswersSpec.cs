using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Tests;

/// <summary>What was filled in at a step over a fiscal year, counted: satisfaction, understanding, numbers of those served.</summary>
public sealed class AnswersSpec(string provider) : OnBothDatabases(provider)
{
    const string Yearly = "test.survey";
    const string Many = "test.many-answers";
    const string Marked = "test.marked";
    const string Listed = "test.listed";

    static string RouteOf(string key) => $"reports/answers?definitionKey={key}&step=assess&office={World.Office}";

    async Task Publish(string key)
    {
        var definition = JsonNode.Parse("""
            {"definitionId":"test.survey","name":"สำรวจความพึงพอใจ","customProperties":{"kpi":"ผู้รับบริการพึงพอใจ"},"root":{"type":"Elsa.Flowchart","activities":[
            {"id":"start","type":"ProcessEngine.Start"},
            {"id":"assess","type":"ProcessEngine.UserTask","nameTh":"ประเมิน","role":"officer","formSchema":{"type":"object","properties":{
              "level":{"type":"string","title":"ระดับ","x-title-en":"Level","enum":["มาก","น้อย"],"default":"มาก"},"understood":{"type":"boolean","title":"เข้าใจ"},
              "mark":{"type":"integer","title":"ความพึงพอใจ","minimum":1,"maximum":5},"minutes":{"type":"integer","title":"นาที"},"note":{"type":"string","title":"ข้อเสนอแนะ"}}}},
            {"id":"end","type":"ProcessEngine.End"}],
            "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"assess","port":"In"}},{"source":{"activity":"assess","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
            """)!;
        definition["definitionId"] = key;
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", definition)).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok()["warnings"]!.AsArray().ShouldBeEmpty();
    }

    async Task Answer(string key, object outputs) =>
        (await Officer.Complete(await Officer.OpenTaskOf(await Officer.Started(key)), outputs: outputs)).Ok();

    [Test]
    public async Task The_answers_of_a_year_are_counted_and_what_people_wrote_is_not_told()
    {
        await Publish(Yearly);
        await Answer(Yearly, new { level = "มาก", understood = true, minutes = 30, note = "ดีมาก" });
        await Answer(Yearly, new { level = "น้อย", understood = true, minutes = 10 });
        await Answer(Yearly, new { level = "มาก", understood = false });
        await Answer(Yearly, new { });
        Clock.SetBangkok("2026-10-01 09:00");
        await Answer(Yearly, new { level = "น้อย" });

        var report = (await Officer.Get(RouteOf(Yearly) + "&fiscalYear=2569")).Ok();
        report.Number("answers").ShouldBe(3);
        var fields = report["fields"]!.AsArray().ToDictionary(f => f!.Text("name"), f => f!);
        fields["level"]["values"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ShouldBe("""{"น้อย":1,"มาก":2}""");
        fields["level"]["label"].Text("en").ShouldBe("Level");
        fields["understood"]["values"]!.ToJsonString().ShouldBe("""{"false":1,"true":2}""");
        (fields["minutes"].Number("answered"), fields["minutes"].Number("sum"), fields["minutes"].Number("min"), fields["minutes"].Number("max")).ShouldBe((2, 40, 10, 30));
        (fields["note"].Number("answered"), fields["note"]["values"]).ShouldBe((1, null));
        report.ToJsonString().ShouldNotContain("ดีมาก");

        (await Officer.Get(RouteOf(Yearly))).Ok().Number("answers").ShouldBe(1, "the fiscal year of today");
        (await Officer.Get(RouteOf(Yearly) + "&fiscalYear=2568")).Ok().Number("answers").ShouldBe(0);
    }

    static string Statistics(string more = "") => $"reports/form-statistics?office={World.Office}&fiscalYear=2569{more}";

    [Test]
    public async Task A_fiscal_year_is_told_with_the_indicator_of_the_manual_and_what_the_forms_say()
    {
        await Publish(Marked);
        Clock.SetBangkok("2025-12-01 09:00");
        foreach (var (mark, level) in new[] { (5, "มาก"), (4, "มาก"), (2, "น้อย") })
            await Answer(Marked, new { mark, level, understood = mark > 2, minutes = mark * 10, note = "อย่าบอกใคร" });
        Clock.SetBangkok("2026-01-05 09:00");
        await Answer(Marked, new { level = "มาก" });

        var all = (await Director.Get(Statistics())).Ok();
        var told = all["items"]!.AsArray().Single(p => p!.Text("key") == Marked)!;
        (told.Text("indicator"), told.Number("began"), told.Number("ended"), told.Number("forms")).ShouldBe(("ผู้รับบริการพึงพอใจ", 4, 4, 4));
        // (5 + 4 + 2) / 3, and two of three are 4 or 5.
        (told["marks"].Number("number"), (decimal)told["marks"]!["mean"]!, told["marks"].Number("percentHigh")).ShouldBe((3, 3.67m, 66));
        told["steps"]!.AsArray().ShouldBeEmpty("only of the procedure that is asked for");
        ((bool)all["all"]!, all["officeName"]!.Text("th").Length > 0).ShouldBe((true, true));

        var one = (await Director.Get(Statistics($"&definitionKey={Marked}"))).Ok()["items"]!.AsArray().Single()!;
        one["steps"]!.AsArray().Single()!.Number("forms").ShouldBe(4);
        var fields = one["steps"]![0]!["fields"]!.AsArray().ToDictionary(f => f!.Text("name"), f => f!);
        Values("mark").ShouldBe("5:1 4:1 3:0 2:1 1:0");
        Values("level").ShouldBe("มาก:3 น้อย:1");
        Values("understood").ShouldBe("true:2 false:1");
        (fields["minutes"].Text("kind"), (decimal)fields["minutes"]!["mean"]!, fields["minutes"].Number("sum")).ShouldBe(("number", 36.67m, 110));
        (fields["note"].Text("kind"), fields["note"].Number("answered")).ShouldBe(("text", 3));
        one.ToJsonString().ShouldNotContain("อย่าบอกใคร");

        var page = World.Visitor();
        await page.SignIn(Roles.Auditor);
        (await page.Go("/reports/answers?year=2569")).ShouldBe(200).ShouldSay("ผู้รับบริการพึงพอใจ", "3.67", "66");
        (await page.Go($"/reports/answers?year=2569&definitionKey={Marked}")).ShouldBe(200)
            .ShouldSay("ผู้รับบริการพึงพอใจ", "ความพึงพอใจ", "36.67", "ข้อเสนอแนะ 3", "เรื่องที่เริ่ม");
        page.Page.Html.ShouldContain("data-chart=\"grouped\"");
        page.Page.Html.ShouldContain($"definitionKey={Marked}&amp;step=assess", Case.Sensitive, "one by one");
        (await page.Go($"/reports/answers?year=2569&definitionKey={World.SuratThani}")).ShouldBe(200)
            .ShouldSay("สำนักงานเขตพื้นที่การศึกษาสามารถศึกษา วิเคราะห์ วิจัย", "ไม่มีแบบฟอร์มที่กรอก");
        await page.Go($"/reports/answers?year=2569&definitionKey={Marked}");
        page.Page.Html.ShouldNotContain("อย่าบอกใคร");
        (await page.Submit($"/reports/answers?handler=Export&year=2569&office={World.Office}&definitionKey={Marked}", ("format", "csv"))).ShouldBe(200);
        page.Page.Html.ShouldContain("ความพึงพอใจ,3,5,1,3.67,2,5,11");
        (await page.Go("/reports/answers?definitionKey=no.such")).ShouldBe(404);
        (await page.Go("/reports/answers?year=2026")).ShouldBe(404);

        string Values(string name) =>
            string.Join(' ', fields[name]["values"]!.AsArray().Select(v => $"{v!.Text("answer")}:{v!.Number("number")}"));
    }

    [Test]
    public async Task The_forms_of_a_step_are_a_register_that_is_searched_paged_and_taken_away()
    {
        await Publish(Listed);
        Clock.SetBangkok("2026-02-02 09:00");
        foreach (var (title, note) in new[] { ("ขอคำปรึกษาเครือข่าย", "=1+1"), ("ขอคำปรึกษาเว็บไซต์", "สอนแล้ว"), ("ขออุปกรณ์", "ให้ยืม") })
        {
            var id = await Officer.Started(Listed, title);
            (await Officer.Complete(await Officer.OpenTaskOf(id), outputs: new { level = "มาก", note, minutes = 15 })).Ok();
            Clock.Advance(TimeSpan.FromMinutes(5));
        }

        var route = $"reports/forms?office={World.Office}&definitionKey={Listed}&step=assess&fiscalYear=2569";
        var lines = await Director.All(route, 2);
        lines.Select(l => l.Text("title")).ShouldBe(["ขออุปกรณ์", "ขอคำปรึกษาเว็บไซต์", "ขอคำปรึกษาเครือข่าย"]);
        (lines[1]["answers"].Text("note"), lines[1]["answers"].Number("minutes"), lines[1].Text("personName").Length > 0).ShouldBe(("สอนแล้ว", 15, true));
        (await Director.All(route + "&q=คำปรึกษา", 50)).Count.ShouldBe(2);
        (await Director.All(route.Replace("2569", "2568", StringComparison.Ordinal), 50)).ShouldBeEmpty();
        (await Officer.Get(route)).ShouldBeProblem(403, "not-allowed");
        (await Director.Get(route + "&cursor=x")).ShouldBeProblem(400, "invalid-input", "cursor");
        (await Director.Get($"reports/forms?office={World.Office}&definitionKey={Listed}")).ShouldBeProblem(400, "invalid-input", "step");
        (await Director.Get($"reports/forms?office=elsewhere&definitionKey={Listed}&step=assess")).ShouldBeProblem(404, "office-not-found", "office");

        var page = World.Visitor();
        await page.SignIn(Roles.Director);
        var address = $"/reports/forms?year=2569&office={World.Office}&definitionKey={Listed}&step=assess";
        (await page.Go(address)).ShouldBe(200).ShouldSay("ขออุปกรณ์", "สอนแล้ว", "ข้อเสนอแนะ");
        (await page.Submit(address + "&handler=Export", ("format", "csv"))).ShouldBe(200);
        page.Page.Html.ShouldContain("ขอคำปรึกษาเครือข่าย", Case.Sensitive);
        page.Page.Html.ShouldContain("'=1+1", Case.Sensitive, "no text that a spreadsheet would calculate");
        (await page.Go(address + "&q=คำปรึกษา")).Html.ShouldNotContain("ขออุปกรณ์");
        (await page.Submit($"{address}&q={Uri.EscapeDataString("คำปรึกษา")}&handler=Export", ("format", "csv"))).ShouldBe(200);
        page.Page.Html.ShouldContain("ขอคำปรึกษาเว็บไซต์");
        page.Page.Html.ShouldNotContain("ขออุปกรณ์", Case.Sensitive, "the file has what was searched for");
        (await page.Go($"/reports/forms?year=2569&definitionKey={Listed}&step=nothing")).ShouldBe(404);
        (await Director.Post("reports/exports", new { kind = "forms", format = "csv", office = World.Office })).ShouldBeProblem(400, "invalid-input", "definitionKey");
    }

    [Test]
    public async Task Who_does_not_oversee_the_office_reads_no_statistics_of_its_forms()
    {
        (await Officer.Get(Statistics())).ShouldBeProblem(403, "not-allowed");
        (await Director.Get("reports/form-statistics?fiscalYear=2569")).ShouldBeProblem(400, "invalid-input", "office");
        (await Director.Get($"reports/form-statistics?office={World.Office}&fiscalYear=2026")).ShouldBeProblem(400, "invalid-input", "fiscalYear");
        (await Director.Get("reports/form-statistics?office=elsewhere")).ShouldBeProblem(404, "office-not-found", "office");
        (await Director.Get(Statistics("&definitionKey=no.such"))).ShouldBeProblem(404, "definition-not-found");
    }

    [Test]
    public async Task More_than_a_page_holds_come_in_pages_that_add_up()
    {
        await Publish(Many);
        await Answer(Many, new { level = "มาก" });
        // The same answer again and again, in another year.
        await World.ExecuteAsync(
            """
            INSERT INTO form_answer (office, definition_key, step_id, answered_at, task_id, instance_id, sequence)
            SELECT a.office, a.definition_key, a.step_id, @at, @task, a.instance_id, a.sequence FROM form_answer a WHERE a.definition_key = @Many LIMIT 1
            """,
            Enumerable.Range(0, GetAnswers.PageSize + 5).Select(
                i => new { at = Testing.ManualClock.Bangkok("2024-03-01 09:00").AddMinutes(i / 7), task = Guid.NewGuid(), Many }));
        var first = (await Officer.Get(RouteOf(Many) + "&fiscalYear=2567")).Ok();
        var second = (await Officer.Get($"{RouteOf(Many)}&fiscalYear=2567&cursor={first.Text("next")}")).Ok();
        (first.Number("answers"), second.Number("answers"), second["next"]).ShouldBe((GetAnswers.PageSize, 5, null));
        second["fields"]![0]!["values"]!["มาก"]!.GetValue<int>().ShouldBe(5);
    }

    [Test]
    public async Task What_cannot_be_counted_is_refused()
    {
        (await Officer.Get("reports/answers?step=assess&office=demo")).ShouldBeProblem(400, "invalid-input", "definitionKey");
        (await Officer.Get($"reports/answers?definitionKey=no.such&step=a&office={World.Office}"))
            .ShouldBeProblem(404, "definition-not-found");
        (await Officer.Get($"reports/answers?definitionKey={World.KhonKaen}&step=a&office=elsewhere"))
            .ShouldBeProblem(404, "office-not-found");
        (await Officer.Get($"reports/answers?definitionKey={World.KhonKaen}&step=a&office={World.Office}&fiscalYear=2026"))
            .ShouldBeProblem(400, "invalid-input", "fiscalYear");
        (await Officer.Get($"reports/answers?definitionKey={World.KhonKaen}&step=a&office={World.Office}&cursor=x"))
            .ShouldBeProblem(400, "invalid-input", "cursor");
    }
}
