using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// Whom a provider of sign-in means. Its owner ties an account to the provider, once, while signed in here: no administrator does it for
/// them, and no name that the provider gives to another afterwards opens it.
/// </summary>
public sealed class ExternalIdentities(Database database, TimeProvider time)
{
    const string PageOfIt = "/account/sessions";

    // Index: the primary key.
    const string FindSql = """
        SELECT u.user_id
        FROM external_identity e
        JOIN app_user u ON u.user_id = e.user_id
        WHERE e.issuer = @issuer AND e.subject = @subject AND u.active = @yes AND u.kind = 'person'
        """;

    const string LinkSql = "INSERT INTO external_identity (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4)";
    const string UnlinkSql = "DELETE FROM external_identity WHERE user_id = $1";

    public async Task<Guid?> FindAsync(string issuer, string subject, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Guid?>(FindSql, new { issuer, subject, yes = true });
    }

    /// <summary>Whether an account is tied to the provider.</summary>
    public async Task<bool> IsLinkedAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_external_identity_user.
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM external_identity WHERE user_id = @user", new { user }) > 0;
    }

    /// <summary>Ties the account of whoever is signed in. Its owner is told, wherever they read it.</summary>
    /// <returns>False when the person at the provider is tied to an account, or the account to a person there.</returns>
    public async Task<bool> LinkAsync(Caller caller, string issuer, string subject, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        try
        {
            return await database.TransactAsync(
                async session =>
                {
                    var now = Instants.Truncate(time.GetUtcNow());
                    session.Enqueue(LinkSql, issuer, subject, caller.UserId, now);
                    await RecordAsync(session, caller, "identity-linked", now);
                    return true;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            return false;
        }
    }

    public Task UnlinkAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return database.TransactAsync(
            async session =>
            {
                session.Enqueue(UnlinkSql, caller.UserId);
                await RecordAsync(session, caller, "identity-unlinked", Instants.Truncate(time.GetUtcNow()));
                return true;
            },
            ct);
    }

    static async ValueTask RecordAsync(WriteSession session, Caller caller, string action, DateTimeOffset now)
    {
        var home = caller.Memberships.Length > 0 ? caller.Memberships[0].Office : Caller.EveryOffice;
        await AdministrationTrail.RecordAsync(session, caller, new AdministrationAct(action, home, caller.UserId), now);
        if (action == "identity-linked")
            AccountNotices.Tell(session, caller.UserId, AccountNotices.IdentityLinked, home, PageOfIt, now);
    }
}
