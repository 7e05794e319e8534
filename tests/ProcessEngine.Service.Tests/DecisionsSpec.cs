using System.Globalization;
using System.Text.RegularExpressions;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>docs/decisions/README.md lists every decision as it is, and says where a number is missing.</summary>
public sealed partial class DecisionsSpec
{
    static readonly string Folder = Path.Combine(Repository.Root, "docs", "decisions");
    static readonly string List = Repository.Read("docs", "decisions", "README.md");

    static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Folder, "0*.md").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void A_decision_is_listed_with_its_title_and_its_status(string file)
    {
        var text = Repository.Read("docs", "decisions", file);
        var (title, status) = (Title().Match(text), Status().Match(text));
        title.Groups[1].Value.ShouldBe(file[..4]);
        List.ShouldContain($"| [{file[..4]}]({file}) | {title.Groups[2].Value} | {status.Groups[1].Value} |");
    }

    [Test]
    public void Every_number_is_a_decision_or_is_explained()
    {
        var explained = Missing().Matches(List).SelectMany(m => Numbers(m.Groups[1].Value, m.Groups[2].Value));
        var given = Files().Select(f => int.Parse(f[..4], CultureInfo.InvariantCulture));
        Enumerable.Range(1, given.Max()).Except(given).Except(explained).ShouldBeEmpty();

        static IEnumerable<int> Numbers(string first, string last)
        {
            var from = int.Parse(first, CultureInfo.InvariantCulture);
            return last.Length == 0 ? [from] : Enumerable.Range(from, int.Parse(last, CultureInfo.InvariantCulture) - from + 1);
        }
    }

    [GeneratedRegex(@"^# (\d{4})\. (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"^Status: (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Status();

    [GeneratedRegex(@"^\| (\d{4})(?:–(\d{4}))? \|", RegexOptions.Multiline)]
    private static partial Regex Missing();
}
