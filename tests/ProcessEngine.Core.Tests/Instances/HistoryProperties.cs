using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>
/// Any procedure of steps and approvals, any commands by anybody in any order at any time: what holds of the history all the same.
/// A run is drawn from a list of bytes, so that FsCheck cuts a failing one down to the few that matter.
/// </summary>
public sealed class HistoryProperties
{
    [FsCheck.NUnit.Property(MaxTest = 600, EndSize = 400)]
    public void Whatever_is_done_the_case_stays_in_order(byte[] draws)
    {
        var drawn = new Drawn(draws);
        var story = new Story(AProcedure(drawn));
        for (var now = Story.At("2026-03-02 09:00"); drawn.Goes; now += Passed(drawn))
        {
            story.On(now);
            var command = ACommand(drawn, story);
            var (before, count) = (story.State, story.History.Count);
            TextOf(story.Would(command)).ShouldBe(TextOf(story.Would(command)), "the same question has the same answer");
            story.Do(command);
            if (story.Refusal is not null)
                (story.State, story.History.Count).ShouldBe((before, count), "a refusal changes nothing");
            StateHolds(story);
        }

        HistoryHolds(story);
    }

    static void StateHolds(Story story)
    {
        var state = story.State;
        state.OpenTasks.Length.ShouldBe(state.IsRunning ? 1 : 0, "a running case waits for exactly one task, an ended one for none");
        foreach (var task in state.OpenTasks)
        {
            var limited = story.Definition.ClockOf(story.Definition.FindStep(task.StepId)!).Deadline is not null;
            (task.DeadlineId is { } id && state.FindOpenDeadline(id) is not null).ShouldBe(
                limited, "a step with a limit has a running clock, one without has none");
        }

        state.OpenDeadlines.ShouldAllBe(
            d => state.OpenTasks.Any(t => t.DeadlineId == d.DeadlineId), "a clock that times nothing is stopped");
        var look = new ReachTime { By = Actor.System };
        story.Do(look).Do(look).Happened();
    }

    static void HistoryHolds(Story story)
    {
        var events = story.History.Select(h => h.Event).ToList();
        story.History.Select(h => h.Sequence).ShouldBe(Enumerable.Range(1, events.Count), "no gaps");
        story.State.Revision.ShouldBe(events.Count);
        JsonSerializer.Serialize(ProcessState.Replay(story.History)).ShouldBe(
            JsonSerializer.Serialize(story.State), "the state is the fold of the history");
        foreach (var passes in events.OfType<TaskOpened>().GroupBy(e => e.StepId))
            passes.Select(e => e.Attempt).ShouldBe(Enumerable.Range(1, passes.Count()), "attempts count up by one");
        foreach (var clock in events.OfType<RungTaken>().GroupBy(e => e.DeadlineId))
            clock.Select(e => e is TaskEscalated t ? $"level {t.Level}" : e.GetType().Name).ShouldBeUnique();
        events.OfType<DeadlineClosed>().Select(e => e.DeadlineId).ShouldBeUnique();
        events.Select(e => e switch { TaskOpened t => t.TaskId, DeadlineSet d => d.DeadlineId, _ => Guid.Empty })
            .Where(id => id != Guid.Empty).ShouldBeUnique();
    }

    // A procedure ----------------------------------------------------------------------------------------------------------------------

    static Drawing AProcedure(Drawn drawn)
    {
        var count = 1 + drawn.Next(6);
        var steps = new List<Step>();
        var arrows = new List<string> { "start -> s0" };
        for (var i = 0; i < count; i++)
        {
            var step = (drawn.Next(3) == 0 ? Drawing.Approval($"s{i}", ARole(drawn)) : Drawing.Task($"s{i}", ARole(drawn))) with
            {
                Deadline = ALimit(drawn),
                Escalation = new EscalationPolicy(Days(drawn), Days(drawn), Days(drawn)),
                ReturnTo = i > 0 && drawn.Next(3) == 0 ? [$"s{drawn.Next(i)}"] : [],
            };
            if (step.Deadline is null && steps.Where(s => s.Deadline is not null).ToList() is { Count: > 0 } leaders && drawn.Next(2) == 0)
                step = step with { DeadlineSharedWith = leaders[drawn.Next(leaders.Count)].Id };
            steps.Add(step);

            var next = i + 1 < count ? $"s{i + 1}" : "end";
            if (step.Type != StepType.Approval)
            {
                arrows.Add($"s{i} -> {next}");
                continue;
            }

            arrows.Add($"s{i}.Approve -> {next}");
            arrows.Add($"s{i}.Reject -> {(drawn.Next(4) == 0 ? "end-rejected" : $"s{drawn.Next(i + 1)}")}");
            arrows.Add($"s{i}.Return -> s{drawn.Next(i + 1)}");
        }

        return Drawing.Of([.. arrows]).With([.. steps]);
    }

    static string ARole(Drawn drawn) => drawn.Next(2) == 0 ? Roles.Officer : Roles.Director;

    static int? Days(Drawn drawn) => drawn.Next(4) is > 0 and var days ? days : null;

    static DeadlineRule? ALimit(Drawn drawn) => drawn.Next(7) switch
    {
        1 => new WorkingDays(1 + drawn.Next(5)),
        2 => new WorkingDaysRange(1 + drawn.Next(3), 4 + drawn.Next(3)),
        3 => new CalendarDays(1 + drawn.Next(20), drawn.Next(2) == 0 ? Roll.Forward : Roll.None),
        4 => new WorkingMinutes(1 + drawn.Next(900)),
        5 => new Window(new MonthDay(10, 1), new MonthDay(1 + drawn.Next(9), 15)),
        _ => null,
    };

    // A command ------------------------------------------------------------------------------------------------------------------------

    static ProcessCommand ACommand(Drawn drawn, Story story)
    {
        if (story.State.Status == InstanceStatus.NotStarted && drawn.Next(8) > 0)
            return Start();
        var (by, task) = (AnActor(drawn, story), ATask(drawn, story));
        int? expected = drawn.Next(4) == 0 ? drawn.Next(story.State.Revision + 2) : null;
        return drawn.Next(16) switch
        {
            0 => Start(),
            1 => new ClaimTask { By = by, TaskId = task, Expected = expected },
            2 => new ReassignTask(Story.Person(drawn.Next(4)), [ARole(drawn)], null) { By = by, TaskId = task, Expected = expected },
            3 => new CommentOnTask("ความเห็น") { By = by, TaskId = task },
            4 => new ReleaseTask { By = by, TaskId = task, Expected = expected },
            5 or 6 => new RejectTask(AReason(drawn)) { By = by, TaskId = task, Expected = expected },
            7 or 8 => new ReturnTask(
                AReason(drawn), drawn.Next(2) == 0 ? null : $"s{drawn.Next(6)}")
            { By = by, TaskId = task, Expected = expected },
            9 => drawn.Next(3) == 0 ? new CancelInstance(AReason(drawn)) { By = by } : new ReachTime { By = Actor.System },
            10 or 11 or 12 => new ApproveTask { By = by, TaskId = task, Expected = expected },
            _ => new CompleteTask { By = by, TaskId = task, Expected = expected },
        };

        static StartProcess Start() => new()
        {
            By = Story.Of(Story.Requester, Roles.Officer),
            InstanceId = new Guid("01900000-0000-7000-8000-000000000001"),
            Office = "demo",
            Title = "เรื่อง",
        };
    }

    static string AReason(Drawn drawn) => drawn.Next(6) == 0 ? " " : "เหตุผล";

    static Actor AnActor(Drawn drawn, Story story)
    {
        var open = story.State.OpenTasks.FirstOrDefault();
        return drawn.Next(6) switch
        {
            0 => Story.Of(Story.Person(drawn.Next(4))),
            1 => Story.Of(Story.Person(drawn.Next(4)), ARole(drawn)),
            _ => Story.Of(open?.Assignee ?? Story.Person(drawn.Next(4)), open?.Role ?? Roles.Director),
        };
    }

    static Guid ATask(Drawn drawn, Story story) => drawn.Next(8) switch
    {
        0 => Story.Person(77),
        1 => story.History.Select(h => h.Event).OfType<TaskOpened>().Select(e => e.TaskId).ElementAtOrDefault(drawn.Next(3)),
        _ => story.State.OpenTasks.FirstOrDefault()?.TaskId ?? Guid.Empty,
    };

    static TimeSpan Passed(Drawn drawn) => drawn.Next(8) switch
    {
        0 or 1 or 2 => TimeSpan.FromMinutes(drawn.Next(30)),
        3 or 4 => TimeSpan.FromHours(drawn.Next(30)),
        5 => TimeSpan.FromDays(drawn.Next(30)),
        6 => -TimeSpan.FromHours(drawn.Next(30)),
        _ => TimeSpan.Zero,
    };

    static string TextOf(Decision decision)
    {
        var events = decision.Events.Select(e => $"{e.GetType().Name} {JsonSerializer.Serialize<object>(e)}");
        return string.Create(CultureInfo.InvariantCulture, $"{decision.Rejection} {string.Join(' ', events)}");
    }

    /// <summary>Choices, one byte each; zero, the plainest, when they are used up.</summary>
    sealed class Drawn(byte[] draws)
    {
        int used;

        public bool Goes => used < draws.Length;

        public int Next(int below) => Goes ? draws[used++] % below : 0;
    }
}
