using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>What whoever decides is shown: what was written since the last approval, what changed, and why it came back.</summary>
public sealed class ProposalSpec
{
    static readonly Guid Officer = Story.Person(1);

    static Story Plan(params string[] shows) => new Story(
        Of(
            "start -> plan -> decide", "decide.Approve -> act", "decide.Reject -> plan", "decide.Return -> plan", "act -> report",
            "report.Approve -> end", "report.Reject -> act", "report.Return -> act")
            .With(Approval("decide"), Approval("report") with { Shows = [.. shows] })
            .Knows("place", VariableType.Text).Knows("budget", VariableType.Number).Knows("days", VariableType.Number)
            .Knows("room", VariableType.Text).Knows("result", VariableType.Text)).By(Officer, Roles.Officer);

    static Proposal At(Story story, string step) =>
        Proposal.For(story.Definition, story.Definition.FindStep(step)!, story.State.OpenTasks.Single(t => t.StepId == step).TaskId, story.History);

    static string[] Of1(Proposal proposal) =>
        [.. proposal.Answers.Select(a => $"{a.StepId}: {string.Join(", ", a.Fields.Select(f => $"{f.Name}={System.Text.RegularExpressions.Regex.Unescape(f.Json)}{(f.HasChanged ? $" was {f.Before}" : "")}"))}")];

    [Test]
    public void Whoever_decides_sees_what_the_case_began_with_and_what_was_proposed()
    {
        var proposal = At(Plan().Starts(("place", "ห้องประชุม")).Completes("plan", ("budget", 5000)), "decide");
        Of1(proposal).ShouldBe(["start: place=\"ห้องประชุม\"", "plan: budget=5000"]);
        proposal.Last!.StepId.ShouldBe("plan");
        proposal.Refused.ShouldBeNull();
    }

    [Test]
    public void After_a_rejection_the_reason_stands_first_and_what_changed_is_marked()
    {
        var story = Plan().Starts().Completes("plan", ("budget", 5000), ("days", 3)).Rejects("decide", "แพงเกินไป");
        Proposal.For(story.Definition, story.Definition.FindStep("plan")!, story.Task("plan").TaskId, story.History).Refused!.Reason
            .ShouldBe("แพงเกินไป", "whoever does it again sees why");
        story.Completes("plan", ("budget", 4000), ("days", 3), ("room", "เล็ก"));
        var proposal = At(story, "decide");
        proposal.Refused!.Reason.ShouldBe("แพงเกินไป");
        Of1(proposal).ShouldBe(["plan: budget=4000 was 5000, days=3, room=\"เล็ก\" was "]);
    }

    [Test]
    public void After_an_approval_only_what_came_since_is_shown_and_the_old_refusal_is_over()
    {
        var story = Plan().Starts().Completes("plan", ("budget", 5000)).Rejects("decide", "แพงเกินไป").Completes("plan", ("budget", 4000))
            .Approves("decide").Completes("act", ("result", "เรียบร้อย"));
        var proposal = At(story, "report");
        Of1(proposal).ShouldBe(["act: result=\"เรียบร้อย\""]);
        proposal.Refused.ShouldBeNull();
    }

    [Test]
    public void The_definition_may_name_the_steps_that_are_shown() =>
        Of1(At(Plan("plan").Starts().Completes("plan", ("budget", 4000)).Approves("decide").Completes("act", ("result", "ดี")), "report"))
            .ShouldBe(["plan: budget=4000"]);

    [Test]
    public void Those_who_decide_one_after_the_other_see_the_same_proposal()
    {
        var story = new Story(Of("start -> plan -> head", "head.Approve -> boss", "head.Reject -> plan", "head.Return -> plan",
            "boss.Approve -> end", "boss.Reject -> plan", "boss.Return -> plan").Knows("budget", VariableType.Number).With(Approval("head"), Approval("boss")))
            .By(Officer, Roles.Officer).Starts().Completes("plan", ("budget", 5000)).Approves("head");
        Of1(At(story, "boss")).ShouldBe(["plan: budget=5000"]);
    }

    [Test]
    public void What_was_undone_was_not_proposed_and_what_was_corrected_says_so()
    {
        var story = Plan().Starts().Completes("plan", ("budget", 5000)).Undoes().Completes("plan", ("budget", 6000))
            .Changes(("budget", 6500));
        var field = At(story, "decide").Answers.ShouldHaveSingleItem().Fields.ShouldHaveSingleItem();
        (field.Json, field.Before, field.Corrected).ShouldBe(("6000", null, "6500"));
    }

    [Test]
    public void A_closed_task_shows_what_it_decided_on()
    {
        var story = Plan().Starts().Completes("plan", ("budget", 5000));
        var decided = story.Task("decide").TaskId;
        story.Rejects("decide").Completes("plan", ("budget", 4000));
        Of1(Proposal.For(story.Definition, story.Definition.FindStep("decide")!, decided, story.History)).ShouldBe(["plan: budget=5000"]);
    }
}
