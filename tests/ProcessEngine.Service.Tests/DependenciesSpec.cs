using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>docs/dependencies.md says of every package why it is there.</summary>
public sealed partial class DependenciesSpec
{
    static readonly string[] FrontEnds =
        ["src/ProcessEngine.Service/Web/assets/package.json", "src/ProcessEngine.Service/Studio/package/package.json"];

    [Test]
    public void Every_package_has_a_reason_and_every_reason_a_package()
    {
        var central = XDocument.Parse(Repository.Read("Directory.Packages.props"))
            .Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value);
        var npm = from file in FrontEnds
                  let package = JsonNode.Parse(Repository.Read(file))!
                  from kind in new[] { "dependencies", "devDependencies" }
                  from dependency in package[kind]?.AsObject() ?? []
                  select dependency.Key;
        Row().Matches(Repository.Read("docs", "dependencies.md")).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)
            .ShouldBe(central.Concat(npm).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (?!Package |-)([\w@./-]+) \| .", RegexOptions.Multiline)]
    private static partial Regex Row();
}
