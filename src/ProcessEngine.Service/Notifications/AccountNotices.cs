using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// What somebody is told about their own account, or an administrator about the office, in the transaction of the change: in the pages,
/// and by mail and webhook as they wish.
/// </summary>
public static class AccountNotices
{
    public const string PasswordSet = "account-password-set";
    public const string SecondFactorReset = "account-second-factor-reset";
    public const string RolesSet = "account-roles-set";
    public const string KeyRevoked = "account-key-revoked";
    public const string JoiningAsked = "account-joining-asked";
    public const string JoiningDecided = "account-joining-decided";
    public const string IdentityLinked = "account-identity-linked";

    /// <summary>To whoever looks after an office: a job gave up something of it.</summary>
    public const string WorkSetAside = "work-set-aside";

    /// <summary>What they are about, where a notice of a case names the procedure.</summary>
    public const string AboutAccount = "บัญชีผู้ใช้ของท่าน";
    public const string AboutWork = "งานเบื้องหลังของระบบ";

    /// <summary>Of no account: an administrator tries whether mail goes out.</summary>
    public const string MailTest = "mail-test";

    public const string TestAbout = "ข้อความทดสอบจากผู้ดูแลระบบ หากท่านได้รับข้อความนี้ การส่งอีเมลใช้งานได้";

    const string InsertSql =
        "INSERT INTO account_notice (notice_id, user_id, kind, office, link, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

    // Index: the primary key of notification_setting. Whether the channel is wanted is looked at when it is sent, as for every delivery.
    const string SendSql = """
        INSERT INTO delivery (delivery_id, message_id, user_id, office, channel, kind, about, link, state, attempts, next_at, created_at)
        SELECT $1, $2, s.user_id, $4, $5, $6, $7, $8, 'waiting', 0, $9, $9
        FROM notification_setting s
        WHERE s.user_id = $3
        """;

    /// <param name="link">The page that says more.</param>
    public static void Tell(WriteSession session, Guid user, string kind, string office, string link, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (id, about) = (Guid.CreateVersion7(now), kind == WorkSetAside ? AboutWork : AboutAccount);
        session.Enqueue(InsertSql, id, user, kind, office, link, now);
        foreach (var channel in NotificationChannels.Names)
            session.Enqueue(SendSql, Guid.CreateVersion7(now), id, user, office, channel, kind, about, link, now);
    }
}
