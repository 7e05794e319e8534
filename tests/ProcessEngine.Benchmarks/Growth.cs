using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The time of an approve among ten times as many cases.</summary>
static class Growth
{
    const int Few = 5_000;
    const int Many = 10 * Few;
    const int StepsBeforeApproval = 3;
    const int Rounds = 15;
    const int ApprovalsARound = 150;

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"growth, {provider}, {Few:N0} and {Many:N0} cases");
            await using var small = await Rig.StartAsync(provider);
            await using var large = await Rig.StartAsync(provider);
            var (few, many) = (await WaitingAsync(small, Few), await WaitingAsync(large, Many));
            // The same number of approvals waits in both, spread evenly over all cases.
            var medians = await Load.InTurnAsync(Rounds, () => ApproveAsync(small, few), () => ApproveAsync(large, many));
            Figures.Cost("time of an approve, ten times as many cases / few", medians[1], medians[0], 1.10, "ms");
        }
    }

    static async Task<Queue<Case>> WaitingAsync(Rig rig, int count)
    {
        var every = count / ((Rounds + 1) * ApprovalsARound);
        var cases = await rig.SeedAsync(count, TimeProvider.System.GetUtcNow(), i => i % every == 0 ? StepsBeforeApproval : 1);
        var waiting = cases.Where((_, i) => i % every == 0).ToArray();
        new Random(1).Shuffle(waiting);
        return new Queue<Case>(waiting);
    }

    static async Task<double> ApproveAsync(Rig rig, Queue<Case> waiting)
    {
        var left = ApprovalsARound;
        var times = new List<double>();
        while (left-- > 0)
        {
            var one = waiting.Dequeue();
            var begun = System.Diagnostics.Stopwatch.GetTimestamp();
            await rig.ActAsync(one);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return Figures.Median(times);
    }
}
