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

    static Drawing ForAPerson => Of("start -> a -> end").With(Task("a") with { Assignments = [new(AssignmentKind.Variable, "who")] })
        .Knows("who", VariableType.Text);

    [TestCase("สมชาย")]
    [TestCase("00000000-0000-7000-8000-000000000004")]
    public void A_case_does_not_begin_for_somebody_of_whom_the_office_knows_nothing(string who)
    {
        var refused = new Story(ForAPerson).Staffed(Roles.Officer, Story.Person(3)).Starts(("who", who)).Refused<PersonUnknown>();
        (refused.Name, refused.Value).ShouldBe(("who", who));
    }

    [Test]
    public void It_begins_for_somebody_of_the_office_and_for_nobody_in_particular()
    {
        var story = new Story(ForAPerson).Staffed(Roles.Officer, Story.Person(3)).Starts(("who", Story.Person(3).ToString()));
        story.Task("a").Assignee.ShouldBe(Story.Person(3));
        new Story(ForAPerson).Staffed(Roles.Officer, Story.Person(3)).Starts().Task("a").Assignee.ShouldBeNull();
        new Story(ForAPerson).Staffed(Roles.Officer, Story.Person(3)).Starts(("who", "")).Task("a").Assignee.ShouldBeNull();
    }

    [Test]
    public void Every_member_and_the_chair_of_a_committee_and_everybody_of_a_list_of_people_must_be_known()
    {
        var vote = Approval("vote", Roles.CommitteeMember) with
        {
            Committee = new CommitteeRule(VotingRule.Majority, "members", "chair", 0),
        };
        var ask = Task("ask") with { ForEach = new MultiInstance("people", GoOnRule.All, 0, true, null) };
        var drawing = Of("start -> ask -> vote", "vote.Approve -> end", "vote.Reject -> end-no").With(vote, ask)
            .Knows("members", VariableType.List).Knows("chair", VariableType.Text).Knows("people", VariableType.List);
        var (known, stranger) = (Story.Person(3).ToString(), Story.Person(4).ToString());
        Story Starting(string member, string chair, string person) => new Story(drawing).Staffed(Roles.CommitteeMember, Story.Person(3))
            .Staffed(Roles.Officer, Story.Person(3))
            .Starts(("members", new[] { known, member }), ("chair", chair), ("people", new[] { person }));
        Starting(known, known, known).Stands("ask");
        Starting(stranger, known, known).Refused<PersonUnknown>().Name.ShouldBe("members");
        Starting(known, stranger, known).Refused<PersonUnknown>().Name.ShouldBe("chair");
        Starting(known, known, stranger).Refused<PersonUnknown>().Name.ShouldBe("people");
    }

    [Test]
    public void Somebody_whom_a_list_names_twice_is_asked_once()
    {
        var ask = Task("ask") with { ForEach = new MultiInstance("people", GoOnRule.All, 0, true, null) };
        var (one, other) = (Story.Person(3).ToString(), Story.Person(4).ToString());
        var story = new Story(Of("start -> ask -> end").With(ask).Knows("people", VariableType.List))
            .Staffed(Roles.Officer, Story.Person(3), Story.Person(4))
            .Starts(("people", new[] { one, other, one.ToUpperInvariant() }));
        story.State.OpenTasks.Select(t => t.Assignee).ShouldBe([Story.Person(3), Story.Person(4)]);
    }

    [Test]
    public void Nobody_of_whom_the_office_knows_nothing_is_named_later_either()
    {
        var drawing = Of("start -> first -> word -> a -> end").With(
            Task("a") with { Assignments = [new(AssignmentKind.Variable, "who")] }, new MessageNode("word", "word", null))
            .Knows("who", VariableType.Text);
        Story Running() => new Story(drawing).Staffed(Roles.Officer, Story.Person(3)).Starts();
        var (known, stranger) = (Story.Person(3).ToString(), Story.Person(4).ToString());
        Running().Changes(("who", stranger)).Refused<PersonUnknown>().Name.ShouldBe("who");
        Running().Completes("first", ("who", stranger)).Refused<PersonUnknown>().Name.ShouldBe("who");
        Running().Completes("first").Hears("word", null, ("who", stranger)).Refused<PersonUnknown>().Name.ShouldBe("who");
        Running().Changes(("who", known)).Completes("first", ("who", known)).Hears("word", null, ("who", known)).Task("a").Assignee
            .ShouldBe(Story.Person(3));
    }

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
