using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>API keys: 256 random bits, of which only the SHA-256 is stored. A fast hash is enough for a secret that nobody chose.</summary>
public sealed class ApiKeys(Database database, IMemoryCache cache, TimeProvider time)
{
    /// <summary>How long a revoked key may go on working on another node, or a role be held there.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    // Index: the unique key on hash.
    const string FindSql = """
        SELECT u.user_id, u.user_name
        FROM api_key k
        JOIN app_user u ON u.user_id = k.user_id
        WHERE k.hash = @hash AND k.revoked_at IS NULL AND u.active = @yes
        """;

    int epoch;

    /// <summary>Call after keys, roles or orders were changed on this node: nobody goes on with what they no longer hold.</summary>
    public void Forget() => Interlocked.Increment(ref epoch);

    public static string NewSecret() => "pe_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whose key it is, with what they hold today.</summary>
    public async ValueTask<Caller?> FindCallerAsync(string secret, CancellationToken ct) =>
        (await KnownAsync(secret, ct))?.On(BangkokTime.DateOf(time.GetUtcNow()));

    async ValueTask<Caller?> KnownAsync(string secret, CancellationToken ct)
    {
        var hash = HashOf(secret);
        var name = ("key", Convert.ToHexString(hash), Volatile.Read(ref epoch));
        if (cache.TryGetValue(name, out Caller? known))
            return known;

        await using var connection = await database.OpenAsync(ct);
        var user = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Name)>(FindSql, new { hash, yes = true });
        if (user.Name is null)
            return null;
        var caller = await CallerRows.LoadAsync(connection, user.Id, user.Name);
        cache.Set(name, caller, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return caller;
    }
}
