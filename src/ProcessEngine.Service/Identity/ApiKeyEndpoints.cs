using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>/users/{user}/api-keys</c>: make, list and revoke. The secret is shown once and never stored. A person makes their own; an
/// administrator makes those of service accounts, and sees and revokes everybody's.
/// </summary>
public static class ApiKeyEndpoints
{
    const int DefaultDays = 365;
    const int LongestDays = 730;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users/{user:guid}/api-keys", PostAsync).WithName("CreateApiKey").WithTags("Administration")
            .Accepts<Request>("application/json")
            .Produces<Created>(201).Idempotent().Refuses(400, 403, 422);
        routes.MapGet("/users/{user:guid}/api-keys", ListAsync).WithName("ListApiKeys").WithTags("Administration")
            .Produces<Page<KeyView>>().Refuses(422)
            .Refuses(403);
        routes.MapDelete("/users/{user:guid}/api-keys/{key:guid}", DeleteAsync).WithName("RevokeApiKey").WithTags("Administration")
            .Produces(204).Refuses(403);
    }

    static async Task<IResult> PostAsync(HttpContext http, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var command = new Command(sent.Caller, sent.Id, user, sent.Body.Label, sent.Body.ExpiresInDays);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    static async Task<IResult> DeleteAsync(HttpContext http, Guid user, Guid key, IMediator mediator)
    {
        var sent = await http.ReadAsync<RevokeRequest>();
        return (await mediator.Send(new RevokeCommand(sent.Caller, sent.Id, user, key, sent.Body.Reason), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, Guid user, Database database)
    {
        await using var connection = await database.OpenAsync(http.RequestAborted);
        if (await Accounts.RefusalAsync(connection, http.Caller(), user, "manage-keys") is { } refusal)
            return Problems.From(refusal);
        return Results.Json(new Page<KeyView>(await ReadAsync(connection, user), null), JsonShape.Options);
    }

    // Index: ix_api_key_user.
    internal static async Task<IReadOnlyList<KeyView>> ReadAsync(System.Data.Common.DbConnection connection, Guid user) =>
        (await connection.QueryAsync<KeyView>(
            """
            SELECT key_id AS id, label, created_at, expires_at, last_used_at, revoked_at
            FROM api_key
            WHERE user_id = @user
            ORDER BY key_id
            LIMIT 200
            """,
            new { user })).AsList();

    /// <param name="Label">What the key is for, so that its owner knows which one to revoke.</param>
    /// <param name="ExpiresInDays">1 to 730; left out: 365.</param>
    public sealed record Request(string? Label, int? ExpiresInDays);

    /// <param name="Reason">Why; it stands in the trail.</param>
    public sealed record RevokeRequest(string? Reason);

    /// <param name="Key">The secret; shown this once.</param>
    public sealed record Created(Guid Id, string Label, string Key, DateTimeOffset ExpiresAt);

    public sealed record KeyView
    {
        public Guid Id { get; init; }
        public string Label { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }

        /// <summary>Null for a key that holds until it is revoked: those of before keys ended, and of the first start.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>To the hour; null when it was never used.</summary>
        public DateTimeOffset? LastUsedAt { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }
    }

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        Guid User,
        string? Label,
        int? ExpiresInDays) : IRequest<Outcome<StoredAnswer>>;

    public sealed record RevokeCommand(Caller Caller, RequestId Id, Guid User, Guid Key, string? Reason) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Label).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.ExpiresInDays).Must(days => days is null or (>= 1 and <= LongestDays))
                .Says($"ต้องเป็น 1 ถึง {LongestDays} วัน", $"It must be 1 to {LongestDays} days.");
        }
    }

    internal sealed class RevokeValidator : AbstractValidator<RevokeCommand>
    {
        public RevokeValidator() => RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(IdempotentWriter store, Database database) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            Account account;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await Accounts.RefusalAsync(connection, request.Caller, request.User, "make-key") is { } refusal)
                    return refusal;
                account = (await Accounts.FindAsync(connection, request.User))!;
            }

            if (!account.IsService && request.Caller.UserId != request.User)
                return new KeyForAnother(request.User);
            // A secret must not lie in the idempotency table: a repeated request with the same key is told that its key was used.
            var secret = ApiKeys.NewSecret();
            var shown = new StoredAnswer(StatusCodes.Status201Created, "");
            var outcome = await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    // Closed in this moment: no key is made for it.
                    if (await Accounts.FindAsync(session, database, request.User) is not { Active: true })
                        return new UserNotFound(request.User.ToString(), "user");
                    var (id, expires) = (Guid.CreateVersion7(now), now.AddDays(request.ExpiresInDays ?? DefaultDays));
                    ApiKeys.Add(session, id, request.User, secret, request.Label!, expires, now);
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        new AdministrationAct(
                            "key-made",
                            account.HomeOffice,
                            request.User,
                            new { key = id, request.Label, expiresAt = expires }),
                        now);
                    shown = shown with { Body = JsonShape.Write(new Created(id, request.Label!, secret, expires)) };
                    return shown with
                    {
                        Body = JsonShape.Write(new Created(id, request.Label!, "(shown once, in the first answer)", expires)),
                    };
                },
                () => new TooManyConflicts(),
                cancellationToken);
            return outcome.Value is { Replayed: false } ? shown : outcome;
        }
    }

    internal sealed class RevokeHandler(IdempotentWriter store, Database database, ApiKeys keys)
        : IRequestHandler<RevokeCommand, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(RevokeCommand request, CancellationToken cancellationToken)
        {
            Account account;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await Accounts.RefusalAsync(connection, request.Caller, request.User, "revoke-key") is { } refusal)
                    return refusal;
                account = (await Accounts.FindAsync(connection, request.User))!;
            }

            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) => RevokeAsync(session, request, account, now),
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            return outcome;
        }

        static async ValueTask<Outcome<StoredAnswer>> RevokeAsync(
            WriteSession session,
            RevokeCommand request,
            Account account,
            DateTimeOffset now)
        {
            string? label = null;
            await session.QueryAsync(
                "UPDATE api_key SET revoked_at = $3 WHERE key_id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING label",
                new object?[] { request.Key, request.User, now }, row => label = row.GetString(0));
            if (label is not null)
            {
                await AdministrationTrail.RecordAsync(
                    session, request.Caller,
                    new AdministrationAct(
                        "key-revoked",
                        account.HomeOffice,
                        request.User,
                        new { key = request.Key, label },
                        request.Reason),
                    now);
                if (request.Caller.UserId != request.User && !account.IsService)
                    AccountNotices.Tell(session, request.User, AccountNotices.KeyRevoked, account.HomeOffice, "/account/keys", now);
            }

            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }
}
