using System.Collections.Immutable;
using System.Globalization;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Constructs;

namespace ProcessEngine.Service.Tests.Catalogue;

/// <summary>
/// A case in the core alone, in simulated time: whatever waits is done at ten o'clock of the next working day, the oldest task first.
/// </summary>
public sealed class SimulatedCase
{
    const int MostActs = 500;

    public static readonly WorkingCalendar Calendar = WorkingCalendar
        .Build("national", 1, null, HolidayTable.Parse(HolidayTableLoader.ShippedTable()), [], HolidayTableLoader.Coverage);

    readonly ProcessDefinition definition;
    readonly Route route;
    readonly List<RecordedEvent> history = [];
    ProcessState state = ProcessState.NotStarted;
    DateTimeOffset now;

    SimulatedCase(ProcessDefinition definition, Route route, DateOnly start) =>
        (this.definition, this.route, now) = (definition, route, BangkokTime.At(start, new TimeOnly(9, 0)));

    /// <summary>A holder of a role, the same one always.</summary>
    public static Guid PersonOf(string role) => new($"00000000-0000-7000-8000-{Roles.All.ToList().IndexOf(role) + 1:D12}");

    /// <summary>A day on which the procedure is begun: the first of a fiscal year when its limits are windows of one.</summary>
    public static DateOnly StartOf(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Steps.Any(s => s.Deadline is Window) ? new DateOnly(2026, 10, 1) : new DateOnly(2026, 3, 2);
    }

    /// <returns>The events from the one on that follows the arrow; all of them when there is none.</returns>
    public static IReadOnlyList<string> Run(ProcessDefinition definition, Transition? through = null)
    {
        var start = StartOf(definition);
        var route = through is null
            ? Route.Straight(definition, start, role => PersonOf(role).ToString())
            : Route.Through(through, definition, start, role => PersonOf(role).ToString(), []);
        var one = new SimulatedCase(definition, route, start);
        var from = one.ToItsEnd(through);
        return [.. one.Lines().Skip(from)];
    }

    int ToItsEnd(Transition? through)
    {
        var from = 0;
        Do(new StartProcess
        {
            By = By(MayStart),
            InstanceId = new Guid("01900000-0000-7000-8000-000000000001"),
            Office = "demo",
            Title = "เรื่อง",
            Variables = route.DataAtStart().ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
        route.Left(definition.Nodes.OfType<StartNode>().Single(), Ports.Done);
        var passed = through is null || (definition.Find(through.From) is not Step && Passed(through, 0));
        for (var acts = 0; !state.HasEnded; acts++)
        {
            acts.ShouldBeLessThan(MostActs, "the case does not end");
            now = BangkokTime.At(Calendar.AddWorkingDays(BangkokTime.DateOf(now), 1), new TimeOnly(10, 0));
            if (state.OpenTasks.IsEmpty)
            {
                Do(new ReachTime { By = Actor.System });
                continue;
            }

            var before = history.Count;
            Act(state.OpenTasks.MinBy(t => (t.OpenedAt, t.StepId))!);
            if (!passed && Passed(through!, before))
                (passed, from) = (true, before);
        }

        passed.ShouldBeTrue($"the case did not pass {through}");
        return from;
    }

    string MayStart => definition.Steps.First().Role;

    static Actor By(string role) => new(PersonOf(role), [role]);

    void Act(OpenTask task)
    {
        var step = definition.FindStep(task.StepId)!;
        var port = route.PortOf(step);
        var by = new Actor(task.Assignee ?? PersonOf(task.Role), [task.Role]);
        Do(port switch
        {
            Ports.Approve => new ApproveTask { By = by, TaskId = task.TaskId, Outputs = Outputs(step) },
            Ports.Reject => new RejectTask("ยังไม่ครบถ้วน") { By = by, TaskId = task.TaskId },
            Ports.Return => new ReturnTask("ขอให้แก้ไข", null) { By = by, TaskId = task.TaskId },
            Ports.Fail => new FailTask("ทำไม่ได้") { By = by, TaskId = task.TaskId },
            _ => new CompleteTask { By = by, TaskId = task.TaskId, Outputs = Outputs(step) },
        });
        if (!state.OpenTasks.Any(t => t.StepId == step.Id && t.Attempt == task.Attempt))
            route.Left(step, port);
    }

    ImmutableSortedDictionary<string, string> Outputs(Step step) =>
        route.OutputsOf(step).ToImmutableSortedDictionary(StringComparer.Ordinal);

    void Do(ProcessCommand command)
    {
        var decision = ProcessDecider.Decide(definition, state, command, Moment.At(now, Calendar));
        decision.Rejection.ShouldBeNull();
        foreach (var e in decision.Events)
        {
            var recorded = new RecordedEvent(state.Revision + 1, now, command.By.UserId, e);
            history.Add(recorded);
            state = ProcessState.Evolve(state, recorded);
        }
    }

    /// <summary>Whether what happened since was the arrow.</summary>
    bool Passed(Transition arrow, int since) => history.Skip(since).Select(h => h.Event).Any(e => e switch
    {
        DecisionTaken d => d.NodeId == arrow.From && d.Port == arrow.Port,
        TaskRejected t => arrow.Port == Ports.Reject && StepOf(t.TaskId) == arrow.From,
        TaskReturned t => arrow.Port == Ports.Return && StepOf(t.TaskId) == arrow.From,
        TaskFailed t => arrow.Port == Ports.Fail && StepOf(t.TaskId) == arrow.From,
        _ => false,
    });

    string StepOf(Guid task) => history.Select(h => h.Event).OfType<TaskOpened>().Single(t => t.TaskId == task).StepId;

    // Told ------------------------------------------------------------------------------------------------------------------------------

    IEnumerable<string> Lines() => history.Select(h => $"{Bangkok(h.At)} {Told(h.Event)}");

    static string Bangkok(DateTimeOffset instant) =>
        instant.ToOffset(BangkokTime.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    string Told(ProcessEvent e) => e switch
    {
        InstanceStarted s =>
            $"started{(s.Variables.IsEmpty ? "" : $" with {string.Join(", ", s.Variables.Select(v => $"{v.Key} {v.Value}"))}")}",
        TaskOpened t => $"open {t.StepId}{(t.Attempt > 1 ? $", attempt {t.Attempt}" : "")}{(t.Level is { } level ? $", level {level}" : "")}, for {t.Role}{(t.Assignee is null ? "" : " (one person)")}",
        DeadlineSet d => $"due {Bangkok(d.Terms.DueAt)}{(d.Terms.ExpectedFrom is { } earliest ? $", expected from {Bangkok(earliest)}" : "")}: {d.StepId}{(d.Attempt > 1 ? $", attempt {d.Attempt}" : "")}{(d.Terms.Provisional ? ", on days not yet announced" : "")}",
        DeadlineClosed d => $"clock {d.Result.ToString().ToLowerInvariant()}: {history.Select(h => h.Event).OfType<DeadlineSet>().Single(s => s.DeadlineId == d.DeadlineId).StepId}",
        TaskCompleted t => $"done {StepOf(t.TaskId)}",
        TaskApproved t => $"approved {StepOf(t.TaskId)}",
        TaskRejected t => $"rejected {StepOf(t.TaskId)}",
        TaskReturned t => $"returned {StepOf(t.TaskId)} to {t.ToStep}",
        TaskFailed t => $"failed {StepOf(t.TaskId)}",
        TaskCancelled t => $"undone {StepOf(t.TaskId)}",
        DecisionTaken d => $"decided {d.NodeId}: {d.Port}",
        BranchArrived b => $"arrived at {b.JoinId} from {b.From}",
        BranchesJoined b => $"joined {b.JoinId}",
        BranchUndone b => $"undone at {b.JoinId} from {b.From}",
        BranchEnded b => $"branch ended: {b.Outcome}",
        InstanceCompleted c => $"ended: {c.Outcome}",
        _ => e.GetType().Name,
    };
}
