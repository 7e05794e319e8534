using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.HandOvers;

/// <summary>Handing over all work of somebody: whose, to whom and why; then what would go and what would not; then it is done.</summary>
public sealed class NewModel(HandOverRegister register, OfficeCalendars offices, Database database, IMediator mediator, TimeProvider time)
    : DeskPage
{
    /// <summary>In the place of a person: back to everybody of the roles.</summary>
    public const string ToRole = "role";

    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public Office TheOffice { get; private set; } = null!;

    /// <summary>Those of the office, also whoever is gone and has left work behind.</summary>
    public IReadOnlyList<Holder> Members { get; private set; } = [];

    public HandOverPreview? Preview { get; private set; }
    public Problem? Refused { get; private set; }
    public DateTimeOffset Now { get; private set; }
    public string NewKey { get; } = FormRequest.NewKey();

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ShowAsync() is { } refused)
            return refused;
        if (Given(From) is null || Given(To) is null)
            return Page();
        var asked = await register.PreviewAsync(TheOffice.Code, From!, To == ToRole ? null : To, Caller, RequestAborted);
        Preview = asked.Value;
        if (asked.Rejection is { } rejection)
            Refuse(rejection);
        return Page();
    }

    public async Task<IActionResult> OnPostStoreAsync()
    {
        if (await ShowAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new HandOverEndpoints.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, From, To == ToRole ? null : To, To == ToRole, Given(Reason),
                Given(Number)),
            RequestAborted);
        if (outcome.Rejection is not { } rejection)
            return Redirect($"/hand-overs/{outcome.Value!.Location!.Split('/')[^1]}");
        Refuse(rejection);
        return Page();
    }

    async Task<IActionResult?> ShowAsync()
    {
        var mine = await OfficesWhereAsync(Team.Heads);
        Office ??= mine.Count > 0 ? mine[0] : null;
        if (Office is null || !mine.Contains(Office) || await offices.FindOfficeAsync(Office, RequestAborted) is not { } office)
            return StatusCode(StatusCodes.Status403Forbidden);
        (TheOffice, Now) = (office, time.GetUtcNow());
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            // Indexes: ix_membership_office, then the primary key of app_user and ix_task_assignee.
            Members = (await connection.QueryAsync<Holder>(
                $"""
                SELECT u.user_id, u.display_name, u.active,
                    EXISTS (SELECT 1
                        FROM user_task t
                        WHERE t.assignee = u.user_id AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = @Code) AS has_work
                FROM app_user u
                WHERE u.user_id IN (SELECT m.user_id FROM membership m WHERE m.office = @Code)
                ORDER BY u.display_name, u.user_id
                LIMIT 2000
                """,
                new { office.Code })).AsList();
        }

        return null;
    }

    void Refuse(Rejection rejection)
    {
        Refused = Problems.From(rejection);
        Response.StatusCode = Refused.Status;
    }

    static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;

    public sealed record Holder
    {
        public Guid UserId { get; init; }
        public string DisplayName { get; init; } = "";
        public bool Active { get; init; }
        public bool HasWork { get; init; }
    }
}
