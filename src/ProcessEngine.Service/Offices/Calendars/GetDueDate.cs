using System.Globalization;
using System.Text.Json.Serialization;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices.Calendars;

/// <summary>
/// <c>GET /api/v1/calendars/{calendar}/due-date</c>: what a rule gives, and why. Rules and parameters as in docs/working-time.md.
/// </summary>
public static class GetDueDate
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/calendars/{calendar}/due-date", GetAsync)
            .WithName("GetDueDate").WithTags("Calendars").Produces<DueDateView>()
            .Choice("rule", "Required.", [.. DeadlineRuleFields.Names])
            .Query(
                ("from", "The instant of receipt; required. Without an offset it is Bangkok time."),
                ("n", "Days."), ("min", "Of a range."), ("max", "Of a range."), ("roll", "forward (default) or none."),
                ("minutes", "Working minutes."),
                ("firstDay", "count_if_at_open, where the service's own regulation says so."),
                ("event", "Date of the event, for rules that count back from one; the date itself for given_date."),
                ("fiscalYear", "Buddhist year of a window."), ("windowFrom", "Month-day, such as 10-01."), ("windowTo", "Month-day."))
            .Refuses(400, 404, 422);

    static async Task<IResult> GetAsync(HttpContext http, string calendar, OfficeCalendars calendars)
    {
        var from = http.Instant("from")
            ?? throw RefusedRequestException.At("from", "ต้องระบุวันเวลาที่ได้รับ", "The instant of receipt is required.");
        var (rule, problems) = DeadlineRuleFields.Read(http.Text);
        if (problems.Count > 0)
            return Problems.From(new InvalidInput([.. problems.Select(p => new FieldError(p.Parameter, p.Reason))]));

        var eventOn = ReadEvent(http);
        if (eventOn is null && rule!.NeedsDate)
            throw RefusedRequestException.At(
                "event",
                "ต้องระบุวันจัดงานหรือวันที่กำหนด (ปปปป-ดด-วว)",
                "The date of the event, or the one given, is required (yyyy-mm-dd).");
        if (!OfficeCalendars.MaySee(http.Caller(), calendar) || await calendars.FindAsync(calendar, http.RequestAborted) is not { } found)
            return Problems.From(new CalendarNotFound(calendar));

        var received = BangkokTime.DateOf(from);
        foreach (var (field, date) in new[] { ("from", received), ("event", eventOn ?? received) })
        {
            if (!found.Coverage.Covers(date))
                return Problems.From(new DateOutsideCalendar(field, date, found.Coverage.FirstYear, found.Coverage.LastYear));
        }

        try
        {
            var due = DeadlineCalculation.Compute(rule!, from, found, eventOn);
            var why = DeadlineCalculation.Explain(rule!, from, found, eventOn);
            return Results.Json(
                new DueDateView(
                    due.ExpectedFrom, due.DueAt, due.OverdueAtStart, due.ActBy, found.Id, found.Version, due.NotYetAnnounced,
                    [.. why.Counted.Select(d => d.ToString("O", CultureInfo.InvariantCulture))], [.. why.Skipped.Select(SkippedView.Of)]),
                JsonShape.Options);
        }
        catch (CalendarNotLoadedException e)
        {
            return Problems.From(new DateOutsideCalendar(
                rule is Window ? "fiscalYear" : "n", e.Date, found.Coverage.FirstYear, found.Coverage.LastYear));
        }
    }

    static DateOnly? ReadEvent(HttpContext http)
    {
        if (http.Text("event") is null)
            return null;
        return BangkokTime.DateOf(http.Instant("event")!.Value);
    }
}

/// <param name="ExpectedFrom">Of a range: not expected before this moment.</param>
/// <param name="NotYetAnnounced">The period touches days whose holidays are not announced yet.</param>
/// <param name="Counted">The dates that were counted.</param>
public sealed record DueDateView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpectedFrom,
    DateTimeOffset Due,
    bool OverdueAtStart,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ActBy,
    string Calendar,
    int CalendarVersion,
    bool NotYetAnnounced,
    IReadOnlyList<string> Counted,
    IReadOnlyList<SkippedView> Skipped);

/// <summary>A day that was not counted, and for what.</summary>
public sealed record SkippedView(string Date, string Name, string NameEn)
{
    public static SkippedView Of(SkippedDay day)
    {
        ArgumentNullException.ThrowIfNull(day);
        return new SkippedView(day.Date.ToString("O", CultureInfo.InvariantCulture), day.Name.Th, day.Name.En);
    }
}

public sealed record CalendarNotFound(string Calendar) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "calendar-not-found", "calendar", $"ไม่พบปฏิทิน \"{Calendar}\"",
        $"There is no calendar \"{Calendar}\"; it is \"national\", a province (ISO 3166-2, such as TH-84) or an office's code.");
}
