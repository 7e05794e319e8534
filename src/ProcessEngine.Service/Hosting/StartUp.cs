using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Hosting;

/// <summary>Settings of the service. Section <c>ProcessEngine</c>.</summary>
public sealed record ServiceOptions
{
    /// <summary>Where the database file and the demonstration keys lie. Default: <c>data</c> below the working directory.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Where the definitions lie. Default: <c>processes</c> beside the program.</summary>
    public string ProcessesFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "processes");

    /// <summary>Where Elsa Studio's npm package lies. Default: <c>studio</c> beside the program.</summary>
    public string StudioFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "studio");

    /// <summary>Where the keys lie that seal cookies and forms. Default: <c>keys</c> in the data folder. Nodes behind one address share it.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>The browser that prints memos to PDF. Default: the host's Chromium where it has one; <c>none</c> for none.</summary>
    public string? Chromium { get; init; }

    /// <summary>How often an open page asks whether what it shows has changed. Default: 3 s.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromSeconds(3);

    public Notifications.NotificationOptions Notifications { get; init; } = new();
    public ProviderOptions SignIn { get; init; } = new();
    public DatabaseOptions Database { get; init; } = new();
    public DeadlineOptions Deadlines { get; init; } = new();
}

/// <summary>What the service is made of, and what it does before it answers the first request.</summary>
public static class StartUp
{
    public static void AddProcessEngine(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Configuration.GetSection("ProcessEngine").Get<ServiceOptions>() ?? new ServiceOptions();
        Check(options);
        CreatePrivate(options.DataFolder);
        DbValues.RegisterHandlers();
        var database = OpenDatabase(options);

        var services = builder.Services;
        services.AddSingleton(options);
        // By a factory, so that the container disposes of it: closing the last connection folds SQLite's log into its file.
        services.AddSingleton(_ => database);
        services.AddSingleton(OffsetClock.From(builder.Configuration, builder.Environment));
        services.AddMemoryCache(cache => cache.SizeLimit = 10_000);
        services.AddSingleton<ProcessStore>();
        services.AddSingleton<OnceStore>();
        services.AddSingleton<DefinitionCatalog>();
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<OfficeCalendars>();
        services.AddSingleton<CalendarChanges>();
        services.AddSingleton<HolidayTableLoader>();
        services.AddSingleton<CaseReader>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<Team>();
        services.AddSingleton<HandOverRegister>();
        services.AddSingleton<HandOverWork>();
        services.AddSingleton<CaseHistory>();
        services.AddSingleton<CaseSteps>();
        services.AddSingleton<CaseList>();
        services.AddSingleton<AttachmentReader>();
        services.AddSingleton<People>();
        services.AddSingleton(options.Notifications);
        services.AddSingleton<Notifications.NotificationSettings>();
        services.AddSingleton<Notifications.Deliveries>();
        services.AddSingleton<Notifications.Sending>();
        services.AddHttpClient(nameof(Notifications.Deliveries)).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<ReadinessCheck>();
        services.AddSingleton<Trials>();
        services.AddSingleton<StudioFiles>();
        services.AddSingleton<ToldCases>();
        services.AddScheduling(database, options.Deadlines);
        services.AddDoorway();

        services.AddDataProtection().SetApplicationName("ProcessEngine")
            .PersistKeysToFileSystem(new DirectoryInfo(options.KeysFolder ?? Path.Combine(options.DataFolder, "keys")));
        services.AddPages();
        services.AddSenders()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddProvider(options.SignIn);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.ConfigureHttpJsonOptions(json => JsonShape.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddApiDescription();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.AddServerHeader = false;
        });
    }

    /// <summary>MediatR 5 by hand: handlers, validators, and the one behaviour.</summary>
    static void AddDoorway(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService).AddScoped<IMediator, Mediator>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var door in type.GetInterfaces().Where(i => i.IsGenericType
                && (i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>) || i.GetGenericTypeDefinition() == typeof(IValidator<>))))
            {
                if (door.GetGenericTypeDefinition() == typeof(IValidator<>))
                    services.AddSingleton(door, type);
                else
                    services.AddTransient(door, type);
            }
        }
    }

    /// <summary>Cases and keys are nobody else's business on a shared machine.</summary>
    static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static Database OpenDatabase(ServiceOptions options)
    {
        if (options.Database.Provider == "sqlite")
        {
            return options.Database.ConnectionString is { Length: > 0 } given
                ? new SqliteDatabase(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(given))
                : new SqliteDatabase(Path.Combine(options.DataFolder, "processengine.db"));
        }

        return new PostgresDatabase(options.Database.ConnectionString!, options.Database.MaxConnections);
    }

    static void Check(ServiceOptions options)
    {
        var (provider, connectionString) = (options.Database.Provider, options.Database.ConnectionString);
        if (provider is not ("sqlite" or "postgresql"))
            throw new InvalidOperationException($"ProcessEngine:Database:Provider must be sqlite or postgresql, not \"{provider}\".");
        if (provider == "postgresql" && string.IsNullOrWhiteSpace(connectionString))
            throw new InvalidOperationException("ProcessEngine:Database:ConnectionString is required for postgresql.");
        if (options.Database.MaxConnections is < 2 or > 500)
            throw new InvalidOperationException("ProcessEngine:Database:MaxConnections must be between 2 and 500.");
        if (options.Deadlines.SweepInterval < TimeSpan.FromSeconds(1) || options.Deadlines.SweepInterval > TimeSpan.FromMinutes(5))
            throw new InvalidOperationException("ProcessEngine:Deadlines:SweepInterval must be between 1 second and 5 minutes.");
    }

    /// <summary>Schema, holiday table, definitions, first key: all before the first request is answered.</summary>
    public static async Task PrepareAsync(this WebApplication app, bool demo)
    {
        ArgumentNullException.ThrowIfNull(app);
        var services = app.Services;
        var options = services.GetRequiredService<ServiceOptions>();
        var ct = app.Lifetime.ApplicationStopping;
        await services.GetRequiredService<Database>().MigrateAsync(services.GetRequiredService<TimeProvider>(), ct);
        await services.GetRequiredService<Notifications.Sending>().CheckAsync(ct);
        await services.GetRequiredService<HolidayTableLoader>().LoadAsync(ct);
        await services.GetRequiredService<OfficeCalendars>().LatestAsync(ct);
        await services.GetRequiredService<DefinitionFolder>().LoadAsync(options.ProcessesFolder, ct);
        var firstStart = services.GetRequiredService<FirstStart>();
        await firstStart.EnsureAdministratorAsync(app.Configuration[FirstStart.KeyVariable], ct);
        if (demo)
            await firstStart.EnsureDemoAsync(options.DataFolder, ct);
    }
}
