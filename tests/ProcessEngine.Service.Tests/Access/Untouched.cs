using System.Data.Common;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>
/// A database in which everything is tried and nothing stays: what is written reaches it, and is rolled back once the answer is known.
/// So every request finds what the one before it found.
/// </summary>
sealed class Untouched(Database real) : Database
{
    /// <summary>While the world is furnished, all is kept.</summary>
    public bool Keeps { get; set; } = true;

    public override string Provider => real.Provider;
    public override string MonthOf(string instant) => real.MonthOf(instant);
    public override int SweepBatch => real.SweepBatch;
    public override string SkipLocked(string alias) => real.SkipLocked(alias);
    public override string Lock(string alias) => real.Lock(alias);
    public override string HoldCalendar => real.HoldCalendar;
    public override string CheckCalendar => real.CheckCalendar;
    public override string ChangeCalendar => real.ChangeCalendar;
    public override string CheckOrder => real.CheckOrder;
    public override string LifeFile(string dataFolder) => real.LifeFile(dataFolder);
    public override Task<DatabasePlace?> PlaceAsync(CancellationToken ct) => real.PlaceAsync(ct);
    public override ValueTask<DbConnection> OpenAsync(CancellationToken ct) => real.OpenAsync(ct);
    public override bool IsOutOfReach(Exception e) => real.IsOutOfReach(e);
    public override Task MigrateAsync(TimeProvider time, CancellationToken ct) => real.MigrateAsync(time, ct);
    public override ValueTask DisposeAsync() => real.DisposeAsync();

    public override Task<bool> OneAtATimeAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct) =>
        real.OneAtATimeAsync(name, work, ct);

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        Keeps ? real.OptimisticAsync(work, ct) : TryAsync(work, ct);

    public override Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        Keeps ? real.TransactAsync(work, ct) : TryAsync(work, ct);

    async Task<T> TryAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct)
    {
        var result = default(T)!;
        try
        {
            await real.TransactAsync<T>(
                async session =>
                {
                    result = await work(session);
                    // What a key forbids is refused here, too.
                    await session.FlushAsync();
                    throw new TriedException();
                },
                ct);
        }
        catch (TriedException)
        {
            // As it was meant.
        }

        return result;
    }

    sealed class TriedException : Exception;
}
