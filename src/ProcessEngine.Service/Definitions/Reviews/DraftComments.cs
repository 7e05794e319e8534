using System.Data.Common;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Reviews;

/// <summary>
/// What people who work on a procedure say to each other, of a step or of the whole: <c>GET</c> and
/// <c>POST /api/v1/process-definitions/{key}/draft/comments</c>, <c>POST …/{id}/settle</c>. A remark stays until it is settled, whatever
/// becomes of the draft; settled ones are kept for <see cref="OfficeDrafts.KeepFor"/>.
/// </summary>
public static class DraftComments
{
    /// <summary>So many may be open at once; whoever has more to say says it elsewhere.</summary>
    public const int MaxOpen = 200;

    const string Route = "/process-definitions/{key}/draft/comments";

    static readonly (string, string) OfficeParameter = (
        "office", "Of whose draft: left out, the one office in which the caller is a process owner.");

    // Index: ix_draft_comment.
    const string ListSql = """
        SELECT c.comment_id AS id, c.step, c.body AS text, c.written_by, w.display_name AS written_by_name, c.written_at, c.settled_by,
            s.display_name AS settled_by_name, c.settled_at
        FROM draft_comment c
        JOIN app_user w ON w.user_id = c.written_by
        LEFT JOIN app_user s ON s.user_id = c.settled_by
        WHERE c.office = @office AND c.definition_key = @key
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ListAsync).WithName("ListDraftComments").WithTags("Process definitions").Produces<Page<Comment>>()
            .Query(OfficeParameter).Paged().Refuses(403, 404);
        routes.MapPost(Route, PostAsync).WithName("CommentDraft").WithTags("Process definitions").Accepts<Body>("application/json")
            .Produces<Written>(StatusCodes.Status201Created).Query(OfficeParameter).Idempotent().Refuses(400, 403, 404, 422);
        routes.MapPost(Route + "/{id:guid}/settle", SettleAsync).WithName("SettleDraftComment").WithTags("Process definitions")
            .Produces(204).Query(OfficeParameter).Idempotent().Refuses(403, 404);
    }

    /// <param name="Step">The id of a step; left out: the whole.</param>
    /// <param name="Text">At most 4,000 characters.</param>
    public sealed record Body(string? Step, string? Text);

    public sealed record Written(Guid Id);

    /// <summary>A remark.</summary>
    public sealed record Comment
    {
        public Guid Id { get; init; }

        /// <summary>Empty: it is about the whole.</summary>
        public string Step { get; init; } = "";

        public string Text { get; init; } = "";
        public Guid WrittenBy { get; init; }
        public string WrittenByName { get; init; } = "";
        public DateTimeOffset WrittenAt { get; init; }
        public Guid? SettledBy { get; init; }
        public string? SettledByName { get; init; }

        /// <summary>Null: it is open.</summary>
        public DateTimeOffset? SettledAt { get; init; }
    }

    /// <summary>What is open, the oldest first.</summary>
    public static async Task<IReadOnlyList<Comment>> OpenAsync(DbConnection connection, string office, string key) =>
        (await connection.QueryAsync<Comment>(
            $"{ListSql} AND c.settled_at IS NULL ORDER BY c.comment_id LIMIT {MaxOpen}", new { office, key })).AsList();

    static async Task<IResult> ListAsync(HttpContext http, string key, Database database)
    {
        var (office, refusal) = Drafts.OfficeOf(http.Caller(), http.Text("office"));
        if (refusal is not null)
            return Problems.From(refusal);
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        if (await OfficeDefinitions.FindAsync(connection, office, key) is null)
            return Problems.From(new DefinitionNotFound(key));
        var after = paging.AfterId() ?? Guid.Empty;
        var rows = (await connection.QueryAsync<Comment>(
            $"{ListSql} AND c.comment_id > @after ORDER BY c.comment_id LIMIT @take",
            new { office, key, after, take = paging.Limit + 1 })).AsList();
        return Results.Json(paging.ToPage(rows, r => r, r => [r.Id.ToString()]), JsonShape.Options);
    }

    static async Task<IResult> PostAsync(HttpContext http, string key, IMediator mediator)
    {
        var sent = await http.ReadAsync<Body>();
        return (await mediator.Send(
            new Write(sent.Caller, sent.Id, http.Text("office"), key, sent.Body.Step, sent.Body.Text), http.RequestAborted)).ToResult();
    }

    static async Task<IResult> SettleAsync(HttpContext http, string key, Guid id, IMediator mediator)
    {
        var sent = await http.ReadAsync<Nothing>();
        return (await mediator.Send(new Settle(sent.Caller, sent.Id, http.Text("office"), key, id), http.RequestAborted)).ToResult();
    }

    sealed record Nothing;

    public sealed record Write(Caller Caller, RequestId Id, string? Office, string Key, string? Step, string? Text)
        : IRequest<Outcome<StoredAnswer>>;

    /// <summary>What was asked for is done, or is not going to be.</summary>
    public sealed record Settle(Caller Caller, RequestId Id, string? Office, string Key, Guid CommentId) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Write>
    {
        public Validator() => RuleFor(c => c.Text).Given().PlainText(ValidationRules.CommentLength);
    }

    internal sealed class WriteHandler(IdempotentWriter store, Database database) : IRequestHandler<Write, Outcome<StoredAnswer>>
    {
        const string InsertSql = """
            INSERT INTO draft_comment (comment_id, office, definition_key, step, body, written_by, written_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """;

        const string CountSql =
            "SELECT COUNT(*) FROM draft_comment WHERE office = $1 AND definition_key = $2 AND settled_at IS NULL";

        public async Task<Outcome<StoredAnswer>> Handle(Write request, CancellationToken cancellationToken)
        {
            var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
            refusal ??= await UnknownAsync(office, request, cancellationToken);
            return refusal ?? await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var open = 0L;
                    await session.QueryAsync(CountSql, new object?[] { office, request.Key }, row => open = row.GetInt64(0));
                    if (open >= MaxOpen)
                        return new TooMuchOfThis("text", MaxOpen);
                    var id = Guid.CreateVersion7(now);
                    session.Enqueue(
                        InsertSql, id, office, request.Key, request.Step ?? "", request.Text!.Trim(), request.Caller.UserId, now);
                    return new StoredAnswer(StatusCodes.Status201Created, JsonShape.Write(new Written(id)));
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }

        /// <summary>The procedure, or the step, that is spoken of must be there.</summary>
        async Task<Rejection?> UnknownAsync(string office, Write request, CancellationToken ct)
        {
            await using var connection = await database.OpenAsync(ct);
            if (await OfficeDefinitions.FindAsync(connection, office, request.Key) is not { } definition)
                return new DefinitionNotFound(request.Key);
            if (string.IsNullOrEmpty(request.Step))
                return null;
            var content = (await OfficeDrafts.FindAsync(connection, office, request.Key))?.Content
                ?? await OfficeDefinitions.ContentAsync(
                    connection, office, request.Key, definition.CurrentVersion ?? definition.LatestVersion);
            return content is not null && ChartJson.Parse(content)?.Box(request.Step) is not null
                ? null
                : InvalidInput.At("step", "ไม่มีขั้นตอนนี้ในกระบวนงาน", "The procedure has no such step.");
        }
    }

    internal sealed class SettleHandler(IdempotentWriter store) : IRequestHandler<Settle, Outcome<StoredAnswer>>
    {
        const string FindSql = "SELECT 1 FROM draft_comment WHERE comment_id = $1 AND office = $2 AND definition_key = $3";

        // Settled by two at once: the first did it.
        const string SettleSql =
            "UPDATE draft_comment SET settled_by = $2, settled_at = $3 WHERE comment_id = $1 AND settled_at IS NULL";

        public async Task<Outcome<StoredAnswer>> Handle(Settle request, CancellationToken cancellationToken)
        {
            var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
            return refusal ?? await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var found = false;
                    await session.QueryAsync(FindSql, new object?[] { request.CommentId, office, request.Key }, _ => found = true);
                    if (!found)
                        return new CommentNotFound();
                    session.Enqueue(SettleSql, request.CommentId, request.Caller.UserId, now);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }
    }

    /// <summary>What was settled long ago.</summary>
    internal sealed class CleanUp : ICleanUp
    {
        // Index: ix_draft_comment_settled.
        public void ForgetOld(WriteSession session, DateTimeOffset now)
        {
            ArgumentNullException.ThrowIfNull(session);
            session.Enqueue("DELETE FROM draft_comment WHERE settled_at < $1", now - OfficeDrafts.KeepFor);
        }
    }
}

/// <summary>There is no such remark on the procedure.</summary>
public sealed record CommentNotFound : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "comment-not-found", null, "ไม่พบข้อคิดเห็นนี้", "There is no such remark on this procedure.");
}
