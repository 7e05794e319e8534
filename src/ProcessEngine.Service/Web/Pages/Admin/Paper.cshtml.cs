using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Web.Papers;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>What the papers of the office are printed with, and the book of those that were signed.</summary>
public sealed class PaperModel(OfficePapers papers, Memos memos, IMediator mediator) : AdminPage
{
    public OfficePaper Paper { get; private set; } = new();
    public IReadOnlyList<BookEntry> Book { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync(string? pattern, string? telephone, bool withoutCrest, IFormFile? crest)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new SetOfficePaper.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, Given(pattern), Given(telephone), await ReadAsync(crest),
                withoutCrest),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(W["บันทึกแล้ว", "Stored."]);
        return Redirect(PageLink.To("/admin/paper", ("office", Office)));
    }

    static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;

    /// <summary>No more of it than may be kept, and one byte that tells that there is more.</summary>
    async Task<Upload?> ReadAsync(IFormFile? file)
    {
        if (file is null || file.Length == 0)
            return null;
        var content = new byte[Math.Min(file.Length, SetOfficePaper.MostCrestBytes + 1)];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, RequestAborted);
        return new Upload(
            FileKinds.Clean(file.FileName), content, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Paper = await papers.FindAsync(TheOffice.Code, RequestAborted);
        Book = await memos.BookAsync(TheOffice.Code, RequestAborted);
        return Page();
    }
}
