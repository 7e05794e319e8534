using System.Text.RegularExpressions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Http;

namespace ProcessEngine.Service.Tests;

/// <summary>The page on the API names every address and every problem: docs that are wrong are bugs.</summary>
public sealed partial class DocsSpec
{
    static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "http-api.md"));

    static string Root()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(here.FullName, "ProcessEngine.sln")))
            here = here.Parent!;
        return here.FullName;
    }

    [Test]
    public async Task Every_address_of_the_api_is_described()
    {
        await using var world = await World.StartAsync("sqlite");
        var api = (await world.Nobody.Get("/openapi/v1.json")).Ok();
        var missing = api["paths"]!.AsObject().Select(p => p.Key.Replace("/api/v1", "", StringComparison.Ordinal)).Where(path => !Page.Contains($"`{path}`", StringComparison.Ordinal));
        missing.ShouldBeEmpty();
    }

    [Test]
    public void Every_problem_is_described_and_no_other() =>
        ProblemAnchor().Matches(Page).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal).ShouldBe(ProblemPages.Catalogue.Keys.Order(StringComparer.Ordinal));

    /// <summary>For process owners: whatever a file may hold, the page says what it means.</summary>
    [Test]
    public void Every_property_that_a_definition_may_have_is_described()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "processes", "README.md"));
        var reader = File.ReadAllText(Path.Combine(Root(), "src", "ProcessEngine.Service", "Definitions", "Elsa", "ElsaDefinitionReader.cs"));
        var rules = File.ReadAllText(Path.Combine(Root(), "src", "ProcessEngine.Core", "Calendar", "DeadlineRuleFields.cs"));
        var properties = Property().Matches(reader).Select(m => m.Groups[1].Value)
            .Concat(RuleField().Matches(rules).Select(m => "sla" + char.ToUpperInvariant(m.Groups[1].Value[0]) + m.Groups[1].Value[1..]))
            .Concat([SharedForms.References, SharedForms.Property]).Distinct();
        properties.Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("(?:Text|Texts|Required|Number|Bool|Objects|Choice<[A-Za-z]+>|Raw|Days)\\(\"([a-zA-Z]+)\"")]
    private static partial Regex Property();

    [GeneratedRegex("(?:field|Number|Day)\\(\"([a-zA-Z]+)\"\\)")]
    private static partial Regex RuleField();

    [GeneratedRegex("<a id=\"([a-z-]+)\"></a>")]
    private static partial Regex ProblemAnchor();
}
