using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>Section <c>ProcessEngine:Notifications</c>.</summary>
public sealed record NotificationOptions : IValidatableObject
{
    /// <summary>The address of the pages, for links: <c>https://work.example.go.th</c>.</summary>
    [Required(ErrorMessage = "must not be empty")]
    [WebAddress]
    public string PublicUrl { get; init; } = "http://localhost:5000";

    /// <summary>Without one no e-mail is sent.</summary>
    public string SmtpHost { get; init; } = "";

    [Range(1, 65535, ErrorMessage = "must be between {1} and {2}")]
    public int SmtpPort { get; init; } = 25;

    public bool SmtpTls { get; init; }
    public string SmtpUser { get; init; } = "";

    [DataType(DataType.Password)]
    public string SmtpPassword { get; init; } = "";

    /// <summary>The sender's address: that of an office, not of a person.</summary>
    public string From { get; init; } = "processengine@localhost";

    /// <summary>
    /// The hosts to which people may have notices posted, with commas between. None
    /// by default: an address of somebody's choice must not reach into the network.
    /// </summary>
    public string WebhookHosts { get; init; } = "";

    /// <summary>How long one try to send may take. 1 s to 1 min; default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public bool HasMail => SmtpHost.Length > 0;

    IEnumerable<string> Webhooks => WebhookHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Allows(string? webhook) =>
        Uri.TryCreate(webhook, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0
            && Webhooks.Contains(address.Authority, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HasMail && Uri.CheckHostName(SmtpHost) == UriHostNameType.Unknown)
            yield return new ValidationResult("must be the name of a host", [nameof(SmtpHost)]);
        if (!MailAddress.TryCreate(From, out _))
            yield return new ValidationResult("must be an e-mail address", [nameof(From)]);
        if (Webhooks.Any(host => !Uri.TryCreate($"https://{host}", UriKind.Absolute, out var address)
            || address.PathAndQuery != "/" || host.EndsWith('/')))
        {
            yield return new ValidationResult("must be hosts such as chat.example.go.th:8443, with commas between", [nameof(WebhookHosts)]);
        }
    }
}

/// <summary>How a person wants to be told, besides the pages.</summary>
public sealed record NotificationSetting
{
    public string? Email { get; init; }

    /// <summary><c>never</c>, <c>once</c> (as it comes) or <c>daily</c>.</summary>
    public string EmailWhen { get; init; } = "never";

    public string? Webhook { get; init; }

    /// <summary>Only within office hours.</summary>
    public bool Quiet { get; init; } = true;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public LocalizedText? FaultIn(NotificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return EmailWhen is not ("never" or "once" or "daily")
            ? new LocalizedText("เลือกว่าจะรับอีเมลเมื่อใด", "Choose when to be e-mailed.")
            : EmailWhen != "never" && (Email is null
                || Email.Length > 200
                || Email.Any(char.IsControl)
                || !MailAddress.TryCreate(Email, out var address)
                || address.Address != Email)
                ? new LocalizedText("ที่อยู่อีเมลไม่ถูกต้อง", "That is no e-mail address.")
            : Webhook is not null && !options.Allows(Webhook)
                ? new LocalizedText(
                    "ที่อยู่เว็บฮุกนี้ไม่ได้รับอนุญาต ถามผู้ดูแลระบบ", "That webhook's address is not allowed. Ask the administrator.")
            : null;
    }
}

/// <summary>What people have chosen.</summary>
public sealed class NotificationSettings(Database database, TimeProvider time)
{
    const string SaveSql = """
        INSERT INTO notification_setting (user_id, email, email_when, webhook, quiet, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id)
        DO UPDATE
        SET email = excluded.email, email_when = excluded.email_when, webhook = excluded.webhook, quiet = excluded.quiet,
            changed_at = excluded.changed_at
        """;

    public async Task<NotificationSetting> OfAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: the primary key.
        return await connection.QuerySingleOrDefaultAsync<NotificationSetting>(
            "SELECT email, email_when, webhook, quiet FROM notification_setting WHERE user_id = @user", new { user })
            ?? new NotificationSetting();
    }

    public Task SaveAsync(Guid user, NotificationSetting setting, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return database.TransactAsync(
            session =>
            {
                session.Enqueue(
                    SaveSql, user, setting.Email, setting.EmailWhen, setting.Webhook, setting.Quiet, Instants.Truncate(time.GetUtcNow()));
                return ValueTask.FromResult(true);
            },
            ct);
    }
}
