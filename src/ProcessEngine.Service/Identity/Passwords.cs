using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Identity;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
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

/// <summary>The passwords of people. Programs use keys (<see cref="ApiKeys"/>).</summary>
public sealed class Passwords(Database database, TimeProvider time) : IDisposable
{
    public const int Shortest = 12;
    public const int Longest = 128;

    /// <summary>Wrong passwords in a row after which nobody can try for a while, and for how long.</summary>
    public const int FailuresAllowed = 5;

    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    // Indexes: the unique user name, the primary keys.
    const string FindSql = """
        SELECT u.user_id, u.user_name, c.password_hash, c.stamp, c.locked_until
        FROM app_user u
        JOIN credential c ON c.user_id = u.user_id
        WHERE u.active = @yes AND {0}
        """;

    const string FailSql = """
        UPDATE credential
        SET locked_until = CASE WHEN failures + 1 >= $2 THEN $3 ELSE NULL END,
            failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END
        WHERE user_id = $1
        """;

    const string SucceedSql = "UPDATE credential SET failures = 0, locked_until = NULL, password_hash = $2 WHERE user_id = $1";

    const string SetSql = """
        INSERT INTO credential (user_id, password_hash, stamp, must_change, changed_at, failures, locked_until)
        VALUES ($1, $2, $3, $4, $5, 0, NULL)
        ON CONFLICT (user_id) DO UPDATE
        SET password_hash = excluded.password_hash, stamp = excluded.stamp, must_change = excluded.must_change, changed_at = excluded.changed_at,
            failures = 0, locked_until = NULL
        """;

    static readonly PasswordHasher<object> Hasher = new();

    // What a name that nobody has is compared with, so that it takes as long as one that somebody has.
    static readonly Lazy<string> NobodysHash = new(() => HashOf(Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))));

    // A hash is slow on purpose: whoever sends many must not take every processor.
    readonly SemaphoreSlim gate = new(Math.Max(1, Environment.ProcessorCount / 2));

    public static string HashOf(string password) => Hasher.HashPassword(new object(), password);

    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>What is wrong with a password that somebody wants to have; null when nothing is.</summary>
    public static LocalizedText? FaultOf(string? password, string userName)
    {
        ArgumentNullException.ThrowIfNull(userName);
        return string.IsNullOrEmpty(password) ? new LocalizedText("ต้องระบุรหัสผ่าน", "A password is required.")
            : password.Length < Shortest ? new LocalizedText($"รหัสผ่านต้องมีอย่างน้อย {Shortest} ตัวอักษร", $"A password has at least {Shortest} characters.")
            : password.Length > Longest ? new LocalizedText($"รหัสผ่านยาวเกิน {Longest} ตัวอักษร", $"A password has at most {Longest} characters.")
            : password.Distinct().Count() < 5 ? new LocalizedText("รหัสผ่านซ้ำตัวอักษรเดิมมากเกินไป", "The password repeats too few characters.")
            : userName.Length > 3 && password.Contains(userName, StringComparison.OrdinalIgnoreCase)
                ? new LocalizedText("รหัสผ่านต้องไม่มีชื่อผู้ใช้อยู่ข้างใน", "The password may not contain the user name.")
            : null;
    }

    public Task<SignInAnswer> CheckAsync(string userName, string password, CancellationToken ct) => CheckAsync("u.user_name = @who", userName, password, ct);

    public Task<SignInAnswer> CheckAsync(Guid user, string password, CancellationToken ct) => CheckAsync("u.user_id = @who", user, password, ct);

    async Task<SignInAnswer> CheckAsync(string condition, object who, string password, CancellationToken ct)
    {
        Row? row;
        await using (var connection = await database.OpenAsync(ct))
        {
            row = await connection.QuerySingleOrDefaultAsync<Row>(
                FindSql.Replace("{0}", condition, StringComparison.Ordinal), who is Guid id ? new { yes = true, who = id } : new { yes = true, who = (string)who } as object);
        }

        var now = Instants.Truncate(time.GetUtcNow());
        if (row?.LockedUntil > now)
            return new LockedOut(row.LockedUntil.Value);
        var result = await VerifyAsync(row?.PasswordHash ?? NobodysHash.Value, password, ct);
        if (row is null)
            return new WrongPassword();
        if (result == PasswordVerificationResult.Failed)
        {
            await WriteAsync(FailSql, ct, row.UserId, FailuresAllowed, now + LockedFor);
            return new WrongPassword();
        }

        await WriteAsync(SucceedSql, ct, row.UserId, result == PasswordVerificationResult.SuccessRehashNeeded ? HashOf(password) : row.PasswordHash);
        return new RightPassword(row.UserId, row.Stamp);
    }

    async Task<PasswordVerificationResult> VerifyAsync(string hash, string password, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return password.Length > Longest ? PasswordVerificationResult.Failed : Hasher.VerifyHashedPassword(new object(), hash, password);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The stamp for a session that no password opened. Who has no password gets one that nobody knows.</summary>
    public async Task<string> StampAsync(Guid user, CancellationToken ct)
    {
        const string Sql = "INSERT INTO credential (user_id, password_hash, stamp, must_change, changed_at, failures) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (user_id) DO NOTHING";
        await WriteAsync(Sql, ct, user, NobodysHash.Value, NewStamp(), false, Instants.Truncate(time.GetUtcNow()));
        await using var connection = await database.OpenAsync(ct);
        return (await connection.ExecuteScalarAsync<string>("SELECT stamp FROM credential WHERE user_id = @user", new { user }))!;
    }

    /// <summary>A new password. Every session that was opened with the old one is over.</summary>
    public async Task<string> SetAsync(Guid user, string password, bool mustChange, CancellationToken ct)
    {
        var stamp = NewStamp();
        await database.TransactAsync(
            session =>
            {
                Enqueue(session, user, HashOf(password), stamp, mustChange, Instants.Truncate(time.GetUtcNow()));
                return ValueTask.FromResult(true);
            },
            ct);
        return stamp;
    }

    /// <summary>The same, as a part of something larger.</summary>
    public static void Enqueue(WriteSession session, Guid user, string hash, string stamp, bool mustChange, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(SetSql, user, hash, stamp, mustChange, now);
    }

    Task<bool> WriteAsync(string sql, CancellationToken ct, params object?[] args) => database.TransactAsync(
        session =>
        {
            session.Enqueue(sql, args);
            return ValueTask.FromResult(true);
        },
        ct);

    public void Dispose() => gate.Dispose();

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string PasswordHash { get; init; } = "";
        public string Stamp { get; init; } = "";
        public DateTimeOffset? LockedUntil { get; init; }
    }
}
