using System.Text.Json;
using Dapper;
using Hangfire;
using Hangfire.InMemory;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The service in this process, on a database of its own, with the demonstration office and a clock that the test cranks.
/// </summary>
public sealed class World : IAsyncDisposable
{
    public const string KhonKaen = "khonkaen-5.install-maintain-computers";
    public const string SuratThani = "suratthani-chumphon.develop-information-systems";
    public const string Office = "demo";
    public const string SystemKey = "pe_the-first-administrator-of-the-test";

    readonly WebApplicationFactory<Program> factory;
    readonly WebApplicationFactory<Program> root;
    readonly ServiceErrors errors;
    readonly string folder;
    readonly Dictionary<string, string> keys = [];

    World(
        WebApplicationFactory<Program> root, WebApplicationFactory<Program> factory, Place place, ManualClock clock,
        ServiceErrors errors) =>
        (this.root, this.factory, folder, Provider, ConnectionString, Clock, this.errors) =
        (root, factory, place.Folder, place.Provider, place.ConnectionString, clock, errors);

    /// <summary>Where a world keeps what it knows.</summary>
    sealed record Place(string Provider, string Folder, string? ConnectionString);

    /// <summary>Whether what it knows is thrown away at its end; not where another world goes on with it.</summary>
    bool OwnsDatabase { get; init; }

    bool OwnsFolder { get; init; } = true;

    public string Provider { get; }
    public string? ConnectionString { get; }
    public ManualClock Clock { get; }
    public IServiceProvider Services => factory.Services;
    public Database Database => Services.GetRequiredService<Database>();
    public ProcessStore Store => Services.GetRequiredService<ProcessStore>();
    public DueDeadlines Deadlines => Services.GetRequiredService<DueDeadlines>();

    /// <summary>The definitions as they are shipped.</summary>
    public static string ShippedProcesses { get; } = Path.Combine(AppContext.BaseDirectory, "processes");

    /// <summary>The definitions of requests from outside as they are shipped.</summary>
    public static string ShippedRequests { get; } = Path.Combine(AppContext.BaseDirectory, "requests");

    /// <param name="at">Bangkok time at which the service starts.</param>
    /// <param name="beside">Another node on the same PostgreSQL, with the same clock and the same people.</param>
    /// <param name="processes">Other definitions than the shipped ones: a first start, on an empty database.</param>
    /// <param name="kestrel">A real server on a real port, for what only a real server does.</param>
    /// <param name="found">What the service finds in its database, put into an empty one; null for what its first start left there.</param>
    /// <param name="through">What stands between the service and its database.</param>
    public static async Task<World> StartAsync(
        string provider, string at = "2026-03-02 09:00", World? beside = null, string? processes = null, bool kestrel = false,
        IReadOnlyDictionary<string, string>? settings = null, string? studio = null, Func<Database, Task>? found = null,
        Func<Database, Database>? through = null)
    {
        var folder = Directory.CreateTempSubdirectory("processengine-test-").FullName;
        var connection = beside is not null ? beside.ConnectionString
            : processes is null && found is null ? (await Template.Of(provider)).CopyTo(folder)
            : NewDatabase(provider);
        if (found is not null)
        {
            await using Database database = connection is null
                ? new SqliteDatabase(Path.Combine(folder, "processengine.db"))
                : new PostgresDatabase(connection, 4);
            await found(database);
        }

        var clock = beside?.Clock ?? new ManualClock(ManualClock.Bangkok(at));
        var errors = new ServiceErrors();
        var root = new WebApplicationFactory<Program>();
        var factory = root.WithWebHostBuilder(host =>
        {
            Settle(host, new Place(provider, folder, connection), clock, errors);
            if (processes is not null)
                host.UseSetting("ProcessEngine:ProcessesFolder", processes);
            if (studio is not null)
                host.UseSetting("ProcessEngine:StudioFolder", studio);
            foreach (var (name, value) in settings ?? new Dictionary<string, string>())
                host.UseSetting(name, value);
            if (through is not null)
                host.ConfigureTestServices(services => PutBetween(services, through));
        });
        if (kestrel)
        {
            factory.UseKestrel(0);
            factory.StartServer();
        }

        var world = new World(root, factory, new Place(provider, folder, connection), clock, errors) { OwnsDatabase = beside is null };
        await world.MeetAsync(beside);
        return world;
    }

    static void PutBetween(IServiceCollection services, Func<Database, Database> through)
    {
        var opened = services.Last(service => service.ServiceType == typeof(Database)).ImplementationFactory!;
        services.RemoveAll<Database>();
        services.AddSingleton(provider => through((Database)opened(provider)));
        // The scheduler's tables are chosen by the kind of the database; no job runs by itself in the tests.
        services.RemoveAll<JobStorage>();
        services.AddSingleton<JobStorage>(new InMemoryStorage());
    }

    /// <summary>A first start on an empty database. What it makes stays when this world ends.</summary>
    /// <param name="folder">For the data; an empty one.</param>
    public static async Task<World> StartFirstAsync(string provider, string folder, string at)
    {
        var place = new Place(provider, folder, NewDatabase(provider));
        var (clock, errors) = (new ManualClock(ManualClock.Bangkok(at)), new ServiceErrors());
        var root = new WebApplicationFactory<Program>();
        var world = new World(
            root, root.WithWebHostBuilder(host => Settle(host, place, clock, errors)), place, clock, errors)
        { OwnsFolder = false };
        await world.MeetAsync(null);
        return world;
    }

    static string? NewDatabase(string provider) => provider switch
    {
        "sqlite" => null,
        "postgresql" => TestRun.Postgres.NewDatabase(),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    static void Settle(IWebHostBuilder host, Place place, ManualClock clock, ServiceErrors errors)
    {
        host.UseSetting("ProcessEngine:DataFolder", place.Folder);
        // Nobody edits the settings of a test: no file is watched for that.
        host.UseSetting("hostBuilder:reloadConfigOnChange", "false");
        // Any free port: several worlds may have a real server at once.
        host.UseSetting("urls", "http://127.0.0.1:0");
        host.UseSetting("ProcessEngine:ProcessesFolder", ShippedProcesses);
        // What is open to people outside is loaded by the tests that are about it.
        host.UseSetting("ProcessEngine:RequestsFolder", "");
        host.UseSetting("ProcessEngine:Database:Provider", place.Provider);
        host.UseSetting("ProcessEngine:Database:ConnectionString", place.ConnectionString ?? "");
        // One connection for all reads: a request that asks for a second one while it holds the first waits for ever, and its test fails.
        host.UseSetting("ProcessEngine:Database:MaxConnections", "3");
        // The tests sweep by themselves, when they mean it.
        host.UseSetting("ProcessEngine:Deadlines:WakeUps", "false");
        host.UseSetting("ProcessEngine:LiveInterval", "00:00:00.1");
        host.UseSetting(FirstStart.KeyVariable, SystemKey);
        host.ConfigureLogging(log => log.ClearProviders().SetMinimumLevel(LogLevel.Error).AddProvider(errors));
        host.ConfigureTestServices(services =>
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(clock);
            // Nobody guesses the passwords of a test, and everybody signs in.
            services.RemoveAll<PasswordHashing>();
            services.AddSingleton(new PasswordHashing(1_000));
        });
    }

    /// <summary>Starts it, and gets to know its people.</summary>
    async Task MeetAsync(World? beside)
    {
        try
        {
            await Services.GetRequiredService<FirstStart>().EnsureDemoAsync(folder, CancellationToken.None);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }

        var file = Path.Combine((beside ?? this).folder, FirstStart.DemoKeysFile);
        // Where the people were there before, their keys are known to whoever brought them.
        if (!File.Exists(file))
            return;
        foreach (var (role, key) in JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(file))!)
            keys[role] = key;
    }

    /// <summary>Somebody of the demonstration office who holds this role.</summary>
    public Person As(string role) => WithKey(keys[role]);

    public Person Officer => As(Roles.Officer);
    public Person Director => As(Roles.Director);

    /// <summary>The administrator of the whole system.</summary>
    public Person SystemAdministrator => WithKey(SystemKey);

    public Person Nobody => WithKey(null);

    /// <summary>The last error that the service logged.</summary>
    public string LastError => errors.Last;

    /// <summary>Somebody at a browser. The demonstration's people share one password.</summary>
    public Visitor Visitor()
    {
        var http = factory.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        return new Visitor(http, DemoPassword, errors);
    }

    public string? DemoPassword => Path.Combine(folder, FirstStart.DemoPasswordsFile) is var file && File.Exists(file)
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!.Values.First()
        : null;

    public Person WithKey(string? key)
    {
        var http = factory.CreateClient();
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new Person(http, errors);
    }

    /// <summary>A person with a key of their own. They would make it on a page; no door gives it to anybody else.</summary>
    public async Task<Person> WithKeyOf(string user)
    {
        var (secret, now) = (ApiKeys.NewSecret(), Instants.Truncate(Clock.GetUtcNow()));
        await Database.TransactAsync(
            session =>
            {
                ApiKeys.Add(session, Guid.CreateVersion7(now), Guid.Parse(user), secret, "test", null, now);
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        return WithKey(secret);
    }

    /// <summary>Everything that is to be told and sent now.</summary>
    public async Task Deliver()
    {
        await Services.GetRequiredService<NotificationDispatcher>().RunAsync(CancellationToken.None);
        foreach (var sender in Services.GetServices<IRecurringJob>().OfType<ChannelSender>())
            await sender.RunAsync(CancellationToken.None);
    }

    public Task<int> Sweep() => Services.GetRequiredService<DeadlineSweep>().RunAsync(CancellationToken.None);

    public async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, arguments);
    }

    public async Task<T> ScalarAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        return (await connection.ExecuteScalarAsync<T>(sql, arguments))!;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<T>(sql, arguments)).AsList();
    }

    public async Task<IReadOnlyList<string>> TablesAsync() => await QueryAsync<string>(
        Provider == "sqlite"
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name");

    /// <summary>How many rows each table has: what must not change when a request is refused.</summary>
    public async Task<string> RowCountsAsync()
    {
        var counts = new List<string>();
        foreach (var table in await TablesAsync())
            counts.Add($"{table}: {await ScalarAsync<long>($"SELECT COUNT(*) FROM {table}")}");
        return string.Join('\n', counts);
    }

    /// <summary>Types of the events of a case, in order.</summary>
    public Task<IReadOnlyList<string>> EventsAsync(string instance) =>
        QueryAsync<string>("SELECT type FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id = Guid.Parse(instance) });

    public async ValueTask DisposeAsync()
    {
        var database = Database;
        await factory.DisposeAsync();
        await root.DisposeAsync();
        await database.DisposeAsync();
        if (OwnsDatabase && ConnectionString is not null)
            TestRun.Postgres.Drop(ConnectionString);
        if (OwnsFolder)
            Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Remembers the last error that a world's service logged, so that a test that gets a 500 can say why.</summary>
public sealed class ServiceErrors : ILoggerProvider, ILogger
{
    public string Last { get; private set; } = "";

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (IsEnabled(logLevel))
            Last = $"{formatter(state, exception)} {exception}";
    }

    public void Dispose()
    {
    }
}

/// <summary>A suite in a world of its own, which its tests share.</summary>
public abstract class InAWorld(string provider)
{
    protected string Provider { get; } = provider;
    protected World World { get; private set; } = null!;
    protected ManualClock Clock => World.Clock;

    /// <summary>Bangkok time at which each test finds the clock.</summary>
    protected virtual string Today => "2026-03-02 09:00";

    [OneTimeSetUp]
    public async Task StartTheWorld() => World = await World.StartAsync(Provider, Today);

    [OneTimeTearDown]
    public async Task EndTheWorld()
    {
        if (World is not null)
            await World.DisposeAsync();
    }

    [SetUp]
    public void SetTheClock() => Clock.SetBangkok(Today);

    protected Person As(string role) => World.As(role);
    protected Person Officer => World.Officer;
    protected Person Director => World.Director;
}

/// <summary>A suite that runs on both databases.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public abstract class OnBothDatabases(string provider) : InAWorld(provider);

/// <summary>
/// A suite about what pages show and how they read: it follows from queries and acts whose suites run on both databases.
/// That each page is shown on PostgreSQL, too, is said by <see cref="PagesOnPostgresqlSpec"/>.
/// </summary>
[TestFixture("sqlite")]
public abstract class OfPages(string provider) : InAWorld(provider);
