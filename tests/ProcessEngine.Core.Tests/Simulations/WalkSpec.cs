using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.State;
using ProcessEngine.Core.Walks;

namespace ProcessEngine.Core.Tests.Simulations;

/// <summary>A draft is walked through as each role in turn.</summary>
public sealed class WalkSpec
{
    static readonly DateTimeOffset Monday = new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero);

    static readonly WorkingCalendar Calendar = WorkingCalendar.Build("walk", 1, null, [], [], new CalendarCoverage(2026, 2027, 2027));

    static Step Step(string id, StepType type, string role) =>
        new(id) { Type = type, Name = new(id, id), Role = role, Deadline = new WorkingDays(3) };

    static readonly ProcessDefinition Definition = new(
        "walk.walk", 1, new("เดิน", "Walk"),
        [
            new StartNode("start"), Step("write", StepType.Task, Roles.Officer),
            Step("decide", StepType.Approval, Roles.Director) with { NotDoneBy = ["write"] }, new EndNode("end", "completed"),
        ],
        [
            new("start", Ports.Done, "write"), new("write", Ports.Done, "decide"), new("decide", Ports.Approve, "end"),
            new("decide", Ports.Reject, "write"), new("decide", Ports.Return, "write"),
        ]);

    static Walk Walked(params (string Act, string Step)[] acts) => Walk.Of(
        Definition, Calendar, Monday, ImmutableSortedDictionary<string, string>.Empty, acts.Select(a => new WalkAct(a.Act, a.Step)));

    [Test]
    public void It_goes_round_as_often_as_it_is_refused_and_ends()
    {
        var walk = Walked((Walk.Complete, "write"), (Walk.Reject, "decide"), (Walk.Complete, "write"), (Walk.Approve, "decide"));
        (walk.State.Status, walk.State.AttemptsOf("write")).ShouldBe((InstanceStatus.Completed, 2));
        walk.Steps.Select(s => s.Role).ShouldBe([Roles.Officer, Roles.Director, Roles.Officer, Roles.Director]);
        walk.Steps.ShouldAllBe(s => s.Refused == null);
    }

    [Test]
    public void The_same_acts_give_the_same_walk() =>
        Walked((Walk.Complete, "write")).State.OpenTasks.Single().TaskId.ShouldBe(Walked((Walk.Complete, "write")).State.OpenTasks.Single().TaskId);

    [Test]
    public void Time_goes_on_to_what_is_due_next()
    {
        var walk = Walked((Walk.Time, ""));
        walk.Now.ShouldBeGreaterThan(Monday.AddDays(3));
        walk.State.OpenTasks.Single().StepId.ShouldBe("write");
    }

    [Test]
    public void What_is_not_possible_is_told_and_changes_nothing()
    {
        var walk = Walked((Walk.Approve, "write"), (Walk.Approve, "decide"));
        walk.Steps.Select(s => s.Refused is null).ShouldBe([false, false]);
        walk.State.OpenTasks.Single().StepId.ShouldBe("write");
    }
}
