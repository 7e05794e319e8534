using System.Data.Common;
using Dapper;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// The rows of some offices over a stretch of time, as the measured tables have them in their primary keys; and the middle and the ninth
/// tenth of what stands in one of their columns.
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

    /// <summary>
    /// By the nearest rank: the smallest value that at least half, or nine tenths, of all do not pass. Values are counted before they are
    /// put in order, as there are far fewer of them than rows.
    /// </summary>
    public async Task<Dictionary<string, Percentiles>> PercentilesAsync(
        DbConnection connection, string column, string groupBy, IReadOnlyList<string> offices, DateTimeOffset from, DateTimeOffset to,
        Narrowing only)
    {
        var (source, arguments) = Of(offices, from, to, only);
        var rows = await connection.QueryAsync<Row>(
            $"""
            WITH counted AS (
                SELECT {Grouping.Bucket(groupBy, Grouping.Measured)} AS bucket, f.{column} AS value, COUNT(*) AS number
                FROM {source} AND f.{column} IS NOT NULL
                GROUP BY 1, 2),
            ranked AS (
                SELECT bucket, value,
                    CAST(SUM(number) OVER (PARTITION BY bucket ORDER BY value) AS bigint) AS upto,
                    CAST(SUM(number) OVER (PARTITION BY bucket) AS bigint) AS total
                FROM counted)
            SELECT bucket,
                MIN(CASE WHEN upto >= (total + 1) / 2 THEN value END) AS median,
                MIN(CASE WHEN upto >= (total * 9 + 9) / 10 THEN value END) AS ninetieth
            FROM ranked
            GROUP BY bucket
            """,
            arguments);
        return rows.ToDictionary(r => r.Bucket, r => new Percentiles(r.Median, r.Ninetieth), StringComparer.Ordinal);
    }

    sealed record Row
    {
        public string Bucket { get; init; } = "";
        public int Median { get; init; }
        public int Ninetieth { get; init; }
    }
}

/// <summary>What half, and what nine tenths, do not pass.</summary>
public sealed record Percentiles(int Median, int Ninetieth);
