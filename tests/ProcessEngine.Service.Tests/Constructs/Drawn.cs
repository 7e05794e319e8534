using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>A definition as a text: every box, what it asks, and where it leads.</summary>
static class Drawn
{
    public static IEnumerable<string> Lines(ProcessDefinition definition)
    {
        yield return $"{definition.Name.Th} ({definition.Name.En})";
        if (definition.Deadline is not null)
            yield return $"limit of the whole: {DefinitionDiff.Words(definition.Deadline).En}{(definition.DeadlineUntil is { } until ? $", until {until}" : "")}";
        if (definition.ReopenWithinDays != 30)
            yield return $"may be opened again within {definition.ReopenWithinDays} day{(definition.ReopenWithinDays == 1 ? "" : "s")}";
        if (!definition.Variables.IsEmpty)
            yield return $"data: {string.Join(", ", definition.Variables.Select(v => $"{v.Name} ({v.Type.ToString().ToLowerInvariant()}{(v.Default is { } value ? $", at first {value}" : "")})"))}";
        foreach (var carried in definition.CarryOver)
            yield return $"{carried.To} begins as {carried.From} of the last completed case";
        foreach (var node in definition.Nodes)
        {
            yield return node is Step step ? $"{step.Number,2} {step.Id}: {step.Name.Th} ({step.Name.En})" : $"   {node.Id}";
            foreach (var line in node is Step s ? Said(s) : Said(node))
                yield return "     " + line;
            foreach (var arrow in definition.Transitions.Where(t => t.From == node.Id))
                yield return $"     {arrow.Port} -> {arrow.To}{(definition.Graph.LeadsBack(arrow) ? ", back" : "")}";
        }
    }

    static IEnumerable<string> Said(Node node) => node switch
    {
        EndNode e => [$"end: {e.Outcome}{(e.Terminates ? ", stops everything" : "")}"],
        DecisionNode d => d.Branches.Select(b => $"{b.Port} when {b.When}"),
        TimerNode t => [$"waits until {t.DateFrom ?? DefinitionDiff.Words(t.Rule).En}"],
        MessageNode m => [$"waits for {m.Message}{(m.CorrelationFrom is { } from ? $" that carries {from}" : "")}"],
        CallNode c => [$"starts {c.DefinitionKey}{(c.OfficeFrom is { } office ? $" in {office}" : "")}, {(c.Waits ? "waits for its end" : "does not wait")}"],
        _ => [],
    };

    static IEnumerable<string> Said(Step step)
    {
        yield return $"{step.Type.ToString().ToLowerInvariant()} by {step.Role}{(step.Assignments is [{ When: null } one] ? $", {one.Kind.ToString().ToLowerInvariant()} {one.Name}".TrimEnd() : "")}, " +
            (step.DeadlineSharedWith is { } leader ? $"within the time of {leader}" : $"limit {DefinitionDiff.Words(step.Deadline).En}") +
            (step.DeadlineDateFrom is { } date ? $" of {date}" : "") + (step.DeadlineStated is { } stated ? $" \"{stated}\"" : "");
        if (step.Priority is { } priority)
            yield return priority.ToString().ToLowerInvariant();
        foreach (var assignment in step.Assignments.Where(a => a.When is not null))
            yield return $"for {assignment.To} when {assignment.When}";
        foreach (var level in step.Levels)
            yield return $"level {level.Role}: {level.Name?.En}, limit {DefinitionDiff.Words(level.Deadline).En}{string.Concat(level.Assignments.Select(a => $", for {a}"))}";
        if (!step.Levels.IsEmpty)
            yield return step.ReturnsToPreviousLevel ? "returned one level down" : "returned to the proposer";
        if (step.Committee is { } c)
            yield return $"committee {c.MembersFrom}: {c.Rule.ToString().ToLowerInvariant()}{(c.Rule == VotingRule.Quorum ? $" {c.Quorum}" : "")}{(c.ChairFrom is { } chair ? $", chair {chair}" : "")}";
        if (step.ForEach is { } each)
            yield return $"for each of {each.List}, on at {each.GoOn.ToString().ToLowerInvariant()}{(each.GoOn == GoOnRule.Percent ? $" {each.Percent}" : "")}, answers into {each.CollectInto}";
        foreach (var timer in step.Timers)
            yield return $"timer {timer.Port} after {DefinitionDiff.Words(timer.After).En}, {(timer.Interrupts ? "interrupts" : "beside")}";
        if (step.MayFail)
            yield return "may fail";
        if (!step.NotDoneBy.IsEmpty)
            yield return $"not by whoever did {string.Join(", ", step.NotDoneBy)}";
        if (!step.ReturnTo.IsEmpty)
            yield return $"may be returned to {string.Join(", ", step.ReturnTo)}";
        if (step.Escalation != EscalationPolicy.Default)
            yield return $"reminder {step.Escalation.RemindDaysBefore} day{(step.Escalation.RemindDaysBefore == 1 ? "" : "s")} before, {step.SupervisorRole} {step.Escalation.SupervisorDaysAfter} after, director {step.Escalation.DirectorDaysAfter} after";
        if (step.Form is { } form)
            yield return $"form {form.Title}: {string.Join(", ", form.Fields.Select(f => $"{f.Name}{(f.Required ? "*" : "")}"))}";
    }
}
