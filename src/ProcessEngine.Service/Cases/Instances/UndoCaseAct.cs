using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>
/// <c>POST /api/v1/process-instances/{id}/undo</c>: whoever has just cancelled, moved or opened a case again, or corrected its data, takes
/// it back, within ten seconds and before anybody has gone on from it.
/// </summary>
public static class UndoCaseAct
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/process-instances/{id:guid}/undo", PostAsync)
        .WithName("UndoProcessInstance").WithTags("Process instances").Accepts<Request>("application/json").Produces<InstanceView>()
        .Idempotent().Refuses(400, 403, 404, 409, 422);

    static async Task<IResult> PostAsync(HttpContext http, Guid id, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        if (sent.Id.IfMatch is not null)
            throw RefusedRequestException.At(
                "If-Match", "การเลิกทำไม่ใช้ If-Match", "Undoing takes no If-Match: it is only possible as long as nothing has followed.");
        return (await mediator.Send(new Command(id, sent.Body.After, sent.Caller, sent.Id), http.RequestAborted)).ToResult();
    }

    /// <summary>How long what somebody did to a case can still be taken back, as the core says; 0 when it cannot.</summary>
    /// <param name="history">Of the case; of a very long one its end, and then nothing is taken back.</param>
    public static async Task<int> SecondsLeftAsync(
        Core.Definitions.ProcessDefinition definition, ProcessState state, int after, Caller caller,
        IReadOnlyList<RecordedEvent> history, OfficeCalendars calendars, ProcessStore store)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(store);
        if (history.Count < state.Revision)
            return 0;
        var undo = new Core.Instances.Deciding.UndoCaseAct(after, [.. history]) { By = caller.In(state.Office, state.DefinitionKey) };
        var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
        return ProcessDecider.Decide(definition, state, undo, moment).Rejection is null
            ? (int)(history[undo.DecidedAt].At + Undoing.Within - moment.Now).TotalSeconds
            : 0;
    }

    /// <param name="After">The revision of the case before the act.</param>
    public sealed record Request(int? After);

    public sealed record Command(Guid InstanceId, int? After, Caller Caller, RequestId Id) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.After).NotNull().Says("ต้องระบุ revision ก่อนการดำเนินการ", "Say the revision of the case before the act.");
    }

    internal sealed class Handler(ProcessStore store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) => store.UndoCaseActAsync(
            request.InstanceId, request.After!.Value, request.Caller, request.Id,
            change => new StoredAnswer(
                StatusCodes.Status200OK, JsonShape.Write(InstanceView.Of(change.Definition, change.After)),
                ETag: Requests.ETag(change.After.Revision)),
            cancellationToken);
    }
}
