using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>The instant of a decision and what the office knew at that instant. Time is an argument, never a question.</summary>
/// <param name="Now">UTC, whole microseconds.</param>
/// <param name="Calendar">The working calendar of the office that acts.</param>
/// <param name="OfficeDeadlines">Limits that the office itself set on steps for which the manual states none; step id → rule.</param>
public sealed record Moment(DateTimeOffset Now, WorkingCalendar Calendar, IReadOnlyDictionary<string, DeadlineRule> OfficeDeadlines)
{
    /// <summary>Who holds which role in the office; null where nobody asked.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Guid>>? Holders { get; init; }

    /// <summary>Who of a role looks after a field of work or a procedure, by the list of the office.</summary>
    public IReadOnlyDictionary<(string Role, string Field), Guid> Responsible { get; init; } =
        System.Collections.Frozen.FrozenDictionary<(string Role, string Field), Guid>.Empty;

    /// <summary>Who sits in which post by order, for the procedure of the case.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Guid>> ByOrder { get; init; } =
        ImmutableDictionary<string, ImmutableArray<Guid>>.Empty;

    public static Moment At(DateTimeOffset now, WorkingCalendar calendar) =>
        new(now, calendar, System.Collections.Frozen.FrozenDictionary<string, DeadlineRule>.Empty);
}
