using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>The two real procedures from start to end, over HTTP.</summary>
public sealed class ProcedureStoriesSpec(string provider) : OnBothDatabases(provider)
{
    [Test]
    public async Task The_computers_of_khon_kaen_are_rejected_once_approved_and_finished()
    {
        var start = await Officer.Start(World.KhonKaen, "ติดตั้งเครื่องคอมพิวเตอร์ห้องประชุม");
        start.Status.ShouldBe(201);
        var id = start.Ok().Text("id");
        start.Location.ShouldBe($"/api/v1/process-instances/{id}");
        start.ETag.ShouldBe($"\"{start.Ok().Number("revision")}\"");

        (await Officer.Complete(await Officer.OpenTaskOf(id), "แต่งตั้งแล้ว")).Ok().Text("state").ShouldBe("completed");
        (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        var proposal = await Director.OpenTaskOf(id);
        proposal.Text("kind").ShouldBe("approval");
        (await Director.Reject(proposal, "งบประมาณไม่เพียงพอ")).Ok().Text("outcome").ShouldBe("rejected");

        var again = await Officer.OpenTaskOf(id);
        again.Text("step").ShouldBe("plan-work");
        again.Number("attempt").ShouldBe(2);
        (await Officer.Complete(again, "ปรับแผนแล้ว")).Ok();
        var second = await Director.OpenTaskOf(id);
        second.Number("attempt").ShouldBe(2);
        (await Director.Approve(second, "เห็นชอบ")).Ok().Text("outcome").ShouldBe("approved");
        foreach (var step in new[] { "notify-those-concerned", "carry-out-work", "evaluate-and-report" })
        {
            var task = await Officer.OpenTaskOf(id);
            task.Text("step").ShouldBe(step);
            (await Officer.Complete(task)).Ok();
        }

        var report = await Director.OpenTaskOf(id);
        report.Text("kind").ShouldBe("acknowledge");
        report.Number("stepNumber").ShouldBe(6);
        (await Director.Complete(report)).Ok();

        var ended = await Officer.Case(id);
        ended.Text("status").ShouldBe("completed");
        ended["endedAt"].ShouldNotBeNull();
        ended["openTasks"]!.AsArray().ShouldBeEmpty();

        var history = await Officer.History(id);
        history.Select(h => h.Text("type")).ShouldBe(
        [
            "InstanceStarted", "TaskOpened", "TaskCompleted", "TaskOpened", "TaskCompleted", "TaskOpened", "TaskRejected", "TaskOpened", "TaskCompleted", "TaskOpened",
            "TaskApproved", "TaskOpened", "TaskCompleted", "TaskOpened", "TaskCompleted", "TaskOpened", "TaskCompleted", "TaskOpened", "TaskCompleted", "InstanceCompleted",
        ]);
        var rejected = history.Single(h => h.Text("type") == "TaskRejected");
        rejected.Text("comment").ShouldBe("งบประมาณไม่เพียงพอ");
        rejected.Text("actorName").ShouldBe("ผู้อำนวยการ ตัวอย่าง");
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task No_step_of_khon_kaen_has_a_limit_and_none_is_invented()
    {
        var id = await Officer.Started(World.KhonKaen);
        for (var task = await Officer.OpenTaskOf(id); ; task = await Officer.OpenTaskOf(id))
        {
            task["dueAt"].ShouldBeNull();
            task.Names().ShouldContain("dueAt");
            await Person.DoNext(World, id);
            if ((await Officer.Case(id)).Text("status") != "running")
                break;
        }

        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(id) })).ShouldBe(0);
    }

    // study-laws: 1–5 working days. Friday 10 April 2026; Monday to Wednesday are Songkran.
    [TestCase("2026-04-10 09:00", "2026-04-16 16:30", "2026-04-22 16:30", TestName = "Songkran_does_not_count")]
    // Thursday 28 May; 31 May is Visakha Bucha, Sunday, so Monday 1 June is its substitution; 3 June is the Queen's birthday.
    [TestCase("2026-05-28 09:00", "2026-05-29 16:30", "2026-06-08 16:30", TestName = "A_substitution_holiday_does_not_count")]
    // Friday 29 May 16:31: received after the close of business, the next working day is day 1 all the same.
    [TestCase("2026-05-29 16:31", "2026-06-02 16:30", "2026-06-09 16:30", TestName = "Receipt_after_hours_counts_from_the_next_working_day")]
    public async Task The_first_step_of_surat_thani(string start, string expectedFrom, string due)
    {
        Clock.SetBangkok(start);
        var id = await Officer.Started(World.SuratThani, "พัฒนาระบบสารสนเทศ");
        var task = await Officer.OpenTaskOf(id);
        task.Instant("dueAt").ShouldBe(ManualClock.Bangkok(due));
        task.Text("dueAt").ShouldEndWith("+07:00");

        var why = (await Officer.Get($"user-tasks/{task.Text("id")}/deadline")).Ok();
        why.Instant("expectedFrom").ShouldBe(ManualClock.Bangkok(expectedFrom));
        why.Instant("dueAt").ShouldBe(ManualClock.Bangkok(due));
        why["rule"]!.ToJsonString().ShouldBe("""{"rule":"working_days_range","min":1,"max":5}""");
        why["counted"]!.AsArray().Count.ShouldBe(5);
        why.Text("source").ShouldBe("manual");
    }

    [Test]
    public async Task Surat_thani_is_rejected_back_to_the_plan_and_its_three_steps_share_one_clock()
    {
        Clock.SetBangkok("2026-04-10 09:00");
        var id = await Officer.Started(World.SuratThani, "พัฒนาระบบสารสนเทศ");
        for (var i = 0; i < 3; i++)
            await Person.DoNext(World, id);
        var plan = await Director.OpenTaskOf(id);
        plan.Text("step").ShouldBe("approve-plan");
        (await Director.Reject(plan, "ยังไม่ครอบคลุมงาน")).Ok();
        var redo = await Officer.OpenTaskOf(id);
        (redo.Text("step"), redo.Number("attempt")).ShouldBe(("design-plan", 2));

        // Each pass has a clock of its own, from the moment of the new receipt.
        Clock.SetBangkok("2026-04-16 10:00");
        redo.Instant("dueAt").ShouldBe((await Officer.OpenTaskOf(id)).Instant("dueAt"));
        await Person.DoNext(World, id);
        await Person.DoNext(World, id);
        await Person.DoNext(World, id);

        // 45–60 plain days from Thursday 16 April: 31 May is Visakha Bucha and 1 June its substitution; 15 June is a Monday.
        var research = await Officer.OpenTaskOf(id);
        research.Text("step").ShouldBe("research-and-develop");
        research.Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-06-15 16:30"));
        var why = (await Officer.Get($"user-tasks/{research.Text("id")}/deadline")).Ok();
        why.Instant("expectedFrom").ShouldBe(ManualClock.Bangkok("2026-06-02 16:30"));
        why["sharedBy"]!.AsArray().Select(s => (string)s!).ShouldBe(["research-and-develop", "pilot-test", "follow-up-pilot"]);

        var clocks = await Clocks();
        Clock.SetBangkok("2026-05-12 10:00");
        foreach (var step in new[] { "pilot-test", "follow-up-pilot" })
        {
            await Person.DoNext(World, id);
            var task = await Officer.OpenTaskOf(id);
            task.Text("step").ShouldBe(step);
            task.Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-06-15 16:30"));
            (await Clocks()).ShouldBe(clocks);
        }

        await Person.DoNext(World, id);
        (await World.ScalarAsync<string>("SELECT result FROM deadline WHERE instance_id = @id AND step_id = 'research-and-develop'", new { id = Guid.Parse(id) }))
            .ShouldBe("early");
        while ((await Officer.Case(id)).Text("status") == "running")
            await Person.DoNext(World, id);
        (await Officer.Case(id)).Text("status").ShouldBe("completed");
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();

        Task<long> Clocks() =>
            World.ScalarAsync<long>("SELECT COUNT(*) FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(id) });
    }

    [Test]
    public async Task A_plan_may_be_returned_to_a_step_that_the_definition_allows_and_to_no_other()
    {
        var id = await Officer.Started(World.KhonKaen);
        await Person.DoNext(World, id);
        await Person.DoNext(World, id);
        var proposal = await Director.OpenTaskOf(id);
        (await Director.Return(proposal, "แก้ไข", "carry-out-work")).ShouldBeProblem(422, "return-not-allowed", "toStep");
        (await Director.Return(proposal, "แก้ไข", "no-such-step")).ShouldBeProblem(422, "return-not-allowed", "toStep");
        (await Director.Return(proposal, " ")).ShouldBeProblem(400, "invalid-input", "comment");
        (await Director.Return(proposal, "แก้ไขคณะทำงาน", "appoint-working-group")).Ok().Text("outcome").ShouldBe("returned");
        var task = await Officer.OpenTaskOf(id);
        (task.Text("step"), task.Number("attempt")).ShouldBe(("appoint-working-group", 2));
    }

    [Test]
    public async Task A_cancelled_case_says_why_and_takes_no_more_acts()
    {
        var id = await Officer.Started(World.SuratThani);
        var task = await Officer.OpenTaskOf(id);
        (await As(Roles.CommitteeMember).Cancel(id, "ไม่ใช่เรื่องของตน")).ShouldBeProblem(403, "not-allowed");
        (await Director.Cancel(id, "")).ShouldBeProblem(400, "invalid-input", "comment");
        (await Director.Cancel(id, "ยกเลิกโครงการ")).Ok().Text("status").ShouldBe("cancelled");
        (await Director.Cancel(id, "อีกครั้ง")).ShouldBeProblem(409, "instance-has-ended");
        (await Officer.Complete(task)).ShouldBeProblem(409, "task-not-open");
        (await World.ScalarAsync<string>("SELECT state FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(id) }))
            .ShouldBe("cancelled");
        (await Officer.History(id)).Last().Text("comment").ShouldBe("ยกเลิกโครงการ");
    }

    [Test]
    public async Task A_task_is_claimed_commented_on_reassigned_and_then_only_its_holder_completes_it()
    {
        var admin = World.As(Roles.Administrator);
        var name = $"officer-two-{Provider}";
        var second = (await admin.Post("users", new { userName = name, displayName = "เจ้าหน้าที่ คนที่สอง", office = World.Office, roles = new[] { Roles.Officer } })).Ok();
        var other = await World.WithKeyOf(second.Text("id"));

        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        (await Officer.Claim(task)).Ok()["assignee"].ShouldNotBeNull();
        (await Officer.Claim(task)).Status.ShouldBe(200);
        (await other.Complete(task)).ShouldBeProblem(409, "task-held-by-another");
        (await other.Claim(task)).ShouldBeProblem(409, "task-held-by-another");
        (await Director.Comment(task, "เร่งด้วย")).Ok();
        (await Director.Reassign(task, "demo.director")).ShouldBeProblem(422, "assignee-lacks-role", "assignee");
        (await Director.Reassign(task, "nobody-of-that-name")).ShouldBeProblem(422, "user-not-found", "assignee");
        (await other.Reassign(task, name)).ShouldBeProblem(403, "not-allowed");
        (await Director.Reassign(task, name)).Ok().Text("assignee").ShouldBe(second.Text("id"));
        (await Officer.Complete(task)).ShouldBeProblem(409, "task-held-by-another");
        (await other.Complete(task)).Ok().Text("closedBy").ShouldBe(second.Text("id"));
        (await other.All("notifications")).Select(n => n.Text("kind")).ShouldContain("task-reassigned");
    }
}
