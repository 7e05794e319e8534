using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Deadlines;

/// <summary>Takes every deadline whose moment has come, in bounded batches, oldest first.</summary>
/// <remarks>Promises P4 and P5. The truth is the deadline row: a lost, late or doubled wake-up changes nothing.</remarks>
public sealed class DeadlineSweep(
    DueDeadlines deadlines, WorkItems items, Database database, DeadlineOptions options, ILogger<DeadlineSweep> log)
    : IItemJob
{
    public const string JobName = "deadline-sweep";

    public string Name => JobName;
    public LocalizedText Title => new("กำหนดเวลา การเตือน และการรอ", "Deadlines, escalation and waits");
    public TimeSpan Interval => options.SweepInterval;
    public bool GoesByTheClock => true;

    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) => new[]
    {
        await connection.OldestAsync("SELECT MIN(wake_at) AS at FROM deadline WHERE wake_at < @now", now),
        await connection.OldestAsync("SELECT MIN(wake_at) AS at FROM process_wait WHERE wake_at < @now", now),
    }.Min();

    /// <summary>Works through everything that is due; people get in between two batches.</summary>
    /// <returns>How many deadlines were looked at.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        // Most looks find nothing: those cost one statement, and no transaction.
        if (!await deadlines.IsAnythingDueAsync(JobName, ct))
            return 0;
        var total = await items.RetryAsync(this, ct);
        var seen = new HashSet<Guid>();
        int taken;
        do
        {
            taken = await items.WorkOffAsync(
                this,
                async () => Progress(await deadlines.TakeAsync(database.SweepBatch, ct), seen),
                () => deadlines.CasesAsync(database.SweepBatch, ct),
                ct);
            total += taken;
        }
        while (taken >= database.SweepBatch);
        if (total > 0)
            Log.Swept(log, total);
        return total;
    }

    /// <summary>What was taken is due no longer: a row that comes back in the same run would come back for ever.</summary>
    static int Progress(IReadOnlyList<Guid> taken, HashSet<Guid> seen) =>
        taken.Count > 0 && taken.All(id => !seen.Add(id))
            ? throw new InvalidOperationException($"{taken.Count} deadlines were taken, and are due still.")
            : taken.Count;

    public void Park(WriteSession session, string item) => deadlines.Park(session, Guid.Parse(item));

    public Task WorkOffAsync(string item, CancellationToken ct) => deadlines.TakeCaseAsync(Guid.Parse(item), ct);
}

static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Took {Count} due deadlines")]
    public static partial void Swept(ILogger logger, int count);
}
