using System.Text.Json;
using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>The inbox and a task on a phone with a poor connection: what crosses the wire, and what the first look waits for.</summary>
public sealed class PhoneSpec
{
    /// <summary>Of HTML, style, script and typeface together, as they come over the wire.</summary>
    const int MostBytes = 150_000;

    /// <summary>The two style sheets; everything else comes after the page can be read.</summary>
    const int MostBlocking = 2;

    const int Cases = 30;

    Browsers browsers = null!;
    string task = "";

    [OneTimeSetUp]
    public async Task Open()
    {
        browsers = await Browsers.StartAsync("2026-03-02 09:00");
        using var officer = browsers.As("officer");
        // A full first page.
        for (var i = 0; i < Cases; i++)
            task = (await officer.OpenTask(await officer.Started(Installation.SuratThani, $"พัฒนาระบบสารสนเทศเพื่อการบริหารจัดการ เรื่องที่ {i}"))).Text("id");
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    [TestCase("/")]
    [TestCase("task")]
    public async Task A_page_is_light_at_the_first_visit_and_alone_at_the_next(string page)
    {
        await using var desk = await browsers.Open(Window.Phone);
        await desk.SignIn("officer");
        var path = page == "task" ? $"/tasks/{task}" : page;
        // As if for the first time: the visitor is known, what the pages are made of is not.
        var browser = await desk.Page.Context.NewCDPSessionAsync(desk.Page);
        await browser.SendAsync("Network.clearBrowserCache");
        var first = await Visit(desk, path);
        first.Sum(f => f.Bytes).ShouldBeLessThan(MostBytes, Told(first));
        first.Count(f => f.Blocks).ShouldBeLessThanOrEqualTo(MostBlocking, Told(first));
        first.Where(f => f.Kind == "css").ShouldAllBe(
            f => f.Name.Contains(".woff2", StringComparison.Ordinal), "no style sheet asks for another: nothing waits for two answers");

        var again = await Visit(desk, path);
        again.Where(f => f.Bytes > 0).ShouldHaveSingleItem(Told(again)).Kind.ShouldBe("page");
        desk.Complaints.ShouldBeEmpty();
    }

    static string Told(IEnumerable<Fetched> all) => string.Join('\n', all.Select(f => f.ToString()));

    static async Task<IReadOnlyList<Fetched>> Visit(Desk desk, string path)
    {
        await desk.Go(path);
        var found = await desk.Page.EvaluateAsync<JsonElement>("""
            async () => {
                await document.fonts.ready;
                return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(e => [
                    e.entryType === "navigation" ? "page" : e.initiatorType, new URL(e.name).pathname, e.transferSize, e.renderBlockingStatus === "blocking" && e.entryType !== "navigation"]);
            }
            """);
        return [.. found.EnumerateArray().Select(f => new Fetched(f[0].GetString()!, f[1].GetString()!, f[2].GetInt32(), f[3].GetBoolean()))];
    }

    /// <param name="Kind"><c>page</c>, or what asked for it: <c>link</c>, <c>script</c>, <c>css</c> (typefaces).</param>
    /// <param name="Bytes">Over the wire, with its headers; 0 from the browser's own store.</param>
    /// <param name="Blocks">Whether nothing is painted before it is there.</param>
    sealed record Fetched(string Kind, string Name, int Bytes, bool Blocks);
}
