using System.Globalization;
using System.Text.Json;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Operations;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>A step for which the manual states no limit, and the one that the office has set.</summary>
public sealed record OpenStep(Step Step, DeadlineRule? Rule, string? Reason);

/// <summary>
/// Limits that the office sets itself, on steps for which the manual states none. They hold for work received from then on, and are always
/// shown as the office's own.
/// </summary>
public sealed class LimitsModel(
    Database database, DefinitionCatalog definitions, OfficeChecklist checklist, Web.Procedures procedures, IMediator mediator) : AdminPage
{
    public IReadOnlyList<ProcedureCard> Catalogue { get; private set; } = [];

    /// <summary>The procedures of which the office has cases, with how many of their steps have no limit at all.</summary>
    public IReadOnlyList<(ProcessDefinition Procedure, int Open)> InUse { get; private set; } = [];

    /// <summary>Which procedure is looked at.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Procedure { get; set; }

    public ProcessDefinition? Shown { get; private set; }
    public IReadOnlyList<OpenStep> Steps { get; private set; } = [];

    /// <summary>Where a form was refused.</summary>
    [BindProperty]
    public string? Step { get; set; }

    [BindProperty]
    public string? Rule { get; set; }

    [BindProperty]
    public string? N { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var number = int.TryParse(Typed.Digits(N), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        DeadlineRule? rule = Rule switch
        {
            "calendar_days" => new CalendarDays(number),
            "working_minutes" => new WorkingMinutes(number),
            _ => new WorkingDays(number),
        };
        return await SendAsync(
            rule, clear: false, W["กำหนดแล้ว มีผลกับงานที่เข้ามาหลังจากนี้", "The limit is set, for work received from now on."]);
    }

    public async Task<IActionResult> OnPostClearAsync() => await FindOfficeAsync()
        ?? await SendAsync(null, clear: true, W["เลิกกำหนดแล้ว", "The limit is gone."]);

    async Task<IActionResult> SendAsync(DeadlineRule? rule, bool clear, string done)
    {
        var outcome = await mediator.Send(
            new StepDeadlineEndpoints.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, Procedure ?? "", Step ?? "", rule, Reason?.Trim(), clear),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/limits", ("office", Office), ("procedure", Procedure)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Catalogue = await procedures.ListAsync(TheOffice.Code, RequestAborted);
        var own = await OwnAsync();
        InUse =
        [
            .. (await checklist.InUseAsync(TheOffice.Code, RequestAborted)).Select(d =>
                (d, OfficeChecklist.WithoutLimit(d).Count(s => !own.ContainsKey((d.Key, s.Id))))),
        ];
        Procedure ??= InUse.Count > 0 ? InUse[0].Procedure.Key : null;
        if (Procedure is null)
            return Page();
        Shown = await definitions.StartableAsync(Procedure, TheOffice.Code, RequestAborted);
        if (Shown is null)
            return NotFound();
        Steps = [.. OfficeChecklist.WithoutLimit(Shown).Select(s =>
            own.TryGetValue((Shown.Key, s.Id), out var set) ? new OpenStep(s, set.Rule, set.Reason) : new OpenStep(s, null, null))];
        return Page();
    }

    async Task<Dictionary<(string Key, string Step), (DeadlineRule Rule, string Reason)>> OwnAsync()
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        // Index: the primary key.
        var rows = await connection.QueryAsync<(string Key, string Step, string Rule, string Reason)>(
            "SELECT definition_key, step_id, rule, reason FROM office_step_deadline WHERE office = @Code LIMIT 5000",
            new { TheOffice.Code });
        return rows.ToDictionary(
            r => (r.Key, r.Step), r => (JsonSerializer.Deserialize<DeadlineRule>(r.Rule, StorageJson.Instance.Options)!, r.Reason));
    }
}
