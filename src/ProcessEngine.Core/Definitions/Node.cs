using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Core.Definitions;

/// <summary>A box of the flow chart.</summary>
public abstract record Node
{
    private protected Node(string id) => Id = id;

    public string Id { get; }

    /// <summary>The ports that must lead somewhere for the flow never to get stuck.</summary>
    public abstract IReadOnlyList<string> RequiredPorts { get; }

    /// <summary>True where the case rests until a person, a date or somebody outside moves it; false where it passes at once.</summary>
    public abstract bool Rests { get; }
}

public sealed record StartNode(string NodeId) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
    public override bool Rests => false;
}

/// <param name="NodeId">Unique in the definition.</param>
/// <param name="Outcome">How a case that arrives here is said to have ended.</param>
/// <param name="Terminates">True: everything else that runs in the case is cancelled. False: the case ends when the last branch has
/// arrived.</param>
public sealed record EndNode(string NodeId, string Outcome, bool Terminates = false) : Node(NodeId)
{
    /// <summary>As the flow chart prints it; null where nothing is printed.</summary>
    public LocalizedText? Name { get; init; }

    public override IReadOnlyList<string> RequiredPorts => [];
    public override bool Rests => false;
}

/// <summary>Takes the first branch whose condition holds, else <see cref="Ports.Else"/>. Exactly one.</summary>
public sealed record DecisionNode(string NodeId, ImmutableArray<DecisionBranch> Branches) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts => [.. Branches.Select(b => b.Port), Ports.Else];
    public override bool Rests => false;
}

/// <param name="Port">Its way out.</param>
/// <param name="When">The condition as written; the compiled form is null where it could not be compiled, and then the definition is
/// refused.</param>
public sealed record DecisionBranch(string Port, string When, Expression? Condition);

/// <summary>Goes on by all arrows of <see cref="Ports.Done"/> at once.</summary>
public sealed record ForkNode(string NodeId) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
    public override bool Rests => false;
}

/// <summary>Waits until the flow has arrived by every arrow that leads here, then goes on once.</summary>
public sealed record JoinNode(string NodeId) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
    public override bool Rests => false;
}

/// <summary>Waits for a date: so long after arrival as the rule says, or until the date that a variable of the case holds.</summary>
/// <param name="Rule">Null: the date itself, at opening time (08:30).</param>
/// <param name="DateFrom">The variable with the date; of a rule that counts back from an event, the event's.</param>
public sealed record TimerNode(string NodeId, DeadlineRule? Rule, string? DateFrom) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
    public override bool Rests => true;
}

/// <summary>Waits for a message from outside.</summary>
/// <param name="Message">The name of the message.</param>
/// <param name="CorrelationFrom">The variable whose value the message must carry; null: the id or business key of the case.</param>
public sealed record MessageNode(string NodeId, string Message, string? CorrelationFrom) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
    public override bool Rests => true;
}

/// <summary>Another procedure: a sub-process that is waited for, or a hand-over to another unit that need not be.</summary>
/// <param name="DefinitionKey">What is started.</param>
/// <param name="OfficeFrom">The variable with the code of the office that takes it; null: the same office.</param>
/// <param name="Waits">False: the case goes on at once ("handed over" is not "solved").</param>
public sealed record CallNode(string NodeId, string DefinitionKey, string? OfficeFrom, bool Waits) : Node(NodeId)
{
    /// <summary>
    /// What is waited for can be cancelled, and the case then goes on by <see cref="Ports.Fail"/>. Without such a way an administrator has
    /// to look: cancelled is not done.
    /// </summary>
    public bool MayFail { get; init; }

    /// <summary>
    /// What is waited for goes on when this case is cancelled, or goes back to before the call. Otherwise it is cancelled too.
    /// </summary>
    public bool GoesOn { get; init; }

    public override IReadOnlyList<string> RequiredPorts => Waits && MayFail ? [Ports.Done, Ports.Fail] : [Ports.Done];
    public override bool Rests => Waits;
}

public sealed record Transition(string From, string Port, string To);

/// <summary>The named ways out of a node. These names stand in the connections of the definition files.</summary>
public static class Ports
{
    public const string Done = "Done";
    public const string Approve = "Approve";
    public const string Reject = "Reject";
    public const string Return = "Return";
    public const string Else = "Else";

    /// <summary>The step could not be done this way: on to the other channel ("สลับไปใช้ช่องทางอื่น").</summary>
    public const string Fail = "Fail";
}
