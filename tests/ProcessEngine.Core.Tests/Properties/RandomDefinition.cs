using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Core.Tests.Properties;

/// <summary>Draws a definition of the whole language. Most are sound; the check throws out the others.</summary>
sealed class RandomDefinition(Random random)
{
    static readonly string[] People = [Roles.Officer, Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.CommitteeMember];

    readonly List<Node> nodes = [new StartNode("start")];
    readonly List<Transition> arrows = [];
    readonly List<string> steps = [];
    int number;

    /// <summary>An arrow whose target is not drawn yet.</summary>
    readonly record struct Loose(string From, string Port);

    public ProcessDefinition Draw()
    {
        // Deep nesting has so many states that the check takes longer than the walk.
        var ends = Sequence([new Loose("start", Ports.Done)], Chance(0.05) ? 3 : random.Next(3), 1 + random.Next(4));
        Connect(ends, Add(new EndNode("end", "completed", Terminates: Chance(0.2))));
        // Now and then arrows from anywhere to anywhere: most of these are refused, and what is left is odd.
        while (Chance(0.2) && steps.Count > 1)
        {
            var from = random.Next(arrows.Count);
            if (Chance(0.5))
                arrows[from] = arrows[from] with { To = Pick(nodes).Id };
            else
                arrows.Add(new Transition(Pick(steps), Ports.Return, Pick(steps)));
        }

        return new ProcessDefinition("random.case", 1, new("สุ่ม", "random"), nodes, arrows)
        {
            Variables =
            [
                new("amount", VariableType.Number), new("list", VariableType.List), new("members", VariableType.List),
                new("chair", VariableType.Text),
                new("owner", VariableType.Text), new("day", VariableType.Date), new("key", VariableType.Text),
                new("answers", VariableType.List),
            ],
            ReopenWithinDays = Chance(0.8) ? 30 : 0,
            Deadline = Chance(0.3) ? new WorkingDays(random.Next(5, 60)) : null,
        };
    }

    bool Chance(double share) => random.NextDouble() < share;
    T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    string Add(Node node)
    {
        nodes.Add(node);
        return node.Id;
    }

    string Name(string kind) => $"{kind}{++number}";

    void Connect(IEnumerable<Loose> loose, string to)
    {
        foreach (var one in loose)
            arrows.Add(new Transition(one.From, one.Port, to));
    }

    List<Loose> Sequence(List<Loose> from, int depth, int length)
    {
        // Steps of this sequence and of those around it: where work may go back to.
        var before = steps.Count;
        for (var i = 0; i < length; i++)
            from = Block(from, depth);
        if (depth < 3 && steps.Count - before > 3 && Chance(0.5))
            steps.RemoveRange(before, steps.Count - before);
        return from;
    }

    List<Loose> Block(List<Loose> from, int depth)
    {
        switch (depth == 0 ? random.Next(6) : random.Next(10))
        {
            case 0 or 1:
                return Work(from);
            case 2 or 3:
                return Approve(from);
            case 4:
                return Wait(from);
            case 5:
                return Many(from);
            case 6 or 7:
                var fork = Add(new ForkNode(Name("fork")));
                Connect(from, fork);
                var join = Name("join");
                for (var i = 2 + random.Next(2); i > 0; i--)
                    Connect(Sequence([new Loose(fork, Ports.Done)], depth - 1, 1 + random.Next(2)), join);
                Add(new JoinNode(join));
                return [new Loose(join, Ports.Done)];
            default:
                var decision = new DecisionNode(Name("decide"), [new("Large", "amount > 10", Large)]);
                Connect(from, Add(decision));
                var ends = Sequence([new Loose(decision.Id, "Large")], depth - 1, random.Next(1, 3));
                if (Chance(0.15))
                {
                    Connect(ends, Add(new EndNode(Name("end"), "early", Terminates: Chance(0.5))));
                    ends = [];
                }

                return
                [
                    .. ends,
                    .. Chance(0.5) ? Sequence([new Loose(decision.Id, Ports.Else)], depth - 1, 1) : [new Loose(decision.Id, Ports.Else)],
                ];
        }
    }

    static readonly Expression? Large =
        Expression.Compile("amount > 10", new Dictionary<string, VariableType> { ["amount"] = VariableType.Number }).Expression;

    Step Step(string kind, StepType type) => new(Name(kind))
    {
        Type = type,
        Name = new("ขั้น", "step"),
        Role = Pick(People),
        Deadline = Chance(0.6) ? Limit() : null,
        DeadlineDateFrom = "day",
        ClockPauses = Chance(0.8),
        Escalation = Chance(0.3)
            ? new EscalationPolicy(
                Chance(0.5) ? random.Next(1, 4) : null, Chance(0.5) ? random.Next(1, 3) : null, Chance(0.5) ? random.Next(1, 9) : null)
            : EscalationPolicy.Default,
        NotDoneBy = steps.Count > 0 && Chance(0.15) ? [Chance(0.5) ? Core.Definitions.Step.Requester : Pick(steps)] : [],
    };

    DeadlineRule Limit() => random.Next(7) switch
    {
        0 => new WorkingDaysRange(1, random.Next(1, 6)),
        1 => new CalendarDays(random.Next(1, 40), Pick([Roll.Forward, Roll.None])),
        2 => new WorkingMinutes(random.Next(1, 900)),
        3 => new WorkingDaysBeforeEvent(random.Next(1, 4)),
        4 => new GivenDate(),
        5 => new Window(new MonthDay(11, 1), new MonthDay(6, 30)),
        _ => new WorkingDays(random.Next(1, 10)),
    };

    List<Loose> Work(List<Loose> from)
    {
        var step = Step("task", Chance(0.8) ? StepType.Task : StepType.Acknowledge);
        if (steps.Count > 0 && Chance(0.2)
            && nodes.OfType<Step>().FirstOrDefault(s => s.Id == steps[^1]) is { Deadline: not null, DeadlineSharedWith: null } leader)
            step = step with { Deadline = null, DeadlineDateFrom = null, DeadlineSharedWith = leader.Id };
        if (Chance(0.2))
            step = step with { SupervisorRole = Pick(People) };
        if (Chance(0.2))
        {
            step = step with
            {
                Assignments = Chance(0.3) ? [Somebody() with { When = "amount > 10", Condition = Large }, Somebody()] : [Somebody()],
            };
        }

        if (steps.Count > 0 && Chance(0.15))
            step = step with { ReturnTo = [Pick(steps)] };
        if (Chance(0.15))
            step = step with { MayFail = true };
        return Finish(step, from, [new Loose(step.Id, Ports.Done)]);
    }

    Assignment Somebody() => Pick<Assignment>(
    [
        new(AssignmentKind.Requester, ""), new(AssignmentKind.Variable, "owner"),
        .. steps.TakeLast(1).Select(s => new Assignment(AssignmentKind.DoerOf, s)),
    ]);

    List<Loose> Finish(Step step, List<Loose> from, List<Loose> ways)
    {
        if (step.MayFail)
            ways.Add(new Loose(step.Id, Ports.Fail));
        while (Chance(0.15))
        {
            var timer = new BoundaryTimer(
                Name("Timer"), Pick<DeadlineRule>([new WorkingDays(random.Next(1, 6)), new WorkingMinutes(random.Next(1, 500))]),
                Chance(0.5));
            step = step with { Timers = step.Timers.Add(timer) };
            if (timer.Interrupts)
                ways.Add(new Loose(step.Id, timer.Port));
            else
            {
                arrows.Add(new(step.Id, timer.Port, Add(Step("beside", StepType.Task))));
                arrows.Add(new(nodes[^1].Id, Ports.Done, Add(new EndNode(Name("end"), "beside", Terminates: Chance(0.1)))));
            }
        }

        nodes.Add(step);
        steps.Add(step.Id);
        Connect(from, step.Id);
        return ways;
    }

    List<Loose> Approve(List<Loose> from)
    {
        var step = Step("approve", StepType.Approval);
        var back = steps.Count == 0 || Chance(0.2) ? step.Id : Pick(steps);
        var kind = random.Next(4);
        if (kind == 0)
        {
            step = step with
            {
                Levels =
                [
                    .. Enumerable.Range(0, random.Next(1, 4)).Select(
                        _ => new ApprovalLevel(Pick(People), null, Chance(0.4) ? new WorkingDays(random.Next(1, 4)) : null)),
                ],
                ReturnsToPreviousLevel = Chance(0.5),
            };
        }
        else if (kind == 1)
        {
            var rule = Pick([VotingRule.Any, VotingRule.All, VotingRule.Majority, VotingRule.Quorum]);
            step = step with
            {
                Committee = new CommitteeRule(
                    rule, Chance(0.8) ? "members" : null, Chance(0.7) ? "chair" : null, rule == VotingRule.Quorum ? random.Next(1, 4) : 0),
                NotDoneBy = Chance(0.2) ? [Core.Definitions.Step.Requester] : [],
            };
            arrows.Add(new Transition(step.Id, Ports.Reject, back));
            return Finish(step, from, [new Loose(step.Id, Ports.Approve)]);
        }

        if (steps.Count > 0 && Chance(0.2))
            step = step with { ReturnTo = [Pick(steps)] };
        arrows.Add(new Transition(step.Id, Ports.Reject, back));
        arrows.Add(new Transition(step.Id, Ports.Return, back));
        return Finish(step, from, [new Loose(step.Id, Ports.Approve)]);
    }

    List<Loose> Wait(List<Loose> from)
    {
        Node node = random.Next(4) switch
        {
            0 => new TimerNode(
                Name("wait"),
                Pick<DeadlineRule>(
                [
                    new WorkingDays(random.Next(1, 5)), new WorkingMinutes(random.Next(1, 900)),
                    new WorkingDaysBeforeEvent(random.Next(1, 4)),
                ]),
                "day"),
            1 => new TimerNode(Name("until"), null, "day"),
            2 => new MessageNode(Name("hear"), "answer", Chance(0.5) ? "key" : null),
            _ => new CallNode(Name("call"), "other.process", Chance(0.2) ? "key" : null, Chance(0.5)),
        };
        Connect(from, Add(node));
        return [new Loose(node.Id, Ports.Done)];
    }

    List<Loose> Many(List<Loose> from)
    {
        var step = Step("each", StepType.Task);
        var rule = Pick([GoOnRule.All, GoOnRule.Percent, GoOnRule.Deadline]);
        step = step with
        {
            ForEach = Chance(0.2)
                ? new MultiInstance("members", rule, random.Next(1, 101), true, null)
                : new MultiInstance("list", rule, random.Next(1, 101), false, Chance(0.5) ? "answers" : null),
            Deadline = rule == GoOnRule.Deadline ? new WorkingDays(2) : step.Deadline,
        };
        return Finish(step, from, [new Loose(step.Id, Ports.Done)]);
    }
}
