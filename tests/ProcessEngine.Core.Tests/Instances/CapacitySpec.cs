using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;
using static ProcessEngine.Core.Tests.Instances.Story;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>รักษาราชการแทน and ปฏิบัติราชการแทน: what somebody may do in a post that is not theirs, and what is said of it.</summary>
public sealed class CapacitySpec
{
    static readonly Guid Deputy = Person(51);
    static readonly Guid Holder = Person(52);

    static PostOrder Acting(string role = Roles.Director, Guid? holder = null, params string[] acts) =>
        new(Person(70), new Capacity(CapacityKind.Acting, role, "12/2569"), holder, acts.Length == 0 ? null : [.. acts]);

    static PostOrder Delegated(params string[] acts) =>
        Acting(acts: acts) with { Capacity = new Capacity(CapacityKind.Delegated, Roles.Director, "13/2569") };

    static Story AnApproval() => new Story(
        Of(
            "start -> plan -> propose", "propose.Approve -> after -> end", "propose.Reject -> plan",
            "propose.Return -> plan").With(Approval("propose")))
        .Starts().CompletesAs(Person(10), "plan");

    static Capacity? CapacityOf<T>(Story story)
        where T : ProcessEvent => story.History.Select(h => h.Event).OfType<T>().Last().Capacity;

    [Test]
    public void A_decision_says_by_which_order_it_was_made()
    {
        CapacityOf<TaskApproved>(AnApproval().ByOrder(Deputy, Acting()).Approves("propose").Stands("after")).ShouldBe(new Capacity(
            CapacityKind.Acting, Roles.Director, "12/2569"));
        CapacityOf<TaskRejected>(AnApproval().ByOrder(Deputy, Delegated()).Rejects("propose").Stands("plan")).ShouldBe(new Capacity(
            CapacityKind.Delegated, Roles.Director, "13/2569"));
        CapacityOf<TaskReturned>(
            AnApproval().ByOrder(Deputy, Delegated()).Returns("propose").Stands("plan"))!.OrderNumber.ShouldBe("13/2569");
    }

    [Test]
    public void A_decision_in_ones_own_right_names_no_order_even_if_one_has_one()
    {
        CapacityOf<TaskApproved>(AnApproval().Approves("propose")).ShouldBeNull();
        CapacityOf<TaskApproved>(AnApproval().ByOrder(Deputy, Acting(), Roles.Director).Approves("propose")).ShouldBeNull();
    }

    [Test]
    public void An_order_for_one_post_is_none_for_another() =>
        AnApproval().ByOrder(Deputy, Acting(Roles.GroupDirector)).Approves("propose").Refused<NotAllowed>().NeedsOneOf
            .ShouldBe([Roles.Director]);

    [Test]
    public void An_order_gives_nobody_the_decision_on_what_they_asked_for_or_did_themselves()
    {
        AnApproval().ByOrder(Requester, Acting()).Approves("propose").Refused<OwnCaseByOrder>().OrderNumber.ShouldBe("12/2569");
        AnApproval().ByOrder(Person(10), Acting()).Rejects("propose").Refused<OwnCaseByOrder>();
        AnApproval().ByOrder(Requester, Acting()).Claims("propose", Requester).Refused<OwnCaseByOrder>();
        AnApproval().Reassigns("propose", Requester).Refused<AssigneeLacksRole>();
    }

    [Test]
    public void But_work_that_decides_nothing_is_done_by_order_in_ones_own_case_as_well()
    {
        var story = new Story(Of("start -> work -> end").With(Task("work", Roles.Clerk))).Starts().ByOrder(Requester, Acting(Roles.Clerk))
            .Completes("work").Ended();
        CapacityOf<TaskCompleted>(story)!.Role.ShouldBe(Roles.Clerk);
    }

    [Test]
    public void An_order_covers_no_other_acts_than_it_names()
    {
        var refusal = AnApproval().ByOrder(Deputy, Delegated("reject")).Approves("propose").Refused<ActNotInOrder>();
        (refusal.OrderNumber, refusal.Action).ShouldBe(("13/2569", "approve"));
        refusal.Covered.ShouldBe(["reject"]);
        AnApproval().ByOrder(Deputy, Delegated("reject")).Rejects("propose").Stands("plan");
        AnApproval().ByOrder(Deputy, Delegated("reject")).Claims("propose", Deputy).Happened("TaskClaimed");
    }

    [Test]
    public void What_was_taken_under_an_order_is_not_decided_when_it_is_over()
    {
        var story = AnApproval().ByOrder(Deputy, Acting()).Claims("propose", Deputy);
        story.Task("propose").TakenUnder!.OrderNumber.ShouldBe("12/2569");
        story.By(Deputy, Roles.DeputyDirector).Approves("propose").Refused<OrderNotInForce>().OrderNumber.ShouldBe("12/2569");
        story.By(Deputy, Roles.DeputyDirector).Releases("propose").Happened("TaskReleased");
        story.Task("propose").TakenUnder.ShouldBeNull();
        story.By(Holder, Roles.Director).Approves("propose").Stands("after");
    }

    [Test]
    public void What_the_holder_took_and_left_behind_is_done_by_whoever_sits_for_them()
    {
        var story = AnApproval().By(Holder, Roles.Director).Claims("propose", Holder);
        story.ByOrder(Deputy, Acting()).Approves("propose").Refused<TaskHeldByAnother>();
        CapacityOf<TaskApproved>(
            story.ByOrder(Deputy, Acting(holder: Holder)).Approves("propose").Stands("after"))!.OrderNumber.ShouldBe("12/2569");
    }

    [Test]
    public void And_under_the_order_for_that_holders_post_not_another_of_the_same_kind()
    {
        var other = Acting(holder: Person(53)) with { Capacity = new Capacity(CapacityKind.Acting, Roles.Director, "11/2569") };
        Story Taken() => AnApproval().By(Holder, Roles.Director).Claims("propose", Holder);
        CapacityOf<TaskApproved>(
            Taken().ByOrders(Deputy, other, Acting(holder: Holder)).Approves("propose").Stands("after"))!.OrderNumber.ShouldBe("12/2569");
        Taken().ByOrders(Deputy, other, Acting(holder: Holder, acts: "reject")).Approves("propose").Refused<TaskHeldByAnother>();
    }

    [Test]
    public void What_is_one_persons_own_is_done_by_nobody_in_their_place()
    {
        var check = Task("check", Roles.Director) with { Assignments = [new(AssignmentKind.DoerOf, "ask")] };
        var story = new Story(Of("start -> ask -> check -> end").With(Task("ask", Roles.Director), check)).Starts()
            .CompletesAs(Holder, "ask");
        story.ByOrder(Deputy, Acting(holder: Holder)).Completes("check").Refused<TaskHeldByAnother>();
        CapacityOf<TaskCompleted>(story.CompletesAs(Holder, "check").Ended()).ShouldBeNull();
    }

    [Test]
    public void A_superiors_act_on_a_case_says_by_which_order()
    {
        CapacityOf<InstanceSuspended>(AnApproval().ByOrder(Deputy, Acting()).Suspends())!.OrderNumber.ShouldBe("12/2569");
        CapacityOf<InstanceCancelled>(AnApproval().ByOrder(Deputy, Acting()).Cancels())!.OrderNumber.ShouldBe("12/2569");
        AnApproval().ByOrder(Deputy, Acting(acts: "approve")).Suspends().Refused<NotAllowed>();
        CapacityOf<TaskReassigned>(
            AnApproval().ByOrder(Deputy, Acting()).Reassigns("propose", Holder, Roles.Director))!.OrderNumber.ShouldBe("12/2569");
    }

    [Test]
    public void A_level_is_decided_by_whoever_sits_in_its_post()
    {
        var sign = Approval("sign") with
        {
            Levels = [new ApprovalLevel(Roles.GroupDirector, null, null), new ApprovalLevel(Roles.Director, null, null)],
        };
        var story =
            new Story(Of("start -> draft -> sign", "sign.Approve -> end", "sign.Reject -> draft", "sign.Return -> draft").With(sign))
                .Starts().CompletesAs(Person(10), "draft");
        story.By(Person(60), Roles.GroupDirector).Approves("sign").Stands("sign");
        CapacityOf<TaskApproved>(story.ByOrder(Deputy, Acting()).Approves("sign").Ended())!.Role.ShouldBe(Roles.Director);
    }

    [Test]
    public void A_post_that_somebody_sits_in_by_order_is_not_vacant_unless_only_the_requester_does()
    {
        Proposed().CountOf<IncidentRaised>().ShouldBe(1);
        Proposed(Deputy).CountOf<IncidentRaised>().ShouldBe(0);
        Proposed(Requester).CountOf<IncidentRaised>().ShouldBe(1);
        Proposed(Requester, Deputy).CountOf<IncidentRaised>().ShouldBe(0);

        static Story Proposed(params Guid[] seated) => new Story(
            Of(
                "start -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan",
                "propose.Return -> plan").With(Approval("propose")))
            .Staffed(Roles.Officer, Requester, Person(10)).Seated(Roles.Director, seated).Starts().CompletesAs(Person(10), "plan");
    }
}
