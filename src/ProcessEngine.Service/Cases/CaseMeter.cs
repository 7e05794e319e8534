using System.Diagnostics.Metrics;

namespace ProcessEngine.Service.Cases;

/// <summary>What cases do, counted for whoever collects metrics. Nobody listening, it costs nothing.</summary>
static class CaseMeter
{
    static readonly Meter Meter = new("ProcessEngine.Cases");

    static readonly Counter<long> Transitions = Meter.CreateCounter<long>(
        "processengine.transitions", description: "Acts and starts that were stored.");

    static readonly Counter<long> Rungs = Meter.CreateCounter<long>(
        "processengine.escalations", description: "Rungs of escalation that the sweep took: reminders, overdue, supervisor, director.");

    public static void Stored() => Transitions.Add(1);

    public static void Took(IEnumerable<StateChange> changes)
    {
        if (!Rungs.Enabled)
            return;
        foreach (var rung in changes.Select(c => c.Recorded.Event).OfType<RungTaken>())
            Rungs.Add(1, new KeyValuePair<string, object?>("rung", rung.GetType().Name));
    }
}
