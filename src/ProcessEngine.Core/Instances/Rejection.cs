namespace ProcessEngine.Core.Instances;

/// <summary>The procedure says no. Carries facts, no prose: the shell turns it into a problem that a person can read.</summary>
public abstract record Rejection;

/// <summary>The actor holds none of the roles that may do this.</summary>
public sealed record NotAllowed(string Action, IReadOnlyList<string> NeedsOneOf) : Rejection;

/// <summary>The task was closed before; the facts say by whom, how and when, where they are still known.</summary>
public sealed record TaskNotOpen(Guid TaskId, string? Outcome, Guid? By, DateTimeOffset? At) : Rejection;

/// <summary>The task changed after the caller looked at it.</summary>
public sealed record TaskChanged(Guid TaskId, int Expected, int Actual) : Rejection;

public sealed record TaskHeldByAnother(Guid TaskId, Guid Assignee) : Rejection;

public sealed record ReasonRequired(string Action) : Rejection;

/// <summary>An approval is decided, a task is completed: never the other way round.</summary>
public sealed record ActionNotForThisStep(Guid TaskId, string Action, string StepType) : Rejection;

public sealed record ReturnNotAllowed(string? ToStep, IReadOnlyList<string> Allowed) : Rejection;

public sealed record AssigneeLacksRole(Guid Assignee, string Role) : Rejection;

public sealed record InstanceHasEnded(InstanceStatus Status) : Rejection;

public sealed record AlreadyStarted : Rejection;

/// <summary>The definition leads nowhere from here. Publication checks prevent it; a case is never silently lost all the same.</summary>
public sealed record NoWayOn(string StepId, string Port) : Rejection;
