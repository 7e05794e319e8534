using System.Globalization;
using Dapper;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

public sealed record PersonName(Guid UserId, string DisplayName);

/// <summary>Somebody of an office, with the name that they sign in by.</summary>
public sealed record Colleague
{
    public Guid UserId { get; init; }
    public string UserName { get; init; } = "";
    public string DisplayName { get; init; } = "";
}

/// <summary>Somebody of an office as they are told apart: people of one name by their post and user name.</summary>
public sealed record PersonCard
{
    public Guid UserId { get; init; }
    public string UserName { get; init; } = "";
    public string DisplayName { get; init; } = "";
    public string? Post { get; init; }
    public string? PostLevel { get; init; }

    /// <summary>Empty when nobody has written them down.</summary>
    public string PostAndLevel => $"{Post}{PostLevel}";
}

/// <summary>Names of people, for those who may see what they did.</summary>
public sealed class People(Database database)
{
    const int MaxNames = 200;

    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid?> users, CancellationToken ct) =>
        (await FindAsync(users, ct)).ToDictionary(r => r.UserId, r => r.DisplayName);

    /// <summary>The names that people sign in by.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> UserNamesAsync(IEnumerable<Guid> users, CancellationToken ct) =>
        (await FindAsync(users.Cast<Guid?>(), ct)).ToDictionary(r => r.UserId, r => r.UserName);

    /// <summary>Those who work in an office, by name. Index: ix_membership_office, then the primary key.</summary>
    public async Task<IReadOnlyList<Colleague>> MembersAsync(string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<Colleague>(
            """
            SELECT DISTINCT u.user_id, u.user_name, u.display_name
            FROM membership m
            JOIN app_user u ON u.user_id = m.user_id
            WHERE m.office = @office AND u.active = @yes
            ORDER BY u.display_name, u.user_id
            LIMIT 2000
            """,
            new { office, yes = true })).AsList();
    }

    /// <summary>People with their posts in an office; those of other offices without. At most as many as names.</summary>
    public async Task<IReadOnlyList<PersonCard>> CardsAsync(string office, IEnumerable<Guid> users, CancellationToken ct)
    {
        var wanted = users.Distinct().Take(MaxNames).ToList();
        if (wanted.Count == 0)
            return [];
        var arguments = new DynamicParameters(new { office });
        foreach (var (i, id) in wanted.Index())
            arguments.Add("u" + i.ToString(CultureInfo.InvariantCulture), id);
        await using var connection = await database.OpenAsync(ct);
        // Indexes: the primary keys.
        return (await connection.QueryAsync<PersonCard>(
            $"""
            SELECT u.user_id, u.user_name, u.display_name, m.post, m.post_level
            FROM app_user u
            LEFT JOIN office_member m ON m.office = @office AND m.user_id = u.user_id
            WHERE u.user_id IN ({string.Join(", ", wanted.Index().Select(w => $"@u{w.Index}"))})
            """,
            arguments)).AsList();
    }

    async Task<IReadOnlyList<Colleague>> FindAsync(IEnumerable<Guid?> users, CancellationToken ct)
    {
        var wanted = users.OfType<Guid>().Distinct().Take(MaxNames).ToList();
        if (wanted.Count == 0)
            return [];
        // One parameter each: a list as one parameter is not the same in both databases.
        var arguments = new DynamicParameters();
        foreach (var (i, id) in wanted.Index())
            arguments.Add("u" + i.ToString(CultureInfo.InvariantCulture), id);
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<Colleague>(
            $"""
            SELECT user_id, user_name, display_name
            FROM app_user
            WHERE user_id IN ({string.Join(", ", wanted.Index().Select(w => $"@u{w.Index}"))})
            """,
            arguments)).AsList();
    }

    /// <summary>Who holds a post, or sits in it by order, by name.</summary>
    /// <param name="moment">Of the office and the procedure.</param>
    public async Task<IReadOnlyList<PersonName>> AbleAsync(Core.Instances.Execution.Moment moment, string role, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(moment);
        var able = moment.Holders!.GetValueOrDefault(role, []).Concat(moment.ByOrder.GetValueOrDefault(role, []));
        return [.. (await NamesAsync(able.Cast<Guid?>(), ct))
            .Select(n => new PersonName(n.Key, n.Value))
            .OrderBy(n => n.DisplayName, StringComparer.Ordinal)];
    }
}
