using System.Globalization;
using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>
/// <c>GET /api/v1/reports/registers/{name}</c>: a page of a register of an office; <c>POST …/export</c>: all of it, as a file.
/// </summary>
public static class RegisterEndpoints
{
    const int PageSize = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports/registers/{name}", GetAsync).WithName("GetRegister").WithTags("Audit").Produces<Page<RegisterEntry>>()
            .Query(
                ("office", "The office; required."), ("from", "First day; the first of the fiscal year when left out."),
                ("to", "Last day; today when left out."), ("q", "In the names of cases."))
            .Paged().Refuses(400, 403, 404);
        routes.MapPost("/reports/registers/{name}/export", ExportAsync).WithName("ExportRegister").WithTags("Audit")
            .Accepts<Request>("application/json").Produces<Stream>(200, "text/csv", Sheet.ContentTypeOf(Sheet.Xlsx))
            .Refuses(400, 403, 404);
    }

    /// <param name="Format"><c>csv</c> or <c>xlsx</c>.</param>
    /// <param name="From">As with <c>GET</c>; so all that follow.</param>
    public sealed record Request(string? Format, string? Office, DateOnly? From, DateOnly? To, string? Search);

    /// <summary>A page of a register.</summary>
    public sealed record Query(
        Caller Caller, string Name, string? Office, DateOnly? From, DateOnly? To, string? Search, string? After, int Take)
        : IRequest<Outcome<IReadOnlyList<RegisterEntry>>>;

    /// <summary>All of it. That it was taken away stands in the trail of the administration.</summary>
    public sealed record Export(Caller Caller, string Name, string? Format, string? Office, DateOnly? From, DateOnly? To, string? Search)
        : IRequest<Outcome<Sheet>>;

    static async Task<IResult> GetAsync(HttpContext http, string name, IMediator mediator)
    {
        var paging = Paging.From(http, keys: 1);
        var outcome = await mediator.Send(
            new Query(
                http.Caller(), name, http.Text("office"), Day(http, "from"), Day(http, "to"), http.Text("q"), paging.After?[0],
                paging.Limit + 1),
            http.RequestAborted);
        return outcome.Rejection is { } no
            ? Problems.From(no)
            : Results.Json(paging.ToPage(outcome.Value!, e => e, e => [e.Key]), JsonShape.Options);
    }

    static async Task<IResult> ExportAsync(HttpContext http, string name, IMediator mediator)
    {
        var body = (await http.ReadAsync<Request>()).Body;
        var outcome = await mediator.Send(
            new Export(http.Caller(), name, body.Format, body.Office, body.From, body.To, body.Search), http.RequestAborted);
        return outcome.Rejection is { } no ? Problems.From(no) : new Download(outcome.Value!, body.Format!);
    }

    /// <summary>A Gregorian day of an address.</summary>
    public static DateOnly? Day(HttpContext http, string name) => http.Text(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 2000 and < 2500 ? day
        : throw RefusedRequestException.At(name, "ต้องเป็นวันที่ เช่น 2026-03-02", "It must be a date, such as 2026-03-02.");

    /// <summary>The register and what is asked of it, or why not.</summary>
    static (Register? Register, RegisterQuery? Asked, Rejection? No) Resolve(
        Caller caller, string name, string? office, DateOnly? from, DateOnly? to, string? search, string? after, int take,
        DateTimeOffset now)
    {
        if (Register.Find(name) is not { } register)
            return (null, null, new RegisterNotFound(name));
        if (string.IsNullOrEmpty(office) || !caller.BelongsTo(office))
            return (null, null, new OfficeNotFound(office ?? "", "office"));
        if (!register.MayRead(caller, office))
            return (null, null, new NotAllowed("read-register", register.IsOfCases ? [.. Overseers.All] : ["auditor", "administrator"]));
        var last = to ?? BangkokTime.DateOf(now);
        var first = from ?? BangkokTime.DateOf(FiscalYear.BeginsBefore(BangkokTime.At(last, TimeOnly.MinValue)));
        return first > last
            ? (null, null, InvalidInput.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to."))
            : (register, new RegisterQuery(office, first, last, register.IsOfCases ? search : null, after, take), null);
    }

    internal sealed class QueryValidator : AbstractValidator<Query>
    {
        public QueryValidator() => RuleFor(c => c.Search).PlainText(ValidationRules.TitleLength).OverridePropertyName("q");
    }

    internal sealed class ExportValidator : AbstractValidator<Export>
    {
        public ExportValidator()
        {
            RuleFor(c => c.Format).Must(f => f is Sheet.Csv or Sheet.Xlsx)
                .Says($"ต้องเป็น {Sheet.Csv} หรือ {Sheet.Xlsx}", $"It must be {Sheet.Csv} or {Sheet.Xlsx}.");
            RuleFor(c => c.Search).PlainText(ValidationRules.TitleLength);
        }
    }

    internal sealed class Handler(Database database, Words words, TimeProvider time)
        : IRequestHandler<Query, Outcome<IReadOnlyList<RegisterEntry>>>, IRequestHandler<Export, Outcome<Sheet>>
    {
        public async Task<Outcome<IReadOnlyList<RegisterEntry>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (register, asked, no) = Resolve(
                request.Caller, request.Name, request.Office, request.From, request.To, request.Search, request.After, request.Take,
                time.GetUtcNow());
            if (no is not null)
                return no;
            await using var connection = await database.OpenAsync(cancellationToken);
            return Outcome<IReadOnlyList<RegisterEntry>>.Success(await register!.ReadAsync(connection, asked!, cancellationToken));
        }

        public async Task<Outcome<Sheet>> Handle(Export request, CancellationToken cancellationToken)
        {
            var now = Instants.Truncate(time.GetUtcNow());
            var (register, asked, no) = Resolve(
                request.Caller, request.Name, request.Office, request.From, request.To, request.Search, null, PageSize, now);
            if (no is not null)
                return no;
            var detail = new { kind = register!.Name, format = request.Format, from = asked!.From, to = asked.To, search = asked.Search };
            await database.TransactAsync(
                async session =>
                {
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller, new AdministrationAct("report-exported", asked.Office, null, detail), now);
                    return true;
                },
                cancellationToken);
            List<(string, string)> about =
            [
                (words["สำนักงาน", "Office"], asked.Office),
                (words["ตั้งแต่", "From"], words.Date(asked.From)),
                (words["ถึง", "To"], words.Date(asked.To)),
                (words["ทำเมื่อ", "Made"], words.DateAndTime(now)),
                (words["ทำโดย", "By"], request.Caller.UserName),
            ];
            if (asked.Search is { } search)
                about.Insert(3, (words["ค้นหา", "Search"], search));
            string[] columns =
            [
                words["เมื่อ", "When"], words["อะไร", "What"], words["โดย", "By"], words["ถึง", "To"], words["เรื่อง", "Case"],
                words["รายละเอียด", "Detail"], words["รหัสเรื่อง", "Case id"], words["เหตุการณ์ที่", "Event"],
            ];
            return new Sheet(
                string.Create(CultureInfo.InvariantCulture, $"{register.Name}-{BangkokTime.DateOf(now):yyyy-MM-dd}"),
                words[register.Title], about, columns, Rows(register, asked, cancellationToken));
        }

        async IAsyncEnumerable<object?[]> Rows(Register register, RegisterQuery asked, [EnumeratorCancellation] CancellationToken ct)
        {
            while (true)
            {
                IReadOnlyList<RegisterEntry> page;
                await using (var connection = await database.OpenAsync(ct))
                    page = await register.ReadAsync(connection, asked, ct);
                foreach (var e in page)
                    yield return [e.At, words[e.What], e.By, e.To, e.Title, e.Detail, e.ProcessInstanceId?.ToString(), e.Sequence];
                if (page.Count < asked.Take)
                    yield break;
                asked = asked with { After = page[^1].Key };
            }
        }
    }
}

public sealed record RegisterNotFound(string Name) : Refusal
{
    public override Problem ToProblem() =>
        Problems.Of(404, "register-not-found", "name", $"ไม่มีทะเบียน \"{Name}\"", $"There is no register \"{Name}\".");
}
