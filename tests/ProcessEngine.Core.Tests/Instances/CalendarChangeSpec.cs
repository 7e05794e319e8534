using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;
using static ProcessEngine.Core.Tests.Instances.Story;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>
/// What a change of the calendar does to running limits (docs/working-time.md, section 5). Received on Tuesday 24 November 2026, five
/// working days:
/// reminder on Monday 30, due on Tuesday 1 December, escalations on 2 and 4 December (7 December is a substitution day).
/// </summary>
public sealed class CalendarChangeSpec
{
    static Story Received(DeadlineRule? within = null) =>
        new Story(Of("start -> work -> end").With(Task("work", within: within ?? new WorkingDays(5)))).On("2026-11-24 10:00").Starts();

    static DeadlineMoved LastMove(Story story) => story.History.Select(h => h.Event).OfType<DeadlineMoved>().Last();

    [Test]
    public void E15_A_holiday_added_later_moves_the_due_moment_and_says_what_moved_it()
    {
        var story = Received().Due("work", "2026-12-01 16:30").On("2026-11-25 09:00").DaysOff("2026-11-30").Happened("DeadlineMoved")
            .Due("work", "2026-12-02 16:30");
        var move = LastMove(story);
        (move.From, move.Terms.DueAt).ShouldBe((At("2026-12-01 16:30"), At("2026-12-02 16:30")));
        (move.FromCalendarVersion, move.Terms.CalendarVersion, move.Cause).ShouldBe((1, 2, MoveCause.CalendarChanged));
        move.CalendarChangeId.ShouldNotBeNull();
        move.Comment.ShouldBe("มติคณะรัฐมนตรี");
        story.Clock("work").Rungs.Select(r => r.At).ShouldBe(
            new[] { "2026-12-01 16:30", "2026-12-02 16:30", "2026-12-03 16:30", "2026-12-08 16:30" }.Select(At));
    }

    [Test]
    public void Undo_is_another_change_and_counts_anew_from_the_inputs()
    {
        var story = Received().DaysOff("2026-11-30", "2026-11-27").Due("work", "2026-12-03 16:30").DaysOff()
            .Due("work", "2026-12-01 16:30");
        story.Clock("work").Terms.CalendarVersion.ShouldBe(3);
        story.CountOf<DeadlineMoved>().ShouldBe(2);
    }

    [Test]
    public void A_change_that_makes_no_difference_leaves_no_trace()
    {
        Received().DaysOff("2026-11-21").Happened();
        Received().DaysOff("2027-01-11").Happened();
        Received().DaysOff("2026-11-24").Happened();
    }

    [Test]
    public void A_day_off_after_the_due_moment_moves_only_the_escalations()
    {
        var story = Received().DaysOff("2026-12-03").Happened("DeadlineMoved").Due("work", "2026-12-01 16:30");
        story.Clock("work").Rungs.Select(r => r.At).ShouldBe(
            new[] { "2026-11-30 16:30", "2026-12-01 16:30", "2026-12-02 16:30", "2026-12-08 16:30" }.Select(At));
        Notice.For(story.State, story.History[^1]).ShouldBeEmpty("nobody's limit has moved");
    }

    [Test]
    public void What_was_overdue_and_is_not_any_more_stops_being_overdue_and_may_become_so_once_more()
    {
        var story = Received().TimeIs("2026-12-01 16:40").Happened("TaskReminded", "TaskOverdue").On("2026-12-01 17:00")
            .DaysOff("2026-11-30");
        LastMove(story).Superseded!.Value.ShouldBe([RungKind.Overdue]);
        story.TimeIs("2026-12-02 16:00").Happened();
        story.TimeIs("2026-12-02 16:31").Happened("TaskOverdue").TimeIs("2026-12-02 16:32").Happened();
        story.CountOf<TaskOverdue>().ShouldBe(2, "the first one stays in the history");
        story.CountOf<TaskReminded>().ShouldBe(1);
        story.Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void A_rung_that_was_taken_and_lies_behind_is_not_taken_again_however_often_the_calendar_changes()
    {
        var story = Received().TimeIs("2026-12-02 17:00").Happened("TaskReminded", "TaskOverdue", "TaskEscalated");
        story.DaysOff("2026-12-03").DaysOff().DaysOff("2026-12-03").TimeIs("2026-12-03 09:00").Happened();
        story.TimeIs("2026-12-08 17:00").Happened("TaskEscalated").TimeIs("2026-12-30 09:00").Happened();
    }

    [Test]
    public void A_limit_that_the_calendar_puts_into_the_past_is_nobodys_lateness_until_a_supervisor_confirms()
    {
        var story = ReceivedBeforeACancelledHoliday();
        LastMove(story).AwaitsConfirmation.ShouldBeTrue();
        story.Due("work", "2026-12-01 16:30").TimeIs("2026-12-02 17:00").Happened();
        Notice.For(story.State, story.History[^1]).Select(n => (n.Kind, n.ToRole, n.ToUser)).ShouldBe(
        [
            ("deadline-moved", Roles.Officer, null), ("deadline-moved", null, Requester),
            ("deadline-to-confirm", Roles.GroupDirector, null),
        ]);
        story.Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Within);
    }

    [Test]
    public void Once_confirmed_it_counts()
    {
        var story = ReceivedBeforeACancelledHoliday().Confirms("work").Happened("DeadlineConfirmed", "TaskReminded", "TaskOverdue");
        story.TimeIs("2026-12-02 17:00").Happened("TaskEscalated");
        story.Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Late);
    }

    [Test]
    public void Only_a_supervisor_confirms_and_only_what_waits_for_it()
    {
        var story = ReceivedBeforeACancelledHoliday();
        var confirm = new ConfirmDeadline(story.Clock("work").DeadlineId, null) { By = Of(Requester, Roles.Officer) };
        story.Do(confirm).Refused<NotAllowed>();
        story.Confirms("work").Confirms("work").Refused<NothingToConfirm>();
        Received().Confirms("work").Refused<NothingToConfirm>();
    }

    [Test]
    public void A_day_off_that_comes_back_takes_the_question_away()
    {
        var story = ReceivedBeforeACancelledHoliday().DaysOff("2026-11-30");
        story.Clock("work").AwaitsConfirmation.ShouldBeFalse();
        story.Due("work", "2026-12-02 16:30").Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Within);
    }

    [Test]
    public void Who_was_late_by_the_old_calendar_is_late_by_the_new_one()
    {
        var story = new Story(Of("start -> work -> end").With(Task("work", within: new WorkingDays(5)))).KnowsDayOff("2026-11-30")
            .On("2026-11-24 10:00").Starts();
        story.TimeIs("2026-12-03 09:00").DaysOff();
        story.Clock("work").AwaitsConfirmation.ShouldBeFalse();
        story.Completes("work").ResultOf("work").ShouldBe(DeadlineResult.Late);
    }

    static Story ReceivedBeforeACancelledHoliday() =>
        new Story(Of("start -> work -> end").With(Task("work", within: new WorkingDays(5)))).KnowsDayOff("2026-11-30")
            .On("2026-11-24 10:00").Starts()
            .Due("work", "2026-12-02 16:30").On("2026-12-02 09:00").DaysOff();

    [Test]
    public void P8_A_closed_result_never_changes()
    {
        var story = Received().On("2026-12-02 09:00").Completes("work");
        story.ResultOf("work").ShouldBe(DeadlineResult.Late);
        var before = story.State;
        story.DaysOff("2026-11-30").Happened();
        story.State.ShouldBe(before);
    }

    [Test]
    public void Minutes_are_counted_anew_the_same_way() =>
        Received(new WorkingMinutes(480)).Due("work", "2026-11-25 11:00").DaysOff("2026-11-25").Due("work", "2026-11-26 11:00");

    [Test]
    public void A_pause_and_an_extension_stay_what_they_were()
    {
        // 26 h 30 min of five days are left when the clock stops on Thursday 26 at ten; from Monday 30 at nine they end on Thursday
        // 3 December an hour before closing, the extension on the day after.
        var story = Received().On("2026-11-26 10:00").Pauses("work").On("2026-11-30 09:00").Continues("work")
            .Due("work", "2026-12-03 15:30");
        story.Extends("work", new WorkingDays(1)).Due("work", "2026-12-04 16:30");
        story.DaysOff("2026-12-02").Due("work", "2026-12-08 16:30").DaysOff().Due("work", "2026-12-04 16:30");
    }

    [Test]
    public void A_clock_that_stands_still_goes_on_by_the_new_calendar()
    {
        var story = Received().On("2026-11-26 10:00").Pauses("work").DaysOff("2026-11-30").Due("work", "2026-12-02 16:30");
        story.Clock("work").PausedAt.ShouldBe(At("2026-11-26 10:00"));
        story.TimeIs("2026-12-09 09:00").Happened();
        // 26 h 30 min were left at ten on the day of the pause: of it, of 27 November, of 1 and 2 December.
        story.On("2026-12-14 09:00").Continues("work").Due("work", "2026-12-17 15:30");
    }

    [Test]
    public void A_case_that_is_suspended_is_counted_anew_too() =>
        Received().On("2026-11-26 10:00").Suspends().DaysOff("2026-11-30").Happened("DeadlineMoved").Due("work", "2026-12-02 16:30");
}
