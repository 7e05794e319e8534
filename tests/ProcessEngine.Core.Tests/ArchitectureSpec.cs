using System.Reflection;
using ProcessEngine.Core.Instances;
using ProcessEngine.Testing;

namespace ProcessEngine.Core.Tests;

/// <summary>The core is pure: the compiled assembly names nothing that could read a clock, draw lots, wait, or reach the world.</summary>
public sealed class ArchitectureSpec
{
    static readonly Assembly Core = typeof(ProcessDecider).Assembly;

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
    public void The_core_does_not_use(string name)
    {
        var users = from type in Core.GetTypes()
                    from used in UsedTypes.Of(type)
                    where used.FullName == name || used.Namespace == name || used.Namespace?.StartsWith(name + ".", StringComparison.Ordinal) == true
                    select $"{type.FullName} uses {used.FullName}";
        users.ShouldBeEmpty();
    }

    [Test]
    public void Use_is_found_in_the_bodies_of_methods() =>
        UsedTypes.Of(typeof(ArchitectureSpec)).ShouldContain(typeof(UsedTypes));
}
