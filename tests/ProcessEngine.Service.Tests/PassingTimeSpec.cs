using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>Promises P4, P5 and P7: rungs are taken once, late ones with their true time, and no clock moves a stored deadline.</summary>
public sealed class PassingTimeSpec(string provider) : OnBothDatabases(provider)
{
    static readonly string[] Rungs = ["TaskReminded", "TaskOverdue", "TaskEscalated", "TaskEscalated"];

    [Test]
    public async Task After_an_outage_one_sweep_takes_every_rung_once_marked_late_with_its_true_time()
    {
        Clock.SetBangkok("2026-04-10 09:00");
        var id = await Officer.Started(World.SuratThani);
        (await Officer.OpenTaskOf(id)).Instant("dueAt").ShouldBe(Testing.ManualClock.Bangkok("2026-04-22 16:30"));
        await World.Sweep();
        (await World.EventsAsync(id)).ShouldBe(["InstanceStarted", "DeadlineSet", "TaskOpened"]);

        Clock.SetBangkok("2026-05-20 09:00");
        await Task.WhenAll(World.Sweep(), World.Sweep(), World.Sweep());
        await World.Sweep();
        (await World.EventsAsync(id)).Skip(3).ShouldBe(Rungs);
        var taken = (await Officer.History(id)).Skip(3).Select(e => e!["data"]!).ToList();
        taken.ShouldAllBe(e => (bool)e["late"]!);
        taken.Select(e => e.Instant("scheduledFor")).ShouldBe(
            new[] { "2026-04-21 16:30", "2026-04-22 16:30", "2026-04-23 16:30", "2026-04-27 16:30" }.Select(Testing.ManualClock.Bangkok));
        // The reminder is overtaken by the notice that the work is overdue; whoever else must know is told, once.
        taken.Select(e => (bool)e["superseded"]!).ShouldBe([true, false, false, false]);
    }

    [TestCase("suspend", "resume")]
    [TestCase("pause", "continue")]
    public async Task What_stands_still_is_not_overdue_and_goes_on_with_the_time_that_it_had(string pause, string goOn)
    {
        Clock.SetBangkok("2026-03-02 09:00");
        var id = await Officer.Started(World.SuratThani);
        var due = (await Officer.OpenTaskOf(id)).Instant("dueAt");
        Clock.SetBangkok("2026-03-05 17:00");
        var (person, path) = pause == "suspend" ? (Director, $"process-instances/{id}") : (Officer, $"user-tasks/{(await Officer.OpenTaskOf(id)).Text("id")}");
        (await person.Post($"{path}/{pause}", new { comment = "น้ำท่วม" })).Ok();

        Clock.SetBangkok("2026-04-24 08:00");
        await World.Sweep();
        (await Officer.All("user-tasks?overdue=true")).ShouldNotContain(t => t.Text("processInstanceId") == id);
        (await Officer.All("process-instances?overdue=true")).ShouldNotContain(c => c.Text("id") == id);
        (await Officer.All("process-instances?overdue=false", limit: 100)).ShouldContain(c => c.Text("id") == id);
        (await Officer.Get($"sla/compliance?from=2026-03-02T02:00:00Z&to=2026-03-02T02:00:01Z")).Ok()["items"]!.AsArray()
            .Sum(g => (int)g!["overdue"]!).ShouldBe(0);

        (await person.Post($"{path}/{goOn}", new { comment = "น้ำลด" })).Ok();
        var task = await Officer.OpenTaskOf(id);
        task.Instant("dueAt").ShouldBeGreaterThan(due);
        Clock.SetBangkok("2026-12-01 09:00");
        (await Officer.All("user-tasks?overdue=true")).ShouldContain(t => t.Text("processInstanceId") == id);
        (await Officer.Complete(task)).Ok();
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task A_clock_that_jumps_changes_no_stored_deadline()
    {
        Clock.SetBangkok("2026-03-02 09:00");
        var id = await Officer.Started(World.SuratThani);
        var due = (await Officer.OpenTaskOf(id)).Text("dueAt");
        foreach (var jump in new[] { "2026-03-03 09:00", "2026-03-01 09:00", "2026-03-02 09:00" })
        {
            Clock.SetBangkok(jump);
            await World.Sweep();
            (await Officer.OpenTaskOf(id)).Text("dueAt").ShouldBe(due);
        }

        (await World.EventsAsync(id)).Count.ShouldBe(3);
    }

    [Test]
    public async Task Rungs_that_a_clock_set_ahead_has_taken_are_not_taken_again_when_it_is_set_right()
    {
        var id = await Officer.Started(World.SuratThani);
        var due = (await Officer.OpenTaskOf(id)).Text("dueAt");
        foreach (var jump in new[] { "2026-03-31 09:00", "2026-03-02 09:05", "2026-02-01 09:00", "2026-03-31 09:00", "2026-05-01 09:00" })
        {
            Clock.SetBangkok(jump);
            await World.Sweep();
            (await World.EventsAsync(id)).Skip(3).ShouldBe(Rungs);
        }

        (await Officer.OpenTaskOf(id)).Text("dueAt").ShouldBe(due);
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task Nodes_that_sweep_the_same_rows_take_each_rung_once()
    {
        await using var second = Provider == "postgresql" ? await World.StartAsync(Provider, beside: World) : null;
        var cases = new List<string>();
        for (var i = 0; i < 40; i++)
            cases.Add(await Officer.Started(World.SuratThani));
        foreach (var moment in new[] { "2026-03-09 16:31", "2026-03-10 16:31", "2026-03-11 16:31", "2026-03-13 16:31" })
        {
            Clock.SetBangkok(moment);
            await Task.WhenAll(World.Sweep(), (second ?? World).Sweep(), World.Sweep(), (second ?? World).Sweep());
        }

        foreach (var id in cases)
            (await World.EventsAsync(id)).Skip(3).ShouldBe(Rungs);
    }

    [Test]
    public async Task After_an_outage_more_overdue_cases_than_a_batch_holds_are_taken_once_each_marked_late_and_without_a_storm()
    {
        const string title = "ค้างจากไฟดับ";
        const int some = 50;
        var all = World.Database.SweepBatch + (2 * some);
        await Parallel.ForAsync(
            0, all, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
                (await Officer.Start(World.SuratThani, title)).Ok());
        Clock.SetBangkok("2026-06-02 09:00");
        (await World.Deadlines.TakeAsync(some, CancellationToken.None)).Count.ShouldBe(some);
        (await Acted()).ShouldBeLessThanOrEqualTo(some);
        (await World.Sweep()).ShouldBeGreaterThanOrEqualTo(all - some);
        (await Acted()).ShouldBe(all);
        (await World.Sweep()).ShouldBe(0);

        var perKind = await World.QueryAsync<(string Type, long Count)>(
            $"SELECT e.type, COUNT(*) AS count {OfOurs("audit_event e", "e.payload LIKE '%\"late\":true%'")} GROUP BY e.type ORDER BY e.type", new { title });
        perKind.ShouldBe([("TaskEscalated", 2 * all), ("TaskOverdue", all), ("TaskReminded", all)]);
        // The reminder is overtaken; whoever has the work, the superior and the director are told once for each case.
        var notices = await World.QueryAsync<(string Kind, long Count)>(
            $"SELECT e.kind, COUNT(*) AS count {OfOurs("outbox e", "e.kind <> 'task-opened'")} GROUP BY e.kind ORDER BY e.kind",
            new { title });
        notices.ShouldBe([("task-escalated", 2 * all), ("task-overdue", all)]);

        Task<long> Acted() => World.ScalarAsync<long>(
            $"SELECT COUNT(DISTINCT e.instance_id) {OfOurs("audit_event e", "e.type = 'TaskOverdue'")}", new { title });

        static string OfOurs(string rows, string where) =>
            $"FROM {rows} JOIN process_instance i ON i.instance_id = e.instance_id WHERE i.title = @title AND {where}";
    }

    [Test]
    public async Task A_case_that_cannot_be_swept_is_set_aside_shown_and_taken_once_it_is_put_right()
    {
        var broken = await Officer.Started(World.SuratThani, "เสีย");
        var sound = await Officer.Started(World.SuratThani, "ดี");
        await SetVersionAsync(77);
        Clock.SetBangkok("2026-04-02 09:00");
        await World.Sweep();
        (await World.EventsAsync(sound)).Skip(3).ShouldBe(Rungs, "the others are not held up");
        (await World.EventsAsync(broken)).Count.ShouldBe(3);
        (await World.Nobody.Get("/health/ready")).Ok().Number("deadlinesSetAside").ShouldBe(1);

        await SetVersionAsync(1);
        await World.Sweep();
        (await World.EventsAsync(broken)).Count.ShouldBe(3, "it is looked at again only after a while");
        Clock.Advance(TimeSpan.FromMinutes(11));
        await World.Sweep();
        (await World.EventsAsync(broken)).Skip(3).ShouldBe(Rungs);
        (await World.Nobody.Get("/health/ready")).Ok().Number("deadlinesSetAside").ShouldBe(0);

        Task SetVersionAsync(int version) => World.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(REPLACE(state, '\"definitionVersion\":1', '\"definitionVersion\":@'), '\"definitionVersion\":77', '\"definitionVersion\":@') WHERE instance_id = @id"
                .Replace(":@", $":{version}", StringComparison.Ordinal),
            new { id = Guid.Parse(broken) });
    }
}
