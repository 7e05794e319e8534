using System.Data.Common;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>An account: of a person, or of a program.</summary>
/// <param name="HomeOffice">Whose administrators look after it; <c>*</c>: those of the system.</param>
public sealed record Account(Guid UserId, string UserName, string DisplayName, bool Active, string Kind, string HomeOffice)
{
    public bool IsService => Kind == Accounts.Service;
}

/// <summary>Accounts as they are stored, and who may change one.</summary>
public static class Accounts
{
    public const string Person = "person";

    /// <summary>A program: it has keys, holds what it is given, and signs in nowhere.</summary>
    public const string Service = "service";

    const string Columns = "SELECT user_id, user_name, display_name, active, kind, COALESCE(home_office, '*') FROM app_user";

    const string InsertUserSql = """
        INSERT INTO app_user (user_id, user_name, display_name, active, created_at, kind, home_office, name_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    const string InsertMembershipSql = "INSERT INTO membership (user_id, office, role) VALUES ($1, $2, $3)";
    // Indexes: ix_session_user, the primary key, ix_api_key_user.
    const string EndSessionsSql = "UPDATE web_session SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
    const string NewStampSql = "UPDATE credential SET stamp = $2 WHERE user_id = $1";
    const string RevokeKeysSql = "UPDATE api_key SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";

    /// <summary>Index: the primary key.</summary>
    public static async Task<Account?> FindAsync(DbConnection connection, Guid user)
    {
        var row = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Name, string Shown, bool Active, string Kind, string Home)>(
            $"{Columns} WHERE user_id = @user", new { user });
        return row.Name is null ? null : new Account(row.Id, row.Name, row.Shown, row.Active, row.Kind, row.Home);
    }

    /// <summary>The same within a transaction that is going to change it.</summary>
    public static ValueTask<Account?> FindAsync(WriteSession session, Database database, Guid user)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(database);
        return session.QuerySingleAsync(
            $"{Columns} AS u WHERE u.user_id = $1 {database.Lock("u")}", new object?[] { user },
            r => new Account(r.Id(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.GetString(4), r.GetString(5)));
    }

    /// <summary>
    /// An account is the business of its owner, and of the administrators of its home office: not of another office that it works for, too.
    /// </summary>
    public static async Task<Rejection?> RefusalAsync(DbConnection connection, Caller caller, Guid user, string action)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return await FindAsync(connection, user) is not { } account ? new UserNotFound(user.ToString(), "user")
            : caller.UserId == user || caller.Holds(Roles.Administrator, account.HomeOffice) ? null
            : new NotAllowed(action, [Roles.Administrator]);
    }

    /// <param name="kind"><see cref="Person"/> or <see cref="Service"/>.</param>
    public static void Add(
        WriteSession session,
        Guid id,
        string userName,
        string displayName,
        string kind,
        string homeOffice,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(
            InsertUserSql, id, UserNames.Shown(userName), displayName, true, now, kind, homeOffice, UserNames.Key(userName));
    }

    public static void Give(WriteSession session, Guid user, string office, string role)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(InsertMembershipSql, user, office, role);
    }

    /// <summary>No session that was opened before holds any more, on no node.</summary>
    public static void EndSessions(WriteSession session, Guid user, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(EndSessionsSql, user, now);
        session.Enqueue(NewStampSql, user, Passwords.NewStamp());
    }

    /// <summary>Whoever leaves has no session and no key any more.</summary>
    public static void EndAccess(WriteSession session, Guid user, DateTimeOffset now)
    {
        EndSessions(session, user, now);
        session.Enqueue(RevokeKeysSql, user, now);
    }
}

/// <summary>Another's key would let whoever made it act in their name.</summary>
public sealed record KeyForAnother(Guid User) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        403, "key-for-another", "user", "สร้างคีย์แทนผู้อื่นไม่ได้ แต่ละคนสร้างของตนเอง โปรแกรมใช้คีย์ของบัญชีโปรแกรม",
        "Nobody makes a key for another person: everybody makes their own, and a program gets that of a service account.", ("user", User));
}

/// <summary>Who administers does not give themselves what decides.</summary>
public sealed record OwnDecidingRole(IReadOnlyList<string> Roles) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        403, "own-deciding-role", "roles", "ให้บทบาทที่มีอำนาจตัดสินใจแก่ตนเองไม่ได้ ต้องให้ผู้ดูแลระบบอีกคนหนึ่งเป็นผู้ให้",
        $"Nobody gives themselves a role that decides ({string.Join(", ", Roles)}): another administrator does.", ("roles", Roles));
}

/// <summary>Decisions are people's.</summary>
public sealed record ServiceAccountDecides(IReadOnlyList<string> Roles) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        422, "service-account-decides", "roles", "บัญชีโปรแกรมมีบทบาทที่มีอำนาจตัดสินใจไม่ได้ การตัดสินใจเป็นของคน",
        $"A service account holds no role that decides ({string.Join(", ", Roles)}): decisions are people's.", ("roles", Roles));
}

/// <summary>A program has keys; it has no password and no second factor.</summary>
public sealed record ServiceAccountSignsIn(Guid User) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        422, "service-account-signs-in", "user", "บัญชีโปรแกรมลงชื่อเข้าใช้ไม่ได้ จึงไม่มีรหัสผ่าน ใช้คีย์ API",
        "A service account signs in nowhere, so it has no password: make it a key.", ("user", User));
}

public sealed record JoiningNotFound(Guid Id) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "joining-not-found", "id", "ไม่พบคำขอนี้ หรือตัดสินไปแล้ว หรือไม่ใช่เรื่องของท่าน",
        "There is no such open request, or it is not yours to answer.", ("id", Id));
}
