using System.Globalization;
using System.Text;
using Dapper;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// The month (yyyymm, a number) that a moment of a period lies in, by comparing it with their beginnings: to make a month of each costs
/// a database more than to read it.
/// </summary>
sealed class MonthRanges
{
    /// <summary>Of a longer period the databases make the months themselves.</summary>
    const int Most = 120;

    /// <param name="column">Of instants between the two.</param>
    public MonthRanges(Database database, string column, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, last) = (WholeMonths.MonthOf(from), WholeMonths.MonthOf(to));
        var months = new WholeMonths(first, last).Months().Take(Most + 1).ToList();
        if (months.Count > Most)
        {
            Sql = $"CAST({database.MonthOf(column)} AS integer)";
            return;
        }

        var sql = new StringBuilder();
        foreach (var month in months.SkipLast(1))
        {
            sql.Append(CultureInfo.InvariantCulture, $" WHEN {column} < @month{month} THEN {month}");
            Arguments.Add($"month{month}", WholeMonths.Begin(month, 1));
        }

        Sql = sql.Length == 0
            ? last.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"CASE{sql} ELSE {last} END");
    }

    public string Sql { get; }
    public DynamicParameters Arguments { get; } = new();
}
