using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// Who changed people, roles, keys, passwords, second factors and settings of the office, newest first; for its auditors, too.
/// </summary>
public sealed class TrailModel(Database database) : AdminPage
{
    const int PageSize = 50;

    public IReadOnlyList<AdministrationEvent> Events { get; private set; } = [];
    public TrailVerification? Whole { get; private set; }
    public string? NextPage { get; private set; }

    protected override IReadOnlyList<string> Whose => [Roles.Administrator, Roles.Auditor];

    public async Task<IActionResult> OnGetAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var before = HttpContext.Text("before") is { } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw RefusedRequestException.At("before", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.")
            : (int?)null;
        await using var connection = await database.OpenAsync(RequestAborted);
        var rows = await AdministrationEvents.ReadAsync(
            connection,
            Caller,
            TheOffice.Code,
            new AdministrationEvents.Filter(),
            before,
            PageSize + 1);
        Events = [.. rows.Take(PageSize)];
        if (rows.Count > PageSize)
            NextPage = PageLink.To(
                "/admin/trail",
                ("office", Office),
                ("before", Events[^1].Sequence.ToString(CultureInfo.InvariantCulture)));
        if (before is null)
            Whole = await AdministrationEvents.CheckAsync(connection);
        return Page();
    }
}
