using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What is done to a case as a whole: by its people, by their superiors, by time and by the service.</summary>
static class CaseActs
{
    public static Decision Start(CaseExecution execution, StartProcess command)
    {
        if (execution.State.Status != InstanceStatus.NotStarted)
            return new AlreadyStarted();
        if (command.By != Actor.System && !Outside.Is(command.By.UserId) && !Permissions.Starting.Any(command.By.Holds))
            return new NotAllowed("start", Permissions.Starting);
        if (DataCheck.Problem(execution, command.Variables) is { } problem)
            return problem;

        var definition = execution.Definition;
        execution.Add(new InstanceStarted(
            command.InstanceId, definition.Key, definition.Version, command.Office, command.Title, command.BusinessKey,
            definition.InitialData(command.Variables, command.Previous, BangkokTime.DateOf(execution.Moment.Now)))
        {
            Priority = command.Priority,
        });
        DeadlineClocks.StartForProcedure(execution.Update);
        execution.Follow(definition.Nodes.OfType<StartNode>().Single().Id, Ports.Done);
        return Decision.Settled(execution);
    }

    public static Decision Cancel(CaseExecution execution, CancelInstance command)
    {
        if (command.By != Actor.System && !Permissions.Supervises(command.By, "cancel")
            && command.By.UserId != execution.State.StartedBy)
            return new NotAllowed("cancel", Permissions.Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("cancel");

        StepClosing.AbandonAll(execution.Update);
        DeadlineClocks.CancelAll(execution.Update);
        execution.Add(new InstanceCancelled(command.Reason) { Capacity = Permissions.SuperiorBy(command.By, "cancel") });
        return Decision.Settled(execution);
    }

    public static Decision Suspend(CaseExecution execution, SuspendInstance command)
    {
        if (!Permissions.Supervises(command.By, "suspend"))
            return new NotAllowed("suspend", Permissions.Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("suspend");
        execution.Add(new InstanceSuspended(command.Reason) { Capacity = Permissions.SuperiorBy(command.By, "suspend") });
        Standstill.PauseAll(execution.Update, null);
        return Decision.Settled(execution);
    }

    public static Decision ChangePriority(CaseExecution execution, ChangePriority command)
    {
        if (!Permissions.Supervises(command.By, "change-priority") && command.By.UserId != execution.State.StartedBy)
            return new NotAllowed("change-priority", Permissions.Supervising);
        if (command.Priority == execution.State.Priority)
            return Decision.NothingToDo;
        execution.Add(
            new PriorityChanged(command.Priority, command.Comment) { Capacity = Permissions.SuperiorBy(command.By, "change-priority") });
        return Decision.Settled(execution);
    }

    public static Decision Resume(CaseExecution execution, ResumeInstance command)
    {
        if (execution.State.Status != InstanceStatus.Suspended)
            return new InstanceNotSuspended(execution.State.Status);
        if (!Permissions.Supervises(command.By, "resume"))
            return new NotAllowed("resume", Permissions.Supervising);
        execution.Add(new InstanceResumed(command.Comment) { Capacity = Permissions.SuperiorBy(command.By, "resume") });
        Standstill.Continue(execution.Update, command.Comment);
        return Decision.Settled(execution);
    }

    public static Decision Reopen(CaseExecution execution, ReopenInstance command)
    {
        if (!execution.State.HasEnded)
            return new ActionNotPossible("reopen", execution.State.Status);
        if (!Permissions.Supervises(command.By, "reopen"))
            return new NotAllowed("reopen", Permissions.Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("reopen");
        if (execution.Definition.FindStep(command.ToStep) is not { } step || !Soundness.EndsFrom(execution.Definition, step.Id))
            return new StepUnknown(command.ToStep);
        var days = BangkokTime.DateOf(execution.Moment.Now).DayNumber - BangkokTime.DateOf(execution.State.EndedAt!.Value).DayNumber;
        if (days > execution.Definition.ReopenWithinDays)
            return new ReopenTooLate(execution.State.EndedAt.Value, execution.Definition.ReopenWithinDays);

        execution.Add(new InstanceReopened(step.Id, command.Reason) { Capacity = Permissions.SuperiorBy(command.By, "reopen") });
        execution.PlaceAgain(step);
        return Decision.Settled(execution);
    }

    public static Decision Move(CaseExecution execution, MoveInstance command)
    {
        if (!command.By.Roles.Contains(Roles.Administrator))
            return new NotAllowed("move", [Roles.Administrator]);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("move");
        if (execution.Definition.FindStep(command.ToStep) is not { } step || !Soundness.EndsFrom(execution.Definition, step.Id))
            return new StepUnknown(command.ToStep);

        execution.Add(new InstanceMoved(step.Id, command.Reason));
        StepClosing.AbandonAll(execution.Update);
        execution.PlaceAgain(step);
        return Decision.Settled(execution);
    }

    public static Decision ChangeVariables(CaseExecution execution, ChangeVariables command)
    {
        if (!Permissions.Supervises(command.By, "change-data") && command.By.UserId != execution.State.StartedBy
            && !execution.State.OpenTasks.Any(t => Permissions.MayAct(command.By, t.Role, t.Assignee)))
            return new NotAllowed("change-data", Permissions.Supervising);
        if (DataCheck.Problem(execution, command.Changes) is { } problem)
            return problem;
        execution.Add(new VariablesChanged(command.Changes, command.Comment));
        execution.RetryAll();
        return Decision.Settled(execution);
    }

    public static Decision Retry(CaseExecution execution, RetryIncident command)
    {
        if (!Permissions.Supervises(command.By, "retry"))
            return new NotAllowed("retry", Permissions.Supervising);
        if (!execution.Retry(command.IncidentId))
            return new IncidentNotOpen(command.IncidentId);
        // Work that was handed over in vain outlives the case, and moves nothing in it.
        return execution.State.HasEnded ? Decision.AsItStands(execution) : Decision.Settled(execution);
    }

    public static Decision Migrate(CaseExecution execution, MigrateInstance command)
    {
        // Whose definitions they are, in their own right.
        if (command.By != Actor.System && !Permissions.Migrating.Any(command.By.Roles.Contains))
            return new NotAllowed("migrate", Permissions.Migrating);
        if (command.To.Version == execution.State.DefinitionVersion)
            return Decision.NothingToDo;
        if (Migration.Obstacle(command.To, execution.State, command.Moves) is { } obstacle)
            return obstacle;
        var timers = Migration.NewTimers(execution.Definition, command.To, execution.State, command.Moves);
        execution.Add(new InstanceMigrated(
            execution.State.DefinitionVersion, command.To.Version, [.. command.Moves.Select(m => new NodeMove(m.Key, m.Value))])
        {
            Comment = command.Reason,
        });
        execution.Update.GoOnBy(command.To);
        foreach (var (step, timer) in timers)
            Waits.StartBoundaryTimer(execution.Update, step, timer);
        if (execution.State.Status == InstanceStatus.Suspended)
            Standstill.PauseAll(execution.Update, null);
        else
            Standstill.PauseThoseThatWait(execution.Update, null);
        return Decision.AsItStands(execution);
    }

    public static Decision Receive(CaseExecution execution, ReceiveMessage command)
    {
        if (command.By != Actor.System && !Permissions.Messaging.Any(role => command.By.Holds(role, "send-message")))
            return new NotAllowed("send-message", Permissions.Messaging);
        if (DataCheck.Problem(execution, command.Data) is { } problem)
            return problem;
        var waiting = execution.State.Waits.FirstOrDefault(w =>
            w.Kind == WaitKind.Message && w.Message == command.Name && (w.Correlation is null || w.Correlation == command.Correlation));
        if (waiting is null)
            return new NobodyWaits(command.Name);
        execution.EndWait(waiting, command.Data);
        return Decision.Settled(execution);
    }

    public static Decision CallEnded(CaseExecution execution, EndCall command)
    {
        if (execution.State.Waits.FirstOrDefault(w => w.WaitId == command.WaitId && w.Call?.ChildId == command.ChildId) is not { } waiting)
            return Decision.NothingToDo;
        if (command.Outcome != EndCall.Cancelled)
        {
            execution.EndWait(waiting, null);
            return Decision.Settled(execution);
        }

        if (execution.Definition.Find(waiting.NodeId) is CallNode { MayFail: true })
        {
            execution.EndWait(waiting, null, Ports.Fail);
            return Decision.Settled(execution);
        }

        execution.Add(new WaitCancelled(waiting.WaitId));
        Waits.Park(execution.Update, waiting.NodeId, IncidentCodes.CallCancelled, waiting.Call?.DefinitionKey);
        return Decision.AsItStands(execution);
    }

    /// <summary>
    /// What somebody had taken as one of a role goes back to it. What is theirs alone (a seat, an entry, what the definition gives to that
    /// very person) nobody else may take by themselves: when they are gone, a superior has to give it to somebody.
    /// </summary>
    public static Decision ReturnWorkOf(CaseExecution execution, ReturnWork command)
    {
        foreach (var task in execution.State.OpenTasks)
        {
            if (task.Assignee != command.Person || execution.Definition.FindStep(task.StepId) is not { } step)
                continue;
            if (command.AsNow is { } now && (execution.State.IsForPerson(step, task.Level) || now.Holds(task.Role)))
                continue;
            if (!execution.State.IsAssignedByDefinition(step, task))
                execution.Add(new TaskReleased(task.TaskId) { Comment = command.Reason });
            else if (!execution.State.Incidents.Any(i => i.NodeId == step.Id && i.Code == IncidentCodes.HolderLeft))
                execution.Add(new IncidentRaised(step.Id, IncidentCodes.HolderLeft, null));
        }

        return Decision.AsItStands(execution);
    }

    /// <summary>Time has passed.</summary>
    public static Decision TakeDue(CaseExecution execution)
    {
        execution.TakeDue();
        return Decision.AsItStands(execution);
    }

    /// <summary>The calendar has changed.</summary>
    public static Decision RecomputeDeadlines(CaseExecution execution, RecomputeDeadlines command)
    {
        DeadlineClocks.Recompute(execution.Update, command.ChangeId, command.Reason);
        return Decision.AsItStands(execution);
    }

    /// <summary>
    /// Where the case waits for what it called, it now waits for an administrator; a hand-over that reached nobody is told, whatever became
    /// of the case.
    /// </summary>
    public static Decision CallRefused(CaseExecution execution, RefuseCall command)
    {
        if (execution.State.Waits.FirstOrDefault(w => w.Call?.ChildId == command.Call.ChildId) is { } waiting)
        {
            execution.Add(new WaitCancelled(waiting.WaitId));
            Waits.Park(execution.Update, waiting.NodeId, command.Code, command.Detail);
        }
        else if (!command.Call.Waited)
        {
            execution.Add(new IncidentRaised(command.NodeId, command.Code, command.Detail) { Call = command.Call });
        }

        return Decision.AsItStands(execution);
    }

    public static Decision ExtendDeadline(CaseExecution execution, ExtendDeadline command)
    {
        if (!Permissions.Supervises(command.By, "extend"))
            return new NotAllowed("extend", Permissions.Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("extend");
        if (execution.State.FindOpenDeadline(command.DeadlineId) is not { PausedAt: null } clock)
            return new DeadlineNotOpen(command.DeadlineId);
        DeadlineClocks.Extend(execution.Update, clock, command.ByRule, command.Reason, Permissions.SuperiorBy(command.By, "extend"));
        return Decision.Settled(execution);
    }

    public static Decision ConfirmDeadline(CaseExecution execution, ConfirmDeadline command)
    {
        if (!Permissions.Supervises(command.By, "confirm-deadline"))
            return new NotAllowed("confirm-deadline", Permissions.Supervising);
        if (execution.State.FindOpenDeadline(command.DeadlineId) is not { } clock)
            return new DeadlineNotOpen(command.DeadlineId);
        if (!clock.AwaitsConfirmation)
            return new NothingToConfirm(command.DeadlineId);
        execution.Add(
            new DeadlineConfirmed(clock.DeadlineId, command.Comment) { Capacity = Permissions.SuperiorBy(command.By, "confirm-deadline") });
        return Decision.Settled(execution);
    }

    public static Decision Attach(CaseExecution execution, AttachFile command)
    {
        var state = execution.State;
        var mine = state.OpenTasks.Any(
            t => (command.TaskId is null || t.TaskId == command.TaskId) && Permissions.MayAct(command.By, t.Role, t.Assignee));
        if (!mine && !Permissions.Supervises(command.By, "attach") && command.By.UserId != state.StartedBy
            && !Outside.Is(command.By.UserId))
            return new NotAllowed("attach", Permissions.Supervising);
        if (command.TaskId is { } task && state.FindOpenTask(task) is null)
            return new TaskNotOpen(task, null, null, null);
        execution.Add(new FileAttached(
            command.AttachmentId, command.TaskId, command.FileName, command.ContentType, command.Size, command.Sha256));
        return Decision.Settled(execution);
    }

    /// <summary>What a case needs that runs, it keeps; and nobody decides alone that a record is changed.</summary>
    public static Decision Redact(CaseExecution execution, RedactContent command)
    {
        if (!execution.State.HasEnded)
            return new InstanceStillRuns();
        if (command.By.UserId == command.AskedBy)
            return new SecondPersonNeeded("redact");
        if (string.IsNullOrWhiteSpace(command.Ground) || string.IsNullOrWhiteSpace(command.Order))
            return new ReasonRequired("redact");
        if (command.Events.IsEmpty)
            return Decision.NothingToDo;
        execution.Add(new ContentRedacted(command.Events, command.Ground, command.Order, command.AskedBy));
        return Decision.AsItStands(execution);
    }

    /// <summary>
    /// What whoever asked thinks of it: once, when the case has ended. That they may is answered by the link; nobody else comes this way.
    /// </summary>
    public static Decision Rate(CaseExecution execution, RateService command)
    {
        var state = execution.State;
        if (execution.Definition.Public?.Rating is not { } form || !state.HasEnded)
            return new ActionNotPossible("rate", state.Status);
        if (state.RatedAt is { } before)
            return new RatedBefore(before);
        if (form.Check(command.Answers) is { IsEmpty: false } problems)
            return new FormNotFilled(problems);
        execution.Add(new ServiceRated(execution.Update.NextId('r'), command.Answers));
        return Decision.AsItStands(execution);
    }

    /// <summary>By who laid it there, while the case runs; by a superior at any time: what should not be there is found late.</summary>
    public static Decision Withdraw(CaseExecution execution, WithdrawFile command)
    {
        var own = command.By.UserId == command.AttachedBy && !execution.State.HasEnded;
        if (!own && !Permissions.Supervises(command.By, "withdraw-file"))
            return new NotAllowed("withdraw-file", Permissions.Supervising);
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("withdraw-file");
        if (execution.State.WithdrawnFiles?.Contains(command.AttachmentId) == true)
            return new FileWithdrawnBefore(command.AttachmentId);
        execution.Add(new FileWithdrawn(command.AttachmentId, command.FileName, command.Reason)
        {
            Capacity = own ? null : Permissions.SuperiorBy(command.By, "withdraw-file"),
        });
        return Decision.AsItStands(execution);
    }
}
