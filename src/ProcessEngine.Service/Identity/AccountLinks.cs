using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>For whom a link is.</summary>
/// <param name="User">Whose account; null for the first administrator, who has none yet.</param>
public sealed record AccountLink(Guid Id, Guid? User, string UserName, string DisplayName);

/// <summary>
/// One-time links by which somebody chooses their password: the first administrator of an installation, and whoever has an account and no
/// password yet. A link holds 256 random bits, of which only the SHA-256 is stored.
/// </summary>
public sealed class AccountLinks(Database database, TimeProvider time)
{
    /// <summary>The page that a link opens.</summary>
    public const string Path = "/sign-in/link";

    /// <summary>The field of the address that holds the secret. A query is left out of what traces say of a request.</summary>
    public const string Field = "t";

    public static readonly TimeSpan FirstHoldsFor = TimeSpan.FromHours(24);
    public static readonly TimeSpan HoldsFor = TimeSpan.FromDays(7);

    /// <summary>Nodes that start together print one link between them: the other one says who was first.</summary>
    public static readonly TimeSpan StartedTogether = TimeSpan.FromMinutes(1);

    const string First = "first";
    const int IdLength = 16;
    const int SecretLength = 32;
    const int TokenLength = (IdLength + SecretLength) / 3 * 4;

    const string SaveSql = """
        INSERT INTO account_link (who, link_id, user_id, hash, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (who) DO UPDATE
        SET link_id = excluded.link_id, hash = excluded.hash, made_at = excluded.made_at, expires_at = excluded.expires_at
        """;

    // Indexes: the unique id, the primary key.
    const string FindSql = """
        SELECT l.link_id, l.user_id, l.hash, l.expires_at, u.user_name, u.display_name, u.active, u.kind
        FROM account_link l
        LEFT JOIN app_user u ON u.user_id = l.user_id
        WHERE l.link_id = @id
        """;

    const string MadeSql = "SELECT made_at FROM account_link WHERE who = $1";

    // Of several who use it at once, one gets it back.
    const string TakeSql = "DELETE FROM account_link WHERE link_id = $1 AND expires_at > $2 RETURNING who";

    // Index: ix_membership_office, then primary keys.
    const string CanSignInSql = """
        SELECT 1
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        JOIN credential c ON c.user_id = m.user_id
        WHERE m.office = '*' AND m.role = 'administrator' AND u.active = $1 AND u.kind = 'person'
        LIMIT 1
        """;

    static readonly byte[] NobodysHash = new byte[SHA256.HashSizeInBytes];

    public static string AddressOf(string token) => $"{Path}?{Field}={token}";

    /// <summary>Queues a link for somebody; whichever they had before opens nothing any more.</summary>
    /// <returns>What stands in the link. It is never to be seen again.</returns>
    public static string Make(WriteSession session, Guid user, DateTimeOffset now) =>
        Make(session, "user " + DbValues.ToText(user), user, now, HoldsFor);

    static string Make(WriteSession session, string who, Guid? user, DateTimeOffset now, TimeSpan holdsFor)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (id, secret) = (Guid.CreateVersion7(now), RandomNumberGenerator.GetBytes(SecretLength));
        session.Enqueue(SaveSql, who, id, user, SHA256.HashData(secret), now, now + holdsFor);
        return Base64Url.EncodeToString([.. id.ToByteArray(), .. secret]);
    }

    /// <summary>
    /// The link of the first administrator, while nobody can sign in who looks after the system; null when somebody can, or when another
    /// node made one just now.
    /// </summary>
    public async Task<FirstLink> MakeFirstAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        return await database.TransactAsync(
            async session =>
            {
                if (await CanSomebodySignInAsync(session))
                    return new FirstLink(null, null);
                // Nodes that start together go through here one after the other.
                await session.QueryAsync(
                    $"SELECT t.length FROM admin_trail t WHERE t.one = 1 {database.Lock("t")}", Array.Empty<object?>(), _ => { });
                DateTimeOffset? made = null;
                await session.QueryAsync(MadeSql, new object?[] { First }, row => made = row.Instant(0));
                if (made > now - StartedTogether)
                    return new FirstLink(null, made);
                await AdministrationTrail.RecordAsync(
                    session, null,
                    new AdministrationAct("first-link-made", Caller.EveryOffice, Detail: new { expiresAt = now + FirstHoldsFor }), now);
                return new FirstLink(Make(session, First, null, now, FirstHoldsFor), null);
            },
            ct);
    }

    static async ValueTask<bool> CanSomebodySignInAsync(WriteSession session)
    {
        var can = false;
        await session.QueryAsync(CanSignInSql, new object?[] { true }, _ => can = true);
        return can;
    }

    /// <summary>
    /// For whom a link is; null when it is wrong, was used, has expired, or was replaced by a newer one: which, is not said.
    /// </summary>
    public async Task<AccountLink?> FindAsync(string? token, CancellationToken ct)
    {
        if (Read(token) is not var (id, secret))
            return null;
        Row? row;
        await using (var connection = await database.OpenAsync(ct))
            row = await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { id });
        var right = CryptographicOperations.FixedTimeEquals(row?.Hash ?? NobodysHash, SHA256.HashData(secret));
        return row is not null && right && row.ExpiresAt > time.GetUtcNow()
            && (row.UserId is null || (row.Active == true && row.Kind == Accounts.Person))
            ? new AccountLink(id, row.UserId, row.UserName ?? "", row.DisplayName ?? "")
            : null;
    }

    /// <summary>Uses a link up, within the transaction of what it is used for: neither is stored without the other.</summary>
    /// <returns>False when it was used, replaced or has expired in the meantime; of the first one also when somebody can sign in.</returns>
    public static async ValueTask<bool> TakeAsync(WriteSession session, AccountLink link, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var taken = false;
        await session.QueryAsync(TakeSql, new object?[] { link.Id, now }, _ => taken = true);
        return taken && (link.User is not null || !await CanSomebodySignInAsync(session));
    }

    static (Guid Id, byte[] Secret)? Read(string? token)
    {
        if (token is not { Length: TokenLength } || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length == IdLength + SecretLength ? (new Guid(bytes.AsSpan(0, IdLength)), bytes[IdLength..]) : null;
    }

    /// <summary>Links that nobody used.</summary>
    public sealed class CleanUp : ICleanUp
    {
        // Index: ix_account_link_age.
        public void ForgetOld(WriteSession session, DateTimeOffset now)
        {
            ArgumentNullException.ThrowIfNull(session);
            session.Enqueue("DELETE FROM account_link WHERE expires_at < $1", now);
        }
    }

    sealed record Row
    {
        public Guid LinkId { get; init; }
        public Guid? UserId { get; init; }
        public byte[] Hash { get; init; } = [];
        public DateTimeOffset ExpiresAt { get; init; }
        public string? UserName { get; init; }
        public string? DisplayName { get; init; }
        public bool? Active { get; init; }
        public string? Kind { get; init; }
    }
}

/// <param name="Token">Null when there is none to print.</param>
/// <param name="MadeAt">When another node made the one that holds; null when none is needed.</param>
public sealed record FirstLink(string? Token, DateTimeOffset? MadeAt);
