using System.Collections.Frozen;
using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Definitions;

/// <summary>One version of a procedure: its nodes and the arrows between them. Immutable once published.</summary>
public sealed class ProcessDefinition
{
    readonly FrozenDictionary<string, Node> nodesById;
    readonly FrozenDictionary<(string Node, string Port), string> targets;

    public ProcessDefinition(string key, int version, LocalizedText name, IEnumerable<Node> nodes, IEnumerable<Transition> transitions)
    {
        Key = key;
        Version = version;
        Name = name;
        Nodes = [.. nodes];
        Transitions = [.. transitions];
        nodesById = Nodes.DistinctBy(n => n.Id).ToFrozenDictionary(n => n.Id, StringComparer.Ordinal);
        targets = Transitions.DistinctBy(t => (t.From, t.Port)).ToFrozenDictionary(t => (t.From, t.Port), t => t.To);
    }

    /// <summary><c>manual.procedure</c>, for example <c>khonkaen-5.install-maintain-computers</c>.</summary>
    public string Key { get; }

    public int Version { get; }
    public LocalizedText Name { get; }
    public ImmutableArray<Node> Nodes { get; }
    public ImmutableArray<Transition> Transitions { get; }

    public IEnumerable<Step> Steps => Nodes.OfType<Step>();
    public Node? Find(string id) => nodesById.GetValueOrDefault(id);
    public Step? FindStep(string id) => Find(id) as Step;

    /// <summary>Where the flow goes from a node by one of its ports; null when nothing is drawn.</summary>
    public Node? Target(string nodeId, string port) => targets.TryGetValue((nodeId, port), out var to) ? Find(to) : null;

    /// <summary>The steps to which a decision maker may return a step: what its author listed, and where the Return arrow leads.</summary>
    public IEnumerable<string> ReturnTargets(Step step) =>
        (Target(step.Id, Ports.Return) is Step drawn ? step.ReturnTo.Prepend(drawn.Id) : step.ReturnTo).Distinct();

    /// <summary>The step whose clock times this one: itself, or the step that it shares its time with.</summary>
    public Step ClockOf(Step step) =>
        step.DeadlineSharedWith is { } leader && FindStep(leader) is { } shared ? shared : step;
}

/// <summary>The named ways out of a node. These names stand in the connections of the definition files.</summary>
public static class Ports
{
    public const string Done = "Done";
    public const string Approve = "Approve";
    public const string Reject = "Reject";
    public const string Return = "Return";
}

public abstract record Node
{
    private protected Node(string id) => Id = id;

    public string Id { get; }

    /// <summary>The ports that must lead somewhere for the flow never to get stuck.</summary>
    public abstract IReadOnlyList<string> RequiredPorts { get; }
}

public sealed record StartNode(string NodeId) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts { get; } = [Ports.Done];
}

/// <param name="NodeId">Unique in the definition.</param>
/// <param name="Outcome">How a case that arrives here is said to have ended.</param>
public sealed record EndNode(string NodeId, string Outcome) : Node(NodeId)
{
    public override IReadOnlyList<string> RequiredPorts => [];
}

/// <summary>Work for a person: a step of the manual.</summary>
public sealed record Step : Node
{
    public Step(string id)
        : base(id)
    {
    }

    public required StepType Type { get; init; }

    /// <summary>The number printed in the manual; null for the second act of a printed step.</summary>
    public int? Number { get; init; }

    /// <summary>The printed step that this act is a part of, where the manual puts two acts under one number.</summary>
    public int? PartOfStep { get; init; }

    public required LocalizedText Name { get; init; }

    /// <summary>The manual's own sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>What sort of work it is: appoint, plan, propose, coordinate, execute, evaluate, report ….</summary>
    public string Kind { get; init; } = "";

    public required string Role { get; init; }

    /// <summary>The time limit that the manual states; null when it states none: then the step is measured and never breached.</summary>
    public DeadlineRule? Deadline { get; init; }

    /// <summary>The step whose time includes this one's ("รวมอยู่ในระยะเวลา…"); it then has no clock of its own.</summary>
    public string? DeadlineSharedWith { get; init; }

    /// <summary>The limit in the manual's own words.</summary>
    public string? DeadlineStated { get; init; }

    public EscalationPolicy Escalation { get; init; } = EscalationPolicy.Default;

    /// <summary>Who is told first when the step is late.</summary>
    public string? SupervisorRole { get; init; }

    public string? QualityStandard { get; init; }
    public ImmutableArray<string> Forms { get; init; } = [];

    /// <summary>Earlier steps to which this one may be returned, besides the one that the Return arrow leads to.</summary>
    public ImmutableArray<string> ReturnTo { get; init; } = [];

    public override IReadOnlyList<string> RequiredPorts =>
        Type == StepType.Approval ? [Ports.Approve, Ports.Reject, Ports.Return] : [Ports.Done];
}

/// <summary>What the person is asked: to do something, to decide (อนุมัติ/เห็นชอบ), or to take note (รับทราบ).</summary>
public enum StepType
{
    Task,
    Approval,
    Acknowledge,
}

public sealed record Transition(string From, string Port, string To);
