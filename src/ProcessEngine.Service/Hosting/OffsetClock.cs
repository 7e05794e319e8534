using System.Globalization;

namespace ProcessEngine.Service.Hosting;

/// <summary>The service's clock, shifted by <c>ProcessEngine:Clock:Offset</c>, so that anyone can see deadlines pass. Never in Production.</summary>
public sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    /// <exception cref="InvalidOperationException">An offset is set in Production, or it is not a time span.</exception>
    public static TimeProvider From(IConfiguration configuration, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var text = configuration["ProcessEngine:Clock:Offset"];
        if (string.IsNullOrWhiteSpace(text))
            return System;
        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var offset))
            throw new InvalidOperationException($"ProcessEngine:Clock:Offset must be a time span such as 5.00:00:00, not \"{text}\".");
        if (offset == TimeSpan.Zero)
            return System;
        return environment.IsProduction()
            ? throw new InvalidOperationException("ProcessEngine:Clock:Offset shifts the clock of every deadline; it is refused in Production.")
            : new OffsetClock(offset);
    }
}
