using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Jobs;

static class OldestWaiting
{
    /// <param name="sql">One row with <c>at</c>; may use <c>@now</c>.</param>
    public static async Task<DateTimeOffset?> OldestAsync(this DbConnection connection, string sql, DateTimeOffset now) =>
        (await connection.QuerySingleAsync<Row>(sql, new { now = Instants.Truncate(now) })).At;

    sealed record Row
    {
        public DateTimeOffset? At { get; init; }
    }
}
