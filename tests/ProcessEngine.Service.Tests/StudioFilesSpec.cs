using System.Net.Http.Headers;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Studio's own files: compressed as they are, kept by browsers as long as their names allow, and nothing else of the disk.
/// Without them everything else works.
/// </summary>
public sealed class StudioFilesSpec
{
    const string Hashed = "_framework/Some.abcdefghij.wasm";

    string folder = null!;
    World world = null!;
    World restarted = null!;

    [OneTimeSetUp]
    public async Task LayThem()
    {
        folder = Laid();
        world = await World.StartAsync("sqlite", studio: folder);
        restarted = await World.StartAsync("sqlite", studio: folder);
    }

    [OneTimeTearDown]
    public async Task TakeThemAway()
    {
        if (restarted is not null)
            await restarted.DisposeAsync();
        if (world is not null)
            await world.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A folder as the package lies in.</summary>
    static string Laid(string version = StudioFiles.Version)
    {
        var folder = Directory.CreateTempSubdirectory("processengine-test-").FullName;
        foreach (var (name, text) in new[]
        {
            ("package.json", $$"""{"version":"{{version}}"}"""), (Hashed, "wasm"), (Hashed + ".br", "br"), (Hashed + ".gz", "gzip"),
            ("_framework/blazor.webassembly.js", "script"), ("_content/a/b.dat", "data"), ("index.html", "not ours"), ("appsettings.json", "{}"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }

    [TestCase(Hashed, "gzip, deflate, br", "br", "application/wasm", "br", "public, max-age=31536000, immutable")]
    [TestCase(Hashed, "gzip", "gzip", "application/wasm", "gzip", "public, max-age=31536000, immutable")]
    [TestCase(Hashed, "br;q=0", "", "application/wasm", "wasm", "public, max-age=31536000, immutable")]
    [TestCase("_framework/blazor.webassembly.js", "identity", "", "text/javascript", "script", "no-cache")]
    [TestCase("_content/a/b.dat", "", "", "application/octet-stream", "data", "no-cache")]
    public async Task A_file_is_sent_as_the_browser_takes_it(
        string name, string accepted, string coding, string type, string content, string caching)
    {
        using var answer = await Ask(world, name, accepted);
        ((int)answer.StatusCode).ShouldBe(200);
        string.Join(',', answer.Content.Headers.ContentEncoding).ShouldBe(coding);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(content);
        answer.Headers.CacheControl!.ToString().Split(", ").ShouldBe(caching.Split(", "), ignoreOrder: true);
        answer.Headers.Vary.ShouldContain("Accept-Encoding");

        // The same mark after a restart; asked with it, nothing is sent.
        using var again = await Ask(restarted, name, accepted, answer.Headers.ETag);
        ((int)again.StatusCode).ShouldBe(304);
    }

    [TestCase("_framework/nothing.js")]
    [TestCase("_framework/..%2fpackage.json")]
    [TestCase("_framework/%2e%2e/package.json")]
    [TestCase("_content/../../../etc/passwd")]
    [TestCase(Hashed + ".br")]
    [TestCase("_framework/")]
    public async Task Nothing_else_is_there(string name)
    {
        using var answer = await Ask(world, name, "br");
        ((int)answer.StatusCode).ShouldBeOneOf(404, 302);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain(StudioFiles.Version);
    }

    [Test]
    public async Task Only_the_pages_with_Studio_in_them_allow_what_it_needs()
    {
        var visitor = world.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        (await visitor.Go($"/studio/editor/{World.KhonKaen}")).ShouldBe(200).Html.ShouldContain("_framework/blazor.webassembly.js");
        var policy = visitor.Page.Headers["Content-Security-Policy"];
        policy.ShouldContain("'wasm-unsafe-eval'");
        policy.ShouldNotContain("'unsafe-eval'");
        policy.ShouldContain("frame-ancestors 'none'");
        foreach (var other in new[] { "/", "/studio", $"/studio/definitions/{World.KhonKaen}" })
        {
            (await visitor.Go(other)).ShouldBe(200).Html.ShouldNotContain("_framework");
            visitor.Page.Headers["Content-Security-Policy"].ShouldContain("script-src 'self';");
        }
    }

    [Test]
    public async Task Without_the_package_its_pages_say_what_is_missing()
    {
        await using var without = await World.StartAsync("sqlite", studio: Path.Combine(folder, "nowhere"));
        var visitor = without.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        (await visitor.Go("/studio")).ShouldSay("ยังไม่มี Elsa Studio");
        (await visitor.Go($"/studio/editor/{World.KhonKaen}")).ShouldBe(200).ShouldSay("Node.js", StudioFiles.Package);
        (await visitor.Go($"/studio/definitions/{World.KhonKaen}")).ShouldBe(200).ShouldSay("รุ่นที่ 1 ตามคู่มือ");
    }

    [Test]
    public void Another_version_than_the_one_that_was_recorded_is_not_served()
    {
        var other = Laid("99.0.0");
        new StudioFiles(new ServiceOptions { StudioFolder = other }).AreHere.ShouldBeFalse();
        Directory.Delete(other, recursive: true);
    }

    static async Task<HttpResponseMessage> Ask(World world, string name, string accepted, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/studio/" + name);
        if (accepted.Length > 0)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        if (known is not null)
            request.Headers.IfNoneMatch.Add(known);
        return await world.Visitor().Ask(request);
    }
}
