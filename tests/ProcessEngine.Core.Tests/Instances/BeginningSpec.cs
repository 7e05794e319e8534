using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>What a case begins with that nobody gave, and where the limit of the whole ends.</summary>
public sealed class BeginningSpec
{
    static ProcessDefinition Yearly(params Variable[] variables) => new(
        "test.yearly", 1, new("ทดสอบ", "test"), Of("start -> a -> file -> end").Definition().Nodes,
        Of("start -> a -> file -> end").Definition().Transitions)
    {
        Variables = [.. variables],
        CarryOver = [.. variables.Any(v => v.Name == "lastResult") ? new CarriedOver[] { new("lastResult", "result") } : []],
    };

    static Variable Date(string @default) => new("asOf", VariableType.Date) { Default = JsonSerializer.Serialize(@default) };

    static readonly Variable[] Results = [new("result", VariableType.Text), new("lastResult", VariableType.Text)];

    // The fiscal year runs from October to September.
    [TestCase("06-10", "2026-03-02 09:00", "2026-06-10")]
    [TestCase("06-10", "2026-07-02 09:00", "2026-06-10")]
    [TestCase("06-10", "2026-10-01 00:00", "2027-06-10")]
    [TestCase("10-15", "2026-09-30 23:59", "2025-10-15")]
    [TestCase("02-29", "2026-03-02 09:00", "2026-02-28")]
    [TestCase("2026-08-01", "2026-03-02 09:00", "2026-08-01")]
    public void A_day_by_month_is_that_of_the_fiscal_year_in_which_the_case_starts(string given, string at, string expected) =>
        new Story(Yearly(Date(given))).On(at).Starts().State.Variables["asOf"].ShouldBe($"\"{expected}\"");

    [Test]
    public void What_is_given_takes_the_place_of_a_default_and_of_what_is_carried_over()
    {
        var story = new Story(Yearly([Date("06-10"), .. Results])).AfterACaseWith(("result", "good")).Starts(
            ("asOf", "2026-06-15"), ("lastResult", "fair"));
        (story.State.Variables["asOf"], story.State.Variables["lastResult"]).ShouldBe(("\"2026-06-15\"", "\"fair\""));
    }

    [Test]
    public void The_result_of_the_last_case_is_what_the_next_begins_with()
    {
        new Story(Yearly(Results)).Starts().State.Variables.ShouldBeEmpty("there was no case before");
        new Story(Yearly(Results)).AfterACaseWith(("result", "good"), ("other", 1)).Starts().State.Variables.ShouldBe(
            [new("lastResult", "\"good\"")]);
    }

    [Test]
    public void What_is_not_of_the_type_is_not_carried_over() =>
        new Story(Yearly(Results)).AfterACaseWith(("result", 7)).Starts().State.Variables.ShouldBeEmpty();

    [TestCase("many")]
    [TestCase("13-40")]
    public void A_default_that_is_none_of_the_type_is_refused(string given) =>
        DefinitionCheck.Run(Yearly(Date(given))).Select(f => f.Code).ShouldBe(["invalid-default"]);

    [Test]
    public void What_is_carried_over_is_declared_and_of_one_type()
    {
        DefinitionCheck.Run(Yearly(Results[1])).Select(f => f.Code).ShouldBe(["unknown-variable"]);
        DefinitionCheck.Run(Yearly(Results[1], new("result", VariableType.Number))).Select(f => f.Code).ShouldBe(["wrong-variable-type"]);
    }

    [Test]
    public void The_limit_of_the_whole_ends_with_the_step_that_serves_whoever_asked()
    {
        var plain = Yearly();
        var definition = new ProcessDefinition(
            plain.Key, 1, plain.Name, plain.Nodes, plain.Transitions)
        { Deadline = new WorkingDays(3), DeadlineUntil = "a" };
        var story = new Story(definition).Starts().On("2026-03-04 09:00").Completes("a");
        story.ResultOf("").ShouldBe(DeadlineResult.Within);
        story.TimeIs("2026-04-01 09:00").CountOf<TaskOverdue>().ShouldBe(0, "the filing is not what was waited for");
        story.Completes("file").Ended();
    }

    [Test]
    public void It_ends_with_a_step_that_there_is()
    {
        var plain = Yearly();
        DefinitionCheck.Run(
            new ProcessDefinition(plain.Key, 1, plain.Name, plain.Nodes, plain.Transitions)
            {
                Deadline = new WorkingDays(3),
                DeadlineUntil = "nowhere",
            })
            .Select(f => f.Code)
            .ShouldBe(["unknown-step"]);
        DefinitionCheck.Run(new ProcessDefinition(plain.Key, 1, plain.Name, plain.Nodes, plain.Transitions) { DeadlineUntil = "a" })
            .Select(f => f.Code).ShouldBe(["unknown-step"]);
    }
}
