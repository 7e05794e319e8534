using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>The definitions of an office: what it goes by, what it works on.</summary>
public sealed class IndexModel(Database database, IMediator mediator) : StudioPage
{
    const int Size = 30;

    public string? Search { get; private set; }
    public IReadOnlyList<OfficeDefinition> Rows { get; private set; } = [];
    public IReadOnlyList<string> Offices => StudioAccess.OfficesOf(Caller);

    /// <summary>New procedures that were discarded and can still be taken back.</summary>
    public IReadOnlyList<DiscardedProcedure> Discarded { get; private set; } = [];

    public int Total { get; private set; }
    public int PageNumber { get; private set; } = 1;
    public int Pages => Math.Max(1, (Total + Size - 1) / Size);

    public string PageAddress(int number) =>
        $"/studio?page={number}"
            + (Search is null ? "" : "&q=" + Uri.EscapeDataString(Search))
            + (Where.Length == 0 ? "" : "&" + Where[1..]);

    public Task OnGetAsync() => ShowAsync();

    /// <summary>A new procedure that was discarded comes back.</summary>
    public async Task<IActionResult> OnPostTakeBackAsync(string? definition, string? window)
    {
        await ShowAsync();
        var outcome = await mediator.Send(
            new Drafts.Resolve(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, definition ?? "", window ?? "", Use: true),
            RequestAborted);
        if (outcome.Rejection is { } rejection)
            return Refuse(rejection);
        SetFlash(W["นำกระบวนงานกลับมาแล้ว", "The procedure is back."]);
        return Redirect($"/studio/definitions/{Uri.EscapeDataString(definition!)}{Where}");
    }

    async Task ShowAsync()
    {
        Search = HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null;
        PageNumber = Math.Clamp(HttpContext.Number("page") ?? 1, 1, 1_000_000);
        await using var connection = await database.OpenAsync(RequestAborted);
        Discarded = Access.MayEdit ? await OfficeDrafts.DiscardedProceduresAsync(connection, Access.Office) : [];
        (Rows, Total) = await OfficeDefinitions.PageAsync(database, connection, Access.Office, Search, PageNumber - 1, Size);
    }
}
