using System.Text;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity.Import;

/// <summary>What a table of people may say.</summary>
public enum PeopleColumn
{
    Name,
    UserName,
    Roles,
    Post,
    Level,
    Group,
    Email,
    Telephone,
}

/// <summary>What is wrong with a row, and in which column; null when it is the row as a whole.</summary>
public sealed record RowFault(PeopleColumn? Column, LocalizedText Why);

/// <summary>Somebody as a row of a table says.</summary>
/// <param name="Roles">Null where the row says nothing of them.</param>
public sealed record PersonRow(
    int Line, string Name, string UserName, IReadOnlyList<string>? Roles, MemberDetails Details, string? Email,
    IReadOnlyList<RowFault> Faults)
{
    public string Key => UserNames.Key(UserName);
}

/// <summary>A table of people, read: which columns it has, and what each row says.</summary>
/// <param name="Fault">Why nothing of it can be used.</param>
/// <param name="Unknown">Columns that say nothing here.</param>
public sealed record PeopleTable(
    IReadOnlyList<PersonRow> Rows, IReadOnlyList<PeopleColumn> Columns, IReadOnlyList<string> Unknown, LocalizedText? Fault)
{
    static readonly (PeopleColumn Column, LocalizedText Name, string[] Also)[] Known =
    [
        (PeopleColumn.Name, new("ชื่อ-สกุล", "Name"), ["ชื่อ", "ชื่อสกุล", "ชื่อนามสกุล", "ชื่อที่แสดง", "display name", "full name"]),
        (PeopleColumn.UserName, new("ชื่อผู้ใช้", "User name"), ["บัญชี", "ชื่อบัญชี", "user", "username", "login", "account"]),
        (PeopleColumn.Roles, new("บทบาท", "Roles"), ["หน้าที่ในระบบ", "role"]),
        (PeopleColumn.Post, new("ตำแหน่ง", "Post"), ["position", "title"]),
        (PeopleColumn.Level, new("ระดับ", "Level"), ["วิทยฐานะ", "ระดับ/วิทยฐานะ"]),
        (PeopleColumn.Group, new("กลุ่ม", "Group"), ["กลุ่มงาน", "กลุ่ม/หน่วย", "department"]),
        (PeopleColumn.Email, new("อีเมล", "E-mail"), ["อีเมล์", "email", "mail", "e mail"]),
        (PeopleColumn.Telephone, new("โทรศัพท์", "Telephone"), ["เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "phone", "tel", "mobile"]),
    ];

    static readonly Dictionary<string, PeopleColumn> ByHeading = Known
        .SelectMany(k => new[] { k.Name.Th, k.Name.En }.Concat(k.Also).Select(h => (Heading: Fold(h), k.Column)))
        .DistinctBy(h => h.Heading).ToDictionary(h => h.Heading, h => h.Column, StringComparer.Ordinal);

    // Zero-width blanks and joiners, the mark at the beginning of a file, soft hyphens: what pages and word processors leave in Thai text.
    static readonly HashSet<char> Invisible = ['\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD'];

    static readonly Dictionary<string, string> RolesByName = RoleNames();

    /// <summary>The columns by their names, in the order in which a template has them.</summary>
    public static IReadOnlyList<(PeopleColumn Column, LocalizedText Name)> Headings { get; } = [.. Known.Select(k => (k.Column, k.Name))];

    public static LocalizedText NameOf(PeopleColumn column) => Headings.First(h => h.Column == column).Name;

    /// <param name="posts">What the office calls its posts, by role; such a name is read as its role.</param>
    public static PeopleTable Read(Sheet sheet, IReadOnlyDictionary<string, LocalizedText>? posts = null)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        if (sheet.Fault is not null)
            return Refused([], sheet.Fault);
        if (sheet.Rows is not [var head, ..])
            return Refused([], new("ไม่มีข้อมูล", "There is nothing in it."));
        var (at, unknown) = (new Dictionary<PeopleColumn, int>(), new List<string>());
        foreach (var (i, cell) in head.Cells.Index())
        {
            var heading = Clean(cell);
            if (heading.Length == 0)
                continue;
            if (!ByHeading.TryGetValue(Fold(heading), out var column))
                unknown.Add(heading.Length > 60 ? heading[..60] + "…" : heading);
            else if (!at.TryAdd(column, i))
                return Refused(
                    unknown, new($"มีคอลัมน์ \"{NameOf(column).Th}\" สองคอลัมน์", $"There are two columns \"{NameOf(column).En}\"."));
        }

        List<PeopleColumn> missing = [.. new[] { PeopleColumn.Name, PeopleColumn.UserName }.Where(c => !at.ContainsKey(c))];
        if (missing.Count > 0)
        {
            return Refused(unknown, new(
                $"แถวแรกต้องเป็นชื่อคอลัมน์ ไม่พบคอลัมน์: {string.Join(", ", missing.Select(c => NameOf(c).Th))}",
                $"The first row names the columns. Missing: {string.Join(", ", missing.Select(c => NameOf(c).En))}."));
        }

        var own = OwnNames(posts);
        var rows = new List<PersonRow>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows.Skip(1))
        {
            var person = ReadRow(row, at, own);
            if (person.UserName.Length > 0 && !seen.TryAdd(person.Key, row.Line))
                person = person with
                {
                    Faults =
                    [
                        .. person.Faults,
                        new(PeopleColumn.UserName, new($"ซ้ำกับแถวที่ {seen[person.Key]}", $"The same as in row {seen[person.Key]}.")),
                    ],
                };
            rows.Add(person);
        }

        return rows.Count == 0
            ? Refused(unknown, new("มีแต่ชื่อคอลัมน์ ไม่มีรายชื่อ", "There are column names, and nobody below them."))
            : new PeopleTable(rows, [.. at.Keys.Order()], unknown, null);
    }

    static PeopleTable Refused(IReadOnlyList<string> unknown, LocalizedText fault) => new([], [], unknown, fault);

    static PersonRow ReadRow(SheetRow row, Dictionary<PeopleColumn, int> at, IReadOnlyDictionary<string, string> own)
    {
        var faults = new List<RowFault>();
        var (name, userName) = (Of(PeopleColumn.Name) ?? "", Of(PeopleColumn.UserName) ?? "");
        var email = Of(PeopleColumn.Email);
        if (email is not null && !MemberRules.IsAddress(email))
            faults.Add(new(PeopleColumn.Email, MemberRules.NoAddress));
        var telephone = Of(PeopleColumn.Telephone);
        var roles = RolesOf(Of(PeopleColumn.Roles), own, faults);
        var details = new MemberDetails(Of(PeopleColumn.Post), Of(PeopleColumn.Level), Of(PeopleColumn.Group), telephone);
        // As for somebody who is typed in.
        var checkedNames = ImportNames.Rules.Validate(new ImportNames.Names(name, userName, details));
        faults.AddRange(checkedNames.Errors.Select(e => new RowFault(
            Enum.Parse<PeopleColumn>(e.PropertyName.Split('.')[^1]), InvalidInput.Of(e).Message)));
        return new PersonRow(row.Line, name, userName.Length == 0 ? "" : UserNames.Shown(userName), roles, details, email, faults);

        string? Of(PeopleColumn column) =>
            at.TryGetValue(column, out var i) && i < row.Cells.Count && Clean(row.Cells[i]) is { Length: > 0 } text ? text : null;
    }

    static IReadOnlyList<string>? RolesOf(string? text, IReadOnlyDictionary<string, string> own, List<RowFault> faults)
    {
        if (text is null)
            return null;
        var roles = new List<string>();
        foreach (var one in text.Split([',', ';', '|', '+'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (own.TryGetValue(Fold(one), out var role) || RolesByName.TryGetValue(Fold(one), out role))
                roles.Add(role);
            else
                faults.Add(new(PeopleColumn.Roles, new($"ไม่รู้จักบทบาท \"{one}\"", $"There is no role \"{one}\".")));
        }

        return [.. roles.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>By its own name, and as offices of each kind print it, long and short.</summary>
    static Dictionary<string, string> RoleNames()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in Roles.All)
        {
            string[] own = [role, Roles.NameOf(role).Th, Roles.NameOf(role).En];
            foreach (var name in own.Concat(Enum.GetValues<OfficeKind>().SelectMany(kind => new[]
            {
                Roles.NameOf(role, kind).Th, Roles.NameOf(role, kind).En,
                Roles.ShortNameOf(role, kind),
            })))
                names.TryAdd(Fold(name), role);
        }

        names.TryAdd(Fold("เจ้าหน้าที่"), Roles.Officer);
        names.TryAdd(Fold("ธุรการ"), Roles.Clerk);
        names.TryAdd(Fold("รอง ผอ."), Roles.DeputyDirector);
        names.TryAdd(Fold("ผอ."), Roles.Director);
        return names;
    }

    static Dictionary<string, string> OwnNames(IReadOnlyDictionary<string, LocalizedText>? posts)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, name) in posts ?? new Dictionary<string, LocalizedText>())
        {
            names.TryAdd(Fold(name.Th), role);
            names.TryAdd(Fold(name.En), role);
        }

        return names;
    }

    /// <summary>Without what is not seen, and with one blank where there were several.</summary>
    static string Clean(string cell)
    {
        var text = new StringBuilder(cell.Length);
        foreach (var c in cell)
        {
            if (Invisible.Contains(c))
                continue;
            if (!char.IsWhiteSpace(c))
                text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
        }

        return text.ToString().TrimEnd(' ').Normalize(NormalizationForm.FormC);
    }

    static string Fold(string heading) => SearchText.Fold(heading).Replace("-", "", StringComparison.Ordinal)
        .Replace("/", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
