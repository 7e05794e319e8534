using System.Collections.Immutable;

namespace ProcessEngine.Core.Definitions;

/// <summary>The net of one definition, and the markings that a case can reach in it.</summary>
sealed class SoundnessNet
{
    readonly ProcessDefinition definition;
    readonly Dictionary<string, int> placeOf = new(StringComparer.Ordinal);
    readonly Dictionary<Transition, int> arrivalOf = [];
    readonly Dictionary<(string Step, string Port), int> timerOf = [];
    readonly List<(string Id, Node Last)> resting = [];
    readonly Dictionary<string, Marking> undoMasks = new(StringComparer.Ordinal);
    readonly Dictionary<string, Marking> marks = new(StringComparer.Ordinal);
    readonly Dictionary<string, Marking> arrivals = new(StringComparer.Ordinal);
    readonly Dictionary<string, ImmutableArray<ImmutableArray<Entry>>> ways = new(StringComparer.Ordinal);
    readonly HashSet<string> entered = new(StringComparer.Ordinal);
    readonly HashSet<(string?, string)> reported = [];
    int places;

    public SoundnessNet(ProcessDefinition definition)
    {
        this.definition = definition;
        var jumps = definition.Steps.SelectMany(definition.ReturnTargets).ToHashSet(StringComparer.Ordinal);
        foreach (var node in definition.Nodes.Where(n => n.Rests))
        {
            if (!placeOf.ContainsKey(node.Id))
                AddChain(ChainHead(node, jumps), jumps);
        }

        foreach (var arrow in definition.Transitions)
        {
            if (definition.Find(arrow.To) is JoinNode)
                arrivalOf[arrow] = places++;
        }

        foreach (var step in definition.Steps)
        {
            foreach (var timer in step.Timers.Where(t => !t.Interrupts))
                timerOf[(step.Id, timer.Port)] = places++;
        }
    }

    public List<Finding> Findings { get; } = [];

    // A run of plain steps is one place, named after its first step; what can happen there is what can happen at its last.
    Node ChainHead(Node node, HashSet<string> jumps)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { node.Id };
        while (Previous(node, jumps) is { } before && seen.Add(before.Id))
            node = before;
        return node;
    }

    void AddChain(Node head, HashSet<string> jumps)
    {
        var place = places++;
        var node = head;
        placeOf[head.Id] = place;
        while (Next(node) is { } next && Previous(next, jumps) == node && !placeOf.ContainsKey(next.Id))
        {
            node = next;
            placeOf[node.Id] = place;
        }

        resting.Add((head.Id, node));
    }

    Node? Next(Node node) =>
        node.RequiredPorts is [Ports.Done] && node is not Step { ReturnTo.IsEmpty: false }
        && definition.ArrowsFrom(node.Id, Ports.Return).IsEmpty && definition.Target(node.Id, Ports.Done) is { Rests: true } next
            ? next
            : null;

    Node? Previous(Node node, HashSet<string> jumps)
    {
        if (jumps.Contains(node.Id) || definition.ArrowsInto(node.Id) != 1)
            return null;
        var before = definition.Find(definition.Transitions.First(t => t.To == node.Id).From);
        return before is { Rests: true } && Next(before) == node ? before : null;
    }

    public List<Marking> FromStart()
    {
        var start = definition.Nodes.OfType<StartNode>().Single();
        var found = new List<Marking>();
        Enter(new Marking(places), ImmutableStack<Entry>.Empty, EntriesOf(definition.ArrowsFrom(start.Id, Ports.Done)), found);
        return found;
    }

    public Marking? Marking(IReadOnlyCollection<string> nodes, IReadOnlyCollection<Transition> arrived)
    {
        var marking = new Marking(places);
        foreach (var id in nodes)
        {
            if (!placeOf.TryGetValue(id, out var place) || marking.Has(place))
                return null;
            Mark(marking, definition.Find(id)!, place);
        }

        foreach (var arrow in arrived)
        {
            if (!arrivalOf.TryGetValue(arrow, out var place) || marking.Has(place))
                return null;
            marking.Set(place);
        }

        return marking;
    }

    public void Explore(List<Marking> initial)
    {
        var options = Options();
        var numbers = new Dictionary<Marking, int>();
        var queue = new List<Marking>();
        var cameFrom = new List<List<int>>();
        var successors = new List<Marking>();
        foreach (var marking in initial)
            Number(marking, -1);

        for (var i = 0; i < queue.Count && Findings.Count < 20; i++)
        {
            if (queue.Count > Soundness.MaxMarkings)
            {
                Report(
                    null, "too-many-states", $"ผังงานมีสถานะคู่ขนานมากกว่า {Soundness.MaxMarkings:N0} แบบ ให้แยกส่วนเป็นกระบวนงานย่อย",
                    $"More than {Soundness.MaxMarkings:N0} parallel states; split a part off into a sub-process.");
                return;
            }

            successors.Clear();
            Successors(queue[i], options, successors);
            if (successors.Count == 0 && !queue[i].IsEmpty)
                ReportStuck(queue[i]);
            foreach (var next in successors)
                Number(next, i);
        }

        if (Findings.Count == 0)
            CheckThatAllCanEnd(queue, cameFrom);

        void Number(Marking marking, int from)
        {
            if (!numbers.TryGetValue(marking, out var number))
            {
                numbers.Add(marking, number = queue.Count);
                queue.Add(marking);
                cameFrom.Add([]);
            }

            if (from >= 0)
                cameFrom[number].Add(from);
        }
    }

    void CheckThatAllCanEnd(List<Marking> markings, List<List<int>> cameFrom)
    {
        var ends = new bool[markings.Count];
        var queue = new Queue<int>(Enumerable.Range(0, markings.Count).Where(i => markings[i].IsEmpty));
        foreach (var end in queue)
            ends[end] = true;
        while (queue.TryDequeue(out var at))
        {
            foreach (var from in cameFrom[at].Where(from => !ends[from]))
            {
                ends[from] = true;
                queue.Enqueue(from);
            }
        }

        for (var i = 0; i < markings.Count; i++)
        {
            if (!ends[i])
            {
                foreach (var (id, _) in resting.Where(r => markings[i].Has(placeOf[r.Id])))
                {
                    Report(
                        id, "no-way-to-end", "เมื่อเรื่องมาถึงกิจกรรมนี้แล้ว ไม่มีทางไปถึงจุดสิ้นสุดได้",
                        "Once the case is here, there is a way of going on from which it can never end.");
                }

                return;
            }
        }
    }

    /// <summary>One way of going on from a place: worked out once, tried from every marking that has the place.</summary>
    /// <param name="Place">The place that must hold a token.</param>
    /// <param name="Timer">The timer that must not have fired yet; -1 where it is not one that runs beside the step.</param>
    /// <param name="Leaves">What is emptied.</param>
    sealed record Option(int Place, int Timer, Marking Leaves, ImmutableArray<Entry> Entries);

    /// <param name="Arrival">The arrow into a join as a place; -1 elsewhere.</param>
    readonly record struct Entry(Node Node, int Arrival);

    Option[] Options()
    {
        var options = new List<Option>();
        foreach (var (id, last) in resting)
        {
            var place = placeOf[id];
            var leaves = new Marking(places);
            leaves.Set(place);
            foreach (var armed in (last as Step)?.Timers.Where(t => !t.Interrupts) ?? [])
                leaves.Set(timerOf[(last.Id, armed.Port)]);
            // Returns are jumps, below.
            foreach (var port in last.RequiredPorts.Where(port => port != Ports.Return))
            {
                var arrows = definition.ArrowsFrom(last.Id, port);
                if (arrows.IsEmpty)
                    continue;
                if (timerOf.TryGetValue((last.Id, port), out var timer))
                {
                    var fired = new Marking(places);
                    fired.Set(timer);
                    options.Add(new Option(place, timer, fired, EntriesOf(arrows)));
                    continue;
                }

                var empties = leaves.Copy();
                if (port == Ports.Reject)
                {
                    foreach (var arrow in arrows.Where(definition.Graph.LeadsBack))
                        empties.Add(UndoMask(arrow.To));
                }

                options.Add(new Option(place, -1, empties, EntriesOf(arrows)));
            }

            // A target that does not exist is a finding of its own.
            foreach (var target in last is Step step ? definition.ReturnTargets(step).Select(definition.FindStep).OfType<Step>() : [])
            {
                var empties = leaves.Copy();
                empties.Add(UndoMask(target.Id));
                options.Add(new Option(place, -1, empties, [new Entry(target, -1)]));
            }
        }

        return [.. options];
    }

    ImmutableArray<Entry> EntriesOf(ImmutableArray<Transition> arrows) =>
        [.. arrows.Select(a => new Entry(definition.Find(a.To)!, arrivalOf.GetValueOrDefault(a, -1)))];

    /// <summary>Where an automatic node leads: one list of entries for each way that the data may choose.</summary>
    ImmutableArray<ImmutableArray<Entry>> WaysFrom(Node node)
    {
        if (!ways.TryGetValue(node.Id, out var known))
            ways[node.Id] = known = [.. node.RequiredPorts.Select(port => EntriesOf(definition.ArrowsFrom(node.Id, port)))];
        return known;
    }

    void Successors(Marking marking, Option[] options, List<Marking> found)
    {
        foreach (var option in options)
        {
            if (!marking.Has(option.Place) || (option.Timer >= 0 && !marking.Has(option.Timer)))
                continue;
            var left = marking.Copy();
            left.Remove(option.Leaves);
            Enter(left, ImmutableStack<Entry>.Empty, option.Entries, found);
        }
    }

    /// <summary>The places that a way back to a node empties.</summary>
    Marking UndoMask(string target)
    {
        if (undoMasks.TryGetValue(target, out var known))
            return known;
        var mask = new Marking(places);
        var after = definition.Graph.After(target);
        foreach (var (id, last) in resting.Where(r => after.Contains(r.Id)))
        {
            mask.Set(placeOf[id]);
            foreach (var timer in (last as Step)?.Timers.Where(t => !t.Interrupts) ?? [])
                mask.Set(timerOf[(last.Id, timer.Port)]);
        }

        foreach (var (arrow, place) in arrivalOf)
        {
            if (after.Contains(arrow.From))
                mask.Set(place);
        }

        return undoMasks[target] = mask;
    }

    /// <summary>Moves tokens as far as they go by themselves, in every way that the data may choose.</summary>
    void Enter(Marking marking, ImmutableStack<Entry> moves, ImmutableArray<Entry> entries, List<Marking> found)
    {
        foreach (var entry in entries)
            moves = moves.Push(entry);
        while (!moves.IsEmpty)
        {
            moves = moves.Pop(out var move);
            var node = move.Node;
            if (!node.Rests)
                entered.Add(node.Id);
            switch (node)
            {
                case EndNode { Terminates: true }:
                    found.Add(new Marking(places));
                    return;
                case EndNode:
                    continue;
                case JoinNode when move.Arrival >= 0:
                    if (marking.Has(move.Arrival))
                    {
                        ReportEnteredTwice(node.Id);
                        return;
                    }

                    marking.Set(move.Arrival);
                    var into = ArrivalsAt(node.Id);
                    if (!marking.HasAll(into))
                        continue;
                    marking.Remove(into);
                    break;
                case { Rests: true }:
                    if (marking.Has(placeOf[node.Id]))
                    {
                        ReportEnteredTwice(node.Id);
                        return;
                    }

                    Mark(marking, node, placeOf[node.Id]);
                    continue;
            }

            var next = WaysFrom(node);
            for (var way = 1; way < next.Length; way++)
                Enter(marking.Copy(), moves, next[way], found);
            foreach (var entry in next[0])
                moves = moves.Push(entry);
        }

        found.Add(marking);
    }

    Marking ArrivalsAt(string join)
    {
        if (!arrivals.TryGetValue(join, out var known))
        {
            arrivals[join] = known = new Marking(places);
            foreach (var (_, place) in arrivalOf.Where(p => p.Key.To == join))
                known.Set(place);
        }

        return known;
    }

    /// <summary>A token comes to rest, and the timers of the step are set.</summary>
    void Mark(Marking marking, Node node, int place)
    {
        if (!marks.TryGetValue(node.Id, out var mask))
        {
            marks[node.Id] = mask = new Marking(places);
            mask.Set(place);
            // Everything that runs along the chain is entered in turn.
            for (var at = node; at is not null; at = Next(at) is { } next && placeOf[next.Id] == place ? next : null)
            {
                entered.Add(at.Id);
                foreach (var timer in (at as Step)?.Timers.Where(t => !t.Interrupts) ?? [])
                    mask.Set(timerOf[(at.Id, timer.Port)]);
            }
        }

        marking.Add(mask);
    }

    public IEnumerable<Finding> NeverEntered() =>
        Findings.Count > 0
            ? []
            : definition.Nodes.Where(n => n is not StartNode && !entered.Contains(n.Id)).Select(n => Finding.Fault(
                n.Id, "never-entered", "ไม่ว่าผู้ปฏิบัติจะตัดสินใจอย่างไร เรื่องจะไม่มาถึงกิจกรรมนี้",
                "Whatever its people decide, a case never comes here."));

    void ReportEnteredTwice(string id) => Report(
        id, "entered-twice", "กิจกรรมนี้อาจถูกเริ่มซ้ำทั้งที่รอบก่อนยังไม่เสร็จ เพราะงานคู่ขนานมาบรรจบโดยไม่มีจุดรวม",
        "It can be entered again while it still runs: parallel branches meet without a join, or only one of them goes back.");

    void ReportStuck(Marking marking)
    {
        foreach (var waiting in arrivalOf.Where(p => marking.Has(p.Value)).Select(p => p.Key.To).Distinct())
        {
            var missing = string.Join(
                ", ", arrivalOf.Where(p => p.Key.To == waiting && !marking.Has(p.Value)).Select(p => p.Key.From).Distinct());
            Report(
                waiting, "join-never-fires", $"จุดรวมนี้อาจรอตลอดไป เพราะไม่มีทางที่เรื่องจะมาจาก {missing}",
                $"This join can wait for ever: nothing may arrive from {missing}.");
        }
    }

    void Report(string? id, string code, string th, string en)
    {
        if (reported.Add((id, code)))
            Findings.Add(Finding.Fault(id, code, th, en));
    }
}
