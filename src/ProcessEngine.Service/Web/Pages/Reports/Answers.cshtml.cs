using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// The indicators that the manuals print and what the forms of a fiscal year say: satisfaction, understanding, numbers; of all procedures
/// of an office, or of one, step by step.
/// </summary>
public sealed class AnswersModel(Sources sources, IMediator mediator, TimeProvider time) : ReportPage(sources, time)
{
    public override bool CanTakeAll => false;

    public GetFormStatistics.Report Report { get; private set; } = null!;

    /// <summary>The year before.</summary>
    public IReadOnlyDictionary<string, GetFormStatistics.Procedure> Before { get; private set; } =
        new Dictionary<string, GetFormStatistics.Procedure>();

    /// <summary>The one that is open; null: all of them.</summary>
    public GetFormStatistics.Procedure? Open { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        if (Office is null || await GetFormStatistics.ReadAsync(Sources, Office, Year, Now, RequestAborted) is not { } report)
            return NotFound();
        Report = report;
        Before = (await GetFormStatistics.ReadAsync(Sources, Office, Year - 1, Now, RequestAborted))!.Items.ToDictionary(p => p.Key);
        if (HttpContext.Text("definitionKey") is not { Length: > 0 } key)
            return Page();
        Open = report.Items.FirstOrDefault(p => p.Key == key) ?? await NothingOfAsync(key);
        return Open is null ? NotFound() : Page();
    }

    /// <summary>A procedure that had no case in the year: its indicator is shown all the same.</summary>
    async Task<GetFormStatistics.Procedure?> NothingOfAsync(string key) =>
        await Sources.Definitions.LatestAsync(key, RequestAborted) is { } definition
            ? new GetFormStatistics.Procedure(
                key, definition.Name, await Sources.Definitions.IndicatorAsync(definition, RequestAborted), 0, 0, null, 0, null, [])
            : null;

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadAskedAsync() is { } refused)
            return StatusCode(refused);
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Answers, format, null,
                new ListClocks.Filter(Office, Begins, Ends, DefinitionKey: HttpContext.Text("definitionKey"))),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    public string Address(string? procedure, string? handler = null) => PageLink.To(
        "/reports/answers", ("handler", handler), ("year", $"{Year}"), ("office", Office), ("definitionKey", procedure));

    /// <summary>The forms of a step, one by one.</summary>
    public string Register(string procedure, string step) => PageLink.To(
        "/reports/forms", ("year", $"{Year}"), ("office", Office), ("definitionKey", procedure), ("step", step));

    public string NameOf(GetFormStatistics.Procedure procedure)
    {
        ArgumentNullException.ThrowIfNull(procedure);
        return procedure.Name is { } name ? W[name] : procedure.Key;
    }

    /// <summary>The same field of the same step in the year before.</summary>
    public GetFormStatistics.Field? FieldBefore(string step, string field) => Open is { } open && Before.TryGetValue(open.Key, out var then)
        ? then.Steps.FirstOrDefault(s => s.Id == step)?.Fields.FirstOrDefault(f => f.Name == field)
        : null;
}
