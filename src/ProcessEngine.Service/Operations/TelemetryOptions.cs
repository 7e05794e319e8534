using System.ComponentModel.DataAnnotations;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Operations;

/// <summary>Section <c>ProcessEngine:Telemetry</c>. Nothing is measured for others until one of these is set.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Where traces and metrics go by OTLP: <c>http://collector.example.go.th:4317</c>. Default: nowhere.</summary>
    [WebAddress]
    public string? Otlp { get; init; }

    /// <summary>Whether <c>/metrics</c> answers Prometheus. Default: false.</summary>
    public bool Prometheus { get; init; }

    /// <summary>How often late jobs, what is set aside and the age of what waits are asked of the database. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    public bool IsOn => Prometheus || Otlp is { Length: > 0 };
}
