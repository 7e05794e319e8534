using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;
using static ProcessEngine.Core.Tests.Instances.Story;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Who may do what to a task, and what a person is told who may not.</summary>
public sealed class TaskSpec
{
    static readonly Guid One = Person(41);
    static readonly Guid Other = Person(42);

    static Story ATask(string role = Roles.Officer) => new Story(Of("start -> work -> after -> end").With(Task("work", role))).Starts();

    static Story AnApproval() => new Story(
        Of(
            "start -> plan -> propose", "propose.Approve -> after -> end", "propose.Reject -> plan",
            "propose.Return -> plan").With(Approval("propose")))
        .Starts().Completes("plan");

    [Test]
    public void A_case_is_started_by_those_who_do_its_steps_and_by_administrators()
    {
        foreach (var role in (string[])[.. Roles.Acting, Roles.Administrator])
            new Story(Of("start -> work -> end")).By(One, role).Starts().Stands("work");
        foreach (var role in new[] { Roles.Auditor, Roles.ProcessOwner })
            new Story(Of("start -> work -> end")).By(One, role).Starts().Refused<NotAllowed>().Action.ShouldBe("start");
        new Story(Of("start -> work -> end")).By(One).Starts().Refused<NotAllowed>();
    }

    [Test]
    public void A_case_starts_once() => ATask().Starts().Refused<AlreadyStarted>();

    [Test]
    public void A_start_says_everything_that_follows_from_it()
    {
        var story = ATask();
        story.Happened("InstanceStarted", "TaskOpened");
        story.State.StartedBy.ShouldBe(Requester);
        story.State.StartedAt.ShouldBe(At("2026-03-02 09:00"));
    }

    [Test]
    public void Whoever_holds_the_role_of_a_step_may_do_it()
    {
        ATask().By(One, Roles.Officer).Completes("work").Stands("after");
        ATask().By(One, Roles.Director, Roles.Officer).Completes("work").Stands("after");
    }

    [Test]
    public void Nobody_else_may_not_even_the_director()
    {
        foreach (var role in Roles.All.Except([Roles.Officer]))
        {
            var refusal = ATask().By(One, role).Completes("work").Refused<NotAllowed>();
            refusal.Action.ShouldBe("complete");
            refusal.NeedsOneOf.ShouldBe([Roles.Officer]);
        }
    }

    [Test]
    public void A_claimed_task_is_its_holders_alone()
    {
        var story = ATask().Claims("work", One).Happened("TaskClaimed");
        story.By(Other, Roles.Officer).Completes("work").Refused<TaskHeldByAnother>().Assignee.ShouldBe(One);
        story.By(Other, Roles.Officer).Claims("work", Other).Refused<TaskHeldByAnother>();
        story.CompletesAs(One, "work").Stands("after");
    }

    [Test]
    public void To_claim_what_one_has_changes_nothing() => ATask().Claims("work", One).Claims("work", One).Happened();

    [Test]
    public void A_claim_needs_the_role() =>
        ATask().By(One, Roles.Director).Claims("work", One).Refused<NotAllowed>().Action.ShouldBe("claim");

    [Test]
    public void A_released_task_is_everybodys_again()
    {
        var story = ATask().Claims("work", One).Releases("work").Happened("TaskReleased");
        story.Task("work").Assignee.ShouldBeNull();
        story.Releases("work").Happened();
        story.CompletesAs(Other, "work").Stands("after");
    }

    [Test]
    public void A_superior_takes_a_task_back_for_everybody_of_its_role()
    {
        ATask().Claims("work", One).By(Person(90), Roles.GroupDirector).Releases("work").Happened("TaskReleased").Task("work").Assignee
            .ShouldBeNull();
        ATask().Claims("work", One).By(Other, Roles.Officer).Releases("work").Refused<TaskHeldByAnother>();
        ATask().By(Person(90), Roles.GroupDirector).Releases("work").Refused<NotAllowed>().Action.ShouldBe("release");
    }

    [Test]
    public void A_superior_gives_a_task_to_somebody_of_its_role()
    {
        foreach (var superior in new[] { Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.Administrator })
        {
            ATask().By(Person(90), superior).Reassigns("work", Other, Roles.Officer).Happened("TaskReassigned").Task("work").Assignee
                .ShouldBe(Other);
        }
    }

    [Test]
    public void Its_holder_gives_a_task_on() =>
        ATask().Claims("work", One).By(One, Roles.Officer).Reassigns("work", Other, Roles.Officer).Happened("TaskReassigned")
            .Task("work").Assignee.ShouldBe(Other);

    [Test]
    public void A_colleague_does_not_take_a_task_by_reassigning_it() =>
        ATask().Claims("work", One).By(Other, Roles.Officer).Reassigns("work", Other, Roles.Officer).Refused<NotAllowed>().Action
            .ShouldBe("reassign");

    [Test]
    public void Nobody_is_given_a_task_without_its_role()
    {
        var refusal = ATask().Reassigns("work", Other, Roles.Director).Refused<AssigneeLacksRole>();
        refusal.Assignee.ShouldBe(Other);
        refusal.Role.ShouldBe(Roles.Officer);
    }

    [Test]
    public void To_reassign_a_task_to_its_holder_changes_nothing() =>
        ATask().Claims("work", One).Reassigns("work", One, Roles.Officer).Happened();

    [Test]
    public void What_was_done_in_between_is_not_overwritten_by_who_did_not_see_it()
    {
        var story = AnApproval();
        var seen = story.Task("propose");
        story.Claims("propose", One);
        var late = story.Do(new ApproveTask { By = Story.Of(One, Roles.Director), TaskId = seen.TaskId, Expected = seen.Revision })
            .Refused<TaskChanged>();
        late.Expected.ShouldBe(seen.Revision);
        late.Actual.ShouldBe(story.Task("propose").Revision);
        story.Do(
            new ReassignTask(Other, [Roles.Director], null)
            {
                By = Story.Of(One, Roles.Director),
                TaskId = seen.TaskId,
                Expected = seen.Revision,
            })
            .Refused<TaskChanged>();
        story.Do(new ApproveTask { By = Story.Of(One, Roles.Director), TaskId = seen.TaskId, Expected = late.Actual }).Stands("after");
    }

    [Test]
    public void An_act_on_a_closed_task_says_what_became_of_it_to_those_whom_it_concerned()
    {
        var story = AnApproval();
        var task = story.Task("propose").TaskId;
        story.On("2026-03-04 10:00").By(One, Roles.Director).Approves("propose");
        var closed = story.Do(new RejectTask("ช้าไป") { By = Story.Of(Other, Roles.Director), TaskId = task }).Refused<TaskNotOpen>();
        closed.Outcome.ShouldBe(TaskOutcomes.Approved);
        closed.By.ShouldBe(One);
        closed.At.ShouldBe(At("2026-03-04 10:00"));
        story.Do(new RejectTask("ช้าไป") { By = Story.Of(Other, Roles.Officer), TaskId = task }).Refused<NotAllowed>();
        story.Do(new RejectTask("ช้าไป") { By = Story.Of(One), TaskId = task }).Refused<TaskNotOpen>();
    }

    [Test]
    public void A_task_that_never_was_is_not_open() =>
        ATask().Do(new CompleteTask { By = Story.Of(One, Roles.Officer), TaskId = Person(7) }).Refused<TaskNotOpen>().Outcome
            .ShouldBeNull();

    [Test]
    public void A_task_that_nobody_decides_on_is_not_returned_unless_its_step_says_where_to()
    {
        ATask().Returns("work").Refused<ActionNotForThisStep>().Action.ShouldBe("return");
        new Story(Of("start -> a -> b -> end").With(Task("b") with { ReturnTo = ["a"] })).Starts().Completes("a").Returns("b").Stands("a");
    }

    [Test]
    public void Taking_note_is_done_like_a_task_and_not_decided()
    {
        var drawing = Of("start -> a -> note -> end").With(Task("note", Roles.Director) with { Type = StepType.Acknowledge });
        new Story(drawing).Starts().Completes("a").Approves("note").Refused<ActionNotForThisStep>().StepType.ShouldBe("acknowledge");
        new Story(drawing).Starts().Completes("a").Rejects("note").Refused<ActionNotForThisStep>();
        new Story(drawing).Starts().Completes("a").Completes("note").Ended();
    }

    [Test]
    public void A_comment_is_kept_and_moves_nothing()
    {
        var story = ATask();
        var before = story.Task("work");
        story.Comments("work", "โทรแล้ว").Happened("CommentAdded").Stands("work");
        story.Task("work").ShouldBe(before, "a comment is no reason to look again");
    }

    [Test]
    public void Holders_and_superiors_comment_and_nobody_else()
    {
        ATask().By(Person(90), Roles.Director).Comments("work", "เร่งด้วย").Happened("CommentAdded");
        ATask().By(One, Roles.CommitteeMember).Comments("work", "ขอแสดงความเห็น").Refused<NotAllowed>();
        ATask().Claims("work", One).By(Other, Roles.Officer).Comments("work", "ช่วยไหม").Refused<NotAllowed>();
    }

    [Test]
    public void Whoever_started_a_case_or_a_superior_cancels_it()
    {
        ATask().By(Requester, Roles.Officer).Cancels().Happened("TaskCancelled", "InstanceCancelled");
        ATask().By(Person(90), Roles.GroupDirector).Cancels().Happened("TaskCancelled", "InstanceCancelled");
        ATask().By(Other, Roles.Officer).Cancels().Refused<NotAllowed>().Action.ShouldBe("cancel");
    }

    [Test]
    public void An_ended_case_is_left_alone()
    {
        var cancelled = ATask();
        var task = cancelled.Task("work").TaskId;
        cancelled.Cancels();
        cancelled.Do(new CompleteTask { By = Story.Of(One, Roles.Officer), TaskId = task }).Refused<TaskNotOpen>().Outcome
            .ShouldBe(TaskOutcomes.Cancelled);
        cancelled.Cancels().Refused<InstanceHasEnded>().Status.ShouldBe(InstanceStatus.Cancelled);
        cancelled.TimeIs("2027-01-04 09:00").Happened();
        var done = ATask().Completes("work").Completes("after");
        done.Cancels().Refused<InstanceHasEnded>().Status.ShouldBe(InstanceStatus.Completed);
    }

    [Test]
    public void What_a_step_yields_becomes_data_of_the_case_and_the_later_value_stands()
    {
        var drawing = Of("start -> work -> after -> end").Knows("budget", VariableType.Number).Knows("place", VariableType.Text);
        var story = new Story(drawing).Starts().Completes("work", ("budget", 5000), ("place", "ห้องประชุม")).Completes("after", ("budget", 4500));
        story.State.Variables["budget"].ShouldBe("4500");
        story.State.Variables.Keys.ShouldBe(["budget", "place"]);
    }

    [Test]
    public void Attempts_of_a_step_are_counted_each_pass_and_those_of_other_steps_are_not()
    {
        var story = AnApproval().Rejects("propose").Completes("plan").Returns("propose").Completes("plan").Approves("propose");
        (story.State.AttemptsOf("plan"), story.State.AttemptsOf("propose"), story.State.AttemptsOf("after")).ShouldBe((3, 3, 1));
        story.History.Select(h => h.Event).OfType<TaskOpened>().Select(e => $"{e.StepId} {e.Attempt}")
            .ShouldBe(["plan 1", "propose 1", "plan 2", "propose 2", "plan 3", "propose 3", "after 1"]);
    }

    [Test]
    public void A_way_back_keeps_its_reason()
    {
        var story = AnApproval().Rejects("propose", "งบประมาณสูงเกินไป").Completes("plan").Returns("propose", reason: "ขาดใบเสนอราคา");
        story.History.Select(h => h.Event).OfType<TaskRejected>().Single().Comment.ShouldBe("งบประมาณสูงเกินไป");
        story.History.Select(h => h.Event).OfType<TaskReturned>().Single().ShouldBe(new TaskReturned(
            story.State.FindStep("propose")!.Last!.TaskId, "plan", "ขาดใบเสนอราคา"));
    }
}
