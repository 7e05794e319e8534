using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Holidays;

/// <summary>
/// <c>POST /api/v1/calendars/{calendar}/changes</c>: days off are added, removed, renamed or confirmed (docs/calendar-changes.md).
/// <c>national</c> and provinces (<c>TH-90|TH-91</c>) are the system
/// administrator's, an office's closures and openings its own administrator's.
/// With <c>?preview=true</c> it only tells what would happen.
/// </summary>
public static class ChangeCalendar
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/calendars/{calendar}/changes", PostAsync).WithName("ChangeCalendar").WithTags("Calendars")
            .Accepts<Request>("application/json").Produces<CalendarChangeView>(201).Produces<CalendarChangeView>()
            .Query(("preview", "true: nothing is stored; the answer says how many running limits would move.")).Idempotent()
            .Refuses(400, 403, 404, 409);

    static async Task<IResult> PostAsync(HttpContext http, string calendar, IMediator mediator)
    {
        var preview = http.Flag("preview") ?? false;
        var sent = await http.ReadAsync<Request>();
        var body = sent.Body;
        var command = new Command(
            sent.Caller, sent.Id, calendar, preview, body.Add ?? [], body.Remove ?? [], body.Rename ?? [], body.Confirm ?? [],
            body.LastYear, body.LastAnnouncedYear,
            body.Reference, body.Reason, body.ApprovedBy);
        return (await mediator.Send(command, http.RequestAborted)).ToResult();
    }

    public sealed record NameRequest(string? Th, string? En);

    /// <param name="Kind">Of a national day <c>special</c> (when left out), <c>fixed</c>,
    /// <c>lunar</c> or <c>substitution</c>; of an office <c>closure</c> or <c>opening</c>.</param>
    public sealed record DayRequest(DateOnly? Date, NameRequest? Name, string? Kind);

    /// <param name="Confirm">Days of low confidence that are certain now: of a province by announcement, or for one office alone.</param>
    /// <param name="LastYear">National: the table reaches to the end of this Gregorian year from now on.</param>
    /// <param name="LastAnnouncedYear">National: the holidays of this Gregorian year, and of those before it, are announced.</param>
    /// <param name="Reference">The announcement, resolution or order.</param>
    /// <param name="Reason">Why; it stands in the history of every case that is moved.</param>
    /// <param name="ApprovedBy">Of an office: who decided it.</param>
    public sealed record Request(
        List<DayRequest?>? Add,
        List<DateOnly>? Remove,
        List<DayRequest?>? Rename,
        List<DateOnly>? Confirm,
        int? LastYear,
        int? LastAnnouncedYear,
        string? Reference,
        string? Reason,
        string? ApprovedBy);

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string Calendar,
        bool Preview,
        List<DayRequest?> Add,
        List<DateOnly> Remove,
        List<DayRequest?> Rename,
        List<DateOnly> Confirm,
        int? LastYear,
        int? LastAnnouncedYear,
        string? Reference,
        string? Reason,
        string? ApprovedBy) : IRequest<Outcome<StoredAnswer>>
    {
        public IEnumerable<DateOnly?> Dates =>
            [.. Add.Select(d => d?.Date), .. Rename.Select(d => d?.Date), .. Confirm.Select(d => (DateOnly?)d)];
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        const int MaxDays = 400;

        public Validator()
        {
            RuleFor(c => c.Reference).Given().PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Reason).Given().PlainText(ValidationRules.CommentLength);
            RuleFor(c => c.ApprovedBy).PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Add).Must(days => days.Count <= MaxDays)
                .Says($"ไม่เกิน {MaxDays} วันต่อครั้ง", $"At most {MaxDays} days at once.");
            RuleFor(c => c.Add).Must((c, _) => c.Add.Count + c.Remove.Count + c.Rename.Count + c.Confirm.Count > 0
                || c.LastYear is not null
                || c.LastAnnouncedYear is not null)
                .Says("ต้องระบุวันที่จะเปลี่ยนอย่างน้อยหนึ่งวัน", "Say at least one day that changes.");
            RuleForEach(c => c.Add).Must(d => d?.Date is not null).Says("ต้องระบุวันที่ (ปปปป-ดด-วว)", "A date is required (yyyy-mm-dd).");
            RuleForEach(c => c.Add).Must(NameIsText).Says("ชื่อวันหยุดไม่ถูกต้อง", "The name is too long or is not text.");
            RuleForEach(c => c.Rename).Must(d => d is { Date: not null, Name.Th.Length: > 0 })
                .Says("ต้องระบุวันที่และชื่อใหม่", "A date and the new name are required.");
            RuleForEach(c => c.Rename).Must(NameIsText).Says("ชื่อวันหยุดไม่ถูกต้อง", "The name is too long or is not text.");
            RuleFor(c => c.Remove).Must((c, _) => c.Remove.Distinct().Count() == c.Remove.Count
                && c.Dates.Distinct().Count() == c.Dates.Count()
                && !c.Remove.Intersect(c.Confirm).Any())
                .Says("ระบุวันเดียวกันซ้ำ", "The same day is named twice.");
        }

        static bool NameIsText(DayRequest? day) => new[] { day?.Name?.Th, day?.Name?.En }.All(text =>
            text is null || (text.Length <= ValidationRules.TitleLength && ValidationRules.IsClean(text)));
    }

    internal sealed class Handler(CalendarChanges changes, OfficeCalendars calendars) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var scope = ScopeOf(request.Calendar);
            var office = scope is null ? await calendars.FindOfficeAsync(request.Calendar, cancellationToken) : null;
            if (scope is null && (office is null || !request.Caller.BelongsTo(office.Code)))
                return new CalendarNotFound(request.Calendar);
            if (office is null ? !request.Caller.IsSystemAdministrator : !request.Caller.Holds(Roles.Administrator, office.Code))
                return new NotAllowed("change-calendar", [Roles.Administrator]);
            if (office is not null && string.IsNullOrWhiteSpace(request.ApprovedBy))
                return InvalidInput.At("approvedBy", "ต้องระบุผู้อนุมัติ", "Say who approved it.");

            var change = new ChangeRequest(
                office?.Code ?? scope!, request.Caller.UserId, request.Reference!, request.Reason!, request.ApprovedBy);
            Func<CalendarEdition, Outcome<CalendarDiff>> plan = office is null
                ? edition => new TablePlan(request, scope!, edition).Make()
                : edition => new OfficePlan(request, office, edition).Make();
            if (!request.Preview)
                return await changes.ApplyAsync(request.Id, change, plan, cancellationToken);
            var preview = await changes.PreviewAsync(change, plan, cancellationToken);
            return preview.Value is { } view ? new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view)) : preview.Rejection!;
        }

        /// <summary>The scope as the table writes it; null when the calendar is not of the table.</summary>
        static string? ScopeOf(string calendar)
        {
            if (calendar == OfficeCalendars.National)
                return calendar;
            var provinces = calendar.Split('|', ',');
            return provinces.All(Provinces.IsKnown) ? string.Join('|', provinces.Distinct().Order(StringComparer.Ordinal)) : null;
        }
    }

    /// <summary>What a request makes of the rows of one scope, or everything that stands against it.</summary>
    sealed class TablePlan(Command request, string scope, CalendarEdition edition)
    {
        static readonly string[] NationalKinds = ["special", "fixed", "lunar", "substitution"];

        readonly Faults faults = new();
        readonly Dictionary<DateOnly, Holiday> rows = edition.Holidays.Where(row => row.Scope == scope).ToDictionary(row => row.Date);
        readonly List<Holiday> ended = [];
        readonly List<Holiday> begun = [];

        public Outcome<CalendarDiff> Make()
        {
            var coverage = edition.Coverage with
            {
                LastYear = request.LastYear ?? edition.Coverage.LastYear,
                LastAnnouncedYear = request.LastAnnouncedYear ?? edition.Coverage.LastAnnouncedYear,
            };
            CheckYears(coverage);
            for (var i = 0; i < request.Remove.Count; i++)
                End($"remove[{i}]", request.Remove[i]);
            for (var i = 0; i < request.Rename.Count; i++)
            {
                var (date, name) = (request.Rename[i]!.Date!.Value, request.Rename[i]!.Name!);
                if (End($"rename[{i}]", date) is { } row)
                    begun.Add(row with { Name = new LocalizedText(name.Th!, name.En ?? name.Th!) });
            }

            for (var i = 0; i < request.Confirm.Count; i++)
            {
                if (End($"confirm[{i}]", request.Confirm[i]) is not { } row)
                    continue;
                if (!row.IsUnconfirmed)
                    faults.Add($"confirm[{i}]", "วันนี้ยืนยันแล้ว", "This day is certain already.");
                begun.Add(row with { Confidence = "high", Source = request.Reference! });
            }

            for (var i = 0; i < request.Add.Count; i++)
                Add(i, request.Add[i]!, coverage);
            return faults.Or(() => new CalendarDiff
            {
                Ended = ended,
                Begun = begun,
                Coverage = coverage == edition.Coverage ? null : coverage,
            });
        }

        void CheckYears(CalendarCoverage coverage)
        {
            const int MaxYearsAhead = 10;
            if (scope != Holiday.National && coverage != edition.Coverage)
                faults.Add("lastYear", "ปีของปฏิทินกำหนดได้เฉพาะปฏิทินระดับประเทศ", "Years are set on the national calendar only.");
            if (coverage.LastYear < edition.Coverage.LastYear || coverage.LastYear > edition.Coverage.LastYear + MaxYearsAhead)
                faults.Add(
                    "lastYear",
                    "ปีสุดท้ายต้องไม่น้อยกว่าเดิม และเพิ่มได้ไม่เกิน 10 ปี",
                    "The table does not get shorter, and at most ten years longer.");
            if (coverage.LastAnnouncedYear < coverage.FirstYear || coverage.LastAnnouncedYear > coverage.LastYear)
                faults.Add("lastAnnouncedYear", "ต้องเป็นปีที่อยู่ในปฏิทิน", "It must be a year of the table.");
        }

        Holiday? End(string field, DateOnly date)
        {
            if (rows.TryGetValue(date, out var row))
            {
                ended.Add(row);
                return row;
            }

            var elsewhere = edition.Holidays.Where(h => h.Date == date).Select(h => h.Scope).ToList();
            faults.Add(
                field,
                elsewhere.Count == 0 ? "ไม่มีวันหยุดในวันนี้" : $"วันหยุดนี้เป็นของปฏิทิน {string.Join(", ", elsewhere)}",
                elsewhere.Count == 0
                    ? "There is no holiday on this day."
                    : $"The holiday of this day belongs to the calendar {string.Join(", ", elsewhere)}.");
            return null;
        }

        void Add(int i, DayRequest day, CalendarCoverage coverage)
        {
            var (date, field) = (day.Date!.Value, $"add[{i}]");
            var kind = day.Kind ?? (scope == Holiday.National ? "special" : "regional");
            if (string.IsNullOrWhiteSpace(day.Name?.Th))
                faults.Add($"{field}.name.th", "ต้องระบุชื่อวันหยุด", "The holiday's name is required.");
            if (scope == Holiday.National ? !NationalKinds.Contains(kind) : kind != "regional")
                faults.Add(
                    $"{field}.kind",
                    $"ต้องเป็น {string.Join(", ", scope == Holiday.National ? NationalKinds : ["regional"])}",
                    "It is not a kind of this calendar.");
            if (!coverage.Covers(date))
                faults.Add($"{field}.date", "อยู่นอกปีที่ปฏิทินมีข้อมูล", $"The table covers {coverage.FirstYear}–{coverage.LastYear}.");
            if (rows.ContainsKey(date) && !request.Remove.Contains(date))
                faults.Add($"{field}.date", "วันนี้เป็นวันหยุดอยู่แล้ว", "This day is a holiday already.");
            begun.Add(new Holiday(
                date, new LocalizedText(day.Name?.Th ?? "", day.Name?.En ?? day.Name?.Th ?? ""), kind, scope, request.Reference!, "high"));
        }
    }

    /// <summary>What a request makes of an office's own days, or everything that stands against it.</summary>
    sealed class OfficePlan(Command request, Office office, CalendarEdition edition)
    {
        readonly Faults faults = new();
        readonly Dictionary<DateOnly, OfficeDay> days = edition.DaysOf(office.Code).ToDictionary(day => day.Date);
        readonly List<OfficeDay> ended = [];
        readonly List<OfficeDay> begun = [];

        public Outcome<CalendarDiff> Make()
        {
            if (request.LastYear is not null || request.LastAnnouncedYear is not null)
                faults.Add("lastYear", "ปีของปฏิทินกำหนดได้เฉพาะปฏิทินระดับประเทศ", "Years are set on the national calendar only.");
            for (var i = 0; i < request.Remove.Count; i++)
                End($"remove[{i}]", request.Remove[i]);
            for (var i = 0; i < request.Rename.Count; i++)
            {
                if (End($"rename[{i}]", request.Rename[i]!.Date!.Value) is { } day)
                    begun.Add(day with { Reason = request.Rename[i]!.Name!.Th! });
            }

            for (var i = 0; i < request.Confirm.Count; i++)
            {
                if (!edition.Holidays.Any(row => row.Date == request.Confirm[i] && row.IsUnconfirmed && row.AppliesTo(office.Province)))
                    faults.Add($"confirm[{i}]", "ไม่มีวันหยุดที่รอการยืนยันในวันนี้", "No holiday of this day waits to be confirmed.");
                Begin($"confirm[{i}]", new OfficeDay(request.Confirm[i], OfficeDayKind.Confirmation, request.Reason!, request.ApprovedBy!));
            }

            for (var i = 0; i < request.Add.Count; i++)
            {
                var day = request.Add[i]!;
                if (day.Kind is not ("closure" or "opening"))
                    faults.Add($"add[{i}].kind", "ต้องเป็น closure (ปิดทำการ) หรือ opening (เปิดทำการ)", "It must be closure or opening.");
                if (!edition.Coverage.Covers(day.Date!.Value))
                    faults.Add(
                        $"add[{i}].date",
                        "อยู่นอกปีที่ปฏิทินมีข้อมูล",
                        $"The table covers {edition.Coverage.FirstYear}–{edition.Coverage.LastYear}.");
                var kind = day.Kind == "opening" ? OfficeDayKind.Opening : OfficeDayKind.Closure;
                Begin($"add[{i}].date", new OfficeDay(day.Date.Value, kind, day.Name?.Th ?? request.Reason!, request.ApprovedBy!));
            }

            return faults.Or(() => new CalendarDiff { Office = office.Code, DaysEnded = ended, DaysBegun = begun });
        }

        OfficeDay? End(string field, DateOnly date)
        {
            if (!days.TryGetValue(date, out var day))
            {
                faults.Add(field, "สำนักงานไม่ได้กำหนดวันนี้ไว้", "The office has no day of its own on this date.");
                return null;
            }

            ended.Add(day);
            return day;
        }

        void Begin(string field, OfficeDay day)
        {
            if (days.ContainsKey(day.Date) && !request.Remove.Contains(day.Date))
                faults.Add(field, "สำนักงานกำหนดวันนี้ไว้แล้ว", "The office has a day of its own on this date already.");
            begun.Add(day);
        }
    }

    sealed class Faults
    {
        readonly List<FieldError> found = [];

        public void Add(string field, string th, string en) => found.Add(new FieldError(field, new LocalizedText(th, en)));

        public Outcome<CalendarDiff> Or(Func<CalendarDiff> diff) => found.Count == 0 ? diff() : new InvalidInput(found);
    }
}
