using System.Collections.Immutable;

namespace ProcessEngine.Core.Simulations;

/// <summary>
/// What a trial run assumes. Everything that a case meets in it is drawn from here; the rest is decided by the definition.
/// </summary>
public sealed record SimulationPlan
{
    public const int MaxCases = 20_000;

    /// <summary>What happens to one case: one that goes on for longer is rejected for ever, and stays unfinished.</summary>
    public const int MaxStepsOfCase = 2_000;

    /// <summary>What happens in a run; what is not done by then is unfinished.</summary>
    public const int MaxSteps = 2_000_000;

    /// <summary>Cases to run, at most <see cref="MaxCases"/>.</summary>
    public required int Cases { get; init; }

    /// <summary>Same plan and seed: same result.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>When the first case may arrive, UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Cases that arrive on a working day on average, during working hours, independently of one another.</summary>
    public required double ArrivalsPerWorkingDay { get; init; }

    /// <summary>
    /// Role → how many people of it there are; each does one task at a time, the longest waiting first. A role not named has one.
    /// </summary>
    public ImmutableDictionary<string, int> People { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Step → how long the work itself takes, in minutes of working time.</summary>
    public ImmutableDictionary<string, WorkTime> Work { get; init; } = ImmutableDictionary<string, WorkTime>.Empty;

    public WorkTime OtherWork { get; init; } = WorkTime.Exactly(60);

    /// <summary>How long an outsider takes to send a message, or a sub-process to end, in minutes of working time.</summary>
    public WorkTime Outside { get; init; } = WorkTime.Exactly(3 * 420);

    /// <summary>Step → how likely each outcome is; what is missing to 1 is approval (or completion).</summary>
    public ImmutableDictionary<string, Outcomes> Outcomes { get; init; } = ImmutableDictionary<string, Outcomes>.Empty;

    /// <summary>The data that cases start with (name → JSON text); each case draws one of these. Empty: no data.</summary>
    public ImmutableArray<ImmutableSortedDictionary<string, string>> Data { get; init; } = [];
}

/// <summary>A distribution of working minutes.</summary>
public sealed record WorkTime(WorkTimeKind Kind, double A, double B = 0, double C = 0)
{
    public static WorkTime Exactly(double minutes) => new(WorkTimeKind.Exactly, minutes);
    public static WorkTime Between(double from, double to) => new(WorkTimeKind.Between, from, to);

    /// <summary>At least, most often, at most.</summary>
    public static WorkTime Triangle(double from, double mode, double to) => new(WorkTimeKind.Triangle, from, mode, to);

    /// <summary>Many short, few long (exponential).</summary>
    public static WorkTime Around(double mean) => new(WorkTimeKind.Around, mean);

    public bool IsValid => Kind switch
    {
        WorkTimeKind.Between => A >= 0 && B >= A && B <= Longest,
        WorkTimeKind.Triangle => A >= 0 && B >= A && C >= B && C <= Longest,
        WorkTimeKind.Exactly or WorkTimeKind.Around => A is >= 0 and <= Longest,
    };

    const double Longest = 420 * 250;

    internal int Draw(Dice dice)
    {
        var minutes = Kind switch
        {
            WorkTimeKind.Between => A + ((B - A) * dice.Next()),
            WorkTimeKind.Triangle => Triangular(dice.Next()),
            WorkTimeKind.Around => Math.Min(Longest, -A * Math.Log(1 - dice.Next())),
            WorkTimeKind.Exactly => A,
        };
        return (int)Math.Round(minutes);
    }

    double Triangular(double u)
    {
        if (C <= A)
            return A;
        var atMode = (B - A) / (C - A);
        return u < atMode ? A + Math.Sqrt(u * (C - A) * (B - A)) : C - Math.Sqrt((1 - u) * (C - A) * (C - B));
    }
}

public enum WorkTimeKind
{
    Exactly,
    Between,
    Triangle,
    Around,
}

/// <summary>Probabilities, 0 to 1, together at most 1.</summary>
public sealed record Outcomes(double Reject, double Return = 0, double Fail = 0)
{
    public bool IsValid => Reject >= 0 && Return >= 0 && Fail >= 0 && Reject + Return + Fail <= 1;
}

/// <summary>A small generator whose numbers are the same everywhere and for ever: splitmix64 (Steele, Lea, Flood 2014).</summary>
sealed class Dice(ulong seed)
{
    ulong state = seed;

    /// <summary>From 0, below 1.</summary>
    public double Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
