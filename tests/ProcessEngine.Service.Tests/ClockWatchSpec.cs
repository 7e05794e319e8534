using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Operations;

namespace ProcessEngine.Service.Tests;

/// <summary>A clock that goes further than time does makes nothing overdue, until somebody says that it is right.</summary>
public sealed class ClockWatchSpec(string provider) : OnBothDatabases(provider)
{
    sealed class Counting : IRecurringJob
    {
        public int Runs { get; private set; }
        public bool GoesByTheClock { get; init; }
        public string Name => GoesByTheClock ? "by-the-clock" : "whenever";
        public LocalizedText Title => new(Name, Name);
        public TimeSpan Interval => new DeadlineOptions().SweepInterval;

        public Task<int> RunAsync(CancellationToken ct) => Task.FromResult(++Runs);
    }

    readonly Counting sweep = new() { GoesByTheClock = true };
    readonly Counting other = new();

    /// <summary>A node that has just started.</summary>
    async Task<WakeUps> Node()
    {
        var watch = ActivatorUtilities.CreateInstance<ClockWatch>(World.Services);
        await watch.CheckAtStartAsync(CancellationToken.None);
        IRecurringJob[] jobs = [sweep, other];
        return ActivatorUtilities.CreateInstance<WakeUps>(
            World.Services, watch, ActivatorUtilities.CreateInstance<JobRuns>(World.Services, [jobs.AsEnumerable()]));
    }

    async Task<(int ByTheClock, int Others)> Tick(WakeUps node)
    {
        var before = (sweep.Runs, other.Runs);
        await node.RunAsync(sweep.Name, CancellationToken.None);
        await node.RunAsync(other.Name, CancellationToken.None);
        return (sweep.Runs - before.Item1, other.Runs - before.Item2);
    }

    Task<Readiness> Health() => World.Services.GetRequiredService<ReadinessCheck>().RunAsync(CancellationToken.None);

    [SetUp]
    public async Task Forget()
    {
        await World.ExecuteAsync("DELETE FROM job_run");
        await World.ExecuteAsync("DELETE FROM clock_hold");
    }

    [Test]
    public async Task Months_are_no_jump()
    {
        using var node = await Node();
        (await Tick(node)).ShouldBe((1, 1));
        Clock.Advance(TimeSpan.FromDays(300));
        (await Tick(node)).ShouldBe((1, 1));
        (await Health()).ClockHeld.ShouldBeFalse();
    }

    [Test]
    public async Task What_goes_by_a_clock_that_jumps_stands_still_until_the_systems_administrator_confirms_the_date()
    {
        using var node = await Node();
        await Tick(node);
        Clock.Advance(TimeSpan.FromDays(3650));
        (await Tick(node)).ShouldBe((0, 1), "people's mail and what does not go by the clock go on");
        (await Tick(node)).ShouldBe((0, 1));
        var health = await Health();
        (health.ClockHeld, health.Status).ShouldBe((true, ProcessEngine.Service.Operations.Health.Degraded));

        (await Director.Post("clock/confirm", new { })).ShouldBeProblem(403, "not-allowed");
        (await Tick(node)).ShouldBe((0, 1));
        (await World.SystemAdministrator.Post("clock/confirm", new { comment = "ปิดปรับปรุงอาคาร" })).Status.ShouldBe(204);
        (await World.SystemAdministrator.Post("clock/confirm", new { })).ShouldBeProblem(409, "clock-not-held");
        (await Tick(node)).ShouldBe((1, 1));
        (await Health()).ClockHeld.ShouldBeFalse();
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM admin_event WHERE action = 'clock-confirmed'")).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task A_clock_that_is_put_right_is_believed_again_by_itself()
    {
        using var node = await Node();
        await Tick(node);
        Clock.Advance(TimeSpan.FromDays(3650));
        (await Tick(node)).ShouldBe((0, 1));
        SetTheClock();
        (await Tick(node)).ShouldBe((1, 1));
        (await Health()).ClockHeld.ShouldBeFalse();
    }

    [Test]
    public async Task A_node_that_starts_long_after_the_last_run_of_any_asks_and_so_does_one_that_starts_again_meanwhile()
    {
        using (var before = await Node())
            await Tick(before);
        Clock.Advance(TimeSpan.FromDays(400));
        using (var node = await Node())
            (await Tick(node)).ShouldBe((0, 1));
        using (var again = await Node())
            (await Tick(again)).ShouldBe((0, 1), "a start confirms nothing");
        await World.ExecuteAsync("UPDATE clock_hold SET node = 'the container of before'");
        using (var elsewhere = await Node())
            (await Tick(elsewhere)).ShouldBe((0, 1), "nor does one under another name");
    }

    [Test]
    public async Task The_page_says_which_date_it_is_about_and_asks_the_systems_administrator()
    {
        using var node = await Node();
        await Tick(node);
        Clock.Advance(TimeSpan.FromDays(400));
        await Tick(node);
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin")).ShouldSay("พักกำหนดเวลาไว้", "6 เม.ย. 2570");
        (await administrator.Submit("/admin?handler=ConfirmClock")).ShouldLeadTo("/admin?office=demo");
        (await administrator.Go("/admin")).Text.ShouldNotContain("พักกำหนดเวลาไว้");
        (await Tick(node)).ShouldBe((1, 1));
    }
}
