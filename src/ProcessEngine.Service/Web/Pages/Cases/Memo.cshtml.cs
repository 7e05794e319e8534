using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Web.Papers;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The official memo of a case, to read, to print, and as PDF.</summary>
public sealed class MemoModel(
    CaseReader cases,
    CaseSteps steps,
    CaseHistory history,
    People people,
    OfficeCalendars offices,
    Web.Procedures procedures,
    AttachmentReader files,
    OfficePapers papers,
    Memos memos,
    PrintedPage printed) : DeskPage
{
    const string View = "/Web/Pages/Cases/_Memo.cshtml";

    public Memo? Memo { get; private set; }
    public Guid Case { get; private set; }
    public string Title { get; private set; } = "";
    public Guid? Shown { get; private set; }
    public bool CanPrint => printed.IsPossible;

    /// <summary>What was made of its words, and how it was signed; null for what the record says by itself.</summary>
    public StoredMemo? Stored { get; private set; }

    public OfficePaper Paper { get; private set; } = new();

    public bool IsSigned => Stored?.SignedAt is not null;

    /// <summary>Whether the reader words and signs it.</summary>
    public bool MaySign { get; private set; }

    ProcessState state = null!;

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

    /// <summary>Other words, until it is signed.</summary>
    public async Task<IActionResult> OnPostEditAsync(Guid id, Guid? task, string? subject, string? body, string? close, int revision)
    {
        if (await ShowAsync(id, task) is { } missing)
            return missing;
        if (Memo is null || !MaySign)
            return StatusCode(StatusCodes.Status403Forbidden);
        var words = new StoredMemo { Subject = Clean(subject), Body = Clean(body), Close = Clean(close), Revision = revision };
        var fits = words.Subject.Length is > 0 and <= Memos.SubjectLength && words.Body.Length is > 0 and <= Memos.BodyLength
            && words.Close.Length is > 0 and <= Memos.CloseLength
            && new[] { words.Subject, words.Body, words.Close }.All(ValidationRules.IsClean);
        if (!fits)
            SetFlash(
                HttpContext,
                W["ต้องมีเรื่อง ข้อความ และคำลงท้าย และไม่ยาวเกินไป", "A subject, a text and a close are needed, of bounded length."],
                good: false);
        else if (await memos.EditAsync(Shown!.Value, state, Caller, words, RequestAborted))
            SetFlash(W["เก็บข้อความที่แก้แล้ว", "Your wording is kept."]);
        else
            SetFlash(HttpContext, W["มีผู้แก้หรือลงนามไปก่อนแล้ว", "Somebody worded or signed it in between."], false);
        return Redirect(PageLink.To($"/cases/{id}/memo", ("task", Shown?.ToString())));
    }

    /// <summary>It gets its number and stays as it is.</summary>
    public async Task<IActionResult> OnPostSignAsync(Guid id, Guid? task)
    {
        if (await ShowAsync(id, task) is { } missing)
            return missing;
        if (Memo is null || !MaySign)
            return StatusCode(StatusCodes.Status403Forbidden);
        await memos.SignAsync(Shown!.Value, state, Caller, Paper, Memo, RequestAborted);
        SetFlash(W["ลงนามแล้ว บันทึกนี้เก็บไว้ตามที่ลงนาม", "Signed. It stays as it was signed."]);
        return Redirect(PageLink.To($"/cases/{id}/memo", ("task", Shown?.ToString())));
    }

    static string Clean(string? text) => text?.ReplaceLineEndings("\n").Trim() ?? "";

    async Task<IActionResult?> ShowAsync(Guid id, Guid? task)
    {
        if (await cases.FindAsync(id, Caller, RequestAborted) is not var (definition, found))
            return NotFound();
        state = found;
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
        var cards = await people.CardsAsync(
            state.Office, [.. new[] { state.StartedBy }.Concat(made.SelectMany(m => m.Passes).Select(p => p.ClosedBy)).OfType<Guid>()],
            RequestAborted);
        var attached = await files.ListAsync(id, null, Caller, null, Service.Cases.Attachments.AttachFile.MaxFiles, RequestAborted) ?? [];
        var drawn = Memo.Of(
            definition, state, await offices.FindOfficeAsync(state.Office, RequestAborted), about, made,
            await history.OfAsync(id, RequestAborted), names, cards.ToDictionary(c => c.UserId, c => c.PostAndLevel),
            attached.Where(f => f.Withdrawn is null && f.CreatedAt <= (about.Pass.ClosedAt ?? f.CreatedAt)).Select(f => f.FileName),
            await procedures.OfVersionAsync(definition.Key, definition.Version, RequestAborted), role => W.OwnPost(state.Office, role));
        (Stored, Paper) = (await memos.FindAsync(about.Pass.TaskId, RequestAborted), await papers.FindAsync(state.Office, RequestAborted));
        MaySign = !IsSigned && Memos.MaySign(Caller, state, drawn.By.User);
        // Signed, it is what was signed; what was decided on it since stands below all the same.
        Memo = (Memos.Read(Stored) is { } signed ? signed with { Endorsements = drawn.Endorsements } : Worded(drawn)) with
        {
            Crest = Paper.CrestAddress,
        };
        return null;
    }

    /// <summary>In the words of whoever proposes, and with what the office prints on its papers.</summary>
    Memo Worded(Memo made)
    {
        var paper = made with { Telephone = Paper.Telephone, Number = Paper.BookPattern is null ? made.Number : null };
        return Stored is null ? paper : paper with
        {
            Subject = Words.ToThaiDigits(Stored.Subject),
            Body = [.. Stored.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Words.ToThaiDigits)],
            Points = [],
            Close = Words.ToThaiDigits(Stored.Close),
        };
    }

    /// <summary>The words as they may be changed: the paragraphs, and what was done as paragraphs of their own.</summary>
    public string EditableBody => string.Join(
        "\n\n", Memo!.Body.Where(p => p.Length > 0).Concat(Memo.Points.Index().Select(p => $"{p.Index + 1}. {p.Item}")));
}
