using System.Globalization;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage.Copies;

/// <summary>
/// What is looked at before the schema is touched: that the database is the one that was here before, and that there is a way back.
/// </summary>
public sealed class UpgradeCopy(
    Database database, DatabaseCopies copies, ServiceOptions options, TimeProvider time, ILogger<UpgradeCopy> log)
{
    /// <summary>In the data folder.</summary>
    public const string Folder = "before-upgrade";

    const int Kept = 2;

    /// <summary>A copy of the embedded database before a newer version of the program changes its schema.</summary>
    /// <exception cref="SettingsException">The database that was here is gone, or could not be copied.</exception>
    public async Task MakeAsync(CancellationToken ct)
    {
        if (await copies.IsEmptyAsync(ct))
        {
            RefuseToBeginAnew();
            return;
        }

        int version;
        await using (var connection = await database.OpenAsync(ct))
            version = await Migrations.VersionAsync(connection);
        var newest = Migrations.Newest(database is PostgresDatabase ? "postgres" : "sqlite");
        if (version == 0 || version >= newest)
            return;
        if (database is PostgresDatabase)
            Log.NoCopy(log, version, newest);
        else
            await CopyAsync(version, ct);
    }

    async Task CopyAsync(int version, CancellationToken ct)
    {
        var folder = Path.Combine(options.DataFolder, Folder);
        var name = string.Create(
            CultureInfo.InvariantCulture, $"schema-{version:0000}-{time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.db");
        var part = Path.Combine(folder, name + ".part");
        try
        {
            Directory.CreateDirectory(folder);
            await copies.WriteAsync(part, ct);
            File.Move(part, Path.Combine(folder, name), overwrite: true);
            foreach (var old in Directory.GetFiles(folder, "schema-*.db").Order(StringComparer.Ordinal).SkipLast(Kept))
                File.Delete(old);
            Log.Copied(log, Path.Combine(folder, name), version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException or CopyException)
        {
            File.Delete(part);
            throw new SettingsException(
                "ProcessEngine:DataFolder",
                $"has no room for a copy of the database before its schema is brought from {version} to this version's: "
                    + e.Message.TrimEnd('.'));
        }
    }

    /// <summary>A disk that was not mounted, or a setting that names another place: who began anew would hide what is there.</summary>
    void RefuseToBeginAnew()
    {
        var life = database.LifeFile(options.DataFolder);
        if (File.Exists(life))
            throw new SettingsException(
                "ProcessEngine:Database",
                $"leads to an empty database, but {life} says that there was one before: mount or restore what is missing; to begin "
                    + "anew, delete that file");
    }
}

static partial class Log
{
    [LoggerMessage(1102, LogLevel.Information, "A copy was made before the upgrade: {File}, schema {Version}")]
    public static partial void Copied(ILogger logger, string file, int version);

    [LoggerMessage(
        1104, LogLevel.Warning,
        "The schema is brought from {Version} to {Newest}. The way back is a copy of before: this start makes none of PostgreSQL")]
    public static partial void NoCopy(ILogger logger, int version, int newest);
}
