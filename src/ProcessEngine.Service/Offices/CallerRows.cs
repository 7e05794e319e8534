using System.Data.Common;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Offices;

/// <summary>Who somebody is and what they hold, as stored.</summary>
public static class CallerRows
{
    /// <summary>
    /// Somebody who is active, by id or user name; null when there is nobody.
    /// An id means the person with that id, whatever others are called.
    /// Indexes: the primary key, the unique user name.
    /// </summary>
    public static async Task<Caller?> FindAsync(DbConnection connection, string who)
    {
        var found = Guid.TryParse(who, out var id)
            ? await connection.QuerySingleOrDefaultAsync<Guid?>(
                "SELECT user_id FROM app_user WHERE active = @yes AND user_id = @id", new { yes = true, id })
            : null;
        found ??= await connection.QueryFirstOrDefaultAsync<Guid?>(
            $"""
            SELECT u.user_id
            FROM app_user u
            WHERE u.active = @yes AND {UserNames.Condition("u")}
            ORDER BY {UserNames.Order("u")}
            LIMIT 1
            """,
            new { yes = true, name = who, nameKey = UserNames.Key(who) });
        return found is { } user ? await LoadAsync(connection, user, who) : null;
    }

    /// <summary>What a person holds, whatever the day. Indexes: the primary key of membership, ix_order_user.</summary>
    public static async Task<Caller> LoadAsync(DbConnection connection, Guid user, string name)
    {
        var memberships = (await connection.QueryAsync<Membership>(
            "SELECT office, role FROM role_held WHERE user_id = @user", new { user })).AsList();
        if (memberships.Exists(m => m.Role == Roles.Auditor))
            await LimitAsync(connection, user, memberships);
        return new Caller(user, name, [.. memberships]) { Orders = await PostsByOrder.OfUserAsync(connection, user) };
    }

    /// <summary>Whoever audits for a time says so in their membership. Index: the primary key.</summary>
    static async Task LimitAsync(DbConnection connection, Guid user, List<Membership> memberships)
    {
        foreach (var term in await connection.QueryAsync<Term>(
            "SELECT office, from_on, until_on FROM auditor_term WHERE user_id = @user", new { user }))
        {
            var at = memberships.FindIndex(m => m.Role == Roles.Auditor && m.Office == term.Office);
            if (at >= 0)
                memberships[at] = memberships[at] with { From = term.FromOn, Until = term.UntilOn };
        }
    }

    sealed record Term
    {
        public string Office { get; init; } = "";
        public DateOnly? FromOn { get; init; }
        public DateOnly? UntilOn { get; init; }
    }
}
