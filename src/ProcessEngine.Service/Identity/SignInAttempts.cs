using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// Wrong passwords in a row. An attempt is counted before its password is looked at, in one statement: however many come at once, no more
/// of them than are allowed are looked at, and none of those that were under way takes the lock off. Names that nobody has are counted
/// alike, so that nothing tells them apart.
/// </summary>
public static class SignInAttempts
{
    // Index: the primary key. No row comes back while the lock holds.
    const string CountSql = """
        INSERT INTO sign_in_attempt AS a (who, failures, locked_until, changed_at)
        VALUES ($1, 1, NULL, $2)
        ON CONFLICT (who) DO UPDATE
        SET failures = CASE WHEN a.failures + 1 >= $3 THEN 0 ELSE a.failures + 1 END,
            locked_until = CASE WHEN a.failures + 1 >= $3 THEN $4 ELSE NULL END,
            changed_at = $2
        WHERE a.locked_until IS NULL OR a.locked_until <= $2
        RETURNING failures
        """;

    const string LockSql = "SELECT locked_until FROM sign_in_attempt WHERE who = $1 AND locked_until > $2";
    const string ForgetSql = "DELETE FROM sign_in_attempt WHERE who = $1";

    public static string Of(Guid user) => "user " + DbValues.ToText(user);

    /// <summary>Of a name that nobody has. Only its hash is kept: people type passwords into the wrong field.</summary>
    public static string Of(string userName)
    {
        ArgumentNullException.ThrowIfNull(userName);
        return "name " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userName.ToUpperInvariant())));
    }

    /// <summary>Counts an attempt as failed; a right password takes the count back.</summary>
    /// <returns>When the next is allowed; null when this one is.</returns>
    public static async ValueTask<DateTimeOffset?> CountAsync(WriteSession session, string who, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (counted, until) = (false, (DateTimeOffset?)null);
        await session.QueryAsync(
            CountSql, new object?[] { who, now, Passwords.FailuresAllowed, now + Passwords.LockedFor }, _ => counted = true);
        if (!counted)
            await session.QueryAsync(LockSql, new object?[] { who, now }, row => until = row.Instant(0));
        return counted ? null : until ?? now;
    }

    public static void Forget(WriteSession session, string who)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ForgetSql, who);
    }

    /// <summary>Attempts that nobody followed up.</summary>
    public sealed class CleanUp : ICleanUp
    {
        static readonly TimeSpan KeepFor = TimeSpan.FromDays(1);

        // Index: ix_attempt_age.
        public void ForgetOld(WriteSession session, DateTimeOffset now)
        {
            ArgumentNullException.ThrowIfNull(session);
            session.Enqueue("DELETE FROM sign_in_attempt WHERE changed_at < $1", now - KeepFor);
        }
    }
}
