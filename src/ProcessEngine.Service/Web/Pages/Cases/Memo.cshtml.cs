using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The official memo of a case, to read, to print, and as PDF.</summary>
public sealed class MemoModel(
    CaseReader cases,
    CaseSteps steps,
    CaseHistory history,
    People people,
    OfficeCalendars offices,
    Web.Procedures procedures,
    PrintedPage printed) : DeskPage
{
    const string View = "/Web/Pages/Cases/_Memo.cshtml";

    public Memo? Memo { get; private set; }
    public Guid Case { get; private set; }
    public string Title { get; private set; } = "";
    public Guid? Shown { get; private set; }
    public bool CanPrint => printed.IsPossible;

    /// <summary>The memos that there are: one for each time that something was proposed or reported.</summary>
    public IReadOnlyList<(Guid Task, string Name)> All { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id, Guid? task) => await ShowAsync(id, task) ?? Page();

    public async Task<IActionResult> OnGetPdfAsync(Guid id, Guid? task)
    {
        if (await ShowAsync(id, task) is { } missing)
            return missing;
        if (Memo is null)
            return NotFound();
        if (await printed.PrintAsync(this, View, Memo, Memo.Subject) is { } pdf)
            return File(pdf, "application/pdf", $"memo-{Shown:N}.pdf");
        FlashNoPdf(CanPrint);
        return Redirect(PageLink.To($"/cases/{id}/memo", ("task", Shown?.ToString())));
    }

    async Task<IActionResult?> ShowAsync(Guid id, Guid? task)
    {
        if (await cases.FindAsync(id, Caller, RequestAborted) is not var (definition, state))
            return NotFound();
        (Case, Title) = (id, state.Title);
        var made = await steps.OfAsync(id, definition, RequestAborted);
        var passes = Memo.PassesOf(made);
        All = [.. passes.Select(p => (p.Pass.TaskId, $"{p.Step.Name.Th}{(p.Pass.Attempt > 1 ? $" ครั้งที่ {p.Pass.Attempt}" : "")}"))];
        if (passes.Count == 0)
            return task is null ? null : NotFound();
        var about = task is null ? passes[^1] : passes.FirstOrDefault(p => p.Pass.TaskId == task);
        if (about.Step is null)
            return NotFound();
        Shown = about.Pass.TaskId;
        var names = await people.NamesAsync([state.StartedBy, .. made.SelectMany(s => s.Passes).Select(p => p.ClosedBy)], RequestAborted);
        Memo = Memo.Of(
            definition, state, await offices.FindOfficeAsync(state.Office, RequestAborted), about, made,
            await history.OfAsync(id, RequestAborted), names,
            await procedures.FindAsync(definition.Key, state.Office, RequestAborted));
        return null;
    }
}
