using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>The machine's Chromium, and somebody of the demonstration who signs in with it.</summary>
static class Browsing
{
    static readonly string Program = Environment.GetEnvironmentVariable("CHROMIUM_BIN") ?? "/usr/bin/chromium";

    static readonly string[] Settings = [.. Environment.IsPrivilegedProcess ? ["--no-sandbox"] : Array.Empty<string>(), "--disable-dev-shm-usage"];

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = Settings });

    public static Task<IBrowserContext> LaunchWithProfileAsync(IPlaywright playwright, string folder, Uri address) => playwright.Chromium.LaunchPersistentContextAsync(
        folder,
        new() { ExecutablePath = Program, Headless = true, Args = Settings, BaseURL = address.ToString(), Locale = "th-TH", ViewportSize = new() { Width = 1600, Height = 1000 } });

    public static async Task<string> PasswordAsync(Rig rig, string user) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(rig.Folder, "demo-passwords.json")))![user]!.GetValue<string>();

    public static async Task SignInAsync(IPage page, string user, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("ชื่อผู้ใช้").FillAsync(user);
        await page.GetByLabel("รหัสผ่าน").FillAsync(password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "ลงชื่อเข้าใช้" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "งานของฉัน" }).First.WaitForAsync();
    }
}
