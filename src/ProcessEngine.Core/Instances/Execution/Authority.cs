using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>Whose a piece of work may be, by who is in the office and by what they have done in the case.</summary>
public static class Authority
{
    /// <summary>Why nobody can do an open task that nobody has taken; null when somebody can.</summary>
    public static string? NobodyFor(ProcessDefinition definition, ProcessState state, OpenTask task, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(moment);
        return task.Assignee is null && definition.FindStep(task.StepId) is { } step
            ? NobodyFor(definition, state, step, task.Role, moment)
            : null;
    }

    /// <summary>Why nobody can do the work of a step in a post; null when somebody can, and where nobody asked who is there.</summary>
    internal static string? NobodyFor(ProcessDefinition definition, ProcessState state, Step step, string role, Moment moment)
    {
        if (moment.Holders is not { } holders)
            return null;
        var (own, byOrder) = (holders.GetValueOrDefault(role, []), moment.ByOrder.GetValueOrDefault(role, []));
        if (own.IsEmpty && byOrder.IsEmpty)
            return IncidentCodes.NobodyHoldsRole;
        foreach (var person in own)
        {
            if (state.ActedBefore(step, person) is null)
                return null;
        }

        foreach (var person in byOrder)
        {
            // Whoever asked for a decision does not make it by order.
            if (state.ActedBefore(step, person) is null
                && (!step.IsApproval || !IsRequester(definition, state, step, person)))
                return null;
        }

        return IncidentCodes.NobodyMayAct;
    }

    /// <summary>
    /// Whether somebody has voted in another seat of the committee: a seat that was given, handed over or inherited by an order gives
    /// nobody a second vote.
    /// </summary>
    internal static bool HasVoted(ProcessState state, Step step, Guid? person) =>
        step.Committee is not null && person is not null && state.FindGroup(step.Id) is { } votes
            && votes.Answers.Any(a => a.By == person);

    /// <summary>The same, or whether they are to vote in another seat.</summary>
    internal static bool HasAnotherSeat(ProcessState state, Step step, OpenTask seat, Guid person) =>
        HasVoted(state, step, person)
        || (step.Committee is not null
            && state.OpenTasks.Any(t => t.StepId == step.Id && t.TaskId != seat.TaskId && t.Assignee == person));

    /// <summary>
    /// The person, or nobody when it is somebody of whom the office knows nothing. Where nobody asked who is there, everybody is known.
    /// </summary>
    internal static Guid? Known(Guid? person, Moment moment)
    {
        if (person is not { } id || moment.Holders is not { } holders)
            return person;
        foreach (var held in holders.Values)
        {
            if (held.Contains(id))
                return person;
        }

        foreach (var held in moment.ByOrder.Values)
        {
            if (held.Contains(id))
                return person;
        }

        return null;
    }

    /// <summary>
    /// Whether somebody started the case, or did the work on which an approval decides: whatever they sit in by order, that decision is not
    /// theirs.
    /// </summary>
    internal static bool IsRequester(ProcessDefinition definition, ProcessState state, Step approval, Guid? person)
    {
        if (person is null)
            return false;
        if (person == state.StartedBy)
            return true;
        // Back to the work on every way: through gateways, and through those who have only passed it on.
        var seen = new HashSet<string>(StringComparer.Ordinal) { approval.Id };
        var back = new Queue<string>([approval.Id]);
        while (back.TryDequeue(out var at))
        {
            foreach (var arrow in definition.Transitions)
            {
                if (arrow.To != at || definition.Graph.LeadsBack(arrow) || !seen.Add(arrow.From))
                    continue;
                if (definition.Find(arrow.From) is Step { IsApproval: false } work)
                {
                    if (state.FindStep(work.Id)?.WasDoneBy(person.Value) == true)
                        return true;
                }
                else
                {
                    back.Enqueue(arrow.From);
                }
            }
        }

        return false;
    }
}
