using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// The right to figures by person, and who they are. Told to an auditor of the office, in their own right and while the appointment holds,
/// and to its director and deputy, in their own right or by order: to nobody else, whatever else they oversee. That somebody looked stands
/// in the trail of the administration.
/// </summary>
public sealed class PeopleFigures
{
    /// <summary>How figures are told apart.</summary>
    public const string GroupBy = "person";

    public static IReadOnlyList<string> Readers { get; } = [Roles.Auditor, Roles.Director, Roles.DeputyDirector];

    PeopleFigures(IReadOnlyList<string> offices) => Offices = offices;

    /// <summary>Of which it holds.</summary>
    public IReadOnlyList<string> Offices { get; }

    public static bool Includes(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Readers.Any(role => caller.Holds(role, office))
            || caller.Orders.Any(o => o.Office == office && o.Role is Roles.Director or Roles.DeputyDirector);
    }

    /// <summary>Asks for the right, and records that it was used.</summary>
    /// <param name="offices">Of which are asked for; the right is to those of them that the caller may look into.</param>
    /// <returns>Null when there is none.</returns>
    public static async Task<PeopleFigures?> AskAsync(
        Database database, Caller caller, IReadOnlyList<string> offices, object about, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(caller);
        var allowed = offices.Where(office => Includes(caller, office)).ToList();
        if (allowed.Count == 0)
            return null;
        await database.TransactAsync(
            async session =>
            {
                await AdministrationTrail.RecordAsync(
                    session, caller, [.. allowed.Select(o => new AdministrationAct("person-figures-read", o, null, about))], now);
                return true;
            },
            ct);
        return new PeopleFigures(allowed);
    }

    public static NotAllowed No { get; } = new("read-figures-by-person", [.. Readers]);

    /// <summary>The names of those that buckets stand for.</summary>
    internal static async Task<IReadOnlyDictionary<string, LocalizedText>> NamesAsync(
        Database database, IEnumerable<string> buckets, CancellationToken ct)
    {
        var names = new Dictionary<string, LocalizedText>(StringComparer.Ordinal);
        await using var connection = await database.OpenAsync(ct);
        foreach (var bucket in buckets)
        {
            var name = Guid.TryParse(bucket, out var id)
                ? await connection.QuerySingleOrDefaultAsync<string>("SELECT display_name FROM app_user WHERE user_id = @id", new { id })
                : null;
            names[bucket] = name is not null
                ? new LocalizedText(name, name)
                : new LocalizedText("ยังไม่มีผู้รับ หรือทั้งกระบวนงาน", "Not taken yet, or the whole procedure");
        }

        return names;
    }
}
