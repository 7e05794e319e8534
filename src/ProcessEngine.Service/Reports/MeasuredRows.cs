using Dapper;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// The rows of some offices over a stretch of time, as the measured tables have them in their primary keys.
/// </summary>
/// <param name="Table"><c>measured_clock</c> or <c>measured_task</c>.</param>
/// <param name="At">The column by which a row belongs to the period.</param>
sealed record MeasuredRows(string Table, string At)
{
    public static MeasuredRows Clocks { get; } = new("measured_clock", "received_at");
    public static MeasuredRows Tasks { get; } = new("measured_task", "created_at");

    /// <summary>What a query reads of the table <c>f</c>, with its arguments.</summary>
    public (string From, DynamicParameters Arguments) Of(
        IReadOnlyList<string> offices, DateTimeOffset from, DateTimeOffset to, Narrowing only)
    {
        var arguments = new DynamicParameters(new { from, to, only.DefinitionKey, only.Group });
        for (var i = 0; i < offices.Count; i++)
            arguments.Add($"office{i}", offices[i]);
        var these = offices.Count == 0 ? "NULL" : string.Join(", ", offices.Select((_, i) => $"@office{i}"));
        return (
            $"{Table} f WHERE f.office IN ({these}) AND f.{At} >= @from AND f.{At} < @to{only.Sql(Grouping.Measured)}", arguments);
    }
}

/// <summary>What half, and what nine tenths, do not pass: by the nearest rank.</summary>
public sealed record Percentiles(int Median, int Ninetieth)
{
    /// <param name="values">They are put in order.</param>
    public static Percentiles? Of(List<int> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            return null;
        values.Sort();
        return new Percentiles(values[((values.Count + 1) / 2) - 1], values[(((values.Count * 9) + 9) / 10) - 1]);
    }
}
