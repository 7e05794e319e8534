using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// <c>PUT /api/v1/offices/{office}/roles/names</c>: what the office calls its posts. Only a name: who does what stays as it is. It stands
/// wherever the post does in the pages and on papers, and is read in imported lists of people.
/// </summary>
public static class SetPostNames
{
    public const int MostLetters = 100;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/offices/{office}/roles/names", PutAsync).WithName("SetPostNames").WithTags("Administration")
            .Accepts<Request>("application/json").Produces<Page<OfficeRoleEndpoints.RoleInOffice>>().Idempotent().Refuses(400, 403, 404);

    static async Task<IResult> PutAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(new Command(sent.Caller, sent.Id, office, sent.Body.Names), http.RequestAborted)).ToResult();
    }

    public sealed record NameRequest(string? Th, string? En);

    /// <param name="Names">Role → its name in this office; a role that is left out, or null, is called as everywhere. English may be left
    /// out: then it is called as in Thai.</param>
    public sealed record Request(Dictionary<string, NameRequest?>? Names);

    public sealed record Command(Caller Caller, RequestId Id, string Office, IReadOnlyDictionary<string, NameRequest?>? Names)
        : IRequest<Outcome<StoredAnswer>>
    {
        /// <summary>Those that are given, each with both names.</summary>
        public IReadOnlyDictionary<string, LocalizedText> Given => (Names ?? new Dictionary<string, NameRequest?>())
            .Where(n => n.Value is not null)
            .ToDictionary(n => n.Key, n => new LocalizedText(
                n.Value!.Th ?? "", string.IsNullOrWhiteSpace(n.Value.En) ? n.Value.Th ?? "" : n.Value.En));
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Names).NotNull().Says("ต้องระบุ names", "names is required.");
            RuleFor(c => c.Names).Must(given => given is null || given.Keys.All(Roles.Acting.Contains))
                .Says(
                    $"ตำแหน่งที่ตั้งชื่อได้คือ {string.Join(", ", Roles.Acting)}",
                    $"Posts that can be named are {string.Join(", ", Roles.Acting)}.");
            // A number in brackets after the field would name nothing that the caller knows.
            RuleForEach(c => c.Given.Values.Select(n => n.Th)).Name(MostLetters).OverridePropertyName("names");
            RuleForEach(c => c.Given.Values.Select(n => n.En)).Name(MostLetters).OverridePropertyName("names");
            RuleFor(c => c.Given).Must(EachIsItsOwn).OverridePropertyName("names")
                .Says("ตำแหน่งสองตำแหน่งใช้ชื่อเดียวกันไม่ได้", "No two posts bear the same name.");
        }

        static bool EachIsItsOwn(IReadOnlyDictionary<string, LocalizedText> given)
        {
            var names = Roles.All.Select(role => given.GetValueOrDefault(role) ?? Roles.NameOf(role)).ToList();
            return new[] { names.Select(n => n.Th), names.Select(n => n.En) }.All(some =>
                some.Select(n => n.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count);
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, OfficePostNames names, Database database)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office)
                || await offices.FindOfficeAsync(request.Office, cancellationToken) is not { } office)
                return new OfficeNotFound(request.Office, "office");
            if (!request.Caller.Holds(Roles.Administrator, office.Code))
                return new NotAllowed("set-post-names", [Roles.Administrator]);
            var given = request.Given.ToDictionary(n => n.Key, n => new LocalizedText(n.Value.Th.Trim(), n.Value.En.Trim()));
            var view = await OfficeRoleEndpoints.ViewAsync(database, office, null, cancellationToken, given);
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, _) =>
                {
                    session.Enqueue("DELETE FROM office_post_name WHERE office = $1", office.Code);
                    foreach (var (role, name) in given)
                        session.Enqueue(
                            "INSERT INTO office_post_name (office, role, name_th, name_en) VALUES ($1, $2, $3, $4)",
                            office.Code, role, name.Th, name.En);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct("post-names-set", office.Code, Detail: new { names = given })));
            names.Forget();
            return outcome;
        }
    }
}
