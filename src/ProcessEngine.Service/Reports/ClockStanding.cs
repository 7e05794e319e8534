namespace ProcessEngine.Service.Reports;

/// <summary>
/// What a figure counts, and what is listed when somebody asks what it counted: one condition for both, so that the list of a cell has
/// as many rows as the cell says.
/// </summary>
/// <remarks>
/// Of a clock <c>d</c>; <c>@now</c> is the moment of the report, <c>@soon</c> the close of the office's next working day.
/// </remarks>
static class ClockStanding
{
    const string Late = "d.state = 'closed' AND d.result = 'late'";
    const string Held = "(d.awaits_confirmation OR d.paused)";

    public static IReadOnlyDictionary<string, string> Conditions { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["onTime"] = "d.state = 'closed' AND d.result IN ('early', 'within')",
        ["early"] = "d.state = 'closed' AND d.result = 'early'",
        ["late"] = Late,
        ["open"] = $"d.state = 'open' AND (d.due_at >= @now OR {Held})",
        ["atRisk"] = $"d.state = 'open' AND d.due_at >= @now AND d.due_at <= @soon AND NOT {Held}",
        ["overdue"] = $"d.state = 'open' AND d.due_at < @now AND NOT {Held}",
    };

    /// <summary>Of work for which no limit is stated, there is no clock.</summary>
    public const string WithoutLimit = "withoutLimit";

    public static string[] All { get; } = [.. Conditions.Keys, WithoutLimit];

    /// <summary>The narrowest that holds of a clock; what was taken back is <c>cancelled</c>.</summary>
    public static string Sql { get; } = $"""
        CASE WHEN {Conditions["early"]} THEN 'early'
            WHEN {Conditions["onTime"]} THEN 'onTime'
            WHEN {Conditions["late"]} THEN 'late'
            WHEN {Conditions["overdue"]} THEN 'overdue'
            WHEN {Conditions["atRisk"]} THEN 'atRisk'
            WHEN {Conditions["open"]} THEN 'open'
            ELSE 'cancelled' END
        """;

    public static string Count(string standing) => $"SUM(CASE WHEN {Conditions[standing]} THEN 1 ELSE 0 END)";
}
