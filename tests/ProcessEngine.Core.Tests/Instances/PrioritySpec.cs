using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>ชั้นความเร็ว: how urgent a task is, by its step and by its case.</summary>
public sealed class PrioritySpec
{
    static Story Repair => new(Of("start -> check -> repair -> end").With(Task("repair") with { Priority = Priority.VeryUrgent }));

    static Priority? UrgencyOf(Story story, string step) => story.State.PriorityOf(story.Task(step));

    [Test]
    public void A_step_that_is_always_urgent_is_so_in_an_ordinary_case() =>
        UrgencyOf(Repair.Starts().Completes("check"), "repair").ShouldBe(Priority.VeryUrgent);

    [TestCase(null, Priority.VeryUrgent)]
    [TestCase(Priority.Urgent, Priority.VeryUrgent)]
    [TestCase(Priority.MostUrgent, Priority.MostUrgent)]
    public void A_task_is_as_urgent_as_its_step_or_its_case_whichever_is_more(Priority? marked, Priority expected) =>
        UrgencyOf(Repair.Starts().Marks(marked).Completes("check"), "repair").ShouldBe(expected);

    [Test]
    public void A_case_is_marked_and_is_ordinary_again()
    {
        var story = Repair.Starts().Marks(Priority.Urgent).Happened(nameof(PriorityChanged));
        UrgencyOf(story, "check").ShouldBe(Priority.Urgent);
        UrgencyOf(story.Marks(null), "check").ShouldBeNull();
    }

    [Test]
    public void To_mark_it_as_it_is_marked_changes_nothing() =>
        Repair.Starts().Marks(Priority.Urgent).Marks(Priority.Urgent).Last.ShouldBeEmpty();

    [Test]
    public void A_superior_or_whoever_started_the_case_marks_it_and_nobody_else()
    {
        Repair.Starts().By(Story.Requester, Roles.Officer).Marks(Priority.Urgent).Happened(nameof(PriorityChanged));
        Repair.Starts().By(Story.Person(7), Roles.Officer).Marks(Priority.Urgent).Refused<NotAllowed>();
    }

    [Test]
    public void A_case_that_has_ended_is_not_marked() =>
        Repair.Starts().Completes("check").Completes("repair").Marks(Priority.Urgent).Refused<InstanceHasEnded>();
}
