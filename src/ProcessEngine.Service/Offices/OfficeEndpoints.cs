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

namespace ProcessEngine.Service.Offices;

/// <summary>An office as callers see it.</summary>
/// <param name="Province">ISO 3166-2; where the office stands, which decides its regional holidays.</param>
/// <param name="Kind"><c>primary</c> (สพป.), <c>secondary</c> (สพม.) or <c>area</c> (สพท.): how its posts are printed.</param>
public sealed record OfficeView(string Code, LocalizedText Name, string Province, string Kind)
{
    public static OfficeView Of(Office office)
    {
        ArgumentNullException.ThrowIfNull(office);
        return new OfficeView(office.Code, new LocalizedText(office.NameTh, office.NameEn), office.Province, office.Kind);
    }
}

/// <summary><c>POST /api/v1/offices</c>; <c>GET /api/v1/offices</c>, <c>GET /api/v1/offices/{code}</c>.</summary>
public static class OfficeEndpoints
{
    // Index: the primary key.
    const string ListSql = "SELECT code, name_th, name_en, province, kind FROM office WHERE code > @after ORDER BY code LIMIT @take";
    const string ListOwnSql = "SELECT code, name_th, name_en, province, kind FROM office WHERE code = @code";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/offices", PostAsync).WithName("CreateOffice").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<OfficeView>(201).Idempotent()
            .Refuses(400, 403, 409);
        routes.MapGet("/offices", ListAsync).WithName("ListOffices").WithTags("Administration").Produces<Page<OfficeView>>().Paged();
        routes.MapGet("/offices/{code}", GetAsync).WithName("GetOffice").WithTags("Administration").Produces<OfficeView>().Refuses(404);
    }

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, sent.Body.Code, sent.Body.Name?.Th, sent.Body.Name?.En, sent.Body.Province, sent.Body.Kind),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var after = paging.After?[0] ?? "";
        var rows = new List<Office>();
        if (http.Caller().Offices is { } own)
        {
            foreach (var code in own.Where(c => string.CompareOrdinal(c, after) > 0).Order(StringComparer.Ordinal).Take(paging.Limit + 1))
                rows.AddRange(await connection.QueryAsync<Office>(ListOwnSql, new { code }));
        }
        else
        {
            rows.AddRange(await connection.QueryAsync<Office>(ListSql, new { after, take = paging.Limit + 1 }));
        }

        return Results.Json(paging.ToPage(rows, OfficeView.Of, o => [o.Code]), JsonShape.Options);
    }

    static async Task<IResult> GetAsync(HttpContext http, string code, OfficeCalendars offices) =>
        http.Caller().BelongsTo(code) && await offices.FindOfficeAsync(code, http.RequestAborted) is { } office
            ? Results.Json(OfficeView.Of(office), JsonShape.Options)
            : Problems.From(new OfficeNotFound(code, "code"));

    public sealed record NameRequest(string? Th, string? En);

    /// <param name="Code">Short and stable: letters, digits and hyphens.</param>
    /// <param name="Province">ISO 3166-2, such as <c>TH-40</c>.</param>
    /// <param name="Kind"><c>primary</c>, <c>secondary</c> or <c>area</c>; read from the name when left out.</param>
    public sealed record Request(string? Code, NameRequest? Name, string? Province, string? Kind);

    public sealed record Command(Caller Caller, RequestId Id, string? Code, string? NameTh, string? NameEn, string? Province, string? Kind)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Code).Given()
                .Must(code => code is null || (code.Length <= 40 && code.All(ch => char.IsAsciiLetterOrDigit(ch) || ch == '-')))
                .Says("ใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข และขีด ไม่เกิน 40 ตัว", "Letters, digits and hyphens, at most 40.")
                .Must(code => code is null || (code is not (OfficeCalendars.National or "changes") && !Provinces.IsKnown(code)))
                .Says("รหัสนี้สงวนไว้", "This code is reserved.");
            RuleFor(c => c.NameTh).Name(ValidationRules.TitleLength).OverridePropertyName("name.th");
            RuleFor(c => c.NameEn).PlainText(ValidationRules.TitleLength).OverridePropertyName("name.en");
            RuleFor(c => c.Province).Given().Must(p => p is null || Provinces.IsKnown(p))
                .Says("ต้องเป็นรหัสจังหวัดตาม ISO 3166-2 เช่น TH-40", "It must be an ISO 3166-2 province, such as TH-40.");
            RuleFor(c => c.Kind).Must(kind => kind is null or OfficeKinds.Area or OfficeKinds.Primary or OfficeKinds.Secondary)
                .Says("ต้องเป็น primary, secondary หรือ area", "It must be primary, secondary or area.");
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficePostNames names) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.IsSystemAdministrator)
                return new NotAllowed("create-office", [Roles.Administrator]);
            var office = new Office(
                request.Code!,
                request.NameTh!,
                request.NameEn ?? request.NameTh!,
                request.Province!,
                request.Kind ?? OfficeKinds.Of(request.NameTh!));
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    session.Enqueue(
                        "INSERT INTO office (code, name_th, name_en, province, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                        office.Code, office.NameTh, office.NameEn, office.Province, office.Kind, now);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(
                        new StoredAnswer(
                            StatusCodes.Status201Created, JsonShape.Write(OfficeView.Of(office)), $"/api/v1/offices/{office.Code}"));
                },
                () => new AlreadyExists("code", office.Code),
                cancellationToken,
                (request.Caller, new AdministrationAct("office-created", office.Code, Detail: OfficeView.Of(office))));
            names.Forget();
            return outcome;
        }
    }
}
