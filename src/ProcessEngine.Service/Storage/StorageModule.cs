using Microsoft.Data.Sqlite;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>The database of the settings, and its schema.</summary>
public sealed class StorageModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = settings.Section<DatabaseOptions>("Database");
        Check(options);
        CreatePrivate(settings.Service.DataFolder);
        DbValues.RegisterHandlers();
        // By a factory, so that the container disposes of it: closing the last connection folds SQLite's log into its file.
        var database = Open(options, settings.Service.DataFolder);
        services.AddSingleton(_ => database);
        services.AddSingleton<IdempotentWriter>();
    }

    public Task PrepareAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Services.GetRequiredService<Database>().MigrateAsync(app.Services.GetRequiredService<TimeProvider>(), ct);
    }

    static void Check(DatabaseOptions options)
    {
        if (options.Provider is not ("sqlite" or "postgresql"))
            throw new InvalidOperationException($"ProcessEngine:Database:Provider must be sqlite or postgresql, not \"{options.Provider}\".");
        if (options.Provider == "postgresql" && string.IsNullOrWhiteSpace(options.ConnectionString))
            throw new InvalidOperationException("ProcessEngine:Database:ConnectionString is required for postgresql.");
        if (options.MaxConnections is < 2 or > 500)
            throw new InvalidOperationException("ProcessEngine:Database:MaxConnections must be between 2 and 500.");
    }

    /// <summary>Cases and keys are nobody else's business on a shared machine.</summary>
    static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static Database Open(DatabaseOptions options, string dataFolder)
    {
        if (options.Provider == "postgresql")
            return new PostgresDatabase(options.ConnectionString!, options.MaxConnections);
        return options.ConnectionString is { Length: > 0 } given
            ? new SqliteDatabase(new SqliteConnectionStringBuilder(given))
            : new SqliteDatabase(Path.Combine(dataFolder, "processengine.db"));
    }
}
