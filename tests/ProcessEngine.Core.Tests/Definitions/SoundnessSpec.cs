using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Tests.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Definitions;

/// <summary>Promise P12: what is published can end from every state that it can reach, and what cannot is refused with the place.</summary>
public sealed class SoundnessSpec
{
    static IEnumerable<TestCaseData> Unsound()
    {
        yield return Case(
            "a loop over lists that may be empty", "loop-without-person: each",
            Of("start -> each -> size", "size.Again -> each", "size.Else -> b -> end")
                .With(Task("each") with { ForEach = new("schools", GoOnRule.All, 0, false, null) }, Decision("size", ("Again", "n > 1")))
                .Knows("schools", VariableType.List).Knows("n", VariableType.Number));
        yield return Case(
            "a return into one branch after the join", "join-never-fires: join",
            Of(
                "start -> fork", "fork -> a -> join", "fork -> b -> join", "join -> check",
                "check.Approve -> end", "check.Reject -> a", "check.Return -> a").With(Approval("check")));
        yield return Case(
            "a return from one branch into the other", "entered-twice: b",
            Of(
                "start -> fork", "fork -> a", "a.Approve -> join", "a.Reject -> b", "a.Return -> b", "fork -> b -> join",
                "join -> end").With(Approval("a")));
        yield return Case(
            "a branch that ends while its join waits", "join-never-fires: join",
            Of(
                "start -> fork", "fork -> a", "a.Approve -> join", "a.Reject -> end", "a.Return -> b", "fork -> b -> join",
                "join -> end").With(Approval("a")));
        yield return Case(
            "a failure past the join", "join-never-fires: join",
            Of("start -> fork", "fork -> a -> join", "a.Fail -> c", "fork -> b -> join", "join -> c -> end").With(
                Task("a") with { MayFail = true }));
        yield return Case(
            "a timer beside that meets the step again", "entered-twice: b",
            Of("start -> a -> b -> end", "a.Remind -> b").With(
                Task("a") with { Timers = [new BoundaryTimer("Remind", new Core.Calendar.WorkingDays(1), false)] }));
        yield return Case(
            "a fork whose branches meet at a decision", "entered-twice: c",
            Of("start -> fork", "fork -> a -> d", "fork -> b -> d", "d.Big -> c", "d.Else -> c", "c -> end")
                .With(Decision("d", ("Big", "n > 1"))).Knows("n", VariableType.Number));
        yield return Case(
            "a join after an exclusive decision inside a fork", "join-never-fires: join",
            Of("start -> fork", "fork -> a -> d", "d.Big -> x -> join", "d.Else -> y -> join", "fork -> b -> join", "join -> end")
                .With(Decision("d", ("Big", "n > 1"))).Knows("n", VariableType.Number));
        yield return Case(
            "a loop back to before the fork without undoing", "entered-twice: b",
            Of("start -> plan -> fork", "fork -> a -> d", "d.Again -> plan", "d.Else -> join", "fork -> b -> join", "join -> end")
                .With(Decision("d", ("Again", "n > 1"))).Knows("n", VariableType.Number));
        var branches = Enumerable.Range(0, 20)
            .SelectMany(i => new[] { $"fork -> a{i} -> b{i}", $"b{i}.Approve -> join", $"b{i}.Reject -> a{i}", $"b{i}.Return -> a{i}" });
        yield return Case(
            "more parallel states than can be looked at", "too-many-states: -",
            Of([.. branches, "start -> fork", "join -> end"]).With([.. Enumerable.Range(0, 20).Select(i => Approval($"b{i}"))]));

        static TestCaseData Case(string name, string expected, Drawing drawing) =>
            new TestCaseData(drawing.Definition(), expected).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Unsound))]
    public void What_could_leave_a_case_stuck_is_refused_with_its_place(ProcessDefinition definition, string expected) =>
        DefinitionCheck.Run(definition).Select(f => $"{f.Code}: {f.ActivityId ?? "-"}").ShouldContain(expected);

    static IEnumerable<TestCaseData> Sound()
    {
        yield return Case(
            "a return to before the fork undoes the other branch",
            Of(
                "start -> plan -> fork", "fork -> a -> check", "check.Approve -> join", "check.Reject -> plan", "check.Return -> plan",
                "fork -> b -> join", "join -> end").With(Approval("check")));
        yield return Case("branches that end each by itself", Of("start -> fork", "fork -> a -> end-one", "fork -> b -> end-two"));
        yield return Case(
            "an end that terminates the rest",
            Of("start -> fork", "fork -> a -> end-stop", "fork -> b -> c -> end").With(new EndNode("end-stop", "stop", true)));
        yield return Case(
            "a fork within a fork",
            Of(
                "start -> fork", "fork -> fork2", "fork2 -> a -> join2", "fork2 -> b -> join2", "join2 -> join", "fork -> c -> join",
                "join -> end"));
        yield return new TestCaseData(TwoHundred()).SetArgDisplayNames("two hundred boxes");

        static TestCaseData Case(string name, Drawing drawing) => new TestCaseData(drawing.Definition()).SetArgDisplayNames(name);
    }

    /// <summary>18 blocks of three branches, each with an approval that sends back to the beginning of its branch.</summary>
    static ProcessDefinition TwoHundred()
    {
        var arrows = new List<string>();
        var approvals = new List<Node>();
        var from = "start";
        for (var block = 0; block < 18; block++)
        {
            arrows.Add($"{from} -> fork{block}");
            for (var branch = 0; branch < 3; branch++)
            {
                var id = $"{block}-{branch}";
                arrows.AddRange($"fork{block} -> w{id} -> x{id} -> a{id}", $"a{id}.Approve -> join{block}");
                arrows.AddRange($"a{id}.Reject -> w{id}", $"a{id}.Return -> w{id}");
                approvals.Add(Approval($"a{id}"));
            }

            from = $"join{block}";
        }

        var definition = Of([.. arrows, $"{from} -> end"]).With([.. approvals]).Definition();
        definition.Nodes.Length.ShouldBe(200);
        return definition;
    }

    [TestCaseSource(nameof(Sound))]
    public void What_can_always_end_is_accepted(ProcessDefinition definition) => DefinitionCheck.Run(definition).ShouldBeEmpty();

    [Test]
    public void A_jump_into_a_branch_is_no_place_to_go_on_from()
    {
        var definition = Of("start -> fork", "fork -> a -> join", "fork -> b -> join", "join -> c -> end").Definition();
        Soundness.EndsFrom(definition, "c").ShouldBeTrue();
        Soundness.EndsFrom(definition, "a").ShouldBeFalse();
        Soundness.EndsFrom(definition, ["a"], [new Transition("b", Ports.Done, "join")]).ShouldBeTrue();
    }
}
