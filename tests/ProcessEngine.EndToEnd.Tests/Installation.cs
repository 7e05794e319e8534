using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>What outlives a run of the service: a data folder and a database. The tests stop, kill and start services on it.</summary>
public sealed class Installation : IDisposable
{
    public const string KhonKaen = "khonkaen-5.install-maintain-computers";
    public const string SuratThani = "suratthani-chumphon.develop-information-systems";

    const int MostOutput = 20_000;

    readonly List<ServiceProcess> services = [];
    readonly List<string> folders = [];

    Installation(string provider)
    {
        Provider = provider;
        DataFolder = NewFolder();
        ConnectionString = provider switch
        {
            "sqlite" => null,
            "postgresql" => TestRun.Postgres.NewDatabase(),
            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
        };
    }

    public string Provider { get; }
    public string DataFolder { get; }
    public string? ConnectionString { get; }
    public string DatabaseFile => Path.Combine(DataFolder, "processengine.db");

    /// <summary>An empty installation on <c>sqlite</c> or <c>postgresql</c>.</summary>
    public static Installation On(string provider) => new(provider);

    public ServiceSettings Settings => new(DataFolder, Provider, ConnectionString);

    /// <param name="clock">Bangkok time, such as <c>2026-04-10 09:00</c>; null for the true time.</param>
    public Task<ServiceProcess> Start(string? clock = null) =>
        Start(Settings with { Clock = clock is null ? null : ManualClock.Bangkok(clock) });

    public async Task<ServiceProcess> Start(ServiceSettings settings)
    {
        var service = await ServiceProcess.Start(settings);
        lock (services)
            services.Add(service);
        return service;
    }

    /// <summary>The keys of the demonstration office's people, by role.</summary>
    public string KeyOf(string role) => JsonNode.Parse(File.ReadAllText(Path.Combine(DataFolder, "demo-keys.json"))).Text(role);

    public string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("processengine-e2e-").FullName;
        lock (folders)
            folders.Add(folder);
        return folder;
    }

    /// <summary>The database behind the service's back.</summary>
    public Database OpenDatabase() => Open(Settings);

    /// <summary>The same, for a service that was told otherwise.</summary>
    public static Database Open(ServiceSettings settings) =>
        settings.ConnectionString is { } connection ? new PostgresDatabase(connection, 4) : new SqliteDatabase(
            Path.Combine(settings.DataFolder, "processengine.db"));

    public void Dispose()
    {
        foreach (var service in services)
            service.Dispose();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            foreach (var service in services)
                TestContext.Out.WriteLine($"--- what the service wrote ---\n{(service.Output.Length > MostOutput ? service.Output[..MostOutput] : service.Output)}");
        }

        foreach (var folder in folders)
            Directory.Delete(folder, recursive: true);
    }
}
