using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>From starting the process to ready, and what it holds in memory when nobody asks for anything.</summary>
static class Starting
{
    public const string EmptyHost = "empty-host";
    const int Rounds = 7;
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(6);

    public static async Task RunAsync()
    {
        Figures.Group("start, SQLite");
        var (first, again, work, floor, memory, bare) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var folder = Rig.NewFolder();
            using (var service = await RunningService.StartAsync(folder))
                first.Add(service.UntilReady.TotalSeconds);
            using (var host = await RunningService.StartAsync(folder, null, typeof(Starting).Assembly.Location, EmptyHost))
            {
                floor.Add(host.UntilReady.TotalSeconds);
                bare.Add(host.ResidentMegabytes);
            }

            using (var service = await RunningService.StartAsync(folder))
            {
                again.Add(service.UntilReady.TotalSeconds);
                work.Add(service.ProcessorTime.TotalSeconds);
                // Long enough for a look at the deadlines.
                await Task.Delay(Idle, TimeProvider.System);
                memory.Add(service.ResidentMegabytes);
            }

            Directory.Delete(folder, recursive: true);
        }

        Figures.Cost("first start, empty folder / a host that does nothing", Figures.Median(first), Figures.Median(floor), null, "s");
        Figures.Limit("first start, empty folder", Figures.Median(first), 2, "s");
        Figures.Cost("every other start / a host that does nothing", Figures.Median(again), Figures.Median(floor), null, "s");
        Figures.Limit("every other start", Figures.Median(again), 2, "s");
        Figures.Limit("processor time of it, all threads", Figures.Median(work), null, "s");
        Figures.Cost("resident, idle / a host that does nothing", Figures.Median(memory), Figures.Median(bare), null, "MB");
        Figures.Limit("resident, idle", Figures.Median(memory), 150, "MB");
    }

    /// <summary>The least that can answer: what the runtime and the web server need for themselves.</summary>
    public static async Task HostNothingAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        await app.RunAsync();
    }
}
