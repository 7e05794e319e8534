namespace ProcessEngine.Service.Kernel;

public static class Instants
{
    /// <summary>What both databases can hold: UTC, whole microseconds.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant)
    {
        var utc = instant.UtcTicks;
        return new DateTimeOffset(utc - (utc % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
