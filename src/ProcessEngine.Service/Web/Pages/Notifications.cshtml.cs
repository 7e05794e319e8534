using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Account;
using ProcessEngine.Service.Web.Pages.Admin;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>What the reader was told, the newest first.</summary>
public sealed class NotificationsModel(Database database) : DeskPage
{
    const int PageSize = 30;

    public IReadOnlyList<Notification> List { get; private set; } = [];
    public string? NextPage { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        Guid? after = HttpContext.Text("after") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
        var rows = await GetNotifications.ListAsync(database, Caller, after, PageSize + 1, RequestAborted);
        List = [.. rows.Take(PageSize)];
        NextPage = rows.Count > PageSize ? PageLink.To("/notifications", ("after", List[^1].Id.ToString())) : null;
        return Page();
    }
}
