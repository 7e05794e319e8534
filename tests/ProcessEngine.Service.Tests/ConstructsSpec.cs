using ProcessEngine.Service.Tests.Constructs;

namespace ProcessEngine.Service.Tests;

/// <summary>The whole definition language, construct by construct: each in a small file of its own, and what a case does in it.</summary>
public sealed class ConstructsSpec
{
    static IEnumerable<string> Keys => Language.All.Select(c => c.Key);

    static Construct Find(string key) => Language.All.Single(c => c.Key == key);

    [Test]
    public void Every_file_is_told_and_everything_told_has_its_file() =>
        Construct.Files.Order(StringComparer.Ordinal).ShouldBe(Keys.Order(StringComparer.Ordinal));

    [TestCaseSource(nameof(Keys))]
    public void Every_file_is_accepted(string key) => Find(key).Read.Findings.Select(f => $"{f.ActivityId}: {f.Code} {f.Reason.En}").ShouldBeEmpty();

    [TestCaseSource(nameof(Keys))]
    public void Every_construct_as_it_reads_and_as_it_runs(string key) => Approved.VerifyAs("constructs/" + key, Told.Of(Find(key)));
}
