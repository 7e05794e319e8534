using System.Text.RegularExpressions;
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

    [GeneratedRegex("<a id=\"([a-z-]+)\"></a>")]
    private static partial Regex ProblemAnchor();
}
