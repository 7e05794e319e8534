using System.Data.Common;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Orders;

/// <summary>The register of orders: who looks after it, what an order may cover, and how it is read.</summary>
static class OrderRegister
{
    /// <summary>What an order may be limited to: acts on tasks, then a superior's acts on cases.</summary>
    public static readonly string[] Acts =
        [
            "complete", "approve", "reject", "return", "vote", "fail", "pause", "continue", "reassign", "cancel", "suspend", "resume",
            "reopen", "extend", "confirm-deadline",
        ];

    /// <summary>Who manages the register: in their own right, not by an order that stands in it.</summary>
    public static readonly string[] Managers = [Roles.Administrator, Roles.Director];

    public const string Columns = """
        SELECT o.order_id AS id, o.office, o.order_no AS number, o.kind, o.role, o.holder, h.display_name AS holder_name,
            o.acting_user AS user_id, u.display_name AS user_name,
            o.valid_from, o.valid_to, o.scope, o.acts, o.reason, o.created_at, o.created_by, o.revoked_at, o.revoked_by, o.revoked_for
        FROM post_order o
        JOIN app_user u ON u.user_id = o.acting_user
        LEFT JOIN app_user h ON h.user_id = o.holder
        """;

    public static bool Manages(Caller caller, string office) => Managers.Any(role => caller.Holds(role, office));

    /// <summary>The register of an office, newest first.</summary>
    /// <param name="after">The last of the page before.</param>
    /// <param name="inForceOn">Only those in force on that day; null: all.</param>
    public static async Task<IReadOnlyList<OrderView>> ReadAsync(
        DbConnection connection, string office, Guid? after, DateOnly? inForceOn, int take)
    {
        const string InForce =
            "AND o.revoked_at IS NULL AND o.valid_from <= @inForceOn AND (o.valid_to IS NULL OR o.valid_to >= @inForceOn)";
        // Index: ix_order_office.
        var sql = $"""
            {Columns}
            WHERE o.office = @office{(after is null ? "" : " AND o.order_id < @after")}
                {(inForceOn is null ? "" : InForce)}
            ORDER BY o.order_id DESC
            LIMIT @take
            """;
        return [.. (await connection.QueryAsync<OrderRow>(sql, new { office, after, inForceOn, take })).Select(r => r.ToView())];
    }
}

/// <summary>An order as the database has it.</summary>
sealed record OrderRow
{
    public Guid Id { get; init; }
    public string Office { get; init; } = "";
    public string Number { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Role { get; init; } = "";
    public Guid? Holder { get; init; }
    public string? HolderName { get; init; }
    public Guid UserId { get; init; }
    public string UserName { get; init; } = "";
    public DateOnly ValidFrom { get; init; }
    public DateOnly? ValidTo { get; init; }
    public string? Scope { get; init; }
    public string? Acts { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public Guid CreatedBy { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public Guid? RevokedBy { get; init; }
    public string? RevokedFor { get; init; }

    public static OrderRow From(DbDataReader row) => new()
    {
        Id = row.Id(0),
        Office = row.GetString(1),
        Number = row.GetString(2),
        Kind = row.GetString(3),
        Role = row.GetString(4),
        Holder = row.IdOrNull(5),
        HolderName = row.TextOrNull(6),
        UserId = row.Id(7),
        UserName = row.GetString(8),
        ValidFrom = row.Date(9),
        ValidTo = row.IsDBNull(10) ? null : row.Date(10),
        Scope = row.TextOrNull(11),
        Acts = row.TextOrNull(12),
        Reason = row.TextOrNull(13),
        CreatedAt = row.Instant(14),
        CreatedBy = row.Id(15),
        RevokedAt = row.IsDBNull(16) ? null : row.Instant(16),
        RevokedBy = row.IdOrNull(17),
        RevokedFor = row.TextOrNull(18),
    };

    public OrderView ToView() => new(
        Id, Office, Number, Kind, Role, Holder, HolderName, UserId, UserName, ValidFrom, ValidTo, PostsByOrder.ReadList(Scope),
        PostsByOrder.ReadList(Acts), Reason, CreatedAt, CreatedBy,
        RevokedAt, RevokedBy, RevokedFor);
}
