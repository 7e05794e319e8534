using System.Data.Common;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>GET /api/v1/offices/{office}/auditors</c> and <c>PUT …/auditors/{user}</c>: who audits the office, and from when until when. Before
/// and after, they hold the role no more than anybody: no key and no session that was opened meanwhile reaches further.
/// </summary>
public static class AuditorTerms
{
    // Indexes: ix_membership_office, the primary keys.
    const string ListSql = """
        SELECT u.user_id, u.user_name, u.display_name, t.from_on, t.until_on
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        LEFT JOIN auditor_term t ON t.user_id = m.user_id AND t.office = m.office
        WHERE m.office = @office AND m.role = 'auditor' AND u.active = @yes
        ORDER BY u.display_name, u.user_id
        LIMIT @Most
        """;

    const string ClearSql = "DELETE FROM auditor_term WHERE user_id = $1 AND office = $2";
    const string SetSql = "INSERT INTO auditor_term (user_id, office, from_on, until_on) VALUES ($1, $2, $3, $4)";

    /// <summary>An office has a handful.</summary>
    const int Most = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/offices/{office}/auditors", GetAsync).WithName("ListAuditors").WithTags("Administration").Produces<Page<Auditor>>()
            .Refuses(403, 404);
        routes.MapPut("/offices/{office}/auditors/{user:guid}", PutAsync).WithName("SetAuditorTerm").WithTags("Administration")
            .Accepts<Request>("application/json").Produces(204).Idempotent().Refuses(400, 403, 404, 422);
    }

    /// <param name="From">First day; null: from the beginning.</param>
    /// <param name="Until">Last day; null: without an end.</param>
    public sealed record Auditor(Guid Id, string UserName, string DisplayName, DateOnly? From, DateOnly? Until);

    /// <param name="From">First day; left out: from now on, without a beginning.</param>
    /// <param name="Until">Last day; left out: without an end.</param>
    public sealed record Request(DateOnly? From, DateOnly? Until, string? Reason);

    public sealed record Query(Caller Caller, string Office) : IRequest<Outcome<IReadOnlyList<Auditor>>>;

    public sealed record Command(Caller Caller, RequestId Id, string Office, Guid User, DateOnly? From, DateOnly? Until, string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    static async Task<IResult> GetAsync(HttpContext http, string office, IMediator mediator)
    {
        var outcome = await mediator.Send(new Query(http.Caller(), office), http.RequestAborted);
        return outcome.Rejection is { } no
            ? Problems.From(no)
            : Results.Json(new Page<Auditor>(outcome.Value!, null), JsonShape.Options);
    }

    static async Task<IResult> PutAsync(HttpContext http, string office, Guid user, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var command = new Command(sent.Caller, sent.Id, office, user, sent.Body.From, sent.Body.Until, sent.Body.Reason);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    /// <summary>Of somebody who audits an office no more.</summary>
    internal static void Clear(WriteSession session, Guid user, string office) => session.Enqueue(ClearSql, user, office);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Until).Must((c, until) => until is null || c.From is null || until >= c.From)
                .Says("ต้องไม่อยู่ก่อนวันเริ่ม", "It must not lie before the first day.");
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class Handler(IdempotentWriter store, Database database, OfficeCalendars offices, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>, IRequestHandler<Query, Outcome<IReadOnlyList<Auditor>>>
    {
        public async Task<Outcome<IReadOnlyList<Auditor>>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "list-auditors", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            await using var connection = await database.OpenAsync(cancellationToken);
            return Outcome<IReadOnlyList<Auditor>>.Success(await ListAsync(connection, request.Office));
        }

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-auditor-term", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            var outcome = await store.ExecuteAsync(
                request.Id, (session, now) => StoreAsync(session, request, now), () => new TooManyConflicts(), cancellationToken);
            keys.Forget();
            sessions.Forget();
            return outcome;
        }

        static async ValueTask<Outcome<StoredAnswer>> StoreAsync(WriteSession session, Command request, DateTimeOffset now)
        {
            if (!(await Memberships.InAsync(session, request.User, request.Office)).Contains(Roles.Auditor))
                return new UserNotFound(request.User.ToString(), "user");
            Clear(session, request.User, request.Office);
            if (request.From is not null || request.Until is not null)
                session.Enqueue(SetSql, request.User, request.Office, request.From, request.Until);
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct(
                    "auditor-term-set", request.Office, request.User, new { from = request.From, until = request.Until }, request.Reason),
                now);
            return new StoredAnswer(StatusCodes.Status204NoContent, "");
        }
    }

    static async Task<IReadOnlyList<Auditor>> ListAsync(DbConnection connection, string office) =>
    [
        .. (await connection.QueryAsync<Row>(ListSql, new { office, yes = true, Most }))
            .Select(r => new Auditor(r.UserId, r.UserName, r.DisplayName, r.FromOn, r.UntilOn)),
    ];

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public DateOnly? FromOn { get; init; }
        public DateOnly? UntilOn { get; init; }
    }
}
