using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Reviews;

/// <summary>
/// <c>GET</c> and <c>PUT /api/v1/offices/{office}/publishing</c>: whether what the office publishes must have been approved by somebody
/// who wrote nothing of it.
/// </summary>
public static class OfficePublishing
{
    const string Route = "/offices/{office}/publishing";

    // Index: ix_membership_office. Those who may look at a draft are those who may edit one.
    const string ReviewersSql = """
        SELECT COUNT(DISTINCT m.user_id)
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        WHERE m.office = @office AND m.role IN (@owner, @administrator) AND u.active = @yes
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("GetPublishing").WithTags("Administration").Produces<View>().Refuses(404);
        routes.MapPut(Route, PutAsync).WithName("SetPublishing").WithTags("Administration").Accepts<Body>("application/json")
            .Produces<View>().Idempotent().Refuses(400, 403, 404);
    }

    /// <param name="ReviewRequired">Nothing is published that nobody else has approved.</param>
    public sealed record View(string Office, bool ReviewRequired);

    public sealed record Body(bool? ReviewRequired);

    static async Task<IResult> GetAsync(HttpContext http, string office, Database database)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(new View(office, await DraftReviews.IsRequiredAsync(connection, office)), JsonShape.Options);
    }

    static async Task<IResult> PutAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Body>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, sent.Body.ReviewRequired), http.RequestAborted)).ToResult();
    }

    /// <summary>How many people of an office may approve a draft, or write one.</summary>
    public static async Task<int> ReviewersAsync(Database database, string office, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<int>(
            ReviewersSql, new { office, owner = Roles.ProcessOwner, administrator = Roles.Administrator, yes = true });
    }

    public sealed record Command(Caller Caller, RequestId Id, string Office, bool? ReviewRequired) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.ReviewRequired).NotNull().Says("ต้องระบุ true หรือ false", "Say true or false.");
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string SaveSql = """
            INSERT INTO office_publishing (office, review_required, set_by, set_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (office) DO UPDATE SET review_required = excluded.review_required, set_by = excluded.set_by,
                set_at = excluded.set_at
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-publishing", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            var required = request.ReviewRequired == true;
            return await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    session.Enqueue(SaveSql, request.Office, required, request.Caller.UserId, now);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(
                        new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(new View(request.Office, required))));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct("publishing-set", request.Office, Detail: new { reviewRequired = required })));
        }
    }
}
