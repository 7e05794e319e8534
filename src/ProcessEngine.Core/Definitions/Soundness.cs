using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace ProcessEngine.Core.Definitions;

/// <summary>Whether a case can always end, whatever its people decide (promise P12).</summary>
/// <remarks>
/// A definition is read as a net. A case stands in a marking: the set of places that hold a token — a step or wait where it rests,
/// a branch that has arrived at a join, a timer that has not fired. Every decision of a person, of the data and of time is tried
/// from every marking that can be reached. Sound means: no place is ever entered twice at once, no marking is stuck, and from every marking
/// the empty one (the case has ended) can be reached. This is decided by exploring the markings, each once; a run of plain steps counts as
/// one place, since nothing can happen between them. More than <see cref="MaxMarkings"/> markings are refused: such a procedure is
/// split into sub-processes.
/// </remarks>
public static class Soundness
{
    public const int MaxMarkings = 100_000;

    static readonly ConditionalWeakTable<ProcessDefinition, ConcurrentDictionary<string, bool>> Known = [];

    /// <summary>Everything that can go wrong between the start and the end.</summary>
    /// <remarks>The arrows must be in order: every port connected, no unknown target, no loop without a person.</remarks>
    public static IReadOnlyList<Finding> Run(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var net = new SoundnessNet(definition);
        net.Explore(net.FromStart());
        return [.. net.Findings, .. net.NeverEntered()];
    }

    /// <summary>Whether a case that stands at one step alone can always end: what a jump to that step asks.</summary>
    public static bool EndsFrom(ProcessDefinition definition, string stepId) => EndsFrom(definition, [stepId], []);

    /// <summary>Whether a case that stands so can always end: what a move to another version asks.</summary>
    /// <param name="resting">Steps and waits where it rests.</param>
    /// <param name="arrived">Arrows by which branches have arrived at joins.</param>
    public static bool EndsFrom(ProcessDefinition definition, IReadOnlyCollection<string> resting, IReadOnlyCollection<Transition> arrived)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(resting);
        ArgumentNullException.ThrowIfNull(arrived);
        var key = string.Join(
            '\n',
            resting.Order(StringComparer.Ordinal).Concat(arrived.Select(a => $"{a.From} {a.Port} {a.To}").Order(StringComparer.Ordinal)));
        return Known.GetOrCreateValue(definition).GetOrAdd(key, _ =>
        {
            var net = new SoundnessNet(definition);
            if (net.Marking(resting, arrived) is not { } marking)
                return false;
            net.Explore([marking]);
            return net.Findings.Count == 0;
        });
    }
}
