using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>Clears away what is out of date, once an hour.</summary>
public sealed class CleanUpJob(Database database, IEnumerable<ICleanUp> cleanUps, TimeProvider time) : IRecurringJob
{
    public const string JobName = "forget-keys";

    public string Name => JobName;
    public LocalizedText Title => new("การล้างข้อมูลที่หมดอายุ", "Clearing away what is out of date");
    public TimeSpan Interval => TimeSpan.FromHours(1);
    public bool GoesByTheClock => true;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await database.TransactAsync(
            session =>
            {
                foreach (var one in cleanUps)
                    one.ForgetOld(session, time.GetUtcNow());
                return ValueTask.FromResult(true);
            },
            ct);
        return 0;
    }
}

/// <summary>Idempotency keys are honoured for two weeks. Index: ix_idempotency_age.</summary>
public sealed class OldKeys : ICleanUp
{
    static readonly TimeSpan KeepFor = TimeSpan.FromDays(14);

    public void ForgetOld(WriteSession session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue("DELETE FROM idempotency WHERE created_at < $1", now - KeepFor);
    }
}
