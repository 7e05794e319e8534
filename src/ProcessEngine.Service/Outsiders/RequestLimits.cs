using System.Threading.RateLimiting;

namespace ProcessEngine.Service.Outsiders;

/// <summary>
/// Turns at the door: so much of one address, so much for one office, and only a few at once, so that whoever floods it takes nothing
/// from those who work inside. Of this node alone; several nodes let in so much each.
/// </summary>
public sealed class RequestLimits(RequestOptions options) : IDisposable
{
    static readonly TimeSpan Within = TimeSpan.FromMinutes(10);
    const int AtOnce = 2;
    const int Waiting = 40;

    readonly PartitionedRateLimiter<string> addresses = Windowed(options.PerAddress);
    readonly PartitionedRateLimiter<string> offices = Windowed(options.PerOffice);
    readonly PartitionedRateLimiter<string> wrong = Windowed(options.WrongLinks);
    readonly ConcurrencyLimiter turns = new(new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = Waiting });

    /// <summary>Waits for a turn to send something, to be disposed when it was looked at.</summary>
    /// <returns>Null when there was too much.</returns>
    public async ValueTask<IDisposable?> TurnAsync(string address, string office, CancellationToken ct)
    {
        using (var ofAddress = addresses.AttemptAcquire(address))
        {
            if (!ofAddress.IsAcquired)
                return null;
        }

        // Only what came past the first: one address alone cannot use up what the office takes.
        using (var ofOffice = offices.AttemptAcquire(office))
        {
            if (!ofOffice.IsAcquired)
                return null;
        }

        var turn = await turns.AcquireAsync(1, ct);
        if (turn.IsAcquired)
            return turn;
        turn.Dispose();
        return null;
    }

    /// <summary>Whether an address may try a link: not when too many did not hold.</summary>
    public bool MayTry(string address)
    {
        using var lease = wrong.AttemptAcquire(address, permitCount: 0);
        return lease.IsAcquired;
    }

    public void WasWrong(string address) => wrong.AttemptAcquire(address).Dispose();

    static PartitionedRateLimiter<string> Windowed(int permits) => PartitionedRateLimiter.Create<string, string>(
        of => RateLimitPartition.GetFixedWindowLimiter(
            of, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Within }));

    public void Dispose()
    {
        addresses.Dispose();
        offices.Dispose();
        wrong.Dispose();
        turns.Dispose();
    }
}
