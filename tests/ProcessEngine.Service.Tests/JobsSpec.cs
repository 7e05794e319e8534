using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>What the jobs did stands in the database, cheaply: every node and the administrators see the same.</summary>
public sealed class JobsSpec(string provider) : OnBothDatabases(provider)
{
    JobRuns jobs = null!;

    /// <summary>A node that has just started.</summary>
    [SetUp]
    public async Task StartTheNode()
    {
        await World.ExecuteAsync("DELETE FROM job_run");
        jobs = ActivatorUtilities.CreateInstance<JobRuns>(World.Services);
    }

    Task Runs(string job, int done = 0) => jobs.RunAsync(job, TimeSpan.FromSeconds(5), () => Task.FromResult(done));

    async Task<JobRun> Row(string job)
    {
        await using var connection = await World.Database.OpenAsync(CancellationToken.None);
        return (await jobs.ReadAsync(connection)).Single(j => j.Job.Name == job).Run.ShouldNotBeNull();
    }

    [Test]
    public void Every_job_clean_up_and_channel_that_there_is_is_run()
    {
        Kinds<IRecurringJob>().ShouldBe(Run<IRecurringJob>(), ignoreOrder: true);
        Kinds<ICleanUp>().ShouldBe(Run<ICleanUp>(), ignoreOrder: true);
        World.Services.GetServices<INotificationChannel>().Select(c => c.Name).ShouldBe(NotificationChannels.Names, ignoreOrder: true);
        foreach (var channel in NotificationChannels.Names)
            jobs.All.Select(j => j.Name).ShouldContain($"{NotificationDispatcher.JobName}-{channel}");
        jobs.All.Select(j => j.Name).ShouldBeUnique();

        static IEnumerable<Type> Kinds<T>() =>
            typeof(T).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(T)));

        IEnumerable<Type> Run<T>() => World.Services.GetServices<T>().Select(one => one!.GetType()).Distinct();
    }

    [Test]
    public async Task A_look_that_found_nothing_is_not_written_down_again_and_again()
    {
        await Runs(DeadlineSweep.JobName);
        var first = (await Row(DeadlineSweep.JobName)).RanAt;
        for (var i = 0; i < 20; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            await Runs(DeadlineSweep.JobName);
        }

        (await Row(DeadlineSweep.JobName)).RanAt.ShouldBe(first, "no minute has passed on the machine");
    }

    [Test]
    public async Task What_it_did_and_how_it_failed_last_stay_until_it_does_or_fails_again()
    {
        await Runs(NotificationDispatcher.JobName, 7);
        var worked = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<InvalidOperationException>(
            () => jobs.RunAsync(NotificationDispatcher.JobName, null, () => throw new InvalidOperationException(new string('x', 1000))));
        var failed = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Runs(NotificationDispatcher.JobName, 3);
        var row = await Row(NotificationDispatcher.JobName);
        (row.WorkedOn, row.WorkedAt, row.FailedAt, row.RanAt).ShouldBe(
            (3, worked + TimeSpan.FromMinutes(2), failed, worked + TimeSpan.FromMinutes(2)));
        row.Failure.ShouldStartWith("InvalidOperationException: xxx");
        row.Failure!.Length.ShouldBe(300);
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM job_run")).ShouldBe(1, "one row to a job");
    }

    [Test]
    public async Task The_next_run_of_an_idle_job_keeps_its_beat()
    {
        await Runs(RecurringStarts.JobName);
        var next = Clock.GetUtcNow() + TimeSpan.FromSeconds(5);
        var job = jobs.All.Single(j => j.Name == RecurringStarts.JobName);
        jobs.NextOf(job, await Row(RecurringStarts.JobName)).ShouldBe(next);
        Clock.Advance(TimeSpan.FromSeconds(32));
        jobs.NextOf(job, await Row(RecurringStarts.JobName)).ShouldBe(next + TimeSpan.FromSeconds(30));
        Clock.Advance(TimeSpan.FromHours(1));
        jobs.NextOf(job, await Row(RecurringStarts.JobName)).ShouldBeNull("it is late, and nobody knows");
    }

    [Test]
    public async Task A_job_that_has_not_run_for_long_is_named_by_the_health_check_and_on_the_page()
    {
        (await World.Nobody.Get("/health/ready")).Ok()["lateJobs"]!.AsArray().ShouldBeEmpty("the service has just started");
        await Runs(DeadlineSweep.JobName, 12);
        Clock.Advance(TimeSpan.FromMinutes(10));
        await Runs(NotificationDispatcher.JobName, 2);
        var late = (await World.Nobody.Get("/health/ready")).Ok()["lateJobs"]!.AsArray().Select(j => (string?)j).ToList();
        late.ShouldContain(DeadlineSweep.JobName);
        late.ShouldNotContain(NotificationDispatcher.JobName);
        late.ShouldNotContain(CleanUpJob.JobName, "it runs once an hour");
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin")).ShouldBe(200).ShouldSay(
            "ไม่ได้ทำงานนานแล้ว", "12 รายการ เมื่อ 2 มี.ค. 2569 09:00 น.", "2 รายการ เมื่อ 2 มี.ค. 2569 09:10 น.", "ทุก 5 วินาที",
            "ทุก 60 นาที");
    }
}
