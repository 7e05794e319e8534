using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>DELETE /api/v1/users/{user}/second-factor</c>: an administrator helps somebody who lost phone and paper. All their sessions end.
/// </summary>
public static class ResetSecondFactor
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/users/{user:guid}/second-factor", DeleteAsync)
            .WithName("ResetSecondFactor")
            .WithTags("Administration")
            .Produces(204)
            .Query(("reason", "Why; it stands in the trail.")).Refuses(400, 403, 404);

    static async Task<IResult> DeleteAsync(HttpContext http, Guid user, IMediator mediator) =>
        (await mediator.Send(new Command(http.Caller(), user, http.Text("reason")), http.RequestAborted)).ToResult();

    // No RequestId: taking it off twice is taking it off.
    public sealed record Command(Caller Caller, Guid User, string? Reason) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(
        Database database,
        SecondFactor factor,
        Sessions sessions) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await Accounts.RefusalAsync(connection, request.Caller, request.User, "reset-second-factor") is { } refusal)
                    return refusal;
            }

            // One's own takes the phone or a code on paper, as everybody's does.
            if (request.Caller.UserId == request.User)
                return new NotAllowed("reset-second-factor", [Roles.Administrator]);
            await factor.ResetAsync(request.Caller, request.User, request.Reason, cancellationToken);
            sessions.Forget();
            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }
}
