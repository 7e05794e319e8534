using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>What an office says of its people, as it is stored.</summary>
static class Members
{
    const string SaveSql = """
        INSERT INTO office_member (office, user_id, post, post_level, group_id, telephone) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (office, user_id) DO UPDATE
        SET post = excluded.post, post_level = excluded.post_level, group_id = excluded.group_id, telephone = excluded.telephone
        """;

    const string RenameSql = "UPDATE app_user SET display_name = $2 WHERE user_id = $1";

    // How they want to be told is their own choice; where they have made none, an address that their office gives is used.
    const string AddressSql = """
        INSERT INTO notification_setting (user_id, email, email_when, webhook, quiet, changed_at) VALUES ($1, $2, 'once', NULL, $3, $4)
        ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, changed_at = excluded.changed_at
        """;

    /// <param name="group">Of the office; null for none.</param>
    public static void Save(WriteSession session, string office, Guid user, MemberDetails details, Guid? group) =>
        session.Enqueue(SaveSql, office, user, details.Post, details.Level, group, details.Telephone);

    public static void Rename(WriteSession session, Guid user, string displayName) => session.Enqueue(RenameSql, user, displayName);

    public static void SetAddress(WriteSession session, Guid user, string email, DateTimeOffset now) =>
        session.Enqueue(AddressSql, user, email, true, now);
}
