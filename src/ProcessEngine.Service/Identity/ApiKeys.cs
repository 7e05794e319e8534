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
        SELECT k.key_id, k.expires_at, k.last_used_at, u.user_id, u.user_name
        FROM api_key k
        JOIN app_user u ON u.user_id = k.user_id
        WHERE k.hash = @hash AND k.revoked_at IS NULL AND u.active = @yes
        """;

    const string InsertSql = "INSERT INTO api_key (key_id, user_id, hash, label, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    const string UsedSql = "UPDATE api_key SET last_used_at = $2 WHERE key_id = $1";

    /// <summary>How exact "last used" is: not every request is a write.</summary>
    static readonly TimeSpan UsedEvery = TimeSpan.FromHours(1);

    int epoch;

    /// <summary>Call after keys, roles or orders were changed on this node: nobody goes on with what they no longer hold.</summary>
    public void Forget() => Interlocked.Increment(ref epoch);

    public static string NewSecret() => "pe_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <param name="expiresAt">Null for a key that holds until it is revoked.</param>
    public static void Add(
        WriteSession session,
        Guid id,
        Guid user,
        string secret,
        string label,
        DateTimeOffset? expiresAt,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(InsertSql, id, user, HashOf(secret), label, now, expiresAt);
    }

    /// <summary>Whose key it is, with what they hold today.</summary>
    public async ValueTask<Caller?> FindCallerAsync(string secret, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return await KnownAsync(secret, ct) is { } known && !(known.ExpiresAt <= now) ? known.Caller.On(BangkokTime.DateOf(now)) : null;
    }

    async ValueTask<Known?> KnownAsync(string secret, CancellationToken ct)
    {
        var hash = HashOf(secret);
        var name = ("key", Convert.ToHexString(hash), Volatile.Read(ref epoch));
        if (cache.TryGetValue(name, out Known? known))
            return known;

        Row? row;
        await using (var connection = await database.OpenAsync(ct))
        {
            row = await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { hash, yes = true });
            if (row is null)
                return null;
            var caller = await CallerRows.LoadAsync(connection, row.UserId, row.UserName);
            known = new Known(caller with { From = new Origin(Origin.Key, row.KeyId, null) }, row.ExpiresAt);
        }

        var now = Instants.Truncate(time.GetUtcNow());
        if (!(known.ExpiresAt <= now) && !(row.LastUsedAt + UsedEvery > now))
            await database.NoteAsync(write => write.Enqueue(UsedSql, row.KeyId, now), ct);
        cache.Set(name, known, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return known;
    }

    sealed record Known(Caller Caller, DateTimeOffset? ExpiresAt);

    sealed record Row
    {
        public Guid KeyId { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
    }
}
