using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Tests.Instances;

namespace ProcessEngine.Core.Tests.Properties;

/// <summary>One case and everything that is done to it.</summary>
sealed class Walk
{
    static readonly JsonSerializerOptions Plain = new() { IncludeFields = false };
    static readonly Guid[] People = [.. Enumerable.Range(1, 6).Select(Story.Person)];
    static readonly string[] AllRoles = [.. Roles.Acting, Roles.Administrator];

    /// <summary>What the calendar becomes, one after the other: days off come and go.</summary>
    static readonly WorkingCalendar[] Calendars =
    [
        Story.Calendar,
        .. Enumerable.Range(2, 5).Select(
            version => Story.CalendarWith(version, $"2026-03-{3 + version:00}", $"2026-0{2 + version}-15")),
    ];

    const int ActsAtMost = 40;
    const int ActsToEndAtMost = 3_000;
    const int ActsInOneMood = 20;

    readonly int seed;
    readonly Random random;
    readonly CaseLaws laws = new();
    readonly List<RecordedEvent> history = [];
    ProcessDefinition definition;
    readonly List<(DateTimeOffset At, ProcessCommand Command, Decision? Decision)> told = [];
    readonly List<Guid> tasks = [];
    readonly HashSet<Guid> notices = [];
    readonly Dictionary<string, DeadlineRule> officeDeadlines = [];
    ImmutableDictionary<string, ImmutableArray<Guid>> holders;
    ProcessState state = ProcessState.NotStarted;
    DateTimeOffset now;
    int calendar;

    Walk(int seed, Random random, ProcessDefinition definition)
    {
        (this.seed, this.random, this.definition) = (seed, random, definition);
        now = Story.At("2026-03-02 09:00").AddMinutes(random.Next(300_000));
        holders = AllRoles.Where(_ => Chance(0.9)).ToImmutableDictionary(
            role => role, _ => People.Where(_ => Chance(0.5)).ToImmutableArray());
        foreach (var step in definition.Steps.Where(s => s.Deadline is null && Chance(0.1)))
            officeDeadlines[step.Id] = new WorkingDays(random.Next(1, 9));
    }

    /// <summary>Null when the definition that was drawn is not sound.</summary>
    public static Walk? Of(int seed)
    {
        var random = new Random(seed);
        var definition = new RandomDefinition(random).Draw();
        return DefinitionCheck.Run(definition).Count == 0 ? new Walk(seed, random, definition) : null;
    }

    public Exception? Failure { get; private set; }
    public int Commands => told.Count;

    /// <summary>Everything that happened up to the fault. What was refused is left out: it changed nothing.</summary>
    public string Report() => $"""
        SEED={seed}: {Failure?.Message}
        {string.Join('\n', definition.Nodes)}
        {string.Join('\n', definition.Transitions.Select(t => $"{t.From}.{t.Port} -> {t.To}"))}
        {string.Join('\n', told.Where(t => t.Decision?.Rejection is null).Select(t => $"{t.At:O} {t.Command}\n    {Came(t.Decision)}"))}
        {Failure?.StackTrace}
        """;

    static string Came(Decision? decision) => decision is null ? "threw" : string.Join("\n    ", decision.Events);

    public void Go()
    {
        try
        {
            while (Start() is PersonUnknown)
                state.Status.ShouldBe(ProcessState.NotStarted.Status, "no case begins for a stranger");
            for (var i = random.Next(ActsAtMost); i > 0; i--)
            {
                Send(Chance(0.75) ? Sensible() : Anything());
                if (Chance(0.2))
                    TakeBack();
                TakeCaseBack();
            }

            BringToEnd();
            JsonSerializer.Serialize(ProcessState.Replay(history), Plain).ShouldBe(
                JsonSerializer.Serialize(state, Plain), "the state is the fold of the history");
        }
        catch (Exception e)
        {
            Failure = e;
        }
    }

    Rejection? Start() => Send(new StartProcess
    {
        By = Story.Of(Story.Requester, Roles.Officer),
        InstanceId = new Guid(0x01900000, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1),
        Office = "demo",
        Title = "สุ่ม",
        BusinessKey = "ศธ 1",
        Variables = Data(0.7),
    });

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

    Actor Anyone() => Chance(0.05) ? Actor.System : Story.Of(Pick(People), [.. AllRoles.Where(_ => Chance(0.4))]) with
    {
        Orders =
        [
            .. AllRoles.Where(_ => Chance(0.1)).Select(
                role => new PostOrder(
                    Story.Person(700), new Capacity(CapacityKind.Acting, role, "ที่ 1/2569"), Chance(0.5) ? Pick(People) : null)),
        ],
    };

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
            3 or 4 when step.Type == StepType.Approval
                || definition.ReturnTargets(step).Any() => new ReturnTask("แก้ไข", null) { By = by, TaskId = task.TaskId },
            5 or 6 when step.Committee is not null =>
                new CastVote(Pick([Vote.Reject, Vote.Abstain]), "ไม่") { By = by, TaskId = task.TaskId },
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
            return new EndCall(call.WaitId, call.Call!.ChildId, Chance(0.2) ? EndCall.Cancelled : "completed") { By = Actor.System };
        if (calendar + 1 < Calendars.Length && Chance(0.05))
            return new RecomputeDeadlines(Story.Person(1000 + ++calendar), "มติคณะรัฐมนตรี") { By = Actor.System };
        if (Chance(0.1))
            return new ReturnWork(Pick(People), Chance(0.3) ? null : Anyone(), "ย้าย") { By = Actor.System };
        now = now.AddMinutes(random.Next(8) switch { 0 => -random.Next(3_000), 1 => random.Next(60_000), _ => random.Next(5_000) });
        return new ReachTime { By = Actor.System };
    }

    /// <summary>Something that makes no sense, comes twice, or comes from the wrong person.</summary>
    ProcessCommand Anything()
    {
        var by = Anyone();
        var step = definition.Steps.ElementAt(random.Next(definition.Steps.Count())).Id;
        if (Chance(0.1))
            return told[^1].Command;
        var task = Chance(0.7) && !state.OpenTasks.IsEmpty ? Pick(state.OpenTasks).TaskId : tasks.Count > 0 ? Pick(tasks) : Guid.Empty;
        int? expected = Chance(0.3) ? random.Next(state.Revision + 2) : null;
        return random.Next(23) switch
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
            16 => new ExtendDeadline(
                state.OpenDeadlines.IsEmpty ? Guid.Empty : Pick(state.OpenDeadlines).DeadlineId, new WorkingDays(random.Next(1, 5)),
                "ก")
            { By = Chance(0.5) ? by : Boss },
            17 => new CommentOnTask("ก") { By = by, TaskId = task },
            18 => Chance(0.2) ? new CancelInstance("ก") { By = by } : new ClaimTask { By = by, TaskId = task },
            19 => Chance(0.5)
                ? new AttachFile(Guid.Empty, Chance(0.5) ? task : null, "ก.pdf", "application/pdf", 1, "00") { By = by }
                : new ChangePriority(Chance(0.3) ? null : (Priority)random.Next(1, 4), null) { By = Chance(0.5) ? by : Boss },
            20 => new EndCall(state.Waits.IsEmpty ? Guid.Empty : Pick(state.Waits).WaitId, Guid.Empty, "completed") { By = Actor.System },
            21 => Chance(0.5) ? Migrate() : new StartProcess { By = by, InstanceId = Guid.Empty, Office = "demo", Title = "ซ้ำ" },
            _ => new RetryIncident(state.Waits.IsEmpty ? Guid.Empty : Pick(state.Waits).WaitId) { By = Boss },
        };
    }

    /// <summary>To a version that is drawn the same, with some boxes named otherwise, or to one that is drawn anew.</summary>
    MigrateInstance Migrate()
    {
        var to = Chance(0.5) ? definition : new RandomDefinition(random).Draw();
        if (to != definition && DefinitionCheck.Run(to).Count > 0)
            to = definition;
        var moves = to == definition && Chance(0.7) ? ImmutableSortedDictionary<string, string>.Empty : Enumerable.Range(0, random.Next(3))
            .Select(_ => (From: Pick(definition.Nodes).Id, To: Pick(to.Nodes).Id)).DistinctBy(m => m.From).Where(m => m.From != m.To)
                .ToImmutableSortedDictionary(m => m.From, m => m.To);
        return new MigrateInstance(
            new ProcessDefinition(to.Key, definition.Version + 1, to.Name, to.Nodes, to.Transitions)
            {
                Variables = to.Variables,
                Deadline = to.Deadline,
                ReopenWithinDays = to.ReopenWithinDays,
            },
            moves)
        { By = Boss };
    }

    /// <summary>Whoever decided last thinks better of it. Either nothing changes, or the case stands as it stood before.</summary>
    void TakeBack()
    {
        if (history.LastOrDefault(h => h.Event is DecisionEvent) is not { } act)
            return;
        var task = TaskOutcomes.Of(act.Event)!.Value.TaskId;
        if (Send(new UndoAct(task, [.. history]) { By = Story.Of(act.Actor!.Value) }) is not null)
            return;
        var before = ProcessState.Replay(history.TakeWhile(h => h.Sequence < act.Sequence));
        Unnumbered(state).ShouldBe(Unnumbered(before), "what is undone leaves nothing behind");
        state.FindOpenTask(task)!.Revision.ShouldBe(state.Revision, "who saw the task before looks again");

        string Unnumbered(ProcessState s) => JsonSerializer.Serialize(
            s with { Revision = 0, OpenTasks = [.. s.OpenTasks.Select(t => t.TaskId == task ? t with { Revision = 0 } : t)] }, Plain);
    }

    /// <summary>The same of an act on the case as a whole, whichever may have been the last.</summary>
    void TakeCaseBack()
    {
        if (history.Count < 2)
            return;
        var after = Math.Max(1, history.Count - random.Next(1, 8));
        if (Send(new UndoCaseAct(after, [.. history]) { By = Story.Of(history[after].Actor ?? Guid.Empty) }) is not null)
            return;
        var before = ProcessState.Replay(history.Take(after));
        JsonSerializer.Serialize(state with { Revision = 0 }, Plain).ShouldBe(
            JsonSerializer.Serialize(before with { Revision = 0 }, Plain), "what is undone leaves nothing behind");
    }

    /// <summary>P12: from wherever the case stands, people of good will bring it to an end.</summary>
    void BringToEnd()
    {
        // Nobody to do it: the office appoints somebody.
        holders = AllRoles.ToImmutableDictionary(role => role, _ => People.ToImmutableArray());
        var moods = new Dictionary<string, int>();
        for (var i = 0; i < ActsToEndAtMost && !state.HasEnded; i++)
        {
            // Where only refusals or returns lead on, all of a committee must agree on them, here and not there: for a while each step is
            // done in one way.
            if (i % ActsInOneMood == 0)
                moods = definition.Steps.ToDictionary(s => s.Id, _ => i == 0 ? 99 : Pick([99, 99, 5, 3, 2]));
            if (state.Status == InstanceStatus.Suspended)
            {
                Send(new ResumeInstance(null) { By = Boss });
            }
            // What was called and cancelled is called again when somebody says so.
            else if (state.Incidents.FirstOrDefault(i => i.Code == IncidentCodes.CallCancelled) is { } cancelled)
            {
                Send(new RetryIncident(cancelled.IncidentId) { By = Boss });
            }
            // Sometimes the only way on is by other data.
            else if (Chance(0.03) || state.Waits.Any(w => w.Kind == WaitKind.Incident)
                || state.Waits.Any(w => w.Kind == WaitKind.Date && w.Until is null))
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
                // Or comes anew, where everybody did.
                Guid[] people = task.Assignee is { } assignee && definition.FindStep(task.StepId)!.NotDoneBy.IsEmpty
                    ? [assignee]
                    : [.. People, Story.Person(200 + i)];
                foreach (var person in people)
                {
                    if (task.Assignee != person && task.Assignee is not null)
                        Send(new ReassignTask(person, [task.Role], null) { By = Boss, TaskId = task.TaskId });
                    var by = Story.Of(person, task.Role);
                    if (task.Paused)
                        Send(new ContinueTask(null) { By = by, TaskId = task.TaskId });
                    if (Send(Decide(task, by, Chance(0.8) ? moods[task.StepId] : random.Next(2, 7))) is null)
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
        var moment = Moment.At(now, Calendars[calendar]) with { OfficeDeadlines = officeDeadlines, Holders = holders };
        var before = state;
        told.Add((now, command, null));
        var decision = ProcessDecider.Decide(definition, before, command, moment);
        told[^1] = (now, command, decision);
        if (decision.Rejection is not null)
        {
            (decision.Events.IsEmpty && decision.After is null).ShouldBeTrue("what is refused changes nothing");
            return decision.Rejection;
        }

        RightsHold(command, before);
        foreach (var (recorded, _) in decision.Changes)
        {
            (recorded.At, recorded.Actor).ShouldBe((now, command.By.UserId), "an event says who acted and when");
            laws.Watch(definition, recorded, state);
            if (recorded.Event is TaskOpened opened)
                tasks.Add(opened.TaskId);
            history.Add(recorded);
            state = ProcessState.Evolve(state, recorded);
            foreach (var notice in Notice.For(state, recorded))
                notices.Add(notice.Id).ShouldBeTrue("ids of notices are unique");
        }

        if (Chance(0.1))
        {
            var folded = before;
            foreach (var (recorded, after) in decision.Changes)
            {
                folded = ProcessState.Evolve(folded, recorded);
                JsonSerializer.Serialize(after, Plain).ShouldBe(
                    JsonSerializer.Serialize(folded, Plain), "the state that a decision carries is the fold of its events");
            }

            var again = ProcessDecider.Decide(definition, before, command, moment);
            JsonSerializer.Serialize<object[]>([.. again.Events], Plain).ShouldBe(
                JsonSerializer.Serialize<object[]>([.. decision.Events], Plain), "the same input gives the same events");
        }

        if (command is MigrateInstance { To: var to } && !decision.Events.IsEmpty)
        {
            laws.Elsewhere |= to.Nodes != definition.Nodes || history[^1].Event is InstanceMigrated { Moves.IsEmpty: false };
            definition = to;
        }

        if (command is ReachTime)
        {
            ProcessDecider.Decide(definition, state, command, moment).Events.ShouldBeEmpty(
                "time that has been reached is not reached twice");
            (state.IsRunning && state.Waits.Any(w => w.WakesAt < now)).ShouldBeFalse("what is due is taken");
        }

        if (command is ReturnWork { Person: var person, AsNow: null })
        {
            state.OpenTasks.Any(t => t.Assignee == person && !state.IsAssignedByDefinition(definition.FindStep(t.StepId)!, t))
                .ShouldBeFalse("whoever is gone holds nothing that others could do");
        }

        laws.Hold(definition, before, state, moment);
        return null;
    }

    static readonly string[] Superiors = [Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.Administrator];

    /// <summary>What was accepted was this person's to do, on the task as they saw it.</summary>
    void RightsHold(ProcessCommand command, ProcessState before)
    {
        if (before.Status == InstanceStatus.Suspended)
        {
            (command is ReachTime or ResumeInstance or CancelInstance or AttachFile or CommentOnTask or MigrateInstance
                or ReturnWork or RecomputeDeadlines)
                .ShouldBeTrue("nobody acts on a case that is suspended");
        }

        if (before.HasEnded)
            (command is ReachTime or ReopenInstance or Core.Instances.Deciding.TakeBack or ReturnWork or RecomputeDeadlines).ShouldBeTrue("nobody acts on a case that has ended");
        if (command is not TaskCommand { TaskId: var id } act || act is CommentOnTask)
            return;
        var task = before.FindOpenTask(id).ShouldNotBeNull("only an open task is acted on");
        (act.Expected ?? task.Revision).ShouldBe(task.Revision, "a task that changed is not decided unseen");
        if (act is ReassignTask || (act is ReleaseTask && Superiors.Any(role => act.By.Holds(role, "reassign"))))
            return;
        (
            task.Assignee is { } assignee
                ? assignee == act.By.UserId || act.By.Orders.Any(o => o.Holder == assignee && o.Capacity.Role == task.Role)
                : act.By.Holds(task.Role))
            .ShouldBeTrue("only who was asked may act, or who sits for them by order");
        var step = definition.FindStep(task.StepId)!;
        foreach (var earlier in step.NotDoneBy)
        {
            (
                act.By.UserId is { } user
                    && (earlier == Step.Requester ? user == before.StartedBy : before.FindStep(earlier)?.WasDoneBy(user) == true))
                .ShouldBeFalse("four eyes");
        }

        if (act is CompleteTask or ApproveTask or RejectTask or ReturnTask or FailTask or CastVote)
            task.Paused.ShouldBeFalse("a task that waits for an outsider is not decided");
    }
}
