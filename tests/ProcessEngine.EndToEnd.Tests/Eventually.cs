using System.Diagnostics;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Waits for a condition, never for a time. The deadline is for failures only.</summary>
static class Eventually
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <param name="condition">Null as long as it does not hold.</param>
    /// <param name="otherwise">What to say when the deadline passes.</param>
    public static async Task<T> Get<T>(Func<Task<T?>> condition, TimeSpan within, Func<string> otherwise)
        where T : class
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (await condition() is { } value)
                return value;
            if (started.Elapsed > within)
                throw new ShouldAssertException($"Not within {within.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public static async Task Holds(Func<Task<bool>> condition, TimeSpan within, Func<string> otherwise) =>
        await Get(async () => await condition() ? "yes" : null, within, otherwise);
}
