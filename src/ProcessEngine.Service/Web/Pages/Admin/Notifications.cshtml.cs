using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Notifications;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Notices that could not be sent, and sending them after all.</summary>
public sealed class NotificationsModel(Deliveries deliveries, NotificationOptions options) : AdminPage
{
    public NotificationOptions Options => options;
    public IReadOnlyList<FailedDelivery> Failed { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        Failed = await deliveries.FailedAsync([TheOffice.Code], Stopped);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        await deliveries.RetryAsync(TheOffice.Code, Stopped);
        Say(W["จะส่งใหม่ในไม่กี่วินาที", "They will be sent in a few seconds."]);
        return Redirect("/admin/notifications");
    }
}
