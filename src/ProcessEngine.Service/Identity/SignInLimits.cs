using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace ProcessEngine.Service.Identity;

/// <summary>How many passwords are looked at. Section <c>ProcessEngine:Passwords</c>.</summary>
public sealed record PasswordLimits
{
    /// <summary>
    /// Passwords that are hashed at once. Default: half of the processors, so that the other half is there for everybody's work.
    /// </summary>
    [Range(1, 256, ErrorMessage = "must be between {1} and {2}")]
    public int? AtOnce { get; init; }

    /// <summary>Sign-ins that may wait for their turn, of all addresses together; whoever comes on top is asked to try again.</summary>
    [Range(0, 10_000, ErrorMessage = "must be between {1} and {2}")]
    public int Waiting { get; init; } = 40;

    /// <summary>
    /// The same, of one address. An office behind one address signs in side by side; a program that guesses is turned away.
    /// </summary>
    [Range(0, 10_000, ErrorMessage = "must be between {1} and {2}")]
    public int WaitingPerAddress { get; init; } = 10;

    /// <summary>Failed sign-ins of one address within five minutes, after which it is turned away for the rest of them.</summary>
    [Range(Passwords.FailuresAllowed, 100_000, ErrorMessage = "must be between {1} and {2}")]
    public int FailuresPerAddress { get; init; } = 100;

    public int HashedAtOnce => AtOnce ?? Math.Max(1, Environment.ProcessorCount / 2);
}

/// <summary>
/// Turns at the password: a hash is slow on purpose, and whoever sends hundreds
/// must neither take every processor nor stand in front of everybody else.
/// Of one address no more than what is hashed at once stands in the common queue; the rest of it waits behind its own.
/// </summary>
public sealed class SignInLimits(PasswordLimits options) : IDisposable
{
    static readonly TimeSpan FailuresWithin = TimeSpan.FromMinutes(5);

    readonly PartitionedRateLimiter<string> turns = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetConcurrencyLimiter(
            address, _ => new ConcurrencyLimiterOptions { PermitLimit = options.HashedAtOnce, QueueLimit = options.WaitingPerAddress })),
        PartitionedRateLimiter.Create<string, string>(_ => RateLimitPartition.GetConcurrencyLimiter(
            "", _ => new ConcurrencyLimiterOptions { PermitLimit = options.HashedAtOnce, QueueLimit = options.Waiting })));

    readonly PartitionedRateLimiter<string> failures =
        PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.FailuresPerAddress, Window = FailuresWithin }));

    /// <summary>Waits for a turn, to be disposed when the password was looked at.</summary>
    /// <returns>Null when there are too many before this one, or too many of this address were wrong.</returns>
    public async ValueTask<IDisposable?> TurnAsync(string address, CancellationToken ct)
    {
        using (var allowed = failures.AttemptAcquire(address, permitCount: 0))
        {
            if (!allowed.IsAcquired)
                return null;
        }

        var turn = await turns.AcquireAsync(address, cancellationToken: ct);
        if (turn.IsAcquired)
            return turn;
        turn.Dispose();
        return null;
    }

    public void Failed(string address) => failures.AttemptAcquire(address).Dispose();

    /// <summary>
    /// Where a request comes from, as far as it can be told apart: of IPv6 the network, of which one sender has all addresses.
    /// </summary>
    public static string AddressOf(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var address = http.Connection.RemoteIpAddress;
        if (address is null)
            return "?";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"{new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]])}/64"
            : address.ToString();
    }

    public void Dispose()
    {
        turns.Dispose();
        failures.Dispose();
    }
}
