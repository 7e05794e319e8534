using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances;

/// <summary>The rules of procedure: what follows from a command, given the definition, the state and the moment.</summary>
/// <remarks>Pure: same input, same output. Everything that a command causes stands in the returned events.</remarks>
public static class ProcessDecider
{
    /// <summary>A rung taken later than this after its moment is marked late: the sweep was not running.</summary>
    public static readonly TimeSpan SweepTolerance = TimeSpan.FromMinutes(5);

    static readonly string[] Supervising =
        [Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.Administrator];

    static readonly string[] MayStart = [.. Roles.Acting, Roles.Administrator];

    public static Decision Decide(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(moment);
        var draft = new Draft(definition, state, command, moment);
        return command switch
        {
            StartProcess c => Start(draft, c),
            ReachTime => state.IsRunning ? draft.TakeRungs() : Decision.NothingToDo,
            CancelInstance c => Cancel(draft, c),
            TaskCommand c => Act(draft, c),
            _ => throw new NotSupportedException($"A command of an unknown kind: {command.GetType().Name}"),
        };
    }

    static Decision Start(Draft draft, StartProcess command)
    {
        if (draft.State.Status != InstanceStatus.NotStarted)
            return new AlreadyStarted();
        if (!MayStart.Any(command.By.Holds))
            return new NotAllowed("start", MayStart);

        var definition = draft.Definition;
        draft.Add(new InstanceStarted(
            command.InstanceId, definition.Key, definition.Version, command.Office, command.Title, command.BusinessKey, command.Variables));
        var start = definition.Nodes.OfType<StartNode>().Single();
        return draft.Follow(start.Id, Ports.Done);
    }

    static Decision Cancel(Draft draft, CancelInstance command)
    {
        if (!draft.State.IsRunning)
            return new InstanceHasEnded(draft.State.Status);
        if (!Supervising.Any(command.By.Holds) && command.By.UserId != draft.State.StartedBy)
            return new NotAllowed("cancel", Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("cancel");

        foreach (var task in draft.State.OpenTasks)
            draft.Add(new TaskCancelled(task.TaskId));
        foreach (var deadline in draft.State.OpenDeadlines)
            draft.Add(new DeadlineClosed(deadline.DeadlineId, DeadlineResult.Cancelled));
        draft.Add(new InstanceCancelled(command.Reason));
        return draft.Done();
    }

    static Decision Comment(Draft draft, OpenTask task, CommentOnTask command)
    {
        if (!MayAct(command.By, task.Role, task.Assignee) && !Supervising.Any(command.By.Holds))
            return new NotAllowed("comment", [task.Role, .. Supervising]);
        draft.Add(new CommentAdded(task.TaskId, command.Text));
        return draft.Done();
    }

    static Decision Act(Draft draft, TaskCommand command)
    {
        if (draft.State.FindOpenTask(command.TaskId) is not { } task)
            return NotOpen(draft, command);
        if (draft.Definition.FindStep(task.StepId) is not { } step)
            return new NoWayOn(task.StepId, "In");

        if (command is CommentOnTask comment)
            return Comment(draft, task, comment);
        if (command is ReassignTask reassign)
            return Reassign(draft, task, reassign);
        if (!MayAct(command.By, task.Role, task.Assignee))
        {
            return task.Assignee is { } holder && command.By.Holds(task.Role)
                ? new TaskHeldByAnother(task.TaskId, holder)
                : new NotAllowed(NameOf(command), [task.Role]);
        }

        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);

        return command switch
        {
            ClaimTask => Claim(draft, task, command.By),
            CompleteTask c when step.Type != StepType.Approval =>
                draft.Close(task, new TaskCompleted(task.TaskId, c.Comment, c.Outputs), step.Id, Ports.Done),
            ApproveTask c when step.Type == StepType.Approval =>
                draft.Close(task, new TaskApproved(task.TaskId, c.Comment, c.Outputs), step.Id, Ports.Approve),
            RejectTask c when string.IsNullOrWhiteSpace(c.Reason) => new ReasonRequired(NameOf(command)),
            ReturnTask c when string.IsNullOrWhiteSpace(c.Reason) => new ReasonRequired(NameOf(command)),
            RejectTask c when step.Type == StepType.Approval =>
                draft.Close(task, new TaskRejected(task.TaskId, c.Reason), step.Id, Ports.Reject),
            ReturnTask c when step.Type == StepType.Approval || !step.ReturnTo.IsEmpty => Return(draft, task, step, c),
            _ => new ActionNotForThisStep(task.TaskId, NameOf(command), NameOf(step.Type)),
        };
    }

    static Decision NotOpen(Draft draft, TaskCommand command)
    {
        // What happened is told to those whom the task named; to others, that it was never theirs.
        if (RoleOfClosed(draft, command.TaskId) is { } role
            && !command.By.Holds(role) && draft.ClosedTask(command.TaskId)?.By != command.By.UserId)
            return new NotAllowed(NameOf(command), [role]);
        var closed = draft.ClosedTask(command.TaskId);
        return new TaskNotOpen(command.TaskId, closed?.Outcome, closed?.By, closed?.At);
    }

    static Decision Claim(Draft draft, OpenTask task, Actor by)
    {
        if (task.Assignee == by.UserId || by.UserId is not { } user)
            return Decision.NothingToDo;
        draft.Add(new TaskClaimed(task.TaskId, user));
        return draft.Done();
    }

    static Decision Reassign(Draft draft, OpenTask task, ReassignTask command)
    {
        if (task.Assignee != command.By.UserId && !Supervising.Any(command.By.Holds))
            return new NotAllowed("reassign", Supervising);
        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);
        if (!command.AssigneeRoles.Contains(task.Role))
            return new AssigneeLacksRole(command.Assignee, task.Role);
        if (task.Assignee == command.Assignee)
            return Decision.NothingToDo;
        draft.Add(new TaskReassigned(task.TaskId, task.Assignee, command.Assignee, command.Comment));
        return draft.Done();
    }

    static Decision Return(Draft draft, OpenTask task, Step step, ReturnTask command)
    {
        var allowed = draft.Definition.ReturnTargets(step).ToArray();
        var to = command.ToStep ?? allowed.FirstOrDefault();
        if (to is null || !allowed.Contains(to))
            return new ReturnNotAllowed(command.ToStep, allowed);
        return draft.Close(task, new TaskReturned(task.TaskId, to, command.Reason), draft.Definition.FindStep(to));
    }

    /// <summary>A task is for the person it is assigned to; an unassigned one for everybody who holds its role in the office.</summary>
    public static bool MayAct(Actor by, string role, Guid? assignee)
    {
        ArgumentNullException.ThrowIfNull(by);
        return assignee is null ? by.Holds(role) : assignee == by.UserId;
    }

    static string? RoleOfClosed(Draft draft, Guid taskId) =>
        draft.StepOfClosed(taskId) is { } stepId ? draft.Definition.FindStep(stepId)?.Role : null;

    static string NameOf(TaskCommand command) => command switch
    {
        ClaimTask => "claim",
        CompleteTask => "complete",
        ApproveTask => "approve",
        RejectTask => "reject",
        ReturnTask => "return",
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

    /// <summary>The events of one decision while it is being made. Lives for one call of <see cref="Decide"/>.</summary>
    sealed class Draft(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
    {
        readonly ImmutableArray<ProcessEvent>.Builder events = ImmutableArray.CreateBuilder<ProcessEvent>();

        public ProcessDefinition Definition => definition;

        /// <summary>The state with the events decided so far already folded in.</summary>
        public ProcessState State { get; private set; } = state;

        public void Add(ProcessEvent e)
        {
            events.Add(e);
            State = ProcessState.Evolve(State, new RecordedEvent(State.Revision + 1, moment.Now, command.By.UserId, e));
        }

        public Decision Done() => Decision.Accept(events.DrainToImmutable());

        public string? StepOfClosed(Guid taskId) => StepRecordOf(taskId)?.StepId;
        public ClosedTask? ClosedTask(Guid taskId) => StepRecordOf(taskId)?.Last;

        StepRecord? StepRecordOf(Guid taskId)
        {
            foreach (var step in State.Steps)
            {
                if (step.Last?.TaskId == taskId)
                    return step;
            }

            return null;
        }

        public Decision Close(OpenTask task, ProcessEvent closing, string stepId, string port) =>
            definition.Target(stepId, port) is { } target ? Close(task, closing, target) : new NoWayOn(stepId, port);

        public Decision Close(OpenTask task, ProcessEvent closing, Node? target)
        {
            if (target is null)
                return new NoWayOn(task.StepId, Ports.Return);
            Add(closing);
            StopClock(task, target);
            return Enter(target);
        }

        public Decision Follow(string nodeId, string port) =>
            definition.Target(nodeId, port) is { } target ? Enter(target) : new NoWayOn(nodeId, port);

        Decision Enter(Node node)
        {
            switch (node)
            {
                case Step step:
                    Open(step);
                    return Done();
                case EndNode end:
                    Add(new InstanceCompleted(end.Outcome));
                    return Done();
                default:
                    return new NoWayOn(node.Id, Ports.Done);
            }
        }

        void Open(Step step)
        {
            var attempt = State.AttemptsOf(step.Id) + 1;
            var clock = StartClock(step, attempt);
            var taskId = DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'t', moment.Now);
            Add(new TaskOpened(taskId, step.Id, attempt, step.Role, clock));
            TakeDueRungs();
        }

        /// <summary>A clock of its own for each pass through a step; steps that share their time join the clock that runs.</summary>
        Guid? StartClock(Step step, int attempt)
        {
            var leader = definition.ClockOf(step);
            foreach (var running in State.OpenDeadlines)
            {
                if (running.StepId == leader.Id)
                    return running.DeadlineId;
            }

            var (rule, source) = leader.Deadline is { } stated ? (stated, DeadlineSource.Manual)
                : moment.OfficeDeadlines.TryGetValue(leader.Id, out var own) ? (own, DeadlineSource.Office)
                : (null, default);
            if (rule is null)
                return null;

            var calendar = moment.Calendar;
            var due = DeadlineCalculation.Compute(rule, moment.Now, calendar);
            var id = DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)'d', moment.Now);
            var rungs = leader.Escalation.RungsFor(
                moment.Now, due.DueAt, leader.SupervisorRole ?? Roles.SupervisorOf(leader.Role), calendar);
            Add(new DeadlineSet(
                id,
                leader.Id,
                attempt,
                new DeadlineTerms(
                    rule, source, moment.Now, calendar.Id, calendar.Version, due.ExpectedFrom, due.DueAt, due.UnrolledLastDay, due.NotYetAnnounced),
                [.. rungs]));
            return id;
        }

        /// <summary>A clock stops when its step ends, a shared one when the flow leaves the steps that share it or starts them again.</summary>
        void StopClock(OpenTask closed, Node target)
        {
            if (closed.DeadlineId is not { } id || State.FindOpenDeadline(id) is not { } clock)
                return;
            if (State.OpenTasks.Any(task => task.DeadlineId == id))
                return;
            if (target is Step next && next.Id != clock.StepId && definition.ClockOf(next).Id == clock.StepId)
                return;
            Add(new DeadlineClosed(id, ResultAt(clock.Terms, moment.Now)));
        }

        public Decision TakeRungs()
        {
            TakeDueRungs();
            return Done();
        }

        void TakeDueRungs()
        {
            foreach (var deadline in State.OpenDeadlines)
            {
                var due = deadline.Rungs.Skip(deadline.RungsTaken).TakeWhile(rung => rung.At < moment.Now).ToArray();
                if (due.Length == 0 || TaskOf(deadline) is not { } taskId)
                    continue;
                for (var i = 0; i < due.Length; i++)
                    Add(Taken(deadline, taskId, due[i], superseded: due.Skip(i + 1).Any(later => later.ToRole == due[i].ToRole)));
            }
        }

        Guid? TaskOf(OpenDeadline deadline)
        {
            foreach (var task in State.OpenTasks)
            {
                if (task.DeadlineId == deadline.DeadlineId)
                    return task.TaskId;
            }

            return null;
        }

        RungTaken Taken(OpenDeadline deadline, Guid taskId, EscalationRung rung, bool superseded)
        {
            var late = moment.Now - rung.At > SweepTolerance;
            var dueAt = deadline.Terms.DueAt;
            return rung.Kind switch
            {
                RungKind.Reminder => new TaskReminded
                {
                    TaskId = taskId,
                    DeadlineId = deadline.DeadlineId,
                    DueAt = dueAt,
                    ScheduledFor = rung.At,
                    Late = late,
                    Superseded = superseded,
                },
                RungKind.Overdue => new TaskOverdue
                {
                    TaskId = taskId,
                    DeadlineId = deadline.DeadlineId,
                    DueAt = dueAt,
                    ScheduledFor = rung.At,
                    Late = late,
                    Superseded = superseded,
                },
                _ => new TaskEscalated
                {
                    TaskId = taskId,
                    DeadlineId = deadline.DeadlineId,
                    DueAt = dueAt,
                    ScheduledFor = rung.At,
                    Late = late,
                    Superseded = superseded,
                    Level = rung.Kind == RungKind.Supervisor ? 1 : 2,
                    ToRole = rung.ToRole ?? Roles.Director,
                },
            };
        }
    }

    /// <summary>How a clock that stops now did: overdue only after the maximum, and earlier than the minimum is no breach.</summary>
    public static DeadlineResult ResultAt(DeadlineTerms terms, DateTimeOffset closedAt)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return closedAt > terms.DueAt ? DeadlineResult.Late
            : terms.ExpectedFrom is { } from && closedAt < from ? DeadlineResult.Early
            : DeadlineResult.Within;
    }
}
