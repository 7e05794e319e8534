using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>What a person holds in an office, as it is changed.</summary>
static class Memberships
{
    // Index: the primary key.
    const string InSql = "SELECT role FROM membership WHERE user_id = $1 AND office = $2 ORDER BY role";
    const string ElsewhereSql = "SELECT office FROM membership WHERE user_id = $1 AND office <> $2 ORDER BY office LIMIT 1";
    const string ClearSql = "DELETE FROM membership WHERE user_id = $1 AND office = $2";
    const string HomeSql = "UPDATE app_user SET home_office = $2 WHERE user_id = $1";

    public static ValueTask<List<string>> InAsync(WriteSession session, Guid user, string office) =>
        session.QueryListAsync(InSql, new object?[] { user, office }, row => row.GetString(0));

    /// <summary>
    /// From now on they hold these roles there, and no others. Whoever leaves their home office belongs to the other one that they work
    /// for; whoever leaves the last office has no session and no key any more.
    /// </summary>
    public static async ValueTask SetAsync(
        WriteSession session,
        Account account,
        string office,
        IReadOnlyCollection<string> roles,
        DateTimeOffset now)
    {
        session.Enqueue(ClearSql, account.UserId, office);
        // Whoever is appointed again later is not bound by the days of before.
        if (!roles.Contains(Roles.Auditor))
            AuditorTerms.Clear(session, account.UserId, office);
        WorkToReturn.Mark(session, account.UserId, now);
        foreach (var role in roles)
            Accounts.Give(session, account.UserId, office, role);
        if (roles.Count > 0)
            return;
        var elsewhere = await session.QuerySingleAsync(ElsewhereSql, new object?[] { account.UserId, office }, row => row.GetString(0));
        if (elsewhere is null)
            Accounts.EndAccess(session, account.UserId, now);
        else if (account.HomeOffice == office)
            session.Enqueue(HomeSql, account.UserId, elsewhere);
    }
}
