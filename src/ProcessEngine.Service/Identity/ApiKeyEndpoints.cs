using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary><c>/users/{user}/api-keys</c>: make, list and revoke. The secret is shown once and never stored.</summary>
public static class ApiKeyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users/{user:guid}/api-keys", PostAsync).WithName("CreateApiKey").WithTags("Administration")
            .Accepts<Request>("application/json")
            .Produces<Created>(201).Idempotent().Refuses(400, 403, 422);
        routes.MapGet("/users/{user:guid}/api-keys", ListAsync).WithName("ListApiKeys").WithTags("Administration").Produces<Page<KeyView>>()
            .Refuses(403);
        routes.MapDelete("/users/{user:guid}/api-keys/{key:guid}", DeleteAsync).WithName("RevokeApiKey").WithTags("Administration")
            .Produces(204).Refuses(403);
    }

    static async Task<IResult> PostAsync(HttpContext http, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, user, sent.Body.Label), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> DeleteAsync(HttpContext http, Guid user, Guid key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new RevokeCommand(sent.Caller, sent.Id, user, key), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, Guid user, Database database)
    {
        await using var connection = await database.OpenAsync(http.RequestAborted);
        if (await RefusalAsync(connection, http.Caller(), user) is { } refusal)
            return Problems.From(refusal);
        return Results.Json(new Page<KeyView>(await ReadAsync(connection, user), null), JsonShape.Options);
    }

    internal static async Task<IReadOnlyList<KeyView>> ReadAsync(System.Data.Common.DbConnection connection, Guid user) =>
        (await connection.QueryAsync<KeyView>(
            "SELECT key_id AS id, label, created_at, revoked_at FROM api_key WHERE user_id = @user ORDER BY key_id LIMIT 200",
            new { user })).AsList();

    /// <summary>
    /// The keys of a person are the business of that person, and of an administrator of every office that they belong to.
    /// </summary>
    internal static async Task<Rejection?> RefusalAsync(System.Data.Common.DbConnection connection, Caller caller, Guid user)
    {
        var offices =
            (await connection.QueryAsync<string>("SELECT DISTINCT office FROM membership WHERE user_id = @user", new { user })).AsList();
        if (offices.Count == 0
            && (!caller.IsSystemAdministrator
                || await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE user_id = @user", new { user }) == 0))
            return new UserNotFound(user.ToString(), "user");
        return caller.UserId == user || offices.All(office => caller.Holds(Roles.Administrator, office))
            ? null
            : new NotAllowed("manage-keys", [Roles.Administrator]);
    }

    /// <param name="Label">What the key is for, so that its owner knows which one to revoke.</param>
    public sealed record Request(string? Label);

    /// <param name="Key">The secret; shown this once.</param>
    public sealed record Created(Guid Id, string Label, string Key);

    public sealed record KeyView
    {
        public Guid Id { get; init; }
        public string Label { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
    }

    public sealed record Command(Caller Caller, RequestId Id, Guid User, string? Label) : IRequest<Outcome<StoredAnswer>>;

    public sealed record RevokeCommand(Caller Caller, RequestId Id, Guid User, Guid Key) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Label).Given().PlainText(ValidationRules.CodeLength);
    }

    internal sealed class Handler(IdempotentWriter store, Database database) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await RefusalAsync(connection, request.Caller, request.User) is { } refusal)
                    return refusal;
            }

            // A secret must not lie in the idempotency table: a repeated request with the same key is told that its key was used.
            var secret = ApiKeys.NewSecret();
            var shown = new StoredAnswer(StatusCodes.Status201Created, "");
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    var id = Guid.CreateVersion7(now);
                    session.Enqueue(UserEndpoints.InsertKeySql, id, request.User, ApiKeys.HashOf(secret), request.Label, now);
                    shown = shown with { Body = JsonShape.Write(new Created(id, request.Label!, secret)) };
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(
                        shown with { Body = JsonShape.Write(new Created(id, request.Label!, "(shown once, in the first answer)")) });
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
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await RefusalAsync(connection, request.Caller, request.User) is { } refusal)
                    return refusal;
            }

            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    session.Enqueue(
                        "UPDATE api_key SET revoked_at = $3 WHERE key_id = $1 AND user_id = $2 AND revoked_at IS NULL",
                        request.Key,
                        request.User,
                        now);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status204NoContent, ""));
                },
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            return outcome;
        }
    }
}
