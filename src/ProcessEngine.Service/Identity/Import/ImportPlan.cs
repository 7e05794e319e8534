using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity.Import;

/// <summary>What becomes of a row.</summary>
public enum RowOutcome
{
    Created,
    Changed,

    /// <summary>All of it is there already.</summary>
    Same,
    Refused,
}

/// <summary>What stands there, and what the row says.</summary>
public sealed record RowChange(PeopleColumn Column, string Before, string After);

/// <param name="User">Whose account it is; of somebody new, null.</param>
/// <param name="Roles">What they hold afterwards.</param>
public sealed record PlannedRow(
    PersonRow Row, RowOutcome Outcome, KnownPerson? Known, IReadOnlyList<string> Roles, IReadOnlyList<RowChange> Changes,
    IReadOnlyList<RowFault> Faults);

/// <summary>Somebody as the store has them, with what the office says of them.</summary>
/// <param name="Roles">In this office.</param>
public sealed record KnownPerson(
    Guid User, string UserName, string DisplayName, bool Active, string Kind, string HomeOffice, IReadOnlyList<string> Roles,
    MemberDetails Details, string? Email);

/// <summary>
/// What storing a table of people would do, row by row; worked out from what is stored in this moment, and once more in the transaction
/// that stores it.
/// </summary>
public sealed record ImportPlan(IReadOnlyList<PlannedRow> Rows)
{
    // Arguments of one statement.
    const int Chunk = 60;

    // Indexes: the unique key; the primary keys.
    const string KnownSql = """
        SELECT u.user_id, u.user_name, u.display_name, u.active, u.kind, COALESCE(u.home_office, '*'), u.name_key, d.post, d.post_level,
            g.name, d.telephone, s.email
        FROM app_user u
        LEFT JOIN office_member d ON d.office = $1 AND d.user_id = u.user_id
        LEFT JOIN office_group g ON g.group_id = d.group_id
        LEFT JOIN notification_setting s ON s.user_id = u.user_id
        WHERE u.name_key IN (
        """;

    // Index: ix_membership_office.
    const string RolesSql = "SELECT user_id, role FROM membership WHERE office = $1 ORDER BY role";

    public int Count(RowOutcome outcome) => Rows.Count(r => r.Outcome == outcome);

    /// <summary>Changes when the plan does: what somebody confirms is what they saw.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in Rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Row.Line}|{row.Outcome}|{row.Row.Key}|{string.Join(',', row.Roles)}|{string.Join('|', row.Changes)}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()[..16]);
    }

    /// <param name="defaultRole">What somebody new holds whose row says nothing of it.</param>
    public static async ValueTask<ImportPlan> OfAsync(
        WriteSession session, Caller caller, string office, PeopleTable table, string defaultRole)
    {
        ArgumentNullException.ThrowIfNull(table);
        var known = await KnownAsync(session, office, [.. table.Rows.Where(r => r.UserName.Length > 0).Select(r => r.Key).Distinct()]);
        return new ImportPlan(
            [.. table.Rows.Select(row => Plan(caller, office, table, row, known.GetValueOrDefault(row.Key), defaultRole))]);
    }

    static PlannedRow Plan(Caller caller, string office, PeopleTable table, PersonRow row, KnownPerson? known, string defaultRole)
    {
        var faults = row.Faults.ToList();
        if (known is null)
        {
            IReadOnlyList<string> given = row.Roles is { Count: > 0 } said ? said : [defaultRole];
            return new PlannedRow(row, faults.Count > 0 ? RowOutcome.Refused : RowOutcome.Created, null, given, [], faults);
        }

        IReadOnlyList<string> roles = row.Roles is { Count: > 0 } asked ? asked : known.Roles;
        if (known.Kind == Accounts.Service)
            faults.Add(new(PeopleColumn.UserName, new("เป็นบัญชีของโปรแกรม", "It is the account of a program.")));
        else if (known.HomeOffice != office && known.Roles.Count == 0)
            faults.Add(new(PeopleColumn.UserName, new(
                "ชื่อผู้ใช้นี้เป็นของคนในสำนักงานอื่น ใช้ชื่ออื่น หรือขอให้เขาร่วมงานที่หน้าคนและบทบาท",
                "Somebody of another office has this name: choose another, or ask them to join, on the page of people.")));
        else if (!known.Active)
            faults.Add(new(PeopleColumn.UserName, new("บัญชีนี้ปิดอยู่ เปิดอีกครั้งก่อน", "This account is closed: open it first.")));
        if (known.User == caller.UserId && Roles.Deciding.Intersect(roles).Except(known.Roles).Any())
            faults.Add(new(PeopleColumn.Roles, Problems.From(new OwnDecidingRole([])).Message));
        var changes = Changes(table, row, known, roles, mayRename: known.HomeOffice == office);
        var outcome = faults.Count > 0 ? RowOutcome.Refused : changes.Count > 0 ? RowOutcome.Changed : RowOutcome.Same;
        return new PlannedRow(row, outcome, known, roles, faults.Count > 0 ? [] : changes, faults);
    }

    /// <summary>What is left empty in a row stays as it is.</summary>
    static List<RowChange> Changes(PeopleTable table, PersonRow row, KnownPerson known, IReadOnlyList<string> roles, bool mayRename)
    {
        var changes = new List<RowChange>();
        // The account is its own office's; another one that somebody works for, too, says nothing of their name and address.
        if (mayRename)
        {
            Add(PeopleColumn.Name, known.DisplayName, row.Name);
            Add(PeopleColumn.Email, known.Email, row.Email);
        }

        if (!roles.Order(StringComparer.Ordinal).SequenceEqual(known.Roles.Order(StringComparer.Ordinal)))
            changes.Add(new(PeopleColumn.Roles, Named(known.Roles), Named(roles)));
        Add(PeopleColumn.Post, known.Details.Post, row.Details.Post);
        Add(PeopleColumn.Level, known.Details.Level, row.Details.Level);
        // A group is one however its name is spaced.
        if (row.Details.Group is { } group && (known.Details.Group is not { } of || Groups.KeyOf(of) != Groups.KeyOf(group)))
            Add(PeopleColumn.Group, known.Details.Group, group);
        Add(PeopleColumn.Telephone, known.Details.Telephone, row.Details.Telephone);
        return changes;

        void Add(PeopleColumn column, string? before, string? after)
        {
            if (after is not null && after != (before ?? "") && table.Columns.Contains(column))
                changes.Add(new(column, before ?? "", after));
        }

        static string Named(IReadOnlyList<string> some) => string.Join(", ", some.Select(r => Roles.NameOf(r).Th));
    }

    static async ValueTask<Dictionary<string, KnownPerson>> KnownAsync(WriteSession session, string office, IReadOnlyList<string> keys)
    {
        var roles = new Dictionary<Guid, List<string>>();
        await session.QueryAsync(RolesSql, new object?[] { office }, row =>
        {
            if (!roles.TryGetValue(row.Id(0), out var held))
                roles.Add(row.Id(0), held = []);
            held.Add(row.GetString(1));
        });
        var known = new Dictionary<string, KnownPerson>(StringComparer.Ordinal);
        foreach (var some in keys.Chunk(Chunk))
        {
            var names = string.Join(", ", some.Index().Select(k => string.Create(CultureInfo.InvariantCulture, $"${k.Index + 2}")));
            object?[] arguments = [office, .. some];
            await session.QueryAsync($"{KnownSql}{names})", arguments, row => known[row.GetString(6)] = new(
                row.Id(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4), row.GetString(5),
                roles.GetValueOrDefault(row.Id(0), []),
                new MemberDetails(row.TextOrNull(7), row.TextOrNull(8), row.TextOrNull(9), row.TextOrNull(10)), row.TextOrNull(11)));
        }

        return known;
    }
}
