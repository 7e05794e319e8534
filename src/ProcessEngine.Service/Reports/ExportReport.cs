using System.Globalization;
using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>POST /api/v1/reports/exports</c>: the figures, or the work behind them, as a file. That it was taken away stands in the trail of the
/// administration before the first row is read.
/// </summary>
public static class ExportReport
{
    public const string Compliance = "compliance";
    public const string Tasks = "tasks";

    /// <summary>Where the time of the work went.</summary>
    public const string Times = "times";

    /// <summary>สถิติการให้บริการ of one office in the fiscal year of <c>from</c>.</summary>
    public const string Services = "services";

    /// <summary>What the forms of one office say in the fiscal year of <c>from</c>.</summary>
    public const string Answers = "answers";

    /// <summary>The forms of one step of one office in the fiscal year of <c>from</c>, one by one.</summary>
    public const string Forms = "forms";

    const int PageSize = 500;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/reports/exports", PostAsync).WithName("ExportReport").WithTags("Reports").Accepts<Request>("application/json")
            .Produces<Stream>(200, "text/csv", Sheet.ContentTypeOf(Sheet.Xlsx)).Refuses(400, 403, 404);

    /// <param name="Kind"><c>compliance</c>, <c>times</c>, <c>services</c>, <c>answers</c>, <c>forms</c> or <c>tasks</c>.</param>
    /// <param name="Format"><c>csv</c> or <c>xlsx</c>.</param>
    /// <param name="From">As with <c>GET /sla/compliance</c>; so all that follow.</param>
    public sealed record Request(
        string? Kind, string? Format, string? Office, DateTimeOffset? From, DateTimeOffset? To, string? GroupBy, string? Standing,
        string? DefinitionKey, string? Step);

    /// <param name="GroupBy">Of figures.</param>
    public sealed record Command(Caller Caller, string? Kind, string? Format, string? GroupBy, ListClocks.Filter Filter)
        : IRequest<Outcome<Sheet>>;

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator, TimeProvider time)
    {
        var body = (await http.ReadAsync<Request>()).Body;
        var to = body.To ?? Instants.Truncate(time.GetUtcNow());
        var filter = new ListClocks.Filter(
            body.Office, body.From ?? FiscalYear.BeginsBefore(to), to, body.Standing, body.DefinitionKey, body.Step);
        var outcome = await mediator.Send(
            new Command(http.Caller(), body.Kind, body.Format, body.GroupBy, filter), http.RequestAborted);
        return outcome.Rejection is { } no ? Problems.From(no) : new Download(outcome.Value!, body.Format!);
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Kind).Must(k => k is Compliance or Times or Services or Answers or Forms or Tasks)
                .Says(
                    $"ต้องเป็น {Compliance}, {Times}, {Services}, {Answers}, {Forms} หรือ {Tasks}",
                    $"It must be {Compliance}, {Times}, {Services}, {Answers}, {Forms} or {Tasks}.");
            RuleFor(c => c.Filter.Office).Must((c, office) => c.Kind is not (Services or Answers or Forms) || office is { Length: > 0 })
                .OverridePropertyName("office").Says("ต้องระบุ", "It is required.");
            RuleFor(c => c.Format).Must(f => f is Sheet.Csv or Sheet.Xlsx)
                .Says($"ต้องเป็น {Sheet.Csv} หรือ {Sheet.Xlsx}", $"It must be {Sheet.Csv} or {Sheet.Xlsx}.");
            RuleFor(c => c.GroupBy).Must(g => g is null || GetCompliance.Groupings.Contains(g))
                .Says("ไม่ใช่วิธีแยกที่มี", $"It must be one of {string.Join(", ", GetCompliance.Groupings)}.");
            RuleFor(c => c.Filter.Standing).Must(s => s is null || ClockStanding.All.Contains(s)).OverridePropertyName("standing")
                .Says("ไม่ใช่ผลที่มี", $"It must be one of {string.Join(", ", ClockStanding.All)}.");
            RuleFor(c => c.Filter.From).Must((c, from) => from <= c.Filter.To).OverridePropertyName("from")
                .Says("ต้องไม่อยู่หลัง to", "It must not lie after to.");
            RuleFor(c => c.Filter.DefinitionKey).Must((c, key) => c.Kind is not Forms || key is { Length: > 0 })
                .OverridePropertyName("definitionKey").Says("ต้องระบุ", "It is required.");
            RuleFor(c => c.Filter.Step).Must((c, step) => c.Kind is not Forms || step is { Length: > 0 })
                .OverridePropertyName("step").Says("ต้องระบุ", "It is required.");
            RuleFor(c => c.Filter.DefinitionKey).PlainText(ValidationRules.CodeLength).OverridePropertyName("definitionKey");
            RuleFor(c => c.Filter.Step).PlainText(ValidationRules.CodeLength).OverridePropertyName("step");
        }
    }

    internal sealed class Handler(Sources sources, Words words, TimeProvider time) : IRequestHandler<Command, Outcome<Sheet>>
    {
        // A handler is made for each request.
        PeopleFigures? people;

        public async Task<Outcome<Sheet>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, filter) = (request.Caller, request.Filter);
            if (filter.Office is { Length: > 0 } office && !caller.BelongsTo(office))
                return new OfficeNotFound(office, "office");
            var offices = (await sources.OfficesAsync(caller, filter.Office, cancellationToken))
                .Where(one => Overseers.Includes(caller, one)).ToList();
            if (offices.Count == 0)
                return new NotAllowed("export-report", [.. Overseers.All]);
            var now = Instants.Truncate(time.GetUtcNow());
            if (request.GroupBy == PeopleFigures.GroupBy || filter.Person is not null)
            {
                people = await PeopleFigures.AskAsync(
                    sources.Database, caller, offices, ListClocks.AboutPerson(filter), now, cancellationToken);
                if (people is null)
                    return PeopleFigures.No;
                offices = [.. people.Offices];
            }

            await RecordAsync(request, offices, now, cancellationToken);
            return request.Kind switch
            {
                Compliance => await FiguresAsync(request, offices, now, cancellationToken),
                Times => await TimesAsync(request, offices, now, cancellationToken),
                Services => await ServicesAsync(request, offices, now, cancellationToken),
                Answers => await AnswersAsync(request, offices, now, cancellationToken),
                Forms => await FormsAsync(request, offices, now, cancellationToken),
                _ => Work(request, offices, now, cancellationToken),
            };
        }

        Task RecordAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct) =>
            sources.Database.TransactAsync(
                async session =>
                {
                    var detail = new
                    {
                        kind = request.Kind,
                        format = request.Format,
                        from = request.Filter.From,
                        to = request.Filter.To,
                        groupBy = request.GroupBy,
                        standing = request.Filter.Standing,
                        definitionKey = request.Filter.DefinitionKey,
                        step = request.Filter.Step,
                    };
                    // Each office reads in its trail who took what of it; whoever takes all is told once.
                    foreach (var office in request.Caller.Offices is null && offices.Count > 1 ? [Caller.EveryOffice] : offices)
                        await AdministrationTrail.RecordAsync(
                            session, request.Caller, new AdministrationAct("report-exported", office, null, detail), now);
                    return true;
                },
                ct);

        async Task<Sheet> FiguresAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            var groupBy = request.GroupBy ?? GetCompliance.Groupings[0];
            var figures = await GetCompliance.ReadAsync(
                sources, offices, groupBy, request.Filter.From, request.Filter.To, now, ct, people: people);
            string[] columns =
            [
                ReportWords.Grouping(words, groupBy), words["ชื่อ", "Name"],
                .. ClockStanding.All.Select(s => ReportWords.Standing(words, s)),
                words["ร้อยละที่ทัน", "% on time"],
            ];
            return Made(request, offices, now, columns, Rows());

            async IAsyncEnumerable<object?[]> Rows()
            {
                await Task.CompletedTask;
                foreach (var g in figures)
                    yield return
                    [
                        g.Key, g.Name is null ? null : words[g.Name], g.OnTime, g.Early, g.Late, g.Open, g.AtRisk, g.Overdue,
                        g.WithoutLimit, g.Percent,
                    ];
            }
        }

        async Task<Sheet> TimesAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            var (groupBy, filter) = (request.GroupBy ?? Grouping.All[0], request.Filter);
            var figures = await GetFigures.ReadAsync(
                sources, new AskedPeriod(offices, filter.From, filter.To, new Narrowing(filter.DefinitionKey)), groupBy, ct, people);
            return Made(
                request, offices, now,
                [ReportWords.Grouping(words, groupBy), words["ชื่อ", "Name"], .. FigureColumn.All.Select(c => words[c.Name])], Rows());

            async IAsyncEnumerable<object?[]> Rows()
            {
                await Task.CompletedTask;
                foreach (var f in figures)
                    yield return [f.Key, f.Name is null ? null : words[f.Name], .. FigureColumn.All.Select(c => (object?)c.Of(f))];
            }
        }

        async Task<Sheet> ServicesAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            var year = FiscalYear.Of(BangkokTime.DateOf(request.Filter.From));
            var services = (await GetServices.ReadAsync(sources, offices[0], year, now, ct))?.Items ?? [];
            return Made(
                request, offices, now,
                [
                    words["กระบวนงาน", "Procedure"], .. ServiceMonths(year).Select(words.ShortMonth), words["รวม", "Total"],
                    words["สิ้นสุด", "Ended"], words["ร้อยละที่ทัน", "% on time"],
                ],
                Rows());

            async IAsyncEnumerable<object?[]> Rows()
            {
                await Task.CompletedTask;
                foreach (var s in services)
                    yield return
                    [
                        s.Name is null ? s.Key : words[s.Name], .. s.Months.Select(m => (object?)m), s.Total, s.Ended, s.PercentOnTime,
                    ];
            }
        }

        async Task<Sheet> AnswersAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            var year = FiscalYear.Of(BangkokTime.DateOf(request.Filter.From));
            var procedures = (await GetFormStatistics.ReadAsync(sources, offices[0], year, now, ct))?.Items ?? [];
            return Made(
                request, offices, now,
                [
                    words["กระบวนงาน", "Procedure"], words["ขั้นตอน", "Step"], words["แบบฟอร์ม", "Forms"], words["ช่อง", "Field"],
                    words["ตอบ", "Answered"], words["คำตอบ", "Answer"], words["จำนวน", "Number"], words["เฉลี่ย", "Mean"],
                    words["ต่ำสุด", "Least"], words["สูงสุด", "Most"], words["รวม", "Sum"],
                ],
                Rows());

            async IAsyncEnumerable<object?[]> Rows()
            {
                await Task.CompletedTask;
                foreach (var p in procedures.Where(p => request.Filter.DefinitionKey is null || p.Key == request.Filter.DefinitionKey))
                {
                    foreach (var (step, field) in p.Steps.SelectMany(s => s.Fields.Select(f => (s, f))))
                    {
                        object?[] head =
                        [
                            p.Name is null ? p.Key : words[p.Name], step.Name is null ? step.Id : words[step.Name], step.Forms,
                            field.Label is null ? field.Name : words[field.Label], field.Answered,
                        ];
                        object?[] tail = [field.Mean, field.Min, field.Max, field.Sum];
                        foreach (var value in field.Values)
                            yield return [.. head, ReportWords.Answer(words, value.Answer), value.Number, .. tail];
                        if (field.Values.Count == 0)
                            yield return [.. head, null, null, .. tail];
                    }
                }
            }
        }

        async Task<Sheet> FormsAsync(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            var filter = new ListForms.Filter(
                offices[0], FiscalYear.Of(BangkokTime.DateOf(request.Filter.From)), request.Filter.DefinitionKey!, request.Filter.Step!,
                request.Filter.Search);
            var fields = await ListForms.FieldsAsync(sources, filter.DefinitionKey, filter.Step, ct);
            return Made(
                request, offices, now, [.. ListForms.Columns(words, fields)], ListForms.RowsAsync(sources, filter, fields, PageSize, ct));
        }

        static IEnumerable<DateOnly> ServiceMonths(int year) =>
            Enumerable.Range(0, 12).Select(i => FiscalYear.FirstDay(year).AddMonths(i));

        Sheet Work(Command request, IReadOnlyList<string> offices, DateTimeOffset now, CancellationToken ct)
        {
            string[] columns =
            [
                words["สำนักงาน", "Office"], words["เลขที่", "Reference"], words["เรื่อง", "Case"], words["กระบวนงาน", "Procedure"],
                words["รุ่น", "Version"], words["ขั้นตอน", "Step"], words["เริ่มนับเวลา", "Received"], words["ครบกำหนด", "Due"],
                words["เสร็จ", "Closed"], words["ผล", "Standing"], words["บทบาท", "Role"], words["ผู้ดำเนินการ", "By"],
                words["รหัสเรื่อง", "Case id"],
            ];
            return Made(request, offices, now, columns, Rows(ct));

            async IAsyncEnumerable<object?[]> Rows([EnumeratorCancellation] CancellationToken asked)
            {
                ListClocks.Place? after = null;
                while (true)
                {
                    var page = await ListClocks.ReadAsync(sources, offices, request.Filter, now, after, PageSize, asked, people);
                    foreach (var c in page)
                    {
                        yield return
                        [
                            c.Office, c.BusinessKey, c.Title, c.DefinitionName is null ? c.DefinitionKey : words[c.DefinitionName],
                            c.DefinitionVersion, c.StepName is null ? c.Step : words[c.StepName], c.ReceivedAt, c.DueAt, c.ClosedAt,
                            ReportWords.Standing(words, c.Standing), c.Role, c.PersonName, c.ProcessInstanceId.ToString(),
                        ];
                    }

                    if (page.Count < PageSize)
                        yield break;
                    after = ListClocks.PlaceOf(page[^1]);
                }
            }
        }

        Sheet Made(
            Command request, IReadOnlyList<string> offices, DateTimeOffset now, string[] columns, IAsyncEnumerable<object?[]> rows)
        {
            var filter = request.Filter;
            List<(string, string)> about =
            [
                (words["สำนักงาน", "Office"], string.Join(", ", offices)),
                (words["เริ่มนับเวลาตั้งแต่", "Time began from"], words.DateAndTime(filter.From)),
                (words["ก่อน", "Before"], words.DateAndTime(filter.To)),
            ];
            if (filter.DefinitionKey is { } key)
                about.Add((words["กระบวนงาน", "Procedure"], key));
            if (filter.Step is { } step)
                about.Add((words["ขั้นตอน", "Step"], step));
            if (filter.Standing is { } standing)
                about.Add((words["ผล", "Standing"], ReportWords.Standing(words, standing)));
            if (filter.Search is { } search)
                about.Add((words["ค้นหา", "Search"], search));
            about.Add((words["ทำเมื่อ", "Made"], words.DateAndTime(now)));
            about.Add((words["ทำโดย", "By"], request.Caller.UserName));
            var title = request.Kind switch
            {
                Compliance => words["การรักษาเวลาตามที่กำหนด", "Promised times"],
                Times => words["เวลาที่ใช้ การรอ และการทำซ้ำ", "Time used, waits and rework"],
                Services => words["สถิติการให้บริการ", "Service statistics"],
                Forms => words["ทะเบียนแบบฟอร์ม", "Register of forms"],
                Answers => words["ตัวชี้วัดและผลจากแบบฟอร์ม", "Indicators, and what the forms say"],
                _ => words["งานที่นับ", "The work that was counted"],
            };
            var name = string.Create(
                CultureInfo.InvariantCulture, $"{request.Kind}-{BangkokTime.DateOf(now):yyyy-MM-dd}");
            return new Sheet(name, title, about, columns, rows);
        }
    }
}

/// <summary>A sheet, written as it is read.</summary>
public sealed class Download(Sheet sheet, string format) : IResult, Microsoft.AspNetCore.Mvc.IActionResult
{
    public Task ExecuteResultAsync(Microsoft.AspNetCore.Mvc.ActionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ExecuteAsync(context.HttpContext);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = Sheet.ContentTypeOf(format);
        response.Headers.ContentDisposition = $"attachment; filename=\"{sheet.Name}.{format}\"";
        if (format == Sheet.Csv)
        {
            await sheet.WriteCsvAsync(response.Body, ct);
            return;
        }

        // An archive is written back and forth: into a file that goes away by itself, and from there.
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await sheet.WriteXlsxAsync(file, ct);
        response.ContentLength = file.Length;
        file.Position = 0;
        await file.CopyToAsync(response.Body, ct);
    }
}
