using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Reviews;

/// <summary>
/// <c>POST /api/v1/process-definitions/{key}/draft/approve</c>: somebody who wrote nothing of a draft has looked at a revision of it.
/// </summary>
public static class ApproveDraft
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/process-definitions/{key}/draft/approve", PostAsync)
        .WithName("ApproveDraft").WithTags("Process definitions").Accepts<Body>("application/json").Produces<Approved>()
        .Query(("office", "Whose draft: left out, the one office in which the caller is a process owner.")).Idempotent()
        .Refuses(400, 403, 404, 409);

    static async Task<IResult> PostAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Body>();
        return (await mediator.Send(
            new Command(
                sent.Caller, sent.Id, http.Text("office"), key, http.ExpectedRevision(sent.Body.Revision), sent.Body.Comment),
            http.RequestAborted)).ToResult();
    }

    /// <param name="Revision">That the reviewer has seen; <c>If-Match</c> says the same.</param>
    /// <param name="Comment">For whoever asks later; at most 4,000 characters.</param>
    public sealed record Body(int? Revision, string? Comment);

    /// <param name="Revision">What may be published; the next save needs another look.</param>
    public sealed record Approved(string Key, int Revision, Guid ApprovedBy, DateTimeOffset ApprovedAt);

    public sealed record Command(Caller Caller, RequestId Id, string? Office, string Key, int? Revision, string? Comment)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Revision).NotNull().Says("ต้องระบุ revision ที่ได้ตรวจดู", "Say which revision you have looked at.");
            RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class Handler(IdempotentWriter store, Database database) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
            return refusal ?? await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    if (await OfficeDrafts.LockAsync(database, session, office, request.Key) is not { IsOpen: true } draft)
                        return new DefinitionNotFound(request.Key);
                    if (request.Revision != draft.Revision)
                        return new DraftChanged(request.Key, request.Revision, draft.Revision);
                    if (await DraftReviews.IsAuthorAsync(session, office, request.Key, request.Caller.UserId))
                        return new DraftIsOwn(request.Key);
                    var comment = string.IsNullOrWhiteSpace(request.Comment) ? null : request.Comment.Trim();
                    DraftReviews.Approve(session, office, request.Key, draft.Revision, request.Caller.UserId, now, comment);
                    return new StoredAnswer(
                        StatusCodes.Status200OK,
                        JsonShape.Write(new Approved(request.Key, draft.Revision, request.Caller.UserId, now)));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    "draft-approved", office, Detail: new { definition = request.Key, revision = request.Revision },
                    Reason: request.Comment)));
        }
    }
}
