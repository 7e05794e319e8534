using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances.Deciding;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>The events of one decision while it is being made: where the flow goes, which tasks open, which clocks start and stop.</summary>
/// <remarks>Lives for one call of <see cref="ProcessDecider.Decide"/>. Every change is an event, folded at once, so that what follows sees it.</remarks>
sealed class CaseDraft(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
{
    /// <summary>A rung taken later than this after its moment is marked late: the sweep was not running.</summary>
    static readonly TimeSpan SweepTolerance = TimeSpan.FromMinutes(5);

    /// <summary>No sound definition passes as many boxes at once; a case is never caught in an endless loop all the same.</summary>
    const int MaxMoves = 10_000;

    const string Undone = "Undone";

    // An approval that opens the next step makes four.
    readonly ImmutableArray<ProcessEvent>.Builder events = ImmutableArray.CreateBuilder<ProcessEvent>(4);
    readonly Queue<(Node To, Transition? By)> moves = new();
    string? outcome;

    public ProcessDefinition Definition => definition;
    public Moment Moment => moment;
    public Actor By => command.By;

    /// <summary>The state with the events decided so far already folded in.</summary>
    public ProcessState State { get; private set; } = state;

    public void Add(ProcessEvent e)
    {
        events.Add(e);
        State = ProcessState.Evolve(State, new RecordedEvent(State.Revision + 1, moment.Now, command.By.UserId, e));
    }

    // Moving on ------------------------------------------------------------------------------------------------------------------------

    /// <summary>The work of a task is decided: its step is left by a port.</summary>
    public Decision Leave(OpenTask task, ProcessEvent closing, string port)
    {
        if (definition.ArrowsFrom(task.StepId, port).IsEmpty)
            return new NoWayOn(task.StepId, port);
        Add(closing);
        LeaveStep(task.StepId, port);
        return Done();
    }

    /// <summary>The work goes back to an earlier step; what lies after that step is undone.</summary>
    public Decision GoBack(OpenTask task, ProcessEvent closing, Step target)
    {
        Add(closing);
        CloseStep(task.StepId, Ports.Return, target);
        Undo(target.Id);
        Place(target);
        return Done();
    }

    /// <summary>The flow goes on from a node that is already left.</summary>
    public void Follow(string nodeId, string port)
    {
        foreach (var arrow in definition.ArrowsFrom(nodeId, port))
        {
            if (port == Ports.Reject && State.Rests && definition.Graph.LeadsBack(arrow))
                Undo(arrow.To);
            moves.Enqueue((definition.Find(arrow.To)!, arrow));
        }
    }

    public void Place(Node node) => moves.Enqueue((node, null));

    /// <summary>Moves every branch as far as it goes by itself; then the clocks that nobody needs stop, and what is due is taken.</summary>
    public Decision Done()
    {
        Settle();
        return AsItStands();
    }

    /// <summary>Nothing follows from what was decided.</summary>
    public Decision AsItStands() => Decision.Accept(events.DrainToImmutable(), State);

    void Settle()
    {
        for (var count = 0; moves.TryDequeue(out var move); count++)
        {
            if (count == MaxMoves)
                throw new InvalidOperationException($"Definition {definition.Key} version {definition.Version} moves without end from {move.To.Id}.");
            Enter(move.To, move.By);
        }

        if (State.HasEnded)
            return;
        StopUnusedClocks();
        MoveDatedClocks();
        if (State.IsRunning)
        {
            // The last task that did not wait for an outsider may be done, or one that does not may have joined a clock that stood still.
            PauseClocks(AllPaused, PauseReason.WaitsForOutsider, null);
            ContinueClocks(null);
        }

        if (State.IsRunning && !State.Rests && outcome is { } reached)
            Complete(reached);
        else
            TakeDueRungs();
    }

    void Enter(Node node, Transition? by)
    {
        if (State.HasEnded)
            return;
        switch (node)
        {
            case Step step:
                Open(step);
                break;
            case DecisionNode decision:
                var branch = decision.Branches.FirstOrDefault(b => b.Condition is { } condition && condition.IsTrue(State.Variables));
                Add(new DecisionTaken(node.Id, branch?.Port ?? Ports.Else, branch?.When));
                Follow(node.Id, branch?.Port ?? Ports.Else);
                break;
            case ForkNode:
                Follow(node.Id, Ports.Done);
                break;
            case JoinNode:
                Add(new BranchArrived(node.Id, by?.From ?? "", by?.Port ?? ""));
                if (by is not null && State.Arrivals.Count(a => a.JoinId == node.Id) < definition.ArrowsInto(node.Id))
                    break;
                Add(new BranchesJoined(node.Id));
                Follow(node.Id, Ports.Done);
                break;
            case TimerNode timer:
                StartTimer(timer);
                break;
            case MessageNode message:
                StartWait(node.Id, WaitKind.Message, Ports.Done, null, message.Message, message.CorrelationFrom is { } from ? Text(from) : null, null);
                break;
            case CallNode call:
                Call(call);
                break;
            case EndNode { Terminates: true } end:
                moves.Clear();
                AbandonAll();
                Complete(end.Outcome);
                break;
            case EndNode end:
                outcome = end.Outcome;
                if (State.Rests || moves.Count > 0)
                    Add(new BranchEnded(end.Id, end.Outcome));
                break;
            default:
                throw new InvalidOperationException($"Nothing can enter {node.Id}.");
        }
    }

    void Complete(string reached)
    {
        foreach (var clock in State.OpenDeadlines)
            Add(new DeadlineClosed(clock.DeadlineId, ResultOf(clock)));
        Add(new InstanceCompleted(reached));
    }

    // Undoing --------------------------------------------------------------------------------------------------------------------------

    /// <summary>A step is left for good: its other tasks, its timers and its own clocks end.</summary>
    /// <param name="onTo">Where the work goes next, where that is a single step: steps that share a clock hand it on.</param>
    public void LeaveStep(string stepId, string port)
    {
        CloseStep(stepId, port, definition.Target(stepId, port) as Step);
        if (stepId == definition.DeadlineUntil && port is Ports.Done or Ports.Approve)
            CloseProcedureClock();
        Follow(stepId, port);
    }

    void CloseStep(string stepId, string port, Step? onTo)
    {
        foreach (var other in State.OpenTasks)
        {
            if (other.StepId == stepId)
                Add(new TaskCancelled(other.TaskId));
        }

        CloseGroup(stepId, port);
        foreach (var wait in State.Waits)
        {
            if (wait.NodeId == stepId)
                Add(new WaitCancelled(wait.WaitId));
        }

        foreach (var clock in State.OpenDeadlines)
        {
            if (clock.StepId == stepId && (!definition.SharesItsClock(stepId) || (LeavesClock(stepId, onTo) && !IsUsed(clock))))
                Add(new DeadlineClosed(clock.DeadlineId, ResultOf(clock)));
        }

        if (definition.FindStep(stepId) is { DeadlineSharedWith: { } leader } && LeavesClock(leader, onTo))
            CloseSharedClock(leader);
    }

    /// <summary>
    /// A shared clock goes on with the steps that share it. Where the next box is not a step, it is not known yet;
    /// then the clock is stopped when all branches have moved, if nobody needs it.
    /// </summary>
    bool LeavesClock(string leader, Step? onTo) => onTo is not null && (onTo.Id == leader || definition.ClockOf(onTo).Id != leader);

    void CloseSharedClock(string leader)
    {
        foreach (var clock in State.OpenDeadlines.Where(d => d.StepId == leader))
        {
            if (!State.OpenTasks.Any(t => t.DeadlineId == clock.DeadlineId))
                Add(new DeadlineClosed(clock.DeadlineId, ResultOf(clock)));
        }
    }

    /// <summary>Whoever asked has been served; what follows is the office's own.</summary>
    void CloseProcedureClock()
    {
        foreach (var clock in State.OpenDeadlines)
        {
            if (clock.StepId.Length == 0)
                Add(new DeadlineClosed(clock.DeadlineId, ResultOf(clock)));
        }
    }

    void CloseGroup(string stepId, string port, bool byChair = false)
    {
        if (State.FindGroup(stepId) is { } group)
        {
            Add(new TaskGroupClosed(
                stepId, port, group.Count(Vote.Approve), group.Count(Vote.Reject), group.Count(Vote.Abstain), group.Size - group.Answers.Length, byChair));
        }
    }

    /// <summary>Everything that runs in or after a step to which work goes back is undone.</summary>
    void Undo(string target)
    {
        if (State.Rests)
        {
            var after = definition.Graph.After(target);
            Abandon(after.Contains);
        }
    }

    /// <summary>Nothing of the case goes on.</summary>
    public void AbandonAll() => Abandon(_ => true, everyClock: true);

    void Abandon(Func<string, bool> node, bool everyClock = false)
    {
        foreach (var task in State.OpenTasks.Where(t => node(t.StepId)))
            Add(new TaskCancelled(task.TaskId));
        foreach (var group in State.Groups.Where(g => node(g.StepId)))
            CloseGroup(group.StepId, Undone);
        foreach (var wait in State.Waits.Where(w => node(w.NodeId)))
            Add(new WaitCancelled(wait.WaitId));
        foreach (var arrival in State.Arrivals.Where(a => node(a.From)))
            Add(new BranchUndone(arrival.JoinId, arrival.From, arrival.Port));
        foreach (var clock in State.OpenDeadlines.Where(d => everyClock ? d.StepId.Length > 0 : d.StepId.Length > 0 && node(d.StepId)))
        {
            if (!State.OpenTasks.Any(t => t.DeadlineId == clock.DeadlineId))
                Add(new DeadlineClosed(clock.DeadlineId, DeadlineResult.Cancelled));
        }
    }

    /// <summary>A list that goes on at its deadline is not late at it: that is when it was to go on. Steps that share its time may be.</summary>
    DeadlineResult ResultOf(OpenDeadline clock) =>
        Clocks.ResultAt(clock, moment.Now) is var result && result == DeadlineResult.Late && GoesOnAtDeadline(clock) && !definition.SharesItsClock(clock.StepId)
            ? DeadlineResult.Within
            : result;

    bool GoesOnAtDeadline(OpenDeadline clock) => definition.FindStep(clock.StepId) is { ForEach.GoOn: GoOnRule.Deadline };

    void StopUnusedClocks()
    {
        foreach (var clock in State.OpenDeadlines)
        {
            if (clock.StepId.Length > 0 && !IsUsed(clock))
                Add(new DeadlineClosed(clock.DeadlineId, ResultOf(clock)));
        }
    }

    bool IsUsed(OpenDeadline clock)
    {
        foreach (var task in State.OpenTasks)
        {
            if (Times(clock, task))
                return true;
        }

        return false;
    }

    /// <summary>A clock times its tasks; that of an approval with levels all of them, also while a level has a clock of its own.</summary>
    static bool Times(OpenDeadline clock, OpenTask task) =>
        task.DeadlineId == clock.DeadlineId || (task.StepId == clock.StepId && task.Level is not null);

    // Tasks ----------------------------------------------------------------------------------------------------------------------------

    void Open(Step step)
    {
        var attempt = State.AttemptsOf(step.Id) + 1;
        if (step.ForEach is { } each)
            OpenForEach(step, each, attempt);
        else if (step.Committee is { } committee)
            OpenCommittee(step, committee, attempt);
        else if (!step.Levels.IsEmpty)
            OpenLevel(step, 1, attempt);
        else
            OpenOne(step, attempt, StartClock(step, attempt));

        if (!State.OpenTasks.Any(t => t.StepId == step.Id))
            return;
        foreach (var timer in step.Timers)
        {
            var until = DeadlineCalculation.Compute(timer.After, moment.Now, moment.Calendar).DueAt;
            StartWait(step.Id, timer.Interrupts ? WaitKind.Interrupting : WaitKind.Beside, timer.Port, until, null, null, null);
        }
    }

    void OpenOne(Step step, int attempt, Guid? clock)
    {
        OpenTask(step, step.Role, attempt, clock, PersonFor(step, null));
    }

    /// <summary>The one person whom the definition means; null: whoever of the role. Nobody where it means somebody is an incident.</summary>
    Guid? PersonFor(Step step, int? level)
    {
        if (State.AssignmentOf(step, level) is not { } assignment)
            return null;
        if (assignment.Kind == AssignmentKind.Responsible)
        {
            var field = assignment.Name.Length == 0 ? definition.Key : Text(assignment.Name) ?? "";
            return moment.Responsible.TryGetValue((level is { } number ? step.Levels[number - 1].Role : step.Role, field), out var responsible) ? responsible : null;
        }

        var person = Known(State.PersonFor(assignment));
        if (person is null)
            Add(new IncidentRaised(step.Id, IncidentCodes.NoSuchPerson, assignment.Name));
        return person;
    }

    /// <summary>The next post of an approval decides.</summary>
    public void OpenLevel(Step step, int level, int attempt)
    {
        var post = step.Levels[level - 1];
        var clock = level == 1 || State.OpenDeadlines.Any(d => d.StepId == step.Id) ? ClockOf(step) ?? StartClock(step, attempt) : null;
        if (post.Deadline is { } own)
            clock = SetClock(step.Id, attempt, own, DeadlineSource.Manual, null, step.Escalation, step.SupervisorRole ?? Roles.SupervisorOf(post.Role));
        OpenTask(step, post.Role, attempt, clock, PersonFor(step, level), level: level);
    }

    Guid? ClockOf(Step step) => step.Deadline is null ? null : State.OpenDeadlines.FirstOrDefault(d => d.StepId == step.Id)?.DeadlineId;

    /// <summary>A level is passed or sent down: its own clock ends, that of the whole step goes on.</summary>
    public void CloseLevel(Step step, OpenTask task)
    {
        if (step.Levels[(task.Level ?? 1) - 1].Deadline is not null && task.DeadlineId is { } id && State.FindOpenDeadline(id) is { } clock)
            Add(new DeadlineClosed(id, ResultOf(clock)));
    }

    void OpenForEach(Step step, MultiInstance each, int attempt)
    {
        if (Texts(each.List) is not { } items)
        {
            Park(step.Id, IncidentCodes.ListMissing, each.List);
            return;
        }

        if (items.Count > MultiInstance.MaxItems)
        {
            Park(step.Id, IncidentCodes.ListTooLong, each.List);
            return;
        }

        var clock = items.Count == 0 ? null : StartClock(step, attempt);
        Add(new TaskGroupOpened(step.Id, attempt, TaskGroupKind.ForEach, items.Count));
        foreach (var item in items)
        {
            var person = each.ItemIsPerson ? Known(Guid.TryParse(item, out var id) ? id : null) : null;
            if (each.ItemIsPerson && person is null)
                Add(new IncidentRaised(step.Id, IncidentCodes.NoSuchPerson, item));
            OpenTask(step, step.Role, attempt, clock, person, item: item);
        }

        if (items.Count == 0)
            CloseForEach(step, each);
    }

    void OpenCommittee(Step step, CommitteeRule committee, int attempt)
    {
        var members = committee.MembersFrom is { } from
            ? Texts(from)?.Select(t => Guid.TryParse(t, out var id) ? id : Guid.Empty).ToImmutableArray()
            : moment.Holders?.GetValueOrDefault(step.Role, []);
        ImmutableArray<Guid> free = [.. (members ?? []).Distinct().Where(m => m != Guid.Empty && State.ActedBefore(step, m) is null)];
        // A quorum that so few can never reach would refuse for ever without anybody having been against.
        var fault = free.IsEmpty ? IncidentCodes.NoMembers
            : free.Length > MultiInstance.MaxItems ? IncidentCodes.ListTooLong
            : free.Any(m => Known(m) is null) ? IncidentCodes.NoSuchPerson
            : committee.Rule == VotingRule.Quorum && free.Length < committee.Quorum ? IncidentCodes.QuorumOutOfReach : null;
        if (fault is not null)
        {
            Park(step.Id, fault, committee.MembersFrom ?? step.Role);
            return;
        }

        var clock = StartClock(step, attempt);
        Add(new TaskGroupOpened(step.Id, attempt, TaskGroupKind.Committee, free.Length));
        foreach (var member in free)
            OpenTask(step, step.Role, attempt, clock, member);
    }

    void OpenTask(Step step, string role, int attempt, Guid? clock, Guid? assignee, int? level = null, string? item = null)
    {
        var id = DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'t', moment.Now);
        Add(new TaskOpened(id, step.Id, attempt, role, clock) { Assignee = assignee, Level = level, Item = item, Priority = step.Priority });
        if (assignee is null && NobodyFor(step, role) is { } code && !State.Incidents.Any(i => i.NodeId == step.Id && i.Code == code && i.Detail == role))
            Add(new IncidentRaised(step.Id, code, role));
    }

    /// <summary>Why nobody can do the work of a step in a post; null when somebody can, and where nobody asked who is there.</summary>
    public string? NobodyFor(Step step, string role)
    {
        if (moment.Holders is not { } holders)
            return null;
        var (own, byOrder) = (holders.GetValueOrDefault(role, []), moment.ByOrder.GetValueOrDefault(role, []));
        return own.IsEmpty && byOrder.IsEmpty ? IncidentCodes.NobodyHoldsRole
            // Whoever asked for a decision does not make it by order.
            : own.Any(p => State.ActedBefore(step, p) is null) || byOrder.Any(p => State.ActedBefore(step, p) is null && (step.Type != StepType.Approval || !Asked(step, p))) ? null
            : IncidentCodes.NobodyMayAct;
    }

    /// <summary>Nobody, when it is somebody of whom the office knows nothing.</summary>
    Guid? Known(Guid? person) =>
        person is { } id && moment.Holders is { } holders && !holders.Values.Any(h => h.Contains(id)) && !moment.ByOrder.Values.Any(h => h.Contains(id)) ? null : person;

    /// <summary>Whether somebody started the case, or did the work on which an approval decides: whatever they sit in by order, that decision is not theirs.</summary>
    public bool Asked(Step approval, Guid? person)
    {
        if (person is null)
            return false;
        if (person == State.StartedBy)
            return true;
        // Back to the work on every way: through gateways, and through those who have only passed it on.
        var seen = new HashSet<string>(StringComparer.Ordinal) { approval.Id };
        var back = new Queue<string>([approval.Id]);
        while (back.TryDequeue(out var at))
        {
            foreach (var arrow in definition.Transitions)
            {
                if (arrow.To != at || definition.Graph.LeadsBack(arrow) || !seen.Add(arrow.From))
                    continue;
                if (definition.Find(arrow.From) is Step { Type: not StepType.Approval } work)
                {
                    if (State.FindStep(work.Id)?.DoneBy == person)
                        return true;
                }
                else
                {
                    back.Enqueue(arrow.From);
                }
            }
        }

        return false;
    }

    /// <summary>The place cannot be entered as things are; an administrator sees it, puts it right, and it is tried again.</summary>
    public void Park(string nodeId, string code, string? detail)
    {
        Add(new IncidentRaised(nodeId, code, detail));
        StartWait(nodeId, WaitKind.Incident, "", null, null, null, null);
    }

    // Answers of several ---------------------------------------------------------------------------------------------------------------

    /// <summary>An answer has come in: goes on when there are enough.</summary>
    public Decision Answered(Step step, ProcessEvent answer)
    {
        Add(answer);
        var group = State.FindGroup(step.Id)!;
        if (step.Committee is { } committee)
        {
            if (Verdict(committee, group) is { } verdict)
            {
                foreach (var other in State.OpenTasks.Where(t => t.StepId == step.Id))
                    Add(new TaskCancelled(other.TaskId));
                CloseGroup(step.Id, verdict.Port, verdict.ByChair);
                LeaveStep(step.Id, verdict.Port);
            }
        }
        else if (step.ForEach is { } each && group.Answers.Length >= Needed(each, group.Size))
        {
            CloseForEach(step, each);
        }

        return Done();
    }

    static int Needed(MultiInstance each, int size) =>
        each.GoOn == GoOnRule.Percent ? Math.Max(1, ((size * each.Percent) + 99) / 100) : size;

    void CloseForEach(Step step, MultiInstance each)
    {
        if (each.CollectInto is { } variable && State.FindGroup(step.Id) is { } group)
            Add(new VariablesChanged(ImmutableSortedDictionary<string, string>.Empty.Add(variable, Collected(group)), null));
        LeaveStep(step.Id, Ports.Done);
    }

    static string Collected(TaskGroup group)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var answer in group.Answers)
            {
                json.WriteStartObject();
                json.WriteString("item", answer.Item);
                if (answer.By is { } by)
                    json.WriteString("by", by);
                json.WriteStartObject("answer");
                foreach (var (name, value) in answer.Outputs ?? ImmutableSortedDictionary<string, string>.Empty)
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    (string Port, bool ByChair)? Verdict(CommitteeRule rule, TaskGroup group)
    {
        var (inFavour, against) = (group.Count(Vote.Approve), group.Count(Vote.Reject));
        var open = group.Size - group.Answers.Length;
        switch (rule.Rule)
        {
            case VotingRule.Any:
                return inFavour > 0 ? (Ports.Approve, false) : open == 0 ? (Ports.Reject, false) : null;
            case VotingRule.All:
                return against > 0 ? (Ports.Reject, false) : open > 0 ? null : (inFavour > 0 ? Ports.Approve : Ports.Reject, false);
            case VotingRule.Quorum:
                return inFavour >= rule.Quorum ? (Ports.Approve, false) : inFavour + open < rule.Quorum ? (Ports.Reject, false) : null;
            default:
                if (inFavour > against + open)
                    return (Ports.Approve, false);
                if (against > inFavour + open)
                    return (Ports.Reject, false);
                if (open > 0)
                    return null;
                var chair = rule.ChairFrom is { } from && Guid.TryParse(Text(from), out var id) ? group.Answers.FirstOrDefault(a => a.By == id) : null;
                return (chair?.Vote == Vote.Approve ? Ports.Approve : Ports.Reject, chair is not null);
        }
    }

    // Waits ----------------------------------------------------------------------------------------------------------------------------

    void StartWait(string nodeId, WaitKind kind, string port, DateTimeOffset? until, string? message, string? correlation, CallTarget? call)
    {
        var id = DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'w', moment.Now);
        Add(new WaitStarted(id, nodeId, kind, port, until, message, correlation, call));
    }

    void StartTimer(TimerNode timer)
    {
        var date = timer.DateFrom is { } from ? Date(from) : null;
        if (date is null && (timer.Rule is null || timer.Rule.NeedsDate))
            Add(new IncidentRaised(timer.Id, "date-missing", timer.DateFrom));
        StartWait(timer.Id, WaitKind.Date, Ports.Done, UntilOf(timer, moment.Now, date), null, null, null);
    }

    DateTimeOffset? UntilOf(TimerNode timer, DateTimeOffset from, DateOnly? date) => timer.Rule switch
    {
        null => date is { } day ? BangkokTime.At(day, WorkingHours.Open) : null,
        { NeedsDate: true } when date is null => null,
        var rule => DeadlineCalculation.Compute(rule, from, moment.Calendar, date).DueAt,
    };

    void Call(CallNode call)
    {
        var target = TargetOf(call);
        if (call.Waits)
        {
            StartWait(call.Id, WaitKind.Call, Ports.Done, null, null, null, target);
            return;
        }

        Add(new CaseHandedOver(call.Id, target));
        Follow(call.Id, Ports.Done);
    }

    CallTarget TargetOf(CallNode call) => new(
        DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'c', moment.Now), call.DefinitionKey, call.OfficeFrom is { } from ? Text(from) : null, call.Waits);

    public Decision EndWait(OpenWait wait, ImmutableSortedDictionary<string, string>? data)
    {
        Add(new WaitEnded(wait.WaitId, wait.Until, data));
        Follow(wait.NodeId, wait.Port);
        return Done();
    }

    /// <summary>Enters a place again that could not be entered, or hands over again what reached nobody.</summary>
    /// <returns>False when there is nothing to try.</returns>
    public bool Retry(Guid id)
    {
        var incident = State.Incidents.FirstOrDefault(i => i.IncidentId == id);
        if (State.Waits.FirstOrDefault(w => w.Kind == WaitKind.Incident && (w.WaitId == id || w.NodeId == incident?.NodeId)) is { } wait)
        {
            Retry(wait);
            return true;
        }

        if (incident?.Call is not { } refused || definition.Find(incident.NodeId) is not CallNode call)
            return false;
        Add(new CaseHandedOver(call.Id, TargetOf(call)) { InsteadOf = refused.ChildId });
        return true;
    }

    /// <summary>Enters every place again that could not be entered.</summary>
    public void RetryAll()
    {
        foreach (var wait in State.Waits.Where(w => w.Kind == WaitKind.Incident))
            Retry(wait);
    }

    void Retry(OpenWait wait)
    {
        Add(new WaitEnded(wait.WaitId, null, null));
        moves.Enqueue((definition.Find(wait.NodeId)!, null));
    }

    // Time -----------------------------------------------------------------------------------------------------------------------------

    /// <summary>Takes everything whose moment has come.</summary>
    public Decision TakeDue()
    {
        CloseDueGroups();
        TakeDueRungs();
        while (State.IsRunning && DueWait() is { } wait)
            Fire(wait);
        return AsItStands();
    }

    OpenWait? DueWait()
    {
        OpenWait? first = null;
        foreach (var wait in State.Waits)
        {
            if (wait.Until < moment.Now && (first is null || wait.Until < first.Until))
                first = wait;
        }

        return first;
    }

    void Fire(OpenWait wait)
    {
        Add(new WaitEnded(wait.WaitId, wait.Until, null));
        if (wait.Kind == WaitKind.Interrupting)
        {
            foreach (var task in State.OpenTasks.Where(t => t.StepId == wait.NodeId))
                Add(new TaskTimedOut(task.TaskId));
            CloseStep(wait.NodeId, wait.Port, definition.Target(wait.NodeId, wait.Port) as Step);
        }

        Follow(wait.NodeId, wait.Port);
        Settle();
    }

    /// <summary>Lists that are waited for only until their deadline.</summary>
    void CloseDueGroups()
    {
        foreach (var group in State.Groups)
        {
            if (State.IsRunning && definition.FindStep(group.StepId) is { ForEach: { GoOn: GoOnRule.Deadline } each } step
                && State.OpenDeadlines.Any(d => d.StepId == step.Id && !d.IsHeld && d.Terms.DueAt < moment.Now))
            {
                CloseForEach(step, each);
                Settle();
            }
        }
    }

    void TakeDueRungs()
    {
        foreach (var clock in State.OpenDeadlines)
        {
            // The rung at the deadline wakes the list that goes on then; nobody is told that it is overdue.
            if (clock.IsHeld || (State.IsRunning && clock.Terms.DueAt < moment.Now && GoesOnAtDeadline(clock) && State.FindGroup(clock.StepId) is not null))
                continue;
            for (var i = clock.RungsTaken; i < clock.Rungs.Length && clock.Rungs[i].At < moment.Now; i++)
                Add(Taken(clock, i));
        }
    }

    RungTaken Taken(OpenDeadline clock, int index)
    {
        var rung = clock.Rungs[index];
        var superseded = false;
        for (var later = index + 1; later < clock.Rungs.Length && clock.Rungs[later].At < moment.Now; later++)
            superseded |= clock.Rungs[later].ToRole == rung.ToRole;
        var (task, id, dueAt, late) = (TaskOf(clock), clock.DeadlineId, clock.Terms.DueAt, moment.Now - rung.At > SweepTolerance);
        return rung.Kind switch
        {
            RungKind.Reminder => new TaskReminded(task, id, dueAt, rung.At, late, superseded),
            RungKind.Overdue => new TaskOverdue(task, id, dueAt, rung.At, late, superseded),
            _ => new TaskEscalated(task, id, dueAt, rung.At, late, superseded, rung.Kind == RungKind.Supervisor ? 1 : 2, rung.ToRole ?? Roles.Director),
        };
    }

    Guid? TaskOf(OpenDeadline clock)
    {
        foreach (var task in State.OpenTasks)
        {
            if (task.DeadlineId == clock.DeadlineId || (clock.StepId.Length > 0 && task.StepId == clock.StepId))
                return task.TaskId;
        }

        return null;
    }

    // Clocks ---------------------------------------------------------------------------------------------------------------------------

    /// <summary>A clock of its own for each pass through a step; steps that share their time join the clock that runs.</summary>
    Guid? StartClock(Step step, int attempt)
    {
        var leader = definition.ClockOf(step);
        if (leader.Id != step.Id && State.OpenDeadlines.LastOrDefault(d => d.StepId == leader.Id) is { } running)
            return running.DeadlineId;

        var (rule, source) = leader.Deadline is { } stated ? (stated, DeadlineSource.Manual)
            : moment.OfficeDeadlines.TryGetValue(leader.Id, out var own) ? (own, DeadlineSource.Office)
            : (null, default);
        if (rule is null)
            return null;
        var date = rule.NeedsDate && leader.DeadlineDateFrom is { } from ? Date(from) : null;
        return rule.NeedsDate && date is null
            ? null
            : SetClock(leader.Id, attempt, rule, source, date, leader.Escalation, leader.SupervisorRole ?? Roles.SupervisorOf(leader.Role), WaitingFor(leader));
    }

    /// <summary>Open tasks of steps that share a clock which does not run yet.</summary>
    ImmutableArray<Guid>? WaitingFor(Step leader)
    {
        if (!definition.SharesItsClock(leader.Id))
            return null;
        ImmutableArray<Guid> waiting =
        [
            .. State.OpenTasks.Where(t => t.DeadlineId is null && t.StepId != leader.Id && definition.FindStep(t.StepId)?.DeadlineSharedWith == leader.Id).Select(t => t.TaskId),
        ];
        return waiting.IsEmpty ? null : waiting;
    }

    /// <summary>The limit of the whole procedure.</summary>
    public void StartProcedureClock()
    {
        if (definition.Deadline is { } rule)
            SetClock("", 1, rule, DeadlineSource.Manual, null, definition.Escalation, Roles.Director);
    }

    Guid SetClock(string stepId, int attempt, DeadlineRule rule, DeadlineSource source, DateOnly? date, EscalationPolicy escalation, string supervisor, ImmutableArray<Guid>? alsoTimes = null)
    {
        var terms = Clocks.Terms(rule, source, moment.Now, date, moment.Calendar);
        var id = DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'d', moment.Now);
        Add(new DeadlineSet(id, stepId, attempt, terms, escalation.RungsFor(moment.Now, terms.DueAt, supervisor, moment.Calendar)) { AlsoTimes = alsoTimes });
        return id;
    }

    public void MoveClock(OpenDeadline clock, DeadlineTerms terms, MoveCause cause, string? comment, DeadlineRule? extendedBy = null, Capacity? capacity = null) =>
        Add(Moved(clock, terms, Climb(clock, terms), cause, comment) with { ExtendedBy = extendedBy, Capacity = capacity });

    /// <summary>Every running clock by the calendar of this moment; those for which it makes no difference stay as they are.</summary>
    public Decision RecomputeClocks(RecomputeDeadlines change)
    {
        foreach (var clock in State.OpenDeadlines)
        {
            var terms = Clocks.Recomputed(clock, moment.Calendar);
            var ladder = Climb(clock, terms);
            if (Clocks.SameResult(clock.Terms, terms) && ladder.Rungs[ladder.Taken..].SequenceEqual(clock.Rungs[clock.RungsTaken..]))
                continue;
            Add(Moved(clock, terms, ladder, MoveCause.CalendarChanged, change.Reason) with
            {
                CalendarChangeId = change.ChangeId,
                FromCalendarVersion = clock.Terms.CalendarVersion,
            });
        }

        return events.Count == 0 ? Decision.NothingToDo : AsItStands();
    }

    Ladder Climb(OpenDeadline clock, DeadlineTerms terms)
    {
        var step = definition.FindStep(clock.StepId);
        var supervisor = step is null ? Roles.Director : step.SupervisorRole ?? Roles.SupervisorOf(step.Role);
        return Clocks.Climbed(
            clock, (step?.Escalation ?? definition.Escalation).RungsFor(terms.ReceivedAt, terms.DueAt, supervisor, moment.Calendar), moment.Now);
    }

    DeadlineMoved Moved(OpenDeadline clock, DeadlineTerms terms, Ladder ladder, MoveCause cause, string? comment) =>
        new(clock.DeadlineId, clock.Terms.DueAt, terms, ladder.Rungs, cause, comment)
        {
            RungsTaken = ladder.Taken,
            Superseded = ladder.Superseded.IsEmpty ? null : ladder.Superseded,
            AwaitsConfirmation = Clocks.AwaitsConfirmation(clock, terms, cause, moment.Now),
        };

    public void PauseClocks(Func<OpenDeadline, bool> which, PauseReason reason, string? comment)
    {
        foreach (var clock in State.OpenDeadlines)
        {
            if (clock.PausedAt is null && which(clock) && (definition.FindStep(clock.StepId)?.ClockPauses ?? true))
                Add(new DeadlinePaused(clock.DeadlineId, reason, comment));
        }
    }

    /// <summary>Paused clocks run again, but for those whose tasks all wait for an outsider.</summary>
    public void ContinueClocks(string? comment)
    {
        foreach (var clock in State.OpenDeadlines)
        {
            if (clock.PausedAt is { } since && !AllPaused(clock))
                MoveClock(clock, Clocks.Continued(clock.Terms, since, moment.Now, moment.Calendar), MoveCause.Continued, comment);
        }
    }

    public bool AllPaused(OpenDeadline clock)
    {
        var any = false;
        foreach (var task in State.OpenTasks)
        {
            if (!Times(clock, task))
                continue;
            if (!task.Paused)
                return false;
            any = true;
        }

        return any;
    }

    /// <summary>Limits and timers that rest on a date of the case follow it when it is given or moved.</summary>
    void MoveDatedClocks()
    {
        foreach (var task in State.OpenTasks)
        {
            if (definition.FindStep(task.StepId) is not { } step || definition.ClockOf(step).DeadlineDateFrom is not { } from)
                continue;
            if (task.DeadlineId is null)
            {
                if (State.FindOpenTask(task.TaskId) is { DeadlineId: null })
                    StartClock(step, task.Attempt);
            }
            else if (State.FindOpenDeadline(task.DeadlineId.Value) is { Terms.Rule.NeedsDate: true } clock && Date(from) is { } date && clock.Terms.DependsOn != date)
            {
                var terms = Clocks.Terms(clock.Terms.Rule, clock.Terms.Source, clock.Terms.ReceivedAt, date, moment.Calendar);
                MoveClock(clock, terms, MoveCause.DateChanged, null);
            }
        }

        foreach (var wait in State.Waits)
        {
            // Without a moment it waits for its date; or it came by a migration from a box that did, to one that needs none.
            if (wait.Kind == WaitKind.Date && definition.Find(wait.NodeId) is TimerNode timer && (wait.Until is null || timer.Rule is null or { NeedsDate: true })
                && UntilOf(timer, moment.Now, timer.DateFrom is { } name ? Date(name) : null) is { } until && until != wait.Until)
            {
                Add(new WaitCancelled(wait.WaitId));
                StartWait(wait.NodeId, wait.Kind, wait.Port, until, null, null, null);
            }
        }
    }

    // Case data ------------------------------------------------------------------------------------------------------------------------

    DateOnly? Date(string variable) =>
        Text(variable) is { Length: >= 10 } text && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date)
            ? date
            : null;

    string? Text(string variable) => State.Text(variable);

    /// <summary>A list of texts or numbers; null when there is none.</summary>
    List<string>? Texts(string variable)
    {
        if (!State.Variables.TryGetValue(variable, out var json))
            return null;
        using var value = JsonDocument.Parse(json);
        if (value.RootElement.ValueKind != JsonValueKind.Array)
            return null;
        var texts = new List<string>(value.RootElement.GetArrayLength());
        foreach (var item in value.RootElement.EnumerateArray())
        {
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                return null;
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText());
        }

        return texts;
    }
}
