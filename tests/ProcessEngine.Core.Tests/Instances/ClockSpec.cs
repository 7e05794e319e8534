using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>When a clock starts and stops, and what it says then. 2 March 2026 is a Monday, 3 March Makha Bucha.</summary>
public sealed class ClockSpec
{
    static Story ATask(DeadlineRule? within) => new Story(Of("start -> work -> after -> end").With(Task("work", within: within))).Starts();

    [Test]
    public void A_step_with_a_limit_starts_its_clock_when_it_is_reached()
    {
        var story = ATask(new WorkingDays(3)).Happened("InstanceStarted", "DeadlineSet", "TaskOpened").Due("work", "2026-03-06 16:30");
        var terms = story.Clock("work").Terms;
        terms.Rule.ShouldBe(new WorkingDays(3));
        terms.Source.ShouldBe(DeadlineSource.Manual);
        terms.ReceivedAt.ShouldBe(Story.At("2026-03-02 09:00"));
        (terms.CalendarId, terms.CalendarVersion, terms.LastDay, terms.Provisional).ShouldBe(
            ("national", 1, new DateOnly(2026, 3, 6), false));
        story.Task("work").DeadlineId.ShouldBe(story.Clock("work").DeadlineId);
    }

    [Test]
    public void A_step_without_a_limit_is_measured_and_never_breached()
    {
        var story = ATask(null).Happened("InstanceStarted", "TaskOpened");
        story.Task("work").DeadlineId.ShouldBeNull();
        story.TimeIs("2027-06-01 09:00").Happened().Rungs();
    }

    [Test]
    public void A_limit_that_the_office_set_itself_is_marked_as_its_own()
    {
        var story = new Story(Of("start -> work -> after -> end")).OfficeSets("work", new WorkingDays(2)).Starts()
            .Due("work", "2026-03-05 16:30");
        story.Clock("work").Terms.Source.ShouldBe(DeadlineSource.Office);
    }

    [Test]
    public void The_manuals_limit_goes_before_the_offices_own()
    {
        var story = new Story(Of("start -> work -> end").With(Task("work", within: new WorkingDays(3))))
            .OfficeSets("work", new WorkingDays(1)).Starts();
        story.Due("work", "2026-03-06 16:30").Clock("work").Terms.Source.ShouldBe(DeadlineSource.Manual);
    }

    [Test]
    public void A_limit_on_days_that_are_not_announced_is_provisional() =>
        ATask(new CalendarDays(365)).Clock("work").Terms.Provisional.ShouldBeTrue();

    [Test]
    public void Each_pass_through_a_step_has_a_clock_of_its_own()
    {
        var story = new Story(Of("start -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan", "propose.Return -> plan")
            .With(Task("plan", within: new WorkingDays(2)), Approval("propose", within: new WorkingDays(1)))).Starts();
        var first = story.Due("plan", "2026-03-05 16:30").Clock("plan").DeadlineId;
        story.On("2026-03-06 10:00").Completes("plan").Happened("TaskCompleted", "DeadlineClosed", "DeadlineSet", "TaskOpened");
        story.ResultOf("plan").ShouldBe(DeadlineResult.Late);
        story.On("2026-03-09 10:00").Rejects("propose").Due("plan", "2026-03-11 16:30").Clock("plan").Attempt.ShouldBe(2);
        story.Clock("plan").DeadlineId.ShouldNotBe(first);
        story.On("2026-03-10 10:00").Completes("plan").ResultOf("plan").ShouldBe(DeadlineResult.Within);
        story.History.Select(h => h.Event).OfType<DeadlineClosed>().Count(c => c.DeadlineId == first).ShouldBe(1);
    }

    static Story SharedTime() => new Story(
        Of("start -> first -> second -> check", "check.Approve -> after -> end", "check.Reject -> second", "check.Return -> first").With(
            Task("first", within: new WorkingDays(3)),
            Task("second") with { DeadlineSharedWith = "first" },
            Approval("check") with { DeadlineSharedWith = "first" },
            Task("after", within: new WorkingDays(1)))).Starts();

    [Test]
    public void Steps_that_share_their_time_have_one_clock()
    {
        var story = SharedTime();
        var clock = story.Task("first").DeadlineId;
        story.On("2026-03-04 10:00").Completes("first").Happened("TaskCompleted", "TaskOpened").Task("second").DeadlineId.ShouldBe(clock);
        story.On("2026-03-05 10:00").Completes("second").Task("check").DeadlineId.ShouldBe(clock);
        story.Due("first", "2026-03-06 16:30");
        story.CountOf<DeadlineSet>().ShouldBe(1);
    }

    [Test]
    public void A_shared_clock_stops_when_the_flow_leaves_the_steps_that_share_it()
    {
        var story = SharedTime().Completes("first").Completes("second").On("2026-03-09 09:00").Approves("check")
            .Happened("TaskApproved", "DeadlineClosed", "DeadlineSet", "TaskOpened");
        story.ResultOf("first").ShouldBe(DeadlineResult.Late);
        story.Due("after", "2026-03-10 16:30");
    }

    [Test]
    public void A_shared_clock_that_waits_for_its_date_times_whoever_shares_it_when_the_date_is_known()
    {
        var drawing = Of("start -> sort", "sort.Yes -> first -> second -> end", "sort.Else -> second")
            .Knows("day", VariableType.Date).Knows("long", VariableType.Boolean)
            .With(
                Decision("sort", ("Yes", "long")),
                Task("first", within: new GivenDate()) with { DeadlineDateFrom = "day" },
                Task("second") with { DeadlineSharedWith = "first" });
        var story = new Story(drawing).Starts();
        story.Task("second").DeadlineId.ShouldBeNull();
        story.Changes(("day", "2026-03-10")).Due("first", "2026-03-10 16:30").Task("second").DeadlineId.ShouldBe(
            story.Clock("first").DeadlineId);
        story.Changes(("day", "2026-03-12")).Due("first", "2026-03-12 16:30");
        story.CountOf<DeadlineSet>().ShouldBe(1);
    }

    [Test]
    public void A_way_back_within_the_shared_time_lets_its_clock_run()
    {
        var story = SharedTime().Completes("first").Completes("second");
        var clock = story.Task("check").DeadlineId;
        story.Rejects("check").Happened("TaskRejected", "TaskOpened").Task("second").DeadlineId.ShouldBe(clock);
    }

    [Test]
    public void A_way_back_to_the_step_that_owns_the_shared_time_starts_it_again()
    {
        var story = SharedTime().Completes("first").Completes("second");
        var clock = story.Task("check").DeadlineId;
        story.On("2026-03-05 10:00").Returns("check").Task("first").DeadlineId.ShouldNotBe(clock);
        story.Due("first", "2026-03-10 16:30");
        story.State.OpenDeadlines.Length.ShouldBe(1);
    }

    [TestCase("2026-03-04 16:29", DeadlineResult.Early)]
    [TestCase("2026-03-04 16:30", DeadlineResult.Within)]
    [TestCase("2026-03-06 16:30", DeadlineResult.Within)]
    [TestCase("2026-03-06 16:30:01", DeadlineResult.Late)]
    public void A_range_has_three_answers_and_both_its_ends_are_within(string done, DeadlineResult result)
    {
        var story = ATask(new WorkingDaysRange(1, 3));
        story.Clock("work").Terms.ExpectedFrom.ShouldBe(Story.At("2026-03-04 16:30"));
        story.On(done).Completes("work").ResultOf("work").ShouldBe(result);
    }

    [Test]
    public void Without_a_minimum_nothing_is_early() =>
        ATask(new WorkingDays(3)).On("2026-03-02 09:00").Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Within);

    [Test]
    public void The_clocks_of_a_cancelled_case_are_cancelled_and_not_judged() =>
        ATask(new WorkingDays(1)).On("2026-03-20 09:00").Cancels().Happened("TaskCancelled", "DeadlineClosed", "InstanceCancelled")
            .ResultOf("work").ShouldBe(DeadlineResult.Cancelled);

    [Test]
    public void Nor_is_the_limit_of_a_procedure_that_is_cancelled() =>
        new Story(Of("start -> a -> end").Within(new WorkingDays(5))).Starts().On("2026-03-20 09:00").Cancels().ResultOf("")
            .ShouldBe(DeadlineResult.Cancelled);

    [Test]
    public void R7_A_limit_that_lay_in_the_past_at_the_start_is_overdue_at_once()
    {
        var window = new Window(new MonthDay(10, 1), new MonthDay(10, 20));
        ATask(window).Happened("InstanceStarted", "DeadlineSet", "TaskOpened", "TaskOverdue", "TaskEscalated", "TaskEscalated")
            .Due("work", "2025-10-20 16:30")
            .On("2026-03-02 09:01").Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void To_take_a_task_or_give_it_on_does_not_move_its_clock()
    {
        var story = ATask(new WorkingDays(3));
        var clock = story.Clock("work");
        story.On("2026-03-05 09:00").Claims("work", Story.Person(5)).Reassigns("work", Story.Person(6), Roles.Officer)
            .Comments("work", "รับทราบ");
        story.Clock("work").ShouldBe(clock);
    }

    [Test]
    public void A_limit_of_the_whole_procedure_runs_from_start_to_end()
    {
        var story = new Story(Of("start -> a -> b -> end").Within(new WorkingDays(5))).Starts().Due("", "2026-03-10 16:30").Completes("a");
        story.Clock("").Terms.ReceivedAt.ShouldBe(Story.At("2026-03-02 09:00"));
        story.On("2026-03-11 09:00").Completes("b").Ended().ResultOf("").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void A_clock_stands_still_when_the_last_task_that_did_not_wait_for_an_outsider_is_done()
    {
        var drawing = Of("start -> ask -> collect -> end").Knows("schools", VariableType.List)
            .With(
                Task("collect", within: new WorkingDays(5)) with
                {
                    ForEach = new MultiInstance("schools", GoOnRule.All, 100, false, null),
                });
        var story = new Story(drawing).Starts().Completes("ask", ("schools", new[] { "ก", "ข" })).Pauses("collect");
        story.Clock("collect").PausedAt.ShouldBeNull();
        var other = story.State.OpenTasks.Single(t => !t.Paused);
        story.Do(new CompleteTask { By = Story.Of(Story.Person(10), other.Role), TaskId = other.TaskId }).Happened(
            "TaskCompleted", "DeadlinePaused");
        story.Continues("collect").Clock("collect").PausedAt.ShouldBeNull();
    }

    [Test]
    public void The_clock_of_a_whole_approval_stands_still_with_its_level()
    {
        var drawing = Of("start -> sign", "sign.Approve -> end", "sign.Reject -> sign", "sign.Return -> sign")
            .With(Approval("sign", within: new WorkingDays(9)) with { Levels = [new(Roles.Director, null, new WorkingDays(2))] });
        var story = new Story(drawing).Starts().Pauses("sign");
        story.State.OpenDeadlines.Length.ShouldBe(2);
        story.State.OpenDeadlines.ShouldAllBe(d => d.PausedAt != null);
        story.Continues("sign").State.OpenDeadlines.ShouldAllBe(d => d.PausedAt == null);
    }

    [Test]
    public void A_clock_that_stands_still_goes_on_standing_when_its_date_is_moved()
    {
        var drawing = Of("start -> work -> end").Knows("meeting", VariableType.Date).With(
            Task("work", within: new WorkingDaysBeforeEvent(1)) with { DeadlineDateFrom = "meeting" });
        var story = new Story(drawing).Starts(("meeting", "2026-03-12")).Pauses("work").Changes(("meeting", "2026-03-19"));
        story.Due("work", "2026-03-18 16:30").Clock("work").PausedAt.ShouldNotBeNull();
    }

    [Test]
    public void The_limit_of_the_whole_case_is_measured_once_and_a_reopened_case_runs_on_those_of_its_steps()
    {
        var story = new Story(Of("start -> a -> end").With(Drawing.Task("a", within: new WorkingDays(2))).Within(new WorkingDays(5)))
            .Starts().Completes("a").Ended();
        story.ResultOf("").ShouldBe(DeadlineResult.Within);
        story.On("2026-03-20 09:00").Reopens("a").State.OpenDeadlines.ShouldHaveSingleItem().StepId.ShouldBe("a");
        story.Due("a", "2026-03-24 16:30").On("2026-04-01 09:00").Completes("a").Ended();
        story.History.Select(h => h.Event).OfType<DeadlineClosed>().Count().ShouldBe(3, "the case once, its step twice");
        story.ResultOf("").ShouldBe(DeadlineResult.Within, "what is closed does not change");
    }
}
