using Hangfire;
using Hangfire.Dashboard;

namespace ProcessEngine.Service.Jobs;

/// <summary>What somebody may do on the scheduler's own pages.</summary>
public enum DashboardAccess
{
    Nothing,
    Look,
    Act,
}

/// <summary>Hangfire's pages, and the way to have a job run now.</summary>
public static class JobDashboard
{
    public const string Path = "/admin/jobs/hangfire";

    /// <param name="access">Who the request is from decides; asked at each request, and again before anything is done.</param>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, Func<HttpContext, DashboardAccess> access) =>
        routes.MapHangfireDashboard(Path, new DashboardOptions
        {
            // The default lets in whoever comes from this machine, and nobody else.
            Authorization = [],
            AsyncAuthorization = [new Visitors(access)],
            IsReadOnlyFunc = context => access(context.GetHttpContext()) != DashboardAccess.Act,
            AppPath = "/admin",
            DashboardTitle = "ProcessEngine",
            DisplayStorageConnectionString = false,
            StatsPollingInterval = 10_000,
        });

    sealed class Visitors(Func<HttpContext, DashboardAccess> access) : IDashboardAsyncAuthorizationFilter
    {
        public Task<bool> AuthorizeAsync(DashboardContext context) =>
            Task.FromResult(access(context.GetHttpContext()) != DashboardAccess.Nothing);
    }
}

/// <summary>Has a job run now, on whichever node wakes first.</summary>
public sealed class RunNow(IBackgroundJobClient client, JobRuns runs)
{
    /// <returns>False when there is no such job.</returns>
    public bool Ask(string job)
    {
        if (runs.All.All(j => j.Name != job))
            return false;
        client.Enqueue<WakeUps>(wake => wake.RunAsync(job, CancellationToken.None));
        return true;
    }
}
