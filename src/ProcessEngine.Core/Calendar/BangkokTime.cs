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

    /// <summary>Office hours between two instants when every date has them, a holiday or not: the rest of a period of plain days.</summary>
    public static TimeSpan Between(DateTimeOffset from, DateTimeOffset to) => new(TicksBefore(to) - TicksBefore(from));

    /// <summary>When so many office hours have passed, if every date has them; used up at 12:00 or 16:30, it ends there.</summary>
    /// <param name="time">More than nothing.</param>
    public static DateTimeOffset After(DateTimeOffset from, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(time.Ticks);
        var target = TicksBefore(from) + time.Ticks;
        var day = (target - 1) / DayTicks;
        return BangkokTime.At(DateOnly.FromDayNumber((int)day), TimeAt(target - (day * DayTicks)));
    }

    static long TicksBefore(DateTimeOffset instant) =>
        (BangkokTime.DateOf(instant).DayNumber * DayTicks) + TicksIntoDay(BangkokTime.TimeOf(instant));

    /// <summary>How much of a day's office hours has passed at a time of day.</summary>
    internal static long TicksIntoDay(TimeOnly time)
    {
        if (time <= Open)
            return 0;
        if (time >= Close)
            return DayTicks;
        if (time <= LunchFrom)
            return (time - Open).Ticks;
        return time <= LunchTo ? MorningTicks : MorningTicks + (time - LunchTo).Ticks;
    }

    /// <summary>The time of day at which so much of a day's office hours has passed.</summary>
    internal static TimeOnly TimeAt(long ticksIntoDay) => ticksIntoDay <= MorningTicks
        ? Open.Add(TimeSpan.FromTicks(ticksIntoDay))
        : LunchTo.Add(TimeSpan.FromTicks(ticksIntoDay - MorningTicks));
}
