namespace ProcessEngine.Core.Calendar;

/// <summary>The office's clock. Instants are UTC; dates are Bangkok dates.</summary>
/// <remarks>Thailand has been at +07:00 without daylight saving since 1920, so a fixed offset needs no zone database.</remarks>
public static class BangkokTime
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    /// <summary>The Bangkok date of an instant: 17:30 UTC is 00:30 of the next day.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    public static TimeOnly TimeOf(DateTimeOffset instant) => TimeOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    /// <returns>The instant, with offset 0.</returns>
    public static DateTimeOffset At(DateOnly date, TimeOnly time) => new DateTimeOffset(date.ToDateTime(time), Offset).ToUniversalTime();
}

/// <summary>08:30–12:00 and 13:00–16:30: 420 minutes. Intervals include their start and exclude their end.</summary>
public static class WorkingHours
{
    public static readonly TimeOnly Open = new(8, 30);
    public static readonly TimeOnly LunchFrom = new(12, 0);
    public static readonly TimeOnly LunchTo = new(13, 0);
    public static readonly TimeOnly Close = new(16, 30);

    internal static readonly long MorningTicks = (LunchFrom - Open).Ticks;
    internal static readonly long DayTicks = MorningTicks + (Close - LunchTo).Ticks;
}
