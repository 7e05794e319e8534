using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ProcessEngine.Service.Storage;

/// <summary>The embedded default: one file, one writer, durable at every commit (WAL, synchronous=FULL).</summary>
public sealed class SqliteDatabase : Database
{
    const int UniqueViolation = 2067;
    const int PrimaryKeyViolation = 1555;

    // What is wrong with a statement; all else (busy, full, read-only, corrupt) is wrong with the file or its disk.
    const int SqlError = 1;
    const int TooBig = 18;
    const int ConstraintViolation = 19;
    const int Mismatch = 20;

    /// <summary>
    /// Works that one commit may carry: enough to share its flush among many, few enough that the first does not wait long for the last.
    /// </summary>
    const int MaxTogether = 32;

    readonly string connectionString;
    readonly SemaphoreSlim gate = new(1, 1);
    readonly ConcurrentQueue<Work> waiting = new();
    readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);
    SqliteConnection? writer;
    int disposed;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string path)
        : this(new SqliteConnectionStringBuilder { DataSource = path })
    {
    }

    public SqliteDatabase(SqliteConnectionStringBuilder connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        connection.Pooling = true;
        connection.DefaultTimeout = 5;
        connectionString = connection.ConnectionString;
    }

    public override string Provider => DatabaseOptions.Sqlite;

    public override string MonthOf(string instant) => $"strftime('%Y%m', {instant}, '+7 hours')";
    public override int SweepBatch => 100;
    public override string SkipLocked(string alias) => "";
    public override string Lock(string alias) => "";

    // There is one writer: what it reads stays so until it has written.
    public override string HoldCalendar => "SELECT MAX(version) FROM calendar_version";
    public override string ChangeCalendar => HoldCalendar;

    // A later version is inserted once more, which its primary key forbids.
    public override string CheckCalendar => "INSERT INTO calendar_version SELECT * FROM calendar_version WHERE version > $1";

    public override string CheckOrder => "INSERT INTO post_order SELECT * FROM post_order WHERE order_id = $1 AND revoked_at IS NOT NULL";

    // Beside the database, wherever it lies: they move together.
    public override string LifeFile(string dataFolder) => new SqliteConnectionStringBuilder(connectionString).DataSource + ".life";

    public override Task<DatabasePlace?> PlaceAsync(CancellationToken ct) => Task.FromResult<DatabasePlace?>(null);

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        return new AbortableConnection(connection, ct);
    }

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) => TransactAsync(work, ct);

    /// <remarks>
    /// One writer at a time, in the order of arrival; without the gate SQLite's
    /// own busy handler lets one wait for seconds while others pass it.
    /// What arrives while a commit is under way goes into the next one together, each work under a savepoint: a flush of the disk costs
    /// more than the writes. Nobody is answered before the commit. Work that has begun is not cancelled: it is short, and half of it must
    /// not be stored.
    /// </remarks>
    public override async Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        var mine = new Work<T>(work);
        await using var cancellation = ct.UnsafeRegister(static work => ((Work)work!).Withdraw(), mine);
        waiting.Enqueue(mine);
        if (gate.Wait(0, CancellationToken.None))
            await StoreNextAsync();
        return await mine.Stored;
    }

    /// <summary>The caller holds the gate, and this lets go of it.</summary>
    async Task StoreNextAsync()
    {
        await StoreTogetherAsync();
        gate.Release();
        // Who came while we wrote found the gate shut.
        if (!waiting.IsEmpty && gate.Wait(0, CancellationToken.None))
            _ = Task.Run(StoreNextAsync, CancellationToken.None);
    }

    async Task StoreTogetherAsync()
    {
        var together = new List<Work>();
        while (together.Count < MaxTogether && waiting.TryDequeue(out var work))
        {
            if (work.Begin())
                together.Add(work);
        }

        if (together.Count == 0)
            return;
        try
        {
            writer ??= OpenWriter();
            Command("BEGIN IMMEDIATE").ExecuteNonQuery();
            if (together.Count == 1)
            {
                await RunAsync(together[0]);
            }
            else
            {
                foreach (var work in together)
                    await RunUnderSavepointAsync(work);
            }

            Command("COMMIT").ExecuteNonQuery();
            foreach (var work in together)
                work.Succeed();
        }
        catch (Exception e)
        {
            if (!IsRolledBack)
                Command("ROLLBACK").ExecuteNonQuery();
            foreach (var work in together)
                work.Fail(Named(e));
        }
    }

    async ValueTask RunAsync(Work work)
    {
        var session = new Session(this);
        await work.RunAsync(session);
        session.Flush();
    }

    /// <summary>A work that fails leaves nothing behind and takes none of the others with it.</summary>
    async ValueTask RunUnderSavepointAsync(Work work)
    {
        Command("SAVEPOINT work").ExecuteNonQuery();
        try
        {
            await RunAsync(work);
        }
        catch (Exception e) when (!IsRolledBack)
        {
            Command("ROLLBACK TO work").ExecuteNonQuery();
            work.Fail(Named(e));
        }

        Command("RELEASE work").ExecuteNonQuery();
    }

    /// <summary>SQLite rolls back by itself after some errors (a full disk); then nothing of the transaction is left.</summary>
    bool IsRolledBack => writer is null || SQLitePCL.raw.sqlite3_get_autocommit(writer.Handle) != 0;

    static Exception Named(Exception e) =>
        e is SqliteException { SqliteExtendedErrorCode: UniqueViolation or PrimaryKeyViolation } ? new WriteConflictException(e) : e;

    SqliteConnection OpenWriter()
    {
        KeepPrivate();
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var setUp = connection.CreateCommand();
        setUp.CommandText =
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA cache_size=-16384; "
                + "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=ON; "
                // A log that a long reader or a copy has made long is cut when it is next folded back.
                + "PRAGMA journal_size_limit=67108864;";
        setUp.ExecuteNonQuery();
        return connection;
    }

    /// <summary>
    /// Readable by the service's user alone, whatever the folder and the umask are. SQLite gives its log the mode of the file.
    /// </summary>
    void KeepPrivate()
    {
        var given = new SqliteConnectionStringBuilder(connectionString);
        if (OperatingSystem.IsWindows()
            || given.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly
            || given.DataSource is "" or ":memory:")
            return;
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!File.Exists(given.DataSource))
            new FileStream(
                given.DataSource,
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = Own }).Dispose();
        foreach (var file in new[] { given.DataSource, given.DataSource + "-wal", given.DataSource + "-shm" }.Where(File.Exists))
            File.SetUnixFileMode(file, Own);
    }

    SqliteCommand Command(string sql)
    {
        if (prepared.TryGetValue(sql, out var known))
            return known;
        var command = writer!.CreateCommand();
        command.CommandText = sql;
        prepared[sql] = command;
        return command;
    }

    SqliteCommand Bound(string sql, ReadOnlySpan<object?> args)
    {
        var command = Command(sql);
        if (command.Parameters.Count == 0)
        {
            for (var i = 0; i < args.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
        }

        for (var i = 0; i < args.Length; i++)
            command.Parameters[i].Value = DbValues.ForSqlite(args[i]);
        return command;
    }

    /// <summary>One node at the most has the file.</summary>
    public override async Task<bool> OneAtATimeAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        await work(ct);
        return true;
    }

    public override bool IsOutOfReach(Exception e) =>
        e is SqliteException { SqliteErrorCode: not (SqlError or TooBig or ConstraintViolation or Mismatch) };

    public override async Task MigrateAsync(TimeProvider time, CancellationToken ct) =>
        await TransactAsync(
            _ =>
            {
                Migrations.Apply(
                    writer!,
                    "sqlite",
                    script =>
                    {
                        using var command = writer!.CreateCommand();
                        command.CommandText = script;
                        command.ExecuteNonQuery();
                    },
                    time.GetUtcNow());
                return ValueTask.FromResult(true);
            },
            ct);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
            return;
        // Whoever is writing finishes first.
        await gate.WaitAsync();
        foreach (var command in prepared.Values)
            command.Dispose();
        prepared.Clear();
        writer?.Dispose();
        using var pooled = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(pooled);
        gate.Dispose();
    }

    /// <summary>What somebody wants stored, and waits for.</summary>
    abstract class Work
    {
        int begun;

        /// <summary>False when its caller has gone.</summary>
        public bool Begin() => Interlocked.Exchange(ref begun, 1) == 0;

        public void Withdraw()
        {
            if (Begin())
                Cancel();
        }

        public abstract ValueTask RunAsync(WriteSession session);
        public abstract void Succeed();
        public abstract void Fail(Exception e);
        protected abstract void Cancel();
    }

    sealed class Work<T>(Func<WriteSession, ValueTask<T>> work) : Work
    {
        readonly TaskCompletionSource<T> stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T? result;

        public Task<T> Stored => stored.Task;
        public override async ValueTask RunAsync(WriteSession session) => result = await work(session);
        public override void Succeed() => stored.TrySetResult(result!);
        public override void Fail(Exception e) => stored.TrySetException(e);
        protected override void Cancel() => stored.TrySetCanceled();
    }

    sealed class Session(SqliteDatabase database) : WriteSession
    {
        readonly List<(string Sql, object?[] Args)> queue = [];

        public override ValueTask QueryAsync(string sql, ReadOnlyMemory<object?> args, Action<DbDataReader> read)
        {
            using var reader = database.Bound(sql, args.Span).ExecuteReader();
            while (reader.Read())
                read(reader);
            return ValueTask.CompletedTask;
        }

        public override void Enqueue(string sql, params ReadOnlySpan<object?> args) => queue.Add((sql, args.ToArray()));

        public override ValueTask FlushAsync()
        {
            Flush();
            return ValueTask.CompletedTask;
        }

        public void Flush()
        {
            foreach (var (sql, args) in queue)
                database.Bound(sql, args).ExecuteNonQuery();
            queue.Clear();
        }
    }
}
