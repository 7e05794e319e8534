using ProcessEngine.Core.Expressions;
using static ProcessEngine.Core.Definitions.Finding;

namespace ProcessEngine.Core.Definitions;

/// <summary>
/// Everything that is wrong with a definition, all at once, each with its place. An empty list means it may be published.
/// </summary>
public static class DefinitionCheck
{
    public const int MaxNodes = 500;

    public static IReadOnlyList<Finding> Run(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Nodes.Length > MaxNodes)
        {
            return
            [
                Fault(
                    null, "too-many-activities", $"มีกิจกรรม {definition.Nodes.Length} รายการ เกินขีดจำกัด {MaxNodes}",
                    $"It has {definition.Nodes.Length} activities; {MaxNodes} is the limit."),
            ];
        }

        List<Finding> findings = [.. Nodes(definition), .. Arrows(definition)];

        findings.AddRange(Loops(definition));

        // Reachability says nothing useful about a graph whose nodes or arrows are wrong, and soundness nothing about what is not reached.
        if (findings.Count == 0)
            findings.AddRange(Reachability(definition));
        if (findings.Count == 0)
            findings.AddRange(Soundness.Run(definition));
        findings.AddRange(DataRules(definition));
        findings.AddRange(definition.Nodes.SelectMany(node => NodeRules(definition, node)));
        findings.AddRange(definition.Steps.SelectMany(step => StepCheck.Run(definition, step)));
        findings.AddRange(PublicServiceCheck.Run(definition));
        return findings;
    }

    static IEnumerable<Finding> Nodes(ProcessDefinition definition)
    {
        foreach (var twice in definition.Nodes.GroupBy(n => n.Id).Where(g => g.Count() > 1))
        {
            yield return Fault(
                twice.Key, "duplicate-id", $"รหัสกิจกรรม \"{twice.Key}\" ซ้ำกัน",
                $"The activity id \"{twice.Key}\" is used more than once.");
        }

        var starts = definition.Nodes.OfType<StartNode>().Count();
        if (starts != 1)
        {
            yield return Fault(
                null, "one-start", $"ต้องมีจุดเริ่มต้นหนึ่งจุด แต่พบ {starts} จุด",
                $"There must be exactly one start; there are {starts}.");
        }

        if (!definition.Nodes.OfType<EndNode>().Any())
            yield return Fault(null, "no-end", "ไม่มีจุดสิ้นสุด", "There is no end.");
        if (!definition.Steps.Any())
            yield return Fault(null, "no-step", "ไม่มีขั้นตอนให้คนปฏิบัติ", "There is no step for a person to do.");

        foreach (var twice in definition.Steps.Where(s => s.PartOfStep is null)
            .SelectMany(s => s.PrintedNumbers.Select(n => (s.Id, Number: n)))
            .GroupBy(s => s.Number).Where(g => g.Count() > 1))
        {
            yield return Fault(
                twice.Last().Id, "duplicate-step-number", $"เลขลำดับขั้นตอน {twice.Key} ซ้ำกัน",
                $"Step number {twice.Key} is used more than once.");
        }
    }

    static IEnumerable<Finding> Arrows(ProcessDefinition definition)
    {
        foreach (var arrow in definition.Transitions)
        {
            if (definition.Find(arrow.From) is not { } from)
            {
                yield return Fault(
                    arrow.From, "unknown-source", $"เส้นเชื่อมออกจากกิจกรรมที่ไม่มีอยู่ \"{arrow.From}\"",
                    $"An arrow leaves an activity that does not exist, \"{arrow.From}\".");
                continue;
            }

            if (!from.RequiredPorts.Contains(arrow.Port) && !(arrow.Port == Ports.Return && from is Step))
            {
                yield return Fault(
                    arrow.From, "unknown-port", $"กิจกรรมนี้ไม่มีทางออกชื่อ \"{arrow.Port}\"",
                    $"This activity has no outcome \"{arrow.Port}\".");
            }

            if (arrow.Port == Ports.Return && definition.Find(arrow.To) is { } target and not Step)
            {
                yield return Fault(
                    arrow.From, "unknown-return-target", $"การส่งกลับต้องไปยังขั้นตอน ไม่ใช่ \"{target.Id}\"",
                    $"A case is returned to a step, and \"{target.Id}\" is none.");
            }

            if (definition.Find(arrow.To) is null or StartNode)
            {
                yield return Fault(
                    arrow.From, "unknown-target", $"เส้นเชื่อมชี้ไปยังกิจกรรมที่ไม่มีอยู่หรือเป็นจุดเริ่มต้น \"{arrow.To}\"",
                    $"An arrow leads to \"{arrow.To}\", which does not exist or is the start.");
            }
        }

        var single = definition.Transitions.Where(t => definition.Find(t.From) is not ForkNode);
        foreach (var twice in single.GroupBy(t => (t.From, t.Port)).Where(g => g.Count() > 1))
        {
            yield return Fault(
                twice.Key.From, "ambiguous-port", $"ทางออก \"{twice.Key.Port}\" มีเส้นเชื่อมมากกว่าหนึ่งเส้น",
                $"Outcome \"{twice.Key.Port}\" has more than one arrow.");
        }

        foreach (var node in definition.Nodes)
        {
            foreach (var port in node.RequiredPorts.Where(port => !definition.Transitions.Any(t => t.From == node.Id && t.Port == port)))
            {
                yield return Fault(
                    node.Id, "unconnected-port", $"ทางออก \"{port}\" ยังไม่เชื่อมไปที่ใด", $"Outcome \"{port}\" leads nowhere.");
            }
        }
    }

    /// <summary>
    /// A loop that nobody breaks would run for ever: every loop must pass a step. Not one for a list: the list may be empty.
    /// </summary>
    static IEnumerable<Finding> Loops(ProcessDefinition definition)
    {
        var automatic = definition.Nodes.Where(n => n is not Step { ForEach: null }).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        var next = definition.Transitions.Where(t => automatic.Contains(t.From) && automatic.Contains(t.To))
            .ToLookup(t => t.From, t => t.To, StringComparer.Ordinal);
        foreach (var id in automatic.Order(StringComparer.Ordinal))
        {
            if (Closure(next[id], to => next[to]).Contains(id))
            {
                yield return Fault(
                    id, "loop-without-person", "มีวงวนที่ไม่ผ่านขั้นตอนของคน เรื่องจะวนไม่สิ้นสุด",
                    "A loop passes no step that a person does; a case would run in it for ever.");
                yield break;
            }
        }
    }

    static IEnumerable<Finding> DataRules(ProcessDefinition definition)
    {
        foreach (var finding in FieldCheck.Limit(null, definition.Deadline))
            yield return finding;
        if (definition.Deadline is { NeedsDate: true })
        {
            yield return Fault(
                null, "no-event", "กำหนดเวลาของทั้งกระบวนงานต้องนับจากวันที่รับเรื่อง",
                "The limit of the whole is counted from the receipt; it has no date to rest on.");
        }

        foreach (var variable in definition.Variables.Where(v => v.Default is not null && !FieldCheck.IsFitDefault(v)))
        {
            yield return Fault(
                null, "invalid-default", $"ค่าเริ่มต้นของตัวแปร \"{variable.Name}\" ไม่ใช่ชนิด {variable.Type}",
                $"The default of variable \"{variable.Name}\" is not of type {variable.Type}.");
        }

        var carriedNames = definition.CarryOver.SelectMany(c => new[] { c.To, c.From }).Distinct();
        foreach (var name in carriedNames.Where(name => definition.Variables.All(v => v.Name != name)))
        {
            yield return Fault(
                null, "unknown-variable", $"ไม่มีตัวแปร \"{name}\" ในนิยาม", $"The definition declares no variable \"{name}\".");
        }

        foreach (var carried in definition.CarryOver.Where(c => TypeOf(c.To) is { } to && TypeOf(c.From) is { } from && to != from))
        {
            yield return Fault(
                null, "wrong-variable-type", $"ตัวแปร \"{carried.To}\" และ \"{carried.From}\" ต้องเป็นชนิดเดียวกัน",
                $"Variables \"{carried.To}\" and \"{carried.From}\" must be of one type.");
        }

        if (definition.DeadlineUntil is { } until && (definition.Deadline is null || definition.FindStep(until) is null))
        {
            yield return Fault(
                definition.FindStep(until)?.Id, "unknown-step",
                $"กำหนดเวลาของทั้งกระบวนงานสิ้นสุดที่ \"{until}\" ซึ่งไม่มี หรือไม่ได้กำหนดเวลาไว้",
                $"The limit of the whole ends with \"{until}\", which is no step, or there is no such limit.");
        }

        VariableType? TypeOf(string name) => definition.Variables.FirstOrDefault(v => v.Name == name)?.Type;
    }

    static IEnumerable<Finding> NodeRules(ProcessDefinition definition, Node node)
    {
        switch (node)
        {
            case ForkNode when definition.ArrowsFrom(node.Id, Ports.Done).Length < 2:
                yield return Fault(
                    node.Id, "fork-of-one", "จุดแยกต้องมีเส้นเชื่อมออกอย่างน้อยสองเส้น", "A fork needs at least two arrows out.");
                break;
            case JoinNode when definition.ArrowsInto(node.Id) < 2:
                yield return Fault(
                    node.Id, "join-of-one", "จุดรวมต้องมีเส้นเชื่อมเข้าอย่างน้อยสองเส้น", "A join needs at least two arrows in.");
                break;
            case DecisionNode { Branches.IsEmpty: true }:
                yield return Fault(node.Id, "no-branches", "จุดตัดสินใจไม่มีเงื่อนไข", "A decision without conditions.");
                break;
            case DecisionNode decision:
                foreach (var twice in decision.RequiredPorts.GroupBy(p => p).Where(g => g.Count() > 1))
                {
                    yield return Fault(
                        node.Id, "duplicate-branch", $"ทางออก \"{twice.Key}\" ซ้ำกัน", $"The way \"{twice.Key}\" is named twice.");
                }

                break;
            case TimerNode timer:
                foreach (var finding in FieldCheck.Limit(timer.Id, timer.Rule))
                    yield return finding;
                if (timer.Rule is null or { NeedsDate: true })
                {
                    foreach (var finding in FieldCheck.Variable(definition, timer.Id, timer.DateFrom, VariableType.Date))
                        yield return finding;
                }

                break;
            case MessageNode message:
                if (string.IsNullOrWhiteSpace(message.Message))
                {
                    yield return Fault(
                        message.Id, "no-message", "ไม่ได้ระบุชื่อข้อความที่รอ", "It does not say which message it waits for.");
                }

                if (message.CorrelationFrom is { } correlation)
                {
                    foreach (var finding in FieldCheck.Variable(definition, message.Id, correlation, VariableType.Text))
                        yield return finding;
                }

                break;
            case CallNode call:
                if (string.IsNullOrWhiteSpace(call.DefinitionKey))
                    yield return Fault(call.Id, "no-process", "ไม่ได้ระบุกระบวนงานที่เรียก", "It does not say which procedure it starts.");
                if (call.OfficeFrom is { } office)
                {
                    foreach (var finding in FieldCheck.Variable(definition, call.Id, office, VariableType.Text))
                        yield return finding;
                }

                break;
            case StartNode or EndNode or ForkNode or JoinNode or Step:
                break;
            default:
                throw UnknownKind.Of(node);
        }
    }

    static IEnumerable<Finding> Reachability(ProcessDefinition definition)
    {
        var start = definition.Nodes.OfType<StartNode>().First().Id;
        var forward = Closure([start], id => Next(definition, id));
        foreach (var lost in definition.Nodes.Where(n => !forward.Contains(n.Id)))
        {
            yield return Fault(
                lost.Id, "unreachable", "ไม่มีเส้นทางจากจุดเริ่มต้นมาถึงกิจกรรมนี้", "No path leads from the start to this activity.");
        }

        var previous = definition.Nodes.SelectMany(n => Next(definition, n.Id).Select(to => (to, from: n.Id)))
            .ToLookup(p => p.to, p => p.from);
        var backward = Closure(definition.Nodes.OfType<EndNode>().Select(n => n.Id), id => previous[id]);
        foreach (var stuck in definition.Nodes.Where(n => forward.Contains(n.Id) && !backward.Contains(n.Id)))
        {
            yield return Fault(
                stuck.Id, "no-way-to-end", "ไม่มีเส้นทางจากกิจกรรมนี้ไปถึงจุดสิ้นสุด", "No path leads from this activity to an end.");
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
}
