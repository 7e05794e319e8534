using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ProcessEngine.Core.Definitions;

/// <summary>A piece of data that a loop asks anew at each round.</summary>
/// <param name="AskedBy">The steps in the loop whose form, or whose list of answers, fills it in.</param>
public sealed record LoopQuestion(string Variable, ImmutableArray<string> AskedBy);

/// <summary>The part of a procedure that is gone through again, and what it asks.</summary>
/// <param name="Nodes">Its boxes.</param>
/// <param name="Reads">The data that its decisions go by, whoever brings them.</param>
/// <param name="Questions">Those of them that its steps ask for.</param>
public sealed record Loop(FrozenSet<string> Nodes, FrozenSet<string> Reads, ImmutableArray<LoopQuestion> Questions)
{
    /// <summary>Whether a message of the loop has brought what the loop decides by: each round waits for its own.</summary>
    /// <param name="node">Where the round rests first.</param>
    /// <param name="variable">What was brought.</param>
    /// <param name="broughtTo">The box that waited for the message.</param>
    public bool AsksAgain(Node node, string variable, string broughtTo)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Nodes.Contains(node.Id) && Nodes.Contains(broughtTo) && Reads.Contains(variable);
    }
}

/// <summary>
/// The questions of the loops of a procedure: the data that a decision in a loop reads and that a step in the same loop asks for, or a
/// message brings. What was answered in one round must not decide the next, where the question may be left open or not be reached.
/// </summary>
/// <remarks>
/// The loop of an arrow that leads back is its target and every box from which its source is reached without passing the target. Data that
/// nobody in the loop asks for (what came with the start, the date of a meeting) is the case's own, and stays.
/// </remarks>
public sealed class LoopQuestions
{
    readonly ProcessDefinition definition;
    readonly FrozenDictionary<string, ImmutableArray<string>> askedBy;
    readonly FrozenDictionary<Transition, Loop> loops;
    readonly FrozenSet<string> decides;
    readonly bool asksNothing;

    internal LoopQuestions(ProcessDefinition definition)
    {
        this.definition = definition;
        decides = definition.Nodes.OfType<DecisionNode>().SelectMany(ReadBy).ToFrozenSet(StringComparer.Ordinal);
        askedBy = definition.Steps.SelectMany(step => Asked(step).Select(name => (Name: name, step.Id)))
            .Where(asked => decides.Contains(asked.Name))
            .GroupBy(asked => asked.Name)
            .ToFrozenDictionary(g => g.Key, g => g.Select(asked => asked.Id).ToImmutableArray(), StringComparer.Ordinal);
        asksNothing = askedBy.Count == 0 && !(decides.Count > 0 && definition.Nodes.Any(node => node is MessageNode));
        loops = asksNothing
            ? FrozenDictionary<Transition, Loop>.Empty
            : definition.Transitions.Distinct().Where(definition.Graph.LeadsBack)
                .Select(arrow => (Arrow: arrow, Loop: Between(arrow.From, arrow.To)))
                .Where(found => found.Loop is not null)
                .ToFrozenDictionary(found => found.Arrow, found => found.Loop!);
    }

    /// <summary>The loop that an arrow enters again; null where it leads to none that asks anything.</summary>
    public Loop? EnteredBy(Transition arrow) => loops.Count == 0 ? null : loops.GetValueOrDefault(arrow);

    /// <summary>What is gone through again when work is sent back to a step; null where nothing is asked there.</summary>
    public Loop? Between(string from, string backTo)
    {
        if (asksNothing)
            return null;
        var nodes = new HashSet<string>(StringComparer.Ordinal) { backTo, from };
        var back = new Stack<string>(from == backTo ? [] : [from]);
        while (back.TryPop(out var at))
        {
            foreach (var arrow in definition.Transitions)
            {
                if (arrow.To == at && nodes.Add(arrow.From))
                    back.Push(arrow.From);
            }
        }

        return Of(nodes);
    }

    /// <summary>What is gone through again when a case goes on at a step where it has been.</summary>
    public Loop? From(string stepId) => asksNothing ? null : Of(definition.Graph.After(stepId));

    /// <summary>Of what a message brings, what a decision goes by; null when there is nothing of that.</summary>
    public ImmutableArray<string>? DecidingAmong(IReadOnlyDictionary<string, string>? data)
    {
        if (data is null || data.Count == 0)
            return null;
        ImmutableArray<string> deciding = [.. data.Keys.Where(decides.Contains)];
        return deciding.IsEmpty ? null : deciding;
    }

    Loop? Of(IReadOnlySet<string> nodes)
    {
        var read = definition.Nodes.OfType<DecisionNode>().Where(d => nodes.Contains(d.Id)).SelectMany(ReadBy)
            .ToFrozenSet(StringComparer.Ordinal);
        var waits = read.Count > 0 && definition.Nodes.Any(node => node is MessageNode && nodes.Contains(node.Id));
        ImmutableArray<LoopQuestion> questions =
        [
            .. read.Where(askedBy.ContainsKey)
                .Select(name => new LoopQuestion(name, [.. askedBy[name].Where(nodes.Contains)]))
                .Where(question => !question.AskedBy.IsEmpty)
                .OrderBy(question => question.Variable, StringComparer.Ordinal),
        ];
        return questions.IsEmpty && !waits ? null : new Loop(nodes.ToFrozenSet(StringComparer.Ordinal), read, questions);
    }

    static IEnumerable<string> ReadBy(DecisionNode decision) => decision.Branches.SelectMany(branch => branch.Condition?.Variables ?? []);

    static IEnumerable<string> Asked(Step step) =>
        (step.Form?.Fields.Select(field => field.Name) ?? []).Concat(step.ForEach?.CollectInto is { } answers ? [answers] : []);
}
