using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;
using Quartz;

namespace ProcessEngine.Service.Jobs;

/// <summary>Quartz wakes the jobs: from a clustered store on PostgreSQL, so that one node at a time sweeps; from memory on SQLite.</summary>
public static class Scheduling
{
    /// <summary>Idempotency keys are honoured at least this long.</summary>
    static readonly TimeSpan KeepKeysFor = TimeSpan.FromDays(14);

    public static void AddScheduling(this IServiceCollection services, Database database, DeadlineOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<JobRuns>();
        services.AddSingleton<DeadlineSweep>();
        services.AddSingleton<RecurringStarts>();
        services.AddSingleton<MigrationWork>();
        services.AddSingleton<CaseCalls>();
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

            Every<SweepJob>(quartz, JobRuns.Sweep, options.SweepInterval);
            Every<RecurrenceJob>(quartz, JobRuns.Recurrences, options.SweepInterval);
            Every<CaseCallJob>(quartz, JobRuns.Calls, options.SweepInterval);
            Every<MigrationJob>(quartz, JobRuns.Migrations, options.SweepInterval);
            Every<DeliveryJob>(quartz, JobRuns.Deliveries, options.SweepInterval);
            Every<ForgetKeysJob>(quartz, JobRuns.CleanUp, TimeSpan.FromHours(1));
        });
        services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
    }

    static void Every<T>(IQuartzBuilder quartz, string name, TimeSpan interval)
        where T : IJob
    {
        quartz.AddJob<T>(job => job.WithIdentity(name).StoreDurably().RequestRecovery());
        quartz.AddTrigger(trigger => trigger.ForJob(name).WithIdentity(name)
            .WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)));
    }

    /// <summary>A job whose runs are written down.</summary>
    abstract class RecordedJob(JobRuns runs) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
            await runs.RunAsync(context.JobDetail.Key.Name, context.NextFireTimeUtc - TimeProvider.System.GetUtcNow(), () => RunAsync(cancellationToken));

        /// <returns>How much it worked off.</returns>
        protected abstract Task<int> RunAsync(CancellationToken ct);
    }

    [DisallowConcurrentExecution]
    sealed class SweepJob(JobRuns runs, DeadlineSweep sweep) : RecordedJob(runs)
    {
        protected override Task<int> RunAsync(CancellationToken ct) => sweep.RunAsync(ct);
    }

    [DisallowConcurrentExecution]
    sealed class RecurrenceJob(JobRuns runs, RecurringStarts recurrences) : RecordedJob(runs)
    {
        protected override Task<int> RunAsync(CancellationToken ct) => recurrences.RunAsync(ct);
    }

    [DisallowConcurrentExecution]
    sealed class CaseCallJob(JobRuns runs, CaseCalls calls) : RecordedJob(runs)
    {
        protected override Task<int> RunAsync(CancellationToken ct) => calls.RunAsync(ct);
    }

    [DisallowConcurrentExecution]
    sealed class MigrationJob(JobRuns runs, MigrationWork work) : RecordedJob(runs)
    {
        protected override Task<int> RunAsync(CancellationToken ct) => work.RunAsync(ct);
    }

    [DisallowConcurrentExecution]
    sealed class DeliveryJob(JobRuns runs, Notifications.Deliveries deliveries) : RecordedJob(runs)
    {
        protected override Task<int> RunAsync(CancellationToken ct) => deliveries.RunAsync(ct);
    }

    [DisallowConcurrentExecution]
    sealed class ForgetKeysJob(JobRuns runs, Database database, Notifications.Sending sending, TimeProvider time) : RecordedJob(runs)
    {
        protected override async Task<int> RunAsync(CancellationToken ct)
        {
            // Index: ix_idempotency_age.
            await database.TransactAsync(
                session =>
                {
                    session.Enqueue("DELETE FROM idempotency WHERE created_at < $1", time.GetUtcNow() - KeepKeysFor);
                    Notifications.Deliveries.ForgetOld(session, time.GetUtcNow());
                    Web.FormDrafts.ForgetOld(session, time.GetUtcNow());
                    return ValueTask.FromResult(true);
                },
                ct);
            await sending.CheckAsync(ct);
            return 0;
        }
    }
}
