using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Account;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>Notices that could not be sent, and sending them after all.</summary>
public sealed class NotificationsModel(
    FailedDeliveries failed,
    Database database,
    NotificationOptions options,
    IMediator mediator)
    : AdminPage
{
    public NotificationOptions Options => options;
    public IReadOnlyList<FailedDelivery> Failed { get; private set; } = [];

    /// <summary>When sending was held, and who released it.</summary>
    public IReadOnlyList<SendingHold> Holds { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        Failed = await failed.ReadAsync([TheOffice.Code], RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        Holds = (await DeliveryHold.StateAsync(connection)).Holds;
        return Page();
    }

    public async Task<IActionResult> OnPostReleaseAsync(string? waiting)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ReleaseSending.Command(Caller, await HttpContext.IdentifyFormAsync(), waiting), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await OnGetAsync();
        }

        SetFlash(waiting == "drop"
            ? W["เริ่มส่งแล้ว ที่รออยู่เดิมจะไม่ส่ง", "Mail and webhooks go out from now on; what waited is dropped."]
            : W["เริ่มส่งแล้ว รวมที่รออยู่", "Mail and webhooks go out, with what waited."]);
        return Redirect("/admin/notifications");
    }

    public async Task<IActionResult> OnPostTestAsync(string? address)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(new SendTestMail.Command(Caller, TheOffice.Code, address?.Trim()), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await OnGetAsync();
        }

        SetFlash(W["ส่งข้อความทดสอบแล้ว ตรวจกล่องจดหมาย", "The test message is sent: look into the mailbox."]);
        return Redirect(PageLink.To("/admin/notifications", ("office", Office)));
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        await failed.RetryAsync(TheOffice.Code, RequestAborted);
        SetFlash(W["จะส่งใหม่ในไม่กี่วินาที", "They will be sent in a few seconds."]);
        return Redirect("/admin/notifications");
    }
}
