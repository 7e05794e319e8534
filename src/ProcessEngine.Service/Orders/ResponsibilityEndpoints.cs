using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Orders;

/// <summary>
/// <c>GET</c> and <c>PUT /api/v1/offices/{office}/responsibilities</c>: which of several people of a role looks after what
/// ("รองผู้อำนวยการ…ที่ดูแลรับผิดชอบ"). A step or level for <c>responsible</c> goes by it; where it says nothing, to everybody of the role.
/// </summary>
public static class ResponsibilityEndpoints
{
    const string Route = "/offices/{office}/responsibilities";
    const int MaxEntries = 500;

    // Index: the primary key; bounded when it is set.
    const string ListSql = """
        SELECT r.role, r.field, u.user_name AS user, u.display_name
        FROM office_responsibility r
        JOIN app_user u ON u.user_id = r.user_id
        WHERE r.office = @office
        ORDER BY r.role, r.field
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("ListResponsibilities").WithTags("Administration").Produces<Page<View>>().Refuses(404);
        routes.MapPut(Route, PutAsync).WithName("SetResponsibilities").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<Page<View>>().Idempotent()
            .Refuses(400, 403, 404);
    }

    /// <param name="Field">The key of a procedure, or what a case says in the variable that its definition names.</param>
    /// <param name="User">User name.</param>
    public sealed record Responsibility(string? Role, string? Field, string? User);

    public sealed record View
    {
        public string Role { get; init; } = "";
        public string Field { get; init; } = "";
        public string User { get; init; } = "";
        public string DisplayName { get; init; } = "";
    }

    /// <param name="Responsibilities">All that the office has; what is left out is nobody's in particular.</param>
    public sealed record Request(IReadOnlyList<Responsibility>? Responsibilities);

    public sealed record Command(Caller Caller, RequestId Id, string Office, IReadOnlyList<Responsibility>? Responsibilities)
        : IRequest<Outcome<StoredAnswer>>;

    static async Task<IResult> GetAsync(HttpContext http, string office, Database database, OfficeCalendars offices)
    {
        if (!http.Caller().BelongsTo(office) || await offices.FindOfficeAsync(office, http.RequestAborted) is null)
            return Problems.From(new OfficeNotFound(office, "office"));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(new Page<View>(await ReadAsync(connection, office), null), JsonShape.Options);
    }

    internal static async Task<IReadOnlyList<View>> ReadAsync(System.Data.Common.DbConnection connection, string office) =>
        (await connection.QueryAsync<View>(ListSql, new { office })).AsList();

    static async Task<IResult> PutAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, office, sent.Body.Responsibilities), http.RequestAborted)).ToResult();
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Responsibilities).NotNull().Says("ต้องระบุ responsibilities", "responsibilities is required.")
                .Must(given => given is null || given.Count <= MaxEntries)
                .Says($"มีได้ไม่เกิน {MaxEntries} รายการ", $"There may be at most {MaxEntries}.")
                .Must(given => given is null || given.DistinctBy(r => (r.Role, r.Field)).Count() == given.Count)
                .Says("มีบทบาทและด้านซ้ำกัน", "A role has the same field twice.");
            RuleForEach(c => c.Responsibilities).ChildRules(one =>
            {
                one.RuleFor(r => r.Role).Must(role => role is not null && Roles.Acting.Contains(role))
                    .Says(
                        $"บทบาทต้องเป็นค่าใดค่าหนึ่งใน {string.Join(", ", Roles.Acting)}",
                        $"The role is one of {string.Join(", ", Roles.Acting)}.");
                one.RuleFor(r => r.Field).Given().PlainText(ValidationRules.CodeLength * 2);
                one.RuleFor(r => r.User).Given().PlainText(ValidationRules.CodeLength);
            });
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office)
                || await offices.FindOfficeAsync(request.Office, cancellationToken) is not { } office)
                return new OfficeNotFound(request.Office, "office");
            if (!request.Caller.Holds(Roles.Administrator, office.Code))
                return new NotAllowed("set-responsibilities", [Roles.Administrator]);
            var people = await PeopleAsync(office.Code, request.Responsibilities!, cancellationToken);
            for (var i = 0; i < request.Responsibilities!.Count; i++)
            {
                var (role, user) = (request.Responsibilities[i].Role!, request.Responsibilities[i].User!);
                if (!people.ContainsKey((role, UserNames.Key(user))))
                    return InvalidInput.At(
                        $"responsibilities[{i}].user",
                        $"\"{user}\" ไม่มีบทบาท {role} ในสำนักงานนี้",
                        $"\"{user}\" does not hold the role {role} in this office.");
            }

            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, _) =>
                {
                    session.Enqueue("DELETE FROM office_responsibility WHERE office = $1", office.Code);
                    foreach (var (role, field, user) in request.Responsibilities)
                        session.Enqueue(
                            "INSERT INTO office_responsibility (office, role, field, user_id) VALUES ($1, $2, $3, $4)",
                            office.Code,
                            role,
                            field,
                            people[(role!, UserNames.Key(user!))].UserId);
                    var view = request.Responsibilities.OrderBy(r => r.Role, StringComparer.Ordinal)
                        .ThenBy(r => r.Field, StringComparer.Ordinal)
                        .Select(r => new View
                        {
                            Role = r.Role!,
                            Field = r.Field!,
                            User = r.User!,
                            DisplayName = people[(r.Role!, UserNames.Key(r.User!))].DisplayName,
                        });
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(
                        StatusCodes.Status200OK, JsonShape.Write(new Page<View>([.. view], null))));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    "responsibilities-set", office.Code, Detail: new { request.Responsibilities })));
            offices.Forget(office.Code);
            return outcome;
        }

        /// <summary>Those of the office who hold one of the roles, or stand in for it. Index: ix_membership_office.</summary>
        async Task<Dictionary<(string Role, string User), PersonName>> PeopleAsync(
            string office, IReadOnlyList<Responsibility> wanted, CancellationToken ct)
        {
            await using var connection = await database.OpenAsync(ct);
            var found = new Dictionary<(string, string), PersonName>();
            foreach (var role in wanted.Select(w => w.Role!).Distinct())
            {
                var rows = await connection.QueryAsync<(string User, Guid Id, string Name)>(
                    """
                    SELECT u.user_name, u.user_id, u.display_name
                    FROM role_held h
                    JOIN app_user u ON u.user_id = h.user_id
                    WHERE h.office = @office AND h.role = @role AND u.active = @yes
                    """,
                    new { office, role, yes = true });
                foreach (var (user, id, name) in rows)
                    found[(role, UserNames.Key(user))] = new PersonName(id, name);
            }

            return found;
        }
    }
}
