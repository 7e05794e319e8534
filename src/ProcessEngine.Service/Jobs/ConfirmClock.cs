using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary><c>POST /api/v1/clock/confirm</c>: the date that the service goes by is right, and what stood still goes on.</summary>
public static class ConfirmClock
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/clock/confirm", PostAsync).WithName("ConfirmClock").WithTags("Administration")
            .Accepts<Request>("application/json").Produces(204).Idempotent()
            .Refuses(400, 403, 409);

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    /// <param name="Comment">How it came to be, for the trail; may be left out.</param>
    public sealed record Request(string? Comment);

    public sealed record Command(Caller Caller, RequestId Id, string? Comment) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(IdempotentWriter store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) =>
            // Of the whole installation.
            !request.Caller.IsSystemAdministrator
                ? new NotAllowed("confirm-clock", [Roles.Administrator])
                : await store.ExecuteAsync(
                    request.Id,
                    async (session, now) => await ClockWatch.ConfirmAsync(session, request.Caller.UserId, now)
                        ? new StoredAnswer(StatusCodes.Status204NoContent, "")
                        : new ClockNotHeld(),
                    () => new TooManyConflicts(),
                    cancellationToken,
                    (request.Caller, new AdministrationAct("clock-confirmed", Caller.EveryOffice, Detail: new { request.Comment })));
    }
}

/// <summary>Nothing stands still for the sake of the clock.</summary>
public sealed record ClockNotHeld : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "clock-not-held", null, "กำหนดเวลาเดินตามปกติ ไม่มีวันที่ที่ต้องยืนยัน",
        "Deadlines go by the clock as ever; there is no date to confirm.");
}
