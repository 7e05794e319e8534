using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>The clock of a node went further than time did: what goes by it stands still until somebody says that it is right.</summary>
public sealed record ClockHold
{
    public Guid HoldId { get; init; }
    public string Node { get; init; } = "";

    /// <summary>The last moment that the clock was believed at.</summary>
    public DateTimeOffset Believed { get; init; }

    /// <summary>What it showed then instead.</summary>
    public DateTimeOffset Reads { get; init; }
}

/// <summary>
/// Whether the clock can be believed. One that is set years ahead by mistake would make every deadline overdue, tell every superior and
/// start every recurrence, once and for all: what goes by the clock (<see cref="IRecurringJob.GoesByTheClock"/>) stands still instead,
/// until the system's administrator confirms the date, or the clock is put right.
/// </summary>
/// <remarks>
/// While the node runs, the clock is held against the time that has passed; at its start, against the last run of any job on any node. A
/// service that was out of use for longer than <see cref="DeadlineOptions.MaxClockJump"/> asks, too.
/// </remarks>
public sealed class ClockWatch(Database database, DeadlineOptions options, TimeProvider time, ILogger<ClockWatch> log)
{
    const string Columns = "hold_id, node, believed, reads";

    readonly Lock looking = new();
    DateTimeOffset believed = time.GetUtcNow();
    long believedAt = time.GetTimestamp();
    Guid? held;

    /// <summary>At the start, before any job runs.</summary>
    public async Task CheckAtStartAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAsync(ct);
        // Whichever node it was: one that is started anew in a container has another name.
        if (await HeldAsync(connection) is { } before && IsBeyond(before, now))
        {
            held = before.HoldId;
            return;
        }

        // What a clock that was wrong before has left in the future says nothing.
        if (await connection.OldestAsync("SELECT MAX(ran_at) AS at FROM job_run WHERE ran_at <= @now", now) is { } last
            && now - last > options.MaxClockJump)
            await HoldAsync(last, now, ct);
    }

    /// <summary>Whether what goes by the clock may run now. Costs a statement only while it may not.</summary>
    public async Task<bool> MayGoOnAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (held is not { } id)
        {
            if (JumpTo(now) is not { } from)
                return true;
            await HoldAsync(from, now, ct);
            return false;
        }

        await using var connection = await database.OpenAsync(ct);
        var hold = await connection.QuerySingleOrDefaultAsync<ClockHold?>(
            $"SELECT {Columns} FROM clock_hold WHERE hold_id = @id AND released_at IS NULL", new { id });
        if (hold is not null && IsBeyond(hold, now))
            return false;
        if (hold is not null)
            await ReleaseAsync(id, now, ct);
        Believe(now);
        held = null;
        return true;
    }

    bool IsBeyond(ClockHold hold, DateTimeOffset now) => (now - hold.Believed).Duration() > options.MaxClockJump;

    /// <returns>The last moment that was believed, where the clock went further since than time did; null where it did not.</returns>
    DateTimeOffset? JumpTo(DateTimeOffset now)
    {
        lock (looking)
        {
            var from = believed;
            if (now - from - time.GetElapsedTime(believedAt) > options.MaxClockJump)
                return from;
            (believed, believedAt) = (now, time.GetTimestamp());
            return null;
        }
    }

    void Believe(DateTimeOffset now)
    {
        lock (looking)
            (believed, believedAt) = (now, time.GetTimestamp());
    }

    async Task HoldAsync(DateTimeOffset from, DateTimeOffset now, CancellationToken ct)
    {
        var (id, reads, last) = (Guid.CreateVersion7(now), Instants.Truncate(now), Instants.Truncate(from));
        await database.TransactAsync(
            session =>
            {
                session.Enqueue(
                    "INSERT INTO clock_hold (hold_id, node, believed, reads) VALUES ($1, $2, $3, $4)",
                    id, Environment.MachineName, last, reads);
                return ValueTask.FromResult(true);
            },
            ct);
        held = id;
        Log.Held(log, last, reads);
    }

    Task ReleaseAsync(Guid id, DateTimeOffset now, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            // Two jobs of one node may have met the jump at once, each with a row.
            session.Enqueue(
                "UPDATE clock_hold SET released_at = $2 WHERE (hold_id = $1 OR node = $3) AND released_at IS NULL",
                id, Instants.Truncate(now), Environment.MachineName);
            Log.PutRight(log);
            return ValueTask.FromResult(true);
        },
        ct);

    /// <summary>What stands still now, on any node; null when nothing does.</summary>
    public static Task<ClockHold?> HeldAsync(DbConnection connection) => connection.QuerySingleOrDefaultAsync<ClockHold?>(
        $"SELECT {Columns} FROM clock_hold WHERE released_at IS NULL ORDER BY hold_id LIMIT 1");

    /// <summary>Somebody says that the date is right: every node goes on at its next look.</summary>
    /// <returns>False when nothing stands still.</returns>
    public static async ValueTask<bool> ConfirmAsync(WriteSession session, Guid by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        var any = false;
        await session.QueryAsync(
            "UPDATE clock_hold SET released_at = $1, released_by = $2 WHERE released_at IS NULL RETURNING hold_id",
            new object?[] { now, by }, _ => any = true);
        return any;
    }
}

static partial class Log
{
    [LoggerMessage(7201, LogLevel.Error,
        "The clock was believed at {Believed:u} and shows {Reads:u}: deadlines, recurrences and cleaning up stand still until it is "
        + "confirmed (/admin) or put right")]
    public static partial void Held(ILogger logger, DateTimeOffset believed, DateTimeOffset reads);

    [LoggerMessage(7202, LogLevel.Warning, "The clock is right again: what goes by it goes on")]
    public static partial void PutRight(ILogger logger);
}
