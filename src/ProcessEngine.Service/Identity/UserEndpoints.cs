using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

public sealed record UserView(Guid Id, string UserName, string DisplayName, bool Active, IReadOnlyList<Membership> Memberships);

/// <summary>People and what they hold: <c>/users</c>, <c>/users/me</c>, <c>/roles</c>, <c>/offices/{office}/members</c>.</summary>
public static class UserEndpoints
{
    const string UserColumns = "SELECT user_id, user_name, display_name, active FROM app_user";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/roles",
            () => Results.Json(new Page<RoleView>([.. Roles.All.Select(r => new RoleView(r, Roles.NameOf(r)))], null), JsonShape.Options))
            .WithName("ListRoles").WithTags("Administration").Produces<Page<RoleView>>();
        routes.MapGet("/users/me", MeAsync).WithName("GetMe").WithTags("Administration").Produces<UserView>();
        routes.MapPost("/users", PostAsync).WithName("CreateUser").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<UserView>(201).Idempotent()
            .Refuses(400, 403, 409);
        routes.MapGet("/offices/{office}/members", MembersAsync).WithName("ListMembers").WithTags("Administration")
            .Produces<Page<UserView>>().Paged().Refuses(404);
        routes.MapPut("/offices/{office}/members/{user:guid}", PutMemberAsync).WithName("SetMemberRoles").WithTags("Administration")
            .Accepts<RolesRequest>("application/json").Produces<UserView>().Idempotent().Refuses(400, 403, 404, 422);
    }

    public sealed record RoleView(string Role, LocalizedText Name);

    static async Task<IResult> MeAsync(HttpContext http, Database database)
    {
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var row = await connection.QuerySingleAsync<UserRow>($"{UserColumns} WHERE user_id = @id", new { id = http.Caller().UserId });
        return Results.Json(row.ToView(http.Caller().Memberships), JsonShape.Options);
    }

    static async Task<IResult> MembersAsync(HttpContext http, string office, Database database)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        // Index: ix_membership_office, then the primary key of app_user.
        var rows = (await connection.QueryAsync<UserRow>(
            $"""
            {UserColumns}
            WHERE user_name > @after AND user_id IN (SELECT user_id FROM membership WHERE office = @office)
            ORDER BY user_name
            LIMIT @take
            """,
            new { office, after = paging.After?[0] ?? "", take = paging.Limit + 1 })).AsList();
        var roles = (await connection.QueryAsync<(Guid User, string Role)>(
            "SELECT user_id, role FROM membership WHERE office = @office ORDER BY role", new { office }))
            .ToLookup(m => m.User, m => new Membership(office, m.Role));
        return Results.Json(paging.ToPage(rows, r => r.ToView([.. roles[r.UserId]]), r => [r.UserName]), JsonShape.Options);
    }

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, sent.Body.UserName, sent.Body.DisplayName, sent.Body.Office, sent.Body.Roles ?? []),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> PutMemberAsync(HttpContext http, string office, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<RolesRequest>();
        return (await mediator.Send(
            new RolesCommand(sent.Caller, sent.Id, office, user, sent.Body.Roles ?? []), http.RequestAborted)).ToResult();
    }

    /// <param name="Office">The office that the person belongs to.</param>
    /// <param name="Roles">What they hold there.</param>
    public sealed record Request(string? UserName, string? DisplayName, string? Office, IReadOnlyList<string>? Roles);

    /// <param name="Roles">All the roles that the person holds in the office from now on; empty to remove them from it.</param>
    public sealed record RolesRequest(IReadOnlyList<string>? Roles);

    public sealed record Command(
        Caller Caller, RequestId Id, string? UserName, string? DisplayName, string? Office, IReadOnlyList<string> Roles)
        : IRequest<Outcome<StoredAnswer>>;

    public sealed record RolesCommand(Caller Caller, RequestId Id, string Office, Guid User, IReadOnlyList<string> Roles)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.UserName).Name(ValidationRules.CodeLength);
            RuleFor(c => c.DisplayName).Name(ValidationRules.TitleLength);
            RuleFor(c => c.Office).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Roles).NotEmpty().Says("ต้องมีอย่างน้อยหนึ่งบทบาท", "At least one role is required.");
            RuleFor(c => c.Roles).KnownRoles();
        }
    }

    internal sealed class RolesValidator : AbstractValidator<RolesCommand>
    {
        public RolesValidator() => RuleFor(c => c.Roles).KnownRoles();
    }

    static void KnownRoles<T>(this IRuleBuilder<T, IReadOnlyList<string>> rule) =>
        rule.Must(roles => roles.All(Roles.All.Contains))
            .Says($"บทบาทที่มีคือ {string.Join(", ", Roles.All)}", $"The roles are {string.Join(", ", Roles.All)}.");

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var office = request.Office!;
            if (!request.Caller.BelongsTo(office) || await offices.FindOfficeAsync(office, cancellationToken) is null)
                return new OfficeNotFound(office, "office");
            if (!request.Caller.Holds(Roles.Administrator, office))
                return new NotAllowed("create-user", [Roles.Administrator]);
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    var id = Guid.CreateVersion7(now);
                    session.Enqueue(InsertUserSql, id, request.UserName, request.DisplayName, true, now);
                    foreach (var role in request.Roles.Distinct())
                        session.Enqueue(InsertMembershipSql, id, office, role);
                    var view = new UserView(
                        id,
                        request.UserName!,
                        request.DisplayName!,
                        true,
                        [.. request.Roles.Distinct().Select(r => new Membership(office, r))]);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(
                        StatusCodes.Status201Created, JsonShape.Write(view)));
                },
                () => new AlreadyExists("userName", request.UserName!),
                cancellationToken);
            // Whoever stood in for a post that now has somebody does so no longer.
            keys.Forget();
            sessions.Forget();
            offices.Forget(office);
            return outcome;
        }
    }

    internal sealed class RolesHandler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<RolesCommand, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(RolesCommand request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office) || await offices.FindOfficeAsync(request.Office, cancellationToken) is null)
                return new OfficeNotFound(request.Office, "office");
            if (!request.Caller.Holds(Roles.Administrator, request.Office))
                return new NotAllowed("set-roles", [Roles.Administrator]);
            UserRow? user;
            await using (var connection = await database.OpenAsync(cancellationToken))
                user = await connection.QuerySingleOrDefaultAsync<UserRow>($"{UserColumns} WHERE user_id = @User", new { request.User });
            if (user is null)
                return new UserNotFound(request.User.ToString(), "user");
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, _) =>
                {
                    session.Enqueue("DELETE FROM membership WHERE user_id = $1 AND office = $2", request.User, request.Office);
                    foreach (var role in request.Roles.Distinct())
                        session.Enqueue(InsertMembershipSql, request.User, request.Office, role);
                    var view = user.ToView([.. request.Roles.Distinct().Select(r => new Membership(request.Office, r))]);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)));
                },
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            offices.Forget(request.Office);
            return outcome;
        }
    }

    public const string InsertUserSql =
        "INSERT INTO app_user (user_id, user_name, display_name, active, created_at) VALUES ($1, $2, $3, $4, $5)";
    public const string InsertMembershipSql = "INSERT INTO membership (user_id, office, role) VALUES ($1, $2, $3)";
    public const string InsertKeySql = "INSERT INTO api_key (key_id, user_id, hash, label, created_at) VALUES ($1, $2, $3, $4, $5)";

    sealed record UserRow
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public bool Active { get; init; }

        public UserView ToView(IReadOnlyList<Membership> memberships) => new(UserId, UserName, DisplayName, Active, memberships);
    }
}
