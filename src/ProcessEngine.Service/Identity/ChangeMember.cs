using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// What an office says of somebody who works there: their name, post and level, group, telephone, and where mail reaches them.
/// </summary>
public static class ChangeMember
{
    /// <param name="DisplayName">Null: as it is. Name and address are changed by the administrators of the home office only.</param>
    /// <param name="Email">Null: as it is.</param>
    public sealed record Command(
        Caller Caller, RequestId Id, string Office, Guid User, string? DisplayName, MemberDetails Details, string? Email, string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.DisplayName).Name(ValidationRules.TitleLength).When(c => c.DisplayName is not null);
            RuleFor(c => c.Details).Details();
            RuleFor(c => c.Email).Must(email => email is null || MemberRules.IsAddress(email))
                .Says(MemberRules.NoAddress.Th, MemberRules.NoAddress.En);
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "change-member", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            var outcome = await store.ExecuteAsync(
                request.Id, (session, now) => StoreAsync(session, request, now), () => new TooManyConflicts(), cancellationToken);
            sessions.Forget();
            return outcome;
        }

        async ValueTask<Outcome<StoredAnswer>> StoreAsync(WriteSession session, Command request, DateTimeOffset now)
        {
            if (await Accounts.FindAsync(session, database, request.User) is not { } account
                || (await Memberships.InAsync(session, request.User, request.Office)).Count == 0)
                return new UserNotFound(request.User.ToString(), "user");
            var ours = request.Caller.Holds(Roles.Administrator, account.HomeOffice);
            var renamed = request.DisplayName is { } name && name != account.DisplayName;
            if (!ours && (renamed || request.Email is not null))
                return new NotAllowed("rename-user", [Roles.Administrator]);
            if (renamed)
                Members.Rename(session, account.UserId, request.DisplayName!);
            if (request.Email is { } email && !account.IsService)
                Members.SetAddress(session, account.UserId, email, now);
            var groupOf = await Groups.ByNameAsync(session, request.Office, now);
            Members.Save(session, request.Office, account.UserId, request.Details, groupOf(request.Details.Group));
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct(
                    "user-changed", request.Office, account.UserId,
                    new { before = renamed ? account.DisplayName : null, after = renamed ? request.DisplayName : null, request.Details },
                    request.Reason),
                now);
            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }
}
