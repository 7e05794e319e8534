using System.Data.Common;

namespace ProcessEngine.Service.Storage;

/// <summary>
/// Keys that the service writes beside what they are made of, for rows of before there were such keys. A schema script cannot: it does not
/// know how a text is spelt in one way.
/// </summary>
public static class MissingKeys
{
    const int Batch = 500;

    /// <param name="select">At most <c>$1</c> rows without a key.</param>
    /// <param name="update">Gives one of them its key.</param>
    /// <param name="keyed">The parameters of <paramref name="update"/> for a row.</param>
    /// <returns>How many got theirs.</returns>
    public static async Task<int> FillAsync(
        Database database, string select, string update, Func<DbDataReader, object?[]> keyed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        // Bounded, so that whoever else is at work gets in between; another node that starts does the same, and no harm.
        for (var filled = 0; ;)
        {
            var some = await database.TransactAsync(
                async session =>
                {
                    var rows = await session.QueryListAsync(select, new object?[] { Batch }, keyed);
                    foreach (var row in rows)
                        session.Enqueue(update, row);
                    return rows.Count;
                },
                ct);
            filled += some;
            if (some < Batch)
                return filled;
        }
    }
}
