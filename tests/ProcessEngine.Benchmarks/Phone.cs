using Microsoft.Playwright;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The inbox and a task on a phone: a poor connection, and a processor four times slower than this one. What crosses the wire, the tests assert.</summary>
static class Phone
{
    const int Cases = 30;
    const int Rounds = 7;
    const int Slower = 4;
    const string User = "demo.officer";

    /// <summary>Milliseconds from a request to the first byte of its answer, and kilobits a second: at the edge of a village's network, and the usual poor one.</summary>
    static readonly (int RoundTrip, int Rate)[] Connections = [(400, 400), (150, 1600)];

    public static async Task RunAsync()
    {
        Figures.Group($"phone, SQLite, an inbox of {Cases} tasks, processor {Slower} times slower");
        await using var rig = await Rig.StartAsync("sqlite");
        var seeded = await rig.SeedAsync(Cases, TimeProvider.System.GetUtcNow().AddDays(-1), _ => 0);
        var task = seeded.SelectMany(c => c.State.OpenTasks).First(t => t.Role == Roles.Officer).TaskId;
        using var service = await RunningService.StartAsync(rig.Folder);
        var password = await Browsing.PasswordAsync(rig, User);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Browsing.LaunchAsync(playwright);
        foreach (var (roundTrip, rate) in Connections)
        {
            foreach (var (name, path) in new[] { ("inbox", "/"), ("task page", $"/tasks/{task}") })
            {
                await using var context = await browser.NewContextAsync(new()
                {
                    BaseURL = service.Address.ToString(),
                    Locale = "th-TH",
                    ViewportSize = new() { Width = 390, Height = 844 },
                    IsMobile = true,
                    HasTouch = true,
                });
                var page = await context.NewPageAsync();
                await Browsing.SignInAsync(page, User, password);
                var tools = await context.NewCDPSessionAsync(page);
                await tools.SendAsync("Network.enable");
                await tools.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = roundTrip, ["downloadThroughput"] = rate * 1000 / 8, ["uploadThroughput"] = rate * 1000 / 8 });
                await tools.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = Slower });
                await tools.SendAsync("Network.clearBrowserCache");
                var first = await UsableAfterAsync(page, path);
                var again = new List<double>();
                for (var i = 0; i < Rounds; i++)
                    again.Add(await UsableAfterAsync(page, path));
                var where = $"{roundTrip} ms, {rate} kbit/s, {name}";
                Figures.Limit($"{where}: first visit", first, null, "ms");
                Figures.Limit($"{where}: again, median", Figures.Median(again), 1000, "ms");
                Figures.Limit($"{where}: again, slowest", again.Max(), null, "ms");
            }
        }
    }

    /// <summary>Milliseconds until the page is painted and all of it is there to be touched.</summary>
    static async Task<double> UsableAfterAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        return await page.EvaluateAsync<double>("""
            async () => {
                while (performance.getEntriesByName("first-contentful-paint").length === 0)
                    await new Promise(requestAnimationFrame);
                return Math.max(performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.getEntriesByType("navigation")[0].domInteractive);
            }
            """);
    }
}
