using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Http;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// A definition's life: <c>PUT</c>, <c>GET</c>, <c>DELETE /api/v1/process-definitions/{key}/draft</c>, <c>POST …/draft/check</c>,
/// <c>POST …/draft/publish</c>, <c>POST …/versions/{version}/retire</c>. Published is only what is proven sound.
/// </summary>
public static class Drafts
{
    const string Route = "/process-definitions/{key}/draft";

    // Index: the primary key.
    const string FindSql = "SELECT content, revision, updated_at FROM definition_draft WHERE definition_key = @key";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, PutAsync).WithName("SaveDraft").WithTags("Process definitions").Accepts<JsonNode>("application/json").Produces<Saved>().Idempotent().Refuses(400, 403, 409);
        routes.MapGet(Route, GetAsync).WithName("GetDraft").WithTags("Process definitions").Produces<Draft>().Refuses(403, 404);
        routes.MapDelete(Route, DeleteAsync).WithName("DiscardDraft").WithTags("Process definitions").Produces(204).Idempotent().Refuses(403, 404);
        routes.MapPost(Route + "/check", CheckAsync).WithName("CheckDraft").WithTags("Process definitions").Produces<Checked>().Refuses(403, 404);
        routes.MapPost(Route + "/publish", PublishAsync).WithName("PublishDraft").WithTags("Process definitions").Produces<Published>().Idempotent().Refuses(403, 404, 409, 422);
        routes.MapPost("/process-definitions/{key}/versions/{version:int}/retire", RetireAsync).WithName("RetireVersion").WithTags("Process definitions").Produces<Published>().Idempotent()
            .Refuses(403, 404);
    }

    /// <param name="Revision">What <c>If-Match</c> guards: one more with every save.</param>
    public sealed record Saved(string Key, int Revision, DateTimeOffset UpdatedAt, IReadOnlyList<Finding> Findings);

    public sealed record Draft(string Key, int Revision, DateTimeOffset UpdatedAt, JsonNode Content);

    /// <param name="Sound">Whether it may be published; warnings do not stand in the way.</param>
    public sealed record Checked(bool Sound, IReadOnlyList<Finding> Findings, IReadOnlyList<Difference> Changes);

    public sealed record Published(string Key, int Version, string State)
    {
        /// <summary>What is allowed and probably not meant.</summary>
        public IReadOnlyList<Finding> Warnings { get; init; } = [];
    }

    sealed record Row
    {
        public string Content { get; init; } = "";
        public int Revision { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
    }

    public static Rejection? Refusal(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => m.Role is Roles.ProcessOwner or Roles.Administrator) ? null : new NotAllowed("edit-definitions", [Roles.ProcessOwner, Roles.Administrator]);
    }

    static async Task<IResult> PutAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<JsonElement>();
        return (await mediator.Send(new Save(sent.Caller, sent.Id, key, sent.Body.GetRawText(), http.ExpectedRevision(null)), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> GetAsync(HttpContext http, string key, Database database)
    {
        if (Refusal(http.Caller()) is { } refusal)
            return Problems.From(refusal);
        if (await FindAsync(database, key, http.RequestAborted) is not { } row)
            return Problems.From(new DefinitionNotFound(key));
        http.Response.Headers.ETag = Requests.ETag(row.Revision);
        return Results.Json(new Draft(key, row.Revision, row.UpdatedAt, JsonNode.Parse(row.Content)!), JsonShape.Options);
    }

    static async Task<IResult> CheckAsync(HttpContext http, string key, Database database, DefinitionCatalog definitions, DefinitionFolder folder)
    {
        if (Refusal(http.Caller()) is { } refusal)
            return Problems.From(refusal);
        if (await FindAsync(database, key, http.RequestAborted) is not { } row)
            return Problems.From(new DefinitionNotFound(key));
        var latest = await definitions.LatestAsync(key, http.RequestAborted);
        var read = ElsaDefinitionReader.Read(folder.Forms.Embed(row.Content), (latest?.Version ?? 0) + 1, key);
        var changes = latest is not null && read.Definition is { } definition ? DefinitionDiff.Between(latest, definition) : [];
        return Results.Json(new Checked(read.IsSound, read.Findings, changes), JsonShape.Options);
    }

    static async Task<IResult> DeleteAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Empty>();
        return (await mediator.Send(new Discard(sent.Caller, sent.Id, key), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> PublishAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Empty>();
        return (await mediator.Send(new Publish(sent.Caller, sent.Id, key, http.ExpectedRevision(null)), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> RetireAsync(HttpContext http, string key, int version, IMediator mediator)
    {
        var sent = await http.ReadAsync<Empty>();
        return (await mediator.Send(new Retire(sent.Caller, sent.Id, key, version), http.RequestAborted)).ToResult();
    }

    /// <summary>The content of a draft; null when there is none.</summary>
    public static async Task<string?> ReadDraftAsync(Database database, string key, CancellationToken ct) => (await FindAsync(database, key, ct))?.Content;

    static async Task<Row?> FindAsync(Database database, string key, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { key });
    }

    sealed record Empty;

    public sealed record Save(Caller Caller, RequestId Id, string Key, string Content, int? Expected) : IRequest<Outcome<StoredAnswer>>;

    public sealed record Discard(Caller Caller, RequestId Id, string Key) : IRequest<Outcome<StoredAnswer>>;

    public sealed record Publish(Caller Caller, RequestId Id, string Key, int? Expected) : IRequest<Outcome<StoredAnswer>>;

    public sealed record Retire(Caller Caller, RequestId Id, string Key, int Version) : IRequest<Outcome<StoredAnswer>>;

    static async ValueTask<(string? Content, int Revision)> ReadAsync(WriteSession session, string key)
    {
        (string? Content, int Revision) found = (null, 0);
        await session.QueryAsync("SELECT content, revision FROM definition_draft WHERE definition_key = $1", new object?[] { key }, row => found = (row.GetString(0), row.GetInt32(1)));
        return found;
    }

    internal sealed class SaveHandler(OnceStore store, DefinitionFolder folder) : IRequestHandler<Save, Outcome<StoredAnswer>>
    {
        const string Insert = "INSERT INTO definition_draft (definition_key, content, revision, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)";
        const string Update = "UPDATE definition_draft SET content = $2, revision = $3, updated_by = $4, updated_at = $5 WHERE definition_key = $1";

        public async Task<Outcome<StoredAnswer>> Handle(Save request, CancellationToken cancellationToken)
        {
            if (Refusal(request.Caller) is { } refusal)
                return refusal;
            if (!IsKey(request.Key))
                return InvalidInput.At("key", "รหัสกระบวนงานต้องเป็น คู่มือ.กระบวนงาน ด้วยอักษรอังกฤษเล็ก ตัวเลข และขีด", "A key is manual.procedure in lower-case letters, digits and hyphens.");
            if (request.Content.Length > ElsaDefinitionReader.MaxBytes)
                return InvalidInput.At(null, "นิยามใหญ่เกินไป", "The definition is too large.");
            // A draft may be incomplete; what is wrong with it is told, and stands in nobody's way until it is published.
            var findings = ElsaDefinitionReader.Read(folder.Forms.Embed(request.Content), 1, request.Key).Findings;
            return await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var (content, revision) = await ReadAsync(session, request.Key);
                    if (request.Expected is { } expected && expected != revision)
                        return new DraftChanged(request.Key, expected, revision);
                    session.Enqueue(content is null ? Insert : Update, request.Key, request.Content, revision + 1, request.Caller.UserId, now);
                    return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(new Saved(request.Key, revision + 1, now, findings)), null, Requests.ETag(revision + 1));
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }

        static bool IsKey(string key) =>
            key.Length <= 120 && key.Split('.') is [{ Length: > 0 }, { Length: > 0 }] && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
    }

    internal sealed class DiscardHandler(OnceStore store) : IRequestHandler<Discard, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Discard request, CancellationToken cancellationToken) => Refusal(request.Caller) is { } refusal
            ? refusal
            : await store.ExecuteAsync(
                request.Id,
                async (session, _) =>
                {
                    if ((await ReadAsync(session, request.Key)).Content is null)
                        return new DefinitionNotFound(request.Key);
                    session.Enqueue("DELETE FROM definition_draft WHERE definition_key = $1", request.Key);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new TooManyConflicts(),
                cancellationToken);
    }

    internal sealed class PublishHandler(OnceStore store, DefinitionFolder folder) : IRequestHandler<Publish, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Publish request, CancellationToken cancellationToken) => Refusal(request.Caller) is { } refusal
            ? refusal
            : await store.ExecuteAsync(request.Id, (session, now) => PublishAsync(session, request, folder.Forms, now), () => new TooManyConflicts(), cancellationToken);

        static async ValueTask<Outcome<StoredAnswer>> PublishAsync(WriteSession session, Publish request, SharedForms forms, DateTimeOffset now)
        {
            var (draft, revision) = await ReadAsync(session, request.Key);
            if (draft is null)
                return new DefinitionNotFound(request.Key);
            if (request.Expected is { } expected && expected != revision)
                return new DraftChanged(request.Key, expected, revision);
            var latest = 0;
            await session.QueryAsync("SELECT latest_version FROM process_definition WHERE definition_key = $1", new object?[] { request.Key }, row => latest = row.GetInt32(0));
            draft = forms.Embed(draft);
            var read = ElsaDefinitionReader.Read(draft, latest + 1, request.Key);
            if (!read.IsSound)
                return new DefinitionUnsound(request.Key, read.Findings);
            DefinitionPublisher.Publish(session, read, DefinitionPublisher.Minify(draft)!, VersionOrigins.Draft, request.Caller.UserId, now);
            session.Enqueue("DELETE FROM definition_draft WHERE definition_key = $1", request.Key);
            return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(new Published(request.Key, latest + 1, "published") { Warnings = read.Findings }));
        }
    }

    internal sealed class RetireHandler(OnceStore store) : IRequestHandler<Retire, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Retire request, CancellationToken cancellationToken) => Refusal(request.Caller) is { } refusal
            ? refusal
            : await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var exists = false;
                    await session.QueryAsync(
                        "SELECT 1 FROM definition_version WHERE definition_key = $1 AND version = $2", new object?[] { request.Key, request.Version }, _ => exists = true);
                    if (!exists)
                        return new DefinitionNotFound($"{request.Key} v{request.Version}");
                    session.Enqueue(
                        "UPDATE definition_version SET retired_at = $3, retired_by = $4 WHERE definition_key = $1 AND version = $2 AND retired_at IS NULL",
                        request.Key, request.Version, now, request.Caller.UserId);
                    return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(new Published(request.Key, request.Version, "retired")));
                },
                () => new TooManyConflicts(),
                cancellationToken);
    }
}
