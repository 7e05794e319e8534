using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// A definition's life: <c>PUT</c>, <c>GET</c>, <c>DELETE /api/v1/process-definitions/{key}/draft</c>, <c>POST …/draft/check</c>,
/// <c>POST …/draft/publish</c>, <c>POST …/versions/{version}/retire</c>. Published is only what is proven sound.
/// Each office has its own draft, and publishes versions of its own; the system's administrator those of every office.
/// </summary>
public static class Drafts
{
    const string Route = "/process-definitions/{key}/draft";

    internal static readonly string[] Editors = [Roles.ProcessOwner, Roles.Administrator];
    static readonly (string, string) OfficeParameter = (
        "office", "Whose draft: left out, the one office in which the caller is a process owner; * for the versions of every office.");

    static readonly (string, string) WholeParameter = (
        "whole", "true: also a procedure of which nothing is published, which goes with its draft. Kept for 30 days.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, PutAsync).WithName("SaveDraft").WithTags("Process definitions").Accepts<JsonNode>("application/json")
            .Produces<Saved>().Query(OfficeParameter).Idempotent()
            .Refuses(400, 403, 409);
        routes.MapGet(Route, GetAsync).WithName("GetDraft").WithTags("Process definitions").Produces<Draft>().Query(OfficeParameter)
            .Refuses(403, 404);
        routes.MapDelete(Route, DeleteAsync).WithName("DiscardDraft").WithTags("Process definitions").Produces(204)
            .Query(OfficeParameter, WholeParameter)
            .Idempotent().Refuses(403, 404, 409);
        routes.MapPost(Route + "/check", CheckAsync).WithName("CheckDraft").WithTags("Process definitions").Produces<Checked>()
            .Query(OfficeParameter).Refuses(403, 404);
        routes.MapPost(Route + "/publish", PublishAsync).WithName("PublishDraft").WithTags("Process definitions").Produces<Published>()
            .Accepts<PublishBody>("application/json").Query(OfficeParameter).Idempotent()
            .Refuses(400, 403, 404, 409, 422);
        routes.MapPost("/process-definitions/{key}/versions/{version:int}/retire", RetireAsync).WithName("RetireVersion")
            .WithTags("Process definitions").Produces<Published>().Idempotent()
            .Refuses(403, 404);
    }

    /// <param name="Revision">What <c>If-Match</c> guards: one more with every save.</param>
    public sealed record Saved(string Key, int Revision, DateTimeOffset UpdatedAt, IReadOnlyList<Finding> Findings);

    /// <param name="ApprovedBy">Who approved this revision; null: nobody.</param>
    /// <param name="ReviewRequired">Whether the office publishes nothing that nobody else approved.</param>
    public sealed record Draft(
        string Key, int Revision, DateTimeOffset UpdatedAt, JsonNode Content, bool ReviewRequired, Guid? ApprovedBy,
        DateTimeOffset? ApprovedAt);

    /// <param name="Sound">Whether it may be published; warnings do not stand in the way.</param>
    public sealed record Checked(bool Sound, IReadOnlyList<Finding> Findings, IReadOnlyList<Difference> Changes);

    public sealed record Published(string Key, int Version, string State)
    {
        /// <summary>What is allowed and probably not meant.</summary>
        public IReadOnlyList<Finding> Warnings { get; init; } = [];
    }

    /// <summary>Whether somebody may edit the definitions of any office.</summary>
    public static Rejection? Refusal(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => Editors.Contains(m.Role)) ? null : new NotAllowed("edit-definitions", Editors);
    }

    /// <summary>Whose draft a caller means, or why they may not touch it.</summary>
    public static (string Office, Rejection? Refusal) OfficeOf(Caller caller, string? asked)
    {
        if (Refusal(caller) is { } refusal)
            return ("", refusal);
        if (asked is not null)
            return (asked, Editors.Any(role => caller.Holds(role, asked)) ? null
                : caller.BelongsTo(asked) ? new NotAllowed("edit-definitions", Editors)
                : new OfficeNotFound(asked, "office"));
        var own = caller.Memberships.Where(m => Editors.Contains(m.Role)).Select(m => m.Office).Distinct().ToList();
        return own switch
        {
            [var only] => (only, null),
            _ when own.Contains(Caller.EveryOffice) => (Caller.EveryOffice, null),
            _ => ("", InvalidInput.At("office", "ต้องระบุสำนักงาน", "Say which office: the caller edits for several.")),
        };
    }

    static async Task<IResult> PutAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<JsonElement>();
        // Nothing at all would lie over somebody's work.
        if (!sent.Body.EnumerateObject().Any())
            throw RefusedRequestException.At(null, "ต้องส่งนิยามกระบวนงาน", "A process definition is expected.");
        return (await mediator.Send(
            new Save(sent.Caller, sent.Id, http.Text("office"), key, sent.Body.GetRawText(), http.ExpectedRevision(null)),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> GetAsync(HttpContext http, string key, Database database)
    {
        var (office, refusal) = OfficeOf(http.Caller(), http.Text("office"));
        if (refusal is not null)
            return Problems.From(refusal);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        if (await OfficeDrafts.FindAsync(connection, office, key) is not { Content: { } content } draft)
            return Problems.From(new DefinitionNotFound(key));
        var review = await DraftReviews.FindAsync(connection, office, key, draft.Revision);
        http.Response.Headers.ETag = Requests.ETag(draft.Revision);
        return Results.Json(
            new Draft(
                key, draft.Revision, draft.UpdatedAt, JsonNode.Parse(content)!, review.Required, review.ApprovedBy, review.ApprovedAt),
            JsonShape.Options);
    }

    static async Task<IResult> CheckAsync(
        HttpContext http, string key, Database database, DefinitionCatalog definitions, DefinitionFolder folder)
    {
        var (office, refusal) = OfficeOf(http.Caller(), http.Text("office"));
        if (refusal is not null)
            return Problems.From(refusal);
        return await OfficeDrafts.ContentAsync(database, office, key, http.RequestAborted) is { } content
            ? Results.Json(await ExamineAsync(definitions, folder.Forms, office, key, content, http.RequestAborted), JsonShape.Options)
            : Problems.From(new DefinitionNotFound(key));
    }

    /// <summary>What stands in the way of publishing, and what would change for the office.</summary>
    public static async Task<Checked> ExamineAsync(
        DefinitionCatalog definitions, SharedForms forms, string office, string key, string content, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        ArgumentNullException.ThrowIfNull(forms);
        var current = await definitions.StartableAsync(key, office, ct);
        var read = await CalledProcedures.CheckAsync(
            definitions, ElsaDefinitionReader.Read(forms.Embed(content), (current?.Version ?? 0) + 1, key), office, ct);
        return new Checked(
            read.IsSound,
            read.Findings,
            current is not null && read.Definition is { } definition ? DefinitionDiff.Between(current, definition) : []);
    }

    static async Task<IResult> DeleteAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Empty>();
        return (await mediator.Send(
            new Discard(sent.Caller, sent.Id, http.Text("office"), key, http.Text("whole") == "true"), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> PublishAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<PublishBody>();
        return (await mediator.Send(
            new Publish(
                sent.Caller, sent.Id, http.Text("office"), key, http.ExpectedRevision(sent.Body.Revision), sent.Body.Reason),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> RetireAsync(HttpContext http, string key, int version, IMediator mediator)
    {
        var sent = await http.ReadAsync<Empty>();
        return (await mediator.Send(new Retire(sent.Caller, sent.Id, key, version), http.RequestAborted)).ToResult();
    }

    sealed record Empty;

    /// <param name="Expected">The revision that the caller saw; null: whatever there is.</param>
    /// <param name="Window">The browser window that saves; null: a program, which is guarded by <c>If-Match</c> alone.</param>
    public sealed record Save(Caller Caller, RequestId Id, string? Office, string Key, string Content, int? Expected, Window? Window = null)
        : IRequest<Outcome<StoredAnswer>>
    {
        /// <summary>Of a draft into which the manual's newer version was merged: that version. Null: as it was.</summary>
        public int? ManualVersion { get; init; }
    }

    /// <param name="Id">Its own name, for as long as it is open.</param>
    /// <param name="Version">The published version that it shows, while it has not yet saved over it.</param>
    public sealed record Window(string Id, int? Version);

    /// <param name="Revision">Of the draft that the caller saw; <c>If-Match</c> says the same.</param>
    /// <param name="Reason">Why, for whoever asks later; at most 4,000 characters. An office where a second pair of eyes is needed
    /// publishes nothing without.</param>
    public sealed record PublishBody(int? Revision, string? Reason);

    /// <summary>The draft is put away for <see cref="OfficeDrafts.KeepFor"/>.</summary>
    /// <param name="Whole">Also where nothing is published, and the procedure goes with its draft.</param>
    public sealed record Discard(Caller Caller, RequestId Id, string? Office, string Key, bool Whole = false)
        : IRequest<Outcome<StoredAnswer>>;

    /// <param name="Expected">The revision that the caller saw; null: what they saved last themselves, and nobody since.</param>
    /// <param name="Reason">Blank: asked for and not given. Null: not asked for.</param>
    public sealed record Publish(Caller Caller, RequestId Id, string? Office, string Key, int? Expected, string? Reason = null)
        : IRequest<Outcome<StoredAnswer>>;

    public sealed record Retire(Caller Caller, RequestId Id, string Key, int Version) : IRequest<Outcome<StoredAnswer>>;

    /// <summary>
    /// A copy that was kept becomes the draft, and the draft is kept in its place; or it is thrown away, and still there for a while.
    /// </summary>
    public sealed record Resolve(Caller Caller, RequestId Id, string Office, string Key, string WindowId, bool Use)
        : IRequest<Outcome<StoredAnswer>>;

    /// <summary>
    /// Whether what a window shows is older than what is stored. Its own saves
    /// may overtake each other on the way; another's may not be overwritten.
    /// </summary>
    /// <param name="current">The version that the office starts cases on.</param>
    public static bool IsStale(OfficeDraft? draft, int? current, int? expected, Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (draft is null)
            return expected is not null || window.Version != current;
        var own = draft.WindowId == window.Id;
        return (draft.IsOpen, expected) switch
        {
            (true, { } seen) => seen != draft.Revision && !(own && seen >= draft.WindowSince - 1),
            (true, null) => !(own && draft.WindowSince <= draft.Opened),
            (false, { } seen) => !(own && seen >= draft.WindowSince - 1),
            (false, null) => window.Version != current,
        };
    }

    /// <summary>Published versions as a draft of an office sees them.</summary>
    internal sealed record Known(int Latest, int? Current, int? Manual)
    {
        // Index: the primary key. The office's own come first.
        const string Sql = """
            SELECT version, office, manual_version
            FROM definition_version
            WHERE definition_key = $1 AND retired_at IS NULL AND office IN ($2, '*')
            ORDER BY CASE WHEN office = '*' THEN 1 ELSE 0 END, version DESC
            LIMIT 1
            """;

        public static async ValueTask<Known> ReadAsync(WriteSession session, string office, string key)
        {
            var known = new Known(0, null, null);
            await session.QueryAsync(
                "SELECT latest_version FROM process_definition WHERE definition_key = $1",
                new object?[] { key },
                row => known = known with { Latest = row.GetInt32(0) });
            await session.QueryAsync(Sql, new object?[] { key, office }, row => known = known with
            {
                Current = row.GetInt32(0),
                Manual = row.GetString(1) != DefinitionPublisher.EveryOffice ? (row.IsDBNull(2) ? null : row.GetInt32(2))
                    : office == DefinitionPublisher.EveryOffice ? null
                    : row.GetInt32(0),
            });
            return known;
        }
    }

    internal sealed class SaveHandler(IdempotentWriter store, Database database, DefinitionFolder folder)
        : IRequestHandler<Save, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Save request, CancellationToken cancellationToken)
        {
            var (office, refusal) = OfficeOf(request.Caller, request.Office);
            if (refusal is not null)
                return refusal;
            if (!IsKey(request.Key))
                return InvalidInput.At(
                    "key",
                    "รหัสกระบวนงานต้องเป็น คู่มือ.กระบวนงาน ด้วยอักษรอังกฤษเล็ก ตัวเลข และขีด",
                    "A key is manual.procedure in lower-case letters, digits and hyphens.");
            var bytes = Encoding.UTF8.GetBytes(request.Content);
            if (bytes.Length > ElsaDefinitionReader.MaxBytes)
            {
                return InvalidInput.At(
                    null, $"นิยามใหญ่เกินไป รับได้ไม่เกิน {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB ยังไม่ได้บันทึก",
                    $"The definition is too large: at most {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB. Nothing was saved.");
            }

            if (!Bodies.IsClean(bytes))
                return InvalidInput.At(
                    null, "นิยามมีอักขระควบคุมหรืออักขระที่ไม่สมบูรณ์",
                    "The definition has control characters or broken characters in it.");
            // A draft may be incomplete; what is wrong with it is told, and stands in nobody's way until it is published.
            var read = ElsaDefinitionReader.Read(folder.Forms.Embed(request.Content), 1, request.Key);
            return await store.ExecuteAsync(
                request.Id,
                (session, now) => SaveAsync(session, request, office, read, now),
                () => new TooManyConflicts(),
                cancellationToken);
        }

        async ValueTask<Outcome<StoredAnswer>> SaveAsync(
            WriteSession session, Save request, string office, ReadDefinition read, DateTimeOffset now)
        {
            var draft = await OfficeDrafts.LockAsync(database, session, office, request.Key);
            var known = await Known.ReadAsync(session, office, request.Key);
            var revision = draft?.Revision ?? 0;
            if (request.Window is not null && draft is { IsOpen: true } && draft.Content == request.Content)
                return Answer(request.Key, draft.Revision, draft.UpdatedAt, read);
            if (request.Window is { } window && IsStale(draft, known.Current, request.Expected, window))
            {
                OfficeDrafts.PutAside(session, office, request.Key, window.Id, request.Content, request.Caller.UserId, now);
                return new DraftChanged(request.Key, request.Expected ?? 0, revision);
            }

            if (request.Window is null && request.Expected is { } expected && expected != revision)
                return new DraftChanged(request.Key, expected, revision);
            OfficeDrafts.Remember(session, draft, office, request.Key, request.Window?.Id, now);
            revision = OfficeDrafts.Store(
                session, draft, office, request.Key, request.Content, read, request.ManualVersion ?? known.Manual, request.Window?.Id,
                request.Caller.UserId, now);
            return Answer(request.Key, revision, now, read);
        }

        static StoredAnswer Answer(string key, int revision, DateTimeOffset at, ReadDefinition read) =>
            new(StatusCodes.Status200OK, JsonShape.Write(new Saved(key, revision, at, read.Findings)), null, Requests.ETag(revision));

        static bool IsKey(string key) =>
            key.Length <= 120
                && key.Split('.') is [{ Length: > 0 }, { Length: > 0 }]
                && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
    }
}
