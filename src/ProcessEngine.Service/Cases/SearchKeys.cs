using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>Cases of before there were search keys get theirs.</summary>
static class SearchKeys
{
    // Index: ix_instance_no_key.
    public static Task FillAsync(Database database, CancellationToken ct) => MissingKeys.FillAsync(
        database,
        "SELECT instance_id, title, business_key FROM process_instance WHERE search_key IS NULL ORDER BY instance_id LIMIT $1",
        "UPDATE process_instance SET search_key = $2 WHERE instance_id = $1",
        row => [row.Id(0), SearchText.Key(row.GetString(1), row.TextOrNull(2))],
        ct);
}
