using Dapper;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>Something from outside that a case waits for.</summary>
/// <param name="Correlation">What the letter or the data must refer to; null: nothing particular.</param>
public sealed record AwaitedRow(
    Guid WaitId, Guid InstanceId, string Office, string Title, string? BusinessKey, string DefinitionKey, string? Correlation,
    string Status);

/// <summary>What cases wait for from outside, for whoever may say that it has come.</summary>
public sealed class AwaitedList(Database database)
{
    public const int PageSize = 50;

    // Index: ix_wait_message; few cases of an office wait for something from outside at once.
    const string Sql = """
        SELECT w.wait_id, w.instance_id, w.office, i.title, i.business_key, i.definition_key, w.correlation, i.status
        FROM process_wait w
        JOIN process_instance i ON i.instance_id = w.instance_id
        WHERE w.message IS NOT NULL AND w.office = @office
            AND (@q = '' OR LOWER(w.correlation) LIKE @like ESCAPE '!' OR LOWER(i.business_key) LIKE @like ESCAPE '!')
        ORDER BY w.wait_id
        LIMIT @most
        """;

    /// <param name="reference">A part of what the letter refers to, or of the number of the case; empty: all.</param>
    /// <returns>The longest waiting first; one more than a page when there are more.</returns>
    public async Task<IReadOnlyList<AwaitedRow>> OfAsync(string office, string reference, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var q = reference.ToLowerInvariant();
        var like = "%" + q.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal) + "%";
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<AwaitedRow>(Sql, new { office, q, like, most = PageSize + 1 })).AsList();
    }
}
