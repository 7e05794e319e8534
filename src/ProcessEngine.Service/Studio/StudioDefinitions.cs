using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// Definitions as Studio lists, opens, saves and publishes them. What is
/// stored, and who may, stands behind the same commands as for the API.
/// </summary>
public static class StudioDefinitions
{
    const string One = "/workflow-definitions/{key}";
    const int MostFiles = 200;

    /// <summary>Bodies that are read: a definition as large as any may be, with room for what Studio adds.</summary>
    const int MaxBody = (ElsaDefinitionReader.MaxBytes * 2) + (64 * 1024);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-definitions", ListAsync);
        api.MapGet("/workflow-definitions/by-definition-id/{key}", GetByKeyAsync);
        api.MapGet("/workflow-definitions/by-id/{id}", GetByIdAsync);
        api.MapGet("/workflow-definitions/many-by-id", GetManyAsync);
        api.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        api.MapGet(
            One + "/consumers", () => Results.Json(new { ConsumingWorkflowDefinitions = Array.Empty<object>() }, StudioJson.Options));
        api.MapPost("/workflow-definitions", SaveAsync);
        api.MapPost(One + "/publish", PublishAsync);
        api.MapPost(One + "/retract", RetractAsync);
        api.MapPost(One + "/revert/{version:int}", RevertAsync);
        api.MapDelete(One, DeleteAsync);
        api.MapDelete("/workflow-definition-versions/{id}", DeleteVersionAsync);
        api.MapGet(One + "/export", ExportAsync);
        api.MapPost("/workflow-definitions/import", ImportAsync);
        api.MapPost("/workflow-definitions/import-files", ImportFilesAsync);
        api.MapPost(
            "/bulk-actions/publish/workflow-definitions/by-definition-ids",
            (HttpContext http, IMediator mediator) => ManyAsync(http, mediator, PublishOneAsync, "published"));
        api.MapPost(
            "/bulk-actions/retract/workflow-definitions/by-definition-ids",
            (HttpContext http, IMediator mediator) => ManyAsync(http, mediator, RetractOneAsync, "retracted"));
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", DeleteManyAsync);
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-id", DeleteManyVersionsAsync);
        api.MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync);

        // Studio has buttons for these, which nothing can hide.
        Never(
            api,
            One + "/execute",
            "เริ่มเรื่องจากหน้านี้ไม่ได้ ให้เริ่มที่หน้า “เริ่มเรื่องใหม่” หรือทดลองที่หน้าของกระบวนงาน",
            "A case is not started here: start it on the page of procedures, or try the definition on its own page.");
        Never(
            api,
            One + "/dispatch",
            "เริ่มเรื่องจากหน้านี้ไม่ได้ ให้เริ่มที่หน้า “เริ่มเรื่องใหม่”",
            "A case is not started here: start it on the page of procedures.");
        Never(api, "/activity-host/{any}", "ทดสอบกิจกรรมเดี่ยวไม่ได้", "A single activity cannot be run.");
        Never(
            api,
            "/tests/activities",
            "ทดสอบกิจกรรมเดี่ยวไม่ได้ ให้ทดลองทั้งกระบวนงานที่หน้าของกระบวนงาน",
            "A single activity cannot be run: try the definition on its own page.");
        Never(api, One + "/update-references", "กระบวนงานไม่ใช้กระบวนงานอื่นเป็นกิจกรรม", "No definition uses another one as an activity.");
    }

    static void Never(IEndpointRouteBuilder api, string route, string th, string en) =>
        api.MapPost(route, IResult () => throw RefusedRequestException.At(null, th, en));

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

    static Summary[] DraftOf(OfficeDefinition d, StudioAccess studio) => d.DraftRevision is not { } revision ? [] :
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
    sealed record Opened(string Content, VersionFacts Facts);

    /// <summary>The draft, or else what the office starts cases on.</summary>
    static async Task<Opened?> LatestAsync(Database database, string office, string key, bool published, CancellationToken ct)
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

    static async Task<Opened?> ByIdAsync(Database database, string office, VersionId? id, CancellationToken ct)
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

    static IResult Answer(Opened? opened, StudioAccess studio, string asked) =>
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

    static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
            throw new BadHttpRequestException("JSON is expected.", StatusCodes.Status415UnsupportedMediaType);
        using var bytes = await BytesAsync(http, http.Request.Body);
        return StudioModel.Parse(bytes.ToArray());
    }

    static async Task<IResult> SaveAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        var studio = http.Editor();
        var body = await BodyAsync(http);
        if (body["model"] is not JsonObject model)
            throw RefusedRequestException.At("model", "ไม่มีนิยามกระบวนงานในคำขอ", "There is no definition in the request.");
        var publish = body["publish"] is JsonValue flag && flag.TryGetValue<bool>(out var yes) && yes;
        var key = Text(model, "definitionId") is { Length: > 0 } given ? given : NewKey(time);
        var content = StudioModel.ToContent(model, key);
        var before = await LatestAsync(database, studio.Office, key, published: false, http.RequestAborted);
        var already = IsPublished(before, content);
        // Opening and saving what is published makes no draft.
        if (!already)
        {
            await StoreAsync(http, mediator, key, content, VersionId.Parse(Text(model, "id")));
            if (publish)
                await PublishOneAsync(studio, mediator, key, content, http.RequestAborted);
        }

        return await SavedAsync(database, studio, key, already && publish, http.RequestAborted);
    }

    /// <summary>Whether what comes is what is published, and nothing else is there.</summary>
    static bool IsPublished(Opened? latest, string content) =>
        latest?.Facts.IsPublished == true
            && StudioModel.ToContent(StudioModel.Parse(Encoding.UTF8.GetBytes(latest.Content)), latest.Facts.Id.Key) == content;

    static async Task<IResult> SavedAsync(Database database, StudioAccess studio, string key, bool alreadyPublished, CancellationToken ct)
    {
        var opened = await LatestAsync(database, studio.Office, key, published: false, ct)
            ?? throw new RefusedRequestException(new DefinitionNotFound(key));
        return Results.Json(
            new
            {
                workflowDefinition = StudioModel.ToStudio(opened.Content, opened.Facts, studio.MayEdit),
                alreadyPublished,
                consumingWorkflowCount = 0,
            },
            StudioJson.Options);
    }

    static string NewKey(TimeProvider time) => "own." + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    static async Task StoreAsync(HttpContext http, IMediator mediator, string key, string content, VersionId? shown)
    {
        var studio = http.Editor();
        // Whatever does not say which window it is counts as one for each person.
        var window = http.Request.Headers[StudioApi.WindowHeader].ToString() is { Length: > 0 and <= 64 } own
            ? own
            : studio.Caller.UserId.ToString("N");
        var outcome = await mediator.Send(
            new Drafts.Save(
                studio.Caller, studio.RequestId(), studio.Office, key, content, shown?.Revision,
                new Drafts.Window($"{studio.Caller.UserId:N}.{window}", shown?.Version)),
            http.RequestAborted);
        if (outcome.Rejection is DraftChanged)
        {
            throw RefusedRequestException.At(
                null, "มีผู้บันทึกฉบับที่ใหม่กว่าไปแล้ว งานของท่านยังอยู่ครบ เก็บแยกไว้ในหน้ากระบวนงานนี้ กรุณาโหลดหน้าใหม่ก่อนแก้ไขต่อ",
                "Somebody has saved a newer draft. Your work is kept beside it, on the page of this definition; "
                    + "load the page again before you go on.");
        }

        outcome.Required();
    }

    static async Task PublishOneAsync(StudioAccess studio, IMediator mediator, string key, string? content, CancellationToken ct)
    {
        var outcome = await mediator.Send(new Drafts.Publish(studio.Caller, studio.RequestId(), studio.Office, key, null), ct);
        if (outcome.Rejection is DefinitionUnsound unsound)
            throw new RefusedRequestException(new InvalidInput([.. InWords(unsound.Findings.Where(f => !f.Warning), content).Take(12)
                .Select(text => new FieldError(null, text))]));
        outcome.Required();
    }

    /// <summary>What is wrong, each with the name of its box.</summary>
    public static IEnumerable<Core.LocalizedText> InWords(IEnumerable<Finding> findings, string? content)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var names = content is null ? [] : StudioModel.NamesOf(content);
        return findings.Select(f => f.ActivityId is null
            ? f.Reason
            : new Core.LocalizedText(
                $"“{names.GetValueOrDefault(f.ActivityId, f.ActivityId)}”: {f.Reason.Th}",
                $"“{names.GetValueOrDefault(f.ActivityId, f.ActivityId)}”: {f.Reason.En}"));
    }

    static async Task<IResult> PublishAsync(HttpContext http, string key, IMediator mediator, Database database)
    {
        var studio = http.Editor();
        var content = await OfficeDrafts.ContentAsync(database, studio.Office, key, http.RequestAborted);
        await PublishOneAsync(studio, mediator, key, content, http.RequestAborted);
        return await SavedAsync(database, studio, key, false, http.RequestAborted);
    }

    static Task PublishOneAsync(HttpContext http, IMediator mediator, string key) =>
        PublishOneAsync(http.Editor(), mediator, key, null, http.RequestAborted);

    static async Task RetractOneAsync(HttpContext http, IMediator mediator, string key)
    {
        var studio = http.Editor();
        (await mediator.Send(
            new RetireOwnVersions.Command(studio.Caller, studio.RequestId(), studio.Office, key), http.RequestAborted)).Required();
    }

    static async Task<IResult> RetractAsync(HttpContext http, string key, IMediator mediator, Database database)
    {
        await RetractOneAsync(http, mediator, key);
        return Answer(await LatestAsync(database, http.Studio().Office, key, published: false, http.RequestAborted), http.Studio(), key);
    }

    /// <summary>An older version becomes the draft.</summary>
    static async Task<IResult> RevertAsync(HttpContext http, string key, int version, IMediator mediator, Database database)
    {
        var studio = http.Editor();
        string? content;
        VersionId shown;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            content = await OfficeDefinitions.ContentAsync(connection, studio.Office, key, version);
            if (content is null || await OfficeDefinitions.FindAsync(connection, studio.Office, key) is not { } definition)
                return Problems.From(new DefinitionNotFound($"{key} v{version}"));
            // Whoever goes back means to replace what there is now.
            shown = definition.DraftRevision is { } revision
                ? VersionId.OfDraft(key, revision)
                : new VersionId(key, definition.CurrentVersion, null);
        }

        await StoreAsync(http, mediator, key, content, shown);
        await using var reading = await database.OpenAsync(http.RequestAborted);
        return Results.Json(DraftOf((await OfficeDefinitions.FindAsync(reading, studio.Office, key))!, studio)[0], StudioJson.Options);
    }

    static async Task DeleteOneAsync(HttpContext http, IMediator mediator, string key)
    {
        var studio = http.Editor();
        var outcome = await mediator.Send(new Drafts.Discard(studio.Caller, studio.RequestId(), studio.Office, key), http.RequestAborted);
        if (outcome.Rejection is DefinitionNotFound)
        {
            throw RefusedRequestException.At(
                null, "ไม่มีฉบับร่างให้ลบ รุ่นที่เผยแพร่แล้วลบไม่ได้ เพราะเรื่องและรายงานอ้างถึงอยู่",
                "There is no draft to delete; a published version stays, since cases and reports refer to it.");
        }

        outcome.Required();
    }

    static async Task<IResult> DeleteAsync(HttpContext http, string key, IMediator mediator)
    {
        await DeleteOneAsync(http, mediator, key);
        return Results.NoContent();
    }

    static async Task<IResult> DeleteVersionAsync(HttpContext http, string id, IMediator mediator)
    {
        http.Editor();
        await DeleteOneAsync(http, mediator, VersionId.Parse(id) is { Version: null } draft ? draft.Key : "");
        return Results.NoContent();
    }

    static async Task<List<string>> KeysAsync(HttpContext http, string name)
    {
        var body = await BodyAsync(http);
        return [.. (body[name] as JsonArray ?? [])
            .OfType<JsonValue>()
            .Select(v => v.TryGetValue<string>(out var key) ? key : "")
            .Where(k => k.Length is > 0 and <= 200)
            .Take(MostFiles)];
    }

    /// <summary>The same for several: what succeeded is told; with nothing at all, why the first did not.</summary>
    static async Task<IResult> ManyAsync(HttpContext http, IMediator mediator, Func<HttpContext, IMediator, string, Task> act, string done)
    {
        http.Editor();
        var (succeeded, refused) = (new List<string>(), new List<string>());
        RefusedRequestException? why = null;
        foreach (var key in await KeysAsync(http, "definitionIds"))
        {
            try
            {
                await act(http, mediator, key);
                succeeded.Add(key);
            }
            catch (RefusedRequestException e)
            {
                refused.Add(key);
                why ??= e;
            }
        }

        if (succeeded.Count == 0 && why is not null)
            throw why;
        return Results.Json(
            new Dictionary<string, object>
            {
                [done] = succeeded,
                ["already" + char.ToUpperInvariant(done[0]) + done[1..]] = Array.Empty<string>(),
                ["notFound"] = refused,
                ["skipped"] = Array.Empty<string>(),
            },
            StudioJson.Options);
    }

    static async Task<IResult> DeleteManyAsync(HttpContext http, IMediator mediator)
    {
        http.Editor();
        var keys = await KeysAsync(http, "definitionIds");
        foreach (var key in keys)
            await DeleteOneAsync(http, mediator, key);
        return Results.Json(new { deleted = keys.Count }, StudioJson.Options);
    }

    static async Task<IResult> DeleteManyVersionsAsync(HttpContext http, IMediator mediator)
    {
        http.Editor();
        var ids = await KeysAsync(http, "ids");
        foreach (var id in ids)
            await DeleteVersionAsync(http, id, mediator);
        return Results.Json(new { deleted = ids.Count }, StudioJson.Options);
    }

    static async Task<IResult> ExportAsync(HttpContext http, string key, Database database)
    {
        var opened = int.TryParse(http.Text("versionOptions"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? await ByIdAsync(database, http.Studio().Office, VersionId.Published(key, version), http.RequestAborted)
                ?? await LatestAsync(database, http.Studio().Office, key, false, http.RequestAborted)
            : await LatestAsync(database, http.Studio().Office, key, http.Text("versionOptions") == "Published", http.RequestAborted);
        return opened is null
            ? Problems.From(new DefinitionNotFound(key))
            : Results.File(Encoding.UTF8.GetBytes(StudioModel.ToFile(opened.Content, opened.Facts)), "application/json", FileName(opened));
    }

    static string FileName(Opened opened) =>
        string.Create(CultureInfo.InvariantCulture, $"{opened.Facts.Id.Key}-v{opened.Facts.Version}.json");

    static async Task<IResult> ExportManyAsync(HttpContext http, Database database)
    {
        var ids = (await KeysAsync(http, "ids")).Select(VersionId.Parse).OfType<VersionId>().ToList();
        using var buffer = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(buffer, ZipArchiveMode.Create, leaveOpen: true, null, http.RequestAborted))
        {
            foreach (var id in ids)
            {
                if (await ByIdAsync(database, http.Studio().Office, id, http.RequestAborted) is not { } opened)
                    continue;
                await using var entry = await zip.CreateEntry(FileName(opened)).OpenAsync(http.RequestAborted);
                await entry.WriteAsync(Encoding.UTF8.GetBytes(StudioModel.ToFile(opened.Content, opened.Facts)), http.RequestAborted);
            }
        }

        return Results.File(buffer.ToArray(), "application/zip", "workflow-definitions.zip");
    }

    /// <summary>
    /// A file becomes a draft: of the definition that it names, if the office sees one of that
    /// name; else of a new one. It overwrites no draft that is newer than what was opened.
    /// </summary>
    static async Task<string> ImportOneAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time, JsonObject file)
    {
        var studio = http.Editor();
        OfficeDefinition? known = null;
        if (Text(file, "definitionId") is { Length: > 0 and <= 200 } named)
        {
            await using var connection = await database.OpenAsync(http.RequestAborted);
            known = await OfficeDefinitions.FindAsync(connection, studio.Office, named);
        }

        var key = known?.Key ?? NewKey(time);
        var shown = known?.DraftRevision is { } revision ? VersionId.OfDraft(key, revision)
            : known is null ? null
            : new VersionId(key, known.CurrentVersion, null);
        var content = StudioModel.ToContent(file, key);
        if (known is null || !IsPublished(await LatestAsync(database, studio.Office, key, published: false, http.RequestAborted), content))
            await StoreAsync(http, mediator, key, content, shown);
        return key;
    }

    static async Task<IResult> ImportAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        var studio = http.Editor();
        var key = await ImportOneAsync(http, mediator, database, time, await BodyAsync(http));
        return Answer(await LatestAsync(database, studio.Office, key, published: false, http.RequestAborted), studio, key);
    }

    static async Task<IResult> ImportFilesAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        http.Editor();
        if (!http.Request.HasFormContentType)
            throw new BadHttpRequestException("Files are expected.", StatusCodes.Status415UnsupportedMediaType);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var files = new List<JsonObject>();
        foreach (var file in form.Files.Take(MostFiles))
        {
            await using var stream = file.OpenReadStream();
            using var bytes = await BytesAsync(http, stream);
            if (file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
                await UnzipAsync(http, bytes, files);
            else
                files.Add(StudioModel.Parse(bytes.ToArray()));
        }

        foreach (var file in files)
            await ImportOneAsync(http, mediator, database, time, file);
        return Results.Json(new { count = files.Count }, StudioJson.Options);
    }

    static async Task UnzipAsync(HttpContext http, MemoryStream bytes, List<JsonObject> files)
    {
        try
        {
            await using var zip = await ZipArchive.CreateAsync(bytes, ZipArchiveMode.Read, leaveOpen: true, null, http.RequestAborted);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).Take(MostFiles))
            {
                await using var inside = await entry.OpenAsync(http.RequestAborted);
                using var content = await BytesAsync(http, inside);
                files.Add(StudioModel.Parse(content.ToArray()));
            }
        }
        catch (InvalidDataException)
        {
            throw RefusedRequestException.At(null, "ไฟล์ zip เสียหาย", "The zip file is broken.");
        }
    }

    /// <summary>What comes, up to the size of the largest definition; a zip may say of itself what it likes.</summary>
    static async Task<MemoryStream> BytesAsync(HttpContext http, Stream from)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (bytes.Length + read > MaxBody)
            {
                throw RefusedRequestException.At(
                    null, $"นิยามใหญ่เกินไป รับได้ไม่เกิน {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB ยังไม่ได้บันทึก",
                    $"The definition is too large: at most {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB. Nothing was saved.");
            }

            bytes.Write(buffer, 0, read);
        }

        bytes.Position = 0;
        return bytes;
    }

    static string? Text(JsonObject of, string name) => of[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
