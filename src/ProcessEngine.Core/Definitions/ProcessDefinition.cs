using System.Collections.Frozen;
using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Core.Definitions;

/// <summary>One version of a procedure: its nodes and the arrows between them. Immutable once published.</summary>
public sealed class ProcessDefinition
{
    readonly FrozenDictionary<string, Node> nodesById;
    readonly FrozenDictionary<(string Node, string Port), ImmutableArray<Transition>> arrows;
    readonly FrozenDictionary<string, int> arrowsInto;
    readonly FrozenSet<string> sharedClocks;
    readonly Lazy<FlowGraph> graph;
    readonly Lazy<ImmutableArray<Step>> steps;
    readonly Lazy<FrozenSet<string>> declared;
    readonly Lazy<LoopQuestions> loops;

    public ProcessDefinition(string key, int version, LocalizedText name, IEnumerable<Node> nodes, IEnumerable<Transition> transitions)
    {
        Key = key;
        Version = version;
        Name = name;
        Nodes = [.. nodes];
        Transitions = [.. transitions];
        nodesById = Nodes.DistinctBy(n => n.Id).ToFrozenDictionary(n => n.Id, StringComparer.Ordinal);
        arrows = Transitions.GroupBy(t => (t.From, t.Port)).ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray());
        arrowsInto = Transitions.GroupBy(t => t.To).ToFrozenDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        sharedClocks = Nodes.OfType<Step>().Select(s => s.DeadlineSharedWith).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
        graph = new Lazy<FlowGraph>(() => new FlowGraph(this));
        steps = new Lazy<ImmutableArray<Step>>(() => [.. Graph.Order.OfType<Step>()]);
        declared = new Lazy<FrozenSet<string>>(() => Variables.Select(v => v.Name)
            .Concat(Steps.SelectMany(s => s.Form is { } form ? form.Fields.Select(f => f.Name) : []))
            .Concat(Public?.Form?.Fields.Select(f => f.Name) ?? [])
            .ToFrozenSet(StringComparer.Ordinal));
        loops = new Lazy<LoopQuestions>(() => new LoopQuestions(this));
    }

    /// <summary><c>manual.procedure</c>, for example <c>khonkaen-5.install-maintain-computers</c>.</summary>
    public string Key { get; }

    public int Version { get; }
    public LocalizedText Name { get; }
    public ImmutableArray<Node> Nodes { get; }
    public ImmutableArray<Transition> Transitions { get; }

    /// <summary>The data that a case carries, as far as conditions and assignments rest on it.</summary>
    public ImmutableArray<Variable> Variables { get; init; } = [];

    /// <summary>Whether it says of a piece of data that a case has it: as a variable, or as a field of one of its forms.</summary>
    public bool Declares(string name) => declared.Value.Contains(name);

    /// <summary>
    /// What a case begins with of what the last completed case of the procedure in the office ended with: variable → variable of that case.
    /// </summary>
    public ImmutableArray<CarriedOver> CarryOver { get; init; } = [];

    /// <summary>
    /// The step with which whoever asked has been served: the limit of the whole ends with it, not with the case. Null: with the case.
    /// </summary>
    public string? DeadlineUntil { get; init; }

    /// <summary>The data of a case that starts on a day: what is given, else what is carried over, else the defaults.</summary>
    /// <param name="given">Name → JSON text.</param>
    /// <param name="previous">The data of the last completed case; null when there is none.</param>
    public ImmutableSortedDictionary<string, string> InitialData(
        ImmutableSortedDictionary<string, string> given, IReadOnlyDictionary<string, string>? previous, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(given);
        foreach (var variable in Variables)
        {
            if (given.ContainsKey(variable.Name))
                continue;
            var from = CarryOver.FirstOrDefault(c => c.To == variable.Name)?.From;
            var carried = from is not null && previous?.GetValueOrDefault(from) is { } last && variable.Accepts(last) ? last : null;
            if ((carried ?? variable.DefaultOn(day)) is { } value)
                given = given.Add(variable.Name, value);
        }

        return given;
    }

    /// <summary>A limit for the whole procedure, from start to end; null when none is stated.</summary>
    public DeadlineRule? Deadline { get; init; }

    public EscalationPolicy Escalation { get; init; } = EscalationPolicy.Default;

    /// <summary>Calendar days within which an ended case may be opened again; 0: never.</summary>
    public int ReopenWithinDays { get; init; } = 30;

    /// <summary>Where the arrows come from, as far as it is said.</summary>
    public ImmutableArray<FlowNote> FlowNotes { get; init; } = [];

    /// <summary>What it offers people outside; null: it is not open to requests.</summary>
    public PublicService? Public { get; init; }

    public FlowGraph Graph => graph.Value;

    /// <summary>What the loops ask at each round.</summary>
    public LoopQuestions Loops => loops.Value;

    /// <summary>The data that is asked when a case starts: what no step asks for.</summary>
    public IEnumerable<Variable> AskedAtStart
    {
        get
        {
            var asked = Steps.SelectMany(s => (s.Form?.Fields.Select(f => f.Name) ?? []).Append(s.ForEach?.CollectInto))
                .ToHashSet(StringComparer.Ordinal);
            return Variables.Where(v => !asked.Contains(v.Name));
        }
    }

    /// <summary>The data that names people: one by an id, several by a list of ids.</summary>
    public IEnumerable<string> PersonVariables => Steps.SelectMany(step => step.NamesPeople).Distinct(StringComparer.Ordinal);

    /// <summary>Where an arrow comes from; null when nothing is said.</summary>
    public FlowNote? NoteOn(string from, string port) => FlowNotes.FirstOrDefault(n => n.From == from && n.Port == port);

    /// <summary>
    /// In the order of the flow, and among those that it leaves open in that of the printed numbers: wherever the boxes stand in the file.
    /// </summary>
    public IEnumerable<Step> Steps => steps.Value;

    public Node? Find(string id) => nodesById.GetValueOrDefault(id);
    public Step? FindStep(string id) => Find(id) as Step;

    /// <summary>Where the flow goes from a node by one of its ports; null when nothing is drawn.</summary>
    public Node? Target(string nodeId, string port) => ArrowsFrom(nodeId, port) is [var only, ..] ? Find(only.To) : null;

    /// <summary>The arrows that leave a node by a port: one, or several out of a fork.</summary>
    public ImmutableArray<Transition> ArrowsFrom(string nodeId, string port) => arrows.GetValueOrDefault((nodeId, port), []);

    /// <summary>How many arrows lead to a node: what a join waits for.</summary>
    public int ArrowsInto(string nodeId) => arrowsInto.GetValueOrDefault(nodeId);

    /// <summary>The steps to which a decision maker may return a step: what its author listed, and where the Return arrow leads.</summary>
    public IEnumerable<string> ReturnTargets(Step step) =>
        (Target(step.Id, Ports.Return) is Step drawn ? step.ReturnTo.Prepend(drawn.Id) : step.ReturnTo).Distinct();

    /// <summary>The step whose clock times this one: itself, or the step that it shares its time with.</summary>
    public Step ClockOf(Step step) =>
        step.DeadlineSharedWith is { } leader && FindStep(leader) is { } shared ? shared : step;

    /// <summary>Whether other steps share the time of this one.</summary>
    public bool SharesItsClock(string stepId) => sharedClocks.Contains(stepId);
}

/// <param name="To">The variable that a new case begins with.</param>
/// <param name="From">The variable of the case before.</param>
public sealed record CarriedOver(string To, string From);
