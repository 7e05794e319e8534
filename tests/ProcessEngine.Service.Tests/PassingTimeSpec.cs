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
    public async Task A_case_that_cannot_be_swept_does_not_hold_up_the_others()
    {
        Clock.SetBangkok("2026-03-02 09:00");
        var broken = await Officer.Started(World.SuratThani, "เสีย");
        var sound = await Officer.Started(World.SuratThani, "ดี");
        await World.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(state, '\"definitionVersion\":1', '\"definitionVersion\":77') WHERE instance_id = @id", new { id = Guid.Parse(broken) });
        Clock.SetBangkok("2026-04-02 09:00");
        await World.Sweep();
        (await World.EventsAsync(sound)).Skip(3).ShouldBe(Rungs);
        (await World.ScalarAsync<long>("SELECT failures FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(broken) })).ShouldBe(1);
        await World.ExecuteAsync("UPDATE deadline SET wake_at = NULL WHERE instance_id = @id", new { id = Guid.Parse(broken) });
    }
}
