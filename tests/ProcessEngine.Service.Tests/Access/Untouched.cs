using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>
/// A database in which everything is tried and nothing stays: what is written reaches it, and is rolled back once the answer is known.
/// So every request finds what the one before it found.
/// </summary>
sealed class Untouched(Database real) : Between(real)
{
    /// <summary>While the world is furnished, all is kept.</summary>
    public bool Keeps { get; set; } = true;

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        Keeps ? Real.OptimisticAsync(work, ct) : TryAsync(work, ct);

    public override Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) =>
        Keeps ? Real.TransactAsync(work, ct) : TryAsync(work, ct);

    async Task<T> TryAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct)
    {
        var result = default(T)!;
        try
        {
            await Real.TransactAsync<T>(
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
