using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>Acts on cases, as they stand in the record.</summary>
/// <param name="types">Names of events; each stands in the index <c>ix_event_register</c>.</param>
public sealed class EventRegister(string name, LocalizedText title, LocalizedText meaning, params string[] types) : Register
{
    /// <summary>The same list in the same order as the index has: that is how SQLite knows that it serves.</summary>
    const string Indexed = """
        e.type IN ('ActUndone', 'DeadlineMoved', 'InstanceMigrated', 'InstanceMoved', 'InstanceReopened', 'InstanceResumed',
            'InstanceSuspended', 'TaskPaused', 'TaskRejected', 'TaskReturned', 'VariablesChanged')
        """;

    static readonly Dictionary<string, LocalizedText> Words = new(StringComparer.Ordinal)
    {
        ["ActUndone"] = new("เลิกทำ", "Taken back"),
        ["DeadlineMoved"] = new("เลื่อนกำหนด", "Limit moved"),
        ["InstanceMigrated"] = new("ย้ายไปใช้รุ่นอื่น", "Moved to another version"),
        ["InstanceMoved"] = new("ย้ายขั้นตอน", "Put at another step"),
        ["InstanceReopened"] = new("เปิดเรื่องใหม่", "Opened again"),
        ["InstanceResumed"] = new("ดำเนินการต่อ", "Resumed"),
        ["InstanceSuspended"] = new("ระงับ", "Suspended"),
        ["TaskPaused"] = new("พักรอบุคคลภายนอก", "Waits for an outsider"),
        ["TaskRejected"] = new("ไม่อนุมัติ", "Rejected"),
        ["TaskReturned"] = new("ส่งคืน", "Returned"),
        ["VariablesChanged"] = new("แก้ข้อมูล", "Data corrected"),
    };

    /// <summary>Why a limit moved.</summary>
    static readonly Dictionary<string, LocalizedText> Causes = new(StringComparer.Ordinal)
    {
        ["extended"] = new("ขยายเวลา", "Extended"),
        ["calendarChanged"] = new("เลื่อนตามปฏิทิน", "Moved by the calendar"),
        ["dateChanged"] = new("เลื่อนตามวันที่ในเรื่อง", "Moved with a date of the case"),
        ["continued"] = new("นับเวลาต่อหลังพัก", "Went on after a pause"),
    };

    public override string Name => name;
    public override LocalizedText Title => title;
    public override LocalizedText Meaning => meaning;

    // Index: ix_event_register, newest first within the period.
    string Sql(bool search, bool after) => $"""
        SELECT e.instance_id, e.sequence, e.type, e.at, e.payload, u.display_name AS by_name, i.title
        FROM audit_event e
        JOIN process_instance i ON i.instance_id = e.instance_id
        LEFT JOIN app_user u ON u.user_id = e.actor
        WHERE {Indexed}
            AND e.type IN ({string.Join(", ", types.Select(t => $"'{t}'"))})
            AND e.at >= @Begins AND e.at < @Ends AND i.office = @Office
            {(after ? "AND (e.at, e.instance_id, e.sequence) < (@at, @id, @sequence)" : "")}
            {(search ? "AND " + SearchText.Condition("i").Replace("@like", "@Like", StringComparison.Ordinal) : "")}
        ORDER BY e.at DESC, e.instance_id DESC, e.sequence DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (at, id, sequence) = After(query.After);
        var rows = await connection.QueryAsync<Row>(
            Sql(query.Like is not null, query.After is not null),
            new { query.Begins, query.Ends, query.Office, query.Take, query.Like, at, id, sequence });
        return
        [
            .. rows.Select(r => new RegisterEntry(
                string.Create(CultureInfo.InvariantCulture, $"{DbValues.ToText(r.At)}~{r.InstanceId}~{r.Sequence}"), r.At, WhatOf(r),
                r.ByName, null, Told(r.Payload, "comment"), r.InstanceId, r.Title, r.Sequence)),
        ];
    }

    /// <summary>The event after whose line a page goes on.</summary>
    internal static (DateTimeOffset At, Guid Id, int Sequence) After(string? key) => key is null ? default
        : key.Split('~') is [var at, var id, var sequence] && TryInstant(at, out var instant) && Guid.TryParse(id, out var one)
            && int.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (instant, one, number)
            : throw RegisterQuery.NoPage();

    static LocalizedText WhatOf(Row row) =>
        Told(row.Payload, "cause") is { } cause && Causes.TryGetValue(cause, out var words) ? words : Words[row.Type];

    /// <summary>A text of the event, such as the reason that was given; of what can no longer be read, none.</summary>
    static string? Told(string payload, string field)
    {
        try
        {
            using var read = JsonDocument.Parse(payload);
            return read.RootElement.ValueKind == JsonValueKind.Object
                && read.RootElement.TryGetProperty(field, out var told) && told.ValueKind == JsonValueKind.String
                ? told.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    sealed record Row
    {
        public Guid InstanceId { get; init; }
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public string Payload { get; init; } = "";
        public string? ByName { get; init; }
        public string Title { get; init; } = "";
    }
}
