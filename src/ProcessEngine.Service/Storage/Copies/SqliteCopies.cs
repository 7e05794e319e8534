using Dapper;
using Microsoft.Data.Sqlite;

namespace ProcessEngine.Service.Storage.Copies;

/// <summary>
/// Of the embedded database, by SQLite's online backup in one step: a step is one read transaction, which ends however much is written
/// meanwhile. (In several steps it begins anew at each commit in between, and ends only when nobody writes.)
/// </summary>
/// <param name="database">The file.</param>
public sealed class SqliteCopies(string database) : DatabaseCopies
{
    public override string FileName => "processengine.db";

    public override async Task WriteAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(database))
            throw new CopyException($"There is no database {database}.");
        // Readable by nobody else from its first byte on.
        CreatePrivate(file);
        await using var to = Open(file, SqliteOpenMode.ReadWrite);
        await Task.Run(
            () =>
            {
                using var from = Open(database, SqliteOpenMode.ReadWrite);
                // It is flushed once, at the end.
                to.Execute("PRAGMA synchronous=OFF");
                from.BackupDatabase(to);
                // One file that needs no log beside it.
                to.Execute("PRAGMA journal_mode=DELETE");
            },
            ct);
        await MarkAsync(to, "sqlite_master WHERE name");
        await to.CloseAsync();
        Flush(file);
    }

    public override Task<bool> IsEmptyAsync(CancellationToken ct) =>
        Task.FromResult(!new[] { database, database + "-wal" }.Any(file => new FileInfo(file) is { Exists: true, Length: > 0 }));

    public override async Task BringBackAsync(string file, CancellationToken ct)
    {
        if (!await IsEmptyAsync(ct))
            throw new CopyException($"{database} is there already: stop the service and move it away first.");
        // Under another name until it is whole.
        var part = database + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(database))!);
        await CopyAsync(file, part, ct);
        File.Move(part, database, overwrite: true);
    }

    public override async Task<BroughtBack> BringBackAsideAsync(string file, string folder, CancellationToken ct)
    {
        var aside = Path.Combine(folder, FileName);
        await CopyAsync(file, aside, ct);
        return new BroughtBack(new SqliteDatabase(aside), () => Task.CompletedTask);
    }

    static async Task CopyAsync(string from, string to, CancellationToken ct)
    {
        CreatePrivate(to);
        await using (var source = File.OpenRead(from))
        await using (var target = new FileStream(to, FileMode.Open, FileAccess.Write))
            await source.CopyToAsync(target, 1 << 20, ct);
        await using (var copy = Open(to, SqliteOpenMode.ReadWrite))
            await MarkAsync(copy, "sqlite_master WHERE name");
        Flush(to);
    }

    static void CreatePrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(file, options).Dispose();
    }

    static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ConnectionString);
        connection.Open();
        return connection;
    }
}
