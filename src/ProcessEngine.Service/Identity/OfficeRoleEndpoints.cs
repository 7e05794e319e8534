using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>GET</c> and <c>PUT /api/v1/offices/{office}/roles</c>: the posts as an office prints them, and who stands in for a specialised one
/// that it has nobody in. So a manual's procedure runs in an office that is staffed otherwise. What follows from it stands in the view
/// <c>role_held</c>.
/// </summary>
public static class OfficeRoleEndpoints
{
    const string Route = "/offices/{office}/roles";

    // Index: the primary key. An office's own row comes after the one for all.
    const string MappingSql =
        "SELECT role, stand_in FROM office_role_mapping WHERE office IN ('*', @office) ORDER BY CASE office WHEN '*' THEN 0 ELSE 1 END";

    // Index: the primary key.
    const string NamesSql = "SELECT role, name_th, name_en FROM office_post_name WHERE office = @office";

    // Index: ix_membership_office.
    const string HoldersSql = """
        SELECT m.role, COUNT(DISTINCT m.user_id)
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        WHERE m.office IN (@office, '*') AND u.active = @yes
        GROUP BY m.role
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("ListOfficeRoles").WithTags("Administration").Produces<Page<RoleInOffice>>().Refuses(404);
        routes.MapPut(Route, PutAsync).WithName("SetStandIns").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<Page<RoleInOffice>>().Idempotent()
            .Refuses(400, 403, 404);
    }

    /// <param name="Name">As the office calls it, else as an office of this kind prints it.</param>
    /// <param name="ShortName">As it stands in a chart's box: ผอ.สพป., ผอ.สพม. or ผอ.สพท.</param>
    /// <param name="HeldBy">How many hold it in their own right.</param>
    /// <param name="StandIn">The role whose holders stand in for it while nobody holds it; null when nobody does.</param>
    /// <param name="FilledBy">The role whose holders do its work today; null when nobody does.</param>
    /// <param name="OwnName">What the office calls it; null where it has no name of its own for it.</param>
    public sealed record RoleInOffice(
        string Role, LocalizedText Name, string ShortName, int HeldBy, string? StandIn, string? FilledBy, LocalizedText? OwnName);

    /// <param name="StandIns">For each specialised role who stands in for it; null
    /// for nobody. A role that is left out follows the rule for all offices.</param>
    public sealed record Request(Dictionary<string, string?>? StandIns);

    public sealed record Command(Caller Caller, RequestId Id, string Office, IReadOnlyDictionary<string, string?>? StandIns)
        : IRequest<Outcome<StoredAnswer>>;

    static async Task<IResult> GetAsync(HttpContext http, string office, Database database, OfficeCalendars offices) =>
        http.Caller().BelongsTo(office) && await offices.FindOfficeAsync(office, http.RequestAborted) is { } place
            ? Results.Json(await ViewAsync(database, place, null, http.RequestAborted), JsonShape.Options)
            : Problems.From(new OfficeNotFound(office, "office"));

    static async Task<IResult> PutAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, office, sent.Body.StandIns), http.RequestAborted)).ToResult();
    }

    /// <param name="own">The stand-ins that the office is about to set; null for those that it has set.</param>
    /// <param name="ownNames">The names that it is about to set; null for those that it has set.</param>
    internal static async Task<Page<RoleInOffice>> ViewAsync(
        Database database, Office office, IReadOnlyDictionary<string, string?>? own, CancellationToken ct,
        IReadOnlyDictionary<string, LocalizedText>? ownNames = null)
    {
        var standIns = new Dictionary<string, string?>(StringComparer.Ordinal);
        Dictionary<string, int> holders;
        var names = ownNames;
        await using (var connection = await database.OpenAsync(ct))
        {
            foreach (var (role, standIn) in await connection.QueryAsync<(string Role, string? StandIn)>(
                MappingSql, new { office = own is null ? office.Code : "*" }))
                standIns[role] = standIn;
            holders = (await connection.QueryAsync<(string Role, long Count)>(HoldersSql, new { office = office.Code, yes = true }))
                .ToDictionary(r => r.Role, r => (int)r.Count);
            names ??= (await connection.QueryAsync<(string Role, string Th, string En)>(NamesSql, new { office = office.Code }))
                .ToDictionary(r => r.Role, r => new LocalizedText(r.Th, r.En));
        }

        foreach (var (role, standIn) in own ?? new Dictionary<string, string?>())
            standIns[role] = standIn;
        var kind = OfficeKinds.Parse(office.Kind);
        return new Page<RoleInOffice>([.. Roles.Acting.Select(View)], null);

        RoleInOffice View(string role)
        {
            var standIn = standIns.GetValueOrDefault(role);
            var heldBy = holders.GetValueOrDefault(role);
            var ownName = names.GetValueOrDefault(role);
            return new RoleInOffice(
                role, ownName ?? Roles.NameOf(role, kind), ownName?.Th ?? Roles.ShortNameOf(role, kind), heldBy, standIn,
                heldBy > 0 ? role : standIn is not null && holders.ContainsKey(standIn) ? standIn : null, ownName);
        }
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.StandIns).NotNull().Says("ต้องระบุ standIns", "standIns is required.");
            RuleFor(c => c.StandIns).Must(given => given is null || given.Keys.All(Roles.Specialised.Contains))
                .Says(
                    $"ตำแหน่งที่ให้ผู้อื่นทำแทนได้คือ {string.Join(", ", Roles.Specialised)}",
                    $"Others may stand in for {string.Join(", ", Roles.Specialised)}.");
            RuleFor(c => c.StandIns).Must(given =>
                given is null || given.All(g => g.Value is null || (g.Value != g.Key && Roles.Acting.Contains(g.Value))))
                .Says(
                    $"ผู้ทำแทนต้องเป็นบทบาทอื่นใน {string.Join(", ", Roles.Acting)} หรือ null",
                    $"A stand-in is another of {string.Join(", ", Roles.Acting)}, or null.");
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, ApiKeys keys, Sessions sessions, Database database)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office)
                || await offices.FindOfficeAsync(request.Office, cancellationToken) is not { } office)
                return new OfficeNotFound(request.Office, "office");
            if (!request.Caller.Holds(Roles.Administrator, office.Code))
                return new NotAllowed("set-stand-ins", [Roles.Administrator]);
            var view = await ViewAsync(database, office, request.StandIns, cancellationToken);
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, _) =>
                {
                    session.Enqueue("DELETE FROM office_role_mapping WHERE office = $1", office.Code);
                    foreach (var (role, standIn) in request.StandIns!)
                        session.Enqueue(
                            "INSERT INTO office_role_mapping (office, role, stand_in) VALUES ($1, $2, $3)", office.Code, role, standIn);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct("stand-ins-set", office.Code, Detail: new { request.StandIns })));
            keys.Forget();
            sessions.Forget();
            offices.Forget(office.Code);
            return outcome;
        }
    }
}
