using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Outsiders;

/// <summary>How much people outside may ask. Section <c>ProcessEngine:Requests</c>.</summary>
public sealed record RequestOptions
{
    /// <summary>What one address may send within ten minutes. A school behind one address has many people.</summary>
    [Range(1, 100_000, ErrorMessage = "must be between {1} and {2}")]
    public int PerAddress { get; init; } = 30;

    /// <summary>What an office takes within ten minutes, of all addresses together.</summary>
    [Range(1, 100_000, ErrorMessage = "must be between {1} and {2}")]
    public int PerOffice { get; init; } = 300;

    /// <summary>Links that do not hold, of one address within ten minutes, after which it is turned away.</summary>
    [Range(1, 100_000, ErrorMessage = "must be between {1} and {2}")]
    public int WrongLinks { get; init; } = 30;

    /// <summary>Nobody fills in a form faster than so; a program does.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan FilledInAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Working days after which the work goes on without an answer.</summary>
    [Range(1, 250, ErrorMessage = "must be between {1} and {2}")]
    public int GiveUpAfter { get; init; } = 10;
}
