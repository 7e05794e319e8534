using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The bare writes: prepared statements on one connection, one commit each, WAL, synchronous=FULL.</summary>
sealed class SqliteFloor : IDisposable
{
    readonly string folder = Rig.NewFolder();
    readonly SqliteConnection connection;
    readonly SqliteCommand begin, read, commit;
    readonly SqliteCommand[] writes;
    readonly Random random = new(1);
    readonly int instances;
    long nextTask;

    public SqliteFloor(int instances, int due = 0)
    {
        this.instances = instances;
        nextTask = instances + 1000;
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "floor.db"), Pooling = false }.ConnectionString);
        connection.Open();
        string[] setUp =
        [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16384",
            .. FloorSql.Schema, "BEGIN", .. FloorSql.Load(instances, due), "COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)", "ANALYZE",
        ];
        foreach (var sql in setUp)
        {
            using var command = new SqliteCommand(sql, connection);
            command.ExecuteNonQuery();
        }

        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        read = Prepare(FloorSql.Read);
        writes = [.. FloorSql.Writes.Select(Prepare)];
    }

    public Task Transition(int caller)
    {
        begin.ExecuteNonQuery();
        long instance = random.Next(1, instances + 1);
        read.Parameters[0].Value = instance;
        long[] args;
        using (var row = read.ExecuteReader())
            args = row.Read() ? [instance, row.GetInt64(0), row.GetInt64(1), nextTask++] : throw new InvalidOperationException("No such instance.");
        foreach (var write in writes)
        {
            for (var i = 0; i < args.Length; i++)
                write.Parameters[i].Value = args[i];
            if (write.ExecuteNonQuery() != 1)
                throw new InvalidOperationException($"Not one row: {write.CommandText}");
        }

        commit.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    /// <summary>Marks what is due, batch by batch.</summary>
    /// <returns>How many, and the seconds that it took.</returns>
    public Task<(int Taken, double Seconds)> SweepAsync(int batch)
    {
        using var sweep = Prepare(FloorSql.Sweep(""));
        sweep.Parameters[0].Value = batch;
        var (start, taken, last) = (Stopwatch.GetTimestamp(), 0, batch);
        while (last == batch)
            taken += last = sweep.ExecuteNonQuery();
        return Task.FromResult((taken, Stopwatch.GetElapsedTime(start).TotalSeconds));
    }

    SqliteCommand Prepare(string sql)
    {
        var command = new SqliteCommand(sql, connection);
        foreach (var name in new[] { "$1", "$2", "$3", "$4" })
            command.Parameters.Add(new SqliteParameter(name, 0L));
        command.Prepare();
        return command;
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[.. writes, begin, read, commit])
            command.Dispose();
        connection.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
