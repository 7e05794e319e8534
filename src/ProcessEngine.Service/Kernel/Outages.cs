using System.Globalization;

namespace ProcessEngine.Service.Kernel;

/// <summary>Tells a broken world from a broken request.</summary>
public interface IOutages
{
    /// <summary>
    /// Whether the database cannot be reached, or cannot be written for now: it may be again, without anything being changed here.
    /// </summary>
    bool IsOutOfReach(Exception e);
}

/// <summary>
/// The connection broke while what was decided was being stored. Whether it is stored is not known here; the same request, sent again with
/// the same <c>Idempotency-Key</c>, finds out.
/// </summary>
public sealed class OutcomeUnknownException(Exception inner) : Exception("The database went away in the middle of a commit.", inner);

/// <summary>
/// A newer version of the service, which runs beside this one during an upgrade, has written what this one would not keep whole. The newer
/// one serves the same request.
/// </summary>
public sealed class NewerVersionException() : Exception("A newer version of the service has written this; this one may not go on from it.");

static class Outages
{
    /// <summary>Seconds after which whoever was answered 503 may ask again (RFC 9110, 10.2.3).</summary>
    const int TryAgainAfter = 5;

    /// <summary>What a failure says to the caller; null when the caller has gone.</summary>
    public static Problem? ProblemOf(HttpContext http, Exception? failure) => failure switch
    {
        RefusedRequestException e => Problems.From(e.Rejection),
        BadHttpRequestException e => Problems.ForStatus(e.StatusCode),
        OperationCanceledException when http.RequestAborted.IsCancellationRequested => null,
        OutcomeUnknownException => Problems.OutcomeUnknown,
        NewerVersionException => Problems.NewerVersion,
        { } e when e is TimeoutException || http.RequestServices.GetRequiredService<IOutages>().IsOutOfReach(e) =>
            Problems.ForStatus(StatusCodes.Status503ServiceUnavailable),
        _ => Problems.ForStatus(StatusCodes.Status500InternalServerError),
    };

    public static void SayWhenToTryAgain(this HttpResponse response)
    {
        if (response.StatusCode == StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = TryAgainAfter.ToString(CultureInfo.InvariantCulture);
    }
}
