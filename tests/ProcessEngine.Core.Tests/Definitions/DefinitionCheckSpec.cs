using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Tests.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Definitions;

/// <summary>Every fault that keeps a definition from being published, with its code and its place.</summary>
public sealed class DefinitionCheckSpec
{
    static readonly Dictionary<string, Func<ProcessDefinition>> Faults = new()
    {
        ["too-many-activities: -"] = () =>
            Of($"start -> {string.Join(" -> ", Enumerable.Range(1, 499).Select(i => $"a{i}"))} -> end").Definition(),
        ["duplicate-id: a"] = () =>
            Raw([new StartNode("start"), Task("a"), Task("a"), new EndNode("end", "completed")], "start -> a -> end"),
        ["one-start: -"] = () => Raw([Task("a"), new EndNode("end", "completed")], "a -> end"),
        ["no-end: -"] = () => Raw([new StartNode("start"), Task("a")], "start -> a -> a"),
        ["no-step: -"] = () => Of("start -> end").Definition(),
        ["duplicate-step-number: b"] = () => Chain(Task("a") with { Number = 1 }, Task("b") with { Number = 1 }),
        ["unknown-source: nowhere"] = () =>
            Raw([new StartNode("start"), Task("a"), new EndNode("end", "completed")], "start -> a -> end", "nowhere -> a"),
        ["unknown-port: a"] = () => Of("start -> a -> end", "a.Approve -> end").Definition(),
        ["unknown-target: a"] = () => Of("start -> a -> end", "a.Return -> start").Definition(),
        ["unknown-target: start"] = () =>
            Raw([new StartNode("start"), Task("a"), new EndNode("end", "completed")], "start -> b", "a -> end"),
        ["ambiguous-port: a"] = () => Of("start -> a -> b -> end", "a -> end").Definition(),
        ["unconnected-port: a"] = () => Of("start -> a", "b -> end").Definition(),
        ["loop-without-person: fork"] = () => Of("start -> a -> join -> fork", "fork -> join", "fork -> b -> end").Definition(),
        ["loop-without-person: collect"] = () => Of("start -> ask -> collect -> more", "more.Yes -> collect", "more.Else -> end")
            .With(Task("collect") with { ForEach = new("schools", GoOnRule.All, 0, false, null) }, Decision("more", ("Yes", "n > 1")))
            .Knows("schools", VariableType.List)
            .Knows("n", VariableType.Number)
            .Definition(),
        ["unreachable: b"] = () => Of("start -> a -> end", "b -> end").Definition(),
        ["no-way-to-end: a"] = () => Of("start -> fork", "fork -> a -> b -> a", "fork -> c -> end").Definition(),
        ["fork-of-one: fork"] = () => Of("start -> a -> fork -> b -> end").Definition(),
        ["join-of-one: join"] = () => Of("start -> a -> join -> b -> end").Definition(),
        ["no-branches: size"] = () => Of("start -> a -> size", "size.Else -> end").With(Decision("size")).Definition(),
        ["duplicate-branch: size"] = () => Of("start -> a -> size", "size.Big -> end", "size.Else -> end")
            .With(Decision("size", ("Big", "n > 1"), ("Big", "n > 2"))).Knows("n", VariableType.Number).Definition(),
        ["duplicate-branch: a"] = () => Chain(Task("a") with { Timers = [new BoundaryTimer("Done", new WorkingDays(1), true)] }),
        ["unknown-variable: a"] = () => Chain(Task("a") with { Assignments = [new(AssignmentKind.Variable, "owner")] }),
        ["unknown-variable: wait"] = () => Of("start -> a -> wait -> end").With(new TimerNode("wait", null, "meeting")).Definition(),
        ["wrong-variable-type: reply"] = () => Of("start -> a -> reply -> end").With(new MessageNode("reply", "answer", "letter"))
            .Knows("letter", VariableType.Number).Definition(),
        ["no-message: reply"] = () => Of("start -> a -> reply -> end").With(new MessageNode("reply", " ", null)).Definition(),
        ["no-process: call"] = () => Of("start -> a -> call -> end").With(new CallNode("call", "", null, true)).Definition(),
        ["unknown-variable: c"] = () => Of("start -> c", "c.Approve -> end", "c.Reject -> end", "c.Return -> end")
            .With(
                Approval("c") with { Levels = [new(Roles.Director, null, null) { Assignments = [new(AssignmentKind.Variable, "owner")] }] })
                .Definition(),
        ["not-one-task: a"] = () =>
            AnApproval(a => a with { Levels = [new(Roles.Director, null, null)], Assignments = [new(AssignmentKind.Requester, "")] }),
        ["unknown-role: a"] = () => Chain(Task("a", "janitor")),
        ["unknown-role: b"] = () => Chain(Task("a"), Task("b") with { SupervisorRole = Roles.Auditor }),
        ["invalid-deadline: a"] = () => Chain(Task("a", within: new WorkingDays(0))),
        ["invalid-deadline: b"] = () => Chain(Task("a"), Task("b", within: new WorkingDaysRange(5, 3))),
        ["no-event: a"] = () => Chain(Task("a", within: new WorkingDaysBeforeEvent(1))),
        ["two-clocks: b"] = () =>
            Chain(Task("a", within: new WorkingDays(1)), Task("b", within: new WorkingDays(1)) with { DeadlineSharedWith = "a" }),
        ["unknown-shared-clock: b"] = () => Chain(Task("a"), Task("b") with { DeadlineSharedWith = "a" }),
        ["unknown-shared-clock: file"] = () => Of("start -> a", "a.Approve -> file -> end", "a.Reject -> a", "a.Return -> a").With(
            Approval("a", within: new WorkingDays(3)) with { Levels = [new(Roles.Director, null, new WorkingDays(1))] },
            Task("file") with { DeadlineSharedWith = "a" }).Definition(),
        ["unknown-shared-clock: a"] = () => Chain(Task("a") with { DeadlineSharedWith = "a" }),
        ["unknown-return-target: b"] = () => Chain(Task("a"), Task("b") with { ReturnTo = ["nowhere"] }),
        ["unknown-return-target: a"] = () => Chain(Task("a") with { ReturnTo = ["a"] }),
        ["unknown-return-target: c"] = () =>
            Of("start -> c", "c.Approve -> end", "c.Reject -> c", "c.Return -> end").With(Approval("c")).Definition(),
        ["unknown-return-target: d"] = () => Of("start -> a -> d -> end", "d.Return -> a").With(
            Task("d") with { ForEach = new("schools", GoOnRule.All, 0, false, null) }).Knows("schools", VariableType.List).Definition(),
        ["unknown-step: b"] = () => Chain(Task("a"), Task("b") with { NotDoneBy = ["nowhere"] }),
        ["unknown-step: a"] = () => Chain(Task("a") with { Assignments = [new(AssignmentKind.DoerOf, "a")] }),
        ["two-kinds: a"] = () =>
            AnApproval(a => a with { Levels = [new(Roles.Director, null, null)], Committee = new(VotingRule.Any, null, null) }),
        ["not-an-approval: a"] = () => Chain(Task("a") with { Levels = [new(Roles.Director, null, null)] }),
        ["not-a-task: a"] = () => AnApproval(a => a with { ForEach = new("schools", GoOnRule.All, 0, false, null) }),
        ["cannot-fail: a"] = () => Of("start -> a -> end", "a.Fail -> end").With(
            Task("a") with { MayFail = true, ForEach = new("schools", GoOnRule.All, 0, false, null) }).Knows("schools",
            VariableType.List).Definition(),
        ["invalid-quorum: a"] = () => AnApproval(a => a with { Committee = new(VotingRule.Quorum, null, null) }),
        ["invalid-percent: a"] = () => Chain(Task("a") with { ForEach = new("schools", GoOnRule.Percent, 101, false, null) }),
        ["no-deadline: a"] = () => Chain(Task("a") with { ForEach = new("schools", GoOnRule.Deadline, 0, false, null) }),
        ["join-never-fires: join"] = () => Of("start -> ask -> size", "size.Big -> a -> join", "size.Else -> b -> join", "join -> end")
            .With(Decision("size", ("Big", "n > 1"))).Knows("n", VariableType.Number).Definition(),
        ["entered-twice: c"] = () => Of("start -> fork", "fork -> a -> c", "fork -> b -> c", "c -> end").Definition(),
    };

    static IEnumerable<string> Expected => Faults.Keys;

    [TestCaseSource(nameof(Expected))]
    public void A_fault_is_found_and_located(string expected)
    {
        var findings = DefinitionCheck.Run(Faults[expected]());
        findings.Select(f => $"{f.Code}: {f.ActivityId ?? "-"}").ShouldContain(expected);
        findings.ShouldAllBe(f => f.Reason.Th.Any(IsThai) && f.Reason.En.Length > 0);
    }

    [Test]
    public void All_faults_are_told_at_once() =>
        DefinitionCheck.Run(Chain(Task("a", "janitor", new WorkingDays(0)), Task("b", "cook") with { ReturnTo = ["nowhere"] })).Select(
            f => $"{f.Code}: {f.ActivityId}")
            .ShouldBe(["unknown-role: a", "invalid-deadline: a", "unknown-role: b", "unknown-return-target: b"]);

    [Test]
    public void The_largest_definition_is_accepted() =>
        DefinitionCheck.Run(Of($"start -> {string.Join(" -> ", Enumerable.Range(1, 498).Select(i => $"a{i}"))} -> end").Definition())
            .ShouldBeEmpty();

    [Test]
    public void A_return_to_a_listed_step_is_a_way_to_the_end() =>
        DefinitionCheck.Run(Of("start -> a -> b -> end", "a.Return -> b").With(Task("b") with { ReturnTo = ["a"] }).Definition())
            .ShouldBeEmpty();

    static bool IsThai(char c) => c is >= '\u0E00' and <= '\u0E7F';

    static ProcessDefinition AnApproval(Func<Step, Step> changed) =>
        Of("start -> a", "a.Approve -> end", "a.Reject -> end", "a.Return -> end").With(changed(Approval("a"))).Definition();

    static ProcessDefinition Chain(params Step[] steps) =>
        Of($"start -> {string.Join(" -> ", steps.Select(s => s.Id))} -> end").With(steps).Definition();

    /// <summary>Boxes as they are, with no box made up for an arrow that leads nowhere.</summary>
    static ProcessDefinition Raw(Node[] nodes, params string[] arrows) =>
        new("test.case", 1, new("ทดสอบ", "test"), nodes, Of(arrows).Definition().Transitions);
}
