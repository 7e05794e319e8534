using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>How many notices came since somebody last looked at them; for the bell at the top of every page.</summary>
public sealed class UnreadNotices(Database database, TimeProvider time)
{
    /// <summary>Beyond it nobody counts.</summary>
    public const int Most = 99;

    // Indexes: the primary key of notice_seen, then ix_outbox_user, ix_outbox_role, ix_outbox_administrator, ix_account_notice.
    const string Newer = " AND m.message_id > COALESCE((SELECT seen FROM notice_seen WHERE user_id = @user), @none)";
    const string Part = """
        SELECT * FROM (
            SELECT m.message_id AS id
            FROM outbox m
            JOIN process_instance i ON i.instance_id = m.instance_id
            WHERE {0}
            ORDER BY m.message_id DESC
            LIMIT @take
        ) AS part
        """;
    const string OfAccount = """
        SELECT * FROM (
            SELECT notice_id AS id
            FROM account_notice
            WHERE user_id = @user AND notice_id > COALESCE((SELECT seen FROM notice_seen WHERE user_id = @user), @none)
            ORDER BY notice_id DESC
            LIMIT @take
        ) AS part
        """;

    const string SeenSql = "SELECT seen FROM notice_seen WHERE user_id = @user";

    const string SetSql = """
        INSERT INTO notice_seen (user_id, seen, seen_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET seen = excluded.seen, seen_at = excluded.seen_at
        WHERE notice_seen.seen < excluded.seen
        """;

    /// <returns>At most one more than <see cref="Most"/>.</returns>
    public async Task<int> CountAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var arguments = new DynamicParameters(new { user = caller.UserId, none = Guid.Empty, take = Most + 1 });
        var parts = GetNotifications.Parts(caller, arguments, Part, Newer).Append(OfAccount);
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<int>(
            $"SELECT COUNT(*) FROM (SELECT id FROM ({string.Join("\nUNION ALL\n", parts)}) AS every LIMIT @take) AS counted", arguments);
    }

    /// <summary>The newest notice at which somebody has looked; null when they never have.</summary>
    public async Task<Guid?> SeenAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Guid?>(SeenSql, new { user });
    }

    /// <summary>Everything up to a notice counts as looked at. What is newer already stays.</summary>
    public Task SetSeenAsync(Guid user, Guid upTo, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            session.Enqueue(SetSql, user, upTo, Instants.Truncate(time.GetUtcNow()));
            return ValueTask.FromResult(true);
        },
        ct);
}
