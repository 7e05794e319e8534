using System.Data.Common;
using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>What went up to a superior or to the director and is overdue still.</summary>
public sealed class EscalationRegister : Register
{
    public override string Name => "escalations";
    public override LocalizedText Title => new("การเร่งรัดที่ยังค้างอยู่", "Escalations now open");

    public override LocalizedText Meaning => new(
        "งานที่แจ้งผู้บังคับบัญชาหรือผู้อำนวยการแล้วและยังเกินกำหนดอยู่ ไม่รวมที่ขยายเวลา พัก หรือระงับไปแล้ว ช่วงวันที่คือวันที่แจ้ง",
        "work of which a superior or the director was told and that is overdue still; without what was extended, paused or suspended "
        + "since. The period is that of the telling");

    // Indexes: ix_deadline_open, the primary key of audit_event: of what is open in one office. What moved since is due after it was told.
    static string Sql(bool search, bool after) => $"""
        SELECT e.instance_id, e.sequence, e.type, e.at, e.payload, i.title, u.display_name AS holder
        FROM deadline d
        JOIN audit_event e ON e.instance_id = d.instance_id AND e.type = 'TaskEscalated'
            AND e.payload LIKE '%"deadlineId":"' || CAST(d.deadline_id AS text) || '"%'
        JOIN process_instance i ON i.instance_id = d.instance_id
        LEFT JOIN user_task t ON t.task_id = (
            SELECT n.task_id
            FROM user_task n
            WHERE n.instance_id = d.instance_id AND n.deadline_id = d.deadline_id AND n.state = 'open'
            ORDER BY n.task_id DESC
            LIMIT 1)
        LEFT JOIN app_user u ON u.user_id = t.assignee
        WHERE d.office = @Office AND d.state = 'open' AND d.due_at <= e.at AND NOT d.awaits_confirmation AND NOT d.paused
            AND e.payload NOT LIKE '%"superseded":true%' AND e.at >= @Begins AND e.at < @Ends
            {(after ? "AND (e.at, e.instance_id, e.sequence) < (@at, @id, @sequence)" : "")}
            {(search ? "AND " + SearchText.Condition("i").Replace("@like", "@Like", StringComparison.Ordinal) : "")}
        ORDER BY e.at DESC, e.instance_id DESC, e.sequence DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (at, id, sequence) = EventRegister.After(query.After);
        var rows = await connection.QueryAsync<Row>(
            Sql(query.Like is not null, query.After is not null),
            new { query.Office, query.Begins, query.Ends, query.Take, query.Like, at, id, sequence });
        return [.. rows.Select(Read)];
    }

    static RegisterEntry Read(Row row)
    {
        var told = (TaskEscalated)EventTypes.Read(row.Type, row.Payload);
        var what = told.Level == 1
            ? new LocalizedText("แจ้งผู้บังคับบัญชา", "Superior told")
            : new LocalizedText("แจ้งผู้อำนวยการ", "Director told");
        return new RegisterEntry(
            string.Create(CultureInfo.InvariantCulture, $"{DbValues.ToText(row.At)}~{row.InstanceId}~{row.Sequence}"), row.At, what, null,
            Roles.NameOf(told.ToRole).Th,
            $"ครบกำหนด {Words.Thai.DateAndTime(told.DueAt)} · {(row.Holder is { } holder ? $"ผู้รับงาน {holder}" : "ยังไม่มีผู้รับงาน")}",
            row.InstanceId, row.Title, row.Sequence);
    }

    sealed record Row
    {
        public Guid InstanceId { get; init; }
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Payload { get; init; } = "";
        public string Title { get; init; } = "";
        public string? Holder { get; init; }
    }
}
