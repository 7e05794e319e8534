using System.Data.Common;
using System.Globalization;
using Dapper;
using ProcessEngine.Core;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>What changed in the calendar that the office counts by: public holidays, and its own days.</summary>
public sealed class CalendarRegister : Register
{
    public override string Name => "calendar";
    public override LocalizedText Title => new("การเปลี่ยนปฏิทิน", "Changes of the calendar");

    public override LocalizedText Meaning => new(
        "วันหยุดราชการและวันของสำนักงานที่เพิ่มหรือยกเลิก ตามหนังสือใด ใครอนุมัติ และด้วยเหตุใด",
        "public holidays and days of the office that were added or taken away, by which paper, who approved it, and why");

    public override bool IsOfCases => false;

    // Index: the primary key, newest first; there are some a year.
    const string Sql = """
        SELECT c.to_version AS version, c.changed_at, c.scope, c.reference, c.reason, c.approved_by, u.display_name AS by_name
        FROM calendar_change c
        LEFT JOIN app_user u ON u.user_id = c.changed_by
        WHERE (c.office IS NULL OR c.office = @Office) AND c.to_version < @before AND c.changed_at >= @Begins AND c.changed_at < @Ends
        ORDER BY c.to_version DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var before = query.After is null ? int.MaxValue
            : int.TryParse(query.After, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
            : throw RegisterQuery.NoPage();
        var rows = await connection.QueryAsync<Row>(Sql, new { query.Begins, query.Ends, query.Office, query.Take, before });
        return
        [
            .. rows.Select(r => new RegisterEntry(
                r.Version.ToString(CultureInfo.InvariantCulture), r.ChangedAt,
                r.Scope == query.Office
                    ? new LocalizedText("วันของสำนักงาน", "Days of the office")
                    : new LocalizedText("วันหยุดราชการ", "Public holidays"),
                r.ByName, r.ApprovedBy, $"{r.Reference} · {r.Reason}", null, null, null)),
        ];
    }

    sealed record Row
    {
        public int Version { get; init; }
        public DateTimeOffset ChangedAt { get; init; }
        public string Scope { get; init; } = "";
        public string Reference { get; init; } = "";
        public string Reason { get; init; } = "";
        public string? ApprovedBy { get; init; }
        public string? ByName { get; init; }
    }
}
