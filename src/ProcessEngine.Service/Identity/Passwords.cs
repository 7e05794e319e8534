using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Identity;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>How a sign-in went.</summary>
public abstract record SignInAnswer
{
    private protected SignInAnswer()
    {
    }
}

public sealed record RightPassword(Guid UserId, string Stamp) : SignInAnswer;

/// <summary>The name or the password is wrong; which of the two is not said.</summary>
public sealed record WrongPassword : SignInAnswer;

/// <summary>Too many wrong passwords in a row.</summary>
public sealed record LockedOut(DateTimeOffset Until) : SignInAnswer;

/// <summary>The password was not looked at: too many wait, or too many from this address were wrong.</summary>
public sealed record TooManySignIns : SignInAnswer;

/// <summary>The passwords of people. Programs use keys (<see cref="ApiKeys"/>).</summary>
public sealed class Passwords(
    Database database, PasswordHashing hashing, SignInLimits limits, TimeProvider time, ILogger<Passwords> log)
{
    public const int Shortest = 12;
    public const int Longest = 128;

    /// <summary>Wrong passwords in a row after which nobody can try for a while, and for how long.</summary>
    public const int FailuresAllowed = 5;

    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    // Indexes: the unique user name, the primary keys.
    const string FindSql = """
        SELECT u.user_id, c.password_hash, c.stamp
        FROM app_user u
        JOIN credential c ON c.user_id = u.user_id
        WHERE u.active = @yes AND u.kind = 'person' AND {0}
        LIMIT 1
        """;

    // Not over a password that was set meanwhile.
    const string RehashSql = "UPDATE credential SET password_hash = $2 WHERE user_id = $1 AND password_hash = $3";

    const string SetSql = """
        INSERT INTO credential (user_id, password_hash, stamp, must_change, changed_at, failures, locked_until)
        VALUES ($1, $2, $3, $4, $5, 0, NULL)
        ON CONFLICT (user_id) DO UPDATE
        SET password_hash = excluded.password_hash, stamp = excluded.stamp, must_change = excluded.must_change,
            changed_at = excluded.changed_at,
            failures = 0, locked_until = NULL
        """;

    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>What is wrong with a password that somebody wants to have; null when nothing is.</summary>
    public static LocalizedText? FaultOf(string? password, string userName)
    {
        ArgumentNullException.ThrowIfNull(userName);
        return string.IsNullOrEmpty(password) ? new LocalizedText("ต้องระบุรหัสผ่าน", "A password is required.")
            : password.Length < Shortest
                ? new LocalizedText($"รหัสผ่านต้องมีอย่างน้อย {Shortest} ตัวอักษร", $"A password has at least {Shortest} characters.")
            : password.Length > Longest
                ? new LocalizedText($"รหัสผ่านยาวเกิน {Longest} ตัวอักษร", $"A password has at most {Longest} characters.")
            : password.Distinct().Count() < 5
                ? new LocalizedText("รหัสผ่านซ้ำตัวอักษรเดิมมากเกินไป", "The password repeats too few characters.")
            : userName.Length > 3 && password.Contains(userName, StringComparison.OrdinalIgnoreCase)
                ? new LocalizedText("รหัสผ่านต้องไม่มีชื่อผู้ใช้อยู่ข้างใน", "The password may not contain the user name.")
            : null;
    }

    /// <param name="address">Where the request comes from (<see cref="SignInLimits.AddressOf"/>).</param>
    public async Task<SignInAnswer> CheckAsync(string userName, string password, string address, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(userName);
        var key = UserNames.Key(userName);
        var row = await FindAsync(
            $"{UserNames.Condition("u")} ORDER BY {UserNames.Order("u")}", new { yes = true, name = userName, nameKey = key }, ct);
        return await CheckAsync(row, row is null ? SignInAttempts.Of(key) : SignInAttempts.Of(row.UserId), password, address, ct);
    }

    public async Task<SignInAnswer> CheckAsync(Guid user, string password, string address, CancellationToken ct) =>
        await CheckAsync(
            await FindAsync("u.user_id = @who", new { yes = true, who = user }, ct), SignInAttempts.Of(user), password, address, ct);

    async Task<Row?> FindAsync(string condition, object arguments, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Row>(FindSql.Replace("{0}", condition, StringComparison.Ordinal), arguments);
    }

    async Task<SignInAnswer> CheckAsync(Row? row, string who, string password, string address, CancellationToken ct)
    {
        using var turn = await limits.TurnAsync(address, ct);
        if (turn is null)
        {
            Log.TurnedAway(log, address);
            return new TooManySignIns();
        }

        var now = Instants.Truncate(time.GetUtcNow());
        if (await database.TransactAsync(session => SignInAttempts.CountAsync(session, who, now), ct) is { } until)
        {
            limits.Failed(address);
            Log.Locked(log, who, address);
            return new LockedOut(until);
        }

        var result = hashing.Verify(row?.PasswordHash ?? hashing.NobodysHash, password);
        if (row is null || result == PasswordVerificationResult.Failed)
        {
            limits.Failed(address);
            Log.Failed(log, who, address);
            return new WrongPassword();
        }

        var better = result == PasswordVerificationResult.SuccessRehashNeeded ? hashing.HashOf(password) : null;
        await database.TransactAsync(
            session =>
            {
                SignInAttempts.Forget(session, who);
                if (better is not null)
                    session.Enqueue(RehashSql, row.UserId, better, row.PasswordHash);
                return ValueTask.FromResult(true);
            },
            ct);
        return new RightPassword(row.UserId, row.Stamp);
    }

    /// <summary>The stamp for a session that no password opened. Who has no password gets one that nobody knows.</summary>
    public async Task<string> StampAsync(Guid user, CancellationToken ct)
    {
        const string Sql = """
            INSERT INTO credential (user_id, password_hash, stamp, must_change, changed_at, failures) VALUES ($1, $2, $3, $4, $5, 0)
            ON CONFLICT (user_id) DO NOTHING
            """;
        await WriteAsync(Sql, ct, user, hashing.NobodysHash, NewStamp(), false, Instants.Truncate(time.GetUtcNow()));
        await using var connection = await database.OpenAsync(ct);
        return (await connection.ExecuteScalarAsync<string>("SELECT stamp FROM credential WHERE user_id = @user", new { user }))!;
    }

    /// <summary>
    /// A new password. Every session that was opened with the old one is over; its owner is told when it was another who set it.
    /// </summary>
    /// <param name="by">Who sets it; null for the service itself.</param>
    public async Task<string> SetAsync(Guid user, string password, bool mustChange, Caller? by, string? reason, CancellationToken ct)
    {
        var (hash, stamp, now) = (hashing.HashOf(password), NewStamp(), Instants.Truncate(time.GetUtcNow()));
        await database.TransactAsync(
            async session =>
            {
                var home = (await Accounts.FindAsync(session, database, user))!.HomeOffice;
                Enqueue(session, user, hash, stamp, mustChange, now);
                var own = by?.UserId == user;
                await AdministrationTrail.RecordAsync(
                    session,
                    by,
                    new AdministrationAct(own ? "password-changed" : "password-set", home, user, Reason: reason),
                    now);
                if (!own)
                    AccountNotices.Tell(session, user, AccountNotices.PasswordSet, home, "/account/password", now);
                return true;
            },
            ct);
        return stamp;
    }

    /// <summary>The same, as a part of something larger.</summary>
    public static void Enqueue(WriteSession session, Guid user, string hash, string stamp, bool mustChange, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(SetSql, user, hash, stamp, mustChange, now);
        SignInAttempts.Forget(session, SignInAttempts.Of(user));
    }

    Task<bool> WriteAsync(string sql, CancellationToken ct, params object?[] args) => database.TransactAsync(
        session =>
        {
            session.Enqueue(sql, args);
            return ValueTask.FromResult(true);
        },
        ct);

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string PasswordHash { get; init; } = "";
        public string Stamp { get; init; } = "";
    }
}
