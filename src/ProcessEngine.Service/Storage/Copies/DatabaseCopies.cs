using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage.Copies;

/// <summary>Copies of the whole database, made while others write, and how they are brought back.</summary>
public abstract class DatabaseCopies
{
    /// <summary>Of the file in the folder of a copy.</summary>
    public abstract string FileName { get; }

    /// <summary>Writes everything as it is at one moment. Nobody who writes meanwhile waits for it or has it begin again.</summary>
    /// <param name="file">A new one.</param>
    public abstract Task WriteAsync(string file, CancellationToken ct);

    /// <summary>Whether there is nothing where the settings say that the database is.</summary>
    public abstract Task<bool> IsEmptyAsync(CancellationToken ct);

    /// <summary>Brings a copy back to where the settings say. It is marked: nothing is sent from it until it is released.</summary>
    /// <exception cref="CopyException">It is not empty there.</exception>
    public abstract Task BringBackAsync(string file, CancellationToken ct);

    /// <summary>Brings a copy back beside the database, for a look.</summary>
    /// <param name="folder">For what it takes; an empty one, which the caller deletes.</param>
    public abstract Task<BroughtBack> BringBackAsideAsync(string file, string folder, CancellationToken ct);

    /// <summary>A copy sends nothing until somebody says so (promise P11). Databases before version 23 know no such mark.</summary>
    private protected static async Task MarkAsync(DbConnection connection, string tables)
    {
        if (await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {tables} = 'sending'") > 0)
            await connection.ExecuteAsync("UPDATE sending SET copied = @yes", new { yes = true });
    }

    /// <summary>Until it is on the disk.</summary>
    private protected static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>A copy that was brought back for a look. It is thrown away when it is disposed of.</summary>
public sealed class BroughtBack(Database database, Func<Task> throwAway) : IAsyncDisposable
{
    public Database Database { get; } = database;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await throwAway();
    }
}

/// <summary>Why no copy was made, or none brought back. Its message is one sentence for whoever runs the service.</summary>
public sealed class CopyException(string message, Exception? inner = null) : Exception(message, inner);
