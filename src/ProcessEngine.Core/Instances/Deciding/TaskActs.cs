using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What people do to one task.</summary>
static class TaskActs
{
    public static Decision Act(CaseExecution execution, TaskCommand command)
    {
        if (execution.State.FindOpenTask(command.TaskId) is not { } task)
            return NotOpen(execution, command);
        if (execution.Definition.FindStep(task.StepId) is not { } step)
            return new NoWayOn(task.StepId, "In");

        if (command is CommentOnTask comment)
            return Comment(execution, task, comment);
        if (command is ReassignTask reassign)
            return Reassign(execution, task, reassign);
        // Whose answer the work waits for, or the service when the time for it is over.
        if (command is ContinueTask answered && (Outside.Is(command.By.UserId) || command.By == Actor.System))
            return Continue(execution, task, answered, null);
        var (by, act, forPerson) = (command.By, NameOf(command), execution.State.IsForPerson(step, task.Level));
        if (!Permissions.MayAct(by, task.Role, task.Assignee) && !Permissions.SitsForHolder(by, forPerson, task, act))
        {
            // A superior takes it from whoever has it, as they may give it to somebody else.
            if (command is ReleaseTask taken && task.Assignee is not null && Permissions.Supervises(by, "reassign"))
            {
                return command.Expected is { } seen && seen != task.Revision
                    ? new TaskChanged(task.TaskId, seen, task.Revision)
                    : Release(execution, task, taken, Permissions.SuperiorBy(by, "reassign"));
            }

            return task.Assignee is { } holder && by.Holds(task.Role)
                ? new TaskHeldByAnother(task.TaskId, holder)
                : new NotAllowed(act, [task.Role]);
        }

        if (command is not ReleaseTask && Permissions.OutOfPost(by, forPerson, task, act) is { } refusal)
            return refusal;
        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);
        if (execution.State.ActedBefore(step, by.UserId) is { } earlier)
            return new ActedBefore(earlier);
        if (command is not ReleaseTask && Authority.HasVoted(execution.State, step, by.UserId))
            return new VoteOfAnother(by.UserId!.Value);
        var capacity = forPerson && task.Assignee is not null ? null : by.CapacityFor(task.Role, act, task.Assignee);
        if (command is not ReleaseTask && capacity is not null && step.IsApproval
            && Authority.IsRequester(execution.Definition, execution.State, step, by.UserId))
            return new OwnCaseByOrder(capacity.OrderNumber);

        switch (command)
        {
            case ClaimTask:
                return Claim(execution, task, by, capacity);
            case ReleaseTask c:
                return Release(execution, task, c, null);
            case PauseTask c:
                return Pause(execution, task, c, capacity);
            case ContinueTask c:
                return Continue(execution, task, c, capacity);
        }

        return task.Paused ? new TaskIsPaused(task.TaskId) : Conclude(execution, task, step, command, capacity);
    }

    static Decision Conclude(CaseExecution execution, OpenTask task, Step step, TaskCommand command, Capacity? capacity)
    {
        var grouped = execution.State.FindGroup(step.Id) is not null;
        switch (command)
        {
            case RejectTask { Reason: var r } when string.IsNullOrWhiteSpace(r):
            case ReturnTask { Reason: var s } when string.IsNullOrWhiteSpace(s):
            case FailTask { Reason: var f } when string.IsNullOrWhiteSpace(f):
            case CastVote { Vote: Vote.Reject, Comment: var v } when string.IsNullOrWhiteSpace(v):
                return new ReasonRequired(NameOf(command));
            case CompleteTask c when !step.IsApproval:
                if (DataCheck.OutputProblem(execution, step, c.Outputs) is { } problem)
                    return problem;
                var completed = new TaskCompleted(task.TaskId, c.Comment, c.Outputs) { Capacity = capacity };
                return grouped ? Answer(execution, step, completed) : Leave(execution, task, completed, Ports.Done);
            case CastVote c when step.Committee is not null:
                return Answer(execution, step, new VoteCast(task.TaskId, c.Vote, c.Comment) { Capacity = capacity });
            case ApproveTask c when step.Committee is not null:
                return Answer(execution, step, new VoteCast(task.TaskId, Vote.Approve, c.Comment) { Capacity = capacity });
            case RejectTask c when step.Committee is not null:
                return Answer(execution, step, new VoteCast(task.TaskId, Vote.Reject, c.Reason) { Capacity = capacity });
            case ApproveTask c when step.IsApproval:
                if (DataCheck.OutputProblem(execution, step, c.Outputs) is { } wrong)
                    return wrong;
                var approved = new TaskApproved(task.TaskId, c.Comment, c.Outputs) { Capacity = capacity };
                return task.Level < step.Levels.Length
                    ? ChangeLevel(execution, task, step, approved, task.Level.Value + 1)
                    : Leave(execution, task, approved, Ports.Approve);
            case RejectTask c when step.IsApproval:
                return Leave(execution, task, new TaskRejected(task.TaskId, c.Reason) { Capacity = capacity }, Ports.Reject);
            case FailTask c when step.MayFail && !grouped:
                return Leave(execution, task, new TaskFailed(task.TaskId, c.Reason) { Capacity = capacity }, Ports.Fail);
            case ReturnTask c when !grouped && (step.IsApproval || execution.Definition.ReturnTargets(step).Any()):
                return Return(execution, task, step, c, capacity);
            default:
                return new ActionNotForThisStep(task.TaskId, NameOf(command), StepTypes.NameOf(step.Type));
        }
    }

    static Decision Leave(CaseExecution execution, OpenTask task, ProcessEvent closing, string port)
    {
        if (execution.Definition.ArrowsFrom(task.StepId, port).IsEmpty)
            return new NoWayOn(task.StepId, port);
        execution.Leave(task, closing, port);
        return Decision.Settled(execution);
    }

    static Decision Answer(CaseExecution execution, Step step, ProcessEvent answer)
    {
        execution.Answer(step, answer);
        return Decision.Settled(execution);
    }

    static Decision ChangeLevel(CaseExecution execution, OpenTask task, Step step, ProcessEvent closing, int level)
    {
        execution.ChangeLevel(task, closing, step, level);
        return Decision.Settled(execution);
    }

    static Decision Return(CaseExecution execution, OpenTask task, Step step, ReturnTask command, Capacity? capacity)
    {
        if (command.ToStep is null && step.ReturnsToPreviousLevel && task.Level > 1)
        {
            var down = task.Level.Value - 1;
            var lowered = new TaskReturned(task.TaskId, step.Id, command.Reason) { ToLevel = down, Capacity = capacity };
            return ChangeLevel(execution, task, step, lowered, down);
        }

        var allowed = execution.Definition.ReturnTargets(step).ToArray();
        var to = command.ToStep ?? allowed.FirstOrDefault();
        if (to is null || !allowed.Contains(to) || execution.Definition.FindStep(to) is not { } target)
            return new ReturnNotAllowed(command.ToStep, allowed);
        execution.GoBack(task, new TaskReturned(task.TaskId, to, command.Reason) { Capacity = capacity }, target);
        return Decision.Settled(execution);
    }

    static Decision NotOpen(CaseExecution execution, TaskCommand command)
    {
        // What happened is told to those whom the task named; to others, that it was never theirs.
        var record = execution.State.Steps.FirstOrDefault(s => s.Last?.TaskId == command.TaskId);
        var closed = record?.Last;
        if (record is not null && execution.Definition.FindStep(record.StepId)?.Role is { } role && !command.By.Holds(role)
            && closed?.By != command.By.UserId)
            return new NotAllowed(NameOf(command), [role]);
        return new TaskNotOpen(command.TaskId, closed?.Outcome, closed?.By, closed?.At);
    }

    static Decision Comment(CaseExecution execution, OpenTask task, CommentOnTask command)
    {
        if (!Permissions.MayAct(command.By, task.Role, task.Assignee) && !Permissions.Supervises(command.By, "comment"))
            return new NotAllowed("comment", [task.Role, .. Permissions.Supervising]);
        if (command.Mentions.Length > CommentOnTask.MaxMentions)
            return new TooMuchOfThis("mentions", CommentOnTask.MaxMentions);
        execution.Add(new CommentAdded(task.TaskId, command.Text) { Mentioned = command.Mentions.IsEmpty ? null : command.Mentions });
        return Decision.Settled(execution);
    }

    static Decision Claim(CaseExecution execution, OpenTask task, Actor by, Capacity? capacity)
    {
        if (task.Assignee == by.UserId || by.UserId is not { } user)
            return Decision.NothingToDo;
        execution.Add(new TaskClaimed(task.TaskId, user) { Capacity = capacity });
        return Decision.Settled(execution);
    }

    static Decision Release(CaseExecution execution, OpenTask task, ReleaseTask command, Capacity? capacity)
    {
        if (task.Assignee is null)
            return Decision.NothingToDo;
        // A member's task, or one given to a person by the definition, belongs to nobody else.
        if (execution.Definition.FindStep(task.StepId) is { } step && execution.State.IsAssignedByDefinition(step, task))
            return new ActionNotForThisStep(task.TaskId, "release", "assigned");
        execution.Add(new TaskReleased(task.TaskId) { Comment = command.Comment, Capacity = capacity });
        return Decision.Settled(execution);
    }

    static Decision Pause(CaseExecution execution, OpenTask task, PauseTask command, Capacity? capacity)
    {
        if (string.IsNullOrWhiteSpace(command.Reason))
            return new ReasonRequired("pause");
        if (task.Paused)
            return new TaskIsPaused(task.TaskId);
        execution.Add(new TaskPaused(task.TaskId, command.Reason) { Capacity = capacity });
        Standstill.PauseThoseThatWait(execution.Update, command.Reason);
        return Decision.Settled(execution);
    }

    static Decision Continue(CaseExecution execution, OpenTask task, ContinueTask command, Capacity? capacity)
    {
        if (!task.Paused)
            return new TaskNotPaused(task.TaskId);
        execution.Add(new TaskContinued(task.TaskId, command.Comment) { Capacity = capacity });
        Standstill.Continue(execution.Update, command.Comment);
        return Decision.Settled(execution);
    }

    static Decision Reassign(CaseExecution execution, OpenTask task, ReassignTask command)
    {
        if (task.Assignee != command.By.UserId && !Permissions.Supervises(command.By, "reassign"))
            return new NotAllowed("reassign", Permissions.Supervising);
        if (command.Expected is { } expected && expected != task.Revision)
            return new TaskChanged(task.TaskId, expected, task.Revision);
        var assignee = new Actor(command.Assignee, command.AssigneeRoles, command.AssigneeOrders);
        if (!assignee.Holds(task.Role))
            return new AssigneeLacksRole(command.Assignee, task.Role);
        if (execution.Definition.FindStep(task.StepId) is { } step)
        {
            if (execution.State.ActedBefore(step, command.Assignee) is { } earlier)
                return new ActedBefore(earlier);
            if (Authority.HasAnotherSeat(execution.State, step, task, command.Assignee))
                return new VoteOfAnother(command.Assignee);
            if (step.IsApproval && assignee.OrderFor(task.Role, null) is { } order
                && !command.AssigneeRoles.Contains(task.Role)
                && Authority.IsRequester(execution.Definition, execution.State, step, command.Assignee))
                return new OwnCaseByOrder(order.Capacity.OrderNumber);
        }

        if (task.Assignee == command.Assignee)
            return Decision.NothingToDo;
        execution.Add(new TaskReassigned(task.TaskId, task.Assignee, command.Assignee, command.Comment)
        {
            Capacity = task.Assignee == command.By.UserId ? null : Permissions.SuperiorBy(command.By, "reassign"),
            ToCapacity = assignee.CapacityFor(task.Role, "claim"),
        });
        return Decision.Settled(execution);
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
        _ => throw UnknownKind.Of(command),
    };
}
