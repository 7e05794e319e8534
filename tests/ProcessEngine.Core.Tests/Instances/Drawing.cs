using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>
/// A definition in a few lines: arrows such as <c>"propose.Reject -> plan"</c>. A box named start, end…, fork… or join… is one; any other
/// is a task of the officer unless it is described.
/// </summary>
public sealed class Drawing
{
    readonly List<Transition> arrows = [];
    readonly Dictionary<string, Node> nodes = new(StringComparer.Ordinal);

    Drawing(params string[] arrows)
    {
        foreach (var arrow in arrows)
        {
            // "a -> b -> c" is two arrows.
            var stops = arrow.Split("->", StringSplitOptions.TrimEntries);
            for (var i = 0; i + 1 < stops.Length; i++)
            {
                var from = stops[i].Split('.');
                this.arrows.Add(new Transition(from[0], from.Length > 1 ? from[1] : Ports.Done, stops[i + 1].Split('.')[0]));
            }
        }
    }

    DeadlineRule? limit;

    public static Drawing Of(params string[] arrows) => new(arrows);

    public List<Variable> Variables { get; } = [];

    public Drawing With(params Node[] described)
    {
        foreach (var node in described)
            nodes[node.Id] = node;
        return this;
    }

    public Drawing Knows(string name, VariableType type)
    {
        Variables.Add(new Variable(name, type));
        return this;
    }

    public Drawing Within(DeadlineRule rule)
    {
        limit = rule;
        return this;
    }

    public static Step Task(string id, string role = Roles.Officer, DeadlineRule? within = null) =>
        new(id) { Type = StepType.Task, Name = new(id, id), Role = role, Deadline = within };

    public static Step Approval(string id, string role = Roles.Director, DeadlineRule? within = null) =>
        Task(id, role, within) with { Type = StepType.Approval };

    public static DecisionNode Decision(string id, params (string Port, string When)[] branches) =>
        new(id, [.. branches.Select(b => new DecisionBranch(b.Port, b.When, null))]);

    public ProcessDefinition Definition(string key = "test.case", int version = 1)
    {
        var types = Variables.ToDictionary(v => v.Name, v => v.Type);
        var ids = arrows.SelectMany(a => new[] { a.From, a.To }).Concat(nodes.Keys).Distinct();
        return new ProcessDefinition(
            key, version, new("ทดสอบ", "test"), ids.Select(NodeOf), arrows)
        { Variables = [.. Variables], Deadline = limit };

        Node NodeOf(string id) => nodes.GetValueOrDefault(id) switch
        {
            DecisionNode d =>
                d with { Branches = [.. d.Branches.Select(b => b with { Condition = Expression.Compile(b.When, types).Expression })] },
            { } described => described,
            null when id == "start" => new StartNode(id),
            null when id.StartsWith("end", StringComparison.Ordinal) => new EndNode(id, id == "end" ? "completed" : id[3..].TrimStart('-')),
            null when id.StartsWith("fork", StringComparison.Ordinal) => new ForkNode(id),
            null when id.StartsWith("join", StringComparison.Ordinal) => new JoinNode(id),
            null => Task(id),
        };
    }
}
