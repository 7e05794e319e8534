using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using ProcessEngine.Service.Audit;
using ProcessEngine.Service.Calendars;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Instances;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The official memo of a case, to read, to print, and as PDF.</summary>
public sealed class MemoModel(
    CaseReader cases, CaseSteps steps, CaseHistory history, People people, OfficeCalendars offices, Web.Procedures procedures, PdfPrinter printer, IWebHostEnvironment host) : DeskPage
{
    const string View = "/Web/Pages/Cases/_Memo.cshtml";

    public Memo? Memo { get; private set; }
    public Guid Case { get; private set; }
    public string Title { get; private set; } = "";
    public Guid? Shown { get; private set; }
    public bool CanPrint => printer.Browser is not null;

    /// <summary>The memos that there are: one for each time that something was proposed or reported.</summary>
    public IReadOnlyList<(Guid Task, string Name)> All { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id, Guid? task) => await ShowAsync(id, task) ?? Page();

    public async Task<IActionResult> OnGetPdfAsync(Guid id, Guid? task)
    {
        if (await ShowAsync(id, task) is { } missing)
            return missing;
        if (Memo is null)
            return NotFound();
        var pdf = CanPrint ? await printer.PrintAsync(await FilesAsync(), Stopped) : null;
        if (pdf is not null)
            return File(pdf, "application/pdf", $"memo-{Shown:N}.pdf");
        Say(CanPrint
            ? W["ทำ PDF ไม่สำเร็จ ใช้ปุ่มพิมพ์ แล้วเลือกบันทึกเป็น PDF", "The PDF could not be made. Use the print button and save as PDF."]
            : W["เครื่องแม่ข่ายไม่มีโปรแกรมทำ PDF ใช้ปุ่มพิมพ์ แล้วเลือกบันทึกเป็น PDF", "The server has no program that makes PDF. Use the print button and save as PDF."]);
        return Redirect(PageLink.To($"/cases/{id}/memo", ("task", Shown?.ToString())));
    }

    async Task<IActionResult?> ShowAsync(Guid id, Guid? task)
    {
        if (await cases.FindAsync(id, Caller, Stopped) is not var (definition, state))
            return NotFound();
        (Case, Title) = (id, state.Title);
        var made = await steps.OfAsync(id, definition, Stopped);
        var passes = Memo.PassesOf(made);
        All = [.. passes.Select(p => (p.Pass.TaskId, $"{p.Step.Name.Th}{(p.Pass.Attempt > 1 ? $" ครั้งที่ {p.Pass.Attempt}" : "")}"))];
        if (passes.Count == 0)
            return task is null ? null : NotFound();
        var about = task is null ? passes[^1] : passes.FirstOrDefault(p => p.Pass.TaskId == task);
        if (about.Step is null)
            return NotFound();
        Shown = about.Pass.TaskId;
        var names = await people.NamesAsync([state.StartedBy, .. made.SelectMany(s => s.Passes).Select(p => p.ClosedBy)], Stopped);
        Memo = Memo.Of(
            definition, state, await offices.FindOfficeAsync(state.Office, Stopped), about, made, await history.OfAsync(id, Stopped), names, await procedures.FindAsync(definition.Key, state.Office, Stopped));
        return null;
    }

    /// <summary>The memo, its style sheet and its typeface: everything that is needed to print it where there is no network.</summary>
    async Task<Dictionary<string, byte[]>> FilesAsync()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["index.html"] = Encoding.UTF8.GetBytes($"<!DOCTYPE html><html lang=\"th\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\"><title>{System.Net.WebUtility.HtmlEncode(Memo!.Subject)}</title><link rel=\"stylesheet\" href=\"memo.css\"></head><body>{await RenderAsync()}</body></html>"),
        };
        foreach (var file in new[] { "memo.css", "lib/sarabun-thai-400-normal.woff2", "lib/sarabun-thai-700-normal.woff2", "lib/sarabun-latin-400-normal.woff2", "lib/sarabun-latin-700-normal.woff2" })
        {
            await using var content = host.WebRootFileProvider.GetFileInfo(file).CreateReadStream();
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, Stopped);
            files[Path.GetFileName(file)] = bytes.ToArray();
        }

        files["memo.css"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files["memo.css"]).Replace("url(lib/", "url(", StringComparison.Ordinal));
        return files;
    }

    async Task<string> RenderAsync()
    {
        var view = Of<IRazorViewEngine>().GetView(null, View, isMainPage: false).View!;
        await using var text = new StringWriter();
        var data = new ViewDataDictionary<Memo>(MetadataProvider, ModelState) { Model = Memo! };
        await view.RenderAsync(new ViewContext(new ActionContext(HttpContext, RouteData, new ActionDescriptor()), view, data, TempData, text, new HtmlHelperOptions()));
        return text.ToString();
    }
}
