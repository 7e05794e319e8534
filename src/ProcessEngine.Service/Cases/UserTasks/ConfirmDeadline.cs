using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>
/// <c>POST /api/v1/user-tasks/{id}/confirm-deadline</c>: a supervisor lets
/// a due moment count that a change of the calendar moved into the past.
/// <c>POST /api/v1/process-instances/{id}/confirm-deadline</c>: the same for the limit of the whole procedure.
/// </summary>
public static class ConfirmDeadline
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(
            "/user-tasks/{id:guid}/confirm-deadline",
            (HttpContext http, Guid id, IMediator mediator) => PostAsync(http, id, ofTask: true, mediator))
            .WithName("ConfirmUserTaskDeadline").WithTags("User tasks").Accepts<Request>("application/json").Produces<InstanceView>()
            .Idempotent().Guarded().Refuses(400, 403, 404, 409, 412);
        routes.MapPost(
            "/process-instances/{id:guid}/confirm-deadline",
            (HttpContext http, Guid id, IMediator mediator) => PostAsync(http, id, ofTask: false, mediator))
            .WithName("ConfirmProcessInstanceDeadline").WithTags("Process instances").Accepts<Request>("application/json")
            .Produces<InstanceView>().Idempotent().Guarded().Refuses(400, 403, 404, 409, 412);
    }

    static async Task<IResult> PostAsync(HttpContext http, Guid id, bool ofTask, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, id, ofTask, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    public sealed record Request(string? Comment);

    public sealed record Command(Caller Caller, RequestId Id, Guid Subject, bool OfTask, string? Comment) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(ProcessStore store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) => request.OfTask
            ? store.ActOnTaskAsync(
                request.Subject, request.Caller, request.Id,
                (state, by) => new Core.Instances.Deciding.ConfirmDeadline(
                    state.FindOpenTask(request.Subject)?.DeadlineId ?? Guid.Empty, request.Comment)
                { By = by },
                Answer, cancellationToken)
            : store.ActOnInstanceAsync(
                request.Subject, request.Caller, request.Id,
                (state, by) => new Core.Instances.Deciding.ConfirmDeadline(
                    state.OpenDeadlines.FirstOrDefault(d => d.StepId.Length == 0)?.DeadlineId ?? Guid.Empty, request.Comment)
                { By = by },
                Answer, cancellationToken);

        static StoredAnswer Answer(CaseChange change) => new(
            StatusCodes.Status200OK, JsonShape.Write(InstanceView.Of(change.Definition, change.After)),
            ETag: Requests.ETag(change.After.Revision));
    }
}
