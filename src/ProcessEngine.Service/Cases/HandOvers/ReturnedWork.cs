using System.Data.Common;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.HandOvers;

/// <summary>
/// What somebody had taken who has left, or does not hold its role any more, goes back to those who do. See <see cref="WorkToReturn"/>.
/// </summary>
public sealed class ReturnedWork(Database database, ProcessStore store, WorkItems items, DeadlineOptions options) : IItemJob
{
    public const string JobName = "returned-work";

    const int Batch = 100;

    const string Reason = "ผู้ที่รับงานไว้พ้นจากหน้าที่นี้แล้ว (whoever had taken it does not hold this post any more)";

    // Index: the primary key of work_to_return, from its oldest; ix_work_to_return_due.
    const string DueSql = """
        SELECT DISTINCT w.user_id AS id, u.home_office AS office, u.display_name AS about
        FROM work_to_return w
        JOIN app_user u ON u.user_id = w.user_id
        WHERE w.due_at <= @now AND NOT w.parked
        LIMIT @Batch
        """;

    const string DoneSql = "DELETE FROM work_to_return WHERE user_id = $1 AND due_at <= $2";
    const string ParkSql = "UPDATE work_to_return SET parked = TRUE WHERE user_id = $1 AND due_at <= $2";

    // Index: ix_task_assignee.
    const string CasesSql = """
        SELECT DISTINCT instance_id
        FROM user_task
        WHERE assignee = @user AND assignee IS NOT NULL AND state = 'open' AND instance_id > @after
        ORDER BY instance_id
        LIMIT @Batch
        """;

    const string CaseSql = "SELECT i.head_hash, i.state FROM process_instance i WHERE i.instance_id = $1";

    public string Name => JobName;
    public LocalizedText Title => new("งานของผู้ที่พ้นจากหน้าที่", "Work of those who left");
    public TimeSpan Interval => options.SweepInterval;

    public Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        connection.OldestAsync("SELECT MIN(due_at) AS at FROM work_to_return WHERE due_at <= @now AND NOT parked", now);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        List<Row> due;
        await using (var connection = await database.OpenAsync(ct))
            due = (await connection.QueryAsync<Row>(DueSql, new { now = store.Now(), Batch })).AsList();
        foreach (var row in due)
            await items.TryAsync(this, new WorkItem(row.Id.ToString(), row.Office, row.About, null), ct);
        return total + due.Count;
    }

    public void Park(WriteSession session, string item)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ParkSql, Guid.Parse(item), store.Now());
    }

    /// <summary>Everything that one person had taken, a case to a transaction; what was given back before is not there any more.</summary>
    public async Task WorkOffAsync(string item, CancellationToken ct)
    {
        var user = Guid.Parse(item);
        var now = store.Now();
        Kernel.Caller? caller;
        await using (var connection = await database.OpenAsync(ct))
            caller = (await CallerRows.FindAsync(connection, item))?.On(BangkokTime.DateOf(now));
        for (var after = Guid.Empty; ;)
        {
            List<Guid> cases;
            await using (var connection = await database.OpenAsync(ct))
                cases = (await connection.QueryAsync<Guid>(CasesSql, new { user, after, Batch })).AsList();
            foreach (var id in cases)
                await ReturnAsync(id, user, caller, ct);
            if (cases.Count < Batch)
                break;
            after = cases[^1];
        }

        await database.TransactAsync(
            session =>
            {
                session.Enqueue(DoneSql, user, now);
                return ValueTask.FromResult(true);
            },
            ct);
    }

    Task<bool> ReturnAsync(Guid instance, Guid user, Kernel.Caller? caller, CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            var found = await session.QueryListAsync(
                $"{CaseSql} {database.Lock("i")}", new object?[] { instance },
                row => (HeadHash: row.Bytes(0), State: ProcessStore.ReadState(row.GetString(1))));
            if (found is not [var (headHash, state)])
                return false;
            var stands = caller?.BelongsTo(state.Office) == true ? caller.In(state.Office, state.DefinitionKey) : null;
            await store.DecideInBatchAsync(session, state, headHash, new ReturnWork(user, stands, Reason) { By = Actor.System });
            return true;
        },
        ct);

    sealed record Row
    {
        public Guid Id { get; init; }
        public string Office { get; init; } = "";
        public string About { get; init; } = "";
    }
}
