using static ProcessEngine.Core.Definitions.Finding;

namespace ProcessEngine.Core.Definitions;

/// <summary>What is allowed and probably not meant. Refuses nothing; said whenever a definition is checked or published.</summary>
public static class DefinitionWarnings
{
    /// <param name="definition">One without faults.</param>
    public static IReadOnlyList<Finding> Of(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. Variables(definition), .. Notes(definition), .. definition.Steps.SelectMany(step => Steps(definition, step))];
    }

    static IEnumerable<Finding> Variables(ProcessDefinition definition)
    {
        HashSet<string?> used =
        [
            .. definition.CarryOver.SelectMany(c => new[] { c.To, c.From }),
            .. definition.Nodes.SelectMany(node => node switch
            {
                DecisionNode d => d.Branches.SelectMany(b => b.Condition?.Variables ?? []),
                TimerNode t => [t.DateFrom],
                MessageNode m => [m.CorrelationFrom],
                CallNode c => [c.OfficeFrom],
                Step s => UsedBy(s),
                StartNode or EndNode or ForkNode or JoinNode => [],
                _ => throw UnknownKind.Of(node),
            }),
        ];
        // A message may fill in any of them.
        var unused = definition.Nodes.OfType<MessageNode>().Any()
            ? []
            : definition.Variables.Where(v => v.Default is null && !used.Contains(v.Name));
        foreach (var variable in unused)
        {
            yield return Advice(
                null, "unused-variable", $"ไม่มีส่วนใดอ่านหรือกรอกตัวแปร \"{variable.Name}\"",
                $"Nothing reads or fills in the variable \"{variable.Name}\".");
        }
    }

    static IEnumerable<Finding> Notes(ProcessDefinition definition)
    {
        foreach (var note in definition.FlowNotes.Where(n => definition.ArrowsFrom(n.From, n.Port).IsEmpty))
        {
            yield return Advice(
                definition.Find(note.From)?.Id, "note-without-arrow", $"flowNotes กล่าวถึงเส้นที่ไม่มี \"{note.From}\" ({note.Port})",
                $"flowNotes speaks of an arrow that is not there, \"{note.From}\" ({note.Port}).");
        }
    }

    static IEnumerable<string?> UsedBy(Step step) =>
    [
        step.DeadlineDateFrom, step.Committee?.MembersFrom, step.Committee?.ChairFrom, step.ForEach?.List, step.ForEach?.CollectInto,
        .. Assignments(step).SelectMany(a => (a.Condition?.Variables ?? []).Append(a.Name)),
        .. step.Form is { } form ? form.Fields.Select(f => f.Name) : [],
    ];

    static IEnumerable<Assignment> Assignments(Step step) => step.Assignments.Concat(step.Levels.SelectMany(level => level.Assignments));

    static IEnumerable<Finding> Steps(ProcessDefinition definition, Step step)
    {
        if (step.IsApproval && RefusalGoesOn(definition, step) is { } same)
        {
            yield return Advice(
                step.Id, "refusal-goes-on", $"เมื่อไม่เห็นชอบแล้ว เรื่องยังไปถึง \"{same}\" เหมือนเมื่อเห็นชอบ",
                $"After a refusal the case comes to \"{same}\" all the same, as after an approval.");
        }

        if (step is { DeadlineStated: { } stated, Deadline: null, DeadlineSharedWith: null, Priority: null }
            && step.Levels.All(l => l.Deadline is null) && stated.Any(char.IsDigit))
        {
            yield return Advice(
                step.Id, "limit-only-in-words", $"ระบุกำหนดเวลาไว้เป็นข้อความ \"{stated}\" แต่ไม่มี slaRule จึงไม่มีการนับเวลา",
                $"The limit stands in words only (\"{stated}\"); without slaRule no clock runs.");
        }

        if (step.SupervisorRole is { } supervisor && supervisor == step.Role)
        {
            yield return Advice(
                step.Id, "tells-itself", "เมื่อล่าช้าจะแจ้งบทบาทเดียวกับผู้ปฏิบัติเอง",
                "When it is late, the very role that is late is told.");
        }

        foreach (var list in step.Levels.Select(l => l.Assignments).Prepend(step.Assignments))
        {
            foreach (var never in list.SkipWhile(a => a.When is not null).Skip(1))
            {
                yield return Advice(
                    step.Id, "never-assigned", $"จะไม่มอบหมายให้ {never} เพราะรายการก่อนหน้าเป็นจริงเสมอ",
                    $"It is never for {never}: an entry before always holds.");
            }
        }

        foreach (var both in Assignments(step).Where(a => a.Kind is AssignmentKind.DoerOf or AssignmentKind.Requester && Forbids(a)))
        {
            yield return Advice(
                step.Id, "assigned-and-forbidden", $"มอบหมายให้ {both.To} ซึ่ง notDoneBy ห้ามไว้",
                $"It is for {both.To}, whom notDoneBy forbids it.");
        }

        bool Forbids(Assignment a) => step.NotDoneBy.Contains(a.Kind == AssignmentKind.Requester ? Step.Requester : a.Name);
    }

    /// <summary>
    /// The box to which an approval leads, when a refusal that does not lead back comes to it as well; null when it does not.
    /// </summary>
    static string? RefusalGoesOn(ProcessDefinition definition, Step step)
    {
        if (definition.Target(step.Id, Ports.Approve) is not { } approved || approved is EndNode
            || definition.ArrowsFrom(step.Id, Ports.Reject) is not [var refused, ..] || definition.Graph.LeadsBack(refused))
            return null;
        return definition.Graph.After(refused.To).Contains(approved.Id) && !definition.Graph.After(refused.To).Contains(step.Id)
            ? approved.Id
            : null;
    }
}
