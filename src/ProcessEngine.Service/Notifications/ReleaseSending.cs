using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// <c>GET /api/v1/sending</c>: whether mail and webhooks go out.
/// <c>POST /api/v1/sending/release</c>: lets them, after a copy of the database was brought back.
/// </summary>
public static class ReleaseSending
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sending", GetAsync).WithName("GetSending").WithTags("Administration").Produces<SendingState>().Refuses(403);
        routes.MapPost("/sending/release", PostAsync).WithName("ReleaseSending").WithTags("Administration")
            .Accepts<Request>("application/json").Produces(204).Idempotent()
            .Refuses(400, 403, 409);
    }

    static async Task<IResult> GetAsync(HttpContext http, Database database)
    {
        if (!http.Caller().Memberships.Any(m => m.Role is Roles.Administrator or Roles.Auditor))
            return Problems.From(new NotAllowed("see-sending", [Roles.Administrator, Roles.Auditor]));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(await DeliveryHold.StateAsync(connection), JsonShape.Options);
    }

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, sent.Body.Waiting), http.RequestAborted)).ToResult();
    }

    /// <param name="Waiting"><c>send</c>: what waits goes out, too; <c>drop</c>: only what comes from now on.</param>
    public sealed record Request(string? Waiting);

    public sealed record Command(Caller Caller, RequestId Id, string? Waiting) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Waiting).Must(w => w is "send" or "drop").Says("ต้องเป็น send หรือ drop", "It must be send or drop.");
    }

    internal sealed class Handler(IdempotentWriter store, DeliveryHold hold) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) =>
            // Of the whole installation: whoever looks after one office of it does not let the mail of the others go.
            !request.Caller.IsSystemAdministrator
                ? new NotAllowed("release-sending", [Roles.Administrator])
                : await store.ExecuteAsync(
                    request.Id,
                    async (session, now) => await hold.ReleaseAsync(session, request.Caller.UserId, request.Waiting == "drop", now)
                        ? new StoredAnswer(StatusCodes.Status204NoContent, "")
                        : new SendingNotHeld(),
                    () => new TooManyConflicts(),
                    cancellationToken,
                    (request.Caller, new AdministrationAct("sending-released", Caller.EveryOffice, Detail: new { request.Waiting })));
    }
}

/// <summary>There is nothing to release.</summary>
public sealed record SendingNotHeld : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(
            409,
            "sending-not-held",
            null,
            "การส่งอีเมลและเว็บฮุกไม่ได้ถูกพักไว้",
            "Mail and webhooks are not held; there is nothing to release.");
}
