
namespace ProcessEngine.Service.Kernel;

/// <summary>What a state-changing request was answered. Kept with the change, so that a repeated request gets the same.</summary>
/// <param name="Status">HTTP's number, as a plain number.</param>
/// <param name="Body">JSON.</param>
public sealed record StoredAnswer(int Status, string Body, string? Location = null, string? ETag = null, bool Replayed = false);

/// <summary>Who sent a request and how to recognise it when it comes again.</summary>
/// <param name="Key">The caller's Idempotency-Key; null when none was sent.</param>
/// <param name="Hash">SHA-256 over method, path and body.</param>
public sealed record RequestId(Guid Caller, string? Key, byte[] Hash)
{
    /// <summary>The revision that the caller saw of what they act on; null when they do not say.</summary>
    public int? IfMatch { get; init; }
}
