using System.Net;
using ProcessEngine.Core;

namespace ProcessEngine.Service.Notifications;

/// <summary>A post of JSON to an address of somebody's choice, on a host that the administrator allows: one for each notice.</summary>
public sealed class WebhookChannel(NotificationOptions options, IHttpClientFactory http) : INotificationChannel
{
    public string Name => NotificationChannels.Webhook;
    public LocalizedText Title => new("การส่งเว็บฮุก", "Sending of webhooks");
    public bool Together => false;

    public bool Reaches(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return options.Allows(recipient.Webhook);
    }

    public bool IsDaily(Recipient recipient) => false;

    public string Receiver(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return new Uri(recipient.Webhook!).Authority;
    }

    /// <summary>No answer, or one of 5xx. An answer of 4xx is about this one post; but 408 and 429 ask all to wait.</summary>
    public bool IsDown(Exception failure) => failure is IOException or OperationCanceledException or HttpRequestException
    {
        StatusCode: null or >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
    };

    public async Task SendAsync(Recipient recipient, IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(deliveries);
        using var client = http.CreateClient(nameof(WebhookChannel));
        foreach (var one in deliveries)
        {
            var said = NoticeWords.Of(one.Kind);
            var body = new
            {
                id = one.Id,
                kind = one.Kind,
                text = $"{said.Th}: {one.About}",
                textEn = said.En,
                link = options.PublicUrl.TrimEnd('/') + one.Link,
            };
            // The answer's head is enough: an endless body is not read.
            using var post = new HttpRequestMessage(HttpMethod.Post, recipient.Webhook) { Content = JsonContent.Create(body) };
            using var answer = await client.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, ct);
            answer.EnsureSuccessStatusCode();
        }
    }
}
