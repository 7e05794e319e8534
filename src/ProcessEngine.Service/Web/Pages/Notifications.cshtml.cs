using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Account;
using ProcessEngine.Service.Web.Pages.Admin;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>What the reader was told, the newest first.</summary>
public sealed class NotificationsModel(Database database, UnreadNotices unread) : DeskPage
{
    const int PageSize = 30;

    public IReadOnlyList<Notification> List { get; private set; } = [];
    public string? NextPage { get; private set; }

    /// <summary>Of those shown on the first page; null on later ones.</summary>
    public Guid? Newest { get; private set; }

    Guid? seen;

    public async Task<IActionResult> OnGetAsync()
    {
        Guid? after = HttpContext.Text("after") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
        var rows = await GetNotifications.ListAsync(database, Caller, after, PageSize + 1, RequestAborted);
        List = [.. rows.Take(PageSize)];
        NextPage = rows.Count > PageSize ? PageLink.To("/notifications", ("after", List[^1].Id.ToString())) : null;
        (seen, Newest) = (await unread.SeenAsync(Caller.UserId, RequestAborted), after is null && List.Count > 0 ? List[0].Id : null);
        return Page();
    }

    /// <summary>It came since the reader last said that they had read everything.</summary>
    public bool IsNew(Notification notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return seen is not { } last || string.CompareOrdinal(notice.Id.ToString(), last.ToString()) > 0;
    }

    /// <summary>By the button; with script, as soon as the page is open.</summary>
    public async Task<IActionResult> OnPostSeenAsync(Guid? upTo)
    {
        if (upTo is not { } newest)
            return NotFound();
        await unread.SetSeenAsync(Caller.UserId, newest, RequestAborted);
        return Request.Headers.ContainsKey("HX-Request") ? StatusCode(StatusCodes.Status204NoContent) : Redirect("/notifications");
    }
}
