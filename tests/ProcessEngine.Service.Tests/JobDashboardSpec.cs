using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Jobs;

namespace ProcessEngine.Service.Tests;

/// <summary>Who gets to the scheduler's own pages, and who has a job run now.</summary>
public sealed class JobDashboardSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    [Test]
    public async Task Nobody_gets_there_without_having_signed_in_and_no_key_opens_it()
    {
        (await World.Visitor().Go(JobDashboard.Path)).Status.ShouldBe(302);
        var withKey = new HttpRequestMessage(HttpMethod.Get, JobDashboard.Path) { Headers = { { "Authorization", $"Bearer {World.SystemKey}" } } };
        (await World.Visitor().Ask(withKey)).StatusCode.ShouldNotBe(System.Net.HttpStatusCode.OK);
    }

    [Test]
    public async Task Those_who_do_the_work_and_decide_do_not()
    {
        foreach (var role in new[] { Roles.Officer, Roles.Director, Roles.ProcessOwner, Roles.Clerk })
            (await (await Someone(role)).Go(JobDashboard.Path)).Status.ShouldBe(403, role);
    }

    [Test]
    public async Task An_auditor_looks_and_does_nothing()
    {
        var auditor = await Someone(Roles.Auditor);
        (await auditor.Go($"{JobDashboard.Path}/recurring")).Status.ShouldBe(200);
        (await auditor.Post($"{JobDashboard.Path}/recurring/trigger", [], ("jobs[]", "tick"))).Status.ShouldBeOneOf(400, 401, 403);
    }

    [Test]
    public async Task An_administrator_has_a_job_run_now_and_no_other_than_there_is()
    {
        var administrator = await Someone(Roles.Administrator);
        (await administrator.Go("/admin")).ShouldSay("งานเบื้องหลัง", "ทำเดี๋ยวนี้").Html.ShouldContain($"href=\"{JobDashboard.Path}\"");
        (await administrator.Go($"{JobDashboard.Path}/recurring")).Status.ShouldBe(200, "the system's administrator acts there");
        await administrator.Go("/admin");
        (await administrator.Submit("/admin", ("job", CleanUpJob.JobName))).Status.ShouldBe(302);
        (await administrator.Follow()).ShouldSay("สั่งให้ทำแล้ว");
        (await administrator.Submit("/admin", ("job", "no-such-job"))).Status.ShouldBe(404);
    }
}
