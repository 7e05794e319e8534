using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>The rules of procedure: what follows from a command, given the definition, the state and the moment.</summary>
/// <remarks>Pure: same input, same output. Everything that a command causes stands in the returned events.</remarks>
public static class ProcessDecider
{
    /// <summary>How long somebody may take back what they decided. Nobody outside is told of it before.</summary>
    public static readonly TimeSpan UndoWithin = TimeSpan.FromSeconds(10);

    static readonly string[] Supervising =
        [Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.Administrator];

    static readonly string[] MayStart = [.. Roles.Acting, Roles.Administrator];

    public static Decision Decide(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(moment);
        var draft = new CaseDraft(definition, state, command, moment);
        return (command, state.Status) switch
        {
            (StartProcess c, _) => Start(draft, c),
            (ReachTime, InstanceStatus.Running or InstanceStatus.Suspended) => draft.TakeDue(),
            (ReachTime, _) => Decision.NothingToDo,
            (RecomputeDeadlines c, InstanceStatus.Running or InstanceStatus.Suspended) => draft.RecomputeClocks(c),
            (RecomputeDeadlines, _) => Decision.NothingToDo,
            (ReopenInstance c, _) => Reopen(draft, c),
            (TaskCommand c, not InstanceStatus.Suspended) => Act(draft, c),
            (CommentOnTask c, _) => Act(draft, c),
            (UndoAct c, _) => Undo(draft, c),
            (RetryIncident c, not InstanceStatus.Suspended) => Retry(draft, c),
            (RefuseCall c, _) => CallRefused(draft, c),
            (_, InstanceStatus.Completed or InstanceStatus.Cancelled) => new InstanceHasEnded(state.Status),
            (CancelInstance c, _) => Cancel(draft, c),
            (ResumeInstance c, _) => Resume(draft, c),
            (ConfirmDeadline c, _) => Confirm(draft, c),
            (AttachFile c, _) => Attach(draft, c),
            (MigrateInstance c, _) => Migrate(draft, c),
            (_, InstanceStatus.Suspended) => new InstanceIsSuspended(),
            (SuspendInstance c, _) => Suspend(draft, c),
            (ChangePriority c, _) => ChangeUrgency(draft, c),
            (MoveInstance c, _) => Move(draft, c),
            (ChangeVariables c, _) => ChangeData(draft, c),
            (ReceiveMessage c, _) => Receive(draft, c),
            (EndCall c, _) => CallEnded(draft, c),
            (ExtendDeadline c, _) => Extend(draft, c),
            _ => throw new NotSupportedException($"A command of an unknown kind: {command.GetType().Name}"),
        };
    }

    static bool Supervises(Actor by, string act) => Supervising.Any(role => by.Holds(role, act));

    /// <summary>The order by which somebody is a superior; null when they are one in their own right, or none at all.</summary>
    static Capacity? SuperiorBy(Actor by, string act) =>
        Supervising.Any(by.Roles.Contains) ? null : Supervising.Select(role => by.CapacityFor(role, act)).FirstOrDefault(capacity => capacity is not null);

    // The case -------------------------------------------------------------------------------------------------------------------------

    static Decision Start(CaseDraft draft, StartProcess command)
    {
        if (draft.State.Status != InstanceStatus.NotStarted)
            return new AlreadyStarted();
        if (command.By != Actor.System && !MayStart.Any(command.By.Holds))
            return new NotAllowed("start", MayStart);
        if (DataProblem(draft.Definition, command.Variables) is { } problem)
            return problem;

        var definition = draft.Definition;
        draft.Add(new InstanceStarted(
            command.InstanceId, definition.Key, definition.Version, command.Office, command.Title, command.BusinessKey,
            definition.Begin(command.Variables, command.Previous, BangkokTime.DateOf(draft.Moment.Now)))
        {
            Priority = command.Priority,
        });
        draft.StartProcedureClock();
        draft.Follow(definition.Nodes.OfType<StartNode>().Single().Id, Ports.Done);
        return draft.Done();
    }

    static Decision Cancel(CaseDraft draft, CancelInstance command)
    {
        if (!Supervises(command.By, "cancel") && command.By.UserId != draft.State.StartedBy)
            return new NotAllowed("cancel", Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("cancel");

        draft.AbandonAll();
        foreach (var clock in draft.State.OpenDeadlines)
            draft.Add(new DeadlineClosed(clock.DeadlineId, DeadlineResult.Cancelled));
        draft.Add(new InstanceCancelled(command.Reason) { Capacity = SuperiorBy(command.By, "cancel") });
        return draft.Done();
    }

    static Decision Suspend(CaseDraft draft, SuspendInstance command)
    {
        if (!Supervises(command.By, "suspend"))
            return new NotAllowed("suspend", Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("suspend");
        draft.Add(new InstanceSuspended(command.Reason) { Capacity = SuperiorBy(command.By, "suspend") });
        draft.PauseClocks(_ => true, PauseReason.Suspended, null);
        return draft.Done();
    }

    static Decision ChangeUrgency(CaseDraft draft, ChangePriority command)
    {
        if (!Supervises(command.By, "change-priority") && command.By.UserId != draft.State.StartedBy)
            return new NotAllowed("change-priority", Supervising);
        if (command.Priority == draft.State.Priority)
            return Decision.NothingToDo;
        draft.Add(new PriorityChanged(command.Priority, command.Comment) { Capacity = SuperiorBy(command.By, "change-priority") });
        return draft.Done();
    }

    static Decision Resume(CaseDraft draft, ResumeInstance command)
    {
        if (draft.State.Status != InstanceStatus.Suspended)
            return new InstanceNotSuspended(draft.State.Status);
        if (!Supervises(command.By, "resume"))
            return new NotAllowed("resume", Supervising);
        draft.Add(new InstanceResumed(command.Comment) { Capacity = SuperiorBy(command.By, "resume") });
        draft.ContinueClocks(command.Comment);
        return draft.Done();
    }

    static Decision Reopen(CaseDraft draft, ReopenInstance command)
    {
        if (!draft.State.HasEnded)
            return new ActionNotPossible("reopen", draft.State.Status);
        if (!Supervises(command.By, "reopen"))
            return new NotAllowed("reopen", Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("reopen");
        if (draft.Definition.FindStep(command.ToStep) is not { } step || !Soundness.EndsFrom(draft.Definition, step.Id))
            return new StepUnknown(command.ToStep);
        var days = BangkokTime.DateOf(draft.Moment.Now).DayNumber - BangkokTime.DateOf(draft.State.EndedAt!.Value).DayNumber;
        if (days > draft.Definition.ReopenWithinDays)
            return new ReopenTooLate(draft.State.EndedAt.Value, draft.Definition.ReopenWithinDays);

        draft.Add(new InstanceReopened(step.Id, command.Reason) { Capacity = SuperiorBy(command.By, "reopen") });
        draft.Place(step);
        return draft.Done();
    }

    static Decision Move(CaseDraft draft, MoveInstance command)
    {
        if (!command.By.Roles.Contains(Roles.Administrator))
            return new NotAllowed("move", [Roles.Administrator]);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("move");
        if (draft.Definition.FindStep(command.ToStep) is not { } step || !Soundness.EndsFrom(draft.Definition, step.Id))
            return new StepUnknown(command.ToStep);

        draft.Add(new InstanceMoved(step.Id, command.Reason));
        draft.AbandonAll();
        draft.Place(step);
        return draft.Done();
    }

    static Decision ChangeData(CaseDraft draft, ChangeVariables command)
    {
        if (!Supervises(command.By, "change-data") && command.By.UserId != draft.State.StartedBy
            && !draft.State.OpenTasks.Any(t => MayAct(command.By, t.Role, t.Assignee)))
            return new NotAllowed("change-data", Supervising);
        if (DataProblem(draft.Definition, command.Changes) is { } problem)
            return problem;
        draft.Add(new VariablesChanged(command.Changes, command.Comment));
        draft.RetryAll();
        return draft.Done();
    }

    static Decision Retry(CaseDraft draft, RetryIncident command)
    {
        if (!Supervises(command.By, "retry"))
            return new NotAllowed("retry", Supervising);
        if (!draft.Retry(command.IncidentId))
            return new IncidentNotOpen(command.IncidentId);
        // Work that was handed over in vain outlives the case, and moves nothing in it.
        return draft.State.HasEnded ? draft.AsItStands() : draft.Done();
    }

    static Decision Migrate(CaseDraft draft, MigrateInstance command)
    {
        if (command.To.Version == draft.State.DefinitionVersion)
            return Decision.NothingToDo;
        if (Migration.Obstacle(command.To, draft.State, command.Moves) is { } obstacle)
            return obstacle;
        draft.Add(new InstanceMigrated(
            draft.State.DefinitionVersion, command.To.Version, [.. command.Moves.Select(m => new NodeMove(m.Key, m.Value))]));
        return draft.AsItStands();
    }

    static Decision Receive(CaseDraft draft, ReceiveMessage command)
    {
        if (DataProblem(draft.Definition, command.Data) is { } problem)
            return problem;
        var waiting = draft.State.Waits.FirstOrDefault(w =>
            w.Kind == WaitKind.Message && w.Message == command.Name && (w.Correlation is null || w.Correlation == command.Correlation));
        return waiting is null ? new NobodyWaits(command.Name) : draft.EndWait(waiting, command.Data);
    }

    static Decision CallEnded(CaseDraft draft, EndCall command) =>
        draft.State.Waits.FirstOrDefault(w => w.WaitId == command.WaitId && w.Call?.ChildId == command.ChildId) is { } waiting
            ? draft.EndWait(waiting, null)
            : Decision.NothingToDo;

    /// <summary>Where the case waits for what it called, it now waits for an administrator; a hand-over that reached nobody is told, whatever became of the case.</summary>
    static Decision CallRefused(CaseDraft draft, RefuseCall command)
    {
        if (draft.State.Waits.FirstOrDefault(w => w.Call?.ChildId == command.Call.ChildId) is { } waiting)
        {
            draft.Add(new WaitCancelled(waiting.WaitId));
            draft.Park(waiting.NodeId, command.Code, command.Detail);
        }
        else if (!command.Call.Waited)
        {
            draft.Add(new IncidentRaised(command.NodeId, command.Code, command.Detail) { Call = command.Call });
        }

        return draft.AsItStands();
    }

    static Decision Extend(CaseDraft draft, ExtendDeadline command)
    {
        if (!Supervises(command.By, "extend"))
            return new NotAllowed("extend", Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("extend");
        if (draft.State.FindOpenDeadline(command.DeadlineId) is not { PausedAt: null } clock)
            return new DeadlineNotOpen(command.DeadlineId);
        draft.MoveClock(
            clock, Clocks.Extended(clock.Terms, command.ByRule, draft.Moment.Calendar), MoveCause.Extended, command.Reason, command.ByRule, SuperiorBy(command.By, "extend"));
        return draft.Done();
    }

    static Decision Confirm(CaseDraft draft, ConfirmDeadline command)
    {
        if (!Supervises(command.By, "confirm-deadline"))
            return new NotAllowed("confirm-deadline", Supervising);
        if (draft.State.FindOpenDeadline(command.DeadlineId) is not { } clock)
            return new DeadlineNotOpen(command.DeadlineId);
        if (!clock.AwaitsConfirmation)
            return new NothingToConfirm(command.DeadlineId);
        draft.Add(new DeadlineConfirmed(clock.DeadlineId, command.Comment) { Capacity = SuperiorBy(command.By, "confirm-deadline") });
        return draft.Done();
    }

    static Decision Attach(CaseDraft draft, AttachFile command)
    {
        var state = draft.State;
        var mine = state.OpenTasks.Any(t => (command.TaskId is null || t.TaskId == command.TaskId) && MayAct(command.By, t.Role, t.Assignee));
        if (!mine && !Supervises(command.By, "attach") && command.By.UserId != state.StartedBy)
            return new NotAllowed("attach", Supervising);
        if (command.TaskId is { } task && state.FindOpenTask(task) is null)
            return new TaskNotOpen(task, null, null, null);
        draft.Add(new FileAttached(command.AttachmentId, command.TaskId, command.FileName, command.ContentType, command.Size, command.Sha256));
        return draft.Done();
    }

    /// <summary>Declared data must be of its type; what is not declared is carried as it is.</summary>
    static VariableInvalid? DataProblem(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data)
    {
        foreach (var variable in definition.Variables)
        {
            if (data.TryGetValue(variable.Name, out var json) && !variable.Accepts(json))
                return new VariableInvalid(variable.Name, variable.Type.ToString());
        }

        return null;
    }

    // The task -------------------------------------------------------------------------------------------------------------------------

    static Decision Act(CaseDraft draft, TaskCommand command)
    {
        if (draft.State.FindOpenTask(command.TaskId) is not { } task)
            return NotOpen(draft, command);
        if (draft.Definition.FindStep(task.StepId) is not { } step)
            return new NoWayOn(task.StepId, "In");

        if (command is CommentOnTask comment)
            return Comment(draft, task, comment);
        if (command is ReassignTask reassign)
            return Reassign(draft, task, reassign);
        var (by, act, forPerson) = (command.By, NameOf(command), draft.State.IsForPerson(step, task.Level));
        if (!MayAct(by, task.Role, task.Assignee) && !SitsForHolder(by, forPerson, task, act))
        {
            // A superior takes it from whoever has it, as they may give it to somebody else.
            if (command is ReleaseTask taken && task.Assignee is not null && Supervises(by, "reassign"))
                return command.Expected is { } seen && seen != task.Revision ? new TaskChanged(task.TaskId, seen, task.Revision) : Release(draft, task, taken, SuperiorBy(by, "reassign"));
            return task.Assignee is { } holder && by.Holds(task.Role)
                ? new TaskHeldByAnother(task.TaskId, holder)
                : new NotAllowed(act, [task.Role]);
        }

        if (command is not ReleaseTask && OutOfPost(by, forPerson, task, act) is { } refusal)
            return refusal;
        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);
        if (draft.State.ActedBefore(step, by.UserId) is { } earlier)
            return new ActedBefore(earlier);
        var capacity = forPerson && task.Assignee is not null ? null : by.CapacityFor(task.Role, act, task.Assignee);
        if (command is not ReleaseTask && capacity is not null && step.Type == StepType.Approval && draft.Asked(step, by.UserId))
            return new OwnCaseByOrder(capacity.OrderNumber);

        switch (command)
        {
            case ClaimTask:
                return Claim(draft, task, by, capacity);
            case ReleaseTask c:
                return Release(draft, task, c, null);
            case PauseTask c:
                return Pause(draft, task, c, capacity);
            case ContinueTask c:
                return Continue(draft, task, c, capacity);
        }

        return task.Paused ? new TaskIsPaused(task.TaskId) : Conclude(draft, task, step, command, capacity);
    }

    /// <summary>What the holder of a post has taken and left behind is done by whoever sits in it.</summary>
    static bool SitsForHolder(Actor by, bool forPerson, OpenTask task, string act) =>
        !forPerson && task.Assignee is { } holder && by.OrderOf(holder, task.Role, act) is not null;

    /// <summary>What was taken in a post is decided in it: not after the role is lost, and not when the order has run out, was revoked or does not cover the act.</summary>
    static Rejection? OutOfPost(Actor by, bool forPerson, OpenTask task, string act)
    {
        if (forPerson || by.Holds(task.Role, act))
            return null;
        if (by.OrderFor(task.Role, null) is { } order)
            return new ActNotInOrder(order.Capacity.OrderNumber, act, [.. order.Acts ?? []]);
        return task.TakenUnder is { } under ? new OrderNotInForce(under.OrderNumber, under.Role) : new NotAllowed(act, [task.Role]);
    }

    static Decision Conclude(CaseDraft draft, OpenTask task, Step step, TaskCommand command, Capacity? capacity)
    {
        var grouped = draft.State.FindGroup(step.Id) is not null;
        switch (command)
        {
            case RejectTask { Reason: var r } when string.IsNullOrWhiteSpace(r):
            case ReturnTask { Reason: var s } when string.IsNullOrWhiteSpace(s):
            case FailTask { Reason: var f } when string.IsNullOrWhiteSpace(f):
            case CastVote { Vote: Vote.Reject, Comment: var v } when string.IsNullOrWhiteSpace(v):
                return new ReasonRequired(NameOf(command));
            case CompleteTask c when step.Type != StepType.Approval:
                if (OutputProblem(draft.Definition, step, c.Outputs) is { } problem)
                    return problem;
                var completed = new TaskCompleted(task.TaskId, c.Comment, c.Outputs) { Capacity = capacity };
                return grouped ? draft.Answered(step, completed) : draft.Leave(task, completed, Ports.Done);
            case CastVote c when step.Committee is not null:
                return draft.Answered(step, new VoteCast(task.TaskId, c.Vote, c.Comment) { Capacity = capacity });
            case ApproveTask c when step.Committee is not null:
                return draft.Answered(step, new VoteCast(task.TaskId, Vote.Approve, c.Comment) { Capacity = capacity });
            case RejectTask c when step.Committee is not null:
                return draft.Answered(step, new VoteCast(task.TaskId, Vote.Reject, c.Reason) { Capacity = capacity });
            case ApproveTask c when step.Type == StepType.Approval:
                if (OutputProblem(draft.Definition, step, c.Outputs) is { } wrong)
                    return wrong;
                var approved = new TaskApproved(task.TaskId, c.Comment, c.Outputs) { Capacity = capacity };
                return task.Level < step.Levels.Length ? NextLevel(draft, task, step, approved, task.Level.Value + 1) : draft.Leave(task, approved, Ports.Approve);
            case RejectTask c when step.Type == StepType.Approval:
                return draft.Leave(task, new TaskRejected(task.TaskId, c.Reason) { Capacity = capacity }, Ports.Reject);
            case FailTask c when step.MayFail && !grouped:
                return draft.Leave(task, new TaskFailed(task.TaskId, c.Reason) { Capacity = capacity }, Ports.Fail);
            case ReturnTask c when !grouped && (step.Type == StepType.Approval || draft.Definition.ReturnTargets(step).Any()):
                return Return(draft, task, step, c, capacity);
            default:
                return new ActionNotForThisStep(task.TaskId, NameOf(command), NameOf(step.Type));
        }
    }

    static Rejection? OutputProblem(ProcessDefinition definition, Step step, ImmutableSortedDictionary<string, string> outputs) =>
        !(step.FormIsOptional && outputs.IsEmpty) && step.Form?.Check(outputs) is { IsEmpty: false } problems ? new FormNotFilled(problems) : DataProblem(definition, outputs);

    static Decision NextLevel(CaseDraft draft, OpenTask task, Step step, ProcessEvent closing, int level)
    {
        draft.Add(closing);
        draft.CloseLevel(step, task);
        draft.OpenLevel(step, level, task.Attempt);
        return draft.Done();
    }

    static Decision Return(CaseDraft draft, OpenTask task, Step step, ReturnTask command, Capacity? capacity)
    {
        if (command.ToStep is null && step.ReturnsToPreviousLevel && task.Level > 1)
        {
            var down = task.Level.Value - 1;
            return NextLevel(draft, task, step, new TaskReturned(task.TaskId, step.Id, command.Reason) { ToLevel = down, Capacity = capacity }, down);
        }

        var allowed = draft.Definition.ReturnTargets(step).ToArray();
        var to = command.ToStep ?? allowed.FirstOrDefault();
        return to is not null && allowed.Contains(to) && draft.Definition.FindStep(to) is { } target
            ? draft.GoBack(task, new TaskReturned(task.TaskId, to, command.Reason) { Capacity = capacity }, target)
            : new ReturnNotAllowed(command.ToStep, allowed);
    }

    static Decision Undo(CaseDraft draft, UndoAct command)
    {
        var (history, at) = (command.History, command.DecidedAt);
        if (at < 0 || draft.State.FindOpenTask(command.TaskId) is not null)
            return new ActionNotPossible("undo", draft.State.Status);
        var (act, before) = (history[at], ProcessState.Replay(history[..at]));
        if (act.Actor != command.By.UserId)
            return new NotAllowed("undo", []);
        foreach (var later in history.AsSpan()[(at + 1)..])
        {
            if (later.Actor != act.Actor || later.At != act.At)
                return new ActFollowed(later.Actor, later.At);
            if (!IsReversible(later.Event, before))
                return new NotReversible(command.TaskId);
        }

        if (draft.Moment.Now - act.At > UndoWithin)
            return new UndoTooLate(act.At, (int)UndoWithin.TotalSeconds);
        if (command.IsKnownOutside)
            return new NotReversible(command.TaskId);
        draft.Add(new ActUndone(command.TaskId, act.Sequence, draft.State.Revision, act.At, before) { Capacity = act.Event.Capacity });
        return draft.AsItStands();
    }

    /// <summary>What may follow from a decision and be undone with it: what lives in the case alone, and no act of anybody.</summary>
    static bool IsReversible(ProcessEvent e, ProcessState before) => e switch
    {
        TaskOpened or TaskCancelled or TaskGroupOpened or TaskGroupClosed or DecisionTaken or BranchArrived or BranchesJoined or BranchUndone or BranchEnded => true,
        DeadlineSet or DeadlineClosed or IncidentRaised { Call: null } or InstanceCompleted => true,
        WaitStarted w => w.Call is null,
        // A case that was not waited for any more may have ended meanwhile, and told nobody.
        WaitCancelled w => before.Waits.All(known => known.WaitId != w.WaitId || known.Call is null),
        _ => false,
    };

    static Decision NotOpen(CaseDraft draft, TaskCommand command)
    {
        // What happened is told to those whom the task named; to others, that it was never theirs.
        var record = draft.State.Steps.FirstOrDefault(s => s.Last?.TaskId == command.TaskId);
        var closed = record?.Last;
        if (record is not null && draft.Definition.FindStep(record.StepId)?.Role is { } role && !command.By.Holds(role) && closed?.By != command.By.UserId)
            return new NotAllowed(NameOf(command), [role]);
        return new TaskNotOpen(command.TaskId, closed?.Outcome, closed?.By, closed?.At);
    }

    static Decision Comment(CaseDraft draft, OpenTask task, CommentOnTask command)
    {
        if (!MayAct(command.By, task.Role, task.Assignee) && !Supervises(command.By, "comment"))
            return new NotAllowed("comment", [task.Role, .. Supervising]);
        if (command.Mentions.Length > CommentOnTask.MostMentions)
            return new TooMuchOfThis("mentions", CommentOnTask.MostMentions);
        draft.Add(new CommentAdded(task.TaskId, command.Text) { Mentioned = command.Mentions.IsEmpty ? null : command.Mentions });
        return draft.Done();
    }

    static Decision Claim(CaseDraft draft, OpenTask task, Actor by, Capacity? capacity)
    {
        if (task.Assignee == by.UserId || by.UserId is not { } user)
            return Decision.NothingToDo;
        draft.Add(new TaskClaimed(task.TaskId, user) { Capacity = capacity });
        return draft.Done();
    }

    static Decision Release(CaseDraft draft, OpenTask task, ReleaseTask command, Capacity? capacity)
    {
        if (task.Assignee is null)
            return Decision.NothingToDo;
        // A member's task, or one given to a person by the definition, belongs to nobody else.
        if (draft.Definition.FindStep(task.StepId) is { } step && draft.State.IsGiven(step, task))
            return new ActionNotForThisStep(task.TaskId, "release", "assigned");
        draft.Add(new TaskReleased(task.TaskId) { Comment = command.Comment, Capacity = capacity });
        return draft.Done();
    }

    static Decision Pause(CaseDraft draft, OpenTask task, PauseTask command, Capacity? capacity)
    {
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("pause");
        if (task.Paused)
            return new TaskIsPaused(task.TaskId);
        draft.Add(new TaskPaused(task.TaskId, command.Reason) { Capacity = capacity });
        draft.PauseClocks(draft.AllPaused, PauseReason.WaitsForOutsider, command.Reason);
        return draft.Done();
    }

    static Decision Continue(CaseDraft draft, OpenTask task, ContinueTask command, Capacity? capacity)
    {
        if (!task.Paused)
            return new TaskNotPaused(task.TaskId);
        draft.Add(new TaskContinued(task.TaskId, command.Comment) { Capacity = capacity });
        draft.ContinueClocks(command.Comment);
        return draft.Done();
    }

    static Decision Reassign(CaseDraft draft, OpenTask task, ReassignTask command)
    {
        if (task.Assignee != command.By.UserId && !Supervises(command.By, "reassign"))
            return new NotAllowed("reassign", Supervising);
        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);
        var assignee = new Actor(command.Assignee, command.AssigneeRoles, command.AssigneeOrders);
        if (!assignee.Holds(task.Role))
            return new AssigneeLacksRole(command.Assignee, task.Role);
        if (draft.Definition.FindStep(task.StepId) is { } step)
        {
            if (draft.State.ActedBefore(step, command.Assignee) is { } earlier)
                return new ActedBefore(earlier);
            if (step.Type == StepType.Approval && assignee.OrderFor(task.Role, null) is { } order && !command.AssigneeRoles.Contains(task.Role) && draft.Asked(step, command.Assignee))
                return new OwnCaseByOrder(order.Capacity.OrderNumber);
        }

        if (task.Assignee == command.Assignee)
            return Decision.NothingToDo;
        draft.Add(new TaskReassigned(task.TaskId, task.Assignee, command.Assignee, command.Comment)
        {
            Capacity = task.Assignee == command.By.UserId ? null : SuperiorBy(command.By, "reassign"),
            ToCapacity = assignee.CapacityFor(task.Role, "claim"),
        });
        return draft.Done();
    }

    /// <summary>Why nobody can do an open task that nobody has taken; null when somebody can.</summary>
    public static string? NobodyFor(ProcessDefinition definition, ProcessState state, OpenTask task, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(task);
        return task.Assignee is null && definition.FindStep(task.StepId) is { } step
            ? new CaseDraft(definition, state, new ReachTime { By = Actor.System }, moment).NobodyFor(step, task.Role)
            : null;
    }

    /// <summary>A task is for the person it is assigned to; an unassigned one for everybody who holds its role in the office.</summary>
    public static bool MayAct(Actor by, string role, Guid? assignee)
    {
        ArgumentNullException.ThrowIfNull(by);
        return assignee is null ? by.Holds(role) : assignee == by.UserId;
    }

    static string NameOf(TaskCommand command) => command switch
    {
        ClaimTask => "claim",
        ReleaseTask => "release",
        CompleteTask => "complete",
        ApproveTask => "approve",
        RejectTask => "reject",
        ReturnTask => "return",
        CastVote => "vote",
        FailTask => "fail",
        PauseTask => "pause",
        ContinueTask => "continue",
        ReassignTask => "reassign",
        CommentOnTask => "comment",
        _ => command.GetType().Name,
    };

    public static string NameOf(StepType type) => type switch
    {
        StepType.Approval => "approval",
        StepType.Acknowledge => "acknowledge",
        _ => "task",
    };
}
