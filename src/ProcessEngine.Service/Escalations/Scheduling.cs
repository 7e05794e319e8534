using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Instances;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Storage;
using Quartz;

namespace ProcessEngine.Service.Escalations;

/// <summary>Quartz wakes the jobs: from a clustered store on PostgreSQL, so that one node at a time sweeps; from memory on SQLite.</summary>
public static class Scheduling
{
    /// <summary>Idempotency keys are honoured at least this long.</summary>
    static readonly TimeSpan KeepKeysFor = TimeSpan.FromDays(14);

    public static void AddScheduling(this IServiceCollection services, Database database, DeadlineOptions options)
    {
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

            Every<SweepJob>(quartz, "deadline-sweep", options.SweepInterval);
            Every<RecurrenceJob>(quartz, "recurrences", options.SweepInterval);
            Every<CaseCallJob>(quartz, "case-calls", options.SweepInterval);
            Every<MigrationJob>(quartz, "migrations", options.SweepInterval);
            Every<DeliveryJob>(quartz, "deliveries", options.SweepInterval);
            Every<ForgetKeysJob>(quartz, "forget-keys", TimeSpan.FromHours(1));
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

    [DisallowConcurrentExecution]
    sealed class SweepJob(DeadlineSweep sweep) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await sweep.RunAsync(cancellationToken);
    }

    [DisallowConcurrentExecution]
    sealed class RecurrenceJob(RecurringStarts recurrences) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await recurrences.RunAsync(cancellationToken);
    }

    [DisallowConcurrentExecution]
    sealed class CaseCallJob(CaseCalls calls) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await calls.RunAsync(cancellationToken);
    }

    [DisallowConcurrentExecution]
    sealed class MigrationJob(MigrationWork work) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await work.RunAsync(cancellationToken);
    }

    [DisallowConcurrentExecution]
    sealed class DeliveryJob(Notifications.Deliveries deliveries) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await deliveries.RunAsync(cancellationToken);
    }

    [DisallowConcurrentExecution]
    sealed class ForgetKeysJob(Database database, Notifications.Sending sending, TimeProvider time) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
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
                cancellationToken);
            await sending.CheckAsync(cancellationToken);
        }
    }
}
