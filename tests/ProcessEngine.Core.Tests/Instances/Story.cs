using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>
/// One case and what its people do, in the order in which it is told. Every word that a test says about the core goes through here.
/// </summary>
public sealed class Story
{
    public static readonly WorkingCalendar Calendar = TheCalendar();

    public static readonly Guid Requester = Person(1);

    readonly Dictionary<string, DeadlineRule> officeDeadlines = [];
    readonly Dictionary<(string Role, string Field), Guid> responsible = [];
    readonly List<RecordedEvent> history = [];
    ImmutableSortedDictionary<string, string>? previous;
    readonly List<Act> acts = [];
    ImmutableDictionary<string, ImmutableArray<Guid>>? holders;
    DateTimeOffset now = At("2026-03-02 09:00");
    WorkingCalendar calendar = Calendar;
    IReadOnlyList<string> last = [];
    ImmutableDictionary<string, ImmutableArray<Guid>> byOrder = ImmutableDictionary<string, ImmutableArray<Guid>>.Empty;
    Actor? inStead;

    public Story(ProcessDefinition definition)
    {
        Definition = definition;
        DefinitionCheck.Run(definition).ShouldBeEmpty();
    }

    public Story(Drawing drawing)
        : this(drawing.Definition())
    {
    }

    public ProcessDefinition Definition { get; private set; }
    public ProcessState State { get; private set; } = ProcessState.NotStarted;
    public Rejection? Refusal { get; private set; }
    public IReadOnlyList<RecordedEvent> History => history;

    /// <summary>What was asked for so far, and what came of each.</summary>
    public IReadOnlyList<Act> Acts => acts;

    /// <summary>Names of the events of the last command.</summary>
    public IReadOnlyList<string> Last => last;

    /// <summary>Steps that are open, each as often as it has tasks.</summary>
    public IEnumerable<string> Open => State.OpenTasks.Select(t => t.StepId).Order(StringComparer.Ordinal);

    public static Guid Person(int number) => new($"00000000-0000-7000-8000-{number:D12}");

    public static DateTimeOffset At(string bangkok) =>
        new DateTimeOffset(
            DateTime.ParseExact(bangkok, ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None),
            BangkokTime.Offset).ToUniversalTime();

    /// <summary>The calendar with these days off, as a later version of it.</summary>
    public static WorkingCalendar CalendarWith(int version, params string[] dates) => TheCalendar(version, [.. dates.Select(DayOff)]);

    static WorkingCalendar TheCalendar(int version = 1, params OfficeDay[] days)
    {
        using var table = new StreamReader(typeof(Story).Assembly.GetManifestResourceStream("holidays.csv")!);
        return WorkingCalendar.Build(
            "national", version, null, HolidayTable.Parse(table.ReadToEnd()), days, new CalendarCoverage(2018, 2027, 2026));
    }

    static OfficeDay DayOff(string date) =>
        new(DateOnly.Parse(date, CultureInfo.InvariantCulture), OfficeDayKind.Closure, "วันหยุดพิเศษ", "คณะรัฐมนตรี");

    /// <summary>The calendar without its changes, and these days off; the running limits are counted anew.</summary>
    public Story DaysOff(params string[] dates)
    {
        calendar = TheCalendar(calendar.Version + 1, [.. dates.Select(DayOff)]);
        return Do(new RecomputeDeadlines(Person(1000 + calendar.Version), "มติคณะรัฐมนตรี") { By = ActorOf.System });
    }

    /// <summary>From the beginning on, a day off that the table does not have.</summary>
    public Story KnowsDayOff(string date)
    {
        calendar = TheCalendar(1, DayOff(date));
        return this;
    }

    public Story On(string bangkok) => On(At(bangkok));

    public Story On(DateTimeOffset instant)
    {
        now = instant;
        return this;
    }

    public Story OfficeSets(string step, DeadlineRule rule)
    {
        officeDeadlines[step] = rule;
        return this;
    }

    /// <summary>Who holds a role; without it nobody asks who is there.</summary>
    public Story Staffed(string role, params Guid[] people)
    {
        holders = (holders ?? ImmutableDictionary<string, ImmutableArray<Guid>>.Empty).SetItem(role, [.. people]);
        return this;
    }

    /// <summary>The data of the last completed case of the procedure.</summary>
    public Story AfterACaseWith(params (string Name, object Value)[] data)
    {
        previous = Map(data);
        return this;
    }

    /// <summary>The list of the office says who looks after what.</summary>
    public Story LooksAfter(string role, string field, Guid person)
    {
        responsible[(role, field)] = person;
        return this;
    }

    /// <summary>Somebody else than the one whom the next act would be by.</summary>
    public Story By(Guid person, params string[] roles)
    {
        inStead = Of(person, roles);
        return this;
    }

    /// <summary>The next act is by somebody who sits by order in a post that is not theirs.</summary>
    public Story ByOrder(Guid person, PostOrder order, params string[] roles)
    {
        inStead = Of(person, roles) with { Orders = [order] };
        return this;
    }

    public Story ByOrders(Guid person, params PostOrder[] orders)
    {
        inStead = Of(person) with { Orders = [.. orders] };
        return this;
    }

    /// <summary>Who sits by order in a post.</summary>
    public Story Seated(string role, params Guid[] people)
    {
        byOrder = byOrder.SetItem(role, [.. people]);
        return this;
    }

    public Story Starts(params (string Name, object Value)[] data) => Do(new StartProcess
    {
        By = Of(Requester, Roles.Officer),
        InstanceId = new Guid("01900000-0000-7000-8000-000000000001"),
        Office = "demo",
        Title = "เรื่อง",
        Variables = Map(data),
        Previous = previous,
    });

    public Story Completes(string step, params (string Name, object Value)[] outputs) => CompletesAs(null, step, outputs);

    public Story CompletesAs(Guid? person, string step, params (string Name, object Value)[] outputs) =>
        Do(new CompleteTask { By = Actor(step, person), TaskId = Task(step, person).TaskId, Outputs = Map(outputs) });

    public Story Approves(string step, Guid? person = null) =>
        Do(new ApproveTask { By = Actor(step, person), TaskId = Task(step, person).TaskId });
    public Story Rejects(string step, string reason = "เหตุผล", Guid? person = null) =>
        Do(new RejectTask(reason) { By = Actor(step, person), TaskId = Task(step, person).TaskId });
    public Story Returns(string step, string? to = null, string reason = "เหตุผล") =>
        Do(new ReturnTask(reason, to) { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Votes(Guid person, Vote vote, string step = "decide") =>
        Do(new CastVote(vote, "เหตุผล") { By = Actor(step, person), TaskId = Task(step, person).TaskId });
    public Story Fails(string step) => Do(new FailTask("ใช้ไม่ได้") { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Pauses(string step) => Do(new PauseTask("รอโรงเรียน") { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Continues(string step) => Do(new ContinueTask(null) { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Claims(string step, Guid person) =>
        Do(new ClaimTask { By = Of(person, Task(step, null).Role), TaskId = Task(step, null).TaskId });
    public Story Releases(string step) => Do(new ReleaseTask { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Reassigns(string step, Guid to, params string[] roles) =>
        Do(new ReassignTask(to, [.. roles], null) { By = Boss, TaskId = Task(step, null).TaskId });

    /// <summary>Whoever decided last takes it back; or somebody else tries to.</summary>
    public Story Undoes(Guid? person = null, bool knownOutside = false)
    {
        var act = history.Last(h => h.Event is DecisionEvent);
        return Do(
            new UndoAct(TaskOutcomes.Of(act.Event)!.Value.TaskId, [.. history])
            {
                By = Of(person ?? act.Actor!.Value),
                IsKnownOutside = knownOutside,
            });
    }

    public Story Marks(Priority? priority) => Do(new ChangePriority(priority, null) { By = Boss });
    public Story Comments(string step, string text) =>
        Do(new CommentOnTask(text) { By = Actor(step, null), TaskId = Task(step, null).TaskId });
    public Story Suspends() => Do(new SuspendInstance("น้ำท่วม") { By = Boss });
    public Story Resumes() => Do(new ResumeInstance(null) { By = Boss });
    public Story Cancels(string reason = "เลิก") => Do(new CancelInstance(reason) { By = Boss });
    public Story Reopens(string step) => Do(new ReopenInstance(step, "ลืมแนบ") { By = Boss });
    public Story Moves(string step) => Do(new MoveInstance(step, "กดผิด") { By = Of(Person(99), Roles.Administrator) });
    public Story Changes(params (string Name, object Value)[] data) => Do(new ChangeVariables(Map(data), null) { By = Boss });
    public Story Hears(string message, string? correlation = null, params (string Name, object Value)[] data) =>
        Do(new ReceiveMessage(message, correlation, Map(data)) { By = ActorOf.System });

    /// <summary>The sub-process that a place waits for has ended.</summary>
    public Story Ends(string call)
    {
        var wait = State.Waits.Single(w => w.NodeId == call);
        return Do(new EndCall(wait.WaitId, wait.Call!.ChildId, "completed") { By = ActorOf.System });
    }

    public Story Extends(string step, DeadlineRule by) =>
        Do(new ExtendDeadline(State.OpenDeadlines.Single(d => d.StepId == step).DeadlineId, by, "ขยายเวลา") { By = Boss });

    /// <summary>The sweep comes by.</summary>
    public Story TimeIs(string bangkok) => On(bangkok).Do(new ReachTime { By = ActorOf.System });

    public Story Confirms(string step) => Do(new ConfirmDeadline(Clock(step).DeadlineId, "ตรวจสอบแล้ว") { By = Boss });

    public static Actor Owner => Of(Person(91), Roles.ProcessOwner);
    public static Actor Boss => Of(Person(90), Roles.Director);

    public static Actor Of(Guid person, params string[] roles) => new(person, [.. roles]);

    public Story Do(ProcessCommand command)
    {
        if (inStead is not null)
            (command, inStead) = (command with { By = inStead }, null);
        var decision = Would(command);
        Refusal = decision.Rejection;
        last = [.. decision.Events.Select(e => e.GetType().Name)];
        foreach (var (recorded, after) in decision.Changes)
        {
            recorded.ShouldBe(new RecordedEvent(State.Revision + 1, now, command.By.UserId, recorded.Event));
            history.Add(recorded);
            State = ProcessState.Evolve(State, recorded);
            JsonSerializer.Serialize(after).ShouldBe(
                JsonSerializer.Serialize(State), "the state that a decision carries is the fold of its events");
        }

        acts.Add(new Act(now, command, [.. history.TakeLast(decision.Changes.Length)], decision.Rejection));
        return this;
    }

    /// <summary>What the core would decide now; nothing comes of it.</summary>
    public Decision Would(ProcessCommand command) =>
        ProcessDecider.Decide(
            Definition, State, command,
            Moment.At(now, calendar) with
            {
                OfficeDeadlines = officeDeadlines,
                Holders = holders,
                ByOrder = byOrder,
                Responsible = responsible,
            });

    // What is checked ------------------------------------------------------------------------------------------------------------------

    public Story Stands(params string[] steps)
    {
        Refusal.ShouldBeNull();
        Open.ShouldBe(steps.Order(StringComparer.Ordinal), HistoryText());
        return this;
    }

    public Story Ended(string outcome = "completed")
    {
        Refusal.ShouldBeNull();
        State.Status.ShouldBe(InstanceStatus.Completed, HistoryText());
        history.Select(h => h.Event).OfType<InstanceCompleted>().Last().Outcome.ShouldBe(outcome);
        (State.OpenTasks.Length + State.Waits.Length + State.Arrivals.Length + State.OpenDeadlines.Length + State.Groups.Length).ShouldBe(
            0, "nothing is open in a case that has ended");
        return this;
    }

    public T Refused<T>()
        where T : Rejection
    {
        last.ShouldBeEmpty();
        return Refusal.ShouldBeOfType<T>(HistoryText());
    }

    public Story Happened(params string[] events)
    {
        Refusal.ShouldBeNull();
        last.ShouldBe(events, HistoryText());
        return this;
    }

    public Story Due(string step, string bangkok)
    {
        State.OpenDeadlines.Last(d => d.StepId == step).Terms.DueAt.ShouldBe(At(bangkok), HistoryText());
        return this;
    }

    /// <summary>The rungs that were taken so far, each with its true moment in Bangkok: <c>"overdue 2026-03-06 16:30"</c>.</summary>
    public Story Rungs(params string[] taken)
    {
        history.Select(h => h.Event).OfType<RungTaken>().Select(Said).ShouldBe(taken, HistoryText());
        return this;

        static string Said(RungTaken rung)
        {
            var kind = rung switch { TaskReminded => "reminder", TaskOverdue => "overdue", TaskEscalated e => e.ToRole, _ => "" };
            return $"{kind} {Bangkok(rung.ScheduledFor)}{(rung.Late ? " late" : "")}{(rung.Superseded ? " superseded" : "")}";
        }
    }

    /// <summary>The clock that runs for a step.</summary>
    public OpenDeadline Clock(string step) =>
        State.OpenDeadlines.LastOrDefault(d => d.StepId == step) ?? throw new ShouldAssertException(
            $"No clock runs for {step}.\n{HistoryText()}");

    public static string Bangkok(DateTimeOffset instant) =>
        instant.ToOffset(BangkokTime.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public OpenTask Task(string step, Guid? person = null) =>
        State.OpenTasks.FirstOrDefault(t => t.StepId == step && (person is null || t.Assignee is null || t.Assignee == person))
        ?? throw new ShouldAssertException($"{step} is not open.\n{HistoryText()}");

    public DeadlineResult ResultOf(string step)
    {
        var ids = history.Select(h => h.Event).OfType<DeadlineSet>().Where(d => d.StepId == step).Select(d => d.DeadlineId).ToHashSet();
        return history.Select(h => h.Event).OfType<DeadlineClosed>().Last(d => ids.Contains(d.DeadlineId)).Result;
    }

    public int CountOf<T>()
        where T : ProcessEvent => history.Count(h => h.Event is T);

    string HistoryText() => string.Join('\n', history.Select(h => $"{h.Sequence} {h.Event}"));

    Actor Actor(string step, Guid? person)
    {
        var task = Task(step, person);
        return Of(person ?? task.Assignee ?? Person(10), task.Role);
    }

    static ImmutableSortedDictionary<string, string> Map((string Name, object Value)[] data) =>
        data.ToImmutableSortedDictionary(d => d.Name, d => JsonSerializer.Serialize(d.Value), StringComparer.Ordinal);
}

/// <summary>A command, when it came, and what came of it.</summary>
public sealed record Act(DateTimeOffset At, ProcessCommand Command, ImmutableArray<RecordedEvent> Events, Rejection? Refusal);

static class ActorOf
{
    public static Actor System => Core.Instances.Deciding.Actor.System;
}
