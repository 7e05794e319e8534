using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging.Console;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Demonstration;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Web;

// Dates of the Buddhist Era and other habits of the host stay out of problems, logs and files; pages write theirs by themselves.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

// Pages for people instead of a service: what the folder of definitions says.
if (args is ["catalogue", var into])
{
    CataloguePages.Write(new ServiceOptions().ProcessesFolder, into);
    return 0;
}

// For a container, which has no other program to ask with.
if (args is ["alive", var address])
    return await Alive.AskAsync(address);

try
{
    var (demo, withPast) = StartUp.DemonstrationOf(args);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = [.. args.Where(a => !StartUp.IsDemonstration(a))],
        // Settings lie beside the program, wherever it is started from.
        ContentRootPath = AppContext.BaseDirectory,
        // The demonstration is not Production, unless the environment says so.
        EnvironmentName = demo && Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null
            && Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null
            ? Environments.Development
            : null,
    });
    StartUp.RefuseDemoInProduction(demo, builder.Environment);
    // What it is made of stands in Hosting/Modules.cs.
    builder.AddProcessEngine();
    // What a command is asked for stands on its output, for scripts, and nothing else.
    if (Commands.Knows(args))
        builder.Services.Configure<ConsoleLoggerOptions>(log => log.LogToStandardErrorThreshold = LogLevel.Trace);

    var app = builder.Build();
    if (Commands.Knows(args))
        return await Commands.RunAsync(app, args);
    app.UsePages();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseOwnPasswordFirst();
    app.MapModules();

    await app.PrepareAsync(demo);
    if (withPast)
        app.Services.GetRequiredService<DemonstrationPast>().MakeWhenStarted(app.Lifetime);
    // Reading the definitions leaves as much behind as the idle service needs: it is given back once, where the process is its own.
    if (Assembly.GetEntryAssembly() == typeof(Program).Assembly)
    {
        app.Lifetime.ApplicationStarted.Register(
            () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
    }

    await app.RunAsync();
    return 0;
}
catch (SettingsException wrong)
{
    // For whoever runs it, and not for whoever wrote it: no stack trace.
    await Console.Error.WriteLineAsync(wrong.Message);
    return SettingsException.ExitCode;
}

/// <summary>For the tests, which start the service in their own process.</summary>
public partial class Program;
