using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>PUT /api/v1/users/{user}/password</c>: an administrator sets a first password; its owner must choose another at the first sign-in.
/// </summary>
public static class SetPassword
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/users/{user:guid}/password", PutAsync).WithName("SetPassword").WithTags("Administration")
            .Accepts<Request>("application/json")
            .Produces(204).Refuses(400, 403, 422);

    static async Task<IResult> PutAsync(HttpContext http, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, user, sent.Body.Password, sent.Body.Reason), http.RequestAborted)).ToResult();
    }

    /// <param name="Reason">Why; it stands in the trail.</param>
    public sealed record Request(string? Password, string? Reason);

    // No RequestId: the hash of a request with a password must not lie in the idempotency table. Setting it twice is setting it.
    public sealed record Command(Caller Caller, Guid User, string? Password, string? Reason) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Password).Given().PlainText(Passwords.Longest);
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class Handler(Database database, Passwords passwords, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await Accounts.RefusalAsync(connection, request.Caller, request.User, "set-password") is { } refusal)
                    return refusal;
                var account = (await Accounts.FindAsync(connection, request.User))!;
                if (account.IsService)
                    return new ServiceAccountSignsIn(request.User);
                // With a key alone nobody gets at their own password: that takes the password (on the page), or an administrator.
                if (request.Caller.UserId == request.User && !request.Caller.Memberships.Any(m => m.Role == Roles.Administrator))
                    return new NotAllowed("set-password", [Roles.Administrator]);
                if (Passwords.FaultOf(request.Password, account.UserName) is { } fault)
                    return InvalidInput.At("password", fault.Th, fault.En);
            }

            await passwords.SetAsync(request.User, request.Password!, mustChange: true, request.Caller, request.Reason, cancellationToken);
            sessions.Forget();
            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }
}
