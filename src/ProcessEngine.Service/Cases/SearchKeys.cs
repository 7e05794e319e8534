using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>
/// Cases of before there were search keys get theirs, and those that a node of an earlier version starts beside this one. Not at the start:
/// there may be a million, and nobody waits for them but who searches.
/// </summary>
public sealed class SearchKeys(Database database) : IRecurringJob
{
    public string Name => "search-keys";
    public LocalizedText Title => new("คำค้นของเรื่องเดิม", "Search keys of older cases");
    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    // Index: ix_instance_no_key.
    public Task<int> RunAsync(CancellationToken ct) => MissingKeys.FillAsync(
        database,
        "SELECT instance_id, title, business_key FROM process_instance WHERE search_key IS NULL ORDER BY instance_id LIMIT $1",
        "UPDATE process_instance SET search_key = $2 WHERE instance_id = $1",
        row => [row.Id(0), SearchText.Key(row.GetString(1), row.TextOrNull(2))],
        ct);
}
