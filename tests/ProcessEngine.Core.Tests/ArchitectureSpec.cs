using System.Reflection;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Architecture = ArchUnitNET.Domain.Architecture;

namespace ProcessEngine.Core.Tests;

/// <summary>The core is pure: the compiled assembly names nothing that could read a clock, draw lots, wait, or reach the world.</summary>
public sealed class ArchitectureSpec
{
    static readonly Assembly Core = typeof(ProcessDecider).Assembly;
    static readonly Architecture Loaded = new ArchLoader().LoadAssemblies(Core).Build();

    [Test]
    public void The_core_references_the_base_library_only() =>
        Core.GetReferencedAssemblies().ShouldAllBe(a => a.Name!.StartsWith("System.", StringComparison.Ordinal));

    [TestCase("System.IO")]
    [TestCase("System.Net")]
    [TestCase("System.Data")]
    [TestCase("System.Diagnostics.Process")]
    [TestCase("System.Threading.Tasks")]
    [TestCase("System.Random")]
    [TestCase("System.TimeProvider")]
    [TestCase("System.Console")]
    [TestCase("System.Text.Json.Serialization")]
    public void The_core_does_not_use(string name) => NotUsing(name).Check(Loaded);

    /// <summary>The rule above would pass as well if nothing were seen.</summary>
    [Test]
    public void Use_is_seen_in_the_bodies_of_methods()
    {
        var here = new ArchLoader().LoadAssemblies(typeof(ArchitectureSpec).Assembly).Build();
        NotUsing("System.IO").Evaluate(here).Where(r => !r.Passed).Select(r => r.Description).ShouldContain(
            d => d.Contains(nameof(ReadsAFile), StringComparison.Ordinal));
    }

    static IArchRule NotUsing(string name) =>
        Types().Should().NotDependOnAny(
            Types(true).That().HaveFullNameMatching($@"^{name.Replace(".", @"\.", StringComparison.Ordinal)}(\.|$)"));

    static class ReadsAFile
    {
        internal static int Length(string path) => File.ReadAllBytes(path).Length;
    }
}
