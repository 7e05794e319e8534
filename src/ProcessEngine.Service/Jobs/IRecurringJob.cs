using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>
/// Work that the service does by itself, again and again. A wake-up that is lost, late or doubled changes nothing: the truth is in rows.
/// </summary>
public interface IRecurringJob
{
    /// <summary>Stable: it names the job in the database.</summary>
    string Name { get; }

    /// <summary>For the administrator's page.</summary>
    LocalizedText Title { get; }

    /// <summary>Between two runs.</summary>
    TimeSpan Interval { get; }

    /// <summary>Whether a wrong clock makes it do what cannot be taken back: then it stands still until the date is confirmed.</summary>
    bool GoesByTheClock => false;

    /// <returns>How much it worked off.</returns>
    Task<int> RunAsync(CancellationToken ct);

    /// <summary>
    /// Since when the oldest of its work waits; null when none does. The first row of an index that the job itself reads.
    /// </summary>
    Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) => Task.FromResult<DateTimeOffset?>(null);
}

/// <summary>Rows that are of no use any more after a while. Asked once an hour.</summary>
public interface ICleanUp
{
    void ForgetOld(WriteSession session, DateTimeOffset now);
}

public static class RecurringJobServices
{
    public static IServiceCollection AddRecurringJob<T>(this IServiceCollection services)
        where T : class, IRecurringJob =>
        services.AddSingleton<T>().AddSingleton<IRecurringJob>(provider => provider.GetRequiredService<T>());
}
