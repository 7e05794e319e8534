using System.Globalization;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>Definitions as Studio lists and opens them: drafts, versions, and what the office starts cases on.</summary>
public static class StudioDefinitions
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-definitions", ListAsync);
        api.MapGet("/workflow-definitions/by-definition-id/{key}", GetByKeyAsync);
        api.MapGet("/workflow-definitions/by-id/{id}", GetByIdAsync);
        api.MapGet("/workflow-definitions/many-by-id", GetManyAsync);
        api.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        api.MapGet(
            "/workflow-definitions/{key}/consumers",
            () => Results.Json(new { ConsumingWorkflowDefinitions = Array.Empty<object>() }, StudioJson.Options));
    }

    /// <summary>What Studio calls a summary.</summary>
    public sealed record Summary(
        string Id,
        string DefinitionId,
        string Name,
        string Description,
        int Version,
        bool IsLatest,
        bool IsPublished,
        string CreatedAt,
        IReadOnlyList<StudioModel.Link> Links)
    {
        public string MaterializerName => "Json";
        public string? ProviderName => null;
        public bool IsMaterializerAvailable => true;
        public bool IsReadonly { get; init; }
        public string ToolVersion => StudioFiles.ToolVersion;
    }

    static IResult Page(IReadOnlyList<Summary> items, long total, bool mayEdit)
    {
        // Without "bulk-publish" the list is read-only.
        string[] rels = mayEdit
            ? ["self", "is-name-unique", "bulk-delete-by-definition-id", "bulk-publish", "bulk-retract", "create", "import-files"]
            : ["self"];
        return Results.Json(
            new { items, totalCount = total, links = rels.Select(rel => new StudioModel.Link("/workflow-definitions", rel, "POST")) },
            StudioJson.Options);
    }

    static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        var studio = http.Studio();
        var options = http.Text("versionOptions") ?? "Latest";
        var (page, size) = (http.Number("Page") ?? 0, http.Number("PageSize") ?? OfficeDefinitions.LargestPage);
        List<string> keys = [.. http.Request.Query["DefinitionIds"].OfType<string>().Where(k => k.Length is > 0 and <= 200)];
        List<VersionId> ids = [.. http.Request.Query["Ids"].OfType<string>().Select(VersionId.Parse).OfType<VersionId>()];
        await using var connection = await database.OpenAsync(http.RequestAborted);
        if (ids.Count > 0)
        {
            var found = await OfficeDefinitions.ManyAsync(connection, studio.Office, ids.Select(i => i.Key));
            var rows = new List<Summary>();
            foreach (var id in ids.Take(OfficeDefinitions.LargestPage))
            {
                if (found.FirstOrDefault(d => d.Key == id.Key) is not { } definition)
                    continue;
                if (id.Version is not { } version)
                    rows.AddRange(DraftOf(definition, studio));
                else if (await OfficeDefinitions.VersionAsync(connection, studio.Office, id.Key, version) is { } row)
                    rows.Add(Of(row, definition, studio));
            }

            return Page(rows, rows.Count, studio.MayEdit);
        }

        if (options == "AllVersions" && keys is [var only])
        {
            if (await OfficeDefinitions.FindAsync(connection, studio.Office, only) is not { } definition)
                return Page([], 0, studio.MayEdit);
            size = Math.Clamp(size, 1, OfficeDefinitions.LargestPage);
            var first = Math.Clamp(page, 0, 1_000_000) * (long)size;
            List<Summary> draft = [.. DraftOf(definition, studio)];
            var skip = (int)Math.Max(0, first - draft.Count);
            var (versions, total) = await OfficeDefinitions.VersionsAsync(
                connection, studio.Office, only, skip, first == 0 ? Math.Max(1, size - draft.Count) : size);
            return Page(
                [.. first == 0 ? draft : [], .. versions.Select(v => Of(v, definition, studio))], total + draft.Count, studio.MayEdit);
        }

        var (definitions, count) = keys.Count > 0
            ? await OfficeDefinitions.ManyAsync(connection, studio.Office, keys) is var some ? (some, some.Count) : default
            : await OfficeDefinitions.PageAsync(database, connection, studio.Office, http.Text("SearchTerm"), page, size);
        var items = definitions.SelectMany(d => options switch
        {
            "Published" => PublishedOf(d, studio),
            "Draft" => DraftOf(d, studio),
            "LatestAndPublished" => [.. DraftOf(d, studio), .. PublishedOf(d, studio)],
            _ => DraftOf(d, studio) is [] or null ? PublishedOf(d, studio) : DraftOf(d, studio),
        });
        return Page([.. items], count, studio.MayEdit);
    }

    internal static Summary[] DraftOf(OfficeDefinition d, StudioAccess studio) => d.DraftRevision is not { } revision ? [] :
    [
        new(
            VersionId.OfDraft(d.Key, revision).ToString(), d.Key, d.NameTh, d.NameEn, d.LatestVersion + 1, true, false,
            StudioModel.Iso(d.UpdatedAt), StudioModel.Links(d.Key, studio.MayEdit)) { IsReadonly = !studio.MayEdit },
    ];

    static Summary[] PublishedOf(OfficeDefinition d, StudioAccess studio) => d.CurrentVersion is not { } version ? [] :
    [
        new(
            VersionId.Published(d.Key, version).ToString(), d.Key, d.NameTh, d.NameEn, version, d.DraftRevision is null, true,
            StudioModel.Iso(d.UpdatedAt), StudioModel.Links(d.Key, studio.MayEdit)) { IsReadonly = !studio.MayEdit },
    ];

    static Summary Of(VersionRow v, OfficeDefinition d, StudioAccess studio) => new(
        VersionId.Published(v.Key, v.Version).ToString(), v.Key, v.NameTh, v.NameEn, v.Version,
        d.DraftRevision is null && v.Version == d.CurrentVersion, v.Version == d.CurrentVersion,
        StudioModel.Iso(v.PublishedAt), StudioModel.Links(v.Key, studio.MayEdit))
    {
        IsReadonly = !studio.MayEdit,
    };

    /// <summary>A version with its content; null when the office does not see it.</summary>
    internal sealed record Opened(string Content, VersionFacts Facts);

    /// <summary>The draft, or else what the office starts cases on.</summary>
    internal static async Task<Opened?> LatestAsync(Database database, string office, string key, bool published, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        if (await OfficeDefinitions.FindAsync(connection, office, key) is not { } definition)
            return null;
        if (!published && await OfficeDrafts.FindAsync(connection, office, key) is { Content: { } draft } row)
            return new Opened(
                draft, new VersionFacts(VersionId.OfDraft(key, row.Revision), definition.LatestVersion + 1, true, false, row.UpdatedAt));
        if ((definition.CurrentVersion ?? (published ? null : definition.LatestVersion)) is not { } version)
            return null;
        return await VersionAsync(connection, office, definition, version);
    }

    static async Task<Opened?> VersionAsync(
        System.Data.Common.DbConnection connection, string office, OfficeDefinition definition, int version)
    {
        if (await OfficeDefinitions.VersionAsync(connection, office, definition.Key, version) is not { } row
            || await OfficeDefinitions.ContentAsync(connection, office, definition.Key, version) is not { } content)
            return null;
        var latest = definition.DraftRevision is null && version == (definition.CurrentVersion ?? definition.LatestVersion);
        return new Opened(content, new VersionFacts(
            VersionId.Published(definition.Key, version), version, latest, version == definition.CurrentVersion, row.PublishedAt));
    }

    internal static async Task<Opened?> ByIdAsync(Database database, string office, VersionId? id, CancellationToken ct)
    {
        if (id is null)
            return null;
        if (id.Version is not { } version)
            return await LatestAsync(database, office, id.Key, published: false, ct);
        await using var connection = await database.OpenAsync(ct);
        return await OfficeDefinitions.FindAsync(connection, office, id.Key) is { } definition
            ? await VersionAsync(connection, office, definition, version)
            : null;
    }

    internal static IResult Answer(Opened? opened, StudioAccess studio, string asked) =>
        opened is null
            ? Problems.From(new DefinitionNotFound(asked))
            : Results.Json(StudioModel.ToStudio(opened.Content, opened.Facts, studio.MayEdit), StudioJson.Options);

    static async Task<IResult> GetByKeyAsync(HttpContext http, string key, Database database)
    {
        var studio = http.Studio();
        var options = http.Text("versionOptions");
        var opened = int.TryParse(options, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? await ByIdAsync(database, studio.Office, VersionId.Published(key, version), http.RequestAborted)
            : await LatestAsync(database, studio.Office, key, options == "Published", http.RequestAborted);
        return Answer(opened, studio, key);
    }

    static async Task<IResult> GetByIdAsync(HttpContext http, string id, Database database) =>
        Answer(await ByIdAsync(database, http.Studio().Office, VersionId.Parse(id), http.RequestAborted), http.Studio(), id);

    static async Task<IResult> GetManyAsync(HttpContext http, Database database)
    {
        var studio = http.Studio();
        var items = new List<JsonObject>();
        foreach (var id in http.Request.Query["ids"].OfType<string>().Take(50))
        {
            if (await ByIdAsync(database, studio.Office, VersionId.Parse(id), http.RequestAborted) is { } opened)
                items.Add(StudioModel.ToStudio(opened.Content, opened.Facts, studio.MayEdit));
        }

        return StudioApi.List(items);
    }

    static async Task<IResult> IsNameUniqueAsync(HttpContext http, Database database)
    {
        var (name, own) = (http.Text("name") ?? "", http.Text("definitionId"));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var (items, _) = await OfficeDefinitions.PageAsync(
            database, connection, http.Studio().Office, name, 0, OfficeDefinitions.LargestPage);
        return Results.Json(
            new { isUnique = !items.Any(d => d.Key != own && string.Equals(d.NameTh, name, StringComparison.OrdinalIgnoreCase)) },
            StudioJson.Options);
    }
}
