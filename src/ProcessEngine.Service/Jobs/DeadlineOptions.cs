using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Jobs;

/// <summary>Section <c>ProcessEngine:Deadlines</c>.</summary>
public sealed record DeadlineOptions
{
    /// <summary>Time between two looks at the deadlines. An idle look is one indexed read. 1 s to 5 min; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether jobs run by themselves on this node. Default: true; false for tests and for a node that only answers.</summary>
    public bool WakeUps { get; init; } = true;
}
