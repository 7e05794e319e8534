using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Deciding;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Simulations;

/// <summary>Tries a definition before anyone must live with it: many cases, invented people, simulated time.</summary>
/// <remarks>
/// Every step of every case is decided by <see cref="ProcessDecider"/>, so that the trial cannot disagree with what the service would do.
/// People work in the working hours of the calendar; a task is worked on without interruption of its kind (nights and lunch do not count).
/// </remarks>
public sealed class Simulation
{
    readonly ProcessDefinition definition;
    readonly SimulationPlan plan;
    readonly WorkingCalendar calendar;
    readonly Dice dice;
    readonly PriorityQueue<AgendaItem, (long At, int Order)> agenda = new();
    readonly Dictionary<string, Crew> crews = new(StringComparer.Ordinal);
    readonly Dictionary<Guid, Crew> persons = [];
    readonly Dictionary<string, (int Ended, int Late)> clocks = new(StringComparer.Ordinal);
    readonly List<Case> cases = [];
    readonly Dictionary<string, int> endedAs = new(StringComparer.Ordinal);
    readonly List<int> leadTimes = [];
    readonly ImmutableDictionary<string, ImmutableArray<Guid>> holders;
    int order;
    int ended;

    Simulation(ProcessDefinition definition, SimulationPlan plan, WorkingCalendar calendar)
    {
        (this.definition, this.plan, this.calendar, dice) =
            (WithoutForms(definition), WithoutForms(plan, definition), calendar, new Dice(plan.Seed));
        // Whom the data name is there, too, though in no role that the plan counts.
        holders = Roles.Acting.ToImmutableDictionary(role => role, role => CrewOf(role).Members).Add("", [.. PeopleIn(plan)]);
    }

    static IEnumerable<Guid> PeopleIn(SimulationPlan plan) => plan.Data
        .SelectMany(data => data.Values).Distinct().Select(json => JsonSerializer.Deserialize<JsonElement>(json))
        .SelectMany(value => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
        .Where(value => value.ValueKind == JsonValueKind.String && value.TryGetGuid(out _)).Select(value => value.GetGuid()).Distinct();

    /// <exception cref="ArgumentException">The plan does not make sense.</exception>
    /// <exception cref="OperationCanceledException" />
    public static SimulationResult Run(
        ProcessDefinition definition, SimulationPlan plan, WorkingCalendar calendar, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(calendar);
        if (Problem(definition, plan) is { } problem)
            throw new ArgumentException(problem.En, nameof(plan));
        return new Simulation(definition, plan, calendar).Run(ct);
    }

    /// <summary>What is wrong with a plan for a definition; null when nothing is.</summary>
    public static LocalizedText? Problem(ProcessDefinition definition, SimulationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Cases is < 1 or > SimulationPlan.MaxCases)
        {
            return new(
                $"cases ต้องอยู่ระหว่าง 1 ถึง {SimulationPlan.MaxCases:N0}", $"cases must be between 1 and {SimulationPlan.MaxCases:N0}");
        }

        if (plan.ArrivalsPerWorkingDay is not (> 0 and <= 10_000))
            return new("arrivalsPerWorkingDay ต้องมากกว่า 0 และไม่เกิน 10,000", "arrivalsPerWorkingDay must be above 0 and at most 10,000");
        if (plan.People.Values.Any(n => n is < 1 or > 1_000))
            return new("people ต้องอยู่ระหว่าง 1 ถึง 1,000 คนต่อบทบาท", "people must be between 1 and 1,000 for each role");
        if (plan.People.Keys.FirstOrDefault(role => !Roles.Acting.Contains(role)) is { } role)
            return new($"ไม่มีบทบาท \"{role}\"", $"there is no role \"{role}\"");
        if (plan.Work.Keys.Concat(plan.Outcomes.Keys).FirstOrDefault(id => definition.FindStep(id) is null) is { } step)
            return new($"ไม่มีขั้นตอน \"{step}\"", $"there is no step \"{step}\"");
        if (!plan.OtherWork.IsValid || !plan.Outside.IsValid || plan.Work.Values.Any(w => !w.IsValid))
            return new("ระยะเวลาทำงานเป็นไปไม่ได้", "a working time is not possible");
        if (plan.Outcomes.Values.Any(o => !o.IsValid))
        {
            return new(
                "ความน่าจะเป็นของขั้นตอนต้องอยู่ระหว่าง 0 ถึง 1 และรวมกันไม่เกิน 1",
                "the probabilities of a step must lie between 0 and 1 and add up to at most 1");
        }

        foreach (var data in plan.Data)
        {
            switch (DataCheck.Problem(definition, data))
            {
                case VariableInvalid { Reason: { } reason, Name: var name }:
                    return new($"ข้อมูล \"{name}\" {reason.Th}", $"\"{name}\" {reason.En}");
                case VariableUndeclared { Name: var name }:
                    return new($"กระบวนงานไม่มีข้อมูล \"{name}\"", $"the procedure has no data \"{name}\"");
            }
        }

        return null;
    }

    /// <summary>What no decision rests on is left out with the forms.</summary>
    static SimulationPlan WithoutForms(SimulationPlan plan, ProcessDefinition definition) => definition.Variables.IsEmpty ? plan : plan with
    {
        Data = [.. plan.Data.Select(data => data.RemoveRange(data.Keys.Where(name => definition.Variables.All(v => v.Name != name))))],
    };

    SimulationResult Run(CancellationToken ct)
    {
        var at = calendar.AddWorkingMinutes(plan.From, 1);
        try
        {
            for (var i = 0; i < plan.Cases; i++)
            {
                cases.Add(new Case(i));
                Schedule(at, new AgendaItem(cases[i], null, default, null));
                at = calendar.AddWorkingMinutes(
                    at, Math.Max(1, (int)Math.Round(-Math.Log(1 - dice.Next()) * 420 / plan.ArrivalsPerWorkingDay)));
            }

            for (var steps = 0; steps < SimulationPlan.MaxSteps && agenda.TryDequeue(out var next, out var when); steps++)
            {
                ct.ThrowIfCancellationRequested();
                at = new DateTimeOffset(when.At, TimeSpan.Zero);
                if (next.Case.GoesOn())
                    Handle(next, at);
                else
                    next.Crew?.Release(next.Work.Worker, at, this);
            }
        }
        catch (CalendarNotLoadedException)
        {
            // The run has come to the end of the calendar: what is not done by then is unfinished.
        }

        var minutes = Math.Max(1, calendar.WorkingMinutesBetween(plan.From, at));
        return new SimulationResult(
            ended,
            plan.Cases - ended,
            Spread.Of(leadTimes),
            [.. ServedCrews().Select(c => c.Result(minutes, this, at))],
            [.. definition.Steps.Select(s => new StepResult(
                s.Id,
                cases.Sum(c => (long)c.State.AttemptsOf(s.Id)) / (double)plan.Cases,
                clocks.GetValueOrDefault(s.Id).Ended,
                clocks.GetValueOrDefault(s.Id).Late))],
            endedAs.OrderBy(e => e.Key, StringComparer.Ordinal).ToDictionary());
    }

    IEnumerable<Crew> ServedCrews() => crews.Values.Where(c => c.Served > 0).OrderBy(c => c.Role, StringComparer.Ordinal);

    /// <summary>What people write in forms is not simulated; the data that decisions rest on come from the plan.</summary>
    static ProcessDefinition WithoutForms(ProcessDefinition d) =>
        new(d.Key, d.Version, d.Name, d.Nodes.Select(n => n is Step s ? s with { Form = null } : n), d.Transitions)
        {
            Variables = d.Variables,
            Deadline = d.Deadline,
            DeadlineUntil = d.DeadlineUntil,
            Public = d.Public,
            Escalation = d.Escalation,
        };

    void Schedule(DateTimeOffset at, AgendaItem what) => agenda.Enqueue(what, (at.UtcTicks, order++));

    /// <summary>A case, while it runs.</summary>
    sealed class Case(int number)
    {
        public int Number => number;
        int steps;

        public ProcessState State { get; set; } = ProcessState.NotStarted;

        /// <summary>False once it has gone on for so long that it goes round for ever: then it stays unfinished.</summary>
        public bool GoesOn() => ++steps <= SimulationPlan.MaxStepsOfCase;
    }

    /// <param name="Worker">Whose work ends; null when nobody's does.</param>
    /// <param name="Wait">What an outsider or time ends; null when none.</param>
    sealed record AgendaItem(Case Case, Crew? Crew, (Guid Worker, Guid Task) Work, OpenWait? Wait);

    /// <summary>The people of one role: what waits for anyone of them, and what waits for one.</summary>
    sealed class Crew(string role, ImmutableArray<Guid> members)
    {
        readonly Queue<Waiting> shared = new();
        readonly Dictionary<Guid, Queue<Waiting>> own = members.ToDictionary(m => m, _ => new Queue<Waiting>());
        readonly List<Guid> free = [.. members];
        DateTimeOffset since;
        double waited;
        double worked;
        int queued;
        int longestQueue;

        public string Role => role;
        public ImmutableArray<Guid> Members => members;
        public int Served { get; private set; }

        readonly record struct Waiting(Case Case, Guid Task, int Order);

        public void Add(Case which, Guid task, Guid? only, DateTimeOffset at, Simulation run)
        {
            var next = new Waiting(which, task, run.order++);
            only ??= OneWhoMay(run.definition.FindStep(which.State.FindOpenTask(task)!.StepId)!, which.State);
            if (only is null ? free.Count > 0 : free.Contains(only.Value))
            {
                Begin(only ?? free[0], next, at, run);
                return;
            }

            Count(at, run);
            (only is null ? shared : own[only.Value]).Enqueue(next);
            longestQueue = Math.Max(longestQueue, ++queued);
        }

        /// <summary>Four eyes: when some of the role may not do it, it goes to one who may; null when it is anybody's.</summary>
        Guid? OneWhoMay(Step step, ProcessState state) =>
            step.NotDoneBy.IsEmpty || members.All(m => state.ActedBefore(step, m) is null) ? null
            : members.Where(m => state.ActedBefore(step, m) is null).OrderBy(m => free.Contains(m) ? -1 : own[m].Count).Cast<Guid?>()
                .FirstOrDefault();

        /// <summary>Somebody is done, and takes what has waited longest.</summary>
        public void Release(Guid worker, DateTimeOffset at, Simulation run)
        {
            free.Add(worker);
            Count(at, run);
            while (free.Contains(worker))
            {
                var mine = own[worker];
                var from = mine.Count == 0 || (shared.Count > 0 && shared.Peek().Order < mine.Peek().Order) ? shared : mine;
                if (!from.TryDequeue(out var next))
                    return;
                queued--;
                if (next.Case.State.FindOpenTask(next.Task) is not null)
                    Begin(worker, next, at, run);
            }
        }

        void Begin(Guid worker, Waiting next, DateTimeOffset at, Simulation run)
        {
            free.Remove(worker);
            Served++;
            var step = next.Case.State.FindOpenTask(next.Task)!.StepId;
            var minutes = run.plan.Work.GetValueOrDefault(step, run.plan.OtherWork).Draw(run.dice);
            worked += minutes;
            var done = minutes == 0 ? at : run.calendar.AddWorkingMinutes(at, minutes);
            run.Schedule(done, new AgendaItem(next.Case, this, (worker, next.Task), null));
        }

        void Count(DateTimeOffset at, Simulation run)
        {
            if (since != default && queued > 0)
                waited += queued * (double)run.calendar.WorkingMinutesBetween(since, at);
            since = at;
        }

        public RoleResult Result(long minutes, Simulation run, DateTimeOffset at)
        {
            Count(at, run);
            return new RoleResult(
                role, members.Length, waited / minutes, longestQueue, Math.Min(1, worked / ((double)minutes * members.Length)));
        }
    }

    Crew CrewOf(string role)
    {
        if (!crews.TryGetValue(role, out var crew))
        {
            crews[role] = crew = new Crew(
                role, [.. Enumerable.Range(0, plan.People.GetValueOrDefault(role, 1)).Select(i => Person(role, i))]);
            foreach (var member in crew.Members)
                persons[member] = crew;
        }

        return crew;
    }

    /// <summary>Somebody whom the data of a case name and no role has: works alone.</summary>
    Crew CrewOf(Guid person)
    {
        if (!persons.TryGetValue(person, out var crew))
            persons[person] = crew = new Crew("", [person]);
        return crew;
    }

    static Guid Person(string role, int number) => DerivedId.Of(Guid.Empty, number, (byte)role[0], DateTimeOffset.UnixEpoch, role.Length);

    static Guid CaseId(int number)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(id[12..], number + 1);
        return new Guid(id, bigEndian: true);
    }

    void Handle(AgendaItem what, DateTimeOffset at)
    {
        var state = what.Case.State;
        if (state.Status == InstanceStatus.NotStarted)
            Decide(what.Case, Start(what.Case), at);
        else if (what.Wait is { } wait)
            EndWait(what.Case, wait, at);
        else if (state.FindOpenTask(what.Work.Task) is { } task)
            Decide(what.Case, Act(definition.FindStep(task.StepId)!, task, what.Work.Worker), at);
        what.Crew?.Release(what.Work.Worker, at, this);
    }

    StartProcess Start(Case one) => new()
    {
        By = Actor.System,
        InstanceId = CaseId(one.Number),
        Office = "simulation",
        Title = "simulation",
        Variables = plan.Data.IsEmpty ? ImmutableSortedDictionary<string, string>.Empty : plan.Data[(int)(dice.Next() * plan.Data.Length)],
    };

    void EndWait(Case one, OpenWait wait, DateTimeOffset at)
    {
        if (!one.State.Waits.Any(w => w.WaitId == wait.WaitId))
            return;
        Decide(
            one,
            wait.Kind switch
            {
                WaitKind.Message => new ReceiveMessage(
                    wait.Message!, wait.Correlation, ImmutableSortedDictionary<string, string>.Empty)
                { By = Actor.System },
                WaitKind.Call => new EndCall(wait.WaitId, wait.Call!.ChildId, "completed") { By = Actor.System },
                WaitKind.Date or WaitKind.Interrupting or WaitKind.Beside or WaitKind.Incident => new ReachTime { By = Actor.System },
            },
            at);
    }

    TaskCommand Act(Step step, OpenTask task, Guid worker)
    {
        var by = new Actor(worker, [task.Role]);
        var outcomes = plan.Outcomes.GetValueOrDefault(step.Id);
        var drawn = outcomes is null ? 1 : dice.Next();
        if (outcomes is not null && drawn < outcomes.Fail && step.MayFail)
            return new FailTask("-") { By = by, TaskId = task.TaskId };
        drawn -= outcomes?.Fail ?? 0;
        if (!step.IsApproval)
            return new CompleteTask { By = by, TaskId = task.TaskId };
        if (outcomes is not null && drawn < outcomes.Reject)
            return new RejectTask("-") { By = by, TaskId = task.TaskId };
        return outcomes is not null && drawn < outcomes.Reject + outcomes.Return && step.Committee is null
            ? new ReturnTask("-", null) { By = by, TaskId = task.TaskId }
            : new ApproveTask { By = by, TaskId = task.TaskId };
    }

    void Decide(Case one, ProcessCommand command, DateTimeOffset at)
    {
        var decision = ProcessDecider.Decide(definition, one.State, command, Moment.At(at, calendar) with { Holders = holders });
        if (decision.After is not { } after)
            return;
        var before = one.State;
        one.State = after;
        foreach (var e in decision.Events)
        {
            switch (e)
            {
                case TaskOpened opened:
                    (opened.Assignee is { } person ? CrewOf(person) : CrewOf(opened.Role)).Add(
                        one, opened.TaskId, opened.Assignee, at, this);
                    break;
                case WaitStarted { Until: { } until } started:
                    // Time ends a wait when its moment has passed.
                    Schedule(
                        until.AddTicks(1), new AgendaItem(one, null, default, after.Waits.FirstOrDefault(w => w.WaitId == started.WaitId)));
                    break;
                case WaitStarted { Kind: WaitKind.Message or WaitKind.Call } started:
                    var minutes = Math.Max(1, plan.Outside.Draw(dice));
                    Schedule(
                        calendar.AddWorkingMinutes(at, minutes),
                        new AgendaItem(one, null, default, after.Waits.FirstOrDefault(w => w.WaitId == started.WaitId)));
                    break;
                case DeadlineClosed { Result: not DeadlineResult.Cancelled } closed:
                    var step = before.FindOpenDeadline(closed.DeadlineId)?.StepId
                        ?? decision.Events.OfType<DeadlineSet>().First(d => d.DeadlineId == closed.DeadlineId).StepId;
                    var count = clocks.GetValueOrDefault(step);
                    clocks[step] = (count.Ended + 1, count.Late + (closed.Result == DeadlineResult.Late ? 1 : 0));
                    break;
                case InstanceCompleted completed:
                    ended++;
                    endedAs[completed.Outcome] = endedAs.GetValueOrDefault(completed.Outcome) + 1;
                    leadTimes.Add(calendar.WorkingDaysBetween(BangkokTime.DateOf(after.StartedAt), BangkokTime.DateOf(at)));
                    break;
            }
        }
    }
}
