using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Demonstration;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>The demonstration opens on an office with a past, made by the same rules as any case.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class DemonstrationSpec(string provider)
{
    World world = null!;

    [OneTimeSetUp]
    public async Task StartTheWorld()
    {
        world = await World.StartAsync(provider, "2026-11-27 11:00");
        var past = world.Services.GetRequiredService<DemonstrationPast>();
        (await past.MakeAsync(CancellationToken.None)).ShouldBeGreaterThan(140);
        (await past.MakeAsync(CancellationToken.None)).ShouldBe(0, "it is made once");
    }

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    Task<long> Count(string sql) => world.ScalarAsync<long>($"SELECT COUNT(*) FROM {sql}");

    [Test]
    public async Task There_is_something_of_everything()
    {
        foreach (var status in new[] { "running", "completed", "cancelled", "suspended" })
            (await Count($"process_instance WHERE status = '{status}'")).ShouldBePositive(status);
        foreach (var type in new[]
        {
            "TaskReminded", "TaskOverdue", "TaskEscalated", "TaskApproved", "TaskRejected", "TaskReturned", "TaskClaimed", "TaskReassigned", "InstanceSuspended", "InstanceResumed",
            "InstanceCancelled", "PriorityChanged", "FileAttached", "CommentAdded",
        })
            (await Count($"audit_event WHERE type = '{type}'")).ShouldBePositive(type);
        (await Count("audit_event WHERE type = 'DeadlineMoved' AND LOWER(payload) LIKE '%extended%'")).ShouldBePositive();
        (await Count("audit_event WHERE type IN ('TaskReturned', 'TaskRejected')")).ShouldBeGreaterThan(5);
        (await Count("user_task WHERE state = 'open'")).ShouldBeGreaterThan(20);
        (await Count("attachment")).ShouldBePositive();
        (await Count("post_order")).ShouldBe(1, "an order is in force");
        (await Count("hand_over_item")).ShouldBePositive("somebody has handed their work over");
        (await Count("office_day")).ShouldBe(1, "the office is closed on a day of its own");
        (await Count("audit_event WHERE type = 'DeadlineMoved' AND LOWER(payload) LIKE '%calendarchanged%'"))
            .ShouldBePositive("limits that run have moved with the calendar");
        (await Count("notice_seen")).ShouldBePositive("what is old has been looked at");
        (await world.ScalarAsync<long>("SELECT COUNT(DISTINCT definition_key) FROM process_instance")).ShouldBeGreaterThan(50);
    }

    [Test]
    public async Task Its_record_holds_and_nothing_of_it_lies_in_the_future()
    {
        foreach (var id in await world.QueryAsync<Guid>("SELECT instance_id FROM process_instance"))
            (await world.As(Roles.Auditor).Verify(id.ToString()))["valid"]!.GetValue<bool>().ShouldBeTrue(id.ToString());
        var last = (await world.QueryAsync<DateTimeOffset>("SELECT MAX(at) FROM audit_event"))[0];
        last.ShouldBeLessThanOrEqualTo(world.Clock.GetUtcNow());
        (await world.Sweep()).ShouldBe(0, "what was due has been taken at its time");
    }

    [Test]
    public async Task People_find_their_work_and_auditors_their_figures()
    {
        (await world.Director.All("user-tasks", 100)).ShouldNotBeEmpty();
        (await world.ScalarAsync<long>(
            "SELECT COUNT(*) FROM user_task WHERE state = 'open' AND NOT paused AND due_at < @now", new { now = world.Clock.GetUtcNow() }))
            .ShouldBeGreaterThan(3);
        var kept = (await world.As(Roles.Auditor).Get("sla/compliance?fiscalYear=2569&by=month")).Ok();
        kept["items"]!.AsArray().Count.ShouldBeGreaterThan(6);
        // A number is given once, and the next one goes on from there.
        (await world.ScalarAsync<long>("SELECT COUNT(*) - COUNT(DISTINCT definition_key || ' ' || business_key) FROM process_instance"))
            .ShouldBe(0);
    }
}
