using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>A step is entered: for whom its tasks are, under which clock they open, and which timers start beside them.</summary>
static class StepOpening
{
    /// <returns>False when there is nothing to do in the step (its list is empty): then it is left at once.</returns>
    public static bool Open(CaseUpdate update, Step step)
    {
        var attempt = update.State.AttemptsOf(step.Id) + 1;
        if (step.ForEach is { } each)
        {
            if (!OpenForEach(update, step, each, attempt))
                return false;
        }
        else if (step.Committee is { } committee)
        {
            OpenCommittee(update, step, committee, attempt);
        }
        else if (!step.Levels.IsEmpty)
        {
            OpenLevel(update, step, 1, attempt);
        }
        else
        {
            var clock = DeadlineClocks.Start(update, step, attempt);
            OpenTask(update, step, step.Role, attempt, clock, PersonFor(update, step, null));
        }

        if (!update.State.HasOpenTaskOf(step.Id))
            return true;
        foreach (var timer in step.Timers)
            Waits.StartBoundaryTimer(update, step, timer);
        return true;
    }

    /// <summary>The next post of an approval decides.</summary>
    public static void OpenLevel(CaseUpdate update, Step step, int level, int attempt)
    {
        var post = step.Levels[level - 1];
        var running = DeadlineClocks.RunningOf(update, step.Id);
        var clock = running is not null && step.Deadline is not null ? running.DeadlineId
            : level == 1 || running is not null ? DeadlineClocks.Start(update, step, attempt)
            : null;
        if (post.Deadline is { } own)
        {
            var supervisor = step.SupervisorRole ?? Roles.SupervisorOf(post.Role);
            clock = DeadlineClocks.Set(update, step.Id, attempt, own, DeadlineSource.Manual, null, step.Escalation, supervisor);
        }

        OpenTask(update, step, post.Role, attempt, clock, PersonFor(update, step, level), level: level);
    }

    /// <returns>False when the list is empty.</returns>
    static bool OpenForEach(CaseUpdate update, Step step, MultiInstance each, int attempt)
    {
        if (CaseData.Texts(update.State, each.List) is not { } items)
        {
            Waits.Park(update, step.Id, IncidentCodes.ListMissing, each.List);
            return true;
        }

        // Somebody who is named twice is one person, and is asked once.
        if (each.ItemIsPerson)
            items = [.. items.DistinctBy(item => Guid.TryParse(item, out var id) ? id.ToString() : item)];
        if (items.Count > MultiInstance.MaxItems)
        {
            Waits.Park(update, step.Id, IncidentCodes.ListTooLong, each.List);
            return true;
        }

        var clock = items.Count == 0 ? null : DeadlineClocks.Start(update, step, attempt);
        update.Add(new TaskGroupOpened(step.Id, attempt, TaskGroupKind.ForEach, items.Count));
        foreach (var item in items)
        {
            var person = each.ItemIsPerson ? Authority.Known(Guid.TryParse(item, out var id) ? id : null, update.Moment) : null;
            if (each.ItemIsPerson && person is null)
                update.Add(new IncidentRaised(step.Id, IncidentCodes.NoSuchPerson, item));
            OpenTask(update, step, step.Role, attempt, clock, person, item: item);
        }

        return items.Count > 0;
    }

    static void OpenCommittee(CaseUpdate update, Step step, CommitteeRule committee, int attempt)
    {
        var members = MembersOf(update, step, committee);
        // A quorum that so few can never reach would refuse for ever without anybody having been against.
        var fault = members.IsEmpty ? IncidentCodes.NoMembers
            : members.Length > MultiInstance.MaxItems ? IncidentCodes.ListTooLong
            : members.Any(m => Authority.Known(m, update.Moment) is null) ? IncidentCodes.NoSuchPerson
            : committee.Rule == VotingRule.Quorum && members.Length < committee.Quorum ? IncidentCodes.QuorumOutOfReach
            : null;
        if (fault is not null)
        {
            Waits.Park(update, step.Id, fault, committee.MembersFrom ?? step.Role);
            return;
        }

        var clock = DeadlineClocks.Start(update, step, attempt);
        update.Add(new TaskGroupOpened(step.Id, attempt, TaskGroupKind.Committee, members.Length));
        foreach (var member in members)
            OpenTask(update, step, step.Role, attempt, clock, member);
    }

    /// <summary>The members who may vote: named by the case or all of the role, without those who did what they would decide on.</summary>
    static ImmutableArray<Guid> MembersOf(CaseUpdate update, Step step, CommitteeRule committee)
    {
        IEnumerable<Guid>? members = committee.MembersFrom is { } from
            ? CaseData.Texts(update.State, from)?.Select(t => Guid.TryParse(t, out var id) ? id : Guid.Empty)
            : update.Moment.Holders?.GetValueOrDefault(step.Role, []);
        return [.. (members ?? []).Distinct().Where(m => m != Guid.Empty && update.State.ActedBefore(step, m) is null)];
    }

    static void OpenTask(
        CaseUpdate update, Step step, string role, int attempt, Guid? clock, Guid? assignee, int? level = null, string? item = null)
    {
        update.Add(new TaskOpened(update.NextId('t'), step.Id, attempt, role, clock)
        {
            Assignee = assignee,
            Level = level,
            Item = item,
            Priority = step.Priority,
        });
        if (assignee is not null || Authority.NobodyFor(update.Definition, update.State, step, role, update.Moment) is not { } code)
            return;
        foreach (var known in update.State.Incidents)
        {
            if (known.NodeId == step.Id && known.Code == code && known.Detail == role)
                return;
        }

        update.Add(new IncidentRaised(step.Id, code, role));
    }

    /// <summary>
    /// The one person whom the definition means; null: whoever of the role. Nobody where it means somebody is an incident.
    /// </summary>
    static Guid? PersonFor(CaseUpdate update, Step step, int? level)
    {
        var state = update.State;
        if (state.AssignmentOf(step, level) is not { } assignment)
            return null;
        if (assignment.Kind == AssignmentKind.Responsible)
        {
            var field = assignment.Name.Length == 0 ? update.Definition.Key : state.Text(assignment.Name) ?? "";
            var role = level is { } number ? step.Levels[number - 1].Role : step.Role;
            return update.Moment.Responsible.TryGetValue((role, field), out var responsible) ? responsible : null;
        }

        var person = Authority.Known(state.PersonFor(assignment), update.Moment);
        if (person is null)
            update.Add(new IncidentRaised(step.Id, IncidentCodes.NoSuchPerson, assignment.Name));
        return person;
    }
}
