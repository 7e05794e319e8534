using System.Collections.Immutable;

namespace ProcessEngine.Core.Instances.State;

/// <param name="Attempts">Passes through the step so far.</param>
/// <param name="Last">How its last task ended; null while none has.</param>
public sealed record StepRecord(string StepId, int Attempts, ClosedTask? Last)
{
    /// <summary>Who did it last; a cancelled task was done by nobody.</summary>
    public Guid? DoneBy { get; init; }

    /// <summary>
    /// The others who did it before, in whatever round, level, seat or entry of a list; null when nobody did. Four eyes asks for all of
    /// them, and there are no more than the office has people.
    /// </summary>
    public ImmutableArray<Guid>? EarlierBy { get; init; }

    /// <summary>Whether somebody has done the step in this case, at any time.</summary>
    public bool WasDoneBy(Guid person) => DoneBy == person || (EarlierBy is { } others && others.Contains(person));

    internal StepRecord Done(ClosedTask last, Guid? by) => this with
    {
        Last = last,
        DoneBy = by,
        EarlierBy = DoneBy is { } before && before != by ? Together(EarlierBy, before) : EarlierBy,
    };

    /// <summary>Two records of what has become one step.</summary>
    internal StepRecord Merged(StepRecord other)
    {
        var (newer, older) = (other.Last?.At > Last?.At || Last is null) ? (other, this) : (this, other);
        var before = older.DoneBy is { } by ? Together(older.EarlierBy, by) : older.EarlierBy;
        foreach (var person in before ?? [])
            newer = newer with { EarlierBy = person == newer.DoneBy ? newer.EarlierBy : Together(newer.EarlierBy, person) };
        return newer with { StepId = StepId, Attempts = Math.Max(Attempts, other.Attempts) };
    }

    static ImmutableArray<Guid> Together(ImmutableArray<Guid>? people, Guid one) =>
        people is not { } known ? [one] : known.Contains(one) ? known : known.Add(one);
}

public sealed record ClosedTask(Guid TaskId, int Attempt, string Outcome, Guid? By, DateTimeOffset At);
