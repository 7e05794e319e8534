using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Who is told, and when, around a due moment. 2 March 2026 is a Monday, 3 March Makha Bucha.</summary>
public sealed class EscalationSpec
{
    static Story ATask(
        EscalationPolicy? policy = null, string role = Roles.Officer, string? supervisor = null, string at = "2026-03-02 09:00",
        DeadlineRule? within = null)
    {
        var work = Task("work", role, within ?? new WorkingDays(3)) with
        {
            Escalation = policy ?? EscalationPolicy.Default,
            SupervisorRole = supervisor,
        };
        return new Story(Of("start -> work -> after -> end").With(work)).On(at).Starts();
    }

    [Test]
    public void A_reminder_one_working_day_before_overdue_at_the_deadline_supervisor_after_one_director_after_three()
    {
        var story = ATask().Due("work", "2026-03-06 16:30");
        story.TimeIs("2026-03-05 16:30").Happened().TimeIs("2026-03-05 16:31").Happened("TaskReminded");
        story.TimeIs("2026-03-06 16:30").Happened().TimeIs("2026-03-06 16:31").Happened("TaskOverdue");
        story.TimeIs("2026-03-09 16:30").Happened().TimeIs("2026-03-09 16:31").Happened("TaskEscalated");
        story.TimeIs("2026-03-11 16:30").Happened().TimeIs("2026-03-11 16:31").Happened("TaskEscalated");
        story.TimeIs("2027-03-11 16:31").Happened();
        story.Rungs("reminder 2026-03-05 16:30", "overdue 2026-03-06 16:30", "groupDirector 2026-03-09 16:30", "director 2026-03-11 16:30");
    }

    [Test]
    public void Each_rung_is_taken_once_however_often_time_is_looked_at()
    {
        var story = ATask();
        foreach (var at in new[] { "2026-03-05 17:00", "2026-03-05 17:00", "2026-03-05 17:05", "2026-03-06 17:00", "2026-03-06 17:00" })
            story.TimeIs(at);
        story.Rungs("reminder 2026-03-05 16:30 late", "overdue 2026-03-06 16:30 late");
    }

    [Test]
    public void The_rungs_count_working_days_of_the_office() =>
        ATask(at: "2026-04-07 09:00").Due("work", "2026-04-10 16:30").TimeIs("2026-04-21 16:31")
            .Rungs(
                "reminder 2026-04-09 16:30 late superseded", "overdue 2026-04-10 16:30 late", "groupDirector 2026-04-16 16:30 late",
                "director 2026-04-20 16:30 late");

    [Test]
    public void A_definition_may_set_its_own_days()
    {
        ATask(new EscalationPolicy(2, 2, 5)).Clock("work").Rungs.Select(r => $"{r.Kind} {Story.Bangkok(r.At)}")
            .ShouldBe(
                ["Reminder 2026-03-04 16:30", "Overdue 2026-03-06 16:30", "Supervisor 2026-03-10 16:30", "Director 2026-03-13 16:30"]);
    }

    [Test]
    public void A_definition_may_leave_rungs_out_but_never_that_a_step_is_overdue() =>
        ATask(new EscalationPolicy(null, null, null)).Clock("work").Rungs.ShouldHaveSingleItem().Kind.ShouldBe(RungKind.Overdue);

    [Test]
    public void Rungs_come_in_the_order_of_their_moments_even_where_the_director_is_told_first() =>
        ATask(new EscalationPolicy(1, 3, 1)).Clock("work").Rungs.Select(r => r.Kind).ShouldBe(
            [RungKind.Reminder, RungKind.Overdue, RungKind.Director, RungKind.Supervisor]);

    [TestCase(Roles.Officer, null, Roles.GroupDirector)]
    [TestCase(Roles.CommitteeMember, null, Roles.GroupDirector)]
    [TestCase(Roles.GroupDirector, null, Roles.DeputyDirector)]
    [TestCase(Roles.DeputyDirector, null, Roles.Director)]
    [TestCase(Roles.Director, null, Roles.Director)]
    [TestCase(Roles.Officer, Roles.DeputyDirector, Roles.DeputyDirector)]
    public void The_first_to_be_told_is_the_next_above_unless_the_definition_says_otherwise(string role, string? named, string told) =>
        ATask(role: role, supervisor: named).Clock("work").Rungs.Single(r => r.Kind == RungKind.Supervisor).ToRole.ShouldBe(told);

    [Test]
    public void A_rung_taken_within_five_minutes_is_in_time_and_later_it_is_marked_late()
    {
        ATask().TimeIs("2026-03-05 16:35").Rungs("reminder 2026-03-05 16:30");
        ATask().TimeIs("2026-03-05 16:35:01").Rungs("reminder 2026-03-05 16:30 late");
    }

    [Test]
    public void Of_rungs_for_the_same_person_in_the_same_moment_only_the_last_is_told() =>
        ATask(role: Roles.Director).TimeIs("2026-03-12 09:00").Rungs(
            "reminder 2026-03-05 16:30 late superseded", "overdue 2026-03-06 16:30 late", "director 2026-03-09 16:30 late superseded",
            "director 2026-03-11 16:30 late");

    [Test]
    public void A_superseded_rung_is_recorded_and_sends_no_notice_of_its_own()
    {
        var story = ATask().TimeIs("2026-03-20 09:00");
        var state = ProcessState.NotStarted;
        var notices = new List<string>();
        foreach (var recorded in story.History)
        {
            state = ProcessState.Evolve(state, recorded);
            notices.AddRange(Notice.For(state, recorded).Select(n => $"{n.Kind} {n.ToRole}"));
        }

        notices.ShouldBe(["task-opened officer", "task-overdue officer", "task-escalated groupDirector", "task-escalated director"]);
    }

    [Test]
    public void Whoever_has_the_task_is_reminded_and_not_everybody_of_the_role()
    {
        var story = ATask().Claims("work", Story.Person(5)).TimeIs("2026-03-05 16:31");
        var notice = Notice.For(story.State, story.History[^1]).ShouldHaveSingleItem();
        (notice.Kind, notice.ToRole, notice.ToUser).ShouldBe(("task-reminder", null, Story.Person(5)));
    }

    [Test]
    public void A_reminder_that_would_come_before_the_work_comes_in_the_morning_of_the_due_day()
    {
        ATask(at: "2026-03-04 17:00", within: new WorkingDays(1)).Clock("work").Rungs[0].ShouldBe(new EscalationRung(
            RungKind.Reminder, Story.At("2026-03-05 08:30"), null));
        ATask(at: "2026-03-04 16:29", within: new WorkingDays(1)).Clock("work").Rungs[0].At.ShouldBe(Story.At("2026-03-04 16:30"));
    }

    [Test]
    public void There_is_no_reminder_where_it_could_only_come_at_the_deadline_or_after() =>
        ATask(at: "2026-03-04 09:00", within: new WorkingMinutes(30)).Clock("work").Rungs[0].Kind.ShouldBe(RungKind.Overdue);

    [Test]
    public void A_task_that_is_done_climbs_no_further() =>
        ATask().TimeIs("2026-03-06 16:31").Completes("work").TimeIs("2026-03-20 09:00").Happened().Rungs(
            "reminder 2026-03-05 16:30 late superseded", "overdue 2026-03-06 16:30");

    [Test]
    public void A_shared_clock_climbs_once_for_all_its_steps_and_names_the_task_that_is_open()
    {
        var story = new Story(
            Of("start -> a -> b -> end").With(Task("a", within: new WorkingDays(3)), Task("b") with { DeadlineSharedWith = "a" })).Starts()
            .TimeIs("2026-03-05 16:31").Completes("a").TimeIs("2026-03-06 16:31");
        story.Rungs("reminder 2026-03-05 16:30", "overdue 2026-03-06 16:30");
        story.History.Select(h => h.Event).OfType<TaskOverdue>().Single().TaskId.ShouldBe(story.Task("b").TaskId);
    }

    [Test]
    public void Each_attempt_has_an_escalation_of_its_own()
    {
        var story = new Story(Of("start -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan", "propose.Return -> plan")
            .With(Task("plan", within: new WorkingDays(1)), Approval("propose"))).Starts();
        story.TimeIs("2026-03-04 16:31").On("2026-03-05 09:00").Completes("plan").Rejects("propose").TimeIs("2026-03-06 16:31");
        story.Rungs(
            "reminder 2026-03-02 16:30 late superseded", "overdue 2026-03-04 16:30", "reminder 2026-03-05 16:30 late superseded",
            "overdue 2026-03-06 16:30");
        story.History.Select(h => h.Event).OfType<TaskOverdue>().Select(e => e.DeadlineId).Distinct().Count().ShouldBe(2);
    }

    [Test]
    public void A_clock_that_jumps_back_takes_nothing_and_takes_nothing_twice()
    {
        ATask().TimeIs("2026-03-05 16:31").Happened("TaskReminded").TimeIs("2026-03-04 09:00").Happened().TimeIs("2026-03-05 16:31")
            .Happened();
    }

    [Test]
    public void A_clock_that_stands_still_twice_after_its_deadline_is_overdue_once()
    {
        var story = new Story(Of("start -> work -> end").With(Task("work", within: new WorkingDays(1)))).Starts()
            .TimeIs("2026-03-04 16:31");
        for (var i = 0; i < 3; i++)
            story.Pauses("work").Continues("work");
        story.TimeIs("2026-03-04 16:32").CountOf<TaskOverdue>().ShouldBe(1);
    }
}
