using System.Data.Common;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Jobs;

/// <summary>Something that a job gave up after its last try.</summary>
/// <param name="Job">Its name, such as <c>deadline-sweep</c>.</param>
/// <param name="Item">Within the job: the id of a case, a message, a call, or what else it works on.</param>
/// <param name="About">For people: what it is.</param>
/// <param name="Link">The page that shows it; null when none does.</param>
/// <param name="Error">The last failure, in English.</param>
public sealed record SetAsideItem(
    string Job, string Item, string About, string? Link, int Attempts, string Error, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>
/// <c>GET /api/v1/offices/{office}/set-aside</c>: what jobs gave up; <c>POST …/set-aside/retry</c>: has one item of it tried again, or all.
/// </summary>
public static class SetAsideWork
{
    const int MaxListed = 200;

    // Index: ix_work_failure_set_aside.
    const string ListSql = """
        SELECT job, item, about, link, attempts, error, first_at, last_at
        FROM work_failure
        WHERE office = @office AND next_at IS NULL
        ORDER BY job, item
        LIMIT @MaxListed
        """;

    const string RetrySql = """
        UPDATE work_failure
        SET next_at = $2, attempts = 0
        WHERE office = $1 AND next_at IS NULL AND ($3 = '' OR job = $3) AND ($4 = '' OR item = $4)
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/offices/{office}/set-aside", GetAsync).WithName("ListSetAsideWork").WithTags("Administration")
            .Produces<IReadOnlyList<SetAsideItem>>().Refuses(403);
        routes.MapPost("/offices/{office}/set-aside/retry", PostAsync).WithName("RetrySetAsideWork").WithTags("Administration")
            .Accepts<Request>("application/json").Produces(204).Idempotent().Refuses(400, 403, 422);
    }

    /// <summary>At most two hundred; when those are put right, the others show.</summary>
    public static async Task<IReadOnlyList<SetAsideItem>> ReadAsync(DbConnection connection, string office) =>
        (await connection.QueryAsync<Row>(ListSql, new { office, MaxListed }))
            .Select(r => new SetAsideItem(r.Job, r.Item, r.About, r.Link, r.Attempts, r.Error, r.FirstAt, r.LastAt)).ToList();

    static async Task<IResult> GetAsync(HttpContext http, string office, Database database)
    {
        if (!http.Caller().Holds(Roles.Administrator, office) && !http.Caller().Holds(Roles.Auditor, office))
            return Problems.From(new NotAllowed("see-set-aside", [Roles.Administrator, Roles.Auditor]));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(await ReadAsync(connection, office), JsonShape.Options);
    }

    static async Task<IResult> PostAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, office, sent.Body.Job, sent.Body.Item), http.RequestAborted))
            .ToResult();
    }

    /// <param name="Job">With <paramref name="Item"/> one item; both left out: all of the office.</param>
    public sealed record Request(string? Job, string? Item);

    public sealed record Command(Caller Caller, RequestId Id, string Office, string? Job, string? Item) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Job).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Item).PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Job).Must((c, job) => string.IsNullOrEmpty(job) == string.IsNullOrEmpty(c.Item))
                .Says("ต้องระบุ job และ item คู่กัน หรือไม่ระบุทั้งคู่", "Give job and item together, or neither.");
        }
    }

    internal sealed class Handler(IdempotentWriter store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken) =>
            !request.Caller.Holds(Roles.Administrator, request.Office)
                ? new NotAllowed("retry-set-aside", [Roles.Administrator])
                : await store.ExecuteAsync(
                    request.Id,
                    (session, now) =>
                    {
                        session.Enqueue(RetrySql, request.Office, now, request.Job ?? "", request.Item ?? "");
                        return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status204NoContent, ""));
                    },
                    () => new TooManyConflicts(),
                    cancellationToken,
                    (request.Caller, new AdministrationAct(
                        "set-aside-retried", request.Office, Detail: new { request.Job, request.Item })));
    }

    sealed record Row
    {
        public string Job { get; init; } = "";
        public string Item { get; init; } = "";
        public string About { get; init; } = "";
        public string? Link { get; init; }
        public int Attempts { get; init; }
        public string Error { get; init; } = "";
        public DateTimeOffset FirstAt { get; init; }
        public DateTimeOffset LastAt { get; init; }
    }
}
