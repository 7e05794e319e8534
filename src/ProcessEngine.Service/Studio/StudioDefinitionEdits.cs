using System.Text;
using System.Text.Json.Nodes;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// Definitions as Studio saves, publishes and discards them. What is stored, and who may, stands behind the same commands as for the API.
/// </summary>
public static class StudioDefinitionEdits
{
    const string One = "/workflow-definitions/{key}";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/workflow-definitions", SaveAsync);
        api.MapPost(One + "/publish", PublishAsync);
        api.MapPost(One + "/retract", RetractAsync);
        api.MapPost(One + "/revert/{version:int}", RevertAsync);
        api.MapDelete(One, DeleteAsync);
        api.MapDelete("/workflow-definition-versions/{id}", DeleteVersionAsync);
        api.MapPost(
            "/bulk-actions/publish/workflow-definitions/by-definition-ids",
            (HttpContext http, IMediator mediator) => ManyAsync(http, mediator, PublishOneAsync, "published"));
        api.MapPost(
            "/bulk-actions/retract/workflow-definitions/by-definition-ids",
            (HttpContext http, IMediator mediator) => ManyAsync(http, mediator, RetractOneAsync, "retracted"));
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", DeleteManyAsync);
        api.MapPost("/bulk-actions/delete/workflow-definitions/by-id", DeleteManyVersionsAsync);

        // Studio has buttons for these, which nothing can hide.
        Unsupported(
            api,
            One + "/execute",
            "เริ่มเรื่องจากหน้านี้ไม่ได้ ให้เริ่มที่หน้า “เริ่มเรื่องใหม่” หรือทดลองที่หน้าของกระบวนงาน",
            "A case is not started here: start it on the page of procedures, or try the definition on its own page.");
        Unsupported(
            api,
            One + "/dispatch",
            "เริ่มเรื่องจากหน้านี้ไม่ได้ ให้เริ่มที่หน้า “เริ่มเรื่องใหม่”",
            "A case is not started here: start it on the page of procedures.");
        Unsupported(api, "/activity-host/{any}", "ทดสอบกิจกรรมเดี่ยวไม่ได้", "A single activity cannot be run.");
        // Studio breaks down on a refusal here: it is told that the run failed, and why.
        api.MapPost("/tests/activities", (HttpContext http) => Results.Json(
            new
            {
                Status = "Faulted",
                ActivityState = new Dictionary<string, object>(),
                Outcomes = Array.Empty<string>(),
                Outputs = new Dictionary<string, object>(),
                Exception = new
                {
                    Type = "NotSupported",
                    Message = http.Request.Cookies[Words.Cookie] == "en"
                        ? "A single activity cannot be run: try the definition on its own page."
                        : "ทดสอบกิจกรรมเดี่ยวไม่ได้ ให้ทดลองทั้งกระบวนงานที่หน้าของกระบวนงาน",
                    StackTrace = "",
                },
            },
            StudioJson.Options));
        Unsupported(
            api, One + "/update-references", "กระบวนงานไม่ใช้กระบวนงานอื่นเป็นกิจกรรม", "No definition uses another one as an activity.");
    }

    static void Unsupported(IEndpointRouteBuilder api, string route, string th, string en) =>
        api.MapPost(route, IResult () => throw RefusedRequestException.At(null, th, en));

    static async Task<IResult> SaveAsync(HttpContext http, IMediator mediator, Database database, TimeProvider time)
    {
        var studio = http.Editor();
        var body = await StudioBodies.BodyAsync(http);
        if (body["model"] is not JsonObject model)
            throw RefusedRequestException.At("model", "ไม่มีนิยามกระบวนงานในคำขอ", "There is no definition in the request.");
        var publish = body["publish"] is JsonValue flag && flag.TryGetValue<bool>(out var yes) && yes;
        var key = StudioBodies.Text(model, "definitionId") is { Length: > 0 } given ? given : NewKey(time);
        var before = await StudioDefinitions.LatestAsync(database, studio.Office, key, published: false, http.RequestAborted);
        var content = StudioModel.ToContent(model, key, before?.Content);
        var already = IsPublished(before, content);
        // Opening and saving what is published makes no draft.
        if (!already)
        {
            var revision = await StoreAsync(http, mediator, key, content, VersionId.Parse(StudioBodies.Text(model, "id")));
            // What is published is what this window has just saved, and nothing that came in between.
            if (publish)
                await PublishOneAsync(http, mediator, key, content, revision);
        }

        return await SavedAsync(database, studio, key, already && publish, http.RequestAborted);
    }

    /// <summary>Whether what comes is what is published, and nothing else is there.</summary>
    internal static bool IsPublished(StudioDefinitions.Opened? latest, string content) =>
        latest?.Facts.IsPublished == true
            && StudioModel.ToContent(StudioModel.Parse(Encoding.UTF8.GetBytes(latest.Content)), latest.Facts.Id.Key) == content;

    static async Task<IResult> SavedAsync(Database database, StudioAccess studio, string key, bool alreadyPublished, CancellationToken ct)
    {
        var opened = await StudioDefinitions.LatestAsync(database, studio.Office, key, published: false, ct)
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

    internal static string NewKey(TimeProvider time) => "own." + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <returns>The revision that the draft has now.</returns>
    internal static async Task<int> StoreAsync(HttpContext http, IMediator mediator, string key, string content, VersionId? shown)
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

        return JsonNode.Parse(outcome.Required().Body)!["revision"]!.GetValue<int>();
    }

    /// <param name="revision">That the window has seen; null: what its owner saved last, and nobody since.</param>
    static async Task PublishOneAsync(HttpContext http, IMediator mediator, string key, string? content, int? revision)
    {
        var studio = http.Editor();
        var outcome = await mediator.Send(
            new Drafts.Publish(studio.Caller, studio.RequestId(), studio.Office, key, revision, ReasonOf(http)), http.RequestAborted);
        if (outcome.Rejection is DraftChanged { Changes: { Count: > 0 } changes } changed)
        {
            throw new RefusedRequestException(new InvalidInput([
                new FieldError(null, changed.ToProblem().Message), .. changes.Take(12).Select(c => new FieldError(null, c.Text)),
            ]));
        }

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
        await PublishOneAsync(http, mediator, key, content, SeenOf(http));
        return await SavedAsync(database, studio, key, false, http.RequestAborted);
    }

    static Task PublishOneAsync(HttpContext http, IMediator mediator, string key) =>
        PublishOneAsync(http, mediator, key, null, null);

    /// <summary>The revision that the window shows, as <c>studio.js</c> says it.</summary>
    static int? SeenOf(HttpContext http) => int.TryParse(
        http.Request.Headers[StudioApi.RevisionHeader], System.Globalization.NumberStyles.None,
        System.Globalization.CultureInfo.InvariantCulture, out var seen) ? seen : null;

    static string? ReasonOf(HttpContext http) =>
        http.Request.Headers[StudioApi.ReasonHeader].ToString() is { Length: > 0 } reason
            ? Uri.UnescapeDataString(reason)
            : null;

    static async Task RetractOneAsync(HttpContext http, IMediator mediator, string key)
    {
        var studio = http.Editor();
        (await mediator.Send(
            new RetireOwnVersions.Command(studio.Caller, studio.RequestId(), studio.Office, key), http.RequestAborted)).Required();
    }

    static async Task<IResult> RetractAsync(HttpContext http, string key, IMediator mediator, Database database)
    {
        await RetractOneAsync(http, mediator, key);
        return StudioDefinitions.Answer(
            await StudioDefinitions.LatestAsync(database, http.Studio().Office, key, published: false, http.RequestAborted),
            http.Studio(),
            key);
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
        return Results.Json(
            StudioDefinitions.DraftOf((await OfficeDefinitions.FindAsync(reading, studio.Office, key))!, studio)[0], StudioJson.Options);
    }

    static async Task DeleteOneAsync(HttpContext http, IMediator mediator, string key)
    {
        var studio = http.Editor();
        // Studio asks before it deletes.
        var outcome = await mediator.Send(
            new Drafts.Discard(studio.Caller, studio.RequestId(), studio.Office, key, Whole: true), http.RequestAborted);
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

    /// <summary>The same for several: what succeeded is told; with nothing at all, why the first did not.</summary>
    static async Task<IResult> ManyAsync(HttpContext http, IMediator mediator, Func<HttpContext, IMediator, string, Task> act, string done)
    {
        http.Editor();
        var (succeeded, refused) = (new List<string>(), new List<string>());
        RefusedRequestException? why = null;
        foreach (var key in await StudioBodies.KeysAsync(http, "definitionIds"))
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
        var keys = await StudioBodies.KeysAsync(http, "definitionIds");
        foreach (var key in keys)
            await DeleteOneAsync(http, mediator, key);
        return Results.Json(new { deleted = keys.Count }, StudioJson.Options);
    }

    static async Task<IResult> DeleteManyVersionsAsync(HttpContext http, IMediator mediator)
    {
        http.Editor();
        var ids = await StudioBodies.KeysAsync(http, "ids");
        foreach (var id in ids)
            await DeleteVersionAsync(http, id, mediator);
        return Results.Json(new { deleted = ids.Count }, StudioJson.Options);
    }
}
