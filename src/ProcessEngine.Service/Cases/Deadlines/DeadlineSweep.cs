using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Deadlines;

/// <summary>Takes every deadline whose moment has come, in bounded batches, oldest first.</summary>
/// <remarks>Promises P4 and P5. The truth is the deadline row: a lost, late or doubled wake-up changes nothing.</remarks>
public sealed class DeadlineSweep(DueDeadlines deadlines, Database database, DeadlineOptions options, ILogger<DeadlineSweep> log)
    : IRecurringJob
{
    public const string JobName = "deadline-sweep";

    public string Name => JobName;
    public LocalizedText Title => new("กำหนดเวลา การเตือน และการรอ", "Deadlines, escalation and waits");
    public TimeSpan Interval => options.SweepInterval;

    static readonly TimeSpan SetAsideFor = TimeSpan.FromMinutes(10);

    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) => new[]
    {
        await connection.OldestAsync("SELECT MIN(wake_at) AS at FROM deadline WHERE wake_at < @now", now),
        await connection.OldestAsync("SELECT MIN(wake_at) AS at FROM process_wait WHERE wake_at < @now", now),
    }.Min();

    /// <summary>Works through everything that is due; people get in between two batches.</summary>
    /// <returns>How many deadlines were looked at.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = 0;
        while (!ct.IsCancellationRequested)
        {
            int taken;
            try
            {
                taken = await deadlines.TakeAsync(database.SweepBatch, ct);
            }
            catch (SweepFailedException e)
            {
                Log.SetAside(log, e, e.InstanceId);
                await deadlines.SetAsideAsync(e.InstanceId, SetAsideFor, ct);
                continue;
            }
            catch (WriteConflictException)
            {
                // Somebody acted on one of the cases in the same moment; the batch is taken again.
                continue;
            }

            total += taken;
            if (taken < database.SweepBatch)
                break;
        }

        if (total > 0)
            Log.Swept(log, total);
        return total;
    }
}

static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Took {Count} due deadlines")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Error, "The deadlines of case {InstanceId} were set aside")]
    public static partial void SetAside(ILogger logger, Exception exception, Guid instanceId);
}
