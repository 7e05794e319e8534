using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Simulations;
using ProcessEngine.Core.Tests.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;
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

    [Test]
    public void Every_activity_and_every_rule_is_in_one_of_them()
    {
        var files = Language.All.Select(c => c.Content).ToList();
        StudioActivities.All.Select(a => $"\"type\":\"{StudioActivities.Prefix}{a.Name}\"")
            .Concat(DeadlineRuleFields.Names.Select(rule => $"\"slaRule\":\"{rule}\""))
            .Where(written => !files.Exists(file => file.Contains(written, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [TestCaseSource(nameof(Keys))]
    public void Every_file_is_accepted(string key) =>
        Find(key).Read.Findings.Select(f => $"{f.ActivityId}: {f.Code} {f.Reason.En}").ShouldBeEmpty();

    [TestCaseSource(nameof(Keys))]
    public void Every_construct_as_it_reads_and_as_it_runs(string key) => Approved.VerifyAs("constructs/" + key, Told.Of(Find(key)));

    [Test]
    public void The_page_is_that_of_the_constructs()
    {
        var files = ConstructPage.Files();
        if (Environment.GetEnvironmentVariable("WRITE_DOCS") == "1")
        {
            foreach (var file in ConstructPage.Written.Except(files.Keys))
                File.Delete(Path.Combine(ConstructPage.Docs, file));
            foreach (var (file, text) in files)
                File.WriteAllText(Path.Combine(ConstructPage.Docs, file), text);
        }

        var outdated = files.Keys.Union(ConstructPage.Written).Where(
            file => !files.TryGetValue(file, out var text) || ConstructPage.TextOf(file) != text);
        outdated.ShouldBeEmpty("Write them again: WRITE_DOCS=1 dotnet test tests/ProcessEngine.Service.Tests --filter Name~The_page_is_that_of_the_constructs");
    }

    [TestCaseSource(nameof(Keys))]
    public void Every_construct_can_be_tried_out(string key)
    {
        var definition = Find(key).Definition;
        var plan = new SimulationPlan
        {
            Cases = 30,
            From = Story.At("2026-03-02 08:30"),
            ArrivalsPerWorkingDay = 2,
            People = Roles.Acting.ToImmutableDictionary(role => role, _ => 3),
            Data = [Language.Data.RemoveRange(Language.Data.Keys.Where(name => definition.Variables.All(v => v.Name != name)))],
        };
        var result = Simulation.Run(definition, plan, Story.Calendar);
        (result.Ended, result.Unfinished).ShouldBe((30, 0));
    }
}
