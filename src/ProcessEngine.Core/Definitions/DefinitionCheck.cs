using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Core.Definitions;

/// <param name="ActivityId">The node at fault; null when the fault is the whole definition's.</param>
/// <param name="Code">Stable; for programs.</param>
public sealed record Finding(string? ActivityId, string Code, LocalizedText Reason)
{
    /// <summary>Worth a look, but no reason to refuse.</summary>
    public bool Warning { get; init; }
}

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

        findings.AddRange(Loops(definition));

        // Reachability says nothing useful about a graph whose nodes or arrows are wrong, and soundness nothing about what is not reached.
        if (findings.Count == 0)
            findings.AddRange(Reachability(definition));
        if (findings.Count == 0)
            findings.AddRange(Soundness.Run(definition));
        findings.AddRange(definition.Nodes.SelectMany(node => NodeRules(definition, node)));
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

            if (arrow.Port == Ports.Return && definition.Find(arrow.To) is { } target and not Step)
            {
                yield return new Finding(arrow.From, "unknown-return-target", new(
                    $"การส่งกลับต้องไปยังขั้นตอน ไม่ใช่ \"{target.Id}\"", $"A case is returned to a step, and \"{target.Id}\" is none."));
            }

            if (definition.Find(arrow.To) is null or StartNode)
            {
                yield return new Finding(arrow.From, "unknown-target", new(
                    $"เส้นเชื่อมชี้ไปยังกิจกรรมที่ไม่มีอยู่หรือเป็นจุดเริ่มต้น \"{arrow.To}\"",
                    $"An arrow leads to \"{arrow.To}\", which does not exist or is the start."));
            }
        }

        foreach (var twice in definition.Transitions.Where(t => definition.Find(t.From) is not ForkNode).GroupBy(t => (t.From, t.Port)).Where(g => g.Count() > 1))
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

    /// <summary>A loop that nobody breaks would run for ever: every loop must pass a step. Not one for a list: the list may be empty.</summary>
    static IEnumerable<Finding> Loops(ProcessDefinition definition)
    {
        var automatic = definition.Nodes.Where(n => n is not Step { ForEach: null }).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        var next = definition.Transitions.Where(t => automatic.Contains(t.From) && automatic.Contains(t.To)).ToLookup(t => t.From, t => t.To, StringComparer.Ordinal);
        foreach (var id in automatic.Order(StringComparer.Ordinal))
        {
            if (Closure(next[id], to => next[to]).Contains(id))
            {
                yield return new Finding(id, "loop-without-person", new(
                    "มีวงวนที่ไม่ผ่านขั้นตอนของคน เรื่องจะวนไม่สิ้นสุด", "A loop passes no step that a person does; a case would run in it for ever."));
                yield break;
            }
        }
    }

    static IEnumerable<Finding> NodeRules(ProcessDefinition definition, Node node)
    {
        switch (node)
        {
            case ForkNode when definition.ArrowsFrom(node.Id, Ports.Done).Length < 2:
                yield return new Finding(node.Id, "fork-of-one", new("จุดแยกต้องมีเส้นเชื่อมออกอย่างน้อยสองเส้น", "A fork needs at least two arrows out."));
                break;
            case JoinNode when definition.ArrowsInto(node.Id) < 2:
                yield return new Finding(node.Id, "join-of-one", new("จุดรวมต้องมีเส้นเชื่อมเข้าอย่างน้อยสองเส้น", "A join needs at least two arrows in."));
                break;
            case DecisionNode { Branches.IsEmpty: true }:
                yield return new Finding(node.Id, "no-branches", new("จุดตัดสินใจไม่มีเงื่อนไข", "A decision without conditions."));
                break;
            case DecisionNode decision:
                foreach (var twice in decision.RequiredPorts.GroupBy(p => p).Where(g => g.Count() > 1))
                    yield return new Finding(node.Id, "duplicate-branch", new($"ทางออก \"{twice.Key}\" ซ้ำกัน", $"The way \"{twice.Key}\" is named twice."));
                break;
            case TimerNode timer:
                foreach (var finding in RuleFindings(timer.Id, timer.Rule))
                    yield return finding;
                if (timer.Rule is null or { NeedsDate: true })
                {
                    foreach (var finding in VariableFindings(definition, timer.Id, timer.DateFrom, VariableType.Date))
                        yield return finding;
                }

                break;
            case MessageNode message:
                if (string.IsNullOrWhiteSpace(message.Message))
                    yield return new Finding(message.Id, "no-message", new("ไม่ได้ระบุชื่อข้อความที่รอ", "It does not say which message it waits for."));
                if (message.CorrelationFrom is { } correlation)
                {
                    foreach (var finding in VariableFindings(definition, message.Id, correlation, VariableType.Text))
                        yield return finding;
                }

                break;
            case CallNode call:
                if (string.IsNullOrWhiteSpace(call.DefinitionKey))
                    yield return new Finding(call.Id, "no-process", new("ไม่ได้ระบุกระบวนงานที่เรียก", "It does not say which procedure it starts."));
                if (call.OfficeFrom is { } office)
                {
                    foreach (var finding in VariableFindings(definition, call.Id, office, VariableType.Text))
                        yield return finding;
                }

                break;
        }
    }

    static IEnumerable<Finding> RuleFindings(string id, Calendar.DeadlineRule? rule) => rule is null ? [] : DeadlineRule.Problems(rule).Select(problem =>
        new Finding(id, "invalid-deadline", new($"{problem.Parameter}: {problem.Reason.Th}", $"{problem.Parameter}: {problem.Reason.En}")));

    static IEnumerable<Finding> VariableFindings(ProcessDefinition definition, string id, string? name, VariableType type)
    {
        if (definition.Variables.FirstOrDefault(v => v.Name == name) is not { } variable)
        {
            yield return new Finding(id, "unknown-variable", new($"ไม่มีตัวแปร \"{name}\" ในนิยาม", $"The definition declares no variable \"{name}\"."));
        }
        else if (variable.Type != type)
        {
            yield return new Finding(id, "wrong-variable-type", new(
                $"ตัวแปร \"{name}\" ต้องเป็นชนิด {type}", $"Variable \"{name}\" must be of type {type}; it is {variable.Type}."));
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
            foreach (var finding in RuleFindings(step.Id, rule))
                yield return finding;
            if (rule.NeedsDate && step.DeadlineDateFrom is null)
            {
                yield return new Finding(step.Id, "no-event", new(
                    "กำหนดเวลานับจากวันที่ของเรื่อง แต่ไม่ได้ระบุตัวแปรวันที่", "The limit rests on a date of the case, and the step does not say on which."));
            }
        }

        if (step.DeadlineDateFrom is { } date)
        {
            foreach (var finding in VariableFindings(definition, step.Id, date, VariableType.Date))
                yield return finding;
        }

        foreach (var finding in PeopleRules(definition, step).Concat(ManyRules(definition, step)))
            yield return finding;

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

    static IEnumerable<Finding> PeopleRules(ProcessDefinition definition, Step step)
    {
        switch (step.Assignment)
        {
            case { Kind: AssignmentKind.DoerOf, Name: var earlier } when earlier == step.Id || definition.FindStep(earlier) is null:
                yield return new Finding(step.Id, "unknown-step", new($"ไม่มีขั้นตอน \"{earlier}\" ที่จะมอบงานให้ผู้ทำ", $"It is for whoever did \"{earlier}\", which is not another step."));
                break;
            case { Kind: AssignmentKind.Variable, Name: var name }:
                foreach (var finding in VariableFindings(definition, step.Id, name, VariableType.Text))
                    yield return finding;
                break;
        }

        foreach (var other in step.NotDoneBy.Where(id => id != Step.Requester && (id == step.Id || definition.FindStep(id) is null)))
            yield return new Finding(step.Id, "unknown-step", new($"ไม่มีขั้นตอน \"{other}\" ที่ห้ามทำโดยคนเดียวกัน", $"It may not be done by whoever did \"{other}\", which is not another step."));

        foreach (var level in step.Levels)
        {
            if (!Roles.Acting.Contains(level.Role))
                yield return new Finding(step.Id, "unknown-role", new($"ไม่รู้จักบทบาท \"{level.Role}\"", $"Unknown role \"{level.Role}\"; known are {string.Join(", ", Roles.Acting)}."));
            foreach (var finding in RuleFindings(step.Id, level.Deadline))
                yield return finding;
            if (level.Deadline is { NeedsDate: true })
                yield return new Finding(step.Id, "no-event", new("กำหนดเวลาของระดับอนุมัตินับจากวันที่ไม่ได้", "The limit of a level cannot rest on a date of the case."));
        }

        if (!step.Levels.IsEmpty && step.DeadlineSharedWith is not null)
            yield return new Finding(step.Id, "unknown-shared-clock", new("การอนุมัติหลายระดับรวมเวลากับขั้นตอนอื่นไม่ได้", "An approval with levels cannot share another step's time."));
        if (step.DeadlineSharedWith is { } shared && definition.FindStep(shared) is { } owner && owner.Levels.Any(level => level.Deadline is not null))
        {
            yield return new Finding(step.Id, "unknown-shared-clock", new(
                $"รวมเวลากับ \"{shared}\" ไม่ได้ เพราะแต่ละระดับอนุมัติมีกำหนดเวลาของตนเอง", $"It cannot share the time of \"{shared}\", whose levels have limits of their own."));
        }
    }

    static IEnumerable<Finding> ManyRules(ProcessDefinition definition, Step step)
    {
        var kinds = (step.Levels.IsEmpty ? 0 : 1) + (step.Committee is null ? 0 : 1) + (step.ForEach is null ? 0 : 1);
        if (kinds > 1)
            yield return new Finding(step.Id, "two-kinds", new("ขั้นตอนเป็นได้อย่างเดียว: หลายระดับ คณะกรรมการ หรือหลายราย", "A step has levels, a committee or a list; only one of them."));
        if (step.Type != StepType.Approval && (!step.Levels.IsEmpty || step.Committee is not null))
            yield return new Finding(step.Id, "not-an-approval", new("มีได้เฉพาะขั้นตอนอนุมัติ", "Levels and committees belong to an approval."));
        if (step.Type == StepType.Approval && step.ForEach is not null)
            yield return new Finding(step.Id, "not-a-task", new("ขั้นตอนอนุมัติทำหลายรายไม่ได้ ให้ใช้คณะกรรมการ", "An approval cannot be done for a list; use a committee."));
        if (step.MayFail && kinds > 0)
            yield return new Finding(step.Id, "cannot-fail", new("ขั้นตอนที่มีหลายงานใช้ทางออก Fail ไม่ได้", "A step of several tasks has no way out for failure."));
        if (step.Committee is not null && definition.ReturnTargets(step).Any())
            yield return new Finding(step.Id, "unknown-return-target", new("มติคณะกรรมการส่งกลับไม่ได้ ให้ใช้ทางออกไม่เห็นชอบ", "A committee refuses; it does not return."));
        if (step.ForEach is not null && definition.ReturnTargets(step).Any())
            yield return new Finding(step.Id, "unknown-return-target", new("งานหลายรายส่งกลับไม่ได้", "Work for a list is not returned."));

        foreach (var finding in new[] { step.Committee?.MembersFrom, step.ForEach?.List }.OfType<string>().SelectMany(name => VariableFindings(definition, step.Id, name, VariableType.List)))
            yield return finding;
        if (step.Committee?.ChairFrom is { } chair)
        {
            foreach (var finding in VariableFindings(definition, step.Id, chair, VariableType.Text))
                yield return finding;
        }

        if (step.Committee is { Rule: VotingRule.Quorum, Quorum: < 1 })
            yield return new Finding(step.Id, "invalid-quorum", new("องค์ประชุมต้องไม่น้อยกว่า 1", "The quorum must be at least 1."));
        if (step.ForEach is { GoOn: GoOnRule.Percent, Percent: < 1 or > 100 })
            yield return new Finding(step.Id, "invalid-percent", new("ร้อยละต้องอยู่ระหว่าง 1 ถึง 100", "The percentage must be between 1 and 100."));
        if (step.ForEach is { GoOn: GoOnRule.Deadline } && step.Deadline is null)
            yield return new Finding(step.Id, "no-deadline", new("ไม่มีกำหนดเวลาที่จะรอถึง", "It waits until its deadline, and has none."));
        if (step.ForEach?.CollectInto is { } into)
        {
            foreach (var finding in VariableFindings(definition, step.Id, into, VariableType.List))
                yield return finding;
        }

        foreach (var timer in step.Timers)
        {
            foreach (var finding in RuleFindings(step.Id, timer.After))
                yield return finding;
            if (timer.After.NeedsDate)
                yield return new Finding(step.Id, "no-event", new("ตัวจับเวลาบนขั้นตอนนับจากวันที่ของเรื่องไม่ได้", "A timer on a step cannot rest on a date of the case."));
        }

        if (step.RequiredPorts.GroupBy(p => p).Any(g => g.Count() > 1))
            yield return new Finding(step.Id, "duplicate-branch", new("ทางออกของขั้นตอนมีชื่อซ้ำกัน", "Two ways out of the step have one name."));
    }
}
