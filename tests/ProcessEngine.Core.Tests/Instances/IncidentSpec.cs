using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>What an administrator has to look at stays open until it is put right, and no longer.</summary>
public sealed class IncidentSpec
{
    static Actor Boss => Story.Of(Story.Person(90), Roles.Director);

    static Story Called(bool waits) =>
        new Story(Of("start -> call -> a -> end").With(new CallNode("call", "other.procedure", null, waits))).Starts();

    static RefuseCall Refused(CallTarget call) => new("call", call, "office-not-found", "nowhere") { By = Actor.System };

    [Test]
    public void Work_that_nobody_can_do_is_an_incident_until_somebody_has_it()
    {
        var story = new Story(Of("start -> a -> end")).Staffed(Roles.Director, Story.Person(9)).Starts();
        story.State.Incidents.ShouldHaveSingleItem().Code.ShouldBe("nobody-holds-role");
        story.Reassigns("a", Story.Person(3), Roles.Officer).State.Incidents.ShouldBeEmpty();
    }

    [Test]
    public void So_is_work_of_a_role_that_only_those_hold_who_may_not_do_it()
    {
        Checked(Story.Person(10)).State.Incidents.ShouldHaveSingleItem().Code.ShouldBe(IncidentCodes.NobodyMayAct);
        Checked(Story.Person(10), Story.Person(11)).State.Incidents.ShouldBeEmpty();

        static Story Checked(params Guid[] officers) =>
            new Story(Of("start -> a -> check -> end").With(Task("check") with { NotDoneBy = ["a"] }))
            .Staffed(Roles.Officer, officers).Starts().CompletesAs(Story.Person(10), "a");
    }

    [Test]
    public void Work_for_somebody_of_whom_the_office_knows_nothing_is_for_the_role_and_an_incident()
    {
        var named = Task("a") with { Assignments = [new(AssignmentKind.Variable, "who")] };
        // Whoever is named has left before the work arrives.
        Story For(Guid who) => new Story(Of("start -> first -> a -> end").With(named).Knows("who", VariableType.Text))
            .Staffed(Roles.Officer, Story.Person(3), Story.Person(4)).Starts(("who", who.ToString()))
            .Staffed(Roles.Officer, Story.Person(3)).Completes("first");
        For(Story.Person(3)).State.Incidents.ShouldBeEmpty();
        For(Story.Person(3)).Task("a").Assignee.ShouldBe(Story.Person(3));
        var story = For(Story.Person(4));
        story.State.Incidents.ShouldHaveSingleItem().Code.ShouldBe(IncidentCodes.NoSuchPerson);
        story.Task("a").Assignee.ShouldBeNull();
        story.Claims("a", Story.Person(3)).State.Incidents.ShouldBeEmpty();
    }

    [Test]
    public void A_committee_with_a_stranger_is_not_called_together_until_its_list_is_put_right()
    {
        var vote = Approval("vote", Roles.CommitteeMember) with { Committee = new CommitteeRule(VotingRule.Majority, "members", null, 0) };
        var story = new Story(
            Of("start -> first -> vote", "vote.Approve -> end", "vote.Reject -> end-no").With(vote).Knows("members", VariableType.List))
            .Staffed(Roles.CommitteeMember, Story.Person(3), Story.Person(4)).Starts(
                ("members", new[] { Story.Person(3).ToString(), Story.Person(4).ToString() }))
            .Staffed(Roles.CommitteeMember, Story.Person(3), Story.Person(5)).Completes("first");
        story.Stands().State.Incidents.ShouldHaveSingleItem().Code.ShouldBe(IncidentCodes.NoSuchPerson);
        story.Changes(("members", new[] { Story.Person(3).ToString(), Story.Person(5).ToString() })).Stands("vote", "vote").State.Incidents
            .ShouldBeEmpty();
    }

    [Test]
    public void A_place_that_could_not_be_entered_is_entered_again_by_its_incident_or_by_its_wait()
    {
        var collect = Task("collect") with { ForEach = new MultiInstance("schools", GoOnRule.All, 0, false, null) };
        Story Parked() => new Story(Of("start -> collect -> end").With(collect).Knows("schools", VariableType.List)).Starts();
        var story = Parked();
        story.Stands().State.Incidents.ShouldHaveSingleItem().Code.ShouldBe(IncidentCodes.ListMissing);
        story.Do(new RetryIncident(story.State.Incidents[0].IncidentId) { By = Boss }).State.Incidents
            .ShouldHaveSingleItem("the list is still missing");
        story.Do(new RetryIncident(story.State.Waits[0].WaitId) { By = Boss }).State.Incidents.ShouldHaveSingleItem();
        story.Do(new RetryIncident(Story.Person(1)) { By = Boss }).Refused<IncidentNotOpen>();
        story.Cancels().State.Incidents.ShouldBeEmpty();
    }

    [Test]
    public void A_called_case_that_cannot_start_parks_the_caller_and_a_retry_calls_again()
    {
        var story = Called(waits: true);
        var first = story.State.Waits.ShouldHaveSingleItem().Call!;
        story.Do(Refused(first)).Happened(nameof(WaitCancelled), nameof(IncidentRaised), nameof(WaitStarted));
        var parked = story.State.Waits.ShouldHaveSingleItem();
        parked.Kind.ShouldBe(WaitKind.Incident);
        story.State.Incidents.ShouldHaveSingleItem().Code.ShouldBe("office-not-found");

        story.Do(new RetryIncident(parked.WaitId) { By = Boss }).State.Incidents.ShouldBeEmpty();
        var again = story.State.Waits.ShouldHaveSingleItem();
        (again.Kind, again.Call!.ChildId == first.ChildId).ShouldBe((WaitKind.Call, false));
        story.Do(new EndCall(again.WaitId, again.Call.ChildId, "completed") { By = Actor.System }).Stands("a");
    }

    [Test]
    public void A_hand_over_that_reached_nobody_does_not_hold_up_the_case_and_is_handed_over_again()
    {
        var story = Called(waits: false).Stands("a");
        var first = story.History.Select(h => h.Event).OfType<CaseHandedOver>().Single().Call;
        story.Do(Refused(first)).Stands("a").Completes("a").Ended();
        var incident = story.State.Incidents.ShouldHaveSingleItem();
        incident.Call.ShouldBe(first, "it outlives the case");
        story.Do(new RetryIncident(incident.IncidentId) { By = Boss }).Happened(nameof(CaseHandedOver));
        story.State.Incidents.ShouldBeEmpty();
        story.Do(new RetryIncident(incident.IncidentId) { By = Boss }).Refused<IncidentNotOpen>();
    }

    [Test]
    public void A_call_that_is_not_waited_for_any_more_may_fail_unnoticed()
    {
        var story = Called(waits: true);
        var call = story.State.Waits.ShouldHaveSingleItem().Call!;
        story.Moves("a").Do(Refused(call)).Happened();
        story.State.Incidents.ShouldBeEmpty();
    }
}
