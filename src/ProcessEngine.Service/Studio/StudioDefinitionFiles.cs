using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using MediatR;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>Definitions as files: what Studio exports and imports, one by one and as a zip.</summary>
public static class StudioDefinitionFiles
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-definitions/{key}/export", ExportAsync);
        api.MapPost("/workflow-definitions/import", ImportAsync);
        api.MapPost("/workflow-definitions/import-files", ImportFilesAsync);
        api.MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync);
    }

    static async Task<IResult> ExportAsync(HttpContext http, string key, Database database)
    {
        var opened = int.TryParse(http.Text("versionOptions"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? await StudioDefinitions.ByIdAsync(database, http.Studio().Office, VersionId.Published(key, version), http.RequestAborted)
                ?? await StudioDefinitions.LatestAsync(database, http.Studio().Office, key, false, http.RequestAborted)
            : await StudioDefinitions.LatestAsync(
                database, http.Studio().Office, key, http.Text("versionOptions") == "Published", http.RequestAborted);
        return opened is null
            ? Problems.From(new DefinitionNotFound(key))
            : Results.File(Encoding.UTF8.GetBytes(StudioModel.ToFile(opened.Content, opened.Facts)), "application/json", FileName(opened));
    }

    static string FileName(StudioDefinitions.Opened opened) =>
        string.Create(CultureInfo.InvariantCulture, $"{opened.Facts.Id.Key}-v{opened.Facts.Version}.json");

    static async Task<IResult> ExportManyAsync(HttpContext http, Database database)
    {
        var ids = (await StudioBodies.KeysAsync(http, "ids")).Select(VersionId.Parse).OfType<VersionId>().ToList();
        using var buffer = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(buffer, ZipArchiveMode.Create, leaveOpen: true, null, http.RequestAborted))
        {
            foreach (var id in ids)
            {
                if (await StudioDefinitions.ByIdAsync(database, http.Studio().Office, id, http.RequestAborted) is not { } opened)
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
        if (StudioBodies.Text(file, "definitionId") is { Length: > 0 and <= 200 } named)
        {
            await using var connection = await database.OpenAsync(http.RequestAborted);
            known = await OfficeDefinitions.FindAsync(connection, studio.Office, named);
        }

        var key = known?.Key ?? StudioDefinitionEdits.NewKey(time);
        var shown = known?.DraftRevision is { } revision ? VersionId.OfDraft(key, revision)
            : known is null ? null
            : new VersionId(key, known.CurrentVersion, null);
        var content = StudioModel.ToContent(file, key);
        var latest = known is null
            ? null
            : await StudioDefinitions.LatestAsync(database, studio.Office, key, published: false, http.RequestAborted);
        if (!StudioDefinitionEdits.IsPublished(latest, content))
            await StudioDefinitionEdits.StoreAsync(http, mediator, key, content, shown);
        return key;
    }

    static async Task<IResult> ImportAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        var studio = http.Editor();
        var key = await ImportOneAsync(http, mediator, database, time, await StudioBodies.BodyAsync(http));
        return StudioDefinitions.Answer(
            await StudioDefinitions.LatestAsync(database, studio.Office, key, published: false, http.RequestAborted), studio, key);
    }

    static async Task<IResult> ImportFilesAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        http.Editor();
        if (!http.Request.HasFormContentType)
            throw new BadHttpRequestException("Files are expected.", StatusCodes.Status415UnsupportedMediaType);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (files, room) = (new List<JsonObject>(), new StudioBodies.Room());
        foreach (var file in form.Files.Take(StudioBodies.MaxFiles))
        {
            await using var stream = file.OpenReadStream();
            using var bytes = await StudioBodies.BytesAsync(http, stream, room);
            if (file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
                await UnzipAsync(http, bytes, files, room);
            else
                files.Add(StudioModel.Parse(bytes.ToArray()));
        }

        foreach (var file in files)
            await ImportOneAsync(http, mediator, database, time, file);
        return Results.Json(new { count = files.Count }, StudioJson.Options);
    }

    static async Task UnzipAsync(HttpContext http, MemoryStream bytes, List<JsonObject> files, StudioBodies.Room room)
    {
        try
        {
            await using var zip = await ZipArchive.CreateAsync(bytes, ZipArchiveMode.Read, leaveOpen: true, null, http.RequestAborted);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                .Take(StudioBodies.MaxFiles))
            {
                await using var inside = await entry.OpenAsync(http.RequestAborted);
                using var content = await StudioBodies.BytesAsync(http, inside, room);
                files.Add(StudioModel.Parse(content.ToArray()));
            }
        }
        catch (InvalidDataException)
        {
            throw RefusedRequestException.At(null, "ไฟล์ zip เสียหาย", "The zip file is broken.");
        }
    }
}
