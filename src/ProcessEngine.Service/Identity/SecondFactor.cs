using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

public enum CodeAnswer
{
    Right,
    Wrong,
    Locked,

    /// <summary>The service's keys do not open the secret, so no code of the phone can be looked at. Nobody gets in by it.</summary>
    Sealed,
}

/// <summary>What came of putting a second factor on.</summary>
/// <param name="Codes">The recovery codes, to be shown once; null when the
/// code is not the secret's, or there is a second factor already.</param>
/// <param name="IsOnAlready">The old one must be taken off first, which takes one of its codes, or an administrator.</param>
public sealed record PutOn(IReadOnlyList<string>? Codes, bool IsOnAlready);

/// <summary>
/// A code from the person's phone, asked for after the password. Whoever lost the phone has ten codes on paper, or an administrator.
/// </summary>
public sealed class SecondFactor(Database database, IDataProtectionProvider protection, TimeProvider time, ILogger<SecondFactor> log)
{
    const int RecoveryCodes = 10;
    const string Purpose = "second-factor";

    /// <summary>Letters and digits that nobody mistakes for others.</summary>
    const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    // Never over another: its primary key forbids it.
    const string SetSql = """
        INSERT INTO second_factor (user_id, secret, recovery, last_step, failures, locked_until, created_at)
        VALUES ($1, $2, $3, $4, 0, NULL, $5)
        """;

    const string TakenSql =
        "UPDATE second_factor SET secret = $2, last_step = $3, recovery = $4, failures = 0, locked_until = NULL WHERE user_id = $1";
    const string FailSql = "UPDATE second_factor SET failures = $2, locked_until = $3 WHERE user_id = $1";
    const string DeleteSql = "DELETE FROM second_factor WHERE user_id = $1";

    /// <summary>A secret is sealed for its account: laid into another's row, it opens nothing.</summary>
    IDataProtector ProtectorOf(Guid user) => protection.CreateProtector(Purpose, DbValues.ToText(user));

    /// <summary>What the page carries is sealed apart from what is stored.</summary>
    IDataProtector OfferOf(Guid user) => protection.CreateProtector("second-factor-offer", DbValues.ToText(user));

    /// <summary>How many recovery codes are left; null when the person has no second factor.</summary>
    public async Task<int?> CodesLeftAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: the primary key.
        var recovery = await connection.ExecuteScalarAsync<string?>(
            "SELECT recovery FROM second_factor WHERE user_id = @user", new { user });
        return recovery is null ? null : JsonSerializer.Deserialize<List<string>>(recovery)!.Count;
    }

    /// <summary>A new secret, sealed so that the page can carry it until the phone has shown that it knows it.</summary>
    public (byte[] Secret, string Sealed) Begin(Guid user)
    {
        var secret = Totp.NewSecret();
        return (secret, OfferOf(user).Protect(Convert.ToBase64String(secret)));
    }

    /// <summary>What <see cref="Begin"/> sealed for this person; null when it is none of ours.</summary>
    public byte[]? Open(Guid user, string? sealedSecret) => string.IsNullOrEmpty(sealedSecret) ? null : Opened(OfferOf(user), sealedSecret);

    static byte[]? Opened(IDataProtector protector, string sealedSecret)
    {
        try
        {
            return Convert.FromBase64String(protector.Unprotect(sealedSecret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>From now on the phone is asked for.</summary>
    public async Task<PutOn> ConfirmAsync(Caller by, byte[] secret, string code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        var user = by.UserId;
        var now = Instants.Truncate(time.GetUtcNow());
        if (Totp.StepOf(secret, code, now) is not { } step)
            return new PutOn(null, false);
        var codes = Enumerable.Range(0, RecoveryCodes)
            .Select(_ => $"{RandomNumberGenerator.GetString(Alphabet, 5)}-{RandomNumberGenerator.GetString(Alphabet, 5)}").ToList();
        try
        {
            var (kept, hashes) =
                (ProtectorOf(user).Protect(Convert.ToBase64String(secret)), JsonSerializer.Serialize(codes.Select(HashOf)));
            await WriteAsync(by, user, "second-factor-put-on", null, session => session.Enqueue(SetSql, user, kept, hashes, step, now), ct);
            return new PutOn(codes, false);
        }
        catch (WriteConflictException)
        {
            return new PutOn(null, true);
        }
    }

    /// <summary>
    /// A code of the phone, or one of those on paper; each is taken once. Five wrong ones in a row lock for a while, as wrong passwords do.
    /// </summary>
    public Task<CodeAnswer> CheckAsync(Guid user, string code, CancellationToken ct) =>
        JudgeAsync(user, code, static (_, _) => ValueTask.CompletedTask, ct);

    /// <summary>Takes it off, for whoever still has the phone or a code on paper.</summary>
    public Task<CodeAnswer> TakeOffAsync(Caller by, string code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        return JudgeAsync(
            by.UserId, code,
            (session, now) =>
            {
                session.Enqueue(DeleteSql, by.UserId);
                return RecordAsync(session, by, by.UserId, "second-factor-taken-off", null, now);
            },
            ct);
    }

    /// <summary>An administrator takes off another's. All sessions of that person end, and they are told.</summary>
    public Task ResetAsync(Caller by, Guid user, string? reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        var now = Instants.Truncate(time.GetUtcNow());
        return database.TransactAsync(
            async session =>
            {
                var home = (await Accounts.FindAsync(session, database, user))!.HomeOffice;
                session.Enqueue(DeleteSql, user);
                Accounts.EndSessions(session, user, now);
                AccountNotices.Tell(session, user, AccountNotices.SecondFactorReset, home, "/account/second-factor", now);
                await AdministrationTrail.RecordAsync(
                    session,
                    by,
                    new AdministrationAct("second-factor-reset", home, user, Reason: reason),
                    now);
                return true;
            },
            ct);
    }

    async Task<CodeAnswer> JudgeAsync(Guid user, string code, Func<WriteSession, DateTimeOffset, ValueTask> taken, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(code);
        // Opened before the transaction: the framework may look for keys in the database, or make one.
        var (stored, secret, kept) = await OpenStoredAsync(user, ct);
        var (now, plain) = (Instants.Truncate(time.GetUtcNow()), code.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant());
        var answer = await database.TransactAsync(
            async session =>
            {
                var row = await session.QuerySingleAsync(
                    $"""
                    SELECT f.secret, f.recovery, f.last_step, f.failures, f.locked_until
                    FROM second_factor f
                    WHERE f.user_id = $1 {database.Lock("f")}
                    """,
                    new object?[] { user },
                    r => new Row(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt32(3), r.IsDBNull(4) ? null : r.Instant(4)));
                // Another was put on in this moment: what came is no code of it.
                if (row is null || row.Secret != stored)
                    return CodeAnswer.Wrong;
                if (row.LockedUntil > now)
                    return CodeAnswer.Locked;
                var recovery = JsonSerializer.Deserialize<List<string>>(row.Recovery)!;
                var step = secret is null ? null : Totp.StepOf(secret, plain, now);
                // The codes on paper need no key of ours.
                if (step > row.LastStep || recovery.Remove(HashOf(plain)))
                {
                    session.Enqueue(TakenSql, user, kept, step > row.LastStep ? step : row.LastStep, JsonSerializer.Serialize(recovery));
                    await taken(session, now);
                    return CodeAnswer.Right;
                }

                var locked = row.Failures + 1 >= Passwords.FailuresAllowed;
                session.Enqueue(FailSql, user, locked ? 0 : row.Failures + 1, locked ? now + Passwords.LockedFor : null);
                return secret is null ? CodeAnswer.Sealed : CodeAnswer.Wrong;
            },
            ct);
        if (answer == CodeAnswer.Sealed)
            Log.Sealed(log, user);
        return answer;
    }

    /// <returns>What is stored; the secret, null when our keys do not open it; and what is to be stored from now on.</returns>
    async Task<(string? Stored, byte[]? Secret, string? Kept)> OpenStoredAsync(Guid user, CancellationToken ct)
    {
        string? stored;
        await using (var connection = await database.OpenAsync(ct))
            stored = await connection.ExecuteScalarAsync<string?>("SELECT secret FROM second_factor WHERE user_id = @user", new { user });
        if (stored is null)
            return (null, null, null);
        if (Opened(ProtectorOf(user), stored) is { } bound)
            return (stored, bound, stored);
        // Before secrets were bound to their accounts they were sealed for all alike: such a one is sealed anew when it is used.
        return Opened(protection.CreateProtector(Purpose), stored) is { } old
            ? (stored, old, ProtectorOf(user).Protect(Convert.ToBase64String(old)))
            : (stored, null, stored);
    }

    /// <summary>How many people's secrets our keys do not open.</summary>
    public async Task<int> CountSealedAsync(CancellationToken ct)
    {
        List<(Guid User, string Secret)> all;
        await using (var connection = await database.OpenAsync(ct))
            all = (await connection.QueryAsync<(Guid, string)>(
                "SELECT user_id, secret FROM second_factor ORDER BY user_id LIMIT 5000")).AsList();
        var before = protection.CreateProtector(Purpose);
        return all.Count(f => Opened(ProtectorOf(f.User), f.Secret) is null && Opened(before, f.Secret) is null);
    }

    static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    Task WriteAsync(Caller by, Guid user, string action, string? reason, Action<WriteSession> write, CancellationToken ct) =>
        database.TransactAsync(
        async session =>
        {
            write(session);
            await RecordAsync(session, by, user, action, reason, Instants.Truncate(time.GetUtcNow()));
            return true;
        },
        ct);

    async ValueTask RecordAsync(WriteSession session, Caller by, Guid user, string action, string? reason, DateTimeOffset now)
    {
        var home = (await Accounts.FindAsync(session, database, user))!.HomeOffice;
        await AdministrationTrail.RecordAsync(session, by, new AdministrationAct(action, home, user, Reason: reason), now);
    }

    sealed record Row(string Secret, string Recovery, long LastStep, int Failures, DateTimeOffset? LockedUntil);
}
