using System.Data.Common;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Reviews;

/// <summary>
/// Who else works on a procedure right now: a page of somebody who may edit it says every few seconds that it is open, on any node.
/// </summary>
public static class Presence
{
    /// <summary>Whoever was not heard of for so long has left.</summary>
    public static readonly TimeSpan Present = TimeSpan.FromMinutes(1);

    const string SeenSql = """
        INSERT INTO draft_presence (office, definition_key, user_id, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (office, definition_key, user_id) DO UPDATE SET seen_at = excluded.seen_at
        """;

    const string ForgetSql = "DELETE FROM draft_presence WHERE office = $1 AND definition_key = $2 AND seen_at < $3";

    // Indexes: the primary keys. Whoever saved lately works on it, too, with a page that says nothing by itself.
    const string OthersSql = """
        SELECT display_name
        FROM app_user
        WHERE user_id <> @user AND (
            user_id IN (
                SELECT user_id FROM draft_presence WHERE office = @office AND definition_key = @key AND seen_at > @since)
            OR user_id IN (
                SELECT updated_by FROM office_draft
                WHERE office = @office AND definition_key = @key AND content IS NOT NULL AND updated_at > @since))
        ORDER BY display_name
        LIMIT 10
        """;

    public static async Task<IReadOnlyList<string>> OthersAsync(
        DbConnection connection, string office, string key, Guid user, DateTimeOffset now) =>
        (await connection.QueryAsync<string>(OthersSql, new { office, key, user, since = now - Present })).AsList();

    /// <returns>Null when nobody else is there.</returns>
    public static LocalizedText? InWords(IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var names = string.Join(", ", others);
        return others.Count == 0 ? null : new LocalizedText($"ขณะนี้มีผู้อื่นแก้ไขอยู่ด้วย: {names}", $"Also working on it now: {names}");
    }

    /// <summary>Somebody has the procedure open.</summary>
    public static async Task HereAsync(Database database, string office, string key, Guid user, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await database.TransactAsync(
            session =>
            {
                session.Enqueue(ForgetSql, office, key, now - Present);
                session.Enqueue(SeenSql, office, key, user, now);
                return ValueTask.FromResult(true);
            },
            ct);
    }
}
