using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Whoever decides may take it back for ten seconds, as long as it touched nobody else.</summary>
public sealed class UndoSpec
{
    static Drawing PlanAndPropose =>
        Of("start -> plan -> propose", "propose.Approve -> work -> end", "propose.Reject -> plan", "propose.Return -> plan")
        .With(Task("plan", within: new WorkingDays(3)), Approval("propose", within: new WorkingDays(1)));

    static Story Proposed => new Story(PlanAndPropose).Starts().On("2026-03-03 09:00").Completes("plan");

    [Test]
    public void What_was_decided_is_taken_back_and_stays_in_the_history()
    {
        var story = Proposed.On("2026-03-04 09:00").Rejects("propose").Stands("plan");
        story.On("2026-03-04 09:00:10").Undoes().Happened("ActUndone").Stands("propose");
        story.Task("propose").Attempt.ShouldBe(1);
        story.CountOf<TaskRejected>().ShouldBe(1);
        story.Approves("propose").Stands("work").Completes("work").Ended();
    }

    [Test]
    public void The_clock_goes_on_as_if_it_had_never_stopped()
    {
        var story = Proposed;
        var due = story.Clock("propose");
        story.On("2026-03-04 09:00").Approves("propose").On("2026-03-04 09:00:09").Undoes();
        story.Clock("propose").ShouldBe(due);
        story.TimeIs("2026-03-05 08:30").Rungs("reminder 2026-03-04 08:30 late superseded", "overdue 2026-03-04 16:30 late");
    }

    [Test]
    public void Data_that_were_filled_in_are_as_they_were()
    {
        var drawing = Of("start -> ask -> work -> end").Knows("amount", VariableType.Number).Knows("place", VariableType.Text);
        var story = new Story(drawing).Starts(("amount", 1)).Completes("ask", ("amount", 2), ("place", "ก")).Undoes();
        story.State.Variables.ShouldBe(new Dictionary<string, string> { ["amount"] = "1" });
    }

    [Test]
    public void The_end_of_a_case_is_taken_back() =>
        new Story(Of("start -> a -> end")).Starts().Completes("a").Ended().Undoes().Stands("a").Completes("a").Ended();

    [Test]
    public void A_vote_that_decided_is_taken_back_and_the_other_votes_stay()
    {
        var members = new[] { Story.Person(1), Story.Person(2), Story.Person(3) };
        var decide = Approval("decide", Roles.CommitteeMember) with
        {
            Committee = new CommitteeRule(VotingRule.Majority, "members", null, 0),
        };
        var drawing = Of("start -> ask -> decide", "decide.Approve -> end", "decide.Reject -> ask")
            .Knows("members", VariableType.List).With(decide);
        var story = new Story(drawing).Starts(("members", members)).Completes("ask");
        story.Votes(members[0], Vote.Approve).Votes(members[1], Vote.Approve).Ended().Undoes().Stands("decide", "decide");
        story.State.Groups.Single().Count(Vote.Approve).ShouldBe(1);
    }

    [Test]
    public void After_ten_seconds_it_stands() =>
        Proposed.On("2026-03-04 09:00").Approves("propose").On("2026-03-04 09:00:11").Undoes().Refused<UndoTooLate>().WithinSeconds
            .ShouldBe(10);

    [Test]
    public void Nobody_else_takes_it_back() =>
        Proposed.On("2026-03-04 09:00").Approves("propose").Undoes(Story.Person(90)).Refused<NotAllowed>();

    [Test]
    public void Nobody_takes_it_back_when_somebody_has_gone_on_from_it() =>
        Proposed.On("2026-03-04 09:00").Approves("propose").On("2026-03-04 09:00:04").Claims("work", Story.Person(12))
            .On("2026-03-04 09:00:05").Undoes().Refused<ActFollowed>();

    [Test]
    public void Nobody_takes_it_back_when_it_is_known_outside() =>
        Proposed.On("2026-03-04 09:00").Approves("propose").Undoes(knownOutside: true).Refused<NotReversible>();

    [Test]
    public void A_case_that_was_started_elsewhere_cannot_be_called_back() =>
        new Story(Of("start -> a -> call -> b -> end").With(new CallNode("call", "other.process", null, true))).Starts().Completes("a")
            .Undoes().Refused<NotReversible>();

    [Test]
    public void It_is_taken_back_once() =>
        Proposed.On("2026-03-04 09:00").Approves("propose").Undoes().Undoes().Refused<ActionNotPossible>();
}
