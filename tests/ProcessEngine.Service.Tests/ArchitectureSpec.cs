using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Arrows point one way: a folder uses only the folders that stand below it in the lists of docs/architecture.md. Read from the compiled
/// program; a constant leaves no trace there, so the imports of the source are held against the same list.
/// </summary>
public sealed partial class ArchitectureSpec
{
    const string Storage = @"^ProcessEngine\.Service\.Storage(\.|$)";
    const string Jobs = @"^ProcessEngine\.Service\.Jobs(\.|$)";
    const string Own = @"^ProcessEngine\.Service(\.|$)";
    const string Drivers = @"^(Npgsql|Microsoft\.Data\.Sqlite|SQLitePCL)(\.|$)";
    const string Http = @"^(Microsoft\.AspNetCore|System\.Net)(\.|$)";
    const string Schedulers = @"^(Hangfire|Quartz)(\.|$)";

    static readonly Architecture Service = new ArchLoader().LoadAssemblies(typeof(Database).Assembly).Build();
    static readonly Architecture Core = new ArchLoader().LoadAssemblies(typeof(ProcessDecider).Assembly).Build();

    /// <summary>Who uses whom, and some places where it does.</summary>
    sealed record Arrow(string From, string To, string Because);

    /// <summary>Folders of one level, and the heading in docs/architecture.md below which they are listed.</summary>
    public sealed record Level(string Heading, string Namespace)
    {
        public override string ToString() => Namespace;
    }

    static readonly Level Rooms = new("The rooms of the service", "ProcessEngine.Service");

    static readonly Level[] Levels =
    [
        Rooms,
        new("Inside Cases", "ProcessEngine.Service.Cases"),
        new("The core", "ProcessEngine.Core"),
        new("A case in the core", "ProcessEngine.Core.Instances"),
    ];

    [TestCaseSource(nameof(Levels))]
    public void No_two_folders_need_each_other(Level level)
    {
        var arrows = Arrows(level);
        var both = from there in arrows
                   from back in arrows
                   where there.From == back.To && there.To == back.From && string.CompareOrdinal(there.From, there.To) < 0
                   select $"{there.From} ⇄ {there.To}: {there.Because}; {back.Because}";
        both.ShouldBeEmpty();
    }

    [TestCaseSource(nameof(Levels))]
    public void A_folder_uses_only_those_below_it_in_the_list(Level level)
    {
        ArgumentNullException.ThrowIfNull(level);
        var order = Listed(level);
        var arrows = Arrows(level);
        TestContext.Out.WriteLine(Drawn(arrows));
        var folders = arrows.SelectMany(a => new[] { a.From, a.To }).Distinct();
        order.Order(StringComparer.Ordinal)
            .ShouldBe(folders.Order(StringComparer.Ordinal), $"docs/architecture.md, {level.Heading}: every folder, and no other");
        arrows.Where(a => order.IndexOf(a.From) > order.IndexOf(a.To)).Select(a => $"{a.From} → {a.To}: {a.Because}").ShouldBeEmpty();
    }

    [Test]
    public void A_file_imports_only_rooms_below_its_own()
    {
        var order = Listed(Rooms);
        var source = Path.Combine(Repository.Root, "src", "ProcessEngine.Service");
        var up = from room in order
                 from file in Directory.EnumerateFiles(Path.Combine(source, room), "*.cs", SearchOption.AllDirectories)
                 from import in Import().Matches(File.ReadAllText(file))
                 where order.IndexOf(import.Groups[1].Value) < order.IndexOf(room)
                 select $"{Path.GetRelativePath(source, file)}: {import.Value}";
        up.ShouldBeEmpty();
    }

    [Test]
    public void Storage_knows_no_http_but_for_its_module() =>
        Types().That().ResideInNamespaceMatching(Storage).And().AreNot(typeof(StorageModule))
            .Should().NotDependOnAny(Types(true).That().ResideInNamespaceMatching(Http)).Check(Service);

    [Test]
    public void Only_storage_names_a_database_driver() =>
        Types().That().ResideInNamespaceMatching(Own).And().DoNotResideInNamespaceMatching(Storage)
            .Should().NotDependOnAny(Types(true).That().ResideInNamespaceMatching(Drivers)).Check(Service);

    [Test]
    public void Only_jobs_names_the_scheduler() =>
        Types().That().ResideInNamespaceMatching(Own).And().DoNotResideInNamespaceMatching(Jobs)
            .Should().NotDependOnAny(Types(true).That().ResideInNamespaceMatching(Schedulers)).Check(Service);

    /// <summary>The rules above would pass as well if nothing were seen.</summary>
    [TestCase(Storage, Drivers)]
    [TestCase(Jobs, Schedulers)]
    public void What_is_used_is_seen(string room, string used) =>
        Types().That().ResideInNamespaceMatching(room)
            .Should().NotDependOnAny(Types(true).That().ResideInNamespaceMatching(used)).HasNoViolations(Service).ShouldBeFalse();

    static Arrow[] Arrows(Level level) =>
    [
        .. from type in (level.Namespace.StartsWith("ProcessEngine.Core", StringComparison.Ordinal) ? Core : Service).Types
           let here = FolderOf(type, level)
           where here is not null
           from dependency in type.Dependencies
           let there = FolderOf(dependency.Target, level)
           where there is not null && there != here
           group $"{type.Name} uses {dependency.Target.Name}" by (here, there) into arrow
           select new Arrow(arrow.Key.here, arrow.Key.there, string.Join(", ", arrow.Distinct().Order(StringComparer.Ordinal).Take(5))),
    ];

    /// <summary>Null for what stands in no folder of this level. What lies beside them is named by the end of their namespace.</summary>
    static string? FolderOf(IType type, Level level)
    {
        // What Razor makes of the pages; a type parameter is wherever its name is first met; what puts it all together stands above it all.
        var space = type.Namespace?.FullName is "AspNetCoreGeneratedDocument" ? "ProcessEngine.Service.Web" : type.Namespace?.FullName;
        if (space is null || type is GenericParameter || type.Name is nameof(Program) or nameof(CasesModule))
            return null;
        if (space == level.Namespace)
            return level.Namespace.Split('.')[^1];
        var within = level.Namespace + ".";
        return space.StartsWith(within, StringComparison.Ordinal) ? space[within.Length..].Split('.')[0] : null;
    }

    /// <summary>The first column of the table below the heading, from top to bottom.</summary>
    static List<string> Listed(Level level)
    {
        var section = Repository.Read("docs", "architecture.md").Split($"# {level.Heading}\n")[1].Split("\n#")[0];
        return [.. Row().Matches(section).Select(m => m.Groups[1].Value)];
    }

    /// <summary>From top to bottom, each with what it uses: what nobody needs comes first.</summary>
    static string Drawn(Arrow[] arrows)
    {
        var heights = new Dictionary<string, int>();
        int HeightOf(string folder) => heights.TryGetValue(folder, out var known)
            ? known
            : heights[folder] = arrows.Where(a => a.From == folder).Select(a => HeightOf(a.To) + 1).DefaultIfEmpty(0).Max();
        string UsedBy(string folder) => string.Join(' ', arrows.Where(a => a.From == folder).Select(a => a.To).Order(StringComparer.Ordinal));
        var folders = arrows.SelectMany(a => new[] { a.From, a.To }).Distinct()
            .OrderByDescending(HeightOf).ThenBy(f => f, StringComparer.Ordinal);
        return string.Join('\n', folders.Select(folder => $"{HeightOf(folder),2} {folder,-14} → {UsedBy(folder)}"));
    }

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^using (?:static )?ProcessEngine\.Service\.(\w+)[\w.]*;", RegexOptions.Multiline)]
    private static partial Regex Import();
}
