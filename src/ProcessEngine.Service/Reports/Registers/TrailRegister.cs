using System.Data.Common;
using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Reports.Registers;

/// <summary>What was changed about people, roles, keys and orders, as it stands in the trail of the administration.</summary>
public sealed class TrailRegister(string name, LocalizedText title, LocalizedText meaning, params string[] actions) : Register
{
    public override string Name => name;
    public override LocalizedText Title => title;
    public override LocalizedText Meaning => meaning;
    public override bool IsOfCases => false;

    /// <summary>The acts that it lists.</summary>
    public IReadOnlyList<string> Actions => actions;

    // Index: ix_admin_event_office, newest first.
    string Sql(bool after) => $"""
        SELECT e.sequence, e.at, e.action, e.detail, e.reason, a.display_name AS by_name, u.display_name AS to_name
        FROM admin_event e
        LEFT JOIN app_user a ON a.user_id = e.actor
        LEFT JOIN app_user u ON u.user_id = e.on_user
        WHERE e.office = @Office AND e.at >= @Begins AND e.at < @Ends
            AND e.action IN ({string.Join(", ", actions.Select(a => $"'{a}'"))})
            {(after ? "AND e.sequence < @before" : "")}
        ORDER BY e.sequence DESC
        LIMIT @Take
        """;

    public override async Task<IReadOnlyList<RegisterEntry>> ReadAsync(DbConnection connection, RegisterQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        var before = query.After is null ? 0
            : int.TryParse(query.After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw RegisterQuery.NoPage();
        var rows = await connection.QueryAsync<Row>(
            Sql(query.After is not null), new { query.Office, query.Begins, query.Ends, query.Take, before });
        return
        [
            .. rows.Select(r => new RegisterEntry(
                r.Sequence.ToString(CultureInfo.InvariantCulture), r.At, TrailWords.Of(r.Action), r.ByName, r.ToName,
                r.Reason ?? (r.Detail is "{}" ? null : r.Detail), null, null, r.Sequence)),
        ];
    }

    sealed record Row
    {
        public int Sequence { get; init; }
        public DateTimeOffset At { get; init; }
        public string Action { get; init; } = "";
        public string Detail { get; init; } = "";
        public string? Reason { get; init; }
        public string? ByName { get; init; }
        public string? ToName { get; init; }
    }
}
