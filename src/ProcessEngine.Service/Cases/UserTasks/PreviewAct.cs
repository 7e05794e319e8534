using System.Collections.Immutable;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>What an act would lead to now: the core is asked, and nothing is stored.</summary>
public sealed record ActPreview(VisibleTask Task, ProcessState After, ImmutableArray<ProcessEvent> Events);

/// <summary>Asks the core what an act would lead to, so that nobody decides without knowing what follows.</summary>
public static class PreviewAct
{
    /// <param name="Task">As it was read for this request already; null: it is read.</param>
    public sealed record Query(ActOnUserTask.Command Act, VisibleTask? Task = null) : IRequest<Outcome<ActPreview>>;

    internal sealed class Handler(
        TaskReader tasks,
        OfficeCalendars calendars,
        ProcessStore store,
        Database database,
        IEnumerable<IValidator<ActOnUserTask.Command>> validators)
        : IRequestHandler<Query, Outcome<ActPreview>>
    {
        public async Task<Outcome<ActPreview>> Handle(Query request, CancellationToken cancellationToken)
        {
            var act = request.Act;
            // The act itself is validated before its handler sees it; so is its preview, by the same rules.
            var shape = await new ValidationBehavior<ActOnUserTask.Command, Outcome<StoredAnswer>>(validators)
                .Handle(
                    act, cancellationToken, () => Task.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, "")));
            if (shape.Rejection is { } invalid)
                return invalid;
            var found = request.Task is { } read ? read : await tasks.FindAsync(act.TaskId, act.Caller, cancellationToken);
            if (found.Rejection is { } refusal)
                return refusal;
            var (row, definition, state, _) = found.Value!;
            if (row.State != "open")
                return new TaskNotOpen(row.TaskId, row.Outcome, row.ClosedBy, row.ClosedAt);
            Caller? assignee = null;
            if (act.Action == "reassign"
                && (assignee = await ActOnUserTask.AssigneeAsync(database, act.Assignee!, store.Now(), cancellationToken)) is null)
                return new UserNotFound(act.Assignee!, "assignee");
            var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
            var decision = ProcessDecider.Decide(
                definition, state,
                ActOnUserTask.ToCommand(
                    act, act.Caller.In(state.Office, state.DefinitionKey), assignee?.In(state.Office, state.DefinitionKey)),
                moment);
            return decision.Rejection is { } no ? no : new ActPreview(found.Value, decision.After ?? state, decision.Events);
        }
    }
}

/// <summary>The acts that somebody may do on a task now, as the core says; and why not the others.</summary>
/// <param name="WhyNot">Why none of the task's deciding acts is theirs; null when one is.</param>
public sealed record PossibleActs(IReadOnlyList<string> Acts, Rejection? WhyNot)
{
    const string Reason = "?";

    /// <summary>Asks the core for each act. What it would still want filled in (a reason, a form) does not count against it.</summary>
    public static async Task<PossibleActs> OfAsync(VisibleTask task, Caller caller, OfficeCalendars calendars, ProcessStore store)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(store);
        var (row, definition, state, _) = task;
        if (row.State != "open")
            return new PossibleActs([], null);
        var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
        var actor = caller.In(state.Office, state.DefinitionKey);
        var (acts, whyNot) = (new List<string>(), (Rejection?)null);
        foreach (var act in task.Detail().Actions)
        {
            var refusal = ProcessDecider.Decide(definition, state, Sample(act, row, actor), moment).Rejection;
            if (refusal is null or FormNotFilled or VariableInvalid or ReasonRequired)
                acts.Add(act);
            else
                whyNot ??= refusal;
        }

        return new PossibleActs(acts, acts.Any(a => a is not ("comments" or "reassign")) ? null : whyNot);
    }

    internal static TaskCommand Sample(string act, TaskRow row, Actor by) => act switch
    {
        "claim" => new ClaimTask { By = by, TaskId = row.TaskId },
        "release" => new ReleaseTask { By = by, TaskId = row.TaskId },
        "complete" => new CompleteTask { By = by, TaskId = row.TaskId },
        "approve" => new ApproveTask { By = by, TaskId = row.TaskId },
        "reject" => new RejectTask(Reason) { By = by, TaskId = row.TaskId },
        "return" => new ReturnTask(Reason, null) { By = by, TaskId = row.TaskId },
        "vote" => new CastVote(Vote.Approve, null) { By = by, TaskId = row.TaskId },
        "fail" => new FailTask(Reason) { By = by, TaskId = row.TaskId },
        "pause" => new PauseTask(Reason) { By = by, TaskId = row.TaskId },
        "continue" => new ContinueTask(null) { By = by, TaskId = row.TaskId },
        "reassign" => new ReassignTask(Guid.Empty, [row.Role], null) { By = by, TaskId = row.TaskId },
        "comments" => new CommentOnTask(Reason) { By = by, TaskId = row.TaskId },
        _ => throw UnknownKind.Of(act),
    };
}
