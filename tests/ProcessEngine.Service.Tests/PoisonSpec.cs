using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Recurrences;

namespace ProcessEngine.Service.Tests;

/// <summary>One item that a job cannot work off holds up no other: it is tried again, then set aside, shown, and goes through once repaired.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class PoisonSpec(string provider)
{
    World world = null!;

    [SetUp]
    public async Task Start() => world = await World.StartAsync(provider);

    [TearDown]
    public async Task End() => await world.DisposeAsync();

    Person Officer => world.Officer;
    Person Administrator => world.As(Roles.Administrator);

    Task Run<T>()
        where T : IRecurringJob => world.Services.GetRequiredService<T>().RunAsync(CancellationToken.None);

    /// <summary>As if the program could not read it: its definition is of a version that there is not.</summary>
    Task Break(string instance, bool broken = true) => world.ExecuteAsync(
        "UPDATE process_instance SET state = REPLACE(state, @from, @to) WHERE instance_id = @id",
        new
        {
            id = Guid.Parse(instance),
            from = $"\"definitionVersion\":{(broken ? 1 : 77)}",
            to = $"\"definitionVersion\":{(broken ? 77 : 1)}",
        });

    async Task<JsonNode> Health() => (await world.Nobody.Get("/health/ready")).Ok();

    async Task<JsonArray> SetAside() => (await Administrator.Get($"offices/{World.Office}/set-aside")).Ok().AsArray();

    /// <summary>Its waiting times go by, until it is given up.</summary>
    async Task GiveUp(Func<Task> run)
    {
        for (var i = 0; i < WorkItems.MaxAttempts; i++)
        {
            await run();
            world.Clock.Advance(TimeSpan.FromMinutes(40));
        }
    }

    async Task Retries(string job, string item, Func<Task> run)
    {
        (await Administrator.Post($"offices/{World.Office}/set-aside/retry", new { job, item })).Status.ShouldBe(204);
        await run();
        (await SetAside()).ShouldBeEmpty();
        (await Health()).Number("itemsSetAside").ShouldBe(0);
    }

    [Test]
    public async Task The_deadlines_of_a_case_that_cannot_be_read()
    {
        var broken = await Officer.Started(World.SuratThani, "เสีย");
        var sound = await Officer.Started(World.SuratThani, "ดี");
        await Break(broken);
        world.Clock.SetBangkok("2026-04-02 09:00");
        await world.Sweep();
        (await world.EventsAsync(sound)).ShouldContain("TaskOverdue");
        var first = await Health();
        (first.Number("deadlinesSetAside"), first.Number("itemsSetAside")).ShouldBe((1, 0), "it is tried again by itself");

        await GiveUp(world.Sweep);
        var given = (await SetAside()).ShouldHaveSingleItem()!;
        (given.Text("job"), given.Text("item"), given.Text("about"), given.Number("attempts"))
            .ShouldBe(("deadline-sweep", broken, "เสีย", WorkItems.MaxAttempts));
        var health = await Health();
        (health.Text("status"), health.Number("itemsSetAside")).ShouldBe(("degraded", 1));
        health["lateJobs"]!.AsArray().Select(j => j!.GetValue<string>()).ShouldContain("deadline-sweep");
        var visitor = world.Visitor();
        await visitor.SignIn(Roles.Administrator);
        (await visitor.Go("/admin")).ShouldSay("รอผู้ดูแลระบบ", "เสีย");
        await Run<SetAsideNotices>();
        await Run<SetAsideNotices>();
        (await Administrator.All("notifications", 50)).Where(n => n.Text("kind") == "work-set-aside")
            .ShouldHaveSingleItem("told once").Text("link").ShouldBe("/admin");
        (await visitor.Go("/notifications")).ShouldSay("มีงานที่ระบบทำไม่สำเร็จ", "งานเบื้องหลังของระบบ");

        await Break(broken, false);
        await world.Sweep();
        (await world.EventsAsync(broken)).ShouldNotContain("TaskOverdue", "nobody has asked for it");
        await Retries("deadline-sweep", broken, world.Sweep);
        (await world.EventsAsync(broken)).Count(t => t == "TaskOverdue").ShouldBe(1);
    }

    [Test]
    public async Task A_snapshot_that_is_behind_its_events()
    {
        var broken = await Officer.Started(World.SuratThani, "ตามหลัง");
        var before = (await world.QueryAsync<(int Revision, byte[] Head, string State)>(
            "SELECT revision, head_hash, state FROM process_instance WHERE instance_id = @id", new { id = Guid.Parse(broken) }))[0];
        (await Officer.Claim(await Officer.OpenTaskOf(broken))).Ok();
        await world.ExecuteAsync(
            "UPDATE process_instance SET revision = @Revision, head_hash = @Head, state = @State WHERE instance_id = @id",
            new { id = Guid.Parse(broken), before.Revision, before.Head, before.State });
        var sound = await Officer.Started(World.SuratThani, "ดี");
        world.Clock.SetBangkok("2026-04-02 09:00");
        await world.Sweep();
        (await world.EventsAsync(sound)).ShouldContain("TaskOverdue");
        (await Health()).Number("deadlinesSetAside").ShouldBe(1);
        await GiveUp(world.Sweep);
        (await SetAside()).ShouldHaveSingleItem()!.Text("error").ShouldContain("Another writer was first");
    }

    [Test]
    public async Task The_end_of_a_sub_process_whose_caller_cannot_be_read()
    {
        var child = await new Chart("poison.child").Arrows("start -> work -> end").PublishAsync(world);
        var parent = await new Chart("poison.parent").Arrows("start -> call -> after -> end")
            .Box("call", "CallProcess", new { nameTh = "เรียก", definitionKey = child }).PublishAsync(world);
        var (broken, sound) = (await Officer.Started(parent, "เสีย"), await Officer.Started(parent, "ดี"));
        await Run<CaseCalls>();
        foreach (var caller in new[] { broken, sound })
        {
            var called = (await Officer.Case(caller))["waits"]!.AsArray().ShouldHaveSingleItem()!.Text("calledInstance");
            (await Officer.Complete(await Officer.OpenTaskOf(called))).Ok();
        }

        await Break(broken);
        await Run<CaseCalls>();
        (await Officer.OpenTaskOf(sound)).Text("step").ShouldBe("after");
        await GiveUp(Run<CaseCalls>);
        var given = (await SetAside()).ShouldHaveSingleItem()!;
        given.Text("about").ShouldBe("เสีย");
        await Break(broken, false);
        await Retries("case-calls", given.Text("item"), Run<CaseCalls>);
        (await Officer.OpenTaskOf(broken)).Text("step").ShouldBe("after");
    }

    [Test]
    public async Task A_recurrence_whose_procedure_is_retired()
    {
        foreach (var (key, title) in new[] { (World.KhonKaen, "เสีย"), (World.SuratThani, "ดี") })
            (await Administrator.Put($"offices/{World.Office}/recurrences/{key}", new { every = "month", day = "5", title })).Ok();
        (await world.SystemAdministrator.Post($"process-definitions/{World.KhonKaen}/versions/1/retire", new { })).Ok();
        world.Clock.SetBangkok("2026-03-05 09:00");
        await Run<RecurringStarts>();
        (await Started()).ShouldBe(1);
        await GiveUp(Run<RecurringStarts>);
        var given = (await SetAside()).ShouldHaveSingleItem()!;
        given.Text("error").ShouldContain(World.KhonKaen);

        await new Chart(World.KhonKaen).Arrows("start -> work -> end").PublishAsync(world);
        await Retries("recurrences", given.Text("item"), Run<RecurringStarts>);
        (await Started()).ShouldBe(2);

        Task<long> Started() => world.ScalarAsync<long>("SELECT COUNT(*) FROM process_instance WHERE business_key = '2026-03'");
    }

    [Test]
    public async Task A_case_that_cannot_be_read_refuses_its_migration_and_the_others_move()
    {
        const string key = "poison.moves";
        await new Chart(key).Arrows("start -> work -> end").PublishAsync(world);
        List<string> cases = [];
        for (var i = 0; i < 5; i++)
            cases.Add(await Officer.Started(key, $"เรื่องที่ {i}"));
        await new Chart(key).Arrows("start -> work -> more -> end").PublishAsync(world);
        await world.ExecuteAsync(
            "UPDATE process_instance SET state = '{' WHERE instance_id = @id", new { id = Guid.Parse(cases[2]) });
        var asked = (await world.As(Roles.ProcessOwner)
            .Post($"process-definitions/{key}/migrations", new { office = World.Office, from = 1, to = 2 })).Ok();
        await Run<MigrationWork>();
        var end = (await world.As(Roles.ProcessOwner).Get($"process-definitions/{key}/migrations/{asked.Text("id")}")).Ok();
        (end.Text("state"), end.Number("moved"), end.Number("refused")).ShouldBe(("done", 4, 1));
        end["obstacles"]!.AsArray().ShouldHaveSingleItem()!.Text("reason").ShouldBe("failed");
    }

    [Test]
    public async Task A_case_whose_limits_cannot_be_counted_keeps_no_day_off_from_the_others()
    {
        var (broken, sound) = (await Officer.Started(World.SuratThani, "เสีย"), await Officer.Started(World.SuratThani, "ดี"));
        await Break(broken);
        var change = new
        {
            add = new[] { new { date = "2026-03-10", kind = "closure" } },
            reference = "คำสั่งสำนักงานที่ 12/2569",
            reason = "น้ำท่วม",
            approvedBy = "ผู้อำนวยการ",
        };
        var made = (await Administrator.Post($"calendars/{World.Office}/changes", change)).Ok();
        (made["effect"]!.Number("moved"), made["effect"]!.Number("failed")).ShouldBe((1, 1));
        (await world.EventsAsync(sound)).ShouldContain("DeadlineMoved");
        await Break(broken, false);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await Run<CalendarRecounts>();
        (await world.EventsAsync(broken)).ShouldContain("DeadlineMoved");
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM work_failure")).ShouldBe(0);
    }

    [Test]
    public async Task Only_administrators_of_the_office_have_it_tried_again()
    {
        (await Officer.Get($"offices/{World.Office}/set-aside")).ShouldBeProblem(403, "not-allowed");
        (await world.As(Roles.Auditor).Get($"offices/{World.Office}/set-aside")).Ok().AsArray().ShouldBeEmpty();
        foreach (var role in new[] { Roles.Auditor, Roles.Director })
            (await world.As(role).Post($"offices/{World.Office}/set-aside/retry", new { })).ShouldBeProblem(403, "not-allowed");
        (await Administrator.Post($"offices/{World.Office}/set-aside/retry", new { job = "deadline-sweep" }))
            .ShouldBeProblem(400, "invalid-input", "job");
    }
}
