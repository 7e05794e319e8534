using System.Text.RegularExpressions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>What the service refuses to start with, and whom it lets in first.</summary>
public sealed partial class SettingsSpec
{
    Installation office = null!;

    [SetUp]
    public void Install() => office = Installation.On("sqlite");

    [TearDown]
    public void Remove() => office?.Dispose();

    ServiceSettings InProduction => office.Settings with { Demo = false };

    [Test]
    public async Task A_shifted_clock_is_refused_in_production()
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(InProduction with { Clock = ManualClock.Bangkok("2026-03-09 09:00") });
        exitCode.ShouldBe(78);
        output.Trim().ShouldBe("ProcessEngine:Clock:Offset shifts the clock of every deadline; it is refused in Production.");
    }

    [Test]
    public async Task The_demonstration_is_refused_in_production()
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(office.Settings with { More = new() { ["ASPNETCORE_ENVIRONMENT"] = "Production" } });
        exitCode.ShouldBe(78);
        output.Trim().ShouldBe("--demo makes invented people whose keys and passwords lie in files; it is refused in Production.");
        Directory.GetFiles(office.DataFolder).ShouldBeEmpty("nothing was made");
    }

    [TestCase("ProcessEngine__Database__Provder", "sqlite",
        "ProcessEngine:Database:Provder is no setting; ProcessEngine:Database has ConnectionString, MaxConnections, Provider.")]
    [TestCase("ProcessEngine__Deadlines__SweepInterval", "0",
        "ProcessEngine:Deadlines:SweepInterval must be between 00:00:01 and 00:05:00, not \"00:00:00\".")]
    public async Task A_wrong_setting_ends_the_start_with_a_sentence_and_the_code_for_it(string name, string value, string sentence)
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(office.Settings with { More = new() { [name] = value } });
        exitCode.ShouldBe(78);
        output.Trim().ShouldBe(sentence);
    }

    [Test]
    public async Task The_first_start_prints_the_administrator_key_and_the_second_does_not()
    {
        var first = await office.Start(InProduction);
        var printed = KeyLine().Matches(first.Output).ShouldHaveSingleItem(first.Output);
        var key = printed.Groups[1].Value;
        using (var administrator = first.As(key))
            (await administrator.Get("offices")).Status.ShouldBe(200);
        await first.Stop();
        first.Output.Split(key).Length.ShouldBe(2, "the key is written once");

        var second = await office.Start(InProduction);
        using (var administrator = second.As(key))
            (await administrator.Get("offices")).Status.ShouldBe(200, "the key still opens");
        await second.Stop();
        second.Output.ShouldNotContain(key);
        second.Output.ShouldNotContain("administrator key");
    }

    [Test]
    public async Task An_administrator_key_that_was_given_is_used_and_never_printed()
    {
        const string given = "given-by-the-environment-0123456789";
        var service = await office.Start(InProduction with { AdministratorKey = given });
        using (var administrator = service.As(given))
            (await administrator.Get("offices")).Status.ShouldBe(200);
        using (var stranger = service.As("given-by-nobody-0123456789"))
            (await stranger.Get("offices")).Status.ShouldBe(401);
        await service.Stop();
        service.Output.ShouldNotContain(given);
        service.Output.ShouldNotContain("administrator key");
    }

    [GeneratedRegex(@"administrator key \(shown once\)\s+(\S+)")]
    private static partial Regex KeyLine();
}
