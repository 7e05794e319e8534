using System.Data.Common;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>One of the two databases. What differs between them stands in the two subclasses; SQL is written once.</summary>
/// <remarks>
/// Statements on the write path use positional parameters (<c>$1</c>, <c>$2</c> …), which both drivers understand;
/// queries for people go through Dapper with named ones.
/// </remarks>
public abstract class Database : IAsyncDisposable, IOutages
{
    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public abstract string Provider { get; }

    /// <summary>Month of an instant in Bangkok, as <c>yyyymm</c>.</summary>
    /// <param name="instant">A column of UTC instants.</param>
    public abstract string MonthOf(string instant);

    /// <summary>Deadlines taken by one transaction of the sweep: bounded, so that people get in between.</summary>
    public abstract int SweepBatch { get; }

    /// <summary>Appended to a select of rows that another node may be working on.</summary>
    public abstract string SkipLocked(string alias);

    /// <summary>Appended to a select of rows that the transaction is going to change, and must have.</summary>
    public abstract string Lock(string alias);

    /// <summary>A query for the version of the calendar, which then stays until the transaction ends.</summary>
    public abstract string HoldCalendar { get; }

    /// <summary>A statement that fails all that are stored with it when the calendar is no longer of version <c>$1</c>.</summary>
    public abstract string CheckCalendar { get; }

    /// <summary>A query for the version of the calendar, after which only this transaction decides by a calendar, or changes it.</summary>
    public abstract string ChangeCalendar { get; }

    /// <summary>
    /// A statement that fails all that are stored with it when the order <c>$1</c> was revoked; until they are stored, it is not.
    /// </summary>
    public abstract string CheckOrder { get; }

    /// <summary>Where the service keeps, outside the database, how far it has come (the sending of notices).</summary>
    public abstract string LifeFile(string dataFolder);

    /// <summary>Where the database stands; a copy of it that was brought back stands elsewhere. Null when there is only its file.</summary>
    public abstract Task<DatabasePlace?> PlaceAsync(CancellationToken ct);

    /// <summary>
    /// An open connection for reading, whose statements end when the token does. The caller disposes it, and never asks for a second one
    /// while it holds the first: as many callers as the pool is large would wait for each other.
    /// </summary>
    public abstract ValueTask<DbConnection> OpenAsync(CancellationToken ct);

    /// <summary>
    /// Runs <paramref name="work"/> and stores everything that it queued, or nothing.
    /// On PostgreSQL the reads are not locked: whoever writes second violates
    /// a unique key, and gets a <see cref="WriteConflictException"/>.
    /// That keeps a transition at two round trips. On SQLite the one writer holds the lock from the first read on.
    /// </summary>
    public abstract Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct);

    /// <summary>The same in one explicit transaction, for work that locks the rows it reads.</summary>
    public abstract Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct);

    /// <summary>
    /// Runs <paramref name="work"/> while no other node runs what has the same
    /// name. Its token is cancelled when this node may no longer be the only one.
    /// </summary>
    /// <returns>False when another node is at it; then nothing was run.</returns>
    public abstract Task<bool> OneAtATimeAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct);

    public abstract bool IsOutOfReach(Exception e);

    /// <summary>
    /// Stores what is only good to know, such as when a key was last used. A database that takes nothing now keeps nobody from reading.
    /// </summary>
    public async Task NoteAsync(Action<WriteSession> write, CancellationToken ct)
    {
        try
        {
            await TransactAsync(
                session =>
                {
                    write(session);
                    return ValueTask.FromResult(true);
                },
                ct);
        }
        catch (Exception e) when (IsOutOfReach(e))
        {
            // It is noted when it is used once more.
        }
    }

    /// <summary>Why a start cannot go on although the database answers, as the rest of a sentence; null for another reason.</summary>
    public virtual string? WhyUnusable(Exception e) => null;

    /// <summary>Brings the schema up to date; safe when several nodes start at once.</summary>
    public abstract Task MigrateAsync(TimeProvider time, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <param name="Name">The server's cluster and the database in it.</param>
/// <param name="Timeline">Another one after a standby took over, or after a recovery to an earlier point.</param>
public sealed record DatabasePlace(string Name, string Timeline);

/// <summary>Reads, and a queue of writes that are stored together at the end.</summary>
public abstract class WriteSession
{
    /// <summary>What the transaction has taken hold of, for those that come after; null while it holds none.</summary>
    public object? Held { get; set; }

    /// <summary>Runs a query now; <paramref name="read"/> sees each row in turn.</summary>
    public abstract ValueTask QueryAsync(string sql, ReadOnlyMemory<object?> args, Action<DbDataReader> read);

    /// <summary>Queues a statement. It runs with all the others when the work is done.</summary>
    public abstract void Enqueue(string sql, params ReadOnlySpan<object?> args);

    /// <summary>
    /// Runs what is queued so far, to keep the queue short. Only within
    /// <see cref="Database.TransactAsync"/>, where all is still stored or nothing.
    /// </summary>
    public abstract ValueTask FlushAsync();

    public async ValueTask<T?> QuerySingleAsync<T>(string sql, ReadOnlyMemory<object?> args, Func<DbDataReader, T> map)
        where T : class
    {
        T? found = null;
        await QueryAsync(sql, args, row => found ??= map(row));
        return found;
    }

    public async ValueTask<List<T>> QueryListAsync<T>(string sql, ReadOnlyMemory<object?> args, Func<DbDataReader, T> map)
    {
        var rows = new List<T>();
        await QueryAsync(sql, args, row => rows.Add(map(row)));
        return rows;
    }
}

/// <summary>Somebody else stored the same thing first. Nothing of ours was stored; read again and decide again.</summary>
public sealed class WriteConflictException(Exception inner) : Exception("Another writer was first.", inner);
