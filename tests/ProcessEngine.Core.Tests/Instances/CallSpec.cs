using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>What becomes of a case when what it called is cancelled, and the reverse.</summary>
public sealed class CallSpec
{
    static Story Called(bool mayFail = false, bool goesOn = false) => new Story(
        Of(mayFail ? ["start -> plan -> call -> done -> end", "call.Fail -> instead -> end-otherwise"] : ["start -> plan -> call -> done -> end"])
            .With(new CallNode("call", "other.procedure", null, Waits: true) { MayFail = mayFail, GoesOn = goesOn })
            .Knows("place", Core.Expressions.VariableType.Text))
        .Starts().Completes("plan");

    static Story Cancelled(Story story) => story.Do(
        new EndCall(story.State.Waits.Single().WaitId, story.State.Waits.Single().Call!.ChildId, EndCall.Cancelled) { By = Actor.System });

    [Test]
    public void A_sub_process_that_was_cancelled_is_not_done()
    {
        var story = Called();
        var first = story.State.Waits.Single().Call!;
        Cancelled(story).Stands();
        var incident = story.State.Incidents.ShouldHaveSingleItem();
        (incident.NodeId, incident.Code, incident.Detail).ShouldBe(("call", "call-cancelled", "other.procedure"));

        story.Changes(("place", "ห้องประชุม")).State.Incidents.ShouldHaveSingleItem("nobody has decided to call again");
        story.Do(new RetryIncident(incident.IncidentId) { By = Story.Boss }).State.Incidents.ShouldBeEmpty();
        story.State.Waits.Single().Call!.ChildId.ShouldNotBe(first.ChildId);
        story.Ends("call").Stands("done");
    }

    [Test]
    public void Where_the_definition_draws_a_way_for_it_the_case_goes_there() =>
        Cancelled(Called(mayFail: true)).Stands("instead").Completes("instead").Ended("otherwise");

    [TestCase(false)]
    [TestCase(true)]
    public void What_was_called_is_called_off_with_the_case_unless_the_definition_says_that_it_goes_on(bool goesOn)
    {
        var story = Called(goesOn: goesOn).Cancels();
        story.History.Select(h => h.Event).OfType<WaitCancelled>().ShouldHaveSingleItem().Recalled.ShouldBe(goesOn ? null : true);
    }

    [Test]
    public void It_is_called_off_too_when_the_case_is_moved_to_before_the_call() =>
        Called().Moves("plan").History.Select(h => h.Event).OfType<WaitCancelled>().ShouldHaveSingleItem().Recalled.ShouldBe(true);

    [Test]
    public void A_case_that_moves_to_another_version_gets_its_new_timers_from_then_on_and_the_old_ones_run_on()
    {
        var story = new Story(Of("start -> work -> end", "work.Late -> help -> end").With(Timed(["Late"]))).Starts();
        var late = story.State.Waits.ShouldHaveSingleItem();
        var to = Of("start -> job -> end", "job.Late -> help -> end", "job.Later -> boss -> end")
            .With(Timed(["Late", "Later"], "job")).Definition(version: 2);
        story.On("2026-03-04 09:00").Do(new MigrateInstance(
            to, ImmutableSortedDictionary<string, string>.Empty.Add("work", "job"))
        { By = Story.Owner });
        story.State.Waits.Single(w => w.Port == "Late").Until.ShouldBe(late.Until);
        story.State.Waits.Single(w => w.Port == "Later").Until.ShouldBe(Story.At("2026-03-06 16:30"));
    }

    [Test]
    public void A_timer_that_has_fired_does_not_come_again_with_a_new_version()
    {
        var beside = Timed(["Late"]) with { Timers = [new BoundaryTimer("Late", new WorkingDays(1), Interrupts: false)] };
        var drawing = Of("start -> work -> end", "work.Late -> help -> end").With(beside);
        var story = new Story(drawing).Starts().TimeIs("2026-03-05 09:00").Stands("work", "help");
        story.Do(new MigrateInstance(
            drawing.Definition(version: 2), ImmutableSortedDictionary<string, string>.Empty)
        { By = Story.Owner });
        story.State.Waits.ShouldBeEmpty();
    }

    [Test]
    public void The_new_timers_of_a_suspended_case_stand_still()
    {
        var story = new Story(Of("start -> work -> end")).Starts().Suspends();
        var to = Of("start -> work -> end", "work.Late -> help -> end").With(Timed(["Late"])).Definition(version: 2);
        story.Do(new MigrateInstance(to, ImmutableSortedDictionary<string, string>.Empty) { By = Story.Owner });
        story.State.Waits.ShouldHaveSingleItem().WakesAt.ShouldBeNull();
    }

    static Step Timed(string[] ports, string id = "work") => Task(id) with
    {
        Timers = [.. ports.Select(port => new BoundaryTimer(port, new WorkingDays(2), Interrupts: true))],
    };
}
