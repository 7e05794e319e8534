using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>How a case ended, and files that are taken out of one.</summary>
public sealed class OutcomeSpec
{
    static readonly Guid File = Story.Person(500);

    static Story Begun => new Story(Of("start -> write -> end")).Starts();

    static Story Attached => Begun.Do(
        new AttachFile(File, null, "ก.pdf", "application/pdf", 1, "00") { By = Story.Boss });

    static Story Withdrawn(Story story, Actor by, string reason = "แนบผิด") =>
        story.Do(new WithdrawFile(File, "ก.pdf", Story.Requester, reason) { By = by });

    [Test]
    public void A_case_ends_as_the_end_says_that_it_reaches() => Begun.Completes("write").State.Outcome.ShouldBe("completed");

    [Test]
    public void A_case_that_a_superior_ends_is_cancelled() => Begun.Cancels().State.Outcome.ShouldBe(CaseOutcomes.Cancelled);

    [Test]
    public void A_case_that_its_starter_ends_is_withdrawn() => Begun.Do(
        new CancelInstance("ไม่ต้องการแล้ว") { By = Story.Of(Story.Requester, Roles.Officer) })
        .State.Outcome.ShouldBe(CaseOutcomes.Withdrawn);

    [Test]
    public void A_case_that_the_service_started_and_ended_is_cancelled() =>
        CaseOutcomes.Of(new InstanceCancelled("ไม่รอแล้ว"), null, null).ShouldBe(CaseOutcomes.Cancelled);

    [Test]
    public void A_case_that_is_opened_again_has_no_outcome() => Begun.Completes("write").Reopens("write").State.Outcome.ShouldBeNull();

    [Test]
    public void A_file_is_withdrawn_once_and_by_a_reason()
    {
        var story = Attached;
        Withdrawn(story, Story.Boss, " ").Refused<ReasonRequired>();
        Withdrawn(story, Story.Boss).Happened(nameof(FileWithdrawn));
        Withdrawn(story, Story.Boss).Refused<FileWithdrawnBefore>();
    }

    [Test]
    public void Who_attached_a_file_withdraws_it_as_long_as_the_case_runs_and_a_superior_afterwards()
    {
        var requester = Story.Of(Story.Requester, Roles.Officer);
        Withdrawn(Attached, Story.Of(Story.Person(8), Roles.Officer)).Refused<NotAllowed>();
        Withdrawn(Attached, requester).Happened(nameof(FileWithdrawn));
        Withdrawn(Attached.Completes("write"), requester).Refused<NotAllowed>();
        Withdrawn(Attached.Completes("write"), Story.Boss).Happened(nameof(FileWithdrawn));
    }

    [Test]
    public void Content_is_taken_out_of_a_case_that_has_ended_by_two_people_and_a_paper()
    {
        var ended = Begun.Completes("write");
        Redacted(Begun, Story.Person(8)).Refused<InstanceStillRuns>();
        Redacted(ended, Story.Boss.UserId!.Value).Refused<SecondPersonNeeded>();
        Redacted(ended, Story.Person(8), paper: " ").Refused<ReasonRequired>();
        Redacted(ended, Story.Person(8)).Happened(nameof(ContentRedacted));

        static Story Redacted(Story story, Guid askedBy, string paper = "คำขอที่ 1") => story.Do(
            new RedactContent([new RedactedEvent(1, "00")], "มาตรา 33", paper, askedBy) { By = Story.Boss });
    }

    [Test]
    public void One_case_goes_by_another_version_when_who_owns_the_definition_says_so()
    {
        var to = Of("start -> write -> end").Definition(version: 2);
        Begun.Do(Move(Story.Boss)).Refused<NotAllowed>();
        Begun.Do(Move(Story.Owner)).Happened(nameof(InstanceMigrated)).State.DefinitionVersion.ShouldBe(2);

        MigrateInstance Move(Actor by) =>
            new(to, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty) { By = by, Reason = "แก้ผังงาน" };
    }

    static Story TakenBack(Story story, int after, Actor by) => story.Do(new UndoCaseAct(after, [.. story.History]) { By = by });

    [Test]
    public void What_was_just_done_to_a_case_is_taken_back_by_who_did_it()
    {
        var story = Begun;
        var after = story.State.Revision;
        story.On("2026-03-02 10:00").Cancels();
        TakenBack(story, after, Story.Of(Story.Person(7), Roles.Director)).Refused<NotAllowed>();
        TakenBack(story.On("2026-03-02 10:00:10"), after, Story.Boss).Happened(nameof(ActUndone)).Stands("write");
        story.State.Status.ShouldBe(InstanceStatus.Running);
        TakenBack(story, after, Story.Boss).Refused<ActFollowed>();
    }

    [Test]
    public void It_stands_after_ten_seconds_and_where_somebody_was_told()
    {
        var story = Begun;
        var after = story.State.Revision;
        story.On("2026-03-02 10:00").Cancels();
        story.Do(new UndoCaseAct(after, [.. story.History]) { By = Story.Boss, IsKnownOutside = true }).Refused<NotReversible>();
        TakenBack(story.On("2026-03-02 10:00:11"), after, Story.Boss).Refused<UndoTooLate>();
    }

    [Test]
    public void A_suspension_is_not_taken_back_but_resumed()
    {
        var story = Begun;
        var after = story.State.Revision;
        TakenBack(story.On("2026-03-02 10:00").Suspends(), after, Story.Boss).Refused<ActionNotPossible>();
    }
}
