using System.Text;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Redactions;

/// <summary>A request to take personal data out. What is looked for is told to those who decide, until they have.</summary>
/// <param name="State"><c>asked</c>, <c>done</c> or <c>refused</c>.</param>
/// <param name="Cases">Of how many cases, when it is done.</param>
/// <param name="Events">Of how many events.</param>
public sealed record RedactionView(
    Guid Id, string Office, string State, Guid AskedBy, string? AskedByName, DateTimeOffset AskedAt, string Ground, string Paper,
    IReadOnlyList<string>? Terms, int Cases, int Events, Guid? DecidedBy, string? DecidedByName, DateTimeOffset? DecidedAt, string? Reason);

/// <summary>
/// Personal data in the record of an office: <c>POST /api/v1/offices/{office}/personal-data/searches</c> finds it, and is the file that its
/// subject gets; <c>POST …/redactions</c> asks to have it taken out, and <c>POST …/redactions/{id}/confirm</c> or <c>/refuse</c> decides,
/// by another person, who directs the office.
/// </summary>
public static class RedactionEndpoints
{
    const string Route = "/offices/{office}/personal-data";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route + "/searches", SearchAsync).WithName("SearchPersonalData").WithTags("Personal data")
            .Accepts<SearchRequest>("application/json").Produces<FoundPlaces>().Refuses(400, 403, 404);
        routes.MapPost(Route + "/redactions", AskAsync).WithName("AskForRedaction").WithTags("Personal data")
            .Accepts<AskRequest>("application/json").Produces<RedactionView>(201).Idempotent().Refuses(400, 403, 404);
        routes.MapGet(Route + "/redactions", ListAsync).WithName("ListRedactions").WithTags("Personal data")
            .Produces<Page<RedactionView>>().Paged().Refuses(400, 403, 404);
        routes.MapPost(Route + "/redactions/{redactionId:guid}/confirm", ConfirmAsync).WithName("ConfirmRedaction")
            .WithTags("Personal data").Produces<RedactionView>().Idempotent().Refuses(400, 403, 404, 409);
        routes.MapPost(Route + "/redactions/{redactionId:guid}/refuse", RefuseAsync).WithName("RefuseRedaction").WithTags("Personal data")
            .Accepts<RefuseRequest>("application/json").Produces<RedactionView>().Idempotent().Refuses(400, 403, 404, 409);
    }

    /// <param name="Terms">Names, numbers, addresses, as they were written: at least four characters each.</param>
    /// <param name="After">The <c>next</c> of the answer before.</param>
    public sealed record SearchRequest(IReadOnlyList<string>? Terms, Guid? After);

    /// <param name="Ground">By what right, such as the section of the act.</param>
    /// <param name="Paper">Number and date of the request or order.</param>
    public sealed record AskRequest(IReadOnlyList<string>? Terms, string? Ground, string? Paper);

    /// <param name="Reason">Why not.</param>
    public sealed record RefuseRequest(string? Reason);

    sealed record Nothing;

    public sealed record Search(Caller Caller, string Office, IReadOnlyList<string>? Terms, Guid? After) : IRequest<Outcome<FoundPlaces>>;

    public sealed record Ask(Caller Caller, RequestId Id, string Office, IReadOnlyList<string>? Terms, string? Ground, string? Paper)
        : IRequest<Outcome<StoredAnswer>>;

    /// <param name="Refused">Why not; null: it is agreed to.</param>
    public sealed record Decide(Caller Caller, RequestId Id, string Office, Guid RedactionId, bool Agreed, string? Refused)
        : IRequest<Outcome<StoredAnswer>>;

    static async Task<IResult> SearchAsync(HttpContext http, string office, IMediator mediator)
    {
        var body = (await http.ReadAsync<SearchRequest>()).Body;
        var outcome = await mediator.Send(new Search(http.Caller(), office, body.Terms, body.After), http.RequestAborted);
        return outcome.Rejection is { } no ? Problems.From(no) : Results.Json(outcome.Value, JsonShape.Options);
    }

    static async Task<IResult> AskAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<AskRequest>();
        return (await mediator.Send(
            new Ask(sent.Caller, sent.Id, office, sent.Body.Terms, sent.Body.Ground, sent.Body.Paper), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ConfirmAsync(HttpContext http, string office, Guid redactionId, IMediator mediator)
    {
        var sent = await http.ReadAsync<Nothing>();
        return (await mediator.Send(new Decide(sent.Caller, sent.Id, office, redactionId, true, null), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> RefuseAsync(HttpContext http, string office, Guid redactionId, IMediator mediator)
    {
        var sent = await http.ReadAsync<RefuseRequest>();
        return (await mediator.Send(
            new Decide(sent.Caller, sent.Id, office, redactionId, false, sent.Body.Reason), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ListAsync(HttpContext http, string office, Redactions redactions, OfficeCalendars offices)
    {
        if (await offices.RefusalAsync(http.Caller(), office, "see-redactions", PersonalData.Keepers, http.RequestAborted) is { } no)
            return Problems.From(no);
        var paging = Paging.From(http, keys: 1);
        var rows = await redactions.ListAsync(office, paging.AfterId(), paging.Limit + 1, http.RequestAborted);
        return Results.Json(paging.ToPage(rows, r => r, r => [r.Id.ToString()]), JsonShape.Options);
    }

    static void Terms<T>(IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule
        .Must(terms => terms is { Count: > 0 and <= PersonalData.MaxTerms }
            && terms.All(t => t is not null && t.Trim().Length is >= PersonalData.MinTerm and <= PersonalData.MaxTerm
                && !t.Contains('"') && !t.Contains('\\') && !t.Any(char.IsControl)))
        .Says(
            $"ใส่ 1 ถึง {PersonalData.MaxTerms} คำ คำละ {PersonalData.MinTerm} ตัวอักษรขึ้นไป ไม่มีเครื่องหมายคำพูด",
            $"Give 1 to {PersonalData.MaxTerms} texts of at least {PersonalData.MinTerm} characters, without quotation marks.");

    internal static IReadOnlyList<string> Normal(IReadOnlyList<string> terms) =>
        [.. terms.Select(t => t.Trim().Normalize(NormalizationForm.FormC)).Distinct(StringComparer.Ordinal)];

    internal sealed class SearchValidator : AbstractValidator<Search>
    {
        public SearchValidator() => Terms(RuleFor(c => c.Terms));
    }

    internal sealed class AskValidator : AbstractValidator<Ask>
    {
        public AskValidator()
        {
            Terms(RuleFor(c => c.Terms));
            RuleFor(c => c.Ground).Given().PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Paper).Given().PlainText(ValidationRules.TitleLength);
        }
    }

    internal sealed class DecideValidator : AbstractValidator<Decide>
    {
        public DecideValidator() => RuleFor(c => c.Refused).Given().PlainText(ValidationRules.TitleLength)
            .When(c => !c.Agreed).OverridePropertyName("reason");
    }

    internal sealed class SearchHandler(PersonalData data, OfficeCalendars offices, Database database, TimeProvider time)
        : IRequestHandler<Search, Outcome<FoundPlaces>>
    {
        public async Task<Outcome<FoundPlaces>> Handle(Search request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(
                request.Caller, request.Office, "search-personal-data", PersonalData.Keepers, cancellationToken) is { } no)
                return no;
            var terms = Normal(request.Terms!);
            var found = await data.FindAsync(request.Office, terms, request.After ?? Guid.Empty, cancellationToken);
            // That somebody looked, and how much they saw: never of whom, which would be one more place.
            var cases = found.Items.DistinctBy(p => p.ProcessInstanceId).Count();
            var about = new { terms = terms.Count, cases, places = found.Items.Count };
            var now = Instants.Truncate(time.GetUtcNow());
            await database.TransactAsync(
                async session =>
                {
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller, new AdministrationAct("personal-data-searched", request.Office, null, about), now);
                    return true;
                },
                cancellationToken);
            return found;
        }
    }
}
