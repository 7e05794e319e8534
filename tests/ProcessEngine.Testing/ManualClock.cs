using System.Globalization;

namespace ProcessEngine.Testing;

/// <summary>A clock that a test cranks by hand.</summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Set(DateTimeOffset instant) => Interlocked.Exchange(ref ticks, instant.UtcTicks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    /// <summary>Sets the clock to a Bangkok time, such as <c>2026-04-10 09:00</c>.</summary>
    public void SetBangkok(string time) => Set(Bangkok(time));

    public static DateTimeOffset Bangkok(string time) =>
        new DateTimeOffset(DateTime.Parse(time, CultureInfo.InvariantCulture), TimeSpan.FromHours(7)).ToUniversalTime();
}
