using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>
/// A step of a procedure with when it would be reached and due, if everybody took all the time that they have and nothing came back.
/// </summary>
/// <param name="Rule">The manual's limit, else the office's own, else null.</param>
/// <param name="DueAt">Null where no limit is stated, where it rests on a date that nobody has given yet, or beyond the calendar.</param>
/// <param name="Certain">False for a step that only some cases reach.</param>
public sealed record PlannedStep(Step Step, DeadlineRule? Rule, DateTimeOffset? ReceivedAt, DateTimeOffset? DueAt, bool Certain);

/// <summary>The dates of a procedure if it started now: for whoever wants to know before they start it.</summary>
public static class PlannedSteps
{
    public static IReadOnlyList<PlannedStep> Of(ProcessDefinition definition, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(moment);
        if (definition.Nodes.OfType<StartNode>().FirstOrDefault() is not { } start)
            return [];
        var order = new List<Node>();
        Visit(start, []);
        order.Reverse();

        var received = new Dictionary<string, DateTimeOffset?> { [start.Id] = moment.Now };
        var clocks = new Dictionary<string, DateTimeOffset?>();
        var planned = new List<PlannedStep>();
        var certain = order.OfType<EndNode>().FirstOrDefault() is { } end ? end : null;
        foreach (var node in order)
        {
            var at = received.GetValueOrDefault(node.Id);
            var done = at;
            if (node is Step step)
            {
                var leader = definition.ClockOf(step);
                var rule = leader.Deadline ?? (moment.OfficeDeadlines.TryGetValue(leader.Id, out var own) ? own : null);
                var due = clocks.TryGetValue(leader.Id, out var running) ? running : Due(rule, at, moment.Calendar);
                clocks[leader.Id] = due;
                done = due ?? at;
                planned.Add(new PlannedStep(step, rule, at, due, certain is null || definition.Graph.Dominates(step.Id, certain.Id)));
            }
            else if (node is TimerNode { Rule: { } wait })
            {
                done = Due(wait, at, moment.Calendar) ?? at;
            }

            foreach (var next in Next(node))
                received[next.Id] = received.TryGetValue(next.Id, out var known) && known > done ? known : done;
        }

        return planned;

        // Depth first; reversed, everything stands after all that leads to it.
        void Visit(Node node, HashSet<string> seen)
        {
            if (!seen.Add(node.Id))
                return;
            foreach (var next in Next(node))
                Visit(next, seen);
            order.Add(node);
        }

        // The way of a case in which everything goes well: approved, done, and by whichever way a decision takes.
        IEnumerable<Node> Next(Node node) =>
            from arrow in definition.Transitions
            where arrow.From == node.Id && !definition.Graph.LeadsBack(arrow)
            where node is not Step || arrow.Port == (node is Step { IsApproval: true } ? Ports.Approve : Ports.Done)
            let target = definition.Find(arrow.To)
            where target is not null
            select target;
    }

    static DateTimeOffset? Due(DeadlineRule? rule, DateTimeOffset? receivedAt, WorkingCalendar calendar)
    {
        if (rule is null || rule.NeedsDate || receivedAt is not { } at)
            return null;
        try
        {
            return DeadlineCalculation.Compute(rule, at, calendar).DueAt;
        }
        catch (CalendarNotLoadedException)
        {
            return null;
        }
    }
}
