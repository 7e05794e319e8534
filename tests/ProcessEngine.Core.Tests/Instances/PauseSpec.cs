using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>
/// One pause, all clocks of that work, and as much time left afterwards as before. In March 2026 the 2nd is a Monday and the 3rd Makha Bucha.
/// </summary>
public sealed class PauseSpec
{
    static Story ATask(DeadlineRule within) => new Story(Of("start -> work -> after -> end").With(Task("work", within: within))).Starts();

    static Story Paused(DeadlineRule within, string from, string to) => ATask(within).On(from).Pauses("work").On(to).Continues("work");

    [TestCase("2026-03-06 17:00", "2026-03-09 08:00", "2026-03-11 16:30", TestName = "{m}(a weekend costs no day)")]
    [TestCase("2026-03-05 23:58", "2026-03-06 00:01", "2026-03-11 16:30", TestName = "{m}(midnight gives no day)")]
    [TestCase("2026-03-05 12:00", "2026-03-05 13:00", "2026-03-11 16:30", TestName = "{m}(nor does lunch)")]
    [TestCase("2026-03-11 10:00", "2026-03-13 18:00", "2026-03-16 15:00", TestName = "{m}(what was left of the last day is left)")]
    [TestCase("2026-03-11 13:00", "2026-03-12 17:00", "2026-03-13 12:00", TestName = "{m}(half a day is half a day)")]
    [TestCase("2026-03-10 10:00:30", "2026-03-10 10:00:45", "2026-03-12 08:30:15", TestName = "{m}(to the second)")]
    public void A_pause_costs_and_gives_no_working_time(string from, string to, string due) =>
        Paused(new WorkingDays(6), from, to).Due("work", due);

    [Test]
    public void A_pause_every_night_moves_nothing()
    {
        var story = ATask(new WorkingDays(6));
        foreach (var day in new[] { "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10" })
            story.On($"{day} 23:58").Pauses("work").On(Story.At($"{day} 23:58").AddMinutes(3)).Continues("work");
        story.Due("work", "2026-03-11 16:30");
    }

    [Test]
    public void Minutes_that_were_left_are_left_with_their_seconds() =>
        Paused(new WorkingMinutes(60), "2026-03-02 09:10:40", "2026-03-04 10:00:00").Due("work", "2026-03-04 10:49:20");

    [TestCase("2026-03-06 17:00", "2026-03-09 08:00", "2026-03-19 16:30", TestName = "{m}(two dates stood still)")]
    [TestCase("2026-03-05 23:58", "2026-03-06 00:01", "2026-03-17 16:30", TestName = "{m}(midnight gives no day)")]
    [TestCase("2026-03-13 10:00", "2026-03-13 12:00", "2026-03-18 10:30", TestName = "{m}(two hours are two hours)")]
    [TestCase("2026-03-16 12:30", "2026-03-19 17:00", "2026-03-23 12:00", TestName = "{m}(a last day that is a holiday rolls)")]
    public void Of_plain_days_every_date_counts(string from, string to, string due) =>
        Paused(new CalendarDays(15), from, to).Due("work", due);

    [Test]
    public void A_limit_of_plain_days_that_has_rolled_keeps_what_the_office_had_left()
    {
        // 14 March is a Saturday: due on Monday. Paused on that Monday at noon, half a day was left.
        var story = ATask(new CalendarDays(12)).Due("work", "2026-03-16 16:30");
        story.On("2026-03-16 12:00").Pauses("work").On("2026-03-18 08:00").Continues("work").Due("work", "2026-03-18 12:00");
    }

    [Test]
    public void The_minimum_of_a_range_stands_still_too()
    {
        var story = Paused(new WorkingDaysRange(2, 6), "2026-03-04 08:30", "2026-03-05 08:30").Due("work", "2026-03-12 16:30");
        story.Clock("work").Terms.ExpectedFrom.ShouldBe(Story.At("2026-03-06 16:30"));
    }

    static Story Timed(bool interrupts = true, DeadlineRule? after = null, bool clockPauses = true) => new Story(
        Of("start -> work -> after -> end", "work.Late -> other -> end-late").With(Task("work", within: new WorkingDays(5)) with
        {
            ClockPauses = clockPauses,
            Timers = [new BoundaryTimer("Late", after ?? new WorkingDays(2), interrupts)],
        })).Starts();

    static DateTimeOffset? Timer(Story story) => story.State.Waits.ShouldHaveSingleItem().WakesAt;

    [Test]
    public void The_timer_of_a_task_that_waits_for_an_outsider_stands_still_with_its_limit([Values] bool interrupts)
    {
        var story = Timed(interrupts).On("2026-03-04 08:30").Pauses("work").Happened("TaskPaused", "DeadlinePaused", "WaitPaused");
        story.TimeIs("2026-03-09 08:30").Stands("work");
        Timer(story).ShouldBeNull();
        // Wednesday, Thursday and Friday stood still: Thursday the 5th becomes Tuesday the 10th.
        story.Continues("work").Happened("TaskContinued", "DeadlineMoved", "WaitContinued").Due("work", "2026-03-13 16:30");
        Timer(story).ShouldBe(Story.At("2026-03-10 16:30"));
        story.TimeIs("2026-03-10 16:30").Stands("work");
        story.TimeIs("2026-03-10 16:31").Stands(interrupts ? ["other"] : ["other", "work"]);
    }

    [Test]
    public void The_timers_of_a_suspended_case_stand_still()
    {
        var story = Timed().On("2026-03-04 08:30").Suspends().Happened("InstanceSuspended", "DeadlinePaused", "WaitPaused");
        story.TimeIs("2026-03-09 08:30").Stands("work").Resumes().Happened("InstanceResumed", "DeadlineMoved", "WaitContinued");
        Timer(story).ShouldBe(Story.At("2026-03-10 16:30"));
        story.TimeIs("2026-03-09 09:00").Stands("work").TimeIs("2026-03-10 16:31").Stands("other");
    }

    [Test]
    public void What_waits_for_an_outsider_goes_on_waiting_when_its_case_is_resumed()
    {
        var story = Timed().On("2026-03-04 08:30").Pauses("work").On("2026-03-05 08:30").Suspends().On("2026-03-06 08:30").Resumes();
        Timer(story).ShouldBeNull();
        story.Clock("work").PausedAt.ShouldBe(Story.At("2026-03-04 08:30"));
        story.On("2026-03-09 08:30").Continues("work").Due("work", "2026-03-13 16:30");
        Timer(story).ShouldBe(Story.At("2026-03-10 16:30"));
    }

    [Test]
    public void A_timer_of_plain_days_stands_still_by_dates()
    {
        // Due on Saturday the 7th, so on Monday; two dates stood still: due on Monday the 9th itself.
        var story = Timed(after: new CalendarDays(5)).On("2026-03-04 08:00").Suspends().On("2026-03-06 08:00").Resumes();
        Timer(story).ShouldBe(Story.At("2026-03-09 16:30"));
    }

    [Test]
    public void A_step_whose_clock_does_not_pause_keeps_its_timer_running_too()
    {
        var story = Timed(clockPauses: false).On("2026-03-04 08:30").Pauses("work").Happened("TaskPaused");
        Timer(story).ShouldBe(Story.At("2026-03-05 16:30"));
    }

    [Test]
    public void A_wait_of_so_many_days_stands_still_in_a_suspended_case_and_one_for_a_date_does_not()
    {
        var drawing = Of("start -> fork", "fork -> wait -> join", "fork -> meet -> join", "join -> work -> end").Knows("day", Core.Expressions.VariableType.Date)
            .With(new TimerNode("wait", new WorkingDays(2), null), new TimerNode("meet", null, "day"));
        var story = new Story(drawing).Starts(("day", "2026-03-09")).On("2026-03-04 08:30").Suspends().On("2026-03-09 08:30").Resumes();
        story.State.Waits.Single(w => w.NodeId == "wait").WakesAt.ShouldBe(Story.At("2026-03-10 16:30"));
        story.State.Waits.Single(w => w.NodeId == "meet").WakesAt.ShouldBe(Story.At("2026-03-09 08:30"));
        story.TimeIs("2026-03-11 09:00").TimeIs("2026-03-11 09:00").Completes("work").Ended();
    }
}
