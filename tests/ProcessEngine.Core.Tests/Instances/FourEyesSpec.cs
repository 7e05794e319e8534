using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Whoever did a step does not check it: whenever, in whatever round, level, seat or entry of a list they did it.</summary>
public sealed class FourEyesSpec
{
    static readonly Guid First = Story.Person(21);
    static readonly Guid Second = Story.Person(22);
    static readonly Guid Third = Story.Person(23);

    static Story Checked(params Node[] nodes) => new Story(
        Of("start -> plan -> check", "check.Approve -> end", "check.Reject -> plan", "check.Return -> plan").Knows("schools", VariableType.List)
            .With([Approval("check", Roles.Officer) with { NotDoneBy = ["plan"] }, .. nodes])).Starts(("schools", new[] { "ก", "ข" }));

    [Test]
    public void Whoever_did_it_in_an_earlier_round_may_not_check_it()
    {
        var story = Checked().CompletesAs(First, "plan").Rejects("check", person: Third).CompletesAs(Second, "plan");
        story.Approves("check", First).Refused<ActedBefore>().Step.ShouldBe("plan");
        story.Approves("check", Second).Refused<ActedBefore>();
        story.Approves("check", Third).Ended();
    }

    [Test]
    public void Nor_take_it_or_be_given_it()
    {
        var story = Checked().CompletesAs(First, "plan").Rejects("check", person: Third).CompletesAs(Second, "plan");
        story.Claims("check", First).Refused<ActedBefore>();
        story.Reassigns("check", First, Roles.Officer).Refused<ActedBefore>();
    }

    [Test]
    public void Nor_whoever_did_another_entry_of_the_list()
    {
        var story = Checked(Task("plan") with { ForEach = new MultiInstance("schools", GoOnRule.All, 100, false, null) });
        story.CompletesAs(First, "plan").CompletesAs(Second, "plan").Approves("check", First).Refused<ActedBefore>();
    }

    [Test]
    public void Nor_whoever_decided_on_another_level()
    {
        var levels = Approval("plan", Roles.Officer) with
        {
            Levels = [new(Roles.Officer, null, null), new(Roles.GroupDirector, null, null)],
        };
        var story = new Story(
            Of(
                "start -> plan", "plan.Approve -> check", "plan.Reject -> plan", "plan.Return -> plan", "check.Approve -> end",
                "check.Reject -> plan", "check.Return -> plan")
                .With(levels, Approval("check", Roles.Officer) with { NotDoneBy = ["plan"] })).Starts();
        story.Approves("plan", First).Approves("plan", Second).Approves("check", First).Refused<ActedBefore>();
    }

    [Test]
    public void Nor_whoever_voted_in_another_seat()
    {
        var committee = Approval("plan", Roles.CommitteeMember) with { Committee = new CommitteeRule(VotingRule.All, "members", null) };
        var story = new Story(
            Of("start -> plan", "plan.Approve -> check", "plan.Reject -> check", "check.Approve -> end", "check.Reject -> plan", "check.Return -> plan")
                .Knows("members", VariableType.List)
                .With(committee, Approval("check", Roles.Officer) with { NotDoneBy = ["plan"] }))
            .Starts(("members", new[] { First.ToString(), Second.ToString() }));
        story.Votes(First, Vote.Approve, "plan").Votes(Second, Vote.Approve, "plan").Stands("check");
        story.Approves("check", First).Refused<ActedBefore>();
    }

    [Test]
    public void Whoever_did_it_in_an_earlier_round_has_no_seat_on_the_committee_that_checks_it()
    {
        var committee = Approval("check", Roles.CommitteeMember) with
        {
            NotDoneBy = ["plan"],
            Committee = new CommitteeRule(VotingRule.All, "members", null),
        };
        var story = new Story(
            Of("start -> plan -> look", "look.Approve -> check", "look.Reject -> plan", "look.Return -> plan", "check.Approve -> end", "check.Reject -> plan")
                .Knows("members", VariableType.List).With(committee, Approval("look", Roles.Officer)))
            .Starts(("members", new[] { First.ToString(), Second.ToString(), Third.ToString() }));
        story.CompletesAs(First, "plan").Rejects("look").CompletesAs(Second, "plan").Approves("look");
        story.State.OpenTasks.ShouldHaveSingleItem().Assignee.ShouldBe(Third);
    }

    [Test]
    public void The_own_case_of_whoever_did_an_earlier_round_is_not_theirs_by_order_either()
    {
        var order = new PostOrder(Story.Person(70), new Capacity(CapacityKind.Acting, Roles.Director, "12/2569"));
        var story = new Story(Of("start -> plan -> sign", "sign.Approve -> end", "sign.Reject -> plan", "sign.Return -> plan")
            .With(Approval("sign"))).Starts();
        story.CompletesAs(First, "plan").Rejects("sign").CompletesAs(Second, "plan").ByOrder(First, order).Approves("sign")
            .Refused<OwnCaseByOrder>();
    }

    [Test]
    public void What_was_taken_back_was_not_done()
    {
        var story = Checked().CompletesAs(First, "plan").Undoes().CompletesAs(Second, "plan").Approves("check", First).Ended();
        story.State.FindStep("plan")!.WasDoneBy(First).ShouldBeFalse();
    }

    [Test]
    public void Two_steps_that_a_new_version_makes_one_were_done_by_all_who_did_either()
    {
        var story = new Story(
            Of("start -> draft -> plan -> check", "check.Approve -> end", "check.Reject -> plan", "check.Return -> plan")
                .With(Approval("check", Roles.Officer) with { NotDoneBy = ["plan"] })).Starts();
        story.CompletesAs(First, "draft").CompletesAs(Second, "plan");
        var moves = ImmutableSortedDictionary<string, string>.Empty.Add("draft", "plan");
        var to = Checked().Definition;
        story.Do(new MigrateInstance(new ProcessDefinition(to.Key, 2, to.Name, to.Nodes, to.Transitions), moves) { By = Story.Owner });
        story.State.ActedBefore(to.FindStep("check")!, First).ShouldBe("plan");
        story.State.ActedBefore(to.FindStep("check")!, Second).ShouldBe("plan");
        story.State.ActedBefore(to.FindStep("check")!, Third).ShouldBeNull();
    }
}
