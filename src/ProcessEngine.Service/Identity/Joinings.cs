using System.Text.Json;
using Dapper;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>An office asks for somebody of another one.</summary>
/// <param name="MayDecide">Whether it is the caller's to answer.</param>
public sealed record JoiningView(
    Guid Id, Guid User, string DisplayName, string Office, IReadOnlyList<string> Roles, string? Reason, Guid AskedBy,
    DateTimeOffset AskedAt, bool MayDecide);

/// <summary>
/// <c>GET /api/v1/joinings</c>; <c>POST /api/v1/joinings/{id}/accept</c>, <c>…/decline</c>. An administrator of one office gives somebody
/// of another roles in their own only when that person, or an administrator of their home office, agrees.
/// </summary>
public static class Joinings
{
    const string Page = "/account/joinings";

    // Indexes: the primary keys; few are open at once.
    const string OpenSql = """
        SELECT j.joining_id AS id, j.user_id AS user, u.display_name, COALESCE(u.home_office, '*') AS home, j.office, j.roles, j.reason,
               j.asked_by, j.asked_at
        FROM joining j
        JOIN app_user u ON u.user_id = j.user_id
        WHERE j.decided_at IS NULL
        ORDER BY j.joining_id DESC
        LIMIT 500
        """;

    const string InsertSql =
        "INSERT INTO joining (joining_id, user_id, office, roles, reason, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    const string WithdrawSql = """
        UPDATE joining SET decided_by = $3, decided_at = $4, accepted = $5 WHERE user_id = $1 AND office = $2 AND decided_at IS NULL
        """;

    const string DecideSql = """
        UPDATE joining SET decided_by = $2, decided_at = $3, accepted = $4
        WHERE joining_id = $1 AND decided_at IS NULL
        RETURNING user_id, office, roles, asked_by
        """;

    // Index: ix_membership_office.
    const string AdministratorsSql =
        "SELECT user_id FROM membership WHERE office = $1 AND role = 'administrator' ORDER BY user_id LIMIT 20";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/joinings", ListAsync).WithName("ListJoinings").WithTags("Administration").Produces<Page<JoiningView>>();
        routes.MapPost("/joinings/{id:guid}/accept", AcceptAsync)
            .WithName("AcceptJoining")
            .WithTags("Administration")
            .Produces(204)
            .Idempotent()
            .Refuses(404);
        routes.MapPost("/joinings/{id:guid}/decline", DeclineAsync)
            .WithName("DeclineJoining")
            .WithTags("Administration")
            .Produces(204)
            .Idempotent()
            .Refuses(404);
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(new Page<JoiningView>(await OpenAsync(connection, http.Caller()), null), JsonShape.Options);
    }

    static Task<IResult> AcceptAsync(HttpContext http, Guid id, IMediator mediator) => DecideAsync(http, id, true, mediator);

    static Task<IResult> DeclineAsync(HttpContext http, Guid id, IMediator mediator) => DecideAsync(http, id, false, mediator);

    static async Task<IResult> DecideAsync(HttpContext http, Guid id, bool accept, IMediator mediator)
    {
        var sent = await http.ReadAsync<Nothing>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, id, accept), http.RequestAborted)).ToResult();
    }

    sealed record Nothing;

    /// <summary>What waits for an answer: the caller's own, that of their home office's people, and what their office asked.</summary>
    internal static async Task<IReadOnlyList<JoiningView>> OpenAsync(System.Data.Common.DbConnection connection, Caller caller) =>
    [
        .. from row in await connection.QueryAsync<Row>(OpenSql)
           let mine = MayDecide(caller, row.User, row.Home)
           where mine || caller.Holds(Roles.Administrator, row.Office)
           select new JoiningView(
               row.Id, row.User, row.DisplayName, row.Office, JsonSerializer.Deserialize<string[]>(row.Roles)!, row.Reason, row.AskedBy,
               row.AskedAt, mine),
    ];

    static bool MayDecide(Caller caller, Guid user, string home) => caller.UserId == user || caller.Holds(Roles.Administrator, home);

    /// <summary>Asks, in the place of what was asked before. They and those who look after their account are told.</summary>
    internal static async ValueTask<Outcome<StoredAnswer>> AskAsync(
        WriteSession session, Caller by, Account account, string office, IReadOnlyList<string> roles, string? reason, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        session.Enqueue(WithdrawSql, account.UserId, office, by.UserId, now, false);
        session.Enqueue(InsertSql, id, account.UserId, office, JsonSerializer.Serialize(roles), reason, by.UserId, now);
        await AdministrationTrail.RecordAsync(
            session,
            by,
            new AdministrationAct("joining-asked", office, account.UserId, new { joining = id, roles }, reason),
            now);
        var told = await session.QueryListAsync(AdministratorsSql, new object?[] { account.HomeOffice }, row => row.Id(0));
        foreach (var one in told.Append(account.UserId).Distinct())
            AccountNotices.Tell(session, one, AccountNotices.JoiningAsked, office, Page, now);
        var view = new JoiningView(id, account.UserId, account.DisplayName, office, roles, reason, by.UserId, now, false);
        return new StoredAnswer(StatusCodes.Status202Accepted, JsonShape.Write(view));
    }

    public sealed record Command(Caller Caller, RequestId Id, Guid Joining, bool Accept) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            Row? open;
            await using (var connection = await database.OpenAsync(cancellationToken))
                open = (await connection.QueryAsync<Row>(OpenSql)).FirstOrDefault(row => row.Id == request.Joining);
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) => open is null || !MayDecide(request.Caller, open.User, open.Home)
                    ? ValueTask.FromResult<Outcome<StoredAnswer>>(new JoiningNotFound(request.Joining))
                    : DecideAsync(session, request, now),
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            if (open is not null)
                offices.Forget(open.Office);
            return outcome;
        }

        async ValueTask<Outcome<StoredAnswer>> DecideAsync(WriteSession session, Command request, DateTimeOffset now)
        {
            var decided = await session.QuerySingleAsync(
                DecideSql, new object?[] { request.Joining, request.Caller.UserId, now, request.Accept },
                row => new Decided(row.Id(0), row.GetString(1), row.GetString(2), row.Id(3)));
            if (decided is null || await Accounts.FindAsync(session, database, decided.User) is not { } account)
                return new JoiningNotFound(request.Joining);
            var roles = JsonSerializer.Deserialize<string[]>(decided.Roles)!;
            if (request.Accept)
                await Memberships.SetAsync(session, account, decided.Office, roles, now);
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct(
                    request.Accept ? "joining-accepted" : "joining-declined",
                    decided.Office,
                    decided.User,
                    new { joining = request.Joining, roles }),
                now);
            foreach (var one in new[] { decided.User, decided.AskedBy }.Distinct().Where(one => one != request.Caller.UserId))
                AccountNotices.Tell(session, one, AccountNotices.JoiningDecided, decided.Office, "/notifications", now);
            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }

    sealed record Decided(Guid User, string Office, string Roles, Guid AskedBy);

    sealed record Row
    {
        public Guid Id { get; init; }
        public Guid User { get; init; }
        public string DisplayName { get; init; } = "";
        public string Home { get; init; } = "";
        public string Office { get; init; } = "";
        public string Roles { get; init; } = "";
        public string? Reason { get; init; }
        public Guid AskedBy { get; init; }
        public DateTimeOffset AskedAt { get; init; }
    }
}
