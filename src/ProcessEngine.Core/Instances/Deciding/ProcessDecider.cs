using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>The rules of procedure: what follows from a command, given the definition, the state and the moment.</summary>
/// <remarks>
/// Pure: same input, same output. Everything that a command causes stands in the returned events. Here stands only which act answers
/// which command in which state of a case; the acts stand in <see cref="CaseActs"/>, <see cref="TaskActs"/> and <see cref="Undoing"/>.
/// </remarks>
public static class ProcessDecider
{
    public static Decision Decide(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(moment);
        try
        {
            var decision = Answer(definition, state, command, moment);
            return command.By != Actor.System && DataCheck.Outgrown(state, decision.After) is { } outgrown ? outgrown : decision;
        }
        catch (CalendarNotLoadedException e) when (command.By != Actor.System)
        {
            // A person can give another date. What time does by itself is looked at by whoever looks after the service.
            var coverage = moment.Calendar.Coverage;
            return new DateOutsideCalendar(
                DataCheck.DateBeyond(definition, command, moment.Calendar), e.Date, coverage.FirstYear, coverage.LastYear);
        }
    }

    static Decision Answer(ProcessDefinition definition, ProcessState state, ProcessCommand command, Moment moment)
    {
        var execution = new CaseExecution(definition, state, command.By.UserId, moment);
        return (command, state.Status) switch
        {
            (StartProcess c, _) => CaseActs.Start(execution, c),
            (ReachTime, InstanceStatus.Running or InstanceStatus.Suspended) => CaseActs.TakeDue(execution),
            (ReachTime, _) => Decision.NothingToDo,
            (RecomputeDeadlines c, InstanceStatus.Running or InstanceStatus.Suspended) => CaseActs.RecomputeDeadlines(execution, c),
            (RecomputeDeadlines, _) => Decision.NothingToDo,
            (ReturnWork c, InstanceStatus.Running or InstanceStatus.Suspended) => CaseActs.ReturnWorkOf(execution, c),
            (ReturnWork, _) => Decision.NothingToDo,
            (ReopenInstance c, _) => CaseActs.Reopen(execution, c),
            (TaskCommand c, not InstanceStatus.Suspended) => TaskActs.Act(execution, c),
            (CommentOnTask c, _) => TaskActs.Act(execution, c),
            (TakeBack c, _) => Undoing.Undo(execution, c),
            (RetryIncident c, not InstanceStatus.Suspended) => CaseActs.Retry(execution, c),
            (RefuseCall c, _) => CaseActs.CallRefused(execution, c),
            (RedactContent c, _) => CaseActs.Redact(execution, c),
            (WithdrawFile c, _) => CaseActs.Withdraw(execution, c),
            (RateService c, _) => CaseActs.Rate(execution, c),
            (_, InstanceStatus.Completed or InstanceStatus.Cancelled) => new InstanceHasEnded(state.Status),
            (CancelInstance c, _) => CaseActs.Cancel(execution, c),
            (ResumeInstance c, _) => CaseActs.Resume(execution, c),
            (ConfirmDeadline c, _) => CaseActs.ConfirmDeadline(execution, c),
            (AttachFile c, _) => CaseActs.Attach(execution, c),
            (MigrateInstance c, _) => CaseActs.Migrate(execution, c),
            (_, InstanceStatus.Suspended) => new InstanceIsSuspended(),
            (SuspendInstance c, _) => CaseActs.Suspend(execution, c),
            (ChangePriority c, _) => CaseActs.ChangePriority(execution, c),
            (MoveInstance c, _) => CaseActs.Move(execution, c),
            (ChangeVariables c, _) => CaseActs.ChangeVariables(execution, c),
            (ReceiveMessage c, _) => CaseActs.Receive(execution, c),
            (EndCall c, _) => CaseActs.CallEnded(execution, c),
            (ExtendDeadline c, _) => CaseActs.ExtendDeadline(execution, c),
            _ => throw UnknownKind.Of(command),
        };
    }
}
