using Microsoft.Data.Sqlite;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage.Copies;

namespace ProcessEngine.Service.Storage;

/// <summary>The database of the settings, and its schema.</summary>
public sealed class StorageModule : IModule
{
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = settings.Section<DatabaseOptions>("Database");
        CreatePrivate(settings.Service.DataFolder);
        DbValues.RegisterHandlers();
        // By a factory, so that the container disposes of it: closing the last connection folds SQLite's log into its file.
        var database = Open(options, settings.Service.DataFolder);
        services.AddSingleton(_ => database);
        services.AddSingleton<IOutages>(provider => provider.GetRequiredService<Database>());
        services.AddSingleton<IdempotentWriter>();
        services.AddSingleton(CopiesOf(options, settings.Service.DataFolder));
        services.AddSingleton<UpgradeCopy>();
    }

    /// <summary>Waits for a database that cannot be reached yet: after a power cut the service may be up before it.</summary>
    public async Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        var (database, time) = (app.Services.GetRequiredService<Database>(), app.Services.GetRequiredService<TimeProvider>());
        for (var tries = 0; ; tries++)
        {
            try
            {
                await app.Services.GetRequiredService<UpgradeCopy>().MakeAsync(ct);
                await database.MigrateAsync(time, ct);
                return;
            }
            // A file that cannot be opened stays so until somebody does something.
            catch (Exception e) when (database is PostgresDatabase && database.IsOutOfReach(e))
            {
                if (tries % 30 == 0)
                    Log.WaitsForDatabase(app.Logger, e.Message);
                await Task.Delay(LookAgainAfter, TimeProvider.System, ct);
            }
            catch (SchemaException e)
            {
                throw new SettingsException("ProcessEngine:Database", e.Message);
            }
            catch (Exception e) when (database.WhyUnusable(e) is { } why)
            {
                throw new SettingsException("ProcessEngine:Database:ConnectionString", why);
            }
        }
    }

    /// <summary>Cases and keys are nobody else's business on a shared machine.</summary>
    static void CreatePrivate(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException("ProcessEngine:DataFolder", $"cannot be made: {fault.Message.TrimEnd('.')}");
        }
    }

    static DatabaseCopies CopiesOf(DatabaseOptions options, string dataFolder) => options.Provider switch
    {
        DatabaseOptions.PostgreSql => new PostgresCopies(options.ConnectionString!),
        DatabaseOptions.Sqlite when options.ConnectionString is { Length: > 0 } given =>
            new SqliteCopies(new SqliteConnectionStringBuilder(given).DataSource),
        DatabaseOptions.Sqlite => new SqliteCopies(Path.Combine(dataFolder, "processengine.db")),
        var other => throw new NotSupportedException($"Say here how a database of {other} is copied."),
    };

    static Database Open(DatabaseOptions options, string dataFolder)
    {
        try
        {
            return options.Provider switch
            {
                DatabaseOptions.PostgreSql => new PostgresDatabase(options.ConnectionString!, options.MaxConnections),
                DatabaseOptions.Sqlite when options.ConnectionString is { Length: > 0 } given =>
                    new SqliteDatabase(new SqliteConnectionStringBuilder(given)),
                DatabaseOptions.Sqlite => new SqliteDatabase(Path.Combine(dataFolder, "processengine.db")),
                var other => throw new NotSupportedException($"Say here how a database of {other} is opened."),
            };
        }
        catch (ArgumentException fault)
        {
            throw new SettingsException(
                "ProcessEngine:Database:ConnectionString", $"cannot be read for {options.Provider}: {fault.Message.TrimEnd('.')}");
        }
    }
}

static partial class Log
{
    [LoggerMessage(1101, LogLevel.Warning, "The database cannot be reached; the start waits for it: {Error}")]
    public static partial void WaitsForDatabase(ILogger logger, string error);
}
