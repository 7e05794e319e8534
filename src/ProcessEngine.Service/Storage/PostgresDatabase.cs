using System.Collections.Concurrent;
using System.Data.Common;
using Npgsql;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>The database for several nodes. Writes of one transition go out as one batch: round trips cost more than the writes.</summary>
public sealed class PostgresDatabase : Database
{
    /// <summary>Held by the node that migrates; any constant that no other program uses ("ProcEng" in ASCII).</summary>
    const long MigrationLock = 0x50726F63456E67;

    static readonly TimeSpan StandstillEndsAfter = TimeSpan.FromSeconds(20);

    // Two pools: a transition that holds a connection may look something up that is not cached. Were there one pool,
    // as many such transitions as it has connections would wait for each other for ever.
    /// <summary>More than there are jobs.</summary>
    const int GuardsAtOnce = 12;

    /// <summary>How often a node that works alone makes sure that it still is.</summary>
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    readonly NpgsqlDataSource writes;
    readonly NpgsqlDataSource reads;

    // Held all through a job, which itself takes from the other pools.
    readonly NpgsqlDataSource guards;

    public PostgresDatabase(string connectionString, int maxConnections = 24)
    {
        // Nothing of ours outlives a transaction on a connection (locks, settings, temporary tables), so there is nothing to reset between
        // two.
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { AutoPrepareMinUsages = 2, NoResetOnClose = true };
        // A node that stands still in a transaction would keep what it has locked, the scheduler's locks among it, from all others. The
        // server ends such a transaction: whoever comes to again has nothing left to commit. Ours do nothing but talk to the database. A
        // setting of the operator's own comes later, and counts.
        builder.Options =
            $"-c idle_in_transaction_session_timeout={(int)StandstillEndsAfter.TotalMilliseconds} {builder.Options}".TrimEnd();
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 120;
        ConnectionString = builder.ConnectionString;
        var forReads = Math.Max(1, maxConnections / 3);
        writes = Pool(maxConnections - forReads);
        reads = Pool(forReads);
        guards = Pool(GuardsAtOnce);

        NpgsqlDataSource Pool(int size) =>
            NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(builder.ConnectionString) { MaxPoolSize = size });
    }

    public string ConnectionString { get; }

    /// <summary>For what brings its own connections to the same database.</summary>
    /// <param name="name">Under which the server lists them.</param>
    /// <param name="pool">How many at the most; 0 for one that is not kept.</param>
    public string ConnectionStringFor(string name, int pool) => pool == 0
        ? new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = name, Pooling = false }.ConnectionString
        : new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = name, MaxPoolSize = pool }.ConnectionString;

    public override string Provider => DatabaseOptions.PostgreSql;

    public override string MonthOf(string instant) => $"to_char(({instant} AT TIME ZONE 'UTC') + interval '7 hours', 'YYYYMM')";
    public override int SweepBatch => 500;
    public override string Lock(string alias) => $"FOR UPDATE OF {alias}";
    public override string HoldCalendar => "SELECT hold_calendar()";
    public override string CheckCalendar => "SELECT check_calendar($1)";
    public override string CheckOrder => "SELECT check_order($1)";
    public override string ChangeCalendar => "SELECT change_calendar()";
    public override string SkipLocked(string alias) => $"FOR UPDATE OF {alias} SKIP LOCKED";

    public override string LifeFile(string dataFolder) => Path.Combine(dataFolder, "processengine.life");

    public override async Task<DatabasePlace?> PlaceAsync(CancellationToken ct)
    {
        await using var connection = await reads.OpenConnectionAsync(ct);
        // Where a hoster keeps the cluster's own identifier to itself, the address of the server stands in its place.
        await using var may = new NpgsqlCommand("SELECT has_function_privilege('pg_control_system()', 'execute')", connection);
        var cluster = (bool)(await may.ExecuteScalarAsync(ct))!
            ? "(SELECT system_identifier::text FROM pg_control_system())"
            : "COALESCE(inet_server_addr()::text, '')";
        await using var place = new NpgsqlCommand(
            $"""
            SELECT {cluster} || '/' || d.oid, LEFT(pg_walfile_name(pg_current_wal_lsn()), 8)
            FROM pg_database d
            WHERE d.datname = current_database()
            """,
            connection);
        await using var row = await place.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new DatabasePlace(row.GetString(0), row.GetString(1));
    }

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken ct) =>
        new AbortableConnection(await reads.OpenConnectionAsync(ct), ct);

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        RunAsync(work, explicitly: false, ct);

    public override Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        RunAsync(work, explicitly: true, ct);

    async Task<T> RunAsync<T>(Func<WriteSession, ValueTask<T>> work, bool explicitly, CancellationToken ct)
    {
        await using var connection = await writes.OpenConnectionAsync(ct);
        await using var transaction = explicitly ? await connection.BeginTransactionAsync(ct) : null;
        var committing = false;
        try
        {
            var session = new Session(connection, ct);
            var result = await work(session);
            // No cancellation from here on: a caller that hangs up must not leave the outcome unknown to us.
            // Without a transaction of its own, what is queued is one by itself: its end is the commit.
            committing = transaction is null;
            await session.FlushAsync();
            committing = true;
            if (transaction is not null)
                await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (NpgsqlException e) when (committing && IsLost(e))
        {
            throw new OutcomeUnknownException(e);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure
            or PostgresErrorCodes.DeadlockDetected)
        {
            throw new WriteConflictException(e);
        }
    }

    /// <summary>The connection is gone, and with it the server's answer; not when the server has said no.</summary>
    static bool IsLost(NpgsqlException e) =>
        e is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) };

    /// <remarks>
    /// An advisory lock of a transaction: it is gone with the connection, however
    /// a node dies, and a node that stands still loses it to the server's timeout.
    /// </remarks>
    public override async Task<bool> OneAtATimeAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var connection = await guards.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var take = new NpgsqlCommand(
            "SELECT set_config('idle_in_transaction_session_timeout', '10s', true), pg_try_advisory_xact_lock(hashtextextended($1, 0))",
            connection)
        { Parameters = { new NpgsqlParameter<string> { TypedValue = name } } })
        await using (var row = await take.ExecuteReaderAsync(ct))
        {
            await row.ReadAsync(ct);
            if (!row.GetBoolean(1))
                return false;
        }

        using var alone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = work(alone.Token);
        await using var beat = new NpgsqlCommand("SELECT 1", connection);
        try
        {
            while (await Task.WhenAny(running, Task.Delay(Beat, TimeProvider.System, alone.Token)) != running)
                await beat.ExecuteNonQueryAsync(alone.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            await alone.CancelAsync();
        }

        await running;
        return true;
    }

    // The server ended the session of a node that stood still (PostgreSQL, appendix A).
    const string IdleInTransactionTimeout = "25P03";
    const string IdleSessionTimeout = "57P05";

    public override bool IsOutOfReach(Exception e) =>
        e is OutcomeUnknownException or NpgsqlException { IsTransient: true } or TimeoutException or PostgresException
        {
            SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull
                or PostgresErrorCodes.ObjectNotInPrerequisiteState or IdleInTransactionTimeout or IdleSessionTimeout,
        };

    public override string? WhyUnusable(Exception e)
    {
        var to = new NpgsqlConnectionStringBuilder(ConnectionString);
        return e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"names the user {to.Username}, whom PostgreSQL does not let in",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"names the database {to.Database}, which there is not",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied =>
                $"names the user {to.Username}, who may not make or change what the service needs ({denied.MessageText}): the owner of the "
                    + $"database grants CREATE on it and on its schema public",
            _ => null,
        };
    }

    public override async Task MigrateAsync(TimeProvider time, CancellationToken ct)
    {
        await using var connection = await writes.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var take = new NpgsqlCommand(
            "SELECT pg_advisory_xact_lock($1)", connection)
        { Parameters = { new NpgsqlParameter<long> { TypedValue = MigrationLock } } })
            await take.ExecuteNonQueryAsync(ct);
        Migrations.Apply(
            connection,
            "postgres",
            script =>
            {
                using var command = new NpgsqlCommand(script, connection);
                command.ExecuteNonQuery();
            },
            time.GetUtcNow());
        await transaction.CommitAsync(CancellationToken.None);
    }

    public override async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync();
        await reads.DisposeAsync();
        await guards.DisposeAsync();
    }

    /// <param name="asked">Its reads end when whoever asked has gone away; what is queued is stored to the end.</param>
    sealed class Session(NpgsqlConnection connection, CancellationToken asked) : WriteSession
    {
        static readonly ConcurrentDictionary<(string Sql, ulong Nulls), string> Variants = new();

        readonly List<NpgsqlBatchCommand> queue = [];

        public override async ValueTask QueryAsync(string sql, ReadOnlyMemory<object?> args, Action<DbDataReader> read)
        {
            await using var command = new NpgsqlCommand(ForItsNulls(sql, args.Span), connection);
            foreach (var arg in args.ToArray())
                command.Parameters.Add(DbValues.ForPostgres(arg));
            await using var reader = await command.ExecuteReaderAsync(asked);
            while (await reader.ReadAsync(asked))
                read(reader);
        }

        public override void Enqueue(string sql, params ReadOnlySpan<object?> args)
        {
            var command = new NpgsqlBatchCommand(ForItsNulls(sql, args));
            foreach (var arg in args)
                command.Parameters.Add(DbValues.ForPostgres(arg));
            queue.Add(command);
        }

        /// <summary>
        /// A null has no type, and the driver keeps one prepared statement for each text, with the types that it saw first; with others it
        /// has the server parse and plan anew, every time. So each pattern of nulls is a text of its own. No statement has more than 64
        /// arguments.
        /// </summary>
        static string ForItsNulls(string sql, ReadOnlySpan<object?> args)
        {
            var nulls = 0UL;
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i] is null)
                    nulls |= 1UL << i;
            }

            return nulls == 0 ? sql : Variants.GetOrAdd((sql, nulls), variant => $"{variant.Sql}\n-- nulls: {variant.Nulls:x}");
        }

        public override async ValueTask FlushAsync()
        {
            if (queue.Count == 0)
                return;
            await using var batch = new NpgsqlBatch(connection);
            foreach (var command in queue)
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync();
            queue.Clear();
        }
    }
}
