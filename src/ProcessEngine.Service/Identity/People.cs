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

    /// <summary>Who holds a post, or sits in it by order, by name.</summary>
    /// <param name="moment">Of the office and the procedure.</param>
    public async Task<IReadOnlyList<PersonName>> AbleAsync(Core.Instances.Moment moment, string role, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(moment);
        var able = moment.Holders!.GetValueOrDefault(role, []).Concat(moment.ByOrder.GetValueOrDefault(role, []));
        return [.. (await NamesAsync(able.Cast<Guid?>(), ct)).Select(n => new PersonName(n.Key, n.Value)).OrderBy(n => n.DisplayName, StringComparer.Ordinal)];
    }
}
