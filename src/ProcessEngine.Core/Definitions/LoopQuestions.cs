using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ProcessEngine.Core.Definitions;

/// <summary>A piece of data that a loop asks anew at each round.</summary>
/// <param name="AskedBy">The steps in the loop whose form, or whose list of answers, fills it in.</param>
public sealed record LoopQuestion(string Variable, ImmutableArray<string> AskedBy);

/// <summary>The part of a procedure that is gone through again, and what it asks.</summary>
public sealed record Loop(FrozenSet<string> Nodes, ImmutableArray<LoopQuestion> Questions);

/// <summary>
/// The questions of the loops of a procedure: the data that a decision in a loop reads and that a step in the same loop asks for. What was
/// answered in one round must not decide the next, where the question may be left open or not be reached.
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

    internal LoopQuestions(ProcessDefinition definition)
    {
        this.definition = definition;
        var read = definition.Nodes.OfType<DecisionNode>().SelectMany(ReadBy).ToHashSet(StringComparer.Ordinal);
        askedBy = definition.Steps.SelectMany(step => Asked(step).Select(name => (Name: name, step.Id)))
            .Where(asked => read.Contains(asked.Name))
            .GroupBy(asked => asked.Name)
            .ToFrozenDictionary(g => g.Key, g => g.Select(asked => asked.Id).ToImmutableArray(), StringComparer.Ordinal);
        loops = askedBy.Count == 0
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
        if (askedBy.Count == 0)
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
    public Loop? From(string stepId) => askedBy.Count == 0 ? null : Of(definition.Graph.After(stepId));

    Loop? Of(IReadOnlySet<string> nodes)
    {
        var read = definition.Nodes.OfType<DecisionNode>().Where(d => nodes.Contains(d.Id)).SelectMany(ReadBy).Distinct();
        ImmutableArray<LoopQuestion> questions =
        [
            .. read.Where(askedBy.ContainsKey)
                .Select(name => new LoopQuestion(name, [.. askedBy[name].Where(nodes.Contains)]))
                .Where(question => !question.AskedBy.IsEmpty)
                .OrderBy(question => question.Variable, StringComparer.Ordinal),
        ];
        return questions.IsEmpty ? null : new Loop(nodes.ToFrozenSet(StringComparer.Ordinal), questions);
    }

    static IEnumerable<string> ReadBy(DecisionNode decision) => decision.Branches.SelectMany(branch => branch.Condition?.Variables ?? []);

    static IEnumerable<string> Asked(Step step) =>
        (step.Form?.Fields.Select(field => field.Name) ?? []).Concat(step.ForEach?.CollectInto is { } answers ? [answers] : []);
}
