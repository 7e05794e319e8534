using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>How long one of eight writers waits for its transition on SQLite, where only one can write at a time.</summary>
static class Writers
{
    const int Callers = 8;

    public static async Task RunAsync()
    {
        Figures.Group($"writers, SQLite, {Callers} at once");
        await using var rig = await Rig.StartAsync("sqlite");
        var cases = await rig.SeedAsync(20_000, TimeProvider.System.GetUtcNow(), i => i % 10);
        await Load.RunAsync(Callers, TimeSpan.FromSeconds(3), rig.RandomActs(cases, Callers));
        var (rate, times) = await Load.RunAsync(Callers, TimeSpan.FromSeconds(15), rig.RandomActs(cases, Callers));
        Figures.Limit("transitions a second, all writers", rate, null, "/s");
        Figures.Limit("wait, p50", Figures.Median(times), null, "ms");
        Figures.Limit("wait, p99", Figures.Quantile(times, 0.99), null, "ms");
        Figures.Limit("wait, worst", times.Max(), 100, "ms");
        Figures.Holds("every case ended in the expected state, audit chain holds", await rig.IsAsExpectedAsync(cases));
    }
}
