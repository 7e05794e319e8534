
namespace ProcessEngine.Core.Instances.Events;

/// <summary>A fact about a case. Events carry results, not recipes: <c>Evolve</c> looks nothing up and computes no date.</summary>
public abstract record ProcessEvent
{
    private protected ProcessEvent()
    {
    }

    /// <summary>The order by which the actor sat in the post; null when it is their own, and where no post was needed.</summary>
    public Capacity? Capacity { get; init; }
}

/// <summary>A task ends by somebody's decision.</summary>
public abstract record DecisionEvent : ProcessEvent
{
    private protected DecisionEvent()
    {
    }
}

/// <summary>A fact with its place in the case's history: who, when, and its number.</summary>
/// <param name="Sequence">1 for the first event of a case; no gaps.</param>
/// <param name="At">UTC, whole microseconds.</param>
/// <param name="Actor">The user who acted; null when the service did (a deadline passed).</param>
public sealed record RecordedEvent(int Sequence, DateTimeOffset At, Guid? Actor, ProcessEvent Event);
