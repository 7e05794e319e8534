using System.Data.Common;
using System.Diagnostics.Metrics;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Operations;

/// <summary>What only the database knows, asked now and then, so that whoever collects metrics costs no query.</summary>
public sealed class HealthGauges(
    Database database, JobRuns jobs, TelemetryOptions options, TimeProvider time, IMeterFactory meters, ILogger<HealthGauges> log)
    : BackgroundService
{
    IReadOnlyList<Measurement<long>> late = [];
    IReadOnlyList<Measurement<long>> setAside = [];
    IReadOnlyList<Measurement<double>> waiting = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create("ProcessEngine.Health");
        meter.CreateObservableGauge(
            "processengine.jobs.late", () => late, description: "1 while a job has not run for longer than it should.");
        meter.CreateObservableGauge(
            "processengine.work.set_aside", () => setAside, description: "Items that a job gave up after its last try.");
        meter.CreateObservableGauge(
            "processengine.work.age", () => waiting, unit: "s",
            description: "Since when the oldest of a job's work waits: of deliveries, the age of the outbox.");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval, TimeProvider.System);
        do
        {
            try
            {
                await AskAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or TimeoutException)
            {
                Log.NotAsked(log, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task AskAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var now = time.GetUtcNow();
        var runs = await jobs.ReadAsync(connection);
        late = [.. runs.Select(r => new Measurement<long>(jobs.IsLate(r.Job, r.Run) ? 1 : 0, Of(r.Job.Name)))];
        setAside = [.. (await WorkItems.CountAsync(connection)).Select(f => new Measurement<long>(f.SetAside, Of(f.Job)))];
        var ages = new List<Measurement<double>>();
        foreach (var job in jobs.All)
        {
            var since = await job.OldestWaitingAsync(connection, now);
            ages.Add(new Measurement<double>(since is { } at ? Math.Max(0, (now - at).TotalSeconds) : 0, Of(job.Name)));
        }

        waiting = ages;
    }

    static KeyValuePair<string, object?> Of(string job) => new("job", job);
}

static partial class Log
{
    [LoggerMessage(3002, LogLevel.Warning, "The figures of health are those of before: {Reason}")]
    public static partial void NotAsked(ILogger logger, string reason);
}
