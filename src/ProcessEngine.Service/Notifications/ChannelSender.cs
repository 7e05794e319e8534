using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// Sends the deliveries of one channel: each at least once, and never twice from the same try. What fails is tried again for about four
/// hours, then put where administrators see it. A receiver that is down is asked once a run; the others go on.
/// </summary>
public sealed class ChannelSender(
    INotificationChannel channel,
    NotificationOptions options,
    Database database,
    DeliveryHold hold,
    TimeProvider time,
    DeadlineOptions pace,
    ILogger<ChannelSender> log) : IRecurringJob
{
    const int Batch = 50;
    const int AtOnce = 4;
    const int MaxAttempts = 8;
    const int ErrorLength = 300;

    static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // Index: ix_delivery_due_of_channel.
    const string DueSql = """
        SELECT s.user_id, s.email, s.email_when, s.webhook, s.quiet, d.delivery_id, d.kind, d.about, d.link, d.attempts, d.created_at,
            d.reason
        FROM delivery d
        JOIN notification_setting s ON s.user_id = d.user_id
        WHERE d.state = 'waiting' AND d.channel = $1 AND d.next_at <= $2
        ORDER BY d.next_at
        LIMIT $3
        """;

    const string TakeSql = "UPDATE delivery SET next_at = $2, attempts = attempts + 1 WHERE delivery_id = $1";
    const string EndSql = "UPDATE delivery SET state = $2, error = NULL WHERE delivery_id = $1 AND state = 'waiting'";
    const string FailSql = "UPDATE delivery SET state = $2, next_at = $3, error = $4, attempts = $5 WHERE delivery_id = $1";

    public string Name => $"{NotificationDispatcher.JobName}-{channel.Name}";
    public LocalizedText Title => channel.Title;
    public TimeSpan Interval => pace.SweepInterval;

    /// <param name="To">As they want it now: since the notice was made, they may have changed their mind.</param>
    /// <param name="IsDropped">Passed over, after a copy was brought back.</param>
    sealed record Due(Recipient To, Delivery What, bool IsDropped)
    {
        public static Due Read(DbDataReader r) => new(
            new Recipient(r.Id(0), r.TextOrNull(1), r.GetString(2), r.TextOrNull(3), r.GetBoolean(4)),
            new Delivery(r.Id(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetInt32(9), r.Instant(10))
            {
                Reason = r.TextOrNull(11),
            },
            IsDropped: false);
    }

    /// <summary>While sending is held, what waits for it is no fault of the job.</summary>
    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        await DeliveryHold.IsHeldAsync(connection)
            ? null
            : await connection.OldestAsync(
                $"SELECT MIN(next_at) AS at FROM delivery WHERE state = 'waiting' AND channel = '{channel.Name}' AND next_at < @now", now);

    /// <returns>How many deliveries were taken.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var down = new ConcurrentDictionary<string, string>();
        var total = 0;
        int taken;
        do
            total += taken = await SendBatchAsync(down, ct);
        while (taken == Batch);
        return total;
    }

    async Task<int> SendBatchAsync(ConcurrentDictionary<string, string> down, CancellationToken ct)
    {
        var (taken, due) = (Stopwatch.GetTimestamp(), await TakeAsync(ct));
        var bundles = channel.Together
            ? due.GroupBy(d => (d.To.User, d.IsDropped)).Select(g => g.ToList())
            : due.Select(d => new List<Due> { d });
        await Parallel.ForEachAsync(
            bundles.GroupBy(b => channel.Reaches(b[0].To) ? channel.Receiver(b[0].To) : ""),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (ofReceiver, token) =>
            {
                foreach (var bundle in ofReceiver)
                {
                    // Whatever the lease no longer covers may be another node's by now.
                    if (Stopwatch.GetElapsedTime(taken) < Lease - (2 * options.Timeout))
                        await SendAsync(bundle, down, token);
                }
            });
        return due.Count;
    }

    /// <summary>Taken for a while: another node leaves them alone, and whatever was not ended by then is tried again.</summary>
    async Task<IReadOnlyList<Due>> TakeAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var (due, mark) = await database.TransactAsync<(IReadOnlyList<Due>, HighWaterMark?)>(
            async session =>
            {
                if (await DeliveryHold.NowAsync(session) is not { } allowed)
                    return ([], null);
                var rows = await session.QueryListAsync(
                    $"{DueSql} {database.SkipLocked("d")}", new object?[] { channel.Name, now, Batch }, Due.Read);
                if (rows.Count == 0 || await hold.CountAsync(session) is not { } counted)
                    return (rows, null);
                foreach (var row in rows)
                    session.Enqueue(TakeSql, row.What.Id, now + Lease);
                return ([.. rows.Select(r => r with { IsDropped = allowed.Drops(r.What.CreatedAt) })], counted);
            },
            ct);
        if (due.Count == 0)
            return [];
        if (mark is null)
        {
            // Not the database that this node knew: another one was put in its place, or another node has looked at it since.
            await hold.CheckAsync(ct);
            return [];
        }

        hold.Keep(mark);
        return due;
    }

    async Task SendAsync(IReadOnlyList<Due> bundle, ConcurrentDictionary<string, string> down, CancellationToken ct)
    {
        var to = bundle[0].To;
        if (bundle[0].IsDropped || !channel.Reaches(to))
        {
            await EndAsync(bundle, "off", ct);
            return;
        }

        var receiver = channel.Receiver(to);
        if (down.TryGetValue(receiver, out var why))
        {
            await FailAsync(bundle, why, isTry: false, ct);
            return;
        }

        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            await channel.SendAsync(to, [.. bundle.Select(d => d.What)], either.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var error = e is OperationCanceledException ? $"No answer within {options.Timeout.TotalSeconds:0} seconds."
                : e.InnerException is null ? e.Message
                : $"{e.Message} {e.InnerException.Message}";
            if (channel.IsDown(e))
                down[receiver] = error;
            Log.NotSent(log, channel.Name, bundle.Count, error);
            await FailAsync(bundle, error, isTry: true, ct);
            return;
        }

        // It went out: that is written down even when the node is stopping.
        await EndAsync(bundle, "sent", CancellationToken.None);
    }

    Task EndAsync(IReadOnlyList<Due> bundle, string state, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            foreach (var one in bundle)
                session.Enqueue(EndSql, one.What.Id, state);
            return ValueTask.FromResult(true);
        },
        ct);

    /// <param name="isTry">False when its receiver was not even asked: that counts for none.</param>
    Task FailAsync(IReadOnlyList<Due> bundle, string error, bool isTry, CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        return database.TransactAsync(
            session =>
            {
                foreach (var one in bundle)
                {
                    var attempts = one.What.Attempts + (isTry ? 1 : 0);
                    session.Enqueue(
                        FailSql,
                        one.What.Id,
                        attempts >= MaxAttempts ? "failed" : "waiting",
                        Instants.Truncate(now + Backoff(one.What)),
                        error.Length > ErrorLength ? error[..ErrorLength] : error,
                        attempts);
                }

                return ValueTask.FromResult(true);
            },
            ct);
    }

    /// <summary>One minute, two, four …, each a fifth more or less: what failed together is not tried together for ever.</summary>
    static TimeSpan Backoff(Delivery delivery) =>
        TimeSpan.FromMinutes(Math.Pow(2, delivery.Attempts) * (0.8 + (0.4 * delivery.Id.ToByteArray()[^1] / byte.MaxValue)));
}

static partial class Log
{
    [LoggerMessage(2101, LogLevel.Warning, "{Count} notices by {Channel} could not be sent: {Error}")]
    public static partial void NotSent(ILogger logger, string channel, int count, string error);
}
