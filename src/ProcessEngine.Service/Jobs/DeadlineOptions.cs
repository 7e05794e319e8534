using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Jobs;

/// <summary>Section <c>ProcessEngine:Deadlines</c>.</summary>
public sealed record DeadlineOptions
{
    /// <summary>Time between two looks at the deadlines. An idle look is one indexed read. 1 s to 5 min; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far the clock may go beyond the time that has passed, and how long the service may have been out of use, before deadlines stand
    /// still until somebody confirms the date. 1 day to 10 years; default 366 days.
    /// </summary>
    [Range(
        typeof(TimeSpan), "1.00:00:00", "3650.00:00:00", ParseLimitsInInvariantCulture = true,
        ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan MaxClockJump { get; init; } = TimeSpan.FromDays(366);

    /// <summary>Whether jobs run by themselves on this node. Default: true; false for tests and for a node that only answers.</summary>
    public bool WakeUps { get; init; } = true;
}
