using System.Diagnostics;
using Npgsql;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The bare writes over prepared statements: one round trip each, or the read and then all writes in one batch.</summary>
sealed class PostgresFloor : IAsyncDisposable
{
    readonly NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Rig.NewPostgres()) { MaxAutoPrepare = 40, AutoPrepareMinUsages = 2 });
    readonly Random[] random = [.. Enumerable.Range(0, 32).Select(seed => new Random(seed))];
    readonly int instances;
    int nextTask;

    PostgresFloor(int instances)
    {
        this.instances = instances;
        nextTask = instances + 1000;
    }

    public static async Task<PostgresFloor> StartAsync(int instances, int due = 0)
    {
        var floor = new PostgresFloor(instances);
        foreach (var sql in (string[])[.. FloorSql.Schema, "ALTER TABLE instance SET (fillfactor = 80)", "ALTER TABLE task SET (fillfactor = 85)", .. FloorSql.Load(instances, due), "VACUUM ANALYZE"])
        {
            await using var command = floor.source.CreateCommand(sql);
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }

        return floor;
    }

    /// <summary>Each statement is a round trip of its own, as a program without batches sends them.</summary>
    public async Task Plain(int caller)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var args = await ReadAsync(connection, caller);
        foreach (var sql in FloorSql.Writes)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Bind(command.Parameters, args);
            if (await command.ExecuteNonQueryAsync() != 1)
                throw new InvalidOperationException($"Not one row: {sql}");
        }

        await transaction.CommitAsync();
    }

    /// <summary>Two round trips; the batch is its own transaction.</summary>
    public async Task Batch(int caller)
    {
        await using var connection = await source.OpenConnectionAsync();
        var args = await ReadAsync(connection, caller);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in FloorSql.Writes)
        {
            var command = new NpgsqlBatchCommand(sql);
            Bind(command.Parameters, args);
            batch.BatchCommands.Add(command);
        }

        if (await batch.ExecuteNonQueryAsync() != FloorSql.Writes.Length)
            throw new InvalidOperationException("Not one row each.");
    }

    /// <summary>Marks what is due, batch by batch.</summary>
    public async Task<(int Taken, double Seconds)> SweepAsync(int batch)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var sweep = new NpgsqlCommand(FloorSql.Sweep("FOR UPDATE SKIP LOCKED"), connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = batch } } };
        await sweep.PrepareAsync();
        var (start, taken, last) = (Stopwatch.GetTimestamp(), 0, batch);
        while (last == batch)
            taken += last = await sweep.ExecuteNonQueryAsync();
        return (taken, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    async Task<int[]> ReadAsync(NpgsqlConnection connection, int caller)
    {
        // Each caller has cases of its own, as in the product's run: nobody loses a race.
        var instance = 1 + (random[caller].Next(instances / random.Length) * random.Length) + caller;
        await using var command = new NpgsqlCommand(FloorSql.Read, connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = instance } } };
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return [instance, row.GetInt32(0), row.GetInt32(1), Interlocked.Increment(ref nextTask)];
    }

    static void Bind(NpgsqlParameterCollection parameters, int[] args)
    {
        foreach (var arg in args)
            parameters.Add(new NpgsqlParameter<int> { TypedValue = arg });
    }

    public async ValueTask DisposeAsync() => await source.DisposeAsync();
}
