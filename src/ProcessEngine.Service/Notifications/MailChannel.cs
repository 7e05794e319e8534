using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using ProcessEngine.Core;

namespace ProcessEngine.Service.Notifications;

/// <summary>E-mail, by SMTP (RFC 5321): one message for all that comes to somebody at once.</summary>
public sealed class MailChannel(NotificationOptions options) : INotificationChannel
{
    // RFC 8314: TLS from the first byte on.
    const int SubmissionsPort = 465;

    public string Name => NotificationChannels.Email;
    public LocalizedText Title => new("การส่งอีเมล", "Sending of e-mail");
    public bool Together => true;

    public bool Reaches(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return options.HasMail && recipient.EmailWhen != "never" && recipient.Email is not null;
    }

    public bool IsDaily(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return recipient.EmailWhen == "daily";
    }

    public string Receiver(Recipient recipient) => options.SmtpHost;

    /// <summary>It cannot be reached or does not answer, lets nobody in, or takes nothing now; not a refusal of this one message.</summary>
    public bool IsDown(Exception failure) => failure is SocketException or IOException or OperationCanceledException
        or ProtocolException or SslHandshakeException or AuthenticationException or ServiceNotConnectedException
        or SmtpCommandException { ErrorCode: SmtpErrorCode.UnexpectedStatusCode };

    public async Task SendAsync(Recipient recipient, IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(deliveries);
        using var mail = Write(recipient.Email!, deliveries);
        using var smtp = new SmtpClient();
        var tls = !options.SmtpTls ? SecureSocketOptions.None
            : options.SmtpPort == SubmissionsPort ? SecureSocketOptions.SslOnConnect
            : SecureSocketOptions.StartTls;
        await smtp.ConnectAsync(options.SmtpHost, options.SmtpPort, tls, ct);
        if (options.SmtpUser.Length > 0)
            await smtp.AuthenticateAsync(options.SmtpUser, options.SmtpPassword, ct);
        await smtp.SendAsync(mail, ct);
        // It is sent. A server that does not say goodbye changes nothing.
        await smtp.DisconnectAsync(quit: false, CancellationToken.None);
    }

    MimeMessage Write(string address, IReadOnlyList<Delivery> deliveries)
    {
        var pages = options.PublicUrl.TrimEnd('/');
        var text = new StringBuilder();
        foreach (var one in deliveries)
        {
            var reason = one.Reason is { } why ? $"เหตุผล: {why.ReplaceLineEndings("\n")}\n" : "";
            text.Append(CultureInfo.InvariantCulture, $"{NoticeWords.Of(one.Kind).Th}\n{one.About}\n{reason}{pages}{one.Link}\n\n");
        }


        text.Append(CultureInfo.InvariantCulture, $"เปลี่ยนวิธีแจ้งเตือน: {pages}/account/notifications\n");
        var mail = new MimeMessage
        {
            // No name and no title: a subject is read over shoulders and on locked screens.
            Subject = deliveries.Count == 1 ? NoticeWords.Of(deliveries[0].Kind).Th : $"การแจ้งเตือน {deliveries.Count} รายการ",
            MessageId = $"{deliveries[0].Id}@processengine",
            Body = new TextPart("plain") { Text = text.ToString() },
        };
        mail.From.Add(MailboxAddress.Parse(options.From));
        mail.To.Add(MailboxAddress.Parse(address));
        // RFC 3834.
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return mail;
    }
}
