using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ProcessEngine.Core.Definitions;

/// <summary>What can be said of the drawing alone: which arrows lead back, and what a way back undoes.</summary>
/// <remarks>
/// An arrow leads back when every way from the start to its source passes its target (the target dominates the source).
/// Sending work back to a step undoes what lies after it: every node that can be reached from it without an arrow that leads back.
/// </remarks>
public sealed class FlowGraph
{
    readonly ProcessDefinition definition;
    readonly FrozenDictionary<string, int> indexes;
    readonly ImmutableArray<int>[] next;
    readonly ulong[][] dominators;
    readonly Lazy<ImmutableArray<Node>> order;
    readonly System.Collections.Concurrent.ConcurrentDictionary<string, FrozenSet<string>> regions = new(StringComparer.Ordinal);

    public FlowGraph(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        this.definition = definition;
        var nodes = definition.Nodes;
        indexes = nodes.Select((node, i) => (node.Id, i)).DistinctBy(p => p.Id).ToFrozenDictionary(
            p => p.Id, p => p.i, StringComparer.Ordinal);
        var successors = new SortedSet<int>[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
            successors[i] = [];
        foreach (var arrow in definition.Transitions)
        {
            if (indexes.TryGetValue(arrow.From, out var from) && indexes.TryGetValue(arrow.To, out var to))
                successors[from].Add(to);
        }

        next = [.. successors.Select(s => s.ToImmutableArray())];
        dominators = Dominators(nodes.IndexOf(nodes.OfType<StartNode>().FirstOrDefault()!));
        order = new Lazy<ImmutableArray<Node>>(Ordered);
    }

    /// <summary>
    /// Every node once, none before what leads to it (an arrow that leads back aside). Where the flow leaves it open, the printed numbers
    /// decide, and then the place in the file; a step without a number stands with what comes before it.
    /// </summary>
    public ImmutableArray<Node> Order => order.Value;

    ImmutableArray<Node> Ordered()
    {
        var nodes = definition.Nodes;
        var (waitsFor, rank) = (new int[nodes.Length], new int[nodes.Length]);
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var to in next[i].Where(to => !Has(dominators[i], to)))
                waitsFor[to]++;
        }

        var ready = new PriorityQueue<int, (int Rank, int Place)>();
        var left = new SortedSet<int>(Enumerable.Range(0, nodes.Length));
        var ordered = ImmutableArray.CreateBuilder<Node>(nodes.Length);
        foreach (var i in left.Where(i => waitsFor[i] == 0))
            ready.Enqueue(i, (rank[i] = NumberOf(nodes[i]) ?? 0, i));
        while (left.Count > 0)
        {
            // Nothing is ready only within a loop that has two ways in, or that nothing leads to.
            if (!ready.TryDequeue(out var at, out _))
                at = left.Min;
            if (!left.Remove(at))
                continue;
            ordered.Add(nodes[at]);
            foreach (var to in next[at].Where(to => !Has(dominators[at], to)))
            {
                rank[to] = Math.Max(rank[to], rank[at]);
                if (--waitsFor[to] == 0)
                    ready.Enqueue(to, (rank[to] = NumberOf(nodes[to]) ?? rank[to], to));
            }
        }

        return ordered.MoveToImmutable();
    }

    static int? NumberOf(Node node) => node is Step step ? step.NumberAt(step.Levels.IsEmpty ? null : 1) : null;

    /// <summary>Whether every way from the start to <paramref name="node"/> passes <paramref name="before"/>.</summary>
    public bool Dominates(string before, string node) =>
        indexes.TryGetValue(before, out var b) && indexes.TryGetValue(node, out var n) && Has(dominators[n], b);

    /// <summary>Whether an arrow leads back to where the case has been.</summary>
    public bool LeadsBack(Transition arrow)
    {
        ArgumentNullException.ThrowIfNull(arrow);
        return Dominates(arrow.To, arrow.From);
    }

    /// <summary>The nodes that are undone when work goes back to <paramref name="target"/>: it and everything after it.</summary>
    public FrozenSet<string> After(string target) => regions.GetOrAdd(target, Forward);

    FrozenSet<string> Forward(string target)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!indexes.TryGetValue(target, out var start))
            return FrozenSet<string>.Empty;
        var queue = new Stack<int>([start]);
        seen.Add(target);
        while (queue.TryPop(out var at))
        {
            foreach (var to in next[at])
            {
                if (!Has(dominators[at], to) && seen.Add(definition.Nodes[to].Id))
                    queue.Push(to);
            }
        }

        return seen.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The textbook iteration over bit sets; definitions are small (at most some hundreds of nodes).</summary>
    ulong[][] Dominators(int start)
    {
        var count = next.Length;
        var words = (count + 63) / 64;
        var previous = new List<int>[count];
        for (var i = 0; i < count; i++)
            previous[i] = [];
        for (var i = 0; i < count; i++)
        {
            foreach (var to in next[i])
                previous[to].Add(i);
        }

        var result = new ulong[count][];
        for (var i = 0; i < count; i++)
        {
            result[i] = new ulong[words];
            if (i != start)
                Array.Fill(result[i], ulong.MaxValue);
            else
                result[i][i / 64] = 1UL << (i % 64);
        }

        var buffer = new ulong[words];
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < count; i++)
            {
                if (i == start || previous[i].Count == 0)
                    continue;
                Array.Fill(buffer, ulong.MaxValue);
                foreach (var from in previous[i])
                {
                    for (var w = 0; w < words; w++)
                        buffer[w] &= result[from][w];
                }

                buffer[i / 64] |= 1UL << (i % 64);
                if (!buffer.AsSpan().SequenceEqual(result[i]))
                {
                    buffer.CopyTo(result[i], 0);
                    changed = true;
                }
            }
        }

        return result;
    }

    static bool Has(ulong[] set, int i) => (set[i / 64] & (1UL << (i % 64))) != 0;
}
