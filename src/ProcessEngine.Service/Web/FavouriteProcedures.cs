using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>The procedures that somebody keeps at the top, and those that they began last.</summary>
public sealed class FavouriteProcedures(Database database, TimeProvider time)
{
    /// <summary>More than a screen of them are no favourites.</summary>
    public const int Most = 30;

    const int Recent = 5;

    // Index: the primary key.
    const string ListSql =
        "SELECT definition_key FROM favourite_procedure WHERE user_id = @user ORDER BY chosen_at, definition_key LIMIT @Most";

    // Index: ix_instance_started_by: of what still runs.
    const string RecentSql = """
        SELECT definition_key
        FROM process_instance
        WHERE started_by = @user AND status = 'running'
        ORDER BY instance_id DESC
        LIMIT 50
        """;

    const string KeepSql = """
        INSERT INTO favourite_procedure (user_id, definition_key, chosen_at)
        SELECT $1, $2, $3
        WHERE (SELECT COUNT(*) FROM favourite_procedure WHERE user_id = $1) < $4
        ON CONFLICT (user_id, definition_key) DO NOTHING
        """;
    const string DropSql = "DELETE FROM favourite_procedure WHERE user_id = $1 AND definition_key = $2";

    public async Task<IReadOnlyList<string>> ListAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<string>(ListSql, new { user, Most })).AsList();
    }

    public async Task<IReadOnlyList<string>> RecentAsync(Guid user, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return [.. (await connection.QueryAsync<string>(RecentSql, new { user })).Distinct().Take(Recent)];
    }

    /// <param name="kept">At the top from now on; false: not any more.</param>
    public Task SetAsync(Guid user, string definitionKey, bool kept, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            if (kept)
                session.Enqueue(KeepSql, user, definitionKey, Instants.Truncate(time.GetUtcNow()), Most);
            else
                session.Enqueue(DropSql, user, definitionKey);
            return ValueTask.FromResult(true);
        },
        ct);
}
