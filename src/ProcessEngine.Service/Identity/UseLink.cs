using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// Somebody comes with a one-time link and chooses their password; the first administrator chooses their name, too. They sign in with it,
/// or are signed in.
/// </summary>
public static class UseLink
{
    /// <param name="Token">What stands in the link.</param>
    /// <param name="UserName">Of the first administrator; of others their account has one.</param>
    /// <param name="Again">The password once more.</param>
    /// <param name="From">By which address.</param>
    // No RequestId: a secret must not lie in the idempotency table. A link works once.
    public sealed record Command(
        string? Token, string? UserName, string? DisplayName, string? Password, string? Again, Origin From, string Address)
        : IRequest<Outcome<RightPassword>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Password).PlainText(Passwords.Longest);
            RuleFor(c => c.Again).Must((c, again) => again == c.Password)
                .Says("รหัสผ่านสองช่องไม่ตรงกัน", "The two passwords differ.");
        }
    }

    sealed record Names(string? UserName, string? DisplayName);

    sealed class FirstNames : AbstractValidator<Names>
    {
        public FirstNames()
        {
            RuleFor(c => c.UserName).UserName();
            RuleFor(c => c.DisplayName).Name(ValidationRules.TitleLength);
        }
    }

    internal sealed class Handler(
        Database database, AccountLinks links, PasswordHashing hashing, SignInLimits limits, Sessions sessions, TimeProvider time)
        : IRequestHandler<Command, Outcome<RightPassword>>
    {
        static readonly FirstNames First = new();

        public async Task<Outcome<RightPassword>> Handle(Command request, CancellationToken cancellationToken)
        {
            using var turn = await limits.TurnAsync(request.Address, cancellationToken);
            if (turn is null)
                return new TooManyTries();
            if (await links.FindAsync(request.Token, cancellationToken) is not { } link)
            {
                limits.Failed(request.Address);
                return new LinkDoesNotHold();
            }

            if (link.User is null
                && First.Validate(new Names(request.UserName, request.DisplayName)) is { IsValid: false } wrong)
                return new InvalidInput([.. wrong.Errors.Select(InvalidInput.Of)]);
            if (Passwords.FaultOf(request.Password, link.User is null ? request.UserName! : link.UserName) is { } fault)
                return InvalidInput.At("password", fault.Th, fault.En);
            var (hash, stamp) = (hashing.HashOf(request.Password!), Passwords.NewStamp());
            var now = Instants.Truncate(time.GetUtcNow());
            try
            {
                var outcome = await database.TransactAsync(
                    session => StoreAsync(session, request, link, hash, stamp, now), cancellationToken);
                sessions.Forget();
                return outcome;
            }
            catch (WriteConflictException)
            {
                return new AlreadyExists("userName", UserNames.Shown(request.UserName ?? ""));
            }
        }

        async ValueTask<Outcome<RightPassword>> StoreAsync(
            WriteSession session, Command request, AccountLink link, string hash, string stamp, DateTimeOffset now)
        {
            if (!await AccountLinks.TakeAsync(session, link, now))
                return new LinkDoesNotHold();
            if (link.User is { } user)
            {
                var account = (await Accounts.FindAsync(session, database, user))!;
                var had = false;
                await session.QueryAsync(
                    "SELECT 1 FROM credential WHERE user_id = $1", new object?[] { user }, _ => had = true);
                Accounts.EndSessions(session, user, now);
                Passwords.Enqueue(session, user, hash, stamp, mustChange: false, now);
                await RecordAsync(session, account.UserId, account.UserName, "password-changed", account.HomeOffice, null, request, now);
                if (had)
                    AccountNotices.Tell(session, user, AccountNotices.PasswordSet, account.HomeOffice, "/account/password", now);
                return new RightPassword(user, stamp);
            }

            var id = Guid.CreateVersion7(now);
            var name = UserNames.Shown(request.UserName!);
            Accounts.Add(session, id, name, request.DisplayName!.Trim(), Accounts.Person, Caller.EveryOffice, now);
            Accounts.Give(session, id, Caller.EveryOffice, Roles.Administrator);
            Passwords.Enqueue(session, id, hash, stamp, mustChange: false, now);
            await RecordAsync(
                session, id, name, "user-created", Caller.EveryOffice,
                new { userName = name, kind = Accounts.Person, roles = new[] { Roles.Administrator } }, request, now);
            return new RightPassword(id, stamp);
        }

        static ValueTask RecordAsync(
            WriteSession session, Guid user, string name, string action, string office, object? detail, Command request,
            DateTimeOffset now) =>
            AdministrationTrail.RecordAsync(
                session, new Caller(user, name, []) { From = request.From }, new AdministrationAct(action, office, user, detail), now);
    }
}

/// <summary>Wrong, used, expired, or replaced by a newer one: which, is not said to whoever holds it.</summary>
public sealed record LinkDoesNotHold : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "not-found", "t", "ลิงก์นี้ใช้ไม่ได้แล้ว: ใช้ไปแล้ว หมดอายุ หรือมีลิงก์ใหม่แทน",
        "This link does not hold: it was used, has expired, or a newer one has taken its place.");
}

/// <summary>Too many at once, or too many that were wrong, from this address.</summary>
public sealed record TooManyTries : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        429, "bad-request", null, "มีผู้ใช้ลิงก์พร้อมกันมากหรือใช้ลิงก์ผิดหลายครั้ง กรุณาลองใหม่ในอีกสักครู่",
        "Too many links at once, or too many wrong ones, from here. Try again in a moment.");
}
