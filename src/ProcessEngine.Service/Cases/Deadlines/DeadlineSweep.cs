using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Deadlines;

/// <summary>Section <c>ProcessEngine:Deadlines</c>.</summary>
public sealed record DeadlineOptions
{
    /// <summary>Time between two looks at the deadlines. An idle look is one indexed read. 1 s to 5 min; default 5 s.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Takes every deadline whose moment has come, in bounded batches, oldest first.</summary>
/// <remarks>Promises P4 and P5. The truth is the deadline row: a lost, late or doubled wake-up changes nothing.</remarks>
public sealed class DeadlineSweep(ProcessStore store, Database database, ILogger<DeadlineSweep> log)
{
    static readonly TimeSpan SetAsideFor = TimeSpan.FromMinutes(10);

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
                taken = await store.TakeDueDeadlinesAsync(database.SweepBatch, ct);
            }
            catch (SweepFailedException e)
            {
                Log.SetAside(log, e, e.InstanceId);
                await store.SetAsideAsync(e.InstanceId, SetAsideFor, ct);
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
