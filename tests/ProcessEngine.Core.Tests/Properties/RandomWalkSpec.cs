using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Tests.Instances;

namespace ProcessEngine.Core.Tests.Properties;

/// <summary>
/// Random people do random things to random cases of random definitions, at random times; what must always hold, holds (promises P7, P12).
/// <c>RUNS</c> and <c>FIRST</c> in the environment ask for more runs and for others, <c>SEED</c> for one again.
/// </summary>
public sealed class RandomWalkSpec
{
    const int ActsAtMost = 40;
    const int ActsToEndAtMost = 1_000;

    [Test]
    public void Whatever_people_do_a_case_stays_whole_and_can_always_be_brought_to_its_end()
    {
        var runs = Setting("RUNS") ?? 1_000;
        var seed = Setting("SEED");
        var (walked, refused) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var number = seed ?? (20_000_000 + (Setting("FIRST") ?? 0) + run);
            var walk = Walk.Of(number);
            if (walk is null)
            {
                refused++;
                continue;
            }

            try
            {
                walk.Run(ActsAtMost);
                walk.BringToEnd(ActsToEndAtMost);
                walked++;
            }
            catch (Exception e)
            {
                Assert.Fail($"SEED={number}: {e.Message}\n{walk.Told()}\n{e.StackTrace}");
            }
        }

        TestContext.Out.WriteLine($"{walked} cases walked, {refused} definitions refused by the check");
        walked.ShouldBeGreaterThan(seed is null ? runs / 4 : 0);
    }

    static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}

/// <summary>One case and everything that is done to it.</summary>
sealed class Walk
{
    static readonly JsonSerializerOptions Plain = new() { IncludeFields = false };
    static readonly Guid[] People = [.. Enumerable.Range(1, 6).Select(Story.Person)];
    static readonly string[] AllRoles = [.. Roles.Acting, Roles.Administrator];

    readonly Random random;
    readonly ProcessDefinition definition;
    readonly List<(DateTimeOffset At, ProcessCommand Command, Decision Decision)> told = [];
    readonly HashSet<Guid> ids = [];
    readonly Dictionary<Guid, HashSet<RungKind>> rungs = [];
    ProcessState state = ProcessState.NotStarted;
    DateTimeOffset now;

    Walk(Random random, ProcessDefinition definition)
    {
        (this.random, this.definition) = (random, definition);
        now = Story.At("2026-03-02 09:00").AddMinutes(random.Next(300_000));
    }

    /// <summary>Null when the definition that was drawn is not sound.</summary>
    public static Walk? Of(int seed)
    {
        var random = new Random(seed);
        var definition = new RandomDefinition(random).Draw();
        return DefinitionCheck.Run(definition).Count == 0 ? new Walk(random, definition) : null;
    }

    public string Told() =>
        string.Join('\n', definition.Transitions.Select(t => $"{t.From}.{t.Port} -> {t.To}")) + "\n" + string.Join('\n', told.TakeLast(12).Select(t =>
            $"{t.At:O} {t.Command.GetType().Name} {(t.Command as TaskCommand)?.TaskId} by {t.Command.By.UserId}: {t.Decision.Rejection?.ToString() ?? string.Join(", ", t.Decision.Events.Select(e => e.ToString()))}"));

    public void Run(int acts)
    {
        Send(new StartProcess
        {
            By = Story.Of(Story.Requester, Roles.Officer),
            InstanceId = new Guid(0x01900000, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1),
            Office = "demo",
            Title = "สุ่ม",
            Variables = Data(0.7),
        });
        for (var i = random.Next(acts); i > 0; i--)
            Send(Chance(0.75) ? Sensible() : Anything());
    }

    bool Chance(double share) => random.NextDouble() < share;
    T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    ImmutableSortedDictionary<string, string> Data(double share)
    {
        var data = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        void Set(string name, object value)
        {
            if (Chance(share))
                data[name] = JsonSerializer.Serialize(value);
        }

        Set("amount", random.Next(20));
        Set("list", Enumerable.Range(0, random.Next(4)).Select(i => $"ร.ร. {i}"));
        Set("members", People.Take(random.Next(1, 5)));
        Set("chair", Pick(People));
        Set("owner", Pick(People));
        Set("day", BangkokTime.DateOf(now).AddDays(random.Next(-5, 30)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Set("key", "ศธ 1");
        return data.ToImmutable();
    }

    Actor Anyone() => Chance(0.05) ? Actor.System : Story.Of(Pick(People), [.. AllRoles.Where(_ => Chance(0.4))]);

    Actor For(OpenTask task) => Story.Of(task.Assignee ?? Pick(People), task.Role);

    /// <summary>Something that somebody in their place would do.</summary>
    ProcessCommand Sensible()
    {
        if (state.Status == InstanceStatus.Suspended)
            return new ResumeInstance(null) { By = Boss };
        if (state.OpenTasks.IsEmpty || Chance(0.15))
            return Passing();
        var task = Pick(state.OpenTasks);
        if (task.Paused)
            return new ContinueTask(null) { By = For(task), TaskId = task.TaskId };
        return Decide(task, For(task), random.Next(20));
    }

    TaskCommand Decide(OpenTask task, Actor by, int how)
    {
        var step = definition.FindStep(task.StepId)!;
        return how switch
        {
            0 => new PauseTask("รอ") { By = by, TaskId = task.TaskId },
            1 => new ClaimTask { By = by, TaskId = task.TaskId },
            2 when step.MayFail => new FailTask("ไม่ได้") { By = by, TaskId = task.TaskId },
            3 or 4 when step.Type == StepType.Approval || !step.ReturnTo.IsEmpty => new ReturnTask("แก้ไข", null) { By = by, TaskId = task.TaskId },
            5 or 6 when step.Committee is not null => new CastVote(Pick([Vote.Reject, Vote.Abstain]), "ไม่") { By = by, TaskId = task.TaskId },
            5 or 6 when step.Type == StepType.Approval => new RejectTask("ไม่") { By = by, TaskId = task.TaskId },
            _ when step.Type == StepType.Approval => new ApproveTask { By = by, TaskId = task.TaskId },
            _ => new CompleteTask { By = by, TaskId = task.TaskId, Outputs = Chance(0.2) ? Data(0.3) : Data(0) },
        };
    }

    static Actor Boss => Story.Of(Story.Person(90), Roles.Director, Roles.Administrator);

    /// <summary>Time passes, or somebody outside speaks.</summary>
    ProcessCommand Passing()
    {
        if (state.Waits.FirstOrDefault(w => w.Kind == WaitKind.Message) is { } message && Chance(0.4))
            return new ReceiveMessage(message.Message!, message.Correlation, Data(0.1)) { By = Actor.System };
        if (state.Waits.FirstOrDefault(w => w.Kind == WaitKind.Call) is { } call && Chance(0.4))
            return new EndCall(call.WaitId, call.Call!.ChildId, "completed") { By = Actor.System };
        now = now.AddMinutes(random.Next(8) switch { 0 => -random.Next(3_000), 1 => random.Next(60_000), _ => random.Next(5_000) });
        return new ReachTime { By = Actor.System };
    }

    /// <summary>Something that makes no sense, comes twice, or comes from the wrong person.</summary>
    ProcessCommand Anything()
    {
        var by = Anyone();
        var step = definition.Steps.ElementAt(random.Next(definition.Steps.Count())).Id;
        var task = Chance(0.7) && !state.OpenTasks.IsEmpty ? Pick(state.OpenTasks).TaskId : ids.Count > 0 ? ids.ElementAt(random.Next(ids.Count)) : Guid.Empty;
        int? expected = Chance(0.3) ? random.Next(state.Revision + 2) : null;
        return random.Next(20) switch
        {
            0 => new CompleteTask { By = by, TaskId = task, Expected = expected, Outputs = Data(0.2) },
            1 => new ApproveTask { By = by, TaskId = task, Expected = expected },
            2 => new RejectTask(Chance(0.5) ? "" : "ไม่") { By = by, TaskId = task, Expected = expected },
            3 => new ReturnTask("กลับ", Chance(0.5) ? step : null) { By = by, TaskId = task },
            4 => new CastVote(Pick([Vote.Approve, Vote.Reject, Vote.Abstain]), "ก") { By = by, TaskId = task },
            5 => new FailTask("ก") { By = by, TaskId = task },
            6 => new PauseTask("ก") { By = by, TaskId = task },
            7 => new ContinueTask(null) { By = by, TaskId = task },
            8 => new ReleaseTask { By = by, TaskId = task },
            9 => new ReassignTask(Pick(People), [.. AllRoles.Where(_ => Chance(0.6))], null) { By = by, TaskId = task },
            10 => new SuspendInstance("ก") { By = Chance(0.5) ? by : Boss },
            11 => new ResumeInstance(null) { By = by },
            12 => new ReopenInstance(step, "ก") { By = Chance(0.5) ? by : Boss },
            13 => new MoveInstance(step, "ก") { By = Chance(0.5) ? by : Boss },
            14 => new ChangeVariables(Data(0.5), null) { By = Chance(0.5) ? by : Boss },
            15 => new ReceiveMessage("answer", "ศธ 1", Data(0.2)) { By = by },
            16 => new ExtendDeadline(state.OpenDeadlines.IsEmpty ? Guid.Empty : Pick(state.OpenDeadlines).DeadlineId, new WorkingDays(random.Next(1, 5)), "ก") { By = Chance(0.5) ? by : Boss },
            17 => new CommentOnTask("ก") { By = by, TaskId = task },
            18 => Chance(0.2) ? new CancelInstance("ก") { By = by } : new ClaimTask { By = by, TaskId = task },
            _ => new RetryIncident(state.Waits.IsEmpty ? Guid.Empty : Pick(state.Waits).WaitId) { By = Boss },
        };
    }

    /// <summary>P12: from wherever the case stands, people of good will bring it to an end.</summary>
    public void BringToEnd(int most)
    {
        for (var i = 0; i < most && !state.HasEnded; i++)
        {
            if (state.Status == InstanceStatus.Suspended)
            {
                Send(new ResumeInstance(null) { By = Boss });
            }
            // Sometimes the only way on is by other data.
            else if (Chance(0.03) || state.Waits.Any(w => w.Kind == WaitKind.Incident) || state.Waits.Any(w => w.Kind == WaitKind.Date && w.Until is null))
            {
                Send(new ChangeVariables(Data(1), null) { By = Boss });
            }
            else if (state.Waits.FirstOrDefault(w => w.Until is not null) is { } wait && (state.OpenTasks.IsEmpty || Chance(0.1)))
            {
                // Sometimes the only way on is to let time pass.
                now = now > wait.Until ? now : wait.Until!.Value.AddMinutes(1);
                Send(new ReachTime { By = Actor.System });
            }
            else if (!state.OpenTasks.IsEmpty)
            {
                var task = Pick(state.OpenTasks);
                // Four eyes: somebody is found who did not act before.
                foreach (var person in task.Assignee is { } assignee && definition.FindStep(task.StepId)!.NotDoneBy.IsEmpty ? [assignee] : People)
                {
                    if (task.Assignee != person && task.Assignee is not null)
                        Send(new ReassignTask(person, [task.Role], null) { By = Boss, TaskId = task.TaskId });
                    var by = Story.Of(person, task.Role);
                    if (task.Paused)
                        Send(new ContinueTask(null) { By = by, TaskId = task.TaskId });
                    if (Send(Decide(task, by, Chance(0.8) ? 99 : random.Next(2, 7))) is null)
                        break;
                }
            }
            else
            {
                Send(Passing());
            }
        }

        state.HasEnded.ShouldBeTrue("the case was never brought to an end");
    }

    Rejection? Send(ProcessCommand command)
    {
        var moment = Moment.At(now, Story.Calendar);
        var before = state;
        var decision = ProcessDecider.Decide(definition, before, command, moment);
        told.Add((now, command, decision));
        if (decision.Rejection is not null)
        {
            decision.Events.ShouldBeEmpty();
            return decision.Rejection;
        }

        foreach (var e in decision.Events)
        {
            Watch(e, state);
            state = ProcessState.Evolve(state, new RecordedEvent(state.Revision + 1, now, command.By.UserId, e));
        }

        if (Chance(0.05))
        {
            if (decision.After is { } after)
                JsonSerializer.Serialize(after, Plain).ShouldBe(JsonSerializer.Serialize(state, Plain), "the fold of the events is the state that was decided on");
            var again = ProcessDecider.Decide(definition, before, command, moment);
            JsonSerializer.Serialize<object[]>([.. again.Events], Plain).ShouldBe(JsonSerializer.Serialize<object[]>([.. decision.Events], Plain), "the same input gives the same events");
        }

        if (command is ReachTime)
            ProcessDecider.Decide(definition, state, command, moment).Events.ShouldBeEmpty("time that has been reached is not reached twice");
        Check(before);
        return null;
    }

    void Watch(ProcessEvent e, ProcessState at)
    {
        switch (e)
        {
            case TaskOpened o:
                ids.Add(o.TaskId).ShouldBeTrue("ids are unique");
                break;
            case DeadlineSet d:
                ids.Add(d.DeadlineId).ShouldBeTrue("ids are unique");
                rungs[d.DeadlineId] = [];
                break;
            case WaitStarted w:
                ids.Add(w.WaitId).ShouldBeTrue("ids are unique");
                break;
            case DeadlineMoved m:
                rungs[m.DeadlineId].RemoveWhere(kind => m.Rungs.Any(r => r.Kind == kind));
                break;
            case RungTaken r:
                var clock = at.FindOpenDeadline(r.DeadlineId).ShouldNotBeNull("a rung belongs to a clock that runs");
                clock.PausedAt.ShouldBeNull("a clock that stands still takes no rung");
                rungs[r.DeadlineId].Add(clock.NextRung!.Kind).ShouldBeTrue("a rung is taken once");
                break;
        }
    }

    void Check(ProcessState before)
    {
        foreach (var step in before.Steps)
            state.AttemptsOf(step.StepId).ShouldBeGreaterThanOrEqualTo(step.Attempts);
        if (state.HasEnded)
        {
            (state.OpenTasks.Length, state.Waits.Length, state.Arrivals.Length, state.Groups.Length, state.OpenDeadlines.Length).ShouldBe((0, 0, 0, 0, 0), "nothing is open in a case that has ended");
            return;
        }

        (state.OpenTasks.Length + state.Waits.Length).ShouldBeGreaterThan(0, "a case that runs rests somewhere");
        foreach (var tasks in state.OpenTasks.GroupBy(t => t.StepId))
        {
            var step = definition.FindStep(tasks.Key).ShouldNotBeNull();
            var group = state.FindGroup(step.Id);
            tasks.Count().ShouldBe(group is null ? 1 : group.Size - group.Answers.Length, $"{step.Id} is open once, or once for each that has not answered");
            foreach (var task in tasks)
            {
                if (task.DeadlineId is { } clock)
                    state.FindOpenDeadline(clock).ShouldNotBeNull("the clock of an open task runs");
                else if (step.Levels.IsEmpty)
                    (definition.ClockOf(step).Deadline is null or { NeedsDate: true }).ShouldBeTrue("a stated limit has a clock");
            }
        }

        foreach (var clock in state.OpenDeadlines.Where(d => d.StepId.Length > 0))
            state.OpenTasks.Any(t => t.DeadlineId == clock.DeadlineId || (t.StepId == clock.StepId && t.Level is not null)).ShouldBeTrue("no clock runs without a task");
        foreach (var group in state.Groups)
            state.OpenTasks.Any(t => t.StepId == group.StepId).ShouldBeTrue("no group without a task");
    }
}
