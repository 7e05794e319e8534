using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>Writes that are not a case: offices, people, keys, limits. Idempotent and stored whole, as cases are.</summary>
public sealed class IdempotentWriter(Database database, TimeProvider time)
{
    /// <param name="onConflict">What a violated unique key means here.</param>
    /// <param name="recorded">Who did what, for the trail of the administration; stored with the work when it is done, and only
    /// then.</param>
    public async Task<Outcome<StoredAnswer>> ExecuteAsync(
        RequestId request, Func<WriteSession, DateTimeOffset, ValueTask<Outcome<StoredAnswer>>> work,
        Func<Outcome<StoredAnswer>> onConflict, CancellationToken ct,
        (Caller By, AdministrationAct Act)? recorded = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onConflict);
        var now = Instants.Truncate(time.GetUtcNow());
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await database.TransactAsync(
                    async session =>
                    {
                        if (await IdempotencyRows.FindAsync(session, request) is { } known)
                            return known;
                        var outcome = await work(session, now);
                        // The same request, sent twice at once, may have been done while this one waited: then it is not refused.
                        if (outcome.Rejection is not null)
                            return await IdempotencyRows.FindAsync(session, request) ?? outcome;
                        if (outcome.Value is not { Replayed: false } answer)
                            return outcome;
                        if (recorded is var (by, act))
                            await AdministrationTrail.RecordAsync(session, by, act, now);
                        IdempotencyRows.Remember(session, request, answer, now);
                        return outcome;
                    },
                    ct);
            }
            catch (WriteConflictException) when (tries == 1)
            {
                // Perhaps the same request, sent twice at once: the second look finds its answer.
            }
            catch (WriteConflictException)
            {
                return onConflict();
            }
        }
    }
}
