using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// Elsa Studio's own files, from the npm package that the build lays beside the
/// program, below <c>/studio/</c>. They are compressed in the package and sent so.
/// Without them (a machine without Node built the service) everything else works, and the pages say what is missing.
/// </summary>
public sealed partial class StudioFiles
{
    public const string Package = "@elsa-workflows/elsa-studio-wasm";

    /// <summary>The version that the contract was recorded with; what definitions carry as the version of their tool.</summary>
    public const string Version = "3.8.2";
    public const string ToolVersion = Version + ".0";

    readonly FrozenDictionary<string, (string Path, string Type)> files;
    readonly FrozenSet<string> compressed;
    readonly string version;

    public StudioFiles(ServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = options.StudioFolder;
        version = VersionOf(Path.Combine(folder, "package.json")) ?? "";
        var found = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        var twins = new HashSet<string>(StringComparer.Ordinal);
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".dat"] = "application/octet-stream";
        types.Mappings[".wasm"] = "application/wasm";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".map"] = "application/json";
        foreach (var path in version == Version ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (!name.StartsWith("_framework/", StringComparison.Ordinal)
                && !name.StartsWith("_content/", StringComparison.Ordinal)
                && name is not ("appsettings.json" or "Elsa.Studio.Host.CustomElements.styles.css"))
                continue;
            if (name.EndsWith(".br", StringComparison.Ordinal) || name.EndsWith(".gz", StringComparison.Ordinal))
                twins.Add(name);
            else
                found[name] = (path, types.TryGetContentType(name, out var type) ? type : "application/octet-stream");
        }

        (files, compressed) = (found.ToFrozenDictionary(StringComparer.Ordinal), twins.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>Whether Studio can be opened here, in the version that this service speaks to.</summary>
    public bool AreHere => files.Count > 0;

    static string? VersionOf(string package)
    {
        if (!File.Exists(package))
            return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(package));
        return document.RootElement.TryGetProperty("version", out var version) ? version.GetString() : null;
    }

    /// <summary>They are public in npm, so they are served to anybody; what they may ask for is another matter.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        foreach (var route in new[]
        {
            "/studio/_framework/{**rest}", "/studio/_content/{**rest}", "/studio/appsettings.json",
            "/studio/Elsa.Studio.Host.CustomElements.styles.css",
        })
            routes.MapMethods(route, [HttpMethods.Get, HttpMethods.Head], (HttpContext http, StudioFiles files) => files.Answer(http))
                .AllowAnonymous().ExcludeFromDescription();
        // Where Studio goes by itself after "Save as".
        routes.MapGet(
            "/studio/workflows/definitions/{key}/edit", (string key) => Results.Redirect($"/studio/editor/{Uri.EscapeDataString(key)}"))
            .ExcludeFromDescription();
        // Where its own links lead, to pages that are ours.
        foreach (var (from, to) in new[] { ("definitions", "/studio"), ("instances", "/cases") })
            routes.MapGet($"/studio/workflows/{from}", () => Results.Redirect(to)).ExcludeFromDescription();
        routes.MapGet("/studio/workflows/instances/{id:guid}/view", (Guid id) => Results.Redirect($"/studio/instances/{id}"))
            .ExcludeFromDescription();
        foreach (var logs in new[] { "/studio/diagnostics/structured-logs", "/diagnostics/structured-logs" })
        {
            routes.MapGet(logs, (HttpContext http) => Results.Redirect(
                Guid.TryParse(http.Request.Query["workflowInstanceId"], out var id) ? $"/cases/{id}" : "/cases"))
                .ExcludeFromDescription();
        }

        routes.MapGet("/favicon.ico", () => Results.Redirect("/icon.svg")).AllowAnonymous().ExcludeFromDescription();
    }

    IResult Answer(HttpContext http)
    {
        // Only what was found at the start: no name leads out of the folder.
        var name = http.Request.Path.Value!["/studio/".Length..];
        if (!files.TryGetValue(name, out var file))
            return Problems.ForStatus(StatusCodes.Status404NotFound);
        var (path, response) = (file.Path, http.Response);
        var encoding = "";
        foreach (var (coding, ending) in new[] { ("br", ".br"), ("gzip", ".gz") })
        {
            if (encoding.Length == 0 && compressed.Contains(name + ending) && Accepts(http.Request, coding))
                (encoding, path) = (coding, file.Path + ending);
        }

        response.Headers.Vary = "Accept-Encoding";
        if (encoding.Length > 0)
            response.Headers.ContentEncoding = encoding;
        response.Headers.CacheControl = Hashed().IsMatch(name) ? "public, max-age=31536000, immutable" : "no-cache";
        // The same after every start, and another with every version.
        return Results.File(
            path, file.Type, entityTag: new EntityTagHeaderValue($"\"{version}-{new FileInfo(path).Length:x}-{encoding}\""));
    }

    static bool Accepts(HttpRequest request, string coding) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted)
            && accepted.Any(a => a.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);

    /// <summary>A name with ten characters of a hash in it says by itself when its content changes.</summary>
    [GeneratedRegex(@"\.[a-z0-9]{10}\.[a-z.]+$")]
    private static partial Regex Hashed();
}
