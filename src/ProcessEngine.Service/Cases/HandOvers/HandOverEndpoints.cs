using System.Text.Json;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.HandOvers;

/// <summary>
/// ส่งมอบงาน: <c>GET</c> and <c>POST /api/v1/offices/{office}/hand-overs</c>, <c>GET …/hand-overs/preview</c>,
/// <c>GET …/hand-overs/{handOverId}</c>, <c>POST …/hand-overs/{handOverId}/continue</c>.
/// </summary>
/// <remarks>
/// First the receipt with its tasks is stored, then each task is an act of its own, whose result is stored with it. Whatever ends a request
/// in between, the next one goes on where it stopped and does nothing twice.
/// </remarks>
public static class HandOverEndpoints
{
    const string Route = "/offices/{office}/hand-overs";

    /// <summary>Tasks of one request; the rest waits for the next.</summary>
    internal const int Batch = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, PostAsync).WithName("HandOver").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<HandOverView>(201).Idempotent().Refuses(400, 403, 404, 409, 422);
        routes.MapGet(Route, ListAsync).WithName("ListHandOvers").WithTags("Administration").Produces<Page<HandOverView>>().Paged()
            .Refuses(400, 404);
        routes.MapGet(Route + "/preview", PreviewAsync).WithName("PreviewHandOver").WithTags("Administration").Produces<HandOverPreview>()
            .Query(("from", "Whose work: id or user name."), ("to", "Who gets it; left out: everybody of the roles."))
            .Refuses(400, 403, 404, 422);
        routes.MapGet(Route + "/{handOverId:guid}", GetAsync).WithName("GetHandOver").WithTags("Administration").Produces<HandOverView>()
            .Refuses(404);
        routes.MapPost(Route + "/{handOverId:guid}/continue", ContinueAsync).WithName("ContinueHandOver").WithTags("Administration")
            .Produces<HandOverView>().Refuses(403, 404, 422);
    }

    static async Task<IResult> PostAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var b = sent.Body;
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, office, b.From, b.To, b.BackToRole ?? false, b.Reason, b.OrderNumber),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> ContinueAsync(HttpContext http, string office, Guid handOverId, IMediator mediator) =>
        (await mediator.Send(new ContinueCommand(http.Caller(), office, handOverId), http.RequestAborted)).ToResult();

    static async Task<IResult> PreviewAsync(HttpContext http, string office, HandOverRegister register) =>
        (await register.PreviewAsync(
            office,
            http.Text("from") ?? throw RefusedRequestException.At("from", "ต้องระบุผู้ส่งมอบ", "Say whose work."),
            http.Text("to"),
            http.Caller(),
            http.RequestAborted)).ToResult();

    static async Task<IResult> GetAsync(HttpContext http, string office, Guid handOverId, HandOverRegister register) =>
        await register.FindAsync(handOverId, http.Caller(), http.RequestAborted) is { } found && found.Office == office
            ? Results.Json(found, JsonShape.Options)
            : Problems.From(new HandOverNotFound(handOverId));

    static async Task<IResult> ListAsync(HttpContext http, string office, HandOverRegister register)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        var paging = Paging.From(http, keys: 1);
        return Results.Json(
            paging.ToPage(
                await register.ListAsync(office, http.Caller(), paging.AfterId(), paging.Limit + 1, http.RequestAborted),
                h => h,
                h => [h.Id.ToString()]),
            JsonShape.Options);
    }

    /// <param name="From">Id or user name of whose work it is.</param>
    /// <param name="To">Id or user name of who gets it.</param>
    /// <param name="BackToRole">Instead of <paramref name="To"/>: back to everybody of the roles.</param>
    /// <param name="OrderNumber">Of the written order, where there is one.</param>
    public sealed record Request(string? From, string? To, bool? BackToRole, string? Reason, string? OrderNumber);

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string Office,
        string? From,
        string? To,
        bool BackToRole,
        string? Reason,
        string? OrderNumber)
        : IRequest<Outcome<StoredAnswer>>;

    public sealed record ContinueCommand(Caller Caller, string Office, Guid HandOverId) : IRequest<Outcome<HandOverView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.From).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.To).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.To).Must((c, to) => string.IsNullOrWhiteSpace(to) == c.BackToRole)
                .Says(
                    "ต้องระบุผู้รับมอบ หรือให้งานกลับไปที่ผู้มีหน้าที่ทุกคน อย่างใดอย่างหนึ่ง",
                    "Name who gets it, or give it back to everybody of the roles: one of the two.");
            RuleFor(c => c.Reason).Given().PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.OrderNumber).PlainText(ValidationRules.CodeLength);
        }
    }

    internal sealed class Handler(HandOverRegister register, HandOverWork work, IdempotentWriter once, People people)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Insert = """
            INSERT INTO hand_over (hand_over_id, office, from_user, from_name, to_user, to_name, order_no, reason, created_at, created_by,
                created_name)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """;

        const string InsertItem = """
            INSERT INTO hand_over_item (hand_over_id, position, task_id, instance_id, definition_key, definition_version, step_id, attempt,
                due_at, revision, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting')
            """;

        // Index: ix_task_assignee.
        const string OpenSql = """
            SELECT t.task_id, t.instance_id, t.definition_key, t.definition_version, t.step_id, t.attempt, t.due_at, t.revision
            FROM user_task t
            WHERE t.assignee = $1 AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = $2
            ORDER BY t.due_order, t.task_id
            LIMIT $3
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var asked = await register.PartiesAsync(
                request.Office, request.From!, request.BackToRole ? null : request.To, request.Caller, cancellationToken);
            if (asked.Rejection is { } rejection)
                return rejection;
            var (from, to, toName) = asked.Value!;
            var name = (await people.NamesAsync([request.Caller.UserId], cancellationToken))
                .GetValueOrDefault(request.Caller.UserId, request.Caller.UserName);
            var made = await once.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var tasks = await session.QueryListAsync(
                        OpenSql, new object?[] { from.UserId, request.Office, HandOverRegister.MaxTasks },
                        r => new object?[]
                        {
                            r.Id(0), r.Id(1), r.GetString(2), r.GetInt32(3), r.GetString(4), r.GetInt32(5),
                            r.IsDBNull(6) ? null : r.Instant(6), r.GetInt32(7),
                        });
                    if (tasks.Count == 0)
                        return InvalidInput.At(
                            "from", "ผู้ส่งมอบไม่มีงานค้างในสำนักงานนี้", "There is no open work of theirs in this office.");
                    var id = Guid.CreateVersion7(now);
                    session.Enqueue(
                        Insert, id, request.Office, from.UserId, from.DisplayName, to?.UserId, toName, request.OrderNumber, request.Reason,
                        now, request.Caller.UserId, name);
                    foreach (var (i, task) in tasks.Index())
                        session.Enqueue(InsertItem, [id, i + 1, .. task]);
                    return new StoredAnswer(
                        StatusCodes.Status201Created, JsonSerializer.Serialize(id), $"/api/v1/offices/{request.Office}/hand-overs/{id}");
                },
                () => new TooManyConflicts(),
                cancellationToken);
            if (made.Rejection is { } refused)
                return refused;
            var receipt = JsonSerializer.Deserialize<Guid>(made.Value!.Body);
            await work.GoOnAsync(receipt, request.Caller, to, cancellationToken);
            return made.Value with { Body = JsonShape.Write((await register.FindAsync(receipt, request.Caller, cancellationToken))!) };
        }
    }

    internal sealed class ContinueHandler(HandOverRegister register, HandOverWork work)
        : IRequestHandler<ContinueCommand, Outcome<HandOverView>>
    {
        public async Task<Outcome<HandOverView>> Handle(ContinueCommand request, CancellationToken cancellationToken)
        {
            if (await register.FindAsync(request.HandOverId, request.Caller, cancellationToken) is not { } found
                || found.Office != request.Office)
                return new HandOverNotFound(request.HandOverId);
            if (!HandOverRegister.MayHandOver(request.Caller, found.Office))
                return new NotAllowed("hand-over", Team.Heads);
            Caller? to = null;
            if (found.ToUser is { } taker && (to = await register.TakerAsync(found.Office, taker.ToString(), cancellationToken)) is null)
                return new UserNotFound(found.ToName!, "to");
            await work.GoOnAsync(found.Id, request.Caller, to, cancellationToken);
            return (await register.FindAsync(found.Id, request.Caller, cancellationToken))!;
        }
    }
}

/// <summary>Does what a hand-over says, a batch at a time.</summary>
public sealed class HandOverWork(Database database, ProcessStore store)
{
    // Index: the primary key.
    const string WaitingSql = """
        SELECT i.task_id, i.position, i.revision, h.order_no, h.reason
        FROM hand_over_item i
        JOIN hand_over h ON h.hand_over_id = i.hand_over_id
        WHERE i.hand_over_id = @id AND i.state = 'waiting'
        ORDER BY i.position
        LIMIT @take
        """;

    const string GiveSql = "UPDATE hand_over_item SET state = 'given', done_at = $3 WHERE hand_over_id = $1 AND position = $2";

    // Only what waits: another request may have given it while this one was refused.
    const string RefuseSql = """
        UPDATE hand_over_item
        SET state = 'refused', done_at = $3, why_th = $4, why_en = $5
        WHERE hand_over_id = $1 AND position = $2 AND state = 'waiting'
        """;

    /// <param name="to">Null: back to everybody of the roles.</param>
    public async Task GoOnAsync(Guid handOver, Caller caller, Caller? to, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        List<WaitingRow> waiting;
        await using (var connection = await database.OpenAsync(ct))
            waiting = (await connection.QueryAsync<WaitingRow>(WaitingSql, new { id = handOver, take = HandOverEndpoints.Batch })).AsList();
        foreach (var one in waiting)
        {
            var comment = $"ส่งมอบงาน{(one.OrderNo is null ? "" : $"ตามคำสั่งที่ {one.OrderNo}")}: {one.Reason}";
            var outcome = await store.ActOnTaskAsync(
                one.TaskId, caller, new RequestId(caller.UserId, $"hand-over-{handOver:N}-{one.Position}", []),
                (state, by) => HandOverRegister.CommandFor(
                    one.TaskId, one.Revision, by, to?.In(state.Office, state.DefinitionKey), comment),
                _ => new StoredAnswer(StatusCodes.Status200OK, "{}"), ct,
                (session, now) => session.Enqueue(GiveSql, handOver, one.Position, now));
            if (outcome.Rejection is not { } refused)
                continue;
            var why = Problems.From(refused).Why;
            await database.TransactAsync(
                session =>
                {
                    session.Enqueue(RefuseSql, handOver, one.Position, store.Now(), why.Th, why.En);
                    return ValueTask.FromResult(true);
                },
                ct);
        }
    }

    sealed record WaitingRow
    {
        public Guid TaskId { get; init; }
        public int Position { get; init; }
        public int Revision { get; init; }
        public string? OrderNo { get; init; }
        public string Reason { get; init; } = "";
    }
}
