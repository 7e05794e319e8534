using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>
/// What time does to requests: a question that nobody answers ends, a link ends so long after its case, and who asked is then forgotten.
/// </summary>
public sealed class RequestKeeping(Database database, ProcessStore store, WorkItems items, TimeProvider time) : IItemJob
{
    public const string JobName = "requests";
    const int Batch = 200;

    public string Name => JobName;
    public LocalizedText Title => new(
        "คำขอจากภายนอก: คำถามที่หมดเวลา และการลบข้อมูลผู้ขอ", "Requests: questions that end, and who is forgotten");
    public TimeSpan Interval => TimeSpan.FromMinutes(1);
    public bool GoesByTheClock => true;

    // Index: ix_request_question_due. Bounded by the batch.
    const string DueSql = """
        SELECT q.question_id, r.office, r.number, r.instance_id
        FROM request_question q
        JOIN request r ON r.instance_id = q.instance_id
        WHERE q.closed_at IS NULL AND NOT q.parked AND q.give_up_at <= $1
        ORDER BY q.give_up_at
        LIMIT $2
        """;

    const string OneSql = """
        SELECT i.state, i.head_hash, q.task_id
        FROM request_question q
        JOIN process_instance i ON i.instance_id = q.instance_id
        WHERE q.question_id = $1 AND q.closed_at IS NULL
        """;

    const string CloseSql = "UPDATE request_question SET closed_at = $2 WHERE question_id = $1 AND closed_at IS NULL";
    const string ParkSql = "UPDATE request_question SET parked = TRUE WHERE question_id = $1";

    // Indexes: ix_request_running, the primary key of process_instance. Bounded by the batch.
    const string EndedSql = """
        SELECT r.instance_id, i.ended_at, r.keep_days
        FROM request r
        JOIN process_instance i ON i.instance_id = r.instance_id
        WHERE r.expires_at IS NULL AND i.ended_at IS NOT NULL
        LIMIT $1
        """;

    const string ExpireSql = "UPDATE request SET expires_at = $2 WHERE instance_id = $1";

    // Index: ix_request_expires. A case that was opened again keeps its requester until it ends anew.
    const string ReopenedSql = """
        UPDATE request SET expires_at = NULL
        WHERE expires_at IS NOT NULL AND forgotten_at IS NULL AND expires_at <= $1
            AND EXISTS (SELECT 1 FROM process_instance i WHERE i.instance_id = request.instance_id AND i.ended_at IS NULL)
        """;

    // Indexes: ix_request_expires, ix_request_erasure.
    const string ForgetSql = """
        UPDATE request
        SET name = NULL, telephone = NULL, mail = NULL, token_hash = CASE WHEN expires_at <= $1 THEN NULL ELSE token_hash END,
            forgotten_at = $1
        WHERE forgotten_at IS NULL AND expires_at IS NOT NULL AND (expires_at <= $1 OR erasure_asked_at IS NOT NULL)
        """;

    // Index: the primary key. Whoever asked to be forgotten keeps their link until it ends.
    const string EndLinksSql = "UPDATE request SET token_hash = NULL WHERE token_hash IS NOT NULL AND expires_at <= $1";

    public Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) => connection.OldestAsync(
        "SELECT MIN(give_up_at) AS at FROM request_question WHERE closed_at IS NULL AND NOT parked AND give_up_at < @now", now);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        IReadOnlyList<WorkItem> due;
        do
        {
            due = await DueAsync(ct);
            foreach (var one in due)
            {
                await items.TryAsync(this, one, ct);
                total++;
            }
        }
        while (due.Count == Batch);
        return total + await ForgetAsync(ct);
    }

    public void Park(WriteSession session, string item)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ParkSql, Guid.Parse(item));
    }

    /// <summary>Nobody has answered: the work goes on without.</summary>
    public Task WorkOffAsync(string item, CancellationToken ct)
    {
        var question = Guid.Parse(item);
        return database.TransactAsync(
            async session =>
            {
                await store.HoldCalendarAsync(session);
                (ProcessState State, byte[] Hash, Guid Task)? found = null;
                await session.QueryAsync(
                    $"{OneSql} {database.Lock("i")}", new object?[] { question },
                    row => found = (ProcessStore.ReadState(row.GetString(0)), row.Bytes(1), row.Id(2)));
                if (found is not var (state, hash, task))
                    return false;
                // Somebody went on without the answer, or the case has ended: then the question is over, and nothing else is to be done.
                if (state.IsRunning && state.FindOpenTask(task) is { Paused: true })
                {
                    await store.DecideInBatchAsync(
                        session, state, hash,
                        new ContinueTask("ไม่มีคำตอบจากผู้ขอภายในเวลาที่กำหนด") { By = Actor.System, TaskId = task });
                }

                session.Enqueue(CloseSql, question, store.Now());
                return true;
            },
            ct);
    }

    async Task<IReadOnlyList<WorkItem>> DueAsync(CancellationToken ct) => await database.OptimisticAsync(
        async session => await session.QueryListAsync(
            DueSql, new object?[] { store.Now(), Batch },
            row => new WorkItem(row.Id(0).ToString(), row.GetString(1), $"คำขอ {row.GetString(2)}", $"/cases/{row.Id(3)}")),
        ct);

    async Task<int> ForgetAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var ended = await database.OptimisticAsync(
            async session => await session.QueryListAsync(
                EndedSql, new object?[] { Batch }, row => (Id: row.Id(0), Ends: row.Instant(1).AddDays(row.GetInt32(2)))),
            ct);
        await database.TransactAsync(
            session =>
            {
                foreach (var (id, ends) in ended)
                    session.Enqueue(ExpireSql, id, ends);
                session.Enqueue(ReopenedSql, now);
                session.Enqueue(ForgetSql, now);
                session.Enqueue(EndLinksSql, now);
                return ValueTask.FromResult(true);
            },
            ct);
        return ended.Count;
    }
}
