using System.Collections.Immutable;
using System.Text.Json;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>
/// <c>POST /api/v1/user-tasks/{id}/claim | release | complete | approve |
/// reject | return | vote | fail | pause | continue | reassign | comments</c>.
/// </summary>
public static class ActOnUserTask
{
    internal static readonly string[] Actions =
        ["claim", "release", "complete", "approve", "reject", "return", "vote", "fail", "pause", "continue", "reassign", "comments"];

    public static bool Knows(string action) => Actions.Contains(action);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var action in Actions)
        {
            routes.MapPost(
                $"/user-tasks/{{id:guid}}/{action}",
                (HttpContext http, Guid id, IMediator mediator) => PostAsync(http, id, action, mediator))
                .WithName($"{char.ToUpperInvariant(action[0])}{action[1..]}UserTask")
                .WithTags("User tasks")
                .Accepts<Request>("application/json")
                .Produces<UserTaskView>()
                .Idempotent().Guarded()
                .Refuses(400, 403, 404, 409, 412, 422);
        }
    }

    static async Task<IResult> PostAsync(HttpContext http, Guid id, string action, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var command = new Command(
            action, id, http.ExpectedRevision(sent.Body.Revision), sent.Caller, sent.Id,
            sent.Body.Comment, sent.Body.Outputs, sent.Body.ToStep, sent.Body.Assignee, sent.Body.Vote);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    /// <param name="Comment">The reason; required to reject, to return, and to comment.</param>
    /// <param name="Outputs">An object; merged into the variables of the case (complete, approve).</param>
    /// <param name="ToStep">The step to return to; the one that the definition's Return arrow leads to when left out.</param>
    /// <param name="Assignee">Id or user name (reassign).</param>
    /// <param name="Vote"><c>approve</c>, <c>reject</c> or <c>abstain</c> (vote).</param>
    /// <param name="Revision">The task's revision, instead of If-Match.</param>
    public sealed record Request(string? Comment, JsonElement? Outputs, string? ToStep, string? Assignee, Vote? Vote, int? Revision);

    public sealed record Command(
        string Action,
        Guid TaskId,
        int? Expected,
        Caller Caller,
        RequestId Id,
        string? Comment,
        JsonElement? Outputs,
        string? ToStep,
        string? Assignee,
        Vote? Vote)
        : IRequest<Outcome<StoredAnswer>>;

    /// <summary>The act in the words of the core.</summary>
    internal static TaskCommand ToCommand(Command c, Actor by, Actor? assignee, ImmutableArray<Guid> mentions = default)
    {
        var outputs = JsonShape.ToRawMap(c.Outputs);
        return c.Action switch
        {
            "claim" => new ClaimTask { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "complete" => new CompleteTask { By = by, TaskId = c.TaskId, Expected = c.Expected, Comment = c.Comment, Outputs = outputs },
            "approve" => new ApproveTask { By = by, TaskId = c.TaskId, Expected = c.Expected, Comment = c.Comment, Outputs = outputs },
            "reject" => new RejectTask(c.Comment!) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "return" => new ReturnTask(c.Comment!, c.ToStep) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "release" => new ReleaseTask { By = by, TaskId = c.TaskId, Expected = c.Expected, Comment = c.Comment },
            "vote" => new CastVote(c.Vote!.Value, c.Comment) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "fail" => new FailTask(c.Comment!) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "pause" => new PauseTask(c.Comment!) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "continue" => new ContinueTask(c.Comment) { By = by, TaskId = c.TaskId, Expected = c.Expected },
            "reassign" => new ReassignTask(
                assignee!.UserId!.Value,
                assignee.Roles,
                c.Comment)
            { By = by, TaskId = c.TaskId, Expected = c.Expected, AssigneeOrders = assignee.Orders },
            "comments" => new CommentOnTask(c.Comment!)
            {
                By = by,
                TaskId = c.TaskId,
                Expected = c.Expected,
                Mentions = mentions.IsDefault ? [] : mentions,
            },
            _ => throw UnknownKind.Of(c.Action),
        };
    }

    /// <summary>The task as the act left it.</summary>
    internal static StoredAnswer Answer(CaseChange change, Guid taskId)
    {
        var view = UserTaskView.After(change, taskId);
        return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view), ETag: Requests.ETag(view.Revision));
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
            RuleFor(c => c.Comment).Given()
                .When(c => c.Action is "reject" or "return" or "fail" or "pause" || c.Vote == Core.Instances.Events.Vote.Reject)
                .Says("ต้องระบุเหตุผล", "A reason is required.");
            RuleFor(c => c.Comment).Given().When(c => c.Action == "comments");
            RuleFor(c => c.ToStep).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Assignee).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Assignee).Given().When(c => c.Action == "reassign");
            RuleFor(c => c.Vote).NotNull().When(c => c.Action == "vote")
                .Says("ต้องระบุ vote เป็น approve, reject หรือ abstain", "A vote is approve, reject or abstain.");
            RuleFor(c => c.Outputs).Data();
        }
    }

    internal sealed class Handler(ProcessStore store, Database database, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            Caller? assignee = null;
            if (request.Action == "reassign"
                && (assignee = await AssigneeAsync(database, request.Assignee!, time.GetUtcNow(), cancellationToken)) is null)
                return new UserNotFound(request.Assignee!, "assignee");
            var bearers = request.Action == "comments" ? await Mentions.FindAsync(database, request.Comment, cancellationToken) : [];
            return await store.ActOnTaskAsync(
                request.TaskId, request.Caller, request.Id,
                (state, actor) => ToCommand(
                    request,
                    actor,
                    assignee?.In(state.Office, state.DefinitionKey),
                    bearers.Count == 0 ? [] : Mentions.In(request.Comment!, bearers, state.Office)),
                change => Answer(change, request.TaskId), cancellationToken);
        }
    }

    /// <summary>To whom a task is to be given, with what they may do today; null when there is nobody of this id or user name.</summary>
    internal static async Task<Caller?> AssigneeAsync(Database database, string assignee, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await CallerRows.FindAsync(connection, assignee))?.On(BangkokTime.DateOf(now));
    }
}
