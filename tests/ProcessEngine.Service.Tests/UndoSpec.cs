using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// What was just decided is taken back: the rows say what they said before, nobody is told, and the audit trail has both.
/// </summary>
public sealed class UndoSpec(string provider) : OnBothDatabases(provider)
{
    /// <summary>Everything that the service reads of a case besides its history, without the numbers that count changes.</summary>
    async Task<string> Rows(string instance)
    {
        var rows = new List<string>();
        foreach (var (table, columns) in new[]
        {
            ("process_instance", "status || ' ' || COALESCE(CAST(ended_at AS text), '-') || ' ' || COALESCE(CAST(next_due_at AS text), '-')"),
            ("user_task", "CAST(task_id AS text) || state || COALESCE(outcome, '-') || COALESCE(CAST(assignee AS text), '-') || COALESCE(CAST(closed_at AS text), '-') || COALESCE(CAST(closed_by AS text), '-') || COALESCE(CAST(due_at AS text), '-') || CAST(due_order AS text)"),
            ("deadline", "CAST(deadline_id AS text) || state || COALESCE(result, '-') || COALESCE(CAST(closed_at AS text), '-') || CAST(due_at AS text) || COALESCE(CAST(wake_at AS text), '-')"),
            ("process_wait", "CAST(wait_id AS text) || kind || COALESCE(CAST(wake_at AS text), '-') || COALESCE(message, '-') || COALESCE(correlation, '-')"),
            ("incident", "CAST(incident_id AS text) || code"),
            ("form_answer", "CAST(task_id AS text)"),
            ("outbox", "CAST(message_id AS text)"),
        })
        {
            // What was opened by the decision is closed as if nobody had needed it.
            var withdrawn = table is "user_task" or "deadline" ? " AND state <> 'cancelled'" : "";
            rows.AddRange((await World.QueryAsync<string>($"SELECT {columns} FROM {table} WHERE instance_id = @id{withdrawn}", new { id = Guid.Parse(instance) })).Order(StringComparer.Ordinal).Select(r => $"{table} {r}"));
        }

        return string.Join('\n', rows);
    }

    async Task<(string Instance, JsonNode Task)> Proposed()
    {
        var instance = await Officer.Started(World.KhonKaen);
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        return (instance, await Officer.OpenTaskOf(instance));
    }

    async Task Undone(string instance, JsonNode task, Person by, Func<Task<Answer>> decide)
    {
        var before = await Rows(instance);
        (await decide()).Ok();
        (await Rows(instance)).ShouldNotBe(before);
        Clock.Advance(TimeSpan.FromSeconds(9));
        var undone = (await by.Act("undo", task)).Ok();
        (undone.Text("state"), undone.Text("id")).ShouldBe(("open", task.Text("id")));
        (await Rows(instance)).ShouldBe(before);
        ((bool)(await As(Roles.Auditor).Verify(instance))["valid"]!).ShouldBeTrue();
        (await World.EventsAsync(instance))[^1].ShouldBe("ActUndone");
    }

    [Test]
    public async Task A_rejection_is_taken_back_and_the_task_is_decided_otherwise()
    {
        var (instance, task) = await Proposed();
        await Undone(instance, task, Director, () => Director.Reject(task, "กดผิด"));
        (await Director.Act("approve", task, ifMatch: $"\"{task.Number("revision")}\"")).ShouldBeProblem(412, "task-changed", "revision");
        (await Director.Approve(await Director.OpenTaskOf(instance))).Ok();
        (await World.EventsAsync(instance)).Where(e => e is "TaskRejected" or "ActUndone" or "TaskApproved")
            .ShouldBe(["TaskRejected", "ActUndone", "TaskApproved"]);
    }

    [Test]
    public async Task Work_that_was_given_to_somebody_is_taken_back_before_they_are_told()
    {
        var instance = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(instance);
        (await As(Roles.GroupDirector).Act("claim", task)).Status.ShouldNotBe(200);
        var taker = (await World.QueryAsync<Guid>("SELECT user_id FROM app_user WHERE user_name = @name", new { name = "demo.officer" }))[0];
        await Undone(instance, task, Director, () => Director.Act("reassign", task, new { assignee = taker.ToString() }));
        (await Officer.OpenTaskOf(instance))["assignee"].ShouldBeNull();
        (await Director.Act("reassign", await Officer.OpenTaskOf(instance), new { assignee = taker.ToString() })).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        (await Director.Act("undo", task)).ShouldBeProblem(403, "not-allowed");
    }

    [Test]
    public async Task Limits_timers_answers_and_the_end_of_a_case_are_as_they_were()
    {
        var key = await new Chart("test.undo").Arrows("start -> fill -> wait -> end", "wait.TooLong -> chase -> end-late").Knows("place")
            .Box("fill", "UserTask", new { role = Roles.Officer, slaRule = "working_days", slaN = 3, formSchema = new { type = "object", properties = new { place = new { type = "string", title = "สถานที่" } } } })
            .Box("wait", "UserTask", new { role = Roles.Officer, slaRule = "working_days", slaN = 1, timers = new[] { new { port = "TooLong", slaRule = "working_minutes", slaMinutes = 30, interrupts = true } } })
            .PublishAsync(World);
        var instance = await Officer.Started(key);
        var fill = await Officer.OpenTaskOf(instance);
        await Undone(instance, fill, Officer, () => Officer.Complete(fill, "ครบ", new { place = "ห้องประชุม" }));
        (await Officer.Complete(await Officer.OpenTaskOf(instance), null, new { place = "ห้องใหญ่" })).Ok();
        var wait = await Officer.OpenTaskOf(instance);
        await Undone(instance, wait, Officer, () => Officer.Complete(wait));
        (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        (await Officer.Case(instance)).Text("status").ShouldBe("completed");
    }

    [Test]
    public async Task The_same_undo_twice_is_one()
    {
        var (instance, task) = await Proposed();
        (await Director.Approve(task)).Ok();
        var first = await Director.Act("undo", task, key: "undo-1");
        var again = await Director.Act("undo", task, key: "undo-1");
        (again.Replayed, again.Raw).ShouldBe((true, first.Raw));
        (await World.EventsAsync(instance)).Count(e => e == "ActUndone").ShouldBe(1);
        (await Director.Act("undo", task)).ShouldBeProblem(409, "action-not-possible");
    }

    [Test]
    public async Task After_ten_seconds_by_somebody_else_or_when_somebody_has_gone_on_it_stands()
    {
        var (instance, task) = await Proposed();
        (await Director.Approve(task)).Ok();
        var counts = await World.RowCountsAsync();
        (await Officer.Act("undo", task)).ShouldBeProblem(403, "not-allowed")["message"].Text("th")
            .ShouldBe("ผู้ที่บันทึกไว้เท่านั้นที่ทำรายการนี้ได้");
        (await As(Roles.Auditor).Act("undo", task)).ShouldBeProblem(403, "not-allowed");
        Clock.Advance(TimeSpan.FromSeconds(11));
        (await Director.Act("undo", task)).ShouldBeProblem(409, "undo-too-late");
        (await World.RowCountsAsync()).ShouldBe(counts);

        (instance, task) = await Proposed();
        (await Director.Approve(task)).Ok();
        Clock.Advance(TimeSpan.FromSeconds(2));
        (await Officer.Claim(await Officer.OpenTaskOf(instance))).Ok();
        (await Director.Act("undo", task)).ShouldBeProblem(409, "act-followed");
    }

    [Test]
    public async Task What_somebody_was_told_outside_cannot_be_taken_back()
    {
        var (instance, task) = await Proposed();
        (await Director.Approve(task)).Ok();
        await World.ExecuteAsync("UPDATE outbox SET told = @yes WHERE instance_id = @id", new { yes = true, id = Guid.Parse(instance) });
        (await Director.Act("undo", task)).ShouldBeProblem(409, "not-reversible");
    }

    [Test]
    public async Task On_the_page_what_was_written_stands_in_the_form_again()
    {
        var (_, task) = await Proposed();
        var (id, director) = (task.Text("id"), World.Visitor());
        await director.SignIn(Roles.Director);
        await director.Go($"/tasks/{id}");
        await director.Submit(
            $"/tasks/{id}?handler=review", ("act", "return"), ("comment", "ขอให้ทบทวนคณะทำงาน"), ("toStep", "appoint-working-group"));
        await director.Submit($"/tasks/{id}?handler=act");
        (await director.Follow()).ShouldSay("บันทึกแล้ว: ส่งกลับแก้ไข", "เลิกทำ");
        (await director.Submit($"/tasks/{id}?handler=undo")).ShouldLeadTo($"/tasks/{id}");
        (await director.Follow()).ShouldSay("เลิกทำแล้ว งานกลับมาที่ท่าน", "ขอให้ทบทวนคณะทำงาน", "เลิกทำสิ่งที่บันทึกไว้เมื่อ");
        director.Page.Html.ShouldMatch("value=\"appoint-working-group\"[^>]* selected");
        Clock.Advance(TimeSpan.FromMinutes(1));
        await director.Submit($"/tasks/{id}?handler=review", ("act", "approve"));
        await director.Submit($"/tasks/{id}?handler=act");
        await director.Follow();
        var undo = director.FieldsOf($"/tasks/{id}?handler=undo");
        Clock.Advance(TimeSpan.FromSeconds(11));
        (await director.Post($"/tasks/{id}?handler=undo", undo)).ShouldBe(409).ShouldSay("เลิกทำได้ภายใน 10 วินาทีเท่านั้น");
        (await director.Go($"/tasks/{id}?handler=done&act=approve")).Text.ShouldNotContain("เลิกทำ ได้ภายใน");
    }
}
