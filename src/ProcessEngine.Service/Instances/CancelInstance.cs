using FluentValidation;
using MediatR;
using ProcessEngine.Service.Http;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Instances;

/// <summary><c>POST /api/v1/process-instances/{id}/cancel</c>: a case ends before its time, with a reason.</summary>
public static class CancelInstance
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/process-instances/{id:guid}/cancel", PostAsync)
            .WithName("CancelProcessInstance")
            .WithTags("Process instances")
            .Accepts<Request>("application/json")
            .Produces<InstanceView>()
            .Idempotent()
            .Refuses(400, 403, 404, 409);

    static async Task<IResult> PostAsync(HttpContext http, Guid id, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, id, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    /// <param name="Comment">The reason; required.</param>
    public sealed record Request(string? Comment);

    public sealed record Command(Caller Caller, RequestId Id, Guid InstanceId, string? Comment) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Comment).Given().PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(ProcessStore store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) => store.ActOnInstanceAsync(
            request.InstanceId, request.Caller, request.Id,
            (_, actor) => new Core.Instances.CancelInstance(request.Comment!) { By = actor },
            change => new StoredAnswer(
                StatusCodes.Status200OK, JsonShape.Write(InstanceView.Of(change.Definition, change.After)), ETag: Requests.ETag(change.After.Revision)),
            cancellationToken);
    }
}
