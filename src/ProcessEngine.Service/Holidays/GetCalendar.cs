using System.Text.Json;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Holidays;

/// <summary>
/// <c>GET /api/v1/calendars/{calendar}</c>: the days of a year; <c>GET /api/v1/calendars/changes</c>: who changed what, when and why.
/// </summary>
public static class GetCalendar
{
    // Index: the primary key; newest first.
    const string ChangesSql = """
        SELECT to_version, change_id, from_version, scope, office, changed_at, changed_by, reference, reason, approved_by, days, effect
        FROM calendar_change
        WHERE {0}
        ORDER BY to_version DESC
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/calendars/{calendar}", GetAsync).WithName("GetCalendar").WithTags("Calendars").Produces<CalendarView>()
            .Query(("year", "Gregorian year; this year when left out."), ("version", "An earlier version, to see what was known then."))
            .Refuses(400, 404);
        routes.MapGet("/calendars/changes", ListAsync).WithName("ListCalendarChanges").WithTags("Calendars")
            .Produces<Page<CalendarChangeView>>().Paged();
        routes.MapGet("/calendars/changes/{id:guid}", GetChangeAsync).WithName("GetCalendarChange").WithTags("Calendars")
            .Produces<CalendarChangeView>().Refuses(404);
    }

    static async Task<IResult> GetAsync(HttpContext http, string calendar, OfficeCalendars calendars, TimeProvider time)
    {
        var edition = await calendars.LatestAsync(http.RequestAborted);
        var year = http.Number("year") ?? BangkokTime.DateOf(time.GetUtcNow()).Year;
        if (year < edition.Coverage.FirstYear || year > edition.Coverage.LastYear)
            throw RefusedRequestException.At(
                "year",
                $"ปฏิทินมีข้อมูลปี ค.ศ. {edition.Coverage.FirstYear}–{edition.Coverage.LastYear}",
                $"The calendar covers {edition.Coverage.FirstYear}–{edition.Coverage.LastYear}.");
        if (http.Number("version") is { } version)
        {
            if (version < 1 || version > edition.Version)
                throw RefusedRequestException.At(
                    "version", $"ต้องอยู่ระหว่าง 1 ถึง {edition.Version}", $"It must be between 1 and {edition.Version}.");
            edition = await calendars.EditionAsync(version, http.RequestAborted);
        }

        var office = calendar == OfficeCalendars.National || Provinces.IsKnown(calendar)
            ? null
            : await calendars.FindOfficeAsync(calendar, http.RequestAborted);
        if (!OfficeCalendars.MaySee(http.Caller(), calendar)
            || (office is null && calendar != OfficeCalendars.National && !Provinces.IsKnown(calendar)))
            return Problems.From(new CalendarNotFound(calendar));
        var province = office?.Province ?? (calendar == OfficeCalendars.National ? null : calendar);
        var works = office is null ? edition.For(province) : edition.For(office);
        IEnumerable<OfficeDay> own = office is null ? [] : edition.DaysOf(office.Code);
        var confirmed = own.Where(d => d.Kind == OfficeDayKind.Confirmation).Select(d => d.Date).ToHashSet();
        var days = edition.Holidays.Where(row => row.AppliesTo(province) && row.Date.Year == year)
            .Select(row => new CalendarDayView(
                row.Date, row.Name, row.Kind, row.Scope, works.IsWorkingDay(row.Date), row.IsUnconfirmed && !confirmed.Contains(row.Date),
                row.Source, null))
            .Concat(own.Where(d => d.Date.Year == year)
                .Select(d => new CalendarDayView(
                    d.Date, new LocalizedText(d.Reason, d.Reason), OfficeDayRow.NameOf(d.Kind), office!.Code, works.IsWorkingDay(d.Date),
                    false, null, d.ApprovedBy)));
        return Results.Json(
            new CalendarView(
                works.Id, edition.Version, edition.Coverage, year, year <= edition.Coverage.LastAnnouncedYear,
                [.. days.OrderBy(d => d.Date)]),
            JsonShape.Options);
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var paging = Paging.From(http, keys: 1);
        var rows = await ChangesAsync(
            http,
            database,
            paging.AfterNumber() is null ? "" : " AND to_version < @after",
            new { after = paging.AfterNumber() },
            paging.Limit + 1);
        return Results.Json(
            paging.ToPage(rows, r => r.ToView(), r => [r.ToVersion.ToString(System.Globalization.CultureInfo.InvariantCulture)]),
            JsonShape.Options);
    }

    static async Task<IResult> GetChangeAsync(HttpContext http, Guid id, Database database) =>
        (await ChangesAsync(http, database, " AND change_id = @id", new { id }, 1)) is [var row]
            ? Results.Json(row.ToView(), JsonShape.Options)
            : Problems.From(new CalendarChangeNotFound(id));

    /// <summary>The changes of the table are everybody's; those of an office, its people's.</summary>
    static async Task<List<ChangeRow>> ChangesAsync(HttpContext http, Database database, string filter, object values, int take)
    {
        var arguments = new DynamicParameters(values);
        arguments.Add("take", take);
        var mine = "1 = 1";
        if (http.Caller().Offices is { } own)
        {
            for (var i = 0; i < own.Length; i++)
                arguments.Add($"office{i}", own[i]);
            mine = $"(office IS NULL{string.Concat(own.Select((_, i) => $" OR office = @office{i}"))})";
        }

        await using var connection = await database.OpenAsync(http.RequestAborted);
        return (await connection.QueryAsync<ChangeRow>(
            ChangesSql.Replace("{0}", mine + filter, StringComparison.Ordinal), arguments)).AsList();
    }

    sealed record ChangeRow
    {
        public int ToVersion { get; init; }
        public Guid ChangeId { get; init; }
        public int FromVersion { get; init; }
        public string Scope { get; init; } = "";
        public DateTimeOffset ChangedAt { get; init; }
        public Guid? ChangedBy { get; init; }
        public string Reference { get; init; } = "";
        public string Reason { get; init; } = "";
        public string? ApprovedBy { get; init; }
        public string Days { get; init; } = "";
        public string Effect { get; init; } = "";

        public CalendarChangeView ToView() => new(
            ChangeId, Scope, FromVersion, ToVersion, ChangedAt, ChangedBy, Reference, Reason, ApprovedBy,
            JsonSerializer.Deserialize<List<ChangedDay>>(Days, JsonShape.Options)!,
            JsonSerializer.Deserialize<ChangeEffect>(Effect, JsonShape.Options)!);
    }
}

/// <param name="Calendar"><c>national</c>, a province, or the code of an office that has days of its own.</param>
/// <param name="Announced">False: the holidays of the year are computed, and dates that rest on them are provisional (R9).</param>
/// <param name="Days">Holidays, closures and openings of the year; not the plain weekends.</param>
public sealed record CalendarView(
    string Calendar, int Version, CalendarCoverage Coverage, int Year, bool Announced, IReadOnlyList<CalendarDayView> Days);

/// <param name="Works">Whether the office works on this day after all.</param>
/// <param name="ToConfirm">Of low confidence, and not yet confirmed: it does not count.</param>
public sealed record CalendarDayView(
    DateOnly Date, LocalizedText Name, string Kind, string Scope, bool Works, bool ToConfirm, string? Source, string? ApprovedBy);
