using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>POST /api/v1/users/{user}/deactivate</c> and <c>…/reactivate</c>: somebody leaves. Their sessions and keys end at once; what they had
/// taken goes back to its role; what they did stays theirs. Opened again, the account has its roles, and neither its sessions nor its keys.
/// </summary>
public static class CloseAccount
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users/{user:guid}/deactivate", DeactivateAsync)
            .WithName("DeactivateUser")
            .WithTags("Administration")
            .Accepts<Request>("application/json")
            .Produces(204).Idempotent().Refuses(400, 403, 422);
        routes.MapPost("/users/{user:guid}/reactivate", ReactivateAsync)
            .WithName("ReactivateUser")
            .WithTags("Administration")
            .Accepts<Request>("application/json")
            .Produces(204).Idempotent().Refuses(400, 403, 422);
    }

    static Task<IResult> DeactivateAsync(HttpContext http, Guid user, IMediator mediator) => SetAsync(http, user, false, mediator);

    static Task<IResult> ReactivateAsync(HttpContext http, Guid user, IMediator mediator) => SetAsync(http, user, true, mediator);

    static async Task<IResult> SetAsync(HttpContext http, Guid user, bool active, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, user, active, sent.Body.Reason), http.RequestAborted)).ToResult();
    }

    /// <param name="Reason">Why; it stands in the trail.</param>
    public sealed record Request(string? Reason);

    public sealed record Command(Caller Caller, RequestId Id, Guid User, bool Active, string? Reason) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var action = request.Active ? "reactivate-user" : "deactivate-user";
            Account account;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await Accounts.RefusalAsync(connection, request.Caller, request.User, action) is { } refusal)
                    return refusal;
                account = (await Accounts.FindAsync(connection, request.User))!;
            }

            // So there is always an administrator left, too.
            if (request.Caller.UserId == request.User)
                return new NotAllowed(action, [Roles.Administrator]);
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    session.Enqueue("UPDATE app_user SET active = $2 WHERE user_id = $1", request.User, request.Active);
                    if (!request.Active)
                    {
                        Accounts.EndAccess(session, request.User, now);
                        WorkToReturn.Mark(session, request.User, now);
                    }

                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status204NoContent, ""));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    request.Active ? "user-reactivated" : "user-deactivated",
                    account.HomeOffice,
                    request.User,
                    Reason: request.Reason)));
            // Whoever stood in for a post that now has nobody does so from now on.
            keys.Forget();
            sessions.Forget();
            offices.Forget(account.HomeOffice);
            return outcome;
        }
    }
}
