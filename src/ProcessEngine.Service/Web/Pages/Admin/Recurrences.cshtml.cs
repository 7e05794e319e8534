using System.Globalization;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Procedures that start by themselves in the office: every fiscal year, every month, or on a date.</summary>
public sealed class RecurrencesModel(Database database, Web.Procedures procedures, IMediator mediator) : AdminPage
{
    public IReadOnlyList<RecurrenceEndpoints.View> List { get; private set; } = [];
    public IReadOnlyList<ProcedureCard> Catalogue { get; private set; } = [];

    [BindProperty]
    public string? Procedure { get; set; }

    [BindProperty]
    public string? Every { get; set; }

    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Month { get; set; }

    [BindProperty]
    public string? Year { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public Task<IActionResult> OnPostAsync() => SendAsync(
        clear: false, W["กำหนดแล้ว เรื่องจะเริ่มเองตามวันที่", "It is set: cases start by themselves on the day."]);

    public Task<IActionResult> OnPostClearAsync() => SendAsync(
        clear: true, W["เลิกแล้ว เรื่องที่เริ่มไปแล้วเดินต่อ", "It is gone; cases that began go on."]);

    async Task<IActionResult> SendAsync(bool clear, string done)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        return await AnswerAsync(
            (await mediator.Send(
                new RecurrenceEndpoints.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, Procedure ?? "", Every, DayOf(), Title?.Trim(), clear),
                RequestAborted)).Rejection,
            done);
    }

    /// <summary>As the rule has it: 10-01, 5 or 2026-10-01.</summary>
    string? DayOf()
    {
        var day = Number(Day);
        return Every switch
        {
            "month" => day?.ToString(CultureInfo.InvariantCulture),
            "date" => Typed.Date(Day, Month, Year)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => Number(Month) is { } month && day is { } number
                ? string.Create(CultureInfo.InvariantCulture, $"{month:00}-{number:00}")
                : null,
        };

        static int? Number(string? text) =>
            int.TryParse(Typed.Digits(text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    async Task<IActionResult> AnswerAsync(Rejection? refused, string done)
    {
        if (refused is not null)
        {
            Refuse(refused);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/recurrences", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Catalogue = await procedures.ListAsync(TheOffice.Code, RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        // Index: the primary key. As many as there are procedures.
        List = (await connection.QueryAsync<RecurrenceEndpoints.View>(
            """
            SELECT office, definition_key, every, day, title, next_on, next_at
            FROM recurrence
            WHERE office = @Code
            ORDER BY definition_key
            LIMIT 1000
            """,
            new { TheOffice.Code })).AsList();
        return Page();
    }

    public string NameOf(string key) => Catalogue.FirstOrDefault(c => c.Key == key) is { } card ? W[card.Name] : key;

    public string WhenOf(RecurrenceEndpoints.View one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return one.Every switch
        {
            "month" => W[$"ทุกเดือน วันที่ {one.Day}", $"every month, on day {one.Day}"],
            "date" => DateOnly.TryParse(one.Day, CultureInfo.InvariantCulture, out var date) ? W["วันที่ ", "on "] + W.Date(date) : one.Day,
            _ => one.Day.Split('-') is [var month, var day] && Number(month, day) is var (m, d)
                ? W[$"ทุกปีงบประมาณ {d} {W.Month(m)}", $"every fiscal year, {d} {W.Month(m)}"]
                : one.Day,
        };

        static (int Month, int Day) Number(string month, string day) =>
            (int.Parse(month, CultureInfo.InvariantCulture), int.Parse(day, CultureInfo.InvariantCulture));
    }
}
