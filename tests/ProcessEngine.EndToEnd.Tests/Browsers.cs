using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>How a window looks and what its browser can do.</summary>
public sealed record Window(string Name, int Width, int Height, bool Touch = false, bool Script = true, bool Dark = false)
{
    public static Window Desktop { get; } = new("desktop", 1280, 900);
    public static Window Phone { get; } = new("phone", 390, 844, Touch: true);

    public override string ToString() => $"{Name}{(Script ? "" : ", no script")}{(Dark ? ", dark" : "")}";
}

/// <summary>A real Chromium, which is the run's, and one service whose pages it opens.</summary>
public sealed class Browsers : IAsyncDisposable
{
    readonly Installation installation;
    readonly IBrowser browser;

    Browsers(Installation installation, ServiceProcess service, IBrowser browser) =>
        (this.installation, Service, this.browser) = (installation, service, browser);

    public ServiceProcess Service { get; }

    public static async Task<Browsers> StartAsync(string clock)
    {
        var browser = await TestRun.BrowserAsync();
        var installation = Installation.On("sqlite");
        return new Browsers(installation, await installation.Start(clock), browser);
    }

    /// <summary>A service that nobody has set up: no office, nobody who can sign in.</summary>
    public static async Task<Browsers> StartFirstAsync()
    {
        var browser = await TestRun.BrowserAsync();
        var installation = Installation.On("sqlite");
        return new Browsers(installation, await installation.Start(installation.Settings with { Demo = false }), browser);
    }

    public Client As(string role) => Service.As(installation.KeyOf(role));

    public string Password =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(installation.DataFolder, "demo-passwords.json")))!.AsObject().First().Value!
            .GetValue<string>();

    /// <summary>Somebody in front of a window of their own, not signed in.</summary>
    public async Task<Desk> Open(Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = Service.Address.ToString(),
            Locale = "th-TH",
            TimezoneId = "Asia/Bangkok",
            ViewportSize = new() { Width = window.Width, Height = window.Height },
            IsMobile = window.Touch,
            HasTouch = window.Touch,
            JavaScriptEnabled = window.Script,
            ColorScheme = window.Dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        // Only ever reached by what never comes: the machine may be busy.
        context.SetDefaultTimeout(60_000);
        return new Desk(this, context, await context.NewPageAsync());
    }

    public ValueTask DisposeAsync()
    {
        installation.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Somebody in front of a browser. It remembers what went wrong in it and what it fetched from elsewhere.</summary>
public sealed class Desk : IAsyncDisposable
{
    readonly Browsers browsers;
    readonly IBrowserContext context;

    public Desk(Browsers browsers, IBrowserContext context, IPage page)
    {
        ArgumentNullException.ThrowIfNull(browsers);
        ArgumentNullException.ThrowIfNull(page);
        (this.browsers, this.context, Page) = (browsers, context, page);
        page.Console += (_, message) =>
        {
            // A refused form is answered with a page and a number that the console mentions; that is as it should be.
            if (message.Type is "error" && !message.Text.Contains("the server responded with a status of", StringComparison.Ordinal))
                Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(browsers.Service.Address.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:" + browsers.Service.Address, StringComparison.Ordinal))
                Complaints.Add($"fetched {request.Url}");
        };
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public async Task<Desk> SignIn(string role)
    {
        await Page.GotoAsync("/sign-in");
        await Page.GetByLabel("ชื่อผู้ใช้").FillAsync("demo." + role);
        await Page.GetByLabel("รหัสผ่าน").FillAsync(browsers.Password);
        await Button("ลงชื่อเข้าใช้").ClickAsync();
        // Whoever only oversees arrives at the figures, and whoever looks after the system at that.
        await Heading(role switch { "auditor" => "ภาพรวม", "administrator" => "ดูแลระบบ", _ => "งานของฉัน" }).WaitForAsync();
        return this;
    }

    public Task Go(string path) => Page.GotoAsync(path);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name }).First;

    /// <summary>Waits until the page says something.</summary>
    public Task Sees(string text) => Page.Locator("main", new() { HasText = text }).WaitForAsync();

    /// <summary>What axe-core holds against the page, as far as it is serious. What Elsa draws is Elsa's.</summary>
    public async Task<IReadOnlyList<string>> Barriers()
    {
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "axe.min.js")));
        var found = await Page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(
                { exclude: [["elsa-workflow-instance-viewer"]] },
                { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations
                .filter(v => v.impact === "serious" || v.impact === "critical")
                .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; ")}`)
            """);
        return [.. found.EnumerateArray().Select(v => $"{new Uri(Page.Url).PathAndQuery} {v.GetString()}")];
    }

    /// <summary>The whole page as a picture, in the folder that SCREENSHOTS names; nothing without it.</summary>
    public Task Picture(string name) => Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder
        ? Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true })
        : Task.CompletedTask;

    /// <summary>Whether the page can only be read by scrolling sideways.</summary>
    public Task<bool> Overflows() =>
        Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth");

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
