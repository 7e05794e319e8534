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

    static string RouteOf(string key) => $"reports/answers?definitionKey={key}&step=assess&office={World.Office}";

    async Task Publish(string key)
    {
        var definition = JsonNode.Parse("""
            {"definitionId":"test.survey","name":"สำรวจความพึงพอใจ","root":{"type":"Elsa.Flowchart","activities":[
            {"id":"start","type":"ProcessEngine.Start"},
            {"id":"assess","type":"ProcessEngine.UserTask","nameTh":"ประเมิน","role":"officer","formSchema":{"type":"object","properties":{
              "level":{"type":"string","title":"ระดับ","x-title-en":"Level","enum":["มาก","น้อย"],"default":"มาก"},"understood":{"type":"boolean","title":"เข้าใจ"},
              "minutes":{"type":"integer","title":"นาที"},"note":{"type":"string","title":"ข้อเสนอแนะ"}}}},
            {"id":"end","type":"ProcessEngine.End"}],
            "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"assess","port":"In"}},{"source":{"activity":"assess","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
            """)!;
        definition["definitionId"] = key;
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", definition)).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish")).Ok()["warnings"]!.AsArray().ShouldBeEmpty();
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
