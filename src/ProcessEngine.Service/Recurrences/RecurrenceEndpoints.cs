using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Recurrences;

/// <summary>
/// <c>PUT</c>, <c>DELETE /api/v1/offices/{office}/recurrences/{definitionKey}</c> and <c>GET /api/v1/offices/{office}/recurrences</c>:
/// a procedure that starts by itself in an office, every fiscal year, every month or on a date.
/// </summary>
public static class RecurrenceEndpoints
{
    const string Route = "/offices/{office}/recurrences/{definitionKey}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, PutAsync).WithName("SetRecurrence").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<View>().Idempotent().Refuses(400, 403, 404);
        routes.MapDelete(Route, DeleteAsync).WithName("ClearRecurrence").WithTags("Administration").Produces(204).Refuses(403, 404);
        routes.MapGet("/offices/{office}/recurrences", ListAsync).WithName("ListRecurrences").WithTags("Administration")
            .Produces<Page<View>>().Paged().Refuses(404);
    }

    static async Task<IResult> PutAsync(HttpContext http, string office, string definitionKey, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, definitionKey, sent.Body.Every, sent.Body.Day, sent.Body.Title),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> DeleteAsync(HttpContext http, string office, string definitionKey, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, definitionKey, null, null, null, Clear: true), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, string office, Database database)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        // Index: the primary key.
        var rows = (await connection.QueryAsync<View>(
            """
            SELECT office, definition_key, every, day, title, next_on, next_at
            FROM recurrence
            WHERE office = @office AND definition_key > @after
            ORDER BY definition_key
            LIMIT @take
            """,
            new { office, after = paging.After?[0] ?? "", take = paging.Limit + 1 })).AsList();
        return Results.Json(paging.ToPage(rows, r => r, r => [r.DefinitionKey]), JsonShape.Options);
    }

    /// <param name="Every"><c>fiscal_year</c>, <c>month</c> or <c>date</c>.</param>
    /// <param name="Day"><c>10-01</c> (month and day), <c>5</c> (day of the month) or <c>2026-10-01</c>.</param>
    /// <param name="Title">Of the cases; the name of the occurrence is added to it.</param>
    public sealed record Request(string? Every, string? Day, string? Title);

    /// <summary>A recurrence as callers see it.</summary>
    public sealed record View
    {
        public string Office { get; init; } = "";
        public string DefinitionKey { get; init; } = "";
        public string Every { get; init; } = "";
        public string Day { get; init; } = "";
        public string Title { get; init; } = "";

        /// <summary>The day named; the case starts on it or on the next working day.</summary>
        public DateOnly? NextOn { get; init; }

        public DateTimeOffset? NextAt { get; init; }
    }

    public sealed record Command(
        Caller Caller, RequestId Id, string Office, string DefinitionKey, string? Every, string? Day, string? Title, bool Clear = false)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Title).Given().PlainText(ValidationRules.TitleLength - RecurringStarts.LongestName).When(c => !c.Clear);
            RuleFor(c => c).Custom((c, context) =>
            {
                if (!c.Clear && Recurrence.Read(name => name == "every" ? c.Every : c.Day).Problem is { } problem)
                    context.AddFailure(new FluentValidation.Results.ValidationFailure(
                        problem.Parameter, problem.Reason.En)
                    { CustomState = problem.Reason });
            });
        }
    }

    internal sealed class Handler(IdempotentWriter store, DefinitionCatalog definitions, OfficeCalendars offices, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Upsert = """
            INSERT INTO recurrence (office, definition_key, every, day, title, next_on, next_at, failures, set_by, set_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
            ON CONFLICT (office, definition_key)
            DO UPDATE
            SET every = excluded.every, day = excluded.day, title = excluded.title, next_on = excluded.next_on, next_at = excluded.next_at,
                parked = FALSE, set_by = excluded.set_by, set_at = excluded.set_at
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office) || await offices.FindAsync(request.Office, cancellationToken) is not { } calendar)
                return new OfficeNotFound(request.Office, "office");
            string[] needed = [Roles.ProcessOwner, Roles.Administrator];
            if (!needed.Any(role => request.Caller.Holds(role, request.Office)))
                return new Core.Instances.Deciding.NotAllowed("set-recurrence", needed);
            if (await definitions.LatestAsync(request.DefinitionKey, cancellationToken) is null)
                return new DefinitionNotFound(request.DefinitionKey);

            return await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    if (request.Clear)
                    {
                        session.Enqueue(
                            "DELETE FROM recurrence WHERE office = $1 AND definition_key = $2", request.Office, request.DefinitionKey);
                        return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status204NoContent, ""));
                    }

                    var rule = Recurrence.Read(name => name == "every" ? request.Every : request.Day).Recurrence!;
                    var today = BangkokTime.DateOf(time.GetUtcNow());
                    if (rule.After(today) is not { } nextOn)
                    {
                        return ValueTask.FromResult<Outcome<StoredAnswer>>(InvalidInput.At(
                            "day", "วันที่ผ่านไปแล้ว เรื่องจะไม่เริ่ม ให้ระบุวันที่หลังจากวันนี้",
                            "It has come already: name a day after today."));
                    }

                    if (!calendar.Reaches(nextOn.AddMonths(1)))
                    {
                        return ValueTask.FromResult<Outcome<StoredAnswer>>(new DateOutsideCalendar(
                            "day", nextOn, calendar.Coverage.FirstYear, calendar.Coverage.LastYear));
                    }

                    var nextAt = Recurrence.StartsAt(nextOn, calendar);
                    session.Enqueue(
                        Upsert, request.Office, request.DefinitionKey, request.Every, request.Day, request.Title, nextOn, nextAt,
                        request.Caller.UserId, now);
                    var view = new View
                    {
                        Office = request.Office,
                        DefinitionKey = request.DefinitionKey,
                        Every = request.Every!,
                        Day = request.Day!,
                        Title = request.Title!,
                        NextOn = nextOn,
                        NextAt = nextAt,
                    };
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    request.Clear ? "recurrence-removed" : "recurrence-set",
                    request.Office,
                    Detail: new { request.DefinitionKey, request.Every, request.Day, request.Title })));
        }
    }
}
