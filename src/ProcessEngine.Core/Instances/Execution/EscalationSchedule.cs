using System.Collections.Immutable;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>Which rungs of a clock's escalation are taken, and which are still to be taken.</summary>
/// <param name="Rungs">First what stays taken, then what is still to be taken, in the order of their moments.</param>
/// <param name="Taken">How many stay taken.</param>
/// <param name="Superseded">What was taken and lies ahead again.</param>
public sealed record EscalationSchedule(ImmutableArray<EscalationRung> Rungs, int Taken, ImmutableArray<RungKind> Superseded)
{
    /// <summary>
    /// The schedule of a clock that moves. What was taken stays taken, unless another moment for it lies ahead: then it is taken once more,
    /// and what was said the first time is superseded.
    /// </summary>
    /// <param name="rungs">Those of the new due moment.</param>
    public static EscalationSchedule Reschedule(OpenDeadline clock, IReadOnlyList<EscalationRung> rungs, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var taken = clock.Rungs.Take(clock.RungsTaken).ToList();
        var superseded = taken.Where(t => rungs.Any(r => r.Kind == t.Kind && r.At >= now && r.At != t.At)).ToList();
        List<EscalationRung> kept = [.. taken.Except(superseded)];
        return new EscalationSchedule(
            [.. kept, .. rungs.Where(r => !kept.Exists(k => k.Kind == r.Kind))], kept.Count, [.. superseded.Select(r => r.Kind)]);
    }
}
