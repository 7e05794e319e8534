using System.Data.Common;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>Who was told what: every notice that was owed, to which person or post, and what came of each channel.</summary>
public sealed class NoticeRegister : Register
{
    public override string Name => "notices";
    public override LocalizedText Title => new("การแจ้งเตือน", "Notices");

    public override LocalizedText Meaning => new(
        "แจ้งใคร เรื่องใด เมื่อใด และส่งทางอีเมลหรือเว็บฮุกสำเร็จหรือไม่ ในหน้าเว็บทุกคนเห็นเสมอ การส่งที่สำเร็จเก็บไว้ช่วงหนึ่งเท่านั้น",
        "who was told, of what, when, and whether mail or webhook went out; on the pages everybody sees it. "
        + "What went out well is kept for a while only");

    // Index: ix_outbox_office, newest first: an id is as old as its notice. Deliveries by ix_delivery_message.
    static string Sql(bool search) => $"""
        SELECT m.message_id, m.instance_id, m.kind, m.to_role, m.created_at, u.display_name AS to_name, i.title,
            (SELECT COUNT(*) FROM delivery d WHERE d.message_id = m.message_id AND d.state = 'sent') AS sent,
            (SELECT COUNT(*) FROM delivery d WHERE d.message_id = m.message_id AND d.state = 'failed') AS failed,
            (SELECT COUNT(*) FROM delivery d WHERE d.message_id = m.message_id AND d.state = 'waiting') AS waiting
        FROM outbox m
        JOIN process_instance i ON i.instance_id = m.instance_id
        LEFT JOIN app_user u ON u.user_id = m.to_user
        WHERE m.office = @Office AND m.message_id < @before AND m.created_at >= @Begins AND m.created_at < @Ends
            {(search ? "AND " + SearchText.Condition("i").Replace("@like", "@Like", StringComparison.Ordinal) : "")}
        ORDER BY m.message_id DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var before = query.After is null ? Guid.AllBitsSet
            : Guid.TryParse(query.After, out var id) ? id
            : throw RegisterQuery.NoPage();
        var rows = await connection.QueryAsync<Row>(
            Sql(query.Like is not null), new { query.Office, query.Begins, query.Ends, query.Take, query.Like, before });
        return
        [
            .. rows.Select(r => new RegisterEntry(
                r.MessageId.ToString(), r.CreatedAt, NoticeWords.Of(r.Kind), null,
                r.ToName ?? (r.ToRole is { } role ? Roles.NameOf(role).Th : null), Came(r), r.InstanceId, r.Title, null)),
        ];
    }

    static string? Came(Row r)
    {
        string[] parts =
        [
            .. r.Sent > 0 ? [$"ส่งแล้ว {r.Sent} (sent)"] : Array.Empty<string>(),
            .. r.Failed > 0 ? [$"ส่งไม่ได้ {r.Failed} (failed)"] : Array.Empty<string>(),
            .. r.Waiting > 0 ? [$"รอส่ง {r.Waiting} (waiting)"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? null : string.Join(", ", parts);
    }

    sealed record Row
    {
        public Guid MessageId { get; init; }
        public Guid InstanceId { get; init; }
        public string Kind { get; init; } = "";
        public string? ToRole { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public string? ToName { get; init; }
        public string Title { get; init; } = "";
        public long Sent { get; init; }
        public long Failed { get; init; }
        public long Waiting { get; init; }
    }
}
