using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Web.Pages.Admin;

namespace ProcessEngine.Service.Web.Pages.Account;

/// <summary>How the reader wants to be told.</summary>
public sealed class NotificationsModel(NotificationSettings settings, NotificationOptions options) : DeskPage
{
    public NotificationOptions Options => options;
    public NotificationSetting Setting { get; private set; } = new();
    public LocalizedText? Fault { get; private set; }

    public async Task OnGetAsync() => Setting = await settings.OfAsync(Caller.UserId, RequestAborted);

    public async Task<IActionResult> OnPostAsync(string? email, string? emailWhen, string? webhook, bool quiet)
    {
        Setting = new NotificationSetting
        {
            Email = Given(email),
            EmailWhen = emailWhen ?? "never",
            Webhook = Given(webhook),
            Quiet = quiet,
        };
        Fault = Setting.FaultIn(options);
        if (Fault is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return Page();
        }

        await settings.SaveAsync(Caller.UserId, Setting, RequestAborted);
        SetFlash(W["บันทึกแล้ว", "Stored."]);
        return Redirect("/account/notifications");
    }

    static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
