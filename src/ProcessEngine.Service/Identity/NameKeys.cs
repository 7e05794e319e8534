using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// Accounts of before names had keys get theirs. Where two would have the same, the older account has it; the other is still found by its
/// name exactly as it stands.
/// </summary>
static class NameKeys
{
    const int Batch = 500;

    // Index: ix_user_no_key.
    const string Without = "SELECT user_id, user_name FROM app_user WHERE name_key IS NULL AND user_id > $1 ORDER BY user_id LIMIT $2";

    const string Give = """
        UPDATE app_user
        SET name_key = $2
        WHERE user_id = $1 AND NOT EXISTS (SELECT 1 FROM app_user o WHERE o.name_key = $2)
        """;

    public static async Task FillAsync(Database database, CancellationToken ct)
    {
        var after = Guid.Empty;
        while (await database.TransactAsync(
            async session =>
            {
                var rows = await session.QueryListAsync(
                    Without, new object?[] { after, Batch }, row => (Id: row.Id(0), Name: row.GetString(1)));
                foreach (var (id, name) in rows)
                    session.Enqueue(Give, id, UserNames.Key(name));
                if (rows.Count > 0)
                    after = rows[^1].Id;
                return rows.Count;
            },
            ct) == Batch)
        {
        }
    }
}
