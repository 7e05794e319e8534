using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>Somebody who signed in, as the pages see them.</summary>
/// <param name="MustChangePassword">An administrator set the password: its owner chooses another before anything else.</param>
public sealed record SignedIn(Guid SessionId, Caller Caller, string DisplayName, bool MustChangePassword);

public static class SignedInExtensions
{
    /// <summary>Who sent this request, when it came with the cookie of a session that holds.</summary>
    public static SignedIn? SignedIn(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<SignedIn>();
    }
}

public sealed record SessionView
{
    public Guid SessionId { get; init; }
    public string Device { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset SeenAt { get; init; }
}

/// <summary>Who is signed in, and where. The cookie only names the session; whether it still holds is asked of the database.</summary>
public sealed class Sessions(Database database, IMemoryCache cache, TimeProvider time)
{
    /// <summary>Without a request for so long, one signs in again.</summary>
    public static readonly TimeSpan IdleFor = TimeSpan.FromHours(8);

    /// <summary>However busy, one signs in again after so long.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>How long a session that was ended may go on working on another node.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    /// <summary>How exact "last seen" is: not every look at a page is a write.</summary>
    static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    const int DeviceLength = 200;

    // Indexes: the primary keys.
    const string FindSql = """
        SELECT u.user_id, u.user_name, u.display_name, c.must_change, s.created_at, s.seen_at
        FROM web_session s
        JOIN credential c ON c.user_id = s.user_id AND c.stamp = s.stamp
        JOIN app_user u ON u.user_id = s.user_id
        WHERE s.session_id = @session AND s.ended_at IS NULL AND u.active = @yes AND u.kind = 'person'
        """;

    const string OpenSql =
        "INSERT INTO web_session (session_id, user_id, stamp, device, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)";
    const string SeenSql = "UPDATE web_session SET seen_at = $2 WHERE session_id = $1";
    const string EndSql = "UPDATE web_session SET ended_at = $3 WHERE session_id = $1 AND user_id = $2 AND ended_at IS NULL";

    int epoch;

    /// <summary>Call after roles, orders, sessions or passwords were changed on this node.</summary>
    public void Forget() => Interlocked.Increment(ref epoch);

    public async Task<Guid> OpenAsync(RightPassword person, string device, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(device);
        var now = Instants.Truncate(time.GetUtcNow());
        var id = Guid.CreateVersion7(now);
        await WriteAsync(
            session => session.Enqueue(
                OpenSql, id, person.UserId, person.Stamp, device.Length > DeviceLength ? device[..DeviceLength] : device, now),
            ct);
        return id;
    }

    /// <summary>
    /// Who it is, with what they hold today; null when the session has ended: by its owner, by a new password, or by its age.
    /// </summary>
    public async ValueTask<SignedIn?> FindAsync(Guid session, CancellationToken ct) =>
        await KnownAsync(session, ct) is { } known ? known with { Caller = known.Caller.On(BangkokTime.DateOf(time.GetUtcNow())) } : null;

    async ValueTask<SignedIn?> KnownAsync(Guid session, CancellationToken ct)
    {
        var name = ("session", session, Volatile.Read(ref epoch));
        if (cache.TryGetValue(name, out SignedIn? known))
            return known;

        SignedIn found;
        Row? row;
        await using (var connection = await database.OpenAsync(ct))
        {
            row = await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { session, yes = true });
            if (row is null || row.CreatedAt + Longest < time.GetUtcNow())
                return null;
            found = new SignedIn(
                session, await CallerRows.LoadAsync(connection, row.UserId, row.UserName), row.DisplayName, row.MustChange);
        }

        var now = Instants.Truncate(time.GetUtcNow());
        if (row.SeenAt + SeenEvery < now)
            await database.NoteAsync(write => write.Enqueue(SeenSql, session, now), ct);
        cache.Set(name, found, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return found;
    }

    /// <summary>The sessions of a person that still hold, the newest first.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_session_user.
        var rows = await connection.QueryAsync<SessionView>(
            """
            SELECT s.session_id, s.device, s.created_at, s.seen_at
            FROM web_session s
            JOIN credential c ON c.user_id = s.user_id AND c.stamp = s.stamp
            WHERE s.user_id = @user AND s.ended_at IS NULL AND s.seen_at > @after
            ORDER BY s.session_id DESC
            LIMIT 50
            """,
            new { user, after = time.GetUtcNow() - IdleFor });
        return rows.AsList();
    }

    public Task EndAsync(Guid session, Guid user, CancellationToken ct) =>
        WriteAsync(write => write.Enqueue(EndSql, session, user, Instants.Truncate(time.GetUtcNow())), ct);

    /// <summary>Signs a person out everywhere: no session that was opened before holds any more.</summary>
    public Task EndAllAsync(Guid user, CancellationToken ct) =>
        WriteAsync(write => Accounts.EndSessions(write, user, Instants.Truncate(time.GetUtcNow())), ct);

    async Task WriteAsync(Action<WriteSession> write, CancellationToken ct)
    {
        await database.TransactAsync(
            session =>
            {
                write(session);
                return ValueTask.FromResult(true);
            },
            ct);
        Forget();
    }

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public bool MustChange { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset SeenAt { get; init; }
    }
}
