using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>The forms that were filled in at a step in a fiscal year, one by one: a control register of any step that has a form.</summary>
public sealed class FormsModel(Sources sources, IMediator mediator, TimeProvider time) : ReportPage(sources, time)
{
    const int PageSize = 50;

    public override bool CanTakeAll => false;

    public LocalizedText ProcedureName { get; private set; } = null!;
    public LocalizedText StepName { get; private set; } = null!;
    public ListForms.Filter Filter { get; private set; } = null!;
    public IReadOnlyList<FormField> Fields { get; private set; } = [];
    public IReadOnlyList<ListForms.FilledForm> Rows { get; private set; } = [];
    public string? NextPage { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await ReadFilterAsync() is { } refused)
            return StatusCode(refused);
        var after = HttpContext.Text("after") is { Length: > 0 } text ? ListForms.Place.From(text.Split('~')) : null;
        var found = await ListForms.ReadAsync(Sources, Filter, after, PageSize + 1, RequestAborted);
        Rows = [.. found.Take(PageSize)];
        if (found.Count > PageSize)
            NextPage = Address(("after", string.Join('~', ListForms.PlaceOf(Rows[^1]).Keys)));
        return Page();
    }

    public async Task<IActionResult> OnPostExportAsync(string? format)
    {
        if (await ReadFilterAsync() is { } refused)
            return StatusCode(refused);
        var outcome = await mediator.Send(
            new ExportReport.Command(
                Caller, ExportReport.Forms, format, null,
                new ListClocks.Filter(Office, Begins, Ends, DefinitionKey: Filter.DefinitionKey, Step: Filter.Step)
                {
                    Search = Filter.Search,
                }),
            RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    async Task<int?> ReadFilterAsync()
    {
        if (await ReadAskedAsync() is { } refused)
            return refused;
        var (key, step) = (HttpContext.Text("definitionKey") ?? "", HttpContext.Text("step") ?? "");
        if (Office is null || await Sources.Definitions.LatestAsync(key, RequestAborted) is not { } definition
            || ListForms.NameOf(definition, step) is not { } found)
            return StatusCodes.Status404NotFound;
        (ProcedureName, StepName) = (definition.Name, found);
        Filter = new ListForms.Filter(Office, Year, key, step, HttpContext.Text("q") is { Length: > 0 } text ? text : null);
        Fields = await ListForms.FieldsAsync(Sources, key, step, RequestAborted);
        return null;
    }

    public string Address(params (string, string?)[] more) => PageLink.To(
        "/reports/forms",
        [
            ("year", $"{Year}"), ("office", Office), ("definitionKey", Filter.DefinitionKey), ("step", Filter.Step), ("q", Filter.Search),
            .. more,
        ]);

    public string TextOf(ListForms.FilledForm form, FormField field)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(field);
        return form.Answers.TryGetValue(field.Name, out var value) ? FormEntry.InWords(W, value, field.Format) : "–";
    }
}
