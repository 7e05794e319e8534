using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices;

/// <summary>The posts by order, as the register has them.</summary>
public static class PostsByOrder
{
    const string Columns = """
        SELECT o.order_id, o.acting_user, o.office, o.kind, o.role, o.order_no, o.holder, o.valid_from, o.valid_to, o.scope, o.acts
        FROM post_order o
        """;

    // Index: ix_order_user.
    const string OfUserSql = $"{Columns} WHERE o.acting_user = $1 AND o.revoked_at IS NULL ORDER BY o.order_id";

    // Index: ix_order_office.
    const string OfOfficeSql = $"""
        {Columns}
        JOIN app_user u ON u.user_id = o.acting_user
        WHERE o.office = @office AND o.revoked_at IS NULL AND (o.valid_to IS NULL OR o.valid_to >= @today) AND u.active = @yes
        ORDER BY o.order_id
        """;

    /// <summary>What a person sits in by order, or will, or did. The oldest order comes first.</summary>
    public static async Task<ImmutableArray<PostByOrder>> OfUserAsync(DbConnection connection, Guid user) =>
        [.. (await connection.QueryAsync<Row>(OfUserSql.Replace("$1", "@user", StringComparison.Ordinal), new { user }))
            .Select(r => r.ToPost())];

    /// <summary>The same, as it is in the moment in which something is stored.</summary>
    public static async ValueTask<ImmutableArray<PostByOrder>> OfUserAsync(WriteSession session, Guid user)
    {
        ArgumentNullException.ThrowIfNull(session);
        return [.. (await session.QueryListAsync(OfUserSql, new object?[] { user }, Row.From)).Select(r => r.ToPost())];
    }

    /// <summary>What is sat in by order in an office today or later.</summary>
    public static async Task<ImmutableArray<PostByOrder>> OfOfficeAsync(DbConnection connection, string office, DateOnly today) =>
        [.. (await connection.QueryAsync<Row>(OfOfficeSql, new { office, today, yes = true })).Select(r => r.ToPost())];

    /// <summary>A list as it stands in the register; null stands for all.</summary>
    public static ImmutableArray<string>? ReadList(string? json) => json is null ? null : [.. JsonSerializer.Deserialize<string[]>(json)!];

    public static string? WriteList(ImmutableArray<string>? list) => list is { } given ? JsonSerializer.Serialize(given) : null;

    sealed record Row
    {
        public Guid OrderId { get; init; }
        public Guid ActingUser { get; init; }
        public string Office { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Role { get; init; } = "";
        public string OrderNo { get; init; } = "";
        public Guid? Holder { get; init; }
        public DateOnly ValidFrom { get; init; }
        public DateOnly? ValidTo { get; init; }
        public string? Scope { get; init; }
        public string? Acts { get; init; }

        public static Row From(DbDataReader row) => new()
        {
            OrderId = row.Id(0),
            ActingUser = row.Id(1),
            Office = row.GetString(2),
            Kind = row.GetString(3),
            Role = row.GetString(4),
            OrderNo = row.GetString(5),
            Holder = row.IdOrNull(6),
            ValidFrom = row.Date(7),
            ValidTo = row.IsDBNull(8) ? null : row.Date(8),
            Scope = row.TextOrNull(9),
            Acts = row.TextOrNull(10),
        };

        public PostByOrder ToPost() => new(
            ActingUser, Office,
            new PostOrder(OrderId, new Capacity(Enum.Parse<CapacityKind>(Kind, ignoreCase: true), Role, OrderNo), Holder, ReadList(Acts)),
            ValidFrom, ValidTo,
            ReadList(Scope));
    }
}
