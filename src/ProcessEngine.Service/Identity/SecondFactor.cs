using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

public enum CodeAnswer
{
    Right,
    Wrong,
    Locked,
}

/// <summary>A code from the person's phone, asked for after the password. Whoever lost the phone has ten codes on paper, or an administrator.</summary>
public sealed class SecondFactor(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    const int RecoveryCodes = 10;
    const string Purpose = "second-factor";

    /// <summary>Letters and digits that nobody mistakes for others.</summary>
    const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    const string SetSql = """
        INSERT INTO second_factor (user_id, secret, recovery, last_step, failures, locked_until, created_at)
        VALUES ($1, $2, $3, $4, 0, NULL, $5)
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, recovery = excluded.recovery, last_step = excluded.last_step, failures = 0,
            locked_until = NULL, created_at = excluded.created_at
        """;

    const string TakenSql = "UPDATE second_factor SET last_step = $2, recovery = $3, failures = 0, locked_until = NULL WHERE user_id = $1";
    const string FailSql = "UPDATE second_factor SET failures = $2, locked_until = $3 WHERE user_id = $1";
    const string DeleteSql = "DELETE FROM second_factor WHERE user_id = $1";

    IDataProtector Protector => protection.CreateProtector(Purpose);

    /// <summary>How many recovery codes are left; null when the person has no second factor.</summary>
    public async Task<int?> CodesLeftAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: the primary key.
        var recovery = await connection.ExecuteScalarAsync<string?>("SELECT recovery FROM second_factor WHERE user_id = @user", new { user });
        return recovery is null ? null : JsonSerializer.Deserialize<List<string>>(recovery)!.Count;
    }

    /// <summary>A new secret, sealed so that the page can carry it until the phone has shown that it knows it.</summary>
    public (byte[] Secret, string Sealed) Begin()
    {
        var secret = Totp.NewSecret();
        return (secret, Protector.Protect(Convert.ToBase64String(secret)));
    }

    public byte[]? Open(string? sealedSecret)
    {
        try
        {
            return string.IsNullOrEmpty(sealedSecret) ? null : Convert.FromBase64String(Protector.Unprotect(sealedSecret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>From now on the phone is asked for.</summary>
    /// <returns>The recovery codes, to be shown once; null when the code is not the secret's.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(Guid user, byte[] secret, string code, CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        if (Totp.StepOf(secret, code, now) is not { } step)
            return null;
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => $"{RandomNumberGenerator.GetString(Alphabet, 5)}-{RandomNumberGenerator.GetString(Alphabet, 5)}").ToList();
        await WriteAsync(session => session.Enqueue(SetSql, user, Protector.Protect(Convert.ToBase64String(secret)), JsonSerializer.Serialize(codes.Select(HashOf)), step, now), ct);
        return codes;
    }

    /// <summary>A code of the phone, or one of those on paper; each is taken once. Five wrong ones in a row lock for a while, as wrong passwords do.</summary>
    public Task<CodeAnswer> CheckAsync(Guid user, string code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(code);
        var (now, plain) = (Instants.Truncate(time.GetUtcNow()), code.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant());
        return database.TransactAsync(
            async session =>
            {
                Row? row = null;
                await session.QueryAsync(
                    $"SELECT f.secret, f.recovery, f.last_step, f.failures, f.locked_until FROM second_factor f WHERE f.user_id = $1 {database.Lock("f")}", new object?[] { user },
                    r => row = new Row(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt32(3), r.IsDBNull(4) ? null : r.Instant(4)));
                if (row is null)
                    return CodeAnswer.Wrong;
                if (row.LockedUntil > now)
                    return CodeAnswer.Locked;
                var recovery = JsonSerializer.Deserialize<List<string>>(row.Recovery)!;
                if (Totp.StepOf(Open(row.Secret)!, plain, now) is { } step && step > row.LastStep)
                {
                    session.Enqueue(TakenSql, user, step, row.Recovery);
                    return CodeAnswer.Right;
                }

                if (recovery.Remove(HashOf(plain)))
                {
                    session.Enqueue(TakenSql, user, row.LastStep, JsonSerializer.Serialize(recovery));
                    return CodeAnswer.Right;
                }

                var locked = row.Failures + 1 >= Passwords.FailuresAllowed;
                session.Enqueue(FailSql, user, locked ? 0 : row.Failures + 1, locked ? now + Passwords.LockedFor : null);
                return CodeAnswer.Wrong;
            },
            ct);
    }

    public Task RemoveAsync(Guid user, CancellationToken ct) => WriteAsync(session => session.Enqueue(DeleteSql, user), ct);

    static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    Task<bool> WriteAsync(Action<WriteSession> write, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            write(session);
            return ValueTask.FromResult(true);
        },
        ct);

    sealed record Row(string Secret, string Recovery, long LastStep, int Failures, DateTimeOffset? LockedUntil);
}

/// <summary><c>DELETE /api/v1/users/{user}/second-factor</c>: an administrator helps somebody who lost phone and paper. All their sessions end.</summary>
public static class ResetSecondFactor
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/users/{user:guid}/second-factor", DeleteAsync).WithName("ResetSecondFactor").WithTags("Administration").Produces(204).Refuses(403, 404);

    static async Task<IResult> DeleteAsync(HttpContext http, Guid user, Database database, SecondFactor factor, Sessions sessions)
    {
        var caller = http.Caller();
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            if (await ApiKeyEndpoints.RefusalAsync(connection, caller, user) is { } refusal)
                return Problems.From(refusal);
        }

        if (caller.UserId == user)
            return Problems.From(new NotAllowed("reset-second-factor", [Roles.Administrator]));
        await factor.RemoveAsync(user, http.RequestAborted);
        await sessions.EndAllAsync(user, http.RequestAborted);
        return Results.NoContent();
    }
}
