using System.Text.Json;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// <c>PUT</c> and <c>DELETE /api/v1/offices/{office}/step-deadlines/{definitionKey}/{step}</c>: a limit that the office itself sets
/// on a step for which the manual states none. It holds for work received from then on, and is always shown as the office's own.
/// </summary>
public static class StepDeadlineEndpoints
{
    const string Route = "/offices/{office}/step-deadlines/{definitionKey}/{step}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, PutAsync).WithName("SetStepDeadline").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<View>().Idempotent()
            .Refuses(400, 403, 404, 409);
        routes.MapDelete(Route, DeleteAsync).WithName("ClearStepDeadline").WithTags("Administration").Produces(204).Refuses(403, 404);
        routes.MapGet("/offices/{office}/step-deadlines", ListAsync).WithName("ListStepDeadlines").WithTags("Administration")
            .Produces<Page<View>>().Paged().Refuses(404);
    }

    static async Task<IResult> PutAsync(HttpContext http, string office, string definitionKey, string step, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, definitionKey, step, sent.Body.Rule, sent.Body.Reason),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> DeleteAsync(HttpContext http, string office, string definitionKey, string step, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, definitionKey, step, null, null, Clear: true), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, string office, Database database)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        var paging = Paging.From(http, keys: 2);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var rows = (await connection.QueryAsync<Row>(
            """
            SELECT definition_key, step_id, rule, reason
            FROM office_step_deadline
            WHERE office = @office AND (definition_key, step_id) > (@definitionKey, @step)
            ORDER BY definition_key, step_id
            LIMIT @take
            """,
            new { office, definitionKey = paging.After?[0] ?? "", step = paging.After?[1] ?? "", take = paging.Limit + 1 })).AsList();
        return Results.Json(
            paging.ToPage(
                rows,
                r => new View(
                    office, r.DefinitionKey, r.StepId, JsonSerializer.Deserialize<DeadlineRule>(r.Rule, JsonShape.Options)!, r.Reason),
                r => [r.DefinitionKey, r.StepId]),
            JsonShape.Options);
    }

    /// <param name="Rule">For example <c>{"rule":"working_days","n":3}</c>.</param>
    /// <param name="Reason">Why the office sets it; required.</param>
    public sealed record Request(DeadlineRule? Rule, string? Reason);

    public sealed record View(string Office, string DefinitionKey, string Step, DeadlineRule Rule, string Reason);

    sealed record Row
    {
        public string DefinitionKey { get; init; } = "";
        public string StepId { get; init; } = "";
        public string Rule { get; init; } = "";
        public string Reason { get; init; } = "";
    }

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string Office,
        string DefinitionKey,
        string Step,
        DeadlineRule? Rule,
        string? Reason,
        bool Clear = false)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Rule).NotNull().Says("ต้องระบุกำหนดเวลา", "A rule is required.").When(c => !c.Clear);
            RuleFor(c => c.Rule).Must(rule => rule is null || DeadlineRule.Problems(rule).Count == 0)
                .Says("ค่าของกำหนดเวลาไม่ถูกต้อง", "The rule's parameters are not valid.")
                .Must(rule => rule is not { NeedsDate: true })
                .Says("ขั้นตอนไม่มีวันที่ให้ใช้นับ", "A step has no date to go by.");
            RuleFor(c => c.Reason).Given().PlainText(ValidationRules.CommentLength).When(c => !c.Clear);
        }
    }

    internal sealed class Handler(IdempotentWriter store, DefinitionCatalog definitions, OfficeCalendars offices, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Upsert = """
            INSERT INTO office_step_deadline (office, definition_key, step_id, rule, reason, set_by, set_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (office, definition_key, step_id)
            DO UPDATE SET rule = excluded.rule, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office) || await offices.FindOfficeAsync(request.Office, cancellationToken) is null)
                return new OfficeNotFound(request.Office, "office");
            string[] needed = [Roles.ProcessOwner, Roles.Administrator];
            if (!needed.Any(role => request.Caller.Holds(role, request.Office)))
                return new NotAllowed("set-step-deadline", needed);
            if ((await definitions.StartableAsync(request.DefinitionKey, request.Office, cancellationToken)
                ?? await definitions.LatestAsync(request.DefinitionKey, cancellationToken)) is not { } definition)
                return new DefinitionNotFound(request.DefinitionKey);
            if (definition.FindStep(request.Step) is not { } step)
                return InvalidInput.At(
                    "step", $"กระบวนงานนี้ไม่มีขั้นตอน \"{request.Step}\"", $"The definition has no step \"{request.Step}\".");
            if (definition.ClockOf(step).Deadline is not null)
                return new LimitIsTheManuals(request.Step);
            if (request.Rule is { } rule && await BeyondCalendarAsync(rule, request.Office, cancellationToken) is { } beyond)
                return beyond;

            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    if (request.Clear)
                    {
                        session.Enqueue(
                            "DELETE FROM office_step_deadline WHERE office = $1 AND definition_key = $2 AND step_id = $3",
                            request.Office, request.DefinitionKey, request.Step);
                        return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status204NoContent, ""));
                    }

                    session.Enqueue(
                        Upsert, request.Office, request.DefinitionKey, request.Step,
                        JsonSerializer.Serialize(request.Rule!, StorageJson.Instance.Options),
                        request.Reason, request.Caller.UserId, now);
                    var view = new View(request.Office, request.DefinitionKey, request.Step, request.Rule!, request.Reason!);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    request.Clear ? "step-deadline-removed" : "step-deadline-set",
                    request.Office,
                    Detail: new { request.DefinitionKey, request.Step, request.Rule },
                    Reason: request.Reason)));
            offices.Forget(request.Office, request.DefinitionKey);
            return outcome;
        }

        /// <summary>A limit whose date cannot be computed would stop every case at this step.</summary>
        async Task<Rejection?> BeyondCalendarAsync(DeadlineRule rule, string office, CancellationToken ct)
        {
            var calendar = (await offices.FindAsync(office, ct))!;
            try
            {
                DeadlineCalculation.Compute(rule, time.GetUtcNow(), calendar);
                return null;
            }
            catch (CalendarNotLoadedException e)
            {
                return new DateOutsideCalendar("rule", e.Date, calendar.Coverage.FirstYear, calendar.Coverage.LastYear);
            }
        }
    }
}

/// <summary>The manual states a limit for this step; the office's own does not override it.</summary>
public sealed record LimitIsTheManuals(string Step) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "limit-is-the-manuals", "step", "คู่มือกำหนดเวลาของขั้นตอนนี้ไว้แล้ว สำนักงานกำหนดเองไม่ได้",
        $"The manual states a limit for {Step}; an office sets one only where the manual states none.");
}
