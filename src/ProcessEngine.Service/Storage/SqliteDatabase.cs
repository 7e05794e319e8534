using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace ProcessEngine.Service.Storage;

/// <summary>The embedded default: one file, one writer, durable at every commit (WAL, synchronous=FULL).</summary>
public sealed class SqliteDatabase : Database
{
    const int UniqueViolation = 2067;
    const int PrimaryKeyViolation = 1555;
    static readonly Version Oldest = new(3, 35, 0);

    readonly string connectionString;
    readonly SemaphoreSlim gate = new(1, 1);
    readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);
    SqliteConnection? writer;
    int disposed;

    static SqliteDatabase()
    {
        // The host's library is years newer than the bundled one, which stays as the fallback.
        NativeLibrary.SetDllImportResolver(
            Assembly.Load("SQLitePCLRaw.provider.e_sqlite3"),
            (name, assembly, _) => name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", assembly, DllImportSearchPath.SafeDirectories, out var handle)
                ? handle
                : IntPtr.Zero);
        SQLitePCL.Batteries_V2.Init();
    }

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

    public override string Provider => "sqlite";
    public override int SweepBatch => 100;
    public override string SkipLocked(string alias) => "";
    public override string Lock(string alias) => "";

    // There is one writer: what it reads stays so until it has written.
    public override string HoldCalendar => "SELECT MAX(version) FROM calendar_version";
    public override string ChangeCalendar => HoldCalendar;

    // A later version is inserted once more, which its primary key forbids.
    public override string CheckCalendar => "INSERT INTO calendar_version SELECT * FROM calendar_version WHERE version > $1";

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) => TransactAsync(work, ct);

    /// <remarks>
    /// The gate makes waiting fair. Without it SQLite's own busy handler lets one writer wait for seconds while others pass it.
    /// Once the gate is held, the work is not cancelled: it is short, and half of it must not be stored.
    /// </remarks>
    public override async Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        await gate.WaitAsync(ct);
        try
        {
            writer ??= OpenWriter();
            var session = new Session(this);
            Command("BEGIN IMMEDIATE").ExecuteNonQuery();
            try
            {
                var result = await work(session);
                session.Flush();
                Command("COMMIT").ExecuteNonQuery();
                return result;
            }
            catch (Exception e)
            {
                // SQLite has rolled back by itself after some errors (a full disk); then there is nothing left to undo.
                if (SQLitePCL.raw.sqlite3_get_autocommit(writer.Handle) == 0)
                    Command("ROLLBACK").ExecuteNonQuery();
                if (e is SqliteException { SqliteExtendedErrorCode: UniqueViolation or PrimaryKeyViolation })
                    throw new WriteConflictException(e);
                throw;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    SqliteConnection OpenWriter()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        if (Version.Parse(connection.ServerVersion) < Oldest)
            throw new InvalidOperationException($"SQLite {connection.ServerVersion} is too old; {Oldest} or later is needed (install libsqlite3).");
        using var setUp = connection.CreateCommand();
        setUp.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA cache_size=-16384; PRAGMA foreign_keys=ON;";
        setUp.ExecuteNonQuery();
        return connection;
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

    public override async Task MigrateAsync(TimeProvider time, CancellationToken ct) =>
        await TransactAsync(
            _ =>
            {
                Migrations.Apply(
                    writer!,
                    Provider,
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
