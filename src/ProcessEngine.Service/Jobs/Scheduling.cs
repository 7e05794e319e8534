using ProcessEngine.Service.Storage;
using Quartz;

namespace ProcessEngine.Service.Jobs;

/// <summary>Quartz wakes the jobs: from a clustered store on PostgreSQL, so that one node at a time sweeps; from memory on SQLite.</summary>
public static class Scheduling
{
    public static void AddScheduling(this IServiceCollection services, Database database, IEnumerable<(string Name, TimeSpan Interval)> jobs)
    {
        // A scheduler with a name keeps its own clock; one without would put its clock in the place of ours.
        services.AddQuartz("processengine", quartz =>
        {
            // The wake-ups go by the machine's clock, even when the service's own is shifted: a stored trigger must not wait for days.
            quartz.UseTimeProvider(TimeProvider.System);
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "processengine";
                scheduler.GenerateInstanceId = true;
            });
            if (database is PostgresDatabase postgres)
            {
                quartz.UsePersistentStore(store =>
                {
                    store.UsePostgres(postgres.ConnectionString);
                    store.UseSystemTextJsonSerializer();
                    store.ProvisionSchema();
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = TimeSpan.FromSeconds(2);
                        cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(2);
                    });
                });
            }

            foreach (var job in jobs)
            {
                quartz.AddJob<WakeUp>(wake => wake.WithIdentity(job.Name).StoreDurably().RequestRecovery());
                quartz.AddTrigger(trigger => trigger.ForJob(job.Name).WithIdentity(job.Name).WithSimpleSchedule(every => every
                    .WithInterval(job.Interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)));
            }
        });
        services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
    }

    /// <summary>Runs the job of its key; what came of it is written down.</summary>
    [DisallowConcurrentExecution]
    sealed class WakeUp(JobRuns runs) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            if (runs.All.FirstOrDefault(job => job.Name == context.JobDetail.Key.Name) is { } found)
                await runs.RunAsync(found.Name, context.NextFireTimeUtc - TimeProvider.System.GetUtcNow(), () => found.RunAsync(cancellationToken));
        }
    }
}
