using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <param name="Kind"><c>person</c>, or <c>service</c> for a program.</param>
public sealed record UserView(
    Guid Id,
    string UserName,
    string DisplayName,
    bool Active,
    string Kind,
    IReadOnlyList<Membership> Memberships);

/// <summary>People and what they hold: <c>/users</c>, <c>/users/me</c>, <c>/roles</c>, <c>/offices/{office}/members</c>.</summary>
public static class UserEndpoints
{
    const string UserColumns = "SELECT user_id, user_name, display_name, active, kind FROM app_user";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/roles",
            () => Results.Json(new Page<RoleView>([.. Roles.All.Select(r => new RoleView(r, Roles.NameOf(r)))], null), JsonShape.Options))
            .WithName("ListRoles").WithTags("Administration").Produces<Page<RoleView>>();
        routes.MapGet("/users/me", MeAsync).WithName("GetMe").WithTags("Administration").Produces<UserView>();
        routes.MapPost("/users", PostAsync).WithName("CreateUser").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<UserView>(201).Idempotent()
            .Refuses(400, 403, 404, 409, 422);
        routes.MapGet("/offices/{office}/members", MembersAsync).WithName("ListMembers").WithTags("Administration")
            .Produces<Page<UserView>>().Paged().Refuses(404);
        routes.MapPut("/offices/{office}/members/{user:guid}", PutMemberAsync).WithName("SetMemberRoles").WithTags("Administration")
            .Accepts<RolesRequest>("application/json")
            .Produces<UserView>()
            .Produces<JoiningView>(202)
            .Idempotent()
            .Refuses(400, 403, 404, 422);
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
        var body = sent.Body;
        var command = new Command(
            sent.Caller,
            sent.Id,
            body.UserName,
            body.DisplayName,
            body.Office,
            body.Roles ?? [],
            body.Kind ?? Accounts.Person,
            body.Reason);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    static async Task<IResult> PutMemberAsync(HttpContext http, string office, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<RolesRequest>();
        var command = new RolesCommand(sent.Caller, sent.Id, office, user, sent.Body.Roles ?? [], sent.Body.Reason);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    /// <param name="Office">The office that the person belongs to.</param>
    /// <param name="Roles">What they hold there.</param>
    /// <param name="Kind"><c>person</c> (left out), or <c>service</c>: a program, which has keys and signs in nowhere.</param>
    /// <param name="Reason">Why; it stands in the trail.</param>
    public sealed record Request(
        string? UserName,
        string? DisplayName,
        string? Office,
        IReadOnlyList<string>? Roles,
        string? Kind,
        string? Reason);

    /// <param name="Roles">All the roles that the person holds in the office from now on; empty to remove them from it.</param>
    /// <param name="Reason">Why; it stands in the trail.</param>
    public sealed record RolesRequest(IReadOnlyList<string>? Roles, string? Reason);

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string? UserName,
        string? DisplayName,
        string? Office,
        IReadOnlyList<string> Roles,
        string Kind,
        string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    public sealed record RolesCommand(Caller Caller, RequestId Id, string Office, Guid User, IReadOnlyList<string> Roles, string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.UserName).UserName();
            RuleFor(c => c.DisplayName).Name(ValidationRules.TitleLength);
            RuleFor(c => c.Office).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Roles).NotEmpty().Says("ต้องมีอย่างน้อยหนึ่งบทบาท", "At least one role is required.");
            RuleFor(c => c.Roles).KnownRoles();
            RuleFor(c => c.Kind)
                .Must(kind => kind is Accounts.Person or Accounts.Service)
                .Says("ต้องเป็น person หรือ service", "It must be person or service.");
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class RolesValidator : AbstractValidator<RolesCommand>
    {
        public RolesValidator()
        {
            RuleFor(c => c.Roles).KnownRoles();
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
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
            string[] roles = [.. request.Roles.Distinct()];
            var userName = UserNames.Shown(request.UserName!);
            if (request.Kind == Accounts.Service && Roles.Deciding.Intersect(roles).Any())
                return new ServiceAccountDecides([.. Roles.Deciding.Intersect(roles)]);
            var outcome = await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var id = Guid.CreateVersion7(now);
                    Accounts.Add(session, id, userName, request.DisplayName!, request.Kind, office, now);
                    foreach (var role in roles)
                        Accounts.Give(session, id, office, role);
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        new AdministrationAct("user-created", office, id, new { userName, request.Kind, roles }, request.Reason),
                        now);
                    var view = new UserView(
                        id,
                        userName,
                        request.DisplayName!,
                        true,
                        request.Kind,
                        [.. roles.Select(r => new Membership(office, r))]);
                    return new StoredAnswer(StatusCodes.Status201Created, JsonShape.Write(view));
                },
                () => new AlreadyExists("userName", userName),
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
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-roles", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) => SetAsync(session, request, now),
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            offices.Forget(request.Office);
            return outcome;
        }

        async ValueTask<Outcome<StoredAnswer>> SetAsync(WriteSession session, RolesCommand request, DateTimeOffset now)
        {
            if (await Accounts.FindAsync(session, database, request.User) is not { } account)
                return new UserNotFound(request.User.ToString(), "user");
            string[] roles = [.. request.Roles.Distinct()];
            var held = await Memberships.InAsync(session, request.User, request.Office);
            string[] deciding = [.. Roles.Deciding.Intersect(roles).Except(held)];
            if (deciding.Length > 0 && account.IsService)
                return new ServiceAccountDecides(deciding);
            if (deciding.Length > 0 && request.User == request.Caller.UserId)
                return new OwnDecidingRole(deciding);
            // Somebody of another office: they, or those who look after their account, are asked.
            if (held.Count == 0 && roles.Length > 0 && !request.Caller.Holds(Roles.Administrator, account.HomeOffice))
                return await Joinings.AskAsync(session, request.Caller, account, request.Office, roles, request.Reason, now);
            await Memberships.SetAsync(session, account, request.Office, roles, now);
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct("roles-set", request.Office, request.User, new { before = held, after = roles }, request.Reason),
                now);
            if (request.User != request.Caller.UserId && !account.IsService)
                AccountNotices.Tell(session, request.User, AccountNotices.RolesSet, request.Office, "/notifications", now);
            var view = new UserView(
                account.UserId, account.UserName, account.DisplayName, account.Active, account.Kind,
                [.. roles.Select(r => new Membership(request.Office, r))]);
            return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view));
        }
    }

    sealed record UserRow
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public bool Active { get; init; }
        public string Kind { get; init; } = "";

        public UserView ToView(IReadOnlyList<Membership> memberships) => new(UserId, UserName, DisplayName, Active, Kind, memberships);
    }
}
