using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Tests.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Definitions;

/// <summary>What is allowed and probably not meant: said, and refused by nobody.</summary>
public sealed class DefinitionWarningsSpec
{
    static readonly Assignment Requester = new(AssignmentKind.Requester, "");

    static Drawing Refused(string to) => Of(
        "start -> plan -> decide", "decide.Approve -> work -> end", $"decide.Reject -> {to}",
        "decide.Return -> plan").With(Approval("decide"));

    static readonly Dictionary<string, Func<Drawing>> Warned = new()
    {
        ["unused-variable: -"] = () => Of("start -> a -> end").Knows("amount", VariableType.Number),
        ["refusal-goes-on: decide"] = () => Refused("work"),
        ["refusal-goes-on: decide "] = () => Of(
            "start -> decide", "decide.Approve -> work -> end", "decide.Reject -> mend -> work",
            "decide.Return -> decide").With(Approval("decide")),
        ["limit-only-in-words: a"] = () => Of("start -> a -> end").With(Task("a") with { DeadlineStated = "๓ วันทำการ" }),
        ["tells-itself: a"] = () => Of("start -> a -> end").With(Task("a") with { SupervisorRole = Roles.Officer }),
        ["never-assigned: a"] = () => Of("start -> a -> end").With(Task("a") with { Assignments = [Requester, Requester] }),
        ["assigned-and-forbidden: a"] = () =>
            Of("start -> a -> end").With(Task("a") with { Assignments = [Requester], NotDoneBy = [Step.Requester] }),
        ["assigned-and-forbidden: b"] = () =>
            Of("start -> a -> b -> end").With(Task("b") with { Assignments = [new(AssignmentKind.DoerOf, "a")], NotDoneBy = ["a"] }),
    };

    static readonly Dictionary<string, Func<Drawing>> Fine = new()
    {
        ["a variable that a condition reads"] = () => Of("start -> a -> size", "size.Big -> b -> end", "size.Else -> end")
            .With(Decision("size", ("Big", "amount > 1"))).Knows("amount", VariableType.Number),
        ["a variable that says for whom a task is"] = () => Of("start -> a -> end")
            .With(Task("a") with { Assignments = [new(AssignmentKind.Variable, "who")] }).Knows("who", VariableType.Text),
        ["a refusal that leads back"] = () => Refused("plan"),
        ["a refusal that ends the case"] = () => Refused("end-refused"),
        ["a refusal of which somebody is told"] = () => Refused("tell -> end-refused"),
        ["a condition instead of a time"] = () => Of("start -> a -> end").With(Task("a") with { DeadlineStated = "ตามเงื่อนไขที่กำหนด" }),
        ["a limit in words and as a rule"] = () =>
            Of("start -> a -> end").With(Task("a", within: new WorkingDays(3)) with { DeadlineStated = "๓ วันทำการ" }),
        ["a limit in words that a leader has"] = () => Of("start -> a -> b -> end").With(
            Task("a", within: new WorkingDays(3)), Task("b") with { DeadlineStated = "รวมอยู่ใน ๓ วัน", DeadlineSharedWith = "a" }),
    };

    static IEnumerable<string> WarnedOf => Warned.Keys;

    static IEnumerable<string> Without => Fine.Keys;

    [TestCaseSource(nameof(WarnedOf))]
    public void It_is_said_with_its_place_and_refuses_nothing(string expected)
    {
        var definition = Warned[expected]().Definition();
        DefinitionCheck.Run(definition).ShouldBeEmpty();
        var warnings = DefinitionWarnings.Of(definition);
        warnings.Select(f => $"{f.Code}: {f.ActivityId ?? "-"}").ShouldBe([expected.Trim()]);
        warnings.ShouldAllBe(f => f.Warning && f.Reason.Th.Any(c => c >= '\u0E00' && c <= '\u0E7F') && f.Reason.En.Length > 0);
    }

    [TestCaseSource(nameof(Without))]
    public void What_is_meant_is_not_warned_of(string key) => DefinitionWarnings.Of(Fine[key]().Definition()).ShouldBeEmpty();
}
