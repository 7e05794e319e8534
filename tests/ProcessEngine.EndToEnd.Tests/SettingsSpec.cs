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
        exitCode.ShouldNotBe(0);
        output.ShouldContain("ProcessEngine:Clock:Offset");
        output.ShouldContain("refused in Production");
    }

    [Test]
    public async Task A_clock_offset_that_is_no_time_span_is_refused()
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(office.Settings with { More = new() { ["ProcessEngine__Clock__Offset"] = "five days" } });
        exitCode.ShouldNotBe(0);
        output.ShouldContain("ProcessEngine:Clock:Offset must be a time span such as 5.00:00:00, not \"five days\".");
    }

    [Test]
    public async Task An_unknown_database_is_refused()
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(office.Settings with { Provider = "oracle" });
        exitCode.ShouldNotBe(0);
        output.ShouldContain("ProcessEngine:Database:Provider must be sqlite or postgresql, not \"oracle\".");
    }

    [Test]
    public async Task Postgresql_without_a_connection_string_is_refused()
    {
        var (exitCode, output) = await ServiceProcess.RunToEnd(office.Settings with { Provider = "postgresql" });
        exitCode.ShouldNotBe(0);
        output.ShouldContain("ProcessEngine:Database:ConnectionString is required for postgresql.");
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
