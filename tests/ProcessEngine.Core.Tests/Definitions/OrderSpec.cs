using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Tests.Definitions;

/// <summary>Steps stand in the order of the flow.</summary>
public sealed class OrderSpec
{
    static Step Step(string id, int? number = null) => new(id) { Type = StepType.Task, Name = new(id, id), Role = Roles.Officer, Number = number };

    static string Of(IEnumerable<Node> nodes, params string[] arrows) => string.Join(' ', new ProcessDefinition(
        "t.t", 1, new("ก", "a"), nodes,
        arrows.Select(a => a.Split('>')).Select(a => new Transition(a[0], Ports.Done, a[1]))).Steps.Select(s => s.Id));

    [Test]
    public void Wherever_the_boxes_stand_in_the_file() =>
        Of([Step("c"), Step("a"), new EndNode("end", "done"), Step("b"), new StartNode("start")], "start>a", "a>b", "b>c", "c>end", "c>a")
            .ShouldBe("a b c");

    [Test]
    public void Of_what_runs_at_the_same_time_the_printed_numbers_decide() =>
        Of(
            [new StartNode("start"), new ForkNode("fork"), Step("z", 2), Step("y", 1), Step("x", 3), new JoinNode("join"), Step("w", 4)],
            "start>fork", "fork>z", "fork>y", "y>x", "z>join", "x>join", "join>w")
            .ShouldBe("y z x w");

    [Test]
    public void A_step_without_a_number_stands_with_what_comes_before_it() =>
        Of([new StartNode("start"), Step("one", 1), Step("two", 2), Step("new")], "start>one", "one>new", "new>two").ShouldBe("one new two");

    [Test]
    public void A_loop_with_two_ways_in_and_what_nothing_leads_to_are_in_it_too() =>
        Of(
            [new StartNode("start"), new ForkNode("fork"), Step("a"), Step("b"), Step("lost"), Step("lost-too")],
            "start>fork", "fork>a", "fork>b", "a>b", "b>a", "lost>lost-too", "lost-too>lost")
            .Split(' ').Order().ShouldBe(["a", "b", "lost", "lost-too"]);
}
