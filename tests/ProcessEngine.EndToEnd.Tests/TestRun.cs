using Microsoft.Playwright;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>One PostgreSQL and one browser for the whole run; each installation gets a database of its own, each person a window.</summary>
[SetUpFixture]
public sealed class TestRun
{
    /// <summary>The machine's Chromium; none is downloaded.</summary>
    static readonly string Program = Environment.GetEnvironmentVariable("CHROMIUM_BIN") ?? "/usr/bin/chromium";

    static readonly Lazy<PostgresCluster> Cluster = new(() => PostgresCluster.Start());
    static readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> Chromium = new(LaunchAsync);

    public static PostgresCluster Postgres => Cluster.Value;

    public static async Task<IBrowser> BrowserAsync() => (await Chromium.Value).Browser;

    static async Task<(IPlaywright Playwright, IBrowser Browser)> LaunchAsync()
    {
        File.Exists(Program).ShouldBeTrue(
            $"A Chromium is needed: install Debian's chromium, or name one in CHROMIUM_BIN ({Program} does not exist).");
        var playwright = await Playwright.CreateAsync();
        // Chromium's own sandbox does not work for root, who runs the tests in a container.
        string[] asRoot = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        string[] settings = [.. asRoot, "--disable-dev-shm-usage"];
        return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = settings }));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (Chromium is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var (playwright, browser) = await Chromium.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
        }

        if (Cluster.IsValueCreated)
            Cluster.Value.Dispose();
    }
}
