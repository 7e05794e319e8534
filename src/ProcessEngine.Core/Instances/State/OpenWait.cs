using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>Something that the case waits for.</summary>
public sealed record OpenWait(
    Guid WaitId, string NodeId, WaitKind Kind, string Port, DateTimeOffset? Until, string? Message, string? Correlation, CallTarget? Call)
{
    /// <summary>Of a timer of plain days: its last day before rolling.</summary>
    public DateOnly? LastDay { get; init; }

    /// <summary>Of a timer: since when it stands still; null while it runs.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>When time ends it; null when only an outsider does, and while it stands still.</summary>
    public DateTimeOffset? WakesAt => PausedAt is null ? Until : null;
}

/// <summary>A piece of data that a message brought to a box, and that a decision goes by.</summary>
public sealed record BroughtAnswer(string Variable, string NodeId);

/// <summary>A branch that has come to its join by one of the arrows that lead there.</summary>
public sealed record Arrival(string JoinId, string From, string Port);

/// <summary>Something that an administrator has to look at.</summary>
/// <param name="Code">Stable; for programs.</param>
public sealed record OpenIncident(Guid IncidentId, string NodeId, string Code, string? Detail, DateTimeOffset At)
{
    /// <summary>Of a hand-over that reached nobody: what could not be started.</summary>
    public CallTarget? Call { get; init; }
}
