using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>Whoever decides sees what is proposed: on the page, before it is stored, of many at once, in the memorandum, over REST.</summary>
public sealed class ProposalSpec(string provider) : OnBothDatabases(provider)
{
    const string Form =
        """{"type":"object","properties":{"budget":{"type":"number","title":"งบประมาณ"},"day":{"type":"string","format":"date","title":"วันที่จัด"},"room":{"type":"string","title":"สถานที่"}},"required":["budget"]}""";

    string key = null!;

    [OneTimeSetUp]
    public async Task PublishAProposal() => key = await new Chart("proposal.page")
        .Arrows("start -> plan -> decide", "decide.Approve -> end", "decide.Reject -> plan", "decide.Return -> plan")
        .Box("plan", "UserTask", new { nameTh = "จัดทำแผน", role = Roles.Officer, formSchema = System.Text.Json.Nodes.JsonNode.Parse(Form) })
        .Box("decide", "Approval", new { nameTh = "พิจารณา", role = Roles.Director }).PublishAsync(World);

    async Task<(string Case, string Task)> Proposed(string title, object? plan = null)
    {
        var id = (await Officer.Start(key, title)).Ok().Text("id");
        (await Officer.Complete(await Officer.OpenTaskOf(id), "เสนอเพื่อพิจารณา", plan ?? new { budget = 5000, day = "2026-12-08", room = "ห้องใหญ่" })).Ok();
        return (id, (await Officer.OpenTaskOf(id)).Text("id"));
    }

    async Task<Visitor> Boss()
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(Roles.Director)).ShouldLeadTo("/");
        return visitor;
    }

    [Test]
    public async Task The_page_of_a_decision_shows_what_is_proposed_with_its_labels_and_who_wrote_it()
    {
        var (_, task) = await Proposed("เสนอแผนหนึ่ง");
        (await (await Boss()).Go($"/tasks/{task}")).ShouldBe(200)
            .ShouldSay("สิ่งที่เสนอให้พิจารณา", "งบประมาณ", "5,000", "วันที่จัด", "8 ธ.ค. 2569", "ห้องใหญ่", "เสนอเพื่อพิจารณา", "เจ้าหน้าที่ ตัวอย่าง");
    }

    [Test]
    public async Task After_a_rejection_both_sides_see_why_and_the_change_is_marked()
    {
        var (id, task) = await Proposed("เสนอแผนสอง");
        (await Director.Act("reject", await Officer.OpenTaskOf(id), new { comment = "งบสูงเกินไป" })).Ok();
        var again = await Officer.OpenTaskOf(id);
        var writer = World.Visitor();
        (await writer.SignIn(Roles.Officer)).ShouldLeadTo("/");
        (await writer.Go($"/tasks/{again.Text("id")}")).ShouldSay("ครั้งก่อนไม่เห็นชอบ", "งบสูงเกินไป");
        (await Officer.Complete(again, null, new { budget = 4000, day = "2026-12-08" })).Ok();
        var next = (await Officer.OpenTaskOf(id)).Text("id");
        (await (await Boss()).Go($"/tasks/{next}")).ShouldSay("งบสูงเกินไป", "4,000", "เปลี่ยนจากรอบก่อน", "5,000", "รอบก่อนกรอกไว้ รอบนี้ไม่มี");

        var proposal = (await Director.Get($"user-tasks/{next}/proposal")).Ok();
        proposal["refused"]!.Text("reason").ShouldBe("งบสูงเกินไป");
        var step = proposal["steps"]!.AsArray().ShouldHaveSingleItem()!;
        (step.Text("step"), step.Number("attempt"), step.Text("byName")).ShouldBe(("plan", 2, "เจ้าหน้าที่ ตัวอย่าง"));
        step["fields"]!.AsArray().Select(f => (f!.Text("name"), (bool)f!["changed"]!)).ShouldBe([("budget", true), ("day", false)]);
        // What was decided on the first time stays what it was.
        (await Director.Get($"user-tasks/{task}/proposal")).Ok()["steps"]![0]!["fields"]![0]!["value"]!.GetValue<int>().ShouldBe(5000);
    }

    [Test]
    public async Task The_question_before_a_decision_and_each_row_of_many_show_it_too()
    {
        var ((_, one), (_, other)) = (await Proposed("เสนอแผนสาม"), await Proposed("เสนอแผนสี่", new { budget = 777 }));
        var boss = await Boss();
        await boss.Go($"/tasks/{one}");
        var review = $"/tasks/{one}?handler=review";
        (await boss.Post(review, boss.FieldsOf(review), ("act", "approve"))).ShouldSay("ท่านกำลังจะบันทึกว่า", "สิ่งที่เสนอให้พิจารณา", "5,000");
        await boss.Go("/");
        var revisions = new List<(string, string)> { ("act", "approve") };
        foreach (var id in new[] { one, other })
            revisions.Add(("task", $"{id}.{(await Director.Get($"user-tasks/{id}")).Ok().Number("revision")}"));
        (await boss.Post("/many", boss.FieldsOf("/many"), [.. revisions])).ShouldSay("สิ่งที่เสนอ", "5,000", "777");
    }

    [Test]
    public async Task The_memorandum_says_what_is_proposed()
    {
        var (id, task) = await Proposed("เสนอแผนห้า");
        (await (await Boss()).Go($"/cases/{id}/memo?task={task}")).ShouldSay("โดยมีสาระสำคัญ ดังนี้", "งบประมาณ", "๕,๐๐๐", "๘ ธ.ค. ๒๕๖๙");
    }

    [Test]
    public async Task Whoever_may_not_see_the_task_does_not_see_it()
    {
        var (_, task) = await Proposed("เสนอแผนหก");
        (await As(Roles.Clerk).Get($"user-tasks/{task}/proposal")).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Auditor).Get($"user-tasks/{task}/proposal")).Ok();
    }
}
