using System.Diagnostics;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>What one call costs on this thread.</summary>
static class Measured
{
    static long sink;

    const int Rounds = 500;

    // The compiler looks at what runs often only after a while.
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Median over the rounds, after others that only warm up; the loop and the call through a delegate are part of it.</summary>
    /// <param name="calls">In one round. It should take less than a millisecond: then most rounds are not interrupted by other programs.</param>
    public static double Microseconds(int calls, Func<int, int> call)
    {
        var times = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (times.Count < Rounds)
        {
            var (begun, sum) = (Stopwatch.GetTimestamp(), 0L);
            for (var i = 0; i < calls; i++)
                sum += call(i);
            if (Stopwatch.GetElapsedTime(start) > WarmUp)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds / calls);
            // Else the compiler could find out that nobody wants to know.
            Volatile.Write(ref sink, sum);
        }

        return Figures.Median(times);
    }

    /// <summary>Bytes allocated by one call, on average.</summary>
    public static double Bytes<T>(int calls, Func<int, T> call)
    {
        for (var i = 0; i < calls; i++)
            call(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++)
            call(i);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls;
    }
}
