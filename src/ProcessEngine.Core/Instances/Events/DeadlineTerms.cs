using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Instances.Events;

/// <summary>The inputs of a due moment and its result.</summary>
/// <param name="Source">Who set the limit: the manual, or the office where the manual states none.</param>
/// <param name="LastDay">Last day of the period before rolling; an extension counts on from it (R8).</param>
/// <param name="Provisional">The period rests on days that are not yet announced (R9).</param>
public sealed record DeadlineTerms(
    DeadlineRule Rule,
    DeadlineSource Source,
    DateTimeOffset ReceivedAt,
    string CalendarId,
    int CalendarVersion,
    DateTimeOffset? ExpectedFrom,
    DateTimeOffset DueAt,
    DateOnly LastDay,
    bool Provisional)
{
    /// <summary>The date that the rule depends on: of the event that it counts back from, or given by another agency.</summary>
    public DateOnly? DependsOn { get; init; }
}

public enum DeadlineSource
{
    Manual,
    Office,
}
