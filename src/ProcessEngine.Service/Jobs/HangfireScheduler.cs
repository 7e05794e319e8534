using System.Data.Common;
using Dapper;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Hangfire.InMemory;
using Hangfire.Logging;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Hangfire.Storage;
using ProcessEngine.Core;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>
/// Hangfire wakes the jobs: from tables that all nodes share on PostgreSQL, from memory on SQLite. What is to be done stands in our own
/// rows, and is done once by them; Hangfire's locks are not relied on.
/// </summary>
/// <remarks>docs/decisions/0010-hangfire-wakes-the-jobs.md says why each setting is as it is.</remarks>
static class HangfireScheduler
{
    const string Tick = "tick";

    /// <summary>SQLSTATE of a right that is missing.</summary>
    const string InsufficientPrivilege = "42501";

    static readonly TimeSpan KeepEndedFor = TimeSpan.FromMinutes(10);

    public static void AddHangfireScheduler(this IServiceCollection services, DeadlineOptions options)
    {
        // Before Hangfire's server: what it has started is ended after it.
        services.AddSingleton<WakeUps>().AddHostedService(provider => provider.GetRequiredService<WakeUps>());
        // Ours before AddHangfire, which would take statics of the process: several services may live in one (the tests).
        services.AddSingleton(provider => StorageOf(provider.GetRequiredService<Database>(), options));
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        // Not the default filters: no retries (the next tick is one), no culture, no counters.
        services.AddSingleton<IJobFilterProvider>(new JobFilterCollection
        {
            new AutomaticRetryAttribute { Attempts = 0, LogEvents = false, OnAttemptsExceeded = AttemptsExceededAction.Delete },
            new ForgetSoon(KeepEndedFor),
        });
        services.AddHangfire((provider, hangfire) => hangfire
            .UseLogProvider(new Logs(provider.GetRequiredService<ILoggerFactory>()))
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());
        if (!options.WakeUps)
            return;
        services.AddHangfireServer(server =>
        {
            // One for the ticks, which wait for no job for long, and one for what an administrator runs; each asks the database all the
            // time.
            server.WorkerCount = 2;
            server.SchedulePollingInterval = Often(options);
            server.HeartbeatInterval = TimeSpan.FromSeconds(5);
            server.ServerCheckInterval = TimeSpan.FromSeconds(5);
            server.CancellationCheckInterval = TimeSpan.FromSeconds(5);
            server.ServerTimeout = TimeSpan.FromSeconds(15);
            server.StopTimeout = TimeSpan.FromSeconds(1);
            server.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });
        services.AddHostedService<Registration>();
    }

    /// <summary>Hangfire's tables. Two nodes that install them at once get into each other's way: one does at a time.</summary>
    /// <exception cref="InvalidOperationException">The database's user may not create a schema, and there is none.</exception>
    public static async Task PrepareAsync(Database database, CancellationToken ct)
    {
        if (database is not PostgresDatabase postgres)
            return;
        while (!await postgres.OneAtATimeAsync("processengine:hangfire-schema", _ => InstallAsync(postgres, ct), ct))
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, ct);
    }

    static async Task InstallAsync(PostgresDatabase postgres, CancellationToken ct)
    {
        try
        {
            // Made for its installer alone, on a connection that is not kept.
            var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = true };
            _ = new PostgreSqlStorage(
                new NpgsqlConnectionFactory(postgres.ConnectionStringFor("processengine-start", pool: 0), options),
                options);
        }
        catch (DbException e) when (e.SqlState == InsufficientPrivilege)
        {
            await using var connection = await postgres.OpenAsync(ct);
            if (!await connection.ExecuteScalarAsync<bool>("SELECT to_regclass('hangfire.schema') IS NOT NULL"))
            {
                throw new InvalidOperationException(
                    "The database's user needs the right CREATE on the database once, for the schema \"hangfire\" "
                    + "(GRANT CREATE ON DATABASE … TO …).",
                    e);
            }
        }
    }

    static JobStorage StorageOf(Database database, DeadlineOptions options) => database switch
    {
        PostgresDatabase postgres => Shared(postgres, options),
        SqliteDatabase => new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = KeepEndedFor }),
        _ => throw UnknownKind.Of(database),
    };

    static PostgreSqlStorage Shared(PostgresDatabase postgres, DeadlineOptions options)
    {
        var settings = new PostgreSqlStorageOptions
        {
            PrepareSchemaIfNecessary = false,
            QueuePollInterval = Often(options),
            // A killed node's wake-up passes on after this; by default after 30 minutes.
            InvisibilityTimeout = TimeSpan.FromSeconds(10),
            UseSlidingInvisibilityTimeout = true,
            // A lock that a kill leaves behind stops all recurring jobs so long; by default 10 minutes.
            DistributedLockTimeout = TimeSpan.FromSeconds(5),
        };
        return new PostgreSqlStorage(
            new NpgsqlConnectionFactory(postgres.ConnectionStringFor("processengine-jobs", pool: 8), settings),
            settings);
    }

    static TimeSpan Often(DeadlineOptions options) => TimeSpan.FromSeconds(Math.Clamp(options.SweepInterval.TotalSeconds / 2, 0.5, 2.5));

    /// <summary>Cron counts within a minute or an hour: the next shorter interval that divides it.</summary>
    internal static string CronOf(TimeSpan every)
    {
        var seconds = (int)Math.Max(1, every.TotalSeconds);
        return seconds < 60 ? $"*/{Divisor(seconds)} * * * * *" : seconds < 3600 ? $"0 */{Divisor(seconds / 60)} * * * *" : "17 * * * *";

        static int Divisor(int n) => Enumerable.Range(1, n).Last(d => 60 % d == 0);
    }

    /// <summary>
    /// Says what recurs; again every minute, so that a schedule that was lost comes back. What has not changed is not written.
    /// </summary>
    sealed class Registration(IRecurringJobManager manager, DeadlineOptions options, ILogger<WakeUps> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            while (!stoppingToken.IsCancellationRequested)
            {
                var again = TimeSpan.FromMinutes(1);
                try
                {
                    // After an outage one tick, not one for each that was missed.
                    var once = new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed };
                    manager.AddOrUpdate<WakeUps>(Tick, wake => wake.TickAsync(CancellationToken.None), CronOf(options.SweepInterval), once);
                }
                catch (Exception e)
                {
                    Log.NotRegistered(log, e.Message);
                    again = TimeSpan.FromSeconds(5);
                }

                await Task.Delay(again, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    sealed class ForgetSoon(TimeSpan keep) : IApplyStateFilter
    {
        public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction) => context.JobExpirationTimeout = keep;

        public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
        {
        }
    }

    /// <summary>Hangfire has one log for the whole process, that of the host which was built last; in tests it may be gone.</summary>
    sealed class Logs(ILoggerFactory factory) : ILogProvider
    {
        readonly AspNetCoreLogProvider provider = new(factory);

        public ILog GetLogger(string name)
        {
            try
            {
                return provider.GetLogger(name);
            }
            catch (ObjectDisposedException)
            {
                return new Nowhere();
            }
        }

        sealed class Nowhere : ILog
        {
            public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
        }
    }
}
