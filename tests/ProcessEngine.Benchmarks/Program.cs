using System.Globalization;
using System.Runtime.InteropServices;
using ProcessEngine.Benchmarks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

if (args is [Starting.EmptyHost, ..])
{
    await Starting.HostNothingAsync(args[1..]);
    return 0;
}

(string Name, Func<Task> Run)[] groups =
[
    ("transition-sqlite", Transitions.SqliteAsync),
    ("transition-postgresql", Transitions.PostgresAsync),
    ("writers", Writers.RunAsync),
    ("growth", Growth.RunAsync),
    ("workdays", Workdays.RunAsync),
    ("decide", Deciding.RunAsync),
    ("prove", Proving.RunAsync),
    ("publish", Publishing.RunAsync),
    ("migrate", Migrating.RunAsync),
    ("start", Starting.RunAsync),
    ("catalogue", Catalogue.RunAsync),
    ("sweep", Sweeping.RunAsync),
    ("takeover", TakingOver.RunAsync),
    ("poison", Poisoning.RunAsync),
    ("reports", Reports.RunAsync),
    ("http", OverHttp.RunAsync),
    ("pages", Pages.RunAsync),
    ("phone", Phone.RunAsync),
    ("studio", Studio.RunAsync),
];

var chosen = args is ["all"] ? groups : [.. groups.Where(g => args.Contains(g.Name))];
if (chosen.Length == 0 || (args is not ["all"] && args.Length > chosen.Length))
{
    Console.Error.WriteLine($"Say which: all, or some of {string.Join(", ", groups.Select(g => g.Name))}.");
    return 2;
}

// The floor is taken in the same run, so load hits both sides of a ratio; limits in seconds and milliseconds need a quiet machine.
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, load {LoadAverage()}"));
try
{
    foreach (var (_, run) in chosen)
        await run();
}
finally
{
    Rig.StopPostgres();
}

Console.WriteLine($"\nload {LoadAverage()}. {(Figures.Missed == 0 ? "Every requirement is met." : $"Requirements missed: {Figures.Missed}")}");
return Figures.Missed == 0 ? 0 : 1;

// Programs that wanted a core, over the last minute and the last five.
static string LoadAverage() => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..2]);
