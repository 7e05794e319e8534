using System.Text.RegularExpressions;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>The page on the API names every address and every problem: docs that are wrong are bugs.</summary>
public sealed partial class DocsSpec
{
    static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "http-api.md"));

    [Test]
    public async Task Every_address_of_the_api_is_described()
    {
        await using var world = await World.StartAsync("sqlite");
        var api = (await world.Nobody.Get("/openapi/v1.json")).Ok();
        api["paths"]!.AsObject().Select(p => p.Key.Replace("/api/v1", "", StringComparison.Ordinal))
            .Where(path => !Page.Contains($"`{path}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Test]
    public void Every_problem_is_described_and_no_other() =>
        ProblemAnchor().Matches(Page).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)
            .ShouldBe(ProblemPages.Catalogue.Keys.Order(StringComparer.Ordinal));

    /// <summary>For process owners: whatever a file may hold, the page says what it means.</summary>
    [Test]
    public void Every_property_that_a_definition_may_have_is_described()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "processes", "README.md"));
        // The reader asks by name for what it reads; of a rule, it hands over who is asked.
        Type[] readers = [typeof(ElsaDefinitionReader), typeof(ElsaStepReader), typeof(ElsaForms), typeof(ElsaRules)];
        var read = readers.SelectMany(reader => CompiledCalls.FirstArguments(
            reader, method => method.Resolve() is { } ours && ours.Parameters.FirstOrDefault() is { Name: "name" }));
        var ofRules = CompiledCalls.FirstArguments(
            typeof(DeadlineRuleFields),
            method => method is { Name: "Invoke", DeclaringType.Name: "Func`2" } || method.Resolve()?.Parameters
                .FirstOrDefault() is { Name: "parameter" });
        var (own, rules) = (read.ToHashSet(), ofRules.Select(name => $"sla{char.ToUpperInvariant(name[0])}{name[1..]}").ToHashSet());
        own.ShouldContain("stepNumber", "the reader is looked at");
        rules.ShouldContain("slaRule", "the rules are looked at");
        own.Concat(rules).Concat([SharedForms.References, SharedForms.Property])
            .Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Test]
    public void Every_activity_rule_and_acting_role_is_described()
    {
        var (ofDefinitions, ofTime) = (Repository.Read("processes", "README.md"), Repository.Read("docs", "working-time.md"));
        foreach (var name in StudioActivities.All.Select(a => StudioActivities.Prefix + a.Name).Concat(DeadlineRuleFields.Names)
            .Concat(Roles.Acting))
            ofDefinitions.ShouldContain($"`{name}`", Case.Sensitive, "processes/README.md");
        foreach (var rule in DeadlineRuleFields.Names)
            ofTime.ShouldContain($"`{rule}`", Case.Sensitive, "docs/working-time.md");
    }

    [Test]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md")).Append(Path.Combine(Repository.Root, "processes", "README.md"));
        var broken = pages.SelectMany(
            page => Link().Matches(File.ReadAllText(page)).Select(link => (Page: page, To: link.Groups[1].Value, At: link.Groups[2].Value)))
            .Where(link => !Leads(link.To.Length == 0 ? link.Page : Path.Combine(Path.GetDirectoryName(link.Page)!, link.To), link.At))
            .Select(link => $"{Path.GetRelativePath(Repository.Root, link.Page)}: {link.To}#{link.At}");
        broken.ShouldBeEmpty();

        static bool Leads(string path, string at) =>
            Directory.Exists(path) || (File.Exists(path) && (at.Length == 0 || Anchors(File.ReadAllText(path)).Contains(at)));
        static IEnumerable<string> Anchors(string page) => Anchor().Matches(page).Select(m => m.Groups[1].Value)
            .Concat(
                Heading().Matches(page).Select(m => NotInAnAnchor().Replace(m.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')));
    }

    [Test]
    public void Every_condition_on_its_page_is_what_the_page_says()
    {
        var types = new Dictionary<string, VariableType>
        {
            ["amount"] = VariableType.Number,
            ["budget"] = VariableType.Number,
            ["urgency"] = VariableType.Text,
            ["formal"] = VariableType.Boolean,
            ["meetingDate"] = VariableType.Date,
            ["schools"] = VariableType.List,
        };
        var data = new Dictionary<string, string>
        {
            ["amount"] = "150000",
            ["urgency"] = "\"สูง\"",
            ["formal"] = "false",
            ["meetingDate"] = "\"2026-12-08\"",
            ["schools"] = "[\"บ้านดอน\",\"วัดใหม่\",\"บ้านนา\"]",
        };
        var rows = Condition().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "expressions.md")));
        rows.Count.ShouldBeGreaterThan(10);
        foreach (Match row in rows)
            Expression.Compile(row.Groups[1].Value, types).Expression.ShouldNotBeNull(row.Value).IsTrue(data)
                .ShouldBe(row.Groups[2].Value == "true", row.Value);
    }

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex("<a id=\"([^\"]+)\"></a>")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"^#+ (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex NotInAnAnchor();

    [GeneratedRegex(@"^\| `([^`]+)` \| (true|false) \|", RegexOptions.Multiline)]
    private static partial Regex Condition();

    [GeneratedRegex("<a id=\"([a-z-]+)\"></a>")]
    private static partial Regex ProblemAnchor();
}
