using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>All the procedures as they are shipped: read, proven sound and published at the first start, and found unchanged at every other.</summary>
static class Catalogue
{
    const int Rounds = 7;

    static readonly string Processes = Path.Combine(AppContext.BaseDirectory, "processes");

    public static async Task RunAsync()
    {
        DbValues.RegisterHandlers();
        Figures.Group($"catalogue, {Directory.EnumerateFiles(Processes, "*.json", SearchOption.AllDirectories).Count()} files");
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            var (first, again) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                var times = await StartTwiceAsync(provider);
                first.Add(times.First);
                again.Add(times.Again);
            }

            // The first of the first is the one that a start of the service pays: nothing has been compiled yet.
            if (provider == "sqlite")
                Figures.Limit("first start, nothing compiled yet", first[0], 1_000, "ms");
            Figures.Limit($"first start, {provider}", Figures.Median(first), 1_000, "ms");
            Figures.Limit($"nothing changed, {provider}", Figures.Median(again), 200, "ms");
        }
    }

    static async Task<(double First, double Again)> StartTwiceAsync(string provider)
    {
        var folder = Rig.NewFolder();
        await using Database database = provider == "sqlite" ? new SqliteDatabase(Path.Combine(folder, "processengine.db")) : new PostgresDatabase(Rig.NewPostgres());
        await database.MigrateAsync(TimeProvider.System, CancellationToken.None);
        var times = (First: await LoadAsync(database), Again: await LoadAsync(database));
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return times;
    }

    static async Task<double> LoadAsync(Database database)
    {
        var loader = new DefinitionFolder(database, TimeProvider.System, NullLogger<DefinitionFolder>.Instance);
        var begun = Stopwatch.GetTimestamp();
        await loader.LoadAsync(Processes, CancellationToken.None);
        var taken = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        return loader.Refused.Count == 0 ? taken : throw new InvalidOperationException($"Refused: {string.Join(", ", loader.Refused.Select(r => r.File))}");
    }
}
