using System.Data.Common;
using System.Text.Json;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// Whether mail and webhooks may go out. A database that was brought back from a copy sends nothing until an administrator says so.
/// </summary>
/// <remarks>
/// Promise P11. The database counts its starts and what it sends; the last count stands in a file outside it, written before anything goes
/// out. docs/decisions/0009-a-restored-backup-is-silent.md says what gives a copy away, and what does not.
/// </remarks>
public sealed class DeliveryHold(Database database, ServiceOptions options, TimeProvider time, ILogger<DeliveryHold> log)
{
    const int MaxCounted = 1000;
    const int MaxHolds = 20;

    // Returns nothing when sending is held, or when this is no longer the database that the node knew.
    const string CountSql =
        "UPDATE sending SET mark = mark + 1 WHERE one = 1 AND hold_id IS NULL AND life = $1 AND mark >= $2 RETURNING mark";
    const string RowSql = "SELECT s.life, s.mark, s.place, s.timeline, s.copied, s.hold_id FROM sending s WHERE s.one = 1";
    const string SetSql = "UPDATE sending SET life = $1, mark = $2, place = $3, timeline = $4, copied = $5, hold_id = $6 WHERE one = 1";
    const string HoldSql = "INSERT INTO sending_hold (hold_id, reason, held_at) VALUES ($1, $2, $3)";

    readonly string file = database.LifeFile(options.DataFolder);
    readonly Lock writing = new();
    HighWaterMark? known;

    sealed record Row(Guid? Life, long Mark, string Place, string Timeline, bool Copied, Guid? Hold);

    /// <summary>
    /// Looks whether this is the database that was here before, and holds sending when it is a copy. At the start, and every hour.
    /// </summary>
    public async Task CheckAsync(CancellationToken ct)
    {
        var (place, kept, now) = (await database.PlaceAsync(ct), await ReadAsync(ct) ?? known, Instants.Truncate(time.GetUtcNow()));
        Keep(await database.TransactAsync(
            async session =>
            {
                var row = await session.QuerySingleAsync(
                    $"{RowSql} {database.Lock("s")}", Array.Empty<object?>(),
                    r => new Row(r.IdOrNull(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.IdOrNull(5)));
                var why = WhyHeld(row!, kept, place, await HasNoticesAsync(session));
                var (life, hold) = (row!.Life ?? Guid.CreateVersion7(now), row.Hold);
                if (why is not null)
                {
                    // Another life from here on: what other nodes have kept says nothing about it.
                    life = Guid.CreateVersion7(now);
                    if (hold is null)
                    {
                        hold = Guid.CreateVersion7(now);
                        session.Enqueue(HoldSql, hold, why, now);
                    }

                    Log.Held(log, why);
                }

                // Before the commit, with a mark that accuses nobody: a node that dies in between must not find a stranger's file.
                if (life != row.Life)
                    Keep(new HighWaterMark(life, 0));
                session.Enqueue(SetSql, life, row.Mark + 1, place?.Name ?? "", place?.Timeline ?? "", false, hold);
                return new HighWaterMark(life, row.Mark + 1);
            },
            ct));
    }

    /// <returns><c>copy</c>, <c>elsewhere</c>, <c>older</c>; null when it is the database that was here before, or a new one.</returns>
    static string? WhyHeld(Row row, HighWaterMark? kept, DatabasePlace? place, bool hasNotices)
    {
        if (row.Life is not { } life)
            return kept is { Mark: > 0 } && hasNotices ? "older" : null;
        if (row.Copied)
            return "copy";
        if (place is not null && row.Place != place.Name)
            return "elsewhere";
        if (kept?.Life == life)
            return row.Mark < kept.Mark ? "older" : null;
        // A file without its mark has been taken away from it. A node of several may be new; but then nobody can say what the old timeline
        // had sent.
        return place is null || row.Timeline != place.Timeline ? "elsewhere" : null;
    }

    static async ValueTask<bool> HasNoticesAsync(WriteSession session)
    {
        var any = false;
        await session.QueryAsync("SELECT 1 FROM outbox LIMIT 1", Array.Empty<object?>(), _ => any = true);
        return any;
    }

    /// <summary>Within a transaction that makes deliveries: null while sending is held.</summary>
    public static async ValueTask<SendingNow?> NowAsync(WriteSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return await session.QuerySingleAsync(
            "SELECT dropped_before FROM sending WHERE one = 1 AND hold_id IS NULL", Array.Empty<object?>(),
            r => new SendingNow(r.IsDBNull(0) ? null : r.Instant(0)));
    }

    /// <summary>Within the transaction that takes a batch to be sent: counts it.</summary>
    /// <returns>To be kept before anything goes out; null when nothing may.</returns>
    public async ValueTask<HighWaterMark?> CountAsync(WriteSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return known is { } node
            ? await session.QuerySingleAsync(CountSql, new object?[] { node.Life, node.Mark }, r => node with { Mark = r.GetInt64(0) })
            : null;
    }

    /// <summary>Writes the count down outside the database: whole or not at all, and on the disk before this returns.</summary>
    public void Keep(HighWaterMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        lock (writing)
        {
            if (known?.Life == mark.Life && known.Mark >= mark.Mark)
                return;
            known = mark;
            var settings = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(file + ".new", settings))
            {
                JsonSerializer.Serialize(stream, mark);
                stream.Flush(flushToDisk: true);
            }

            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <summary>
    /// Lets mail and webhooks go out again. What is to be dropped is passed over in batches by the job that sends; it stays in the pages.
    /// </summary>
    /// <returns>False when nothing was held.</returns>
    public async ValueTask<bool> ReleaseAsync(WriteSession session, Guid by, bool drop, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        Guid? hold = null;
        await session.QueryAsync($"{RowSql} {database.Lock("s")}", Array.Empty<object?>(), r => hold = r.IdOrNull(5));
        if (hold is null)
            return false;
        session.Enqueue(
            "UPDATE sending_hold SET released_at = $2, released_by = $3, waiting = $4 WHERE hold_id = $1",
            hold,
            now,
            by,
            drop ? "drop" : "send");
        session.Enqueue("UPDATE sending SET hold_id = NULL WHERE one = 1");
        if (drop)
            session.Enqueue("UPDATE sending SET dropped_before = $1 WHERE one = 1", now);
        Log.Released(log, by, drop ? "drop" : "send");
        return true;
    }

    public static async Task<bool> IsHeldAsync(DbConnection connection) =>
        await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM sending WHERE hold_id IS NOT NULL") > 0;

    public static async Task<SendingState> StateAsync(DbConnection connection)
    {
        // Few: one row for each time that a copy was brought back.
        var holds = (await connection.QueryAsync<SendingHold>(
            """
            SELECT h.hold_id AS id, h.reason, h.held_at AS since, h.released_at, u.display_name AS released_by, h.waiting
            FROM sending_hold h
            LEFT JOIN app_user u ON u.user_id = h.released_by
            ORDER BY h.hold_id DESC
            LIMIT @MaxHolds
            """,
            new { MaxHolds })).AsList();
        // Indexes: ix_outbox_untold, ix_delivery_due_of_channel.
        var waiting = await connection.ExecuteScalarAsync<long>(
            """
            SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE NOT told LIMIT @MaxCounted) AS untold)
                + (SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state = 'waiting' LIMIT @MaxCounted) AS unsent)
            """,
            new { MaxCounted });
        return new SendingState(holds.Any(h => h.ReleasedAt is null), (int)Math.Min(waiting, MaxCounted), holds);
    }

    async Task<HighWaterMark?> ReadAsync(CancellationToken ct)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<HighWaterMark>(await File.ReadAllTextAsync(file, ct));
        }
        catch (JsonException)
        {
            // Not ours, or damaged: it says nothing.
            return null;
        }
    }
}

/// <summary>How far the database has come, as it stands outside it.</summary>
public sealed record HighWaterMark(Guid Life, long Mark);

/// <param name="DroppedBefore">What was made until then is passed over.</param>
public sealed record SendingNow(DateTimeOffset? DroppedBefore)
{
    public bool Drops(DateTimeOffset createdAt) => createdAt <= DroppedBefore;
}

/// <param name="Held">Whether nothing goes out.</param>
/// <param name="Waiting">Notices that wait to be sent; at most 1,000 are counted.</param>
/// <param name="Holds">Each time that sending was held, newest first.</param>
public sealed record SendingState(bool Held, int Waiting, IReadOnlyList<SendingHold> Holds);

/// <summary>A time during which nothing was sent.</summary>
public sealed record SendingHold
{
    public Guid Id { get; init; }

    /// <summary>
    /// <c>copy</c> (marked by the backup scripts), <c>elsewhere</c> (in another place than before) or <c>older</c> (than what was sent from
    /// here).
    /// </summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset Since { get; init; }
    public DateTimeOffset? ReleasedAt { get; init; }
    public string? ReleasedBy { get; init; }

    /// <summary><c>send</c> or <c>drop</c>: what became of what waited.</summary>
    public string? Waiting { get; init; }
}

static partial class Log
{
    [LoggerMessage(
        2102,
        LogLevel.Warning,
        "This database was brought back from a copy ({Reason}): no mail and no webhook goes out until an administrator releases them")]
    public static partial void Held(ILogger logger, string reason);

    [LoggerMessage(2103, LogLevel.Information, "User {UserId} released mail and webhooks; what waited: {Waiting}")]
    public static partial void Released(ILogger logger, Guid userId, string waiting);
}
