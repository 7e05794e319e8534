using FluentValidation;
using MediatR;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// <c>POST /api/v1/audit/verifications</c>: has the record of an office, or of the installation, verified by a job; <c>GET …</c> and
/// <c>GET …/{id}</c>: what came of it. <c>GET /api/v1/audit/anchors</c> and <c>…/{number}</c>: what was sealed, to keep outside.
/// </summary>
public static class VerifyStore
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/audit/verifications", PostAsync).WithName("StartVerification").WithTags("Audit")
            .Accepts<Request>("application/json").Produces<VerificationView>(202).Idempotent().Refuses(400, 403, 404);
        routes.MapGet("/audit/verifications", ListAsync).WithName("ListVerifications").WithTags("Audit")
            .Produces<Page<VerificationView>>().Paged().Refuses(400, 403);
        routes.MapGet("/audit/verifications/{id:guid}", GetAsync).WithName("GetVerification").WithTags("Audit")
            .Produces<VerificationView>().Refuses(404);
        routes.MapGet("/audit/anchors", ListAnchorsAsync).WithName("ListAnchors").WithTags("Audit")
            .Produces<Page<Anchor>>().Paged().Refuses(400, 403);
        routes.MapGet("/audit/anchors/{number:int}", GetAnchorAsync).WithName("GetAnchor").WithTags("Audit")
            .Produces<Anchor>().Refuses(403, 404);
    }

    /// <param name="Office">Left out: the whole installation, for those who audit or administer every office.</param>
    public sealed record Request(string? Office);

    public sealed record Command(Caller Caller, RequestId Id, string? Office) : IRequest<Outcome<StoredAnswer>>;

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, sent.Body.Office), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, Verifications runs)
    {
        if (Verifications.OfficesOf(http.Caller()) is { Count: 0 })
            return Refused("see-verifications");
        var paging = Paging.From(http, keys: 1);
        var before = paging.After is not [var text] ? (Guid?)null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
        var rows = await runs.ListAsync(http.Caller(), before, paging.Limit + 1, http.RequestAborted);
        return Results.Json(paging.ToPage(rows, v => v, v => [v.Id.ToString()]), JsonShape.Options);
    }

    static async Task<IResult> GetAsync(HttpContext http, Guid id, Verifications runs) =>
        await runs.FindAsync(http.Caller(), id, http.RequestAborted) is { } view
            ? Results.Json(view, JsonShape.Options)
            : Problems.From(new VerificationNotFound(id));

    static async Task<IResult> ListAnchorsAsync(HttpContext http, Database database)
    {
        if (Verifications.OfficesOf(http.Caller()) is { Count: 0 })
            return Refused("see-anchors");
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var rows = await SealAnchors.NewestAsync(connection, paging.AfterNumber(), paging.Limit + 1, http.RequestAborted);
        return Results.Json(
            paging.ToPage(rows, a => a, a => [a.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)]), JsonShape.Options);
    }

    static async Task<IResult> GetAnchorAsync(HttpContext http, int number, Database database)
    {
        if (Verifications.OfficesOf(http.Caller()) is { Count: 0 })
            return Refused("see-anchors");
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return number > 0
            && (await SealAnchors.AnchorsAsync(connection, number - 1, 1, http.RequestAborted)) is [var anchor] && anchor.Number == number
            ? Results.Json(anchor, JsonShape.Options)
            : Problems.From(new AnchorNotFound(number));
    }

    static IResult Refused(string act) => Problems.From(new NotAllowed(act, [.. Verifications.Readers]));

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Office).PlainText(ValidationRules.CodeLength);
    }

    internal sealed class Handler(IdempotentWriter writer, RunNow now) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, office) = (request.Caller, request.Office is { Length: > 0 } one and not Caller.EveryOffice ? one : null);
            if (office is not null && !caller.BelongsTo(office))
                return new OfficeNotFound(office, "office");
            if (!Verifications.MayAsk(caller, office ?? Caller.EveryOffice))
                return new NotAllowed("verify-audit", [.. Verifications.Readers]);
            var outcome = await writer.ExecuteAsync(
                request.Id,
                (session, at) =>
                {
                    var id = Guid.CreateVersion7(at);
                    Verifications.Ask(session, id, office, caller.UserId, at);
                    var view = new VerificationView(
                        id, office, at, caller.UserId, caller.UserName, "waiting", 0, 0, 0, null, []);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(
                        StatusCodes.Status202Accepted, JsonShape.Write(view), $"/api/v1/audit/verifications/{id}"));
                },
                () => new TooManyConflicts(),
                cancellationToken);
            if (outcome.Value is { Replayed: false })
                now.Ask(VerificationWork.JobName);
            return outcome;
        }
    }
}

public sealed record VerificationNotFound(Guid Id) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "verification-not-found", "id", "ไม่พบการตรวจสอบนี้", "There is no such verification, or it is not yours to see.", ("id", Id));
}

public sealed record AnchorNotFound(int Number) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(404, "anchor-not-found", "number", $"ไม่มีตราประทับที่ {Number}", $"There is no anchor {Number}.");
}
