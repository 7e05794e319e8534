using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>
/// <c>@user.name</c> in a comment: people of the case's office whom it is meant to reach. A name that nobody there bears stays text.
/// </summary>
public static partial class Mentions
{
    /// <summary>A text may hold any number of at signs; no more of them are looked up.</summary>
    const int MaxLookedUp = 50;

    /// <summary>Those who bear a name that the text may mean, with the offices that they belong to.</summary>
    public static async Task<IReadOnlyList<Bearer>> FindAsync(Database database, string? text, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        var names = Candidates(text ?? "").SelectMany(c => c).Select(UserNames.Key).Distinct().ToList();
        if (names.Count == 0)
            return [];
        // One parameter each: a list as one parameter is not the same in both databases.
        var arguments = new DynamicParameters(new { yes = true });
        foreach (var (i, name) in names.Index())
            arguments.Add("n" + i.ToString(CultureInfo.InvariantCulture), name);
        await using var connection = await database.OpenAsync(ct);
        // Indexes: the unique key of names, the primary key of membership.
        return (await connection.QueryAsync<Bearer>(
            $"""
            SELECT DISTINCT u.user_id, u.user_name, m.office
            FROM app_user u
            JOIN membership m ON m.user_id = u.user_id
            WHERE u.active = @yes AND u.name_key IN ({string.Join(", ", names.Index().Select(n => $"@n{n.Index}"))})
            """,
            arguments)).AsList();
    }

    /// <summary>Whom a text mentions, of those who belong to an office; each once, in the order of the text.</summary>
    public static ImmutableArray<Guid> In(string text, IReadOnlyList<Bearer> bearers, string office)
    {
        var known = bearers.Where(b => b.Office == office || b.Office == Caller.EveryOffice)
            .DistinctBy(b => UserNames.Key(b.UserName))
            .ToDictionary(b => UserNames.Key(b.UserName), b => b.UserId);
        return [.. Candidates(text).Select(names => names.Select(UserNames.Key).FirstOrDefault(known.ContainsKey))
            .OfType<string>()
            .Select(name => known[name])
            .Distinct()];
    }

    /// <summary>A text in pieces, with the display names of those whom it mentions.</summary>
    /// <param name="names">User name → display name of those whom it is known to have reached.</param>
    public static IEnumerable<(string Text, bool IsName)> Pieces(string text, IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = 0;
        var shown = names.DistinctBy(n => UserNames.Key(n.Key)).ToDictionary(n => UserNames.Key(n.Key), n => n.Value);
        foreach (Match sign in Sign().Matches(text))
        {
            if (sign.Index < at || Variants(sign.Groups[1].Value).FirstOrDefault(v => shown.ContainsKey(UserNames.Key(v))) is not { } name)
                continue;
            yield return (text[at..sign.Index], false);
            yield return (shown[UserNames.Key(name)], true);
            at = sign.Index + 1 + name.Length;
        }

        yield return (text[at..], false);
    }

    /// <summary>For each at sign the names that it may mean, the longest first.</summary>
    static IEnumerable<IEnumerable<string>> Candidates(string text) =>
        Sign().Matches(text).Take(MaxLookedUp).Select(sign => Variants(sign.Groups[1].Value));

    /// <summary>A sentence may end after a name, and Thai goes on without a space.</summary>
    static IEnumerable<string> Variants(string word) =>
        ((IEnumerable<string>)[
            word, word.TrimEnd('.', '-', '_'), Latin().Match(word).Value, Latin().Match(word).Value.TrimEnd('.', '-', '_'),
        ])
            .Where(w => w.Length > 0)
            .Distinct();

    // Not in the middle of an e-mail address. As long as a user name may be.
    [GeneratedRegex(@"(?<![A-Za-z0-9._-])@([\p{L}\p{M}\p{N}._-]{1,100})")]
    private static partial Regex Sign();

    [GeneratedRegex("^[A-Za-z0-9._-]*")]
    private static partial Regex Latin();

    public sealed record Bearer
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string Office { get; init; } = "";
    }
}
