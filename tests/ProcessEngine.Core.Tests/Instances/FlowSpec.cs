using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Where a case goes: sequence, ways back, decisions, branches, lists, committees, levels, waits.</summary>
public sealed class FlowSpec
{
    static Drawing PlanAndPropose => Of(
        "start -> plan -> propose", "propose.Approve -> work -> end", "propose.Reject -> plan",
        "propose.Return -> plan").With(Approval("propose"));

    [Test]
    public void Steps_follow_one_another_to_the_end() =>
        new Story(Of("start -> a -> b -> end")).Starts().Stands("a").Completes("a").Stands("b").Completes("b").Ended();

    [Test]
    public void A_refused_plan_is_made_again_as_a_new_attempt()
    {
        var story = new Story(PlanAndPropose).Starts().Completes("plan").Rejects("propose").Stands("plan");
        story.Task("plan").Attempt.ShouldBe(2);
        story.Completes("plan").Task("propose").Attempt.ShouldBe(2);
        story.Approves("propose").Completes("work").Ended();
    }

    [Test]
    public void A_reason_is_required_to_reject_return_fail_pause_or_cancel()
    {
        var story = new Story(PlanAndPropose).Starts().Completes("plan");
        story.Rejects("propose", " ").Refused<ReasonRequired>();
        story.Returns("propose", reason: "").Refused<ReasonRequired>();
        story.Cancels("").Refused<ReasonRequired>();
    }

    [Test]
    public void Work_is_returned_only_where_the_definition_allows()
    {
        var drawing =
            Of("start -> appoint -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan", "propose.Return -> plan").With(
                Approval("propose") with { ReturnTo = ["appoint"] });
        new Story(drawing).Starts().Completes("appoint").Completes("plan").Returns("propose", "appoint").Stands("appoint");
        new Story(drawing).Starts().Completes("appoint").Completes("plan").Returns("propose").Stands("plan");
        new Story(drawing).Starts().Completes("appoint").Completes("plan").Returns("propose", "propose").Refused<ReturnNotAllowed>().Allowed
            .ShouldBe(["plan", "appoint"]);
    }

    [Test]
    public void A_task_is_returned_where_its_author_drew_an_arrow_for_it() =>
        new Story(Of("start -> plan -> work -> end", "work.Return -> plan")).Starts().Completes("plan").Returns("work").Stands("plan");

    [Test]
    public void An_approval_is_decided_and_a_task_is_completed_never_the_other_way_round()
    {
        var story = new Story(PlanAndPropose).Starts();
        story.Approves("plan").Refused<ActionNotForThisStep>();
        story.Completes("plan").Completes("propose").Refused<ActionNotForThisStep>();
    }

    [TestCase(150_000, "large")]
    [TestCase(5_000, "small")]
    public void A_decision_takes_the_first_way_whose_condition_holds(int amount, string way)
    {
        var drawing = Of("start -> ask -> size", "size.Large -> large -> end", "size.Else -> small -> end")
            .With(Decision("size", ("Large", "amount > 100000"))).Knows("amount", VariableType.Number);
        new Story(drawing).Starts().Completes("ask", ("amount", amount)).Stands(way).Completes(way).Ended();
    }

    [Test]
    public void Data_of_the_wrong_type_is_refused()
    {
        var drawing = Of("start -> ask -> end").Knows("amount", VariableType.Number);
        new Story(drawing).Starts(("amount", "มาก")).Refused<VariableInvalid>().Name.ShouldBe("amount");
        new Story(drawing).Starts().Completes("ask", ("amount", true)).Refused<VariableInvalid>();
    }

    static Drawing Parallel => Of("start -> plan -> fork", "fork -> a1 -> a2 -> join", "fork -> b -> join", "join -> report -> end");

    [Test]
    public void Branches_run_side_by_side_and_meet_at_the_join()
    {
        new Story(Parallel).Starts().Completes("plan").Stands("a1", "b").Completes("b").Stands("a1").Completes("a1").Completes("a2")
            .Stands("report").Completes("report").Ended();
        new Story(Parallel).Starts().Completes("plan").Completes("a1").Completes("a2").Stands("b").Completes("b").Stands("report");
    }

    [Test]
    public void A_return_to_before_the_fork_cancels_the_other_branches_and_what_has_arrived()
    {
        var drawing = Of(
            "start -> plan -> fork", "fork -> a -> check", "check.Approve -> join", "check.Reject -> plan", "check.Return -> plan",
            "fork -> b -> join", "fork -> c -> join", "join -> end")
            .With(Approval("check"));
        var story = new Story(drawing).Starts().Completes("plan").Completes("b").Completes("a").Stands("c", "check").Rejects("check")
            .Stands("plan");
        story.State.Arrivals.ShouldBeEmpty();
        story.Completes("plan").Stands("a", "b", "c").Completes("a").Approves("check").Completes("b").Completes("c").Ended();
    }

    [Test]
    public void A_return_inside_a_branch_leaves_the_other_branch_alone()
    {
        var drawing = Of(
            "start -> fork", "fork -> a -> check", "check.Approve -> join", "check.Reject -> a", "check.Return -> a", "fork -> b -> join",
            "join -> end").With(Approval("check"));
        var story = new Story(drawing).Starts().Completes("b").Completes("a").Rejects("check").Stands("a");
        story.State.Arrivals.ShouldHaveSingleItem().From.ShouldBe("b");
        story.Completes("a").Approves("check").Ended();
    }

    [Test]
    public void A_case_with_several_ends_is_over_when_the_last_branch_is() =>
        new Story(Of("start -> fork", "fork -> a -> end-first", "fork -> b -> end-last")).Starts().Completes("a").Stands("b").Completes("b")
            .Ended("last");

    [Test]
    public void An_end_that_terminates_cancels_what_still_runs() =>
        new Story(
            Of("start -> fork", "fork -> a -> end-stop", "fork -> b -> end").With(new EndNode(
                "end-stop", "stopped", Terminates: true))).Starts().Completes("a")
            .Ended("stopped").CountOf<TaskCancelled>().ShouldBe(1);

    static Drawing Distribute(GoOnRule rule, int percent = 100) =>
        Of("start -> ask -> collect -> report -> end").Knows("schools", VariableType.List).Knows("answers", VariableType.List)
        .With(Task("collect", within: new WorkingDays(5)) with { ForEach = new MultiInstance("schools", rule, percent, false, "answers") });

    [Test]
    public void A_step_for_a_list_goes_on_when_all_have_answered_and_collects_the_answers()
    {
        var story = new Story(Distribute(GoOnRule.All)).Starts().Completes("ask", ("schools", new[] { "วัดใหม่", "บ้านดอน" }))
            .Stands("collect", "collect");
        story.State.OpenTasks.Select(t => t.Item).ShouldBe(["วัดใหม่", "บ้านดอน"]);
        story.Completes("collect", ("pupils", 120)).Stands("collect").Completes("collect", ("pupils", 80)).Stands("report");
        story.State.Variables["answers"].ShouldContain("\"item\":\"วัดใหม่\"");
        story.State.Variables["answers"].ShouldContain("\"pupils\":80");
    }

    [Test]
    public void A_step_for_a_list_goes_on_at_its_percentage_and_cancels_the_rest()
    {
        var story = new Story(Distribute(GoOnRule.Percent, 50)).Starts().Completes("ask", ("schools", new[] { "ก", "ข", "ค" }))
            .Completes("collect").Stands("collect", "collect").Completes("collect");
        story.Stands("report").CountOf<TaskCancelled>().ShouldBe(1);
    }

    [Test]
    public void A_step_for_a_list_goes_on_at_its_deadline_with_what_there_is()
    {
        var story = new Story(Distribute(GoOnRule.Deadline)).On("2026-03-02 09:00").Starts()
            .Completes("ask", ("schools", new[] { "ก", "ข" })).Completes("collect");
        story.Due("collect", "2026-03-10 16:30").TimeIs("2026-03-10 16:30").Stands("collect").TimeIs("2026-03-10 16:31").Stands("report");
    }

    [Test]
    public void A_list_that_goes_on_at_its_deadline_is_in_time_however_late_that_is_noticed_and_nobody_is_told_otherwise(
        [Values("2026-03-10 16:31", "2026-03-20 09:00")] string noticed)
    {
        var story = new Story(Distribute(GoOnRule.Deadline)).Starts().Completes("ask", ("schools", new[] { "ก", "ข" }))
            .TimeIs("2026-03-10 16:00");
        story.On("2026-03-10 16:30:30").Comments("collect", "รออยู่").TimeIs(noticed).Stands("report");
        story.ResultOf("collect").ShouldBe(DeadlineResult.Within);
        story.CountOf<TaskOverdue>().ShouldBe(0);
        story.CountOf<TaskReminded>().ShouldBe(1, "who has not answered is reminded");
    }

    [Test]
    public void A_list_that_waits_for_all_is_late_when_they_are()
    {
        var story = new Story(Distribute(GoOnRule.All)).Starts().Completes("ask", ("schools", new[] { "ก" })).TimeIs("2026-03-11 09:00")
            .Completes("collect");
        story.ResultOf("collect").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void Whoever_shares_the_time_of_such_a_list_may_be_late()
    {
        var drawing = Of("start -> ask -> collect -> report -> end").Knows("schools", VariableType.List)
            .With(
                Task("collect", within: new WorkingDays(5)) with
                {
                    ForEach = new MultiInstance("schools", GoOnRule.Deadline, 0, false, null),
                },
                Task("report") with { DeadlineSharedWith = "collect" });
        var story = new Story(drawing).Starts().Completes("ask", ("schools", new[] { "ก" })).TimeIs("2026-03-10 16:31").Stands("report")
            .Completes("report").Ended();
        story.ResultOf("collect").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void An_empty_list_is_done_at_once() =>
        new Story(Distribute(GoOnRule.All)).Starts().Completes("ask", ("schools", Array.Empty<string>())).Stands("report");

    [Test]
    public void A_list_that_is_missing_is_an_incident_that_waits_to_be_put_right()
    {
        var story = new Story(Distribute(GoOnRule.All)).Starts().Completes("ask").Stands();
        story.State.Waits.ShouldHaveSingleItem().Kind.ShouldBe(WaitKind.Incident);
        story.CountOf<IncidentRaised>().ShouldBe(1);
        story.Changes(("schools", new[] { "ก" })).Stands("collect");
    }

    static readonly Guid[] Members = [Story.Person(31), Story.Person(32), Story.Person(33), Story.Person(34)];

    static Story Committee(VotingRule rule, int quorum = 0, int members = 3) => new Story(
        Of("start -> ask -> decide", "decide.Approve -> work -> end", "decide.Reject -> ask").Knows("members", VariableType.List)
            .Knows("chair", VariableType.Text)
            .With(Approval("decide", Roles.CommitteeMember) with { Committee = new CommitteeRule(rule, "members", "chair", quorum) }))
        .Starts().Completes(
            "ask", ("members", Members.Take(members).Select(m => m.ToString()).ToArray()), ("chair", Members[0].ToString()));

    [Test]
    public void Any_member_carries_it() =>
        Committee(VotingRule.Any).Votes(Members[0], Vote.Reject).Stands("decide", "decide").Votes(Members[1], Vote.Approve).Stands("work");

    [Test]
    public void One_member_against_refuses_where_all_must_agree()
    {
        Committee(VotingRule.All).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Reject).Stands("ask");
        Committee(VotingRule.All).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Approve).Votes(Members[2], Vote.Approve)
            .Stands("work");
    }

    [Test]
    public void A_majority_is_known_before_all_have_voted() => Committee(VotingRule.Majority).Votes(Members[0], Vote.Approve)
        .Votes(Members[1], Vote.Approve).Stands("work").CountOf<TaskCancelled>().ShouldBe(1);

    [TestCase(Vote.Approve, "work")]
    [TestCase(Vote.Reject, "ask")]
    public void The_chair_decides_a_tie(Vote chair, string next)
    {
        var other = chair == Vote.Approve ? Vote.Reject : Vote.Approve;
        var story = Committee(VotingRule.Majority, members: 2).Votes(Members[1], other).Votes(Members[0], chair).Stands(next);
        story.History.Select(h => h.Event).OfType<TaskGroupClosed>().Single().ByChair.ShouldBeTrue();
    }

    [Test]
    public void A_quorum_needs_so_many_in_favour_and_ends_when_it_cannot_be_reached()
    {
        Committee(VotingRule.Quorum, 2, 4).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Abstain).Stands("decide", "decide")
            .Votes(Members[2], Vote.Approve).Stands("work");
        Committee(VotingRule.Quorum, 3, 4).Votes(Members[0], Vote.Reject).Votes(Members[1], Vote.Abstain).Stands("ask");
    }

    [Test]
    public void A_quorum_that_the_members_cannot_reach_is_an_incident_not_a_refusal()
    {
        var story = Committee(VotingRule.Quorum, 3, 2).Stands();
        story.State.Waits.ShouldHaveSingleItem().Kind.ShouldBe(WaitKind.Incident);
        story.Changes(("members", Members.Select(m => m.ToString()).ToArray())).Stands("decide", "decide", "decide", "decide");
    }

    [Test]
    public void A_member_votes_once_and_nobody_else_for_them()
    {
        var story = Committee(VotingRule.All);
        var task = story.Task("decide", Members[0]);
        story.Votes(Members[0], Vote.Approve);
        story.Do(new CastVote(Vote.Approve, null) { By = Story.Of(Members[0], Roles.CommitteeMember), TaskId = task.TaskId })
            .Refused<TaskNotOpen>();
        story.Do(
            new CastVote(Vote.Approve, null)
            {
                By = Story.Of(Members[0], Roles.CommitteeMember),
                TaskId = story.Task("decide", Members[1]).TaskId,
            })
            .Refused<TaskHeldByAnother>();
    }

    [Test]
    public void A_seat_that_is_given_to_a_member_gives_them_no_second_vote()
    {
        var story = Committee(VotingRule.Quorum, 2, 3);
        Give(Members[0]).Refused<VoteOfAnother>();
        story.Votes(Members[0], Vote.Approve);
        Give(Members[0]).Refused<VoteOfAnother>();
        Give(Members[3]).Stands("decide", "decide");
        story.Votes(Members[3], Vote.Approve).Stands("work");

        Story Give(Guid to) => story.Do(new ReassignTask(to, [Roles.CommitteeMember], null)
        {
            By = Story.Boss,
            TaskId = story.State.OpenTasks.First(t => t.StepId == "decide" && t.Assignee == Members[1]).TaskId,
        });
    }

    [Test]
    public void Whoever_voted_votes_in_no_seat_that_they_were_given_before_that_was_refused()
    {
        var story = Committee(VotingRule.All).Votes(Members[0], Vote.Approve);
        var (seat, now) = (story.Task("decide", Members[1]).TaskId, Story.At("2026-03-03 09:00"));
        var given = new TaskReassigned(seat, Members[1], Members[0], null);
        var state = ProcessState.Evolve(story.State, new RecordedEvent(story.State.Revision + 1, now, Story.Person(1), given));
        var vote = new CastVote(Vote.Approve, null) { By = Story.Of(Members[0], Roles.CommitteeMember), TaskId = seat };
        ProcessDecider.Decide(story.Definition, state, vote, Moment.At(now, Story.Calendar)).Rejection
            .ShouldBeOfType<VoteOfAnother>();
    }

    static Drawing Chain(bool down = false) => Of(
        "start -> draft -> sign", "sign.Approve -> file -> end", "sign.Reject -> draft", "sign.Return -> draft").With(Approval("sign") with
        {
            Levels =
        [
            new(Roles.GroupDirector, null, new WorkingDays(1)), new(Roles.DeputyDirector, null, null),
            new(Roles.Director, null, new WorkingDays(2)),
        ],
            ReturnsToPreviousLevel = down,
        });

    [Test]
    public void A_letter_passes_every_level_each_with_its_own_task_and_clock()
    {
        var story = new Story(Chain()).Starts().Completes("draft");
        story.Task("sign").Role.ShouldBe(Roles.GroupDirector);
        story.Due("sign", "2026-03-04 16:30").Approves("sign").Task("sign").Role.ShouldBe(Roles.DeputyDirector);
        story.Task("sign").DeadlineId.ShouldBeNull();
        story.Approves("sign").Task("sign").Role.ShouldBe(Roles.Director);
        story.Due("sign", "2026-03-05 16:30").Approves("sign").Stands("file").Completes("file").Ended();
    }

    [Test]
    public void A_return_goes_to_the_proposer_or_one_level_down_as_the_definition_says()
    {
        new Story(Chain()).Starts().Completes("draft").Approves("sign").Returns("sign").Stands("draft");
        var down = new Story(Chain(down: true)).Starts().Completes("draft").Approves("sign").Returns("sign").Stands("sign");
        down.Task("sign").Level.ShouldBe(1);
        down.Returns("sign").Stands("draft");
    }

    [Test]
    public void Who_proposed_may_not_approve()
    {
        var drawing = Of("start -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan", "propose.Return -> plan").With(
            Approval("propose", Roles.Officer) with { NotDoneBy = ["plan", Step.Requester] });
        var story = new Story(drawing).Starts().CompletesAs(Story.Person(7), "plan");
        story.Approves("propose", Story.Person(7)).Refused<ActedBefore>().Step.ShouldBe("plan");
        story.Approves("propose", Story.Requester).Refused<ActedBefore>().Step.ShouldBe("start");
        story.Approves("propose", Story.Person(8)).Ended();
    }

    [Test]
    public void A_task_goes_to_the_person_whom_the_definition_names()
    {
        var drawing = Of("start -> ask -> a -> b -> c -> end").Knows("owner", VariableType.Text).With(
            Task("a") with { Assignments = [new(AssignmentKind.Variable, "owner")] },
            Task("b") with { Assignments = [new(AssignmentKind.DoerOf, "ask")] },
            Task("c") with { Assignments = [new(AssignmentKind.Requester, "")] });
        var story = new Story(drawing).Starts().CompletesAs(Story.Person(5), "ask", ("owner", Story.Person(6).ToString()));
        story.Task("a").Assignee.ShouldBe(Story.Person(6));
        story.Completes("a").Task("b").Assignee.ShouldBe(Story.Person(5));
        story.Completes("b").Task("c").Assignee.ShouldBe(Story.Requester);
    }

    [TestCase("ด่วน", 6)]
    [TestCase("ปกติ", 1)]
    [TestCase("อื่น", 0)]
    public void The_first_condition_that_holds_says_for_whom_a_task_is_and_none_leaves_it_to_the_role(string kind, int expected)
    {
        var drawing = Of("start -> ask -> a -> end").Knows("owner", VariableType.Text).Knows("kind", VariableType.Text).With(
            Task("a") with
            {
                Assignments =
                [
                    When("kind = \"ด่วน\"", AssignmentKind.Variable, "owner"),
                    When("kind in [\"ด่วน\", \"ปกติ\"]", AssignmentKind.Requester, ""),
                ],
            });
        var story = new Story(drawing).Starts().Completes("ask", ("owner", Story.Person(6).ToString()), ("kind", kind)).Stands("a");
        story.Task("a").Assignee.ShouldBe(expected == 0 ? null : Story.Person(expected));
        story.CountOf<IncidentRaised>().ShouldBe(0, "that nobody in particular is meant is nothing to be put right");
    }

    [Test]
    public void A_condition_that_holds_and_names_nobody_is_an_incident()
    {
        var drawing = Of("start -> ask -> a -> end").Knows("owner", VariableType.Text).Knows("kind", VariableType.Text)
            .With(
                Task("a") with
                {
                    Assignments = [When("kind = \"ด่วน\"", AssignmentKind.Variable, "owner"), new(AssignmentKind.Requester, "")],
                });
        var story = new Story(drawing).Starts().Completes("ask", ("kind", "ด่วน")).Stands("a");
        story.Task("a").Assignee.ShouldBeNull();
        story.CountOf<IncidentRaised>().ShouldBe(1);
    }

    [Test]
    public void Each_level_of_an_approval_may_be_for_one_person()
    {
        var drawing = Of("start -> ask -> sign", "sign.Approve -> end", "sign.Reject -> ask", "sign.Return -> ask")
            .Knows("deputy", VariableType.Text).Knows("field", VariableType.Text).With(
            Approval("sign") with
            {
                Levels =
                [
                    new(Roles.DeputyDirector, null, null)
                    {
                        Assignments = [When("field = \"วิชาการ\"", AssignmentKind.Variable, "deputy")],
                    },
                    new(Roles.Director, null, null),
                ],
            });
        var story = new Story(drawing).Starts().Completes("ask", ("field", "วิชาการ"), ("deputy", Story.Person(7).ToString()));
        story.Task("sign").Assignee.ShouldBe(Story.Person(7));
        story.Approves("sign").Task("sign").Assignee.ShouldBeNull();
    }

    [TestCase("วิชาการ", 7)]
    [TestCase("งบประมาณ", 8)]
    [TestCase("อื่น", 0)]
    public void Of_several_people_of_a_role_the_one_who_looks_after_the_field_gets_it(string field, int expected)
    {
        var drawing =
            Of("start -> ask -> sign", "sign.Approve -> end", "sign.Reject -> ask", "sign.Return -> ask").Knows("field", VariableType.Text)
            .With(
                Approval("sign") with
                {
                    Levels =
                    [
                        new(Roles.DeputyDirector, null, null) { Assignments = [new(AssignmentKind.Responsible, "field")] },
                        new(Roles.Director, null, null),
                    ],
                });
        var story = new Story(drawing).LooksAfter(Roles.DeputyDirector, "วิชาการ", Story.Person(7)).LooksAfter(
            Roles.DeputyDirector, "งบประมาณ", Story.Person(8))
            .LooksAfter(Roles.Director, "อื่น", Story.Person(9)).Starts().Completes("ask", ("field", field));
        story.Task("sign").Assignee.ShouldBe(expected == 0 ? null : Story.Person(expected));
        story.CountOf<IncidentRaised>().ShouldBe(0);
    }

    [Test]
    public void Who_looks_after_a_field_sits_in_a_post_and_whoever_sits_in_it_by_order_does_it_in_their_place()
    {
        var order = new PostOrder(Guid.Empty, new Capacity(CapacityKind.Acting, Roles.Officer, "12/2569"), Story.Person(7));
        Story Started(AssignmentKind kind) =>
            new Story(Of("start -> a -> end").Knows("who", VariableType.Text).With(Task("a") with { Assignments = [new(kind, "who")] }))
            .LooksAfter(Roles.Officer, Story.Person(7).ToString(), Story.Person(7)).Starts(("who", Story.Person(7).ToString()));
        Started(AssignmentKind.Responsible).ByOrder(Story.Person(8), order).Completes("a").Ended();
        Started(AssignmentKind.Variable).ByOrder(Story.Person(8), order).Completes("a").Refused<TaskHeldByAnother>();
    }

    [Test]
    public void Without_a_field_it_is_whoever_looks_after_the_procedure()
    {
        var drawing = Of("start -> a -> end").With(Task("a") with { Assignments = [new(AssignmentKind.Responsible, "")] });
        new Story(drawing).LooksAfter(Roles.Officer, "test.case", Story.Person(7)).Starts().Task("a").Assignee.ShouldBe(Story.Person(7));
    }

    [Test]
    public void What_the_definition_gives_to_somebody_is_not_theirs_to_give_back_but_what_anybody_took_is()
    {
        var drawing = Of("start -> ask -> a -> end").Knows("owner", VariableType.Text).With(
            Task("a") with { Assignments = [When("owner is not empty", AssignmentKind.Variable, "owner")] });
        new Story(drawing).Starts().Completes("ask", ("owner", Story.Person(6).ToString())).Releases("a").Refused<ActionNotForThisStep>();
        new Story(drawing).Starts().Completes("ask").Claims("a", Story.Person(6)).Releases("a").Stands("a");
    }

    static Assignment When(string condition, AssignmentKind kind, string name) => new(kind, name)
    {
        When = condition,
        Condition = Expression.Compile(
            condition, new[] { "owner", "kind", "field", "deputy" }.ToDictionary(n => n, _ => VariableType.Text)).Expression,
    };

    [Test]
    public void Nobody_to_do_a_task_is_an_incident() =>
        new Story(Of("start -> a -> end")).Staffed(Roles.Director, Story.Person(9)).Starts().Stands("a").CountOf<IncidentRaised>()
            .ShouldBe(1);

    [Test]
    public void A_message_is_heard_by_the_place_that_waits_for_it_and_by_no_other()
    {
        var drawing = Of("start -> ask -> reply -> work -> end").Knows("letter", VariableType.Text).With(new MessageNode(
            "reply", "answer", "letter"));
        var story = new Story(drawing).Starts().Completes("ask", ("letter", "ศธ 1/2")).Stands();
        story.Hears("answer", "ศธ 9/9").Refused<NobodyWaits>();
        story.Hears("other", "ศธ 1/2").Refused<NobodyWaits>();
        story.Hears("answer", "ศธ 1/2").Stands("work");
        story.Hears("answer", "ศธ 1/2").Refused<NobodyWaits>();
    }

    [Test]
    public void A_wait_for_a_date_ends_on_it_and_follows_it_when_it_moves()
    {
        var drawing = Of("start -> ask -> wait -> work -> end").Knows("meeting", VariableType.Date).With(new TimerNode(
            "wait", null, "meeting"));
        var story = new Story(drawing).Starts().Completes("ask", ("meeting", "2026-03-10")).TimeIs("2026-03-10 08:30").Stands();
        story.Changes(("meeting", "2026-03-12")).TimeIs("2026-03-11 09:00").Stands().TimeIs("2026-03-12 08:31").Stands("work");
    }

    [Test]
    public void A_sub_process_is_waited_for_and_a_hand_over_is_not()
    {
        var waited = new Story(Of("start -> ask -> call -> work -> end").With(new CallNode("call", "other.process", null, true))).Starts()
            .Completes("ask").Stands();
        var wait = waited.State.Waits.ShouldHaveSingleItem();
        waited.Do(new EndCall(wait.WaitId, wait.Call!.ChildId, "completed") { By = Actor.System }).Stands("work");
        new Story(Of("start -> ask -> call -> work -> end").With(new CallNode("call", "other.process", null, false))).Starts()
            .Completes("ask").Stands("work").CountOf<CaseHandedOver>().ShouldBe(1);
    }

    [Test]
    public void A_timer_that_interrupts_takes_the_step_away()
    {
        var drawing = Of("start -> a -> end", "a.TooLate -> b -> end").With(
            Task("a") with { Timers = [new BoundaryTimer("TooLate", new WorkingDays(2), true)] });
        new Story(drawing).Starts().TimeIs("2026-03-05 16:31").Stands("b").Completes("b").Ended();
        new Story(drawing).Starts().Completes("a").Ended();
    }

    [Test]
    public void A_timer_beside_starts_a_branch_once_and_the_step_goes_on()
    {
        var drawing = Of("start -> a -> end", "a.Remind -> call -> end-called").With(
            Task("a") with { Timers = [new BoundaryTimer("Remind", new WorkingDays(1), false)] });
        var story = new Story(drawing).Starts().TimeIs("2026-03-04 16:31").Stands("a", "call").TimeIs("2026-03-20 09:00")
            .Stands("a", "call");
        story.Completes("call").Stands("a").Completes("a").Ended();
    }

    [Test]
    public void What_cannot_be_done_one_way_is_done_another() =>
        new Story(Of("start -> uninet -> end", "uninet.Fail -> youtube -> end").With(Task("uninet") with { MayFail = true })).Starts()
            .Fails("uninet").Stands("youtube").Completes("youtube").Ended();

    [Test]
    public void A_cancelled_case_has_nothing_open()
    {
        var story = new Story(Parallel).Starts().Completes("plan").Completes("b").Cancels();
        story.State.Status.ShouldBe(InstanceStatus.Cancelled);
        (story.State.OpenTasks.Length + story.State.Arrivals.Length + story.State.OpenDeadlines.Length).ShouldBe(0);
        story.Cancels().Refused<InstanceHasEnded>();
    }

    [Test]
    public void An_ended_case_is_reopened_within_its_time_and_not_after()
    {
        var story = new Story(Of("start -> a -> b -> end")).Starts().Completes("a").Completes("b").Ended();
        story.On("2026-04-01 09:00").Reopens("b").Stands("b").Task("b").Attempt.ShouldBe(2);
        story.Completes("b").Ended().On("2026-06-01 09:00").Reopens("b").Refused<ReopenTooLate>();
        new Story(Parallel).Starts().Completes("plan").Completes("a1").Completes("a2").Completes("b").Completes("report").Ended()
            .Reopens("b").Refused<StepUnknown>();
    }

    [Test]
    public void An_administrator_puts_a_case_back_on_its_step()
    {
        var story = new Story(Parallel).Starts().Completes("plan").Completes("b").Moves("report").Stands("report");
        story.State.Arrivals.ShouldBeEmpty();
        story.Completes("report").Ended();
    }

    [Test]
    public void A_suspended_case_stands_still_until_it_is_resumed()
    {
        var story = new Story(Of("start -> a -> end")).Starts().Suspends();
        story.Completes("a").Refused<InstanceIsSuspended>();
        story.Resumes().Completes("a").Ended();
    }
}
