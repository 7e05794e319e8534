using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Definitions;

/// <param name="ActivityId">The node at fault; null when the fault is the whole definition's.</param>
/// <param name="Code">Stable; for programs.</param>
public sealed record Finding(string? ActivityId, string Code, LocalizedText Reason);

/// <summary>Everything that is wrong with a definition, all at once, each with its place. An empty list means it may be published.</summary>
public static class DefinitionCheck
{
    public const int MaxNodes = 500;

    public static IReadOnlyList<Finding> Run(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Nodes.Length > MaxNodes)
        {
            return [new Finding(null, "too-many-activities", new(
                $"มีกิจกรรม {definition.Nodes.Length} รายการ เกินขีดจำกัด {MaxNodes}",
                $"It has {definition.Nodes.Length} activities; {MaxNodes} is the limit."))];
        }

        List<Finding> findings = [.. Nodes(definition), .. Arrows(definition)];

        // Reachability says nothing useful about a graph whose nodes or arrows are wrong.
        if (findings.Count == 0)
            findings.AddRange(Reachability(definition));
        findings.AddRange(definition.Steps.SelectMany(step => StepRules(definition, step)));
        return findings;
    }

    static IEnumerable<Finding> Nodes(ProcessDefinition definition)
    {
        foreach (var twice in definition.Nodes.GroupBy(n => n.Id).Where(g => g.Count() > 1))
        {
            yield return new Finding(twice.Key, "duplicate-id", new(
                $"รหัสกิจกรรม \"{twice.Key}\" ซ้ำกัน", $"The activity id \"{twice.Key}\" is used more than once."));
        }

        var starts = definition.Nodes.OfType<StartNode>().Count();
        if (starts != 1)
        {
            yield return new Finding(null, "one-start", new(
                $"ต้องมีจุดเริ่มต้นหนึ่งจุด แต่พบ {starts} จุด", $"There must be exactly one start; there are {starts}."));
        }

        if (!definition.Nodes.OfType<EndNode>().Any())
            yield return new Finding(null, "no-end", new("ไม่มีจุดสิ้นสุด", "There is no end."));
        if (!definition.Steps.Any())
            yield return new Finding(null, "no-step", new("ไม่มีขั้นตอนให้คนปฏิบัติ", "There is no step for a person to do."));

        foreach (var twice in definition.Steps.Where(s => s.Number is not null).GroupBy(s => s.Number).Where(g => g.Count() > 1))
        {
            yield return new Finding(twice.Last().Id, "duplicate-step-number", new(
                $"เลขลำดับขั้นตอน {twice.Key} ซ้ำกัน", $"Step number {twice.Key} is used more than once."));
        }
    }

    static IEnumerable<Finding> Arrows(ProcessDefinition definition)
    {
        foreach (var arrow in definition.Transitions)
        {
            if (definition.Find(arrow.From) is not { } from)
            {
                yield return new Finding(arrow.From, "unknown-source", new(
                    $"เส้นเชื่อมออกจากกิจกรรมที่ไม่มีอยู่ \"{arrow.From}\"", $"An arrow leaves an activity that does not exist, \"{arrow.From}\"."));
                continue;
            }

            if (!from.RequiredPorts.Contains(arrow.Port) && !(arrow.Port == Ports.Return && from is Step))
            {
                yield return new Finding(arrow.From, "unknown-port", new(
                    $"กิจกรรมนี้ไม่มีทางออกชื่อ \"{arrow.Port}\"", $"This activity has no outcome \"{arrow.Port}\"."));
            }

            if (definition.Find(arrow.To) is null or StartNode)
            {
                yield return new Finding(arrow.From, "unknown-target", new(
                    $"เส้นเชื่อมชี้ไปยังกิจกรรมที่ไม่มีอยู่หรือเป็นจุดเริ่มต้น \"{arrow.To}\"",
                    $"An arrow leads to \"{arrow.To}\", which does not exist or is the start."));
            }
        }

        foreach (var twice in definition.Transitions.GroupBy(t => (t.From, t.Port)).Where(g => g.Count() > 1))
        {
            yield return new Finding(twice.Key.From, "ambiguous-port", new(
                $"ทางออก \"{twice.Key.Port}\" มีเส้นเชื่อมมากกว่าหนึ่งเส้น", $"Outcome \"{twice.Key.Port}\" has more than one arrow."));
        }

        foreach (var node in definition.Nodes)
        {
            foreach (var port in node.RequiredPorts.Where(port => !definition.Transitions.Any(t => t.From == node.Id && t.Port == port)))
            {
                yield return new Finding(node.Id, "unconnected-port", new(
                    $"ทางออก \"{port}\" ยังไม่เชื่อมไปที่ใด", $"Outcome \"{port}\" leads nowhere."));
            }
        }
    }

    static IEnumerable<Finding> Reachability(ProcessDefinition definition)
    {
        var start = definition.Nodes.OfType<StartNode>().First().Id;
        var forward = Closure([start], id => Next(definition, id));
        foreach (var lost in definition.Nodes.Where(n => !forward.Contains(n.Id)))
        {
            yield return new Finding(lost.Id, "unreachable", new(
                "ไม่มีเส้นทางจากจุดเริ่มต้นมาถึงกิจกรรมนี้", "No path leads from the start to this activity."));
        }

        var previous = definition.Nodes.SelectMany(n => Next(definition, n.Id).Select(to => (to, from: n.Id))).ToLookup(p => p.to, p => p.from);
        var backward = Closure(definition.Nodes.OfType<EndNode>().Select(n => n.Id), id => previous[id]);
        foreach (var stuck in definition.Nodes.Where(n => forward.Contains(n.Id) && !backward.Contains(n.Id)))
        {
            yield return new Finding(stuck.Id, "no-way-to-end", new(
                "ไม่มีเส้นทางจากกิจกรรมนี้ไปถึงจุดสิ้นสุด", "No path leads from this activity to an end."));
        }
    }

    static IEnumerable<string> Next(ProcessDefinition definition, string id) =>
        definition.Transitions.Where(t => t.From == id).Select(t => t.To)
            .Concat(definition.FindStep(id)?.ReturnTo ?? []);

    static HashSet<string> Closure(IEnumerable<string> from, Func<string, IEnumerable<string>> next)
    {
        HashSet<string> seen = [.. from];
        var queue = new Queue<string>(seen);
        while (queue.TryDequeue(out var id))
        {
            foreach (var to in next(id).Where(seen.Add))
                queue.Enqueue(to);
        }

        return seen;
    }

    static IEnumerable<Finding> StepRules(ProcessDefinition definition, Step step)
    {
        if (!Roles.Acting.Contains(step.Role))
        {
            yield return new Finding(step.Id, "unknown-role", new(
                $"ไม่รู้จักบทบาท \"{step.Role}\"", $"Unknown role \"{step.Role}\"; known are {string.Join(", ", Roles.Acting)}."));
        }

        if (step.SupervisorRole is { } supervisor && !Roles.Acting.Contains(supervisor))
        {
            yield return new Finding(step.Id, "unknown-role", new(
                $"ไม่รู้จักบทบาทผู้บังคับบัญชา \"{supervisor}\"", $"Unknown supervisor role \"{supervisor}\"."));
        }

        if (step.Deadline is { } rule)
        {
            foreach (var problem in DeadlineRule.Problems(rule))
                yield return new Finding(step.Id, "invalid-deadline", new($"{problem.Parameter}: {problem.Reason.Th}", $"{problem.Parameter}: {problem.Reason.En}"));
            if (rule is WorkingDaysBeforeEvent or CalendarDaysBeforeEvent)
            {
                yield return new Finding(step.Id, "no-event", new(
                    "ขั้นตอนไม่มีวันจัดงานให้นับย้อน", "The limit counts back from an event, and a step has none."));
            }
        }

        if (step.DeadlineSharedWith is { } leader)
        {
            if (step.Deadline is not null)
            {
                yield return new Finding(step.Id, "two-clocks", new(
                    "ขั้นตอนที่รวมเวลากับขั้นตอนอื่นต้องไม่มีกำหนดเวลาของตนเอง", "A step that shares another step's time has no limit of its own."));
            }

            if (leader == step.Id || definition.FindStep(leader) is not { Deadline: not null, DeadlineSharedWith: null })
            {
                yield return new Finding(step.Id, "unknown-shared-clock", new(
                    $"รวมเวลากับ \"{leader}\" ซึ่งไม่มีหรือไม่มีกำหนดเวลา", $"It shares the time of \"{leader}\", which does not exist or has no limit."));
            }
        }

        foreach (var target in step.ReturnTo.Where(id => id == step.Id || definition.FindStep(id) is null))
        {
            yield return new Finding(step.Id, "unknown-return-target", new(
                $"ส่งกลับไปยังขั้นตอนที่ไม่มีอยู่ \"{target}\"", $"It may be returned to \"{target}\", which is not another step."));
        }
    }
}
