using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Holidays;

/// <summary>Counts the limits of those cases anew that could not be counted when the calendar changed.</summary>
public sealed class CalendarRecounts(Database database, ProcessStore store, WorkItems items) : IItemJob
{
    public const string JobName = "calendar-recounts";

    // Indexes: the primary key; from the newest change back.
    const string CaseSql = "SELECT i.head_hash, i.state FROM process_instance i WHERE i.instance_id = $1";
    const string ChangeSql = "SELECT change_id, reason FROM calendar_change ORDER BY to_version DESC LIMIT 1";

    public string Name => JobName;
    public LocalizedText Title => new("กำหนดเวลาที่ต้องคำนวณใหม่", "Limits to be counted anew");
    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    public Task<int> RunAsync(CancellationToken ct) => items.RetryAsync(this, ct);

    /// <summary>There are no batches of it: the row of the failure is all.</summary>
    public void Park(WriteSession session, string item)
    {
    }

    /// <summary>By the calendar that is in force now, which a later change may have made.</summary>
    public Task WorkOffAsync(string item, CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            var found = await session.QueryListAsync(
                $"{CaseSql} {database.Lock("i")}", new object?[] { Guid.Parse(item) },
                row => (HeadHash: row.Bytes(0), State: ProcessStore.ReadState(row.GetString(1))));
            (Guid Id, string Reason) change = default;
            await session.QueryAsync(ChangeSql, Array.Empty<object?>(), row => change = (row.Id(0), row.GetString(1)));
            if (found is [var (headHash, state)] && change.Reason is not null)
                await store.DecideInBatchAsync(
                    session, state, headHash, new RecomputeDeadlines(change.Id, change.Reason) { By = Actor.System });
            return true;
        },
        ct);
}
