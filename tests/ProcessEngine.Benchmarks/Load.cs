using System.Diagnostics;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>So many callers at once, each waiting for its answer before it asks again.</summary>
static class Load
{
    /// <param name="act">The number of the caller, from 0.</param>
    /// <returns>Acts per second of all callers together, and how long each act took in milliseconds.</returns>
    public static async Task<(double Rate, List<double> Milliseconds)> RunAsync(int callers, TimeSpan duration, Func<int, Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                await act(caller);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return times;
        })));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var milliseconds = all.SelectMany(times => times).ToList();
        return (milliseconds.Count / elapsed.TotalSeconds, milliseconds);
    }

    /// <summary>
    /// Rounds of each contender in turn, so that what else the machine does hits all alike; a first round of each only warms up.
    /// </summary>
    /// <returns>The median of each contender's rounds.</returns>
    public static async Task<double[]> InTurnAsync(int rounds, params Func<Task<double>>[] contenders)
    {
        var results = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var result = await contenders[i]();
                if (round > 0)
                    results[i].Add(result);
            }
        }

        return [.. results.Select(r => Figures.Median(r))];
    }
}
