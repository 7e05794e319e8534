using System.Globalization;
using Dapper;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

public sealed record PersonName(Guid UserId, string DisplayName);

/// <summary>Names of people, for those who may see what they did.</summary>
public sealed class People(Database database)
{
    const int Most = 200;

    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid?> users, CancellationToken ct)
    {
        var wanted = users.OfType<Guid>().Distinct().Take(Most).ToList();
        if (wanted.Count == 0)
            return new Dictionary<Guid, string>();
        // One parameter each: a list as one parameter is not the same in both databases.
        var arguments = new DynamicParameters();
        foreach (var (i, id) in wanted.Index())
            arguments.Add("u" + i.ToString(CultureInfo.InvariantCulture), id);
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<PersonName>(
            $"SELECT user_id, display_name FROM app_user WHERE user_id IN ({string.Join(", ", wanted.Index().Select(w => $"@u{w.Index}"))})", arguments);
        return rows.ToDictionary(r => r.UserId, r => r.DisplayName);
    }
}
