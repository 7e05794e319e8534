using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>
/// <c>POST /api/v1/user-tasks/{id}/undo</c>: whoever has just decided takes
/// it back, within ten seconds and before anybody has gone on from it.
/// </summary>
public static class UndoUserTask
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/user-tasks/{id:guid}/undo", PostAsync)
        .WithName("UndoUserTask").WithTags("User tasks").Accepts<Request>("application/json").Produces<UserTaskView>().Idempotent()
        .Refuses(400, 403, 404, 409, 422);

    static async Task<IResult> PostAsync(HttpContext http, Guid id, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        if (sent.Id.IfMatch is not null)
            throw RefusedRequestException.At(
                "If-Match", "การเลิกทำไม่ใช้ If-Match", "Undoing takes no If-Match: it is only possible as long as nothing has followed.");
        return (await mediator.Send(new Command(id, sent.Caller, sent.Id), http.RequestAborted)).ToResult();
    }

    public sealed record Request;

    public sealed record Command(Guid TaskId, Caller Caller, RequestId Id) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Handler(ProcessStore store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) => store.UndoAsync(
            request.TaskId, request.Caller, request.Id, change => ActOnUserTask.Answer(change, request.TaskId), cancellationToken);
    }
}
