using ProcessEngine.Benchmarks;

(string Name, Func<Task> Run)[] groups =
[
    ("transition", Transition.RunAsync),
    ("writers", Writers.RunAsync),
    ("growth", Growth.RunAsync),
];

var chosen = args is [] or ["all"] ? groups : [.. groups.Where(g => args.Contains(g.Name))];
if (chosen.Length == 0 || (args is not ["all"] && args.Length > chosen.Length))
{
    Console.Error.WriteLine($"Say which: all, or some of {string.Join(", ", groups.Select(g => g.Name))}.");
    return 2;
}

try
{
    foreach (var (_, run) in chosen)
        await run();
}
finally
{
    Rig.StopPostgres();
}

Console.WriteLine(Figures.Missed == 0 ? "\nEvery requirement is met." : $"\nRequirements missed: {Figures.Missed}");
return Figures.Missed == 0 ? 0 : 1;
