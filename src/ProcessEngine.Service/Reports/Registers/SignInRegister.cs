using System.Data.Common;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>Who signed in on the pages, when, and when they left. Of keys of programs the register of keys tells.</summary>
public sealed class SignInRegister : Register
{
    public override string Name => "sign-ins";
    public override LocalizedText Title => new("การลงชื่อเข้าใช้", "Sign-ins");

    public override LocalizedText Meaning => new(
        "ใครลงชื่อเข้าใช้เมื่อใด จากอุปกรณ์ใด และออกจากระบบเมื่อใด", "who signed in when, from which device, and when they signed out");

    public override bool IsOfCases => false;

    // The primary key: the id of a session is as old as the session. Of the people of one office, newest first.
    const string Sql = """
        SELECT s.session_id, s.created_at, s.ended_at, s.device, u.display_name AS name
        FROM web_session s
        JOIN app_user u ON u.user_id = s.user_id
        WHERE s.session_id >= @first AND s.session_id < @before AND s.created_at >= @Begins AND s.created_at < @Ends
            AND EXISTS (SELECT 1 FROM membership m WHERE m.user_id = s.user_id AND m.office = @Office)
        ORDER BY s.session_id DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var before = query.After is null ? Guid.AllBitsSet
            : Guid.TryParse(query.After, out var id) ? id
            : throw RegisterQuery.NoPage();
        var rows = await connection.QueryAsync<Row>(
            Sql, new { query.Begins, query.Ends, query.Office, query.Take, before, first = FirstOf(query.Begins) });
        return
        [
            .. rows.Select(r => new RegisterEntry(
                r.SessionId.ToString(), r.CreatedAt, new LocalizedText("ลงชื่อเข้าใช้", "Signed in"), r.Name, null,
                r.EndedAt is { } ended
                    ? $"{r.Device} · ออกจากระบบ (ended) {ended.ToOffset(BangkokTime.Offset):yyyy-MM-dd HH:mm}"
                    : r.Device,
                null, null, null)),
        ];
    }

    /// <summary>The smallest id that something of an instant may have (RFC 9562, version 7: milliseconds first).</summary>
    static Guid FirstOf(DateTimeOffset at)
    {
        var bytes = new byte[16];
        var milliseconds = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
            bytes[i] = (byte)(milliseconds >> (8 * (5 - i)));
        return new Guid(bytes, bigEndian: true);
    }

    sealed record Row
    {
        public Guid SessionId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public string? Device { get; init; }
        public string Name { get; init; } = "";
    }
}
