using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Hosting;

/// <summary>Section <c>ProcessEngine:Clock</c>.</summary>
public sealed record ClockOptions
{
    /// <summary>Shifts the service's clock, such as <c>5.00:00:00</c>. Refused in Production.</summary>
    public TimeSpan? Offset { get; init; }
}

/// <summary>The service's clock, shifted, so that anyone can see deadlines pass. Never in Production.</summary>
public sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    /// <exception cref="SettingsException">An offset is set in Production, or leads out of the calendar.</exception>
    public static TimeProvider From(ClockOptions options, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Offset is not { } offset || offset == TimeSpan.Zero)
            return System;
        if (environment.IsProduction())
            throw new SettingsException("ProcessEngine:Clock:Offset", "shifts the clock of every deadline; it is refused in Production");
        return offset.Duration() > TimeSpan.FromDays(36_500)
            ? throw new SettingsException("ProcessEngine:Clock:Offset", $"must be less than a hundred years, not \"{offset:c}\"")
            : new OffsetClock(offset);
    }
}
