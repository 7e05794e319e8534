using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Deciding;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Walks;

/// <summary>One act of a walk: on the first open task of a step, or that time passes.</summary>
/// <param name="Act">One of <see cref="Walk.Acts"/>.</param>
/// <param name="Step">Empty when time passes.</param>
public sealed record WalkAct(string Act, string Step);

/// <summary>What came of an act.</summary>
/// <param name="At">On the clock of the walk.</param>
/// <param name="Role">Who did it; null when time did.</param>
/// <param name="Refused">Why it was not possible; null when it was done.</param>
public sealed record WalkStep(WalkAct Act, DateTimeOffset At, string? Role, Rejection? Refused);

/// <summary>
/// One case of a definition, played as each role in turn on a clock of its own. It is a function of the acts: nothing is stored anywhere,
/// and the same acts give the same walk.
/// </summary>
public sealed record Walk(ProcessState State, DateTimeOffset Now, ImmutableArray<WalkStep> Steps, Rejection? NotStarted)
{
    /// <summary>More than any procedure needs; what goes round for ever ends here.</summary>
    public const int MaxActs = 200;

    public const string Complete = "complete";
    public const string Approve = "approve";
    public const string Reject = "reject";
    public const string Return = "return";
    public const string Fail = "fail";

    /// <summary>The clock goes on to the next moment at which something is due.</summary>
    public const string Time = "time";

    /// <summary>What somebody outside brings: a message, or the end of another case.</summary>
    public const string Outside = "outside";

    public static IReadOnlyList<string> Acts { get; } = [Complete, Approve, Reject, Return, Fail, Time, Outside];

    /// <summary>So many people hold each role: enough for four eyes and a small committee.</summary>
    const int PeopleOfRole = 3;

    /// <summary>Between two acts of people.</summary>
    const int MinutesBetween = 60;

    /// <param name="from">When the case starts.</param>
    /// <param name="data">What it starts with: name → JSON text.</param>
    public static Walk Of(
        ProcessDefinition definition,
        WorkingCalendar calendar,
        DateTimeOffset from,
        ImmutableSortedDictionary<string, string> data,
        IEnumerable<WalkAct> acts)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(acts);
        var plain = WithoutForms(definition);
        var holders = Roles.Acting.ToImmutableDictionary(role => role, role => PeopleOf(role))
            .Add("", [.. Roles.Acting.SelectMany(role => PeopleOf(role))]);
        var started = ProcessDecider.Decide(
            plain, ProcessState.NotStarted,
            new StartProcess
            {
                By = new Actor(PeopleOf(Roles.Officer)[0], [Roles.Officer]),
                InstanceId = new Guid("00000000-0000-7000-8000-000000000001"),
                Office = "walk",
                Title = definition.Name.Th,
                Variables = data,
            },
            Moment.At(from, calendar) with { Holders = holders });
        var walk = new Walk(started.After ?? ProcessState.NotStarted, from, [], started.Rejection);
        foreach (var act in acts.Take(MaxActs))
        {
            if (walk.State.Status != InstanceStatus.Running)
                break;
            walk = walk.Then(plain, calendar, holders, act);
        }

        return walk;
    }

    Walk Then(
        ProcessDefinition definition, WorkingCalendar calendar, IReadOnlyDictionary<string, ImmutableArray<Guid>> holders, WalkAct act)
    {
        var at = act.Act == Time ? NextDue ?? Now : calendar.AddWorkingMinutes(Now, MinutesBetween);
        var task = State.OpenTasks.FirstOrDefault(t => t.StepId == act.Step);
        Rejection? refused = null;
        foreach (var command in Commands(act, task))
        {
            var decision = ProcessDecider.Decide(definition, State, command, Moment.At(at, calendar) with { Holders = holders });
            if (decision.Rejection is { } rejection)
            {
                refused = rejection;
                continue;
            }

            return new Walk(decision.After ?? State, at, Steps.Add(new WalkStep(act, at, task?.Role, null)), null);
        }

        return this with { Steps = Steps.Add(new WalkStep(act, Now, task?.Role, refused ?? new NobodyWaits(act.Step))) };
    }

    /// <summary>The next moment that something waits for: a limit, a date, a way out by time; null when nothing does.</summary>
    public DateTimeOffset? NextDue => State.Waits.Select(w => w.WakesAt)
        .Concat(State.OpenDeadlines.Select(d => d.PausedAt is null ? d.Terms.DueAt : (DateTimeOffset?)null))
        .Where(at => at > Now)
        .Min() is { } next ? next.AddTicks(TimeSpan.TicksPerSecond) : null;

    /// <summary>What the act is, by one person after the other who might do it.</summary>
    IEnumerable<ProcessCommand> Commands(WalkAct act, OpenTask? task)
    {
        if (act.Act == Time)
        {
            yield return new ReachTime { By = Actor.System };
            yield break;
        }

        if (act.Act == Outside)
        {
            foreach (var wait in State.Waits.Where(w => w.NodeId == act.Step))
            {
                if (wait.Kind == WaitKind.Message)
                {
                    yield return new ReceiveMessage(wait.Message!, wait.Correlation, ImmutableSortedDictionary<string, string>.Empty)
                    {
                        By = Actor.System,
                    };
                }
                else if (wait.Kind == WaitKind.Call)
                    yield return new EndCall(wait.WaitId, wait.Call!.ChildId, CaseOutcomes.Completed) { By = Actor.System };
            }

            yield break;
        }

        foreach (var person in task is null ? [] : task.Assignee is { } only ? [only] : PeopleOf(task.Role))
        {
            var by = new Actor(person, [task!.Role]);
            yield return act.Act switch
            {
                Approve => new ApproveTask { By = by, TaskId = task.TaskId },
                Reject => new RejectTask("-") { By = by, TaskId = task.TaskId },
                Return => new ReturnTask("-", null) { By = by, TaskId = task.TaskId },
                Fail => new FailTask("-") { By = by, TaskId = task.TaskId },
                _ => new CompleteTask { By = by, TaskId = task.TaskId },
            };
        }
    }

    /// <summary>What people write in forms is not walked through.</summary>
    static ProcessDefinition WithoutForms(ProcessDefinition d) =>
        new(d.Key, d.Version, d.Name, d.Nodes.Select(n => n is Step s ? s with { Form = null } : n), d.Transitions)
        {
            Variables = d.Variables,
            Deadline = d.Deadline,
            DeadlineUntil = d.DeadlineUntil,
            Public = d.Public,
            Escalation = d.Escalation,
        };

    /// <summary>Invented people; their ids say nothing.</summary>
    public static ImmutableArray<Guid> PeopleOf(string role)
    {
        var number = 0;
        foreach (var one in Roles.All)
        {
            if (one == role)
                break;
            number++;
        }

        return [.. Enumerable.Range(1, PeopleOfRole).Select(i => new Guid(number + 1, (short)i, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 2))];
    }
}
