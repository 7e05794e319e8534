using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>A wake-up starts every job whose time has come: each for itself, one at a time over all nodes, and waits for none for long.</summary>
public sealed class WakeUpsSpec(string provider) : OnBothDatabases(provider)
{
    static readonly TimeSpan Often = new DeadlineOptions().SweepInterval;

    /// <summary>A job that counts its runs; each lasts until it is let go.</summary>
    sealed class Counting(string name, TimeSpan interval, Func<Task>? during = null) : IRecurringJob
    {
        readonly TaskCompletionSource begun = new();
        int runs;

        public int Runs => runs;

        /// <summary>Its first run is under way.</summary>
        public Task Begun => begun.Task;

        public string Name => name;
        public LocalizedText Title => new(name, name);
        public TimeSpan Interval => interval;

        public async Task<int> RunAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref runs);
            begun.TrySetResult();
            await (during?.Invoke() ?? Task.CompletedTask).WaitAsync(ct);
            return 1;
        }
    }

    /// <summary>A node, with jobs of the test's own.</summary>
    WakeUps Node(params IRecurringJob[] jobs) => ActivatorUtilities.CreateInstance<WakeUps>(
        World.Services, ActivatorUtilities.CreateInstance<JobRuns>(World.Services, [jobs.AsEnumerable()]));

    [SetUp]
    public Task Forget() => World.ExecuteAsync("DELETE FROM job_run");

    [Test]
    public async Task A_job_that_hangs_holds_up_no_other_and_does_not_begin_twice()
    {
        var held = new TaskCompletionSource();
        var (hangs, other) = (new Counting("hangs", Often, () => held.Task), new Counting("other", Often));
        using var node = Node(hangs, other);
        await node.TickAsync(CancellationToken.None);
        await node.TickAsync(CancellationToken.None);
        (hangs.Runs, other.Runs).ShouldBe((1, 2));
        node.Begin("hangs").ShouldBeNull("it is at it");
        held.SetResult();
    }

    [Test]
    public async Task Two_nodes_do_not_run_a_job_at_once_and_when_one_has_ended_the_other_may()
    {
        // SQLite has one node.
        if (Provider != "postgresql")
            return;
        var held = new TaskCompletionSource();
        var (here, there) = (new Counting("alone", Often, () => held.Task), new Counting("alone", Often));
        using var first = Node(here);
        using var second = Node(there);
        var running = first.Begin("alone")!;
        await Task.WhenAny(here.Begun, running);
        (await second.Begin("alone")!).ShouldBeNull();
        there.Runs.ShouldBe(0);
        held.SetResult();
        await running;
        await second.Begin("alone")!;
        there.Runs.ShouldBe(1);
    }

    [Test]
    public async Task What_runs_once_an_hour_does_so_whichever_node_wakes_it()
    {
        var (here, there) = (new Counting("hourly", TimeSpan.FromHours(1)), new Counting("hourly", TimeSpan.FromHours(1)));
        using var first = Node(here);
        using var second = Node(there);
        await first.TickAsync(CancellationToken.None);
        await second.TickAsync(CancellationToken.None);
        Clock.Advance(TimeSpan.FromMinutes(59));
        await second.TickAsync(CancellationToken.None);
        (here.Runs, there.Runs).ShouldBe((1, 0));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await second.TickAsync(CancellationToken.None);
        await first.TickAsync(CancellationToken.None);
        (here.Runs, there.Runs).ShouldBe((1, 1));
        // However long nobody ran: once.
        Clock.Advance(TimeSpan.FromDays(3));
        await first.TickAsync(CancellationToken.None);
        await second.TickAsync(CancellationToken.None);
        (here.Runs, there.Runs).ShouldBe((2, 1));
    }

    [Test]
    public async Task A_clock_that_was_shifted_and_is_not_any_more_keeps_no_job_asleep()
    {
        var hourly = new Counting("hourly", TimeSpan.FromHours(1));
        Clock.Advance(TimeSpan.FromDays(10));
        using (var shifted = Node(hourly))
            await shifted.TickAsync(CancellationToken.None);
        Clock.Advance(TimeSpan.FromDays(-10));
        using var node = Node(hourly);
        await node.TickAsync(CancellationToken.None);
        hourly.Runs.ShouldBe(2);
    }

    [Test]
    public async Task A_job_that_fails_is_named_and_the_others_run()
    {
        var (fails, other) = (new Counting("fails", Often, () => throw new InvalidOperationException("ใช้ไม่ได้")), new Counting("other", Often));
        using var node = Node(fails, other);
        var failure = await Should.ThrowAsync<AggregateException>(() => node.TickAsync(CancellationToken.None));
        failure.InnerExceptions.ShouldHaveSingleItem().Message.ShouldBe("ใช้ไม่ได้");
        other.Runs.ShouldBe(1);
        (await World.ScalarAsync<string>("SELECT failure FROM job_run WHERE job = 'fails'")).ShouldBe("InvalidOperationException: ใช้ไม่ได้");
        await Should.ThrowAsync<AggregateException>(() => node.TickAsync(CancellationToken.None));
        fails.Runs.ShouldBe(2, "the next wake-up tries again");
    }

    [Test]
    public async Task A_stop_calls_off_what_is_at_work_and_begins_nothing_more()
    {
        // A name of its own: over all nodes, and so over all tests of this database, one of a name runs at a time.
        var hangs = new Counting("stopped", Often, () => new TaskCompletionSource().Task);
        using var node = Node(hangs);
        var running = node.Begin("stopped")!;
        await Task.WhenAny(hangs.Begun, running);
        hangs.Runs.ShouldBe(1);
        await ((IHostedService)node).StopAsync(CancellationToken.None);
        (await running).ShouldBeNull("that it was called off is no failure");
        node.Begin("stopped").ShouldBeNull();
    }

    [TestCase("00:00:05", "*/5 * * * * *")]
    [TestCase("00:00:07", "*/6 * * * * *")]
    [TestCase("00:00:01", "*/1 * * * * *")]
    [TestCase("00:00:59", "*/30 * * * * *")]
    [TestCase("00:01:30", "0 */1 * * * *")]
    [TestCase("00:05:00", "0 */5 * * * *")]
    public void An_interval_that_cron_does_not_know_becomes_the_next_shorter_one(string every, string cron) =>
        HangfireScheduler.CronOf(TimeSpan.Parse(every, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(cron);

    [Test]
    public async Task An_administrator_has_a_job_run_now_and_an_officer_does_not()
    {
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin")).ShouldBe(200).ShouldSay("ทำเดี๋ยวนี้").Html.ShouldContain($"href=\"{JobDashboard.Path}\"");
        (await administrator.Submit("/admin", ("job", CleanUpJob.JobName))).ShouldLeadTo("/admin?office=demo#jobs");
        (await administrator.Go("/admin")).ShouldSay("สั่งให้ทำแล้ว");
        (await administrator.Submit("/admin", ("job", "nothing-of-the-kind"))).ShouldBe(404);
        await administrator.Go("/admin");
        var hidden = administrator.FieldsOf("/admin");
        var officer = World.Visitor();
        await officer.SignIn(Roles.Officer);
        new[] { 400, 403 }.ShouldContain((await officer.Post("/admin", hidden, ("job", CleanUpJob.JobName))).Status);
        // What was asked for is what the scheduler calls.
        await World.Services.GetRequiredService<WakeUps>().RunAsync(CleanUpJob.JobName, CancellationToken.None);
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM job_run WHERE job = @job", new { job = CleanUpJob.JobName })).ShouldBe(1);
    }

    [Test]
    public async Task The_dashboard_is_for_the_systems_administrator_to_act_for_auditors_to_look_and_for_nobody_else()
    {
        const string trigger = JobDashboard.Path + "/recurring/trigger";
        var nobody = World.Visitor();
        (await nobody.Go(JobDashboard.Path)).ShouldBe(302).Location!.ShouldStartWith("/sign-in");
        foreach (var role in new[] { Roles.Officer, Roles.Director, Roles.ProcessOwner })
        {
            var somebody = World.Visitor();
            await somebody.SignIn(role);
            (await somebody.Go(JobDashboard.Path)).ShouldBe(403);
            (await somebody.Go(JobDashboard.Path + "/recurring")).ShouldBe(403);
        }

        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go(JobDashboard.Path + "/recurring")).ShouldBe(200).ShouldSay("ProcessEngine");
        (await administrator.Post(trigger, [], ("jobs[]", "tick"))).Status.ShouldBe(403, "without the token of its page");
        var auditor = World.Visitor();
        await auditor.SignIn(Roles.Auditor);
        (await auditor.Go(JobDashboard.Path + "/recurring")).ShouldBe(200);
        new[] { 401, 403 }.ShouldContain((await auditor.Post(trigger, [], ("jobs[]", "tick"))).Status);
    }
}
