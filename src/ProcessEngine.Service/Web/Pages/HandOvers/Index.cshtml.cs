using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.HandOvers;

/// <summary>The receipts of an office, as far as they are the reader's.</summary>
public sealed class IndexModel(HandOverRegister register, Database database) : DeskPage
{
    const int PageSize = 30;

    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    public IReadOnlyList<string> Offices { get; private set; } = [];
    public IReadOnlyList<HandOverView> List { get; private set; } = [];
    public string? NextPage { get; private set; }
    public bool MayMake => Office is not null && HandOverRegister.MayHandOver(Caller, Office);

    public async Task<IActionResult> OnGetAsync()
    {
        await using (var connection = await database.OpenAsync(RequestAborted))
            Offices = await VisibleOffices.ForAsync(connection, Caller, null);
        Office ??= Offices.Count > 0 ? Offices[0] : null;
        if (Office is null || !Offices.Contains(Office))
            return StatusCode(StatusCodes.Status403Forbidden);
        Guid? after = HttpContext.Text("after") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
        var found = await register.ListAsync(Office, Caller, after, PageSize + 1, RequestAborted);
        List = [.. found.Take(PageSize)];
        NextPage = found.Count > PageSize ? PageLink.To("/hand-overs", ("office", Office), ("after", List[^1].Id.ToString())) : null;
        return Page();
    }
}
