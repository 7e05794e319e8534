using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// What the pages take from npm is committed: it must be what the lock file says, so that nobody edits it by hand or forgets to refresh it.
/// </summary>
public sealed class AssetsSpec
{
    [TestCase("src/ProcessEngine.Service/wwwroot/lib")]
    [TestCase("tests/ProcessEngine.EndToEnd.Tests/Data")]
    public void What_is_committed_is_what_the_lock_file_names(string folder)
    {
        var root = Repository.Root;
        var packages = JsonNode.Parse(
            File.ReadAllText(Path.Combine(root, "src/ProcessEngine.Service/Web/assets/package-lock.json")))!["packages"]!;
        var listed = JsonNode.Parse(File.ReadAllText(Path.Combine(root, folder, "versions.json")))!.AsObject();
        listed.Select(f => f.Key).ShouldBe(
            Directory.GetFiles(Path.Combine(root, folder)).Select(f => Path.GetFileName(f)!)
                .Where(f => Path.GetExtension(f) is ".css" or ".js" or ".woff2"), ignoreOrder: true);
        foreach (var (file, from) in listed)
        {
            from.Text("version").ShouldBe(packages["node_modules/" + from.Text("from")].Text("version"), file);
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, folder, file))))
                .ShouldBe(from.Text("sha256"), file);
        }
    }

    /// <summary>They are kept for a year by that address.</summary>
    [Test]
    public void A_typeface_is_asked_for_by_its_version()
    {
        var lib = Path.Combine(Repository.Root, "src/ProcessEngine.Service/wwwroot/lib");
        var listed = JsonNode.Parse(File.ReadAllText(Path.Combine(lib, "versions.json")))!.AsObject();
        var style = File.ReadAllText(Path.Combine(lib, "../desk.css"));
        foreach (var (file, from) in listed.Where(f => f.Key.EndsWith(".woff2", StringComparison.Ordinal)))
            style.ShouldContain($"url(lib/{file}?v={from.Text("version")})");
    }
}
