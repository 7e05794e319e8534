using System.Collections.Immutable;

namespace ProcessEngine.Core.Instances.Events;

/// <summary>A decision node chose its way.</summary>
/// <param name="Condition">The condition that held; null on the way for "else".</param>
public sealed record DecisionTaken(string NodeId, string Port, string? Condition) : ProcessEvent;

/// <summary>A branch has come to its join by one of the arrows that lead there.</summary>
public sealed record BranchArrived(string JoinId, string From, string Port) : ProcessEvent;

public sealed record BranchesJoined(string JoinId) : ProcessEvent;

/// <summary>A branch had arrived at a join and is undone, because work went back to before it.</summary>
public sealed record BranchUndone(string JoinId, string From, string Port) : ProcessEvent;

/// <summary>A branch has come to an end; others still run.</summary>
public sealed record BranchEnded(string EndId, string Outcome) : ProcessEvent;

/// <summary>The case waits beside or instead of a person: for a date, a message, or a sub-process.</summary>
/// <param name="Until">When time ends it, UTC; null when only an outsider does.</param>
/// <param name="Port">The way on when it ends.</param>
/// <param name="Message">Of a wait for a message: its name …</param>
/// <param name="Correlation">… and what it must carry.</param>
/// <param name="Call">Of a sub-process: what is started, and where.</param>
public sealed record WaitStarted(
    Guid WaitId, string NodeId, WaitKind Kind, string Port, DateTimeOffset? Until, string? Message, string? Correlation, CallTarget? Call)
    : ProcessEvent
{
    /// <summary>Of a timer of plain days: its last day before rolling.</summary>
    public DateOnly? LastDay { get; init; }
}

/// <summary>A timer stands still from now on: the case is suspended, or the work beside which it runs waits for an outsider.</summary>
public sealed record WaitPaused(Guid WaitId, PauseReason Reason) : ProcessEvent;

/// <summary>A timer runs again, with as much time to go as it had.</summary>
public sealed record WaitContinued(Guid WaitId, DateTimeOffset From, DateTimeOffset Until) : ProcessEvent
{
    /// <summary>As of the beginning.</summary>
    public DateOnly? LastDay { get; init; }
}

/// <summary>What was waited for has come.</summary>
/// <param name="Data">Name → JSON text, of a message; merged into the variables of the case.</param>
public sealed record WaitEnded(Guid WaitId, DateTimeOffset? ScheduledFor, ImmutableSortedDictionary<string, string>? Data)
    : ProcessEvent
{
    /// <summary>Of the data, what a decision goes by: in a loop it holds for one round. Null: nothing, or a history of before.</summary>
    public ImmutableArray<string>? Decides { get; init; }
}

public sealed record WaitCancelled(Guid WaitId) : ProcessEvent
{
    /// <summary>What was called and waited for is called off too; null: there is nothing, or it goes on.</summary>
    public bool? Recalled { get; init; }
}

public enum WaitKind
{
    Date,
    Message,
    Call,

    /// <summary>For an administrator: the place cannot be entered as the data of the case are.</summary>
    Incident,

    /// <summary>A timer on a step that interrupts it.</summary>
    Interrupting,

    /// <summary>A timer on a step that starts a branch beside it.</summary>
    Beside,
}

/// <param name="ChildId">The id that the case started there will have: starting it twice is the same start.</param>
/// <param name="Waited">False: a hand-over that is not waited for.</param>
public sealed record CallTarget(Guid ChildId, string DefinitionKey, string? Office, bool Waited);

/// <summary>A hand-over that is not waited for.</summary>
public sealed record CaseHandedOver(string NodeId, CallTarget Call) : ProcessEvent
{
    /// <summary>Of a hand-over that is tried again: the case that could not be started.</summary>
    public Guid? InsteadOf { get; init; }
}
