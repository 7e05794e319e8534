using System.Collections.Immutable;
using System.Globalization;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Orders;

/// <summary>
/// <c>GET</c> and <c>POST /api/v1/offices/{office}/orders</c>, <c>POST …/orders/{orderId}/revoke</c>: the register of orders by which
/// people sit in posts that are not their own. รักษาราชการแทน: in a vacant or absent post; ปฏิบัติราชการแทน: by delegation of its holder.
/// </summary>
public static class OrderEndpoints
{
    const string Route = "/offices/{office}/orders";

    /// <summary>What an order may be limited to: acts on tasks, then a superior's acts on cases.</summary>
    internal static readonly string[] Acts =
        [
            "complete", "approve", "reject", "return", "vote", "fail", "pause", "continue", "reassign", "cancel", "suspend", "resume",
            "reopen", "extend", "confirm-deadline",
        ];

    /// <summary>Who keeps the register: in their own right, not by an order that stands in it.</summary>
    internal static readonly string[] Keepers = [Roles.Administrator, Roles.Director];

    const string Columns = """
        SELECT o.order_id AS id, o.office, o.order_no AS number, o.kind, o.role, o.holder, h.display_name AS holder_name,
            o.acting_user AS user_id, u.display_name AS user_name,
            o.valid_from, o.valid_to, o.scope, o.acts, o.reason, o.created_at, o.created_by, o.revoked_at, o.revoked_by, o.revoked_for
        FROM post_order o
        JOIN app_user u ON u.user_id = o.acting_user
        LEFT JOIN app_user h ON h.user_id = o.holder
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, PostAsync).WithName("RegisterOrder").WithTags("Administration").Accepts<Request>("application/json")
            .Produces<OrderView>(201).Idempotent()
            .Refuses(400, 403, 404, 409, 422);
        routes.MapPost(Route + "/{orderId:guid}/revoke", RevokeAsync).WithName("RevokeOrder").WithTags("Administration")
            .Accepts<RevokeRequest>("application/json")
            .Produces<OrderView>().Idempotent().Refuses(400, 403, 404, 409);
        routes.MapGet(Route + "/{orderId:guid}", GetAsync).WithName("GetOrder").WithTags("Administration").Produces<OrderView>()
            .Refuses(403, 404);
        routes.MapGet(Route, ListAsync).WithName("ListOrders").WithTags("Administration").Produces<Page<OrderView>>()
            .Query(("inForce", "true: only those in force today.")).Paged().Refuses(400, 403, 404);
    }

    static async Task<IResult> PostAsync(HttpContext http, string office, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var b = sent.Body;
        return (await mediator.Send(
            new Command(
                sent.Caller, sent.Id, office, b.Number, b.Kind, b.Role, b.Holder, b.User, b.From, b.To, b.DefinitionKeys, b.Acts, b.Reason),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> RevokeAsync(HttpContext http, string office, Guid orderId, IMediator mediator)
    {
        var sent = await http.ReadAsync<RevokeRequest>();
        return (await mediator.Send(
            new RevokeCommand(sent.Caller, sent.Id, office, orderId, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    static bool Keeps(Caller caller, string office) => Keepers.Any(role => caller.Holds(role, office));

    static bool MaySee(Caller caller, string office) => Keeps(caller, office) || caller.Holds(Roles.Auditor, office);

    /// <summary>One order; for whoever sits by it, too.</summary>
    static async Task<IResult> GetAsync(HttpContext http, string office, Guid orderId, Database database)
    {
        var caller = http.Caller();
        if (!caller.BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        Row? found;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
            found = await connection.QuerySingleOrDefaultAsync<Row>(
                $"{Columns} WHERE o.order_id = @orderId AND o.office = @office", new { orderId, office });
        return found is null ? Problems.From(new OrderNotFound(orderId))
            : MaySee(caller, office) || caller.UserId == found.UserId || caller.UserId == found.Holder
                ? Results.Json(found.ToView(), JsonShape.Options)
            : Problems.From(new NotAllowed("see-orders", [.. Keepers, Roles.Auditor]));
    }

    static async Task<IResult> ListAsync(HttpContext http, string office, Database database, TimeProvider time)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        if (!MaySee(http.Caller(), office))
            return Problems.From(new NotAllowed("see-orders", [.. Keepers, Roles.Auditor]));
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var found = await ReadAsync(
            connection,
            office,
            paging.AfterId(),
            http.Flag("inForce") == true ? BangkokTime.DateOf(time.GetUtcNow()) : null,
            paging.Limit + 1);
        return Results.Json(paging.ToPage(found, o => o, o => [o.Id.ToString()]), JsonShape.Options);
    }

    /// <summary>The register of an office, newest first.</summary>
    /// <param name="after">The last of the page before.</param>
    /// <param name="inForceOn">Only those in force on that day; null: all.</param>
    internal static async Task<IReadOnlyList<OrderView>> ReadAsync(
        System.Data.Common.DbConnection connection, string office, Guid? after, DateOnly? inForceOn, int take)
    {
        const string InForce =
            "AND o.revoked_at IS NULL AND o.valid_from <= @inForceOn AND (o.valid_to IS NULL OR o.valid_to >= @inForceOn)";
        // Index: ix_order_office.
        var sql = $"""
            {Columns}
            WHERE o.office = @office{(after is null ? "" : " AND o.order_id < @after")}
                {(inForceOn is null ? "" : InForce)}
            ORDER BY o.order_id DESC
            LIMIT @take
            """;
        return [.. (await connection.QueryAsync<Row>(sql, new { office, after, inForceOn, take })).Select(r => r.ToView())];
    }

    /// <param name="Number">Of the written order, as the office numbers it.</param>
    /// <param name="Kind"><c>acting</c> (รักษาราชการแทน) or <c>delegated</c> (ปฏิบัติราชการแทน).</param>
    /// <param name="Role">The post.</param>
    /// <param name="Holder">Id or user name of whose post it is; left out while it is vacant.</param>
    /// <param name="User">Id or user name of who sits in it.</param>
    /// <param name="From">First day, such as <c>2026-03-02</c>.</param>
    /// <param name="To">Last day, inclusive; left out: until a further order.</param>
    /// <param name="DefinitionKeys">The procedures that it covers; left out: all.</param>
    /// <param name="Acts">The acts that it covers; left out: all.</param>
    public sealed record Request(
        string? Number,
        string? Kind,
        string? Role,
        string? Holder,
        string? User,
        string? From,
        string? To,
        IReadOnlyList<string>? DefinitionKeys,
        IReadOnlyList<string>? Acts,
        string? Reason);

    /// <param name="Comment">The reason; required.</param>
    public sealed record RevokeRequest(string? Comment);

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string Office,
        string? Number,
        string? Kind,
        string? Role,
        string? Holder,
        string? User,
        string? From,
        string? To,
        IReadOnlyList<string>? DefinitionKeys,
        IReadOnlyList<string>? Acts,
        string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    public sealed record RevokeCommand(Caller Caller, RequestId Id, string Office, Guid OrderId, string? Comment)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        const int MaxDefinitions = 50;

        public Validator()
        {
            RuleFor(c => c.Number).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Kind).Must(kind => kind is "acting" or "delegated")
                .Says("ต้องเป็น acting (รักษาราชการแทน) หรือ delegated (ปฏิบัติราชการแทน)", "It must be acting or delegated.");
            RuleFor(c => c.Role).Must(role => role is not null && Roles.Acting.Contains(role))
                .Says($"ตำแหน่งที่มีคือ {string.Join(", ", Roles.Acting)}", $"The posts are {string.Join(", ", Roles.Acting)}.");
            RuleFor(c => c.Holder).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Holder).Given().When(c => c.Kind == "delegated").Says("ต้องระบุผู้มอบอำนาจ", "Say who delegates.");
            RuleFor(c => c.User).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.From).Must(from => Day(from) is not null)
                .Says("ต้องเป็นวันที่ เช่น 2026-03-02", "It must be a date, such as 2026-03-02.");
            RuleFor(c => c.To).Must(to => to is null || Day(to) is not null)
                .Says("ต้องเป็นวันที่ เช่น 2026-03-02", "It must be a date, such as 2026-03-02.");
            RuleFor(c => c.To).Must((c, to) => Day(c.From) is not { } from || Day(to) is not { } last || from <= last)
                .Says("วันสิ้นสุดต้องไม่ก่อนวันเริ่ม", "The last day lies before the first.");
            RuleFor(c => c.DefinitionKeys)
                .Must(keys => keys is null || (keys.Count is > 0 and <= MaxDefinitions && keys.All(k => k is { Length: > 0
                    and <= ValidationRules.CodeLength * 2 })))
                .Says(
                    $"ต้องมี 1 ถึง {MaxDefinitions} กระบวนงาน หรือไม่ระบุหากครอบคลุมทุกกระบวนงาน",
                    $"It must name 1 to {MaxDefinitions} procedures, or be left out for all.");
            RuleFor(c => c.Acts).Must(acts => acts is null || (acts.Count > 0 && acts.All(OrderEndpoints.Acts.Contains)))
                .Says(
                    $"การดำเนินการที่จำกัดได้คือ {string.Join(", ", OrderEndpoints.Acts)}",
                    $"The acts are {string.Join(", ", OrderEndpoints.Acts)}; left out for all.");
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    internal sealed class RevokeValidator : AbstractValidator<RevokeCommand>
    {
        public RevokeValidator() => RuleFor(c => c.Comment).Given().PlainText(ValidationRules.CommentLength);
    }

    static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    internal sealed class Handler(
        IdempotentWriter store,
        DefinitionCatalog definitions,
        OfficeCalendars offices,
        Database database,
        ApiKeys keys,
        Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Insert = """
            INSERT INTO post_order (order_id, office, order_no, kind, role, holder, acting_user, valid_from, valid_to, scope, acts, reason,
                created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """;

        // Indexes: the primary key and the unique user name of app_user, the primary key of membership. Others' people are nobody's
        // business; an id means the person with that id, whatever others are called.
        const string UserSql = """
            SELECT u.user_id, u.display_name
            FROM app_user u
            WHERE u.active = @yes AND (u.user_id = @id OR u.user_name = @user)
                AND (@everybody = @yes OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.user_id AND m.office IN (@office, '*')))
            ORDER BY CASE WHEN u.user_id = @id THEN 0 ELSE 1 END
            LIMIT 1
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var office = request.Office;
            if (!request.Caller.BelongsTo(office) || await offices.FindOfficeAsync(office, cancellationToken) is null)
                return new OfficeNotFound(office, "office");
            if (!Keeps(request.Caller, office))
                return new NotAllowed("register-order", Keepers);
            foreach (var key in request.DefinitionKeys ?? [])
            {
                if (await definitions.LatestAsync(key, cancellationToken) is null)
                    return new DefinitionNotFound(key);
            }

            (Guid Id, string Name) user;
            (Guid Id, string Name) holder;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                user = await FindAsync(connection, request.User!, request.Caller.IsSystemAdministrator, office);
                holder = request.Holder is null ? default : await FindAsync(connection, request.Holder, true, office);
                if (user.Name is null)
                    return new UserNotFound(request.User!, "user");
                if (request.Holder is not null && holder.Name is null)
                    return new UserNotFound(request.Holder, "holder");
                if (request.Holder is not null && await connection.ExecuteScalarAsync<long>(
                    "SELECT COUNT(*) FROM membership WHERE user_id = @Id AND office IN (@office, '*') AND role = @Role",
                    new { holder.Id, office, request.Role }) == 0)
                    return new HolderLacksPost(holder.Id, request.Role!);
            }

            if (user.Id == holder.Id)
                return InvalidInput.At(
                    "user", "ผู้ดำรงตำแหน่งจะรักษาราชการแทนหรือปฏิบัติราชการแทนตนเองไม่ได้", "Nobody sits in their own post by order.");
            if (user.Id == request.Caller.UserId)
                return InvalidInput.At(
                    "user", "คำสั่งให้ตนเองต้องให้ผู้อื่นที่มีสิทธิ์บันทึก", "An order for oneself is registered by somebody else.");
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) => RegisterAsync(session, request, user, request.Holder is null ? null : holder, now),
                () => new AlreadyExists("number", request.Number!),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            offices.Forget(office);
            return outcome;
        }

        async ValueTask<Outcome<StoredAnswer>> RegisterAsync(
            WriteSession session, Command request, (Guid Id, string Name) user, (Guid Id, string Name)? holder, DateTimeOffset now)
        {
            var view = new OrderView(
                Guid.CreateVersion7(now), request.Office, request.Number!, request.Kind!, request.Role!, holder?.Id, holder?.Name, user.Id,
                user.Name, Day(request.From)!.Value, Day(request.To),
                request.DefinitionKeys is { } keys ? [.. keys.Distinct()] : null, request.Acts is { } acts ? [.. acts.Distinct()] : null,
                request.Reason, now, request.Caller.UserId, null, null,
                null);
            if (view.To < BangkokTime.DateOf(now))
                return InvalidInput.At("to", "คำสั่งนี้สิ้นสุดไปแล้ว", "The order is over already.");
            // Two that are registered at once wait for each other here.
            await session.QueryAsync(
                $"SELECT code FROM office o WHERE code = $1 {database.Lock("o")}", new object?[] { request.Office }, _ => { });
            var others = await session.QueryListAsync(
                $"{Columns} WHERE o.office = $1 AND o.role = $2 AND o.kind = $3 AND o.revoked_at IS NULL AND (o.valid_to IS NULL "
                    + "OR o.valid_to >= $4) ORDER BY o.order_id",
                new object?[] { request.Office, request.Role, request.Kind, view.From }, Row.From);
            if (others.Select(o => o.ToView()).FirstOrDefault(o => Overlaps(o, view)) is { } other)
                return new OrderOverlaps(other.Id, other.Number, other.From, other.To);
            session.Enqueue(
                Insert, view.Id, view.Office, view.Number, view.Kind, view.Role, view.Holder, view.UserId, view.From, view.To,
                PostsByOrder.WriteList(view.DefinitionKeys),
                PostsByOrder.WriteList(view.Acts), view.Reason, now, view.CreatedBy);
            return new StoredAnswer(StatusCodes.Status201Created, JsonShape.Write(view));
        }

        /// <summary>
        /// Whether nobody could tell by which of two orders something was decided: one post has one acting head at a time, and one person
        /// one delegation for one thing. The holder may delegate to several.
        /// </summary>
        static bool Overlaps(OrderView one, OrderView other) =>
            one.Holder == other.Holder && (one.Kind == "acting" || one.UserId == other.UserId)
            && one.From <= (other.To ?? DateOnly.MaxValue) && other.From <= (one.To ?? DateOnly.MaxValue)
            && Share(one.DefinitionKeys, other.DefinitionKeys) && Share(one.Acts, other.Acts);

        static bool Share(ImmutableArray<string>? one, ImmutableArray<string>? other) =>
            one is not { } some || other is not { } others || some.Intersect(others).Any();

        static Task<(Guid Id, string Name)> FindAsync(
            System.Data.Common.DbConnection connection, string who, bool everybody, string office) =>
            connection.QueryFirstOrDefaultAsync<(Guid Id, string Name)>(
                UserSql, new { yes = true, id = Guid.TryParse(who, out var id) ? id : Guid.Empty, user = who, everybody, office });
    }

    internal sealed class RevokeHandler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<RevokeCommand, Outcome<StoredAnswer>>
    {
        const string Revoke = "UPDATE post_order SET revoked_at = $2, revoked_by = $3, revoked_for = $4 WHERE order_id = $1";

        public async Task<Outcome<StoredAnswer>> Handle(RevokeCommand request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office))
                return new OfficeNotFound(request.Office, "office");
            if (!Keeps(request.Caller, request.Office))
                return new NotAllowed("revoke-order", Keepers);
            var outcome = await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var found = await session.QuerySingleAsync(
                        $"{Columns} WHERE o.order_id = $1 AND o.office = $2 {database.Lock("o")}",
                        new object?[] { request.OrderId, request.Office }, Row.From);
                    if (found is null)
                        return new OrderNotFound(request.OrderId);
                    if (found.RevokedAt is { } before)
                        return new OrderRevoked(request.OrderId, before);
                    session.Enqueue(Revoke, request.OrderId, now, request.Caller.UserId, request.Comment);
                    var view = found.ToView() with { RevokedAt = now, RevokedBy = request.Caller.UserId, RevokedFor = request.Comment };
                    return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(view));
                },
                () => new TooManyConflicts(),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            offices.Forget(request.Office);
            return outcome;
        }
    }

    sealed record Row
    {
        public Guid Id { get; init; }
        public string Office { get; init; } = "";
        public string Number { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Role { get; init; } = "";
        public Guid? Holder { get; init; }
        public string? HolderName { get; init; }
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public DateOnly ValidFrom { get; init; }
        public DateOnly? ValidTo { get; init; }
        public string? Scope { get; init; }
        public string? Acts { get; init; }
        public string? Reason { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public Guid CreatedBy { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
        public Guid? RevokedBy { get; init; }
        public string? RevokedFor { get; init; }

        public static Row From(System.Data.Common.DbDataReader row) => new()
        {
            Id = row.Id(0),
            Office = row.GetString(1),
            Number = row.GetString(2),
            Kind = row.GetString(3),
            Role = row.GetString(4),
            Holder = row.IdOrNull(5),
            HolderName = row.TextOrNull(6),
            UserId = row.Id(7),
            UserName = row.GetString(8),
            ValidFrom = row.Date(9),
            ValidTo = row.IsDBNull(10) ? null : row.Date(10),
            Scope = row.TextOrNull(11),
            Acts = row.TextOrNull(12),
            Reason = row.TextOrNull(13),
            CreatedAt = row.Instant(14),
            CreatedBy = row.Id(15),
            RevokedAt = row.IsDBNull(16) ? null : row.Instant(16),
            RevokedBy = row.IdOrNull(17),
            RevokedFor = row.TextOrNull(18),
        };

        public OrderView ToView() => new(
            Id, Office, Number, Kind, Role, Holder, HolderName, UserId, UserName, ValidFrom, ValidTo, PostsByOrder.ReadList(Scope),
            PostsByOrder.ReadList(Acts), Reason, CreatedAt, CreatedBy,
            RevokedAt, RevokedBy, RevokedFor);
    }
}

/// <summary>An order as callers see it.</summary>
/// <param name="Holder">Whose post it is; null while it is vacant.</param>
/// <param name="UserId">Who sits in it.</param>
/// <param name="To">Last day, inclusive; null until a further order.</param>
/// <param name="DefinitionKeys">The procedures that it covers; null for all.</param>
/// <param name="Acts">The acts that it covers; null for all.</param>
public sealed record OrderView(
    Guid Id,
    string Office,
    string Number,
    string Kind,
    string Role,
    Guid? Holder,
    string? HolderName,
    Guid UserId,
    string UserName,
    DateOnly From,
    DateOnly? To,
    ImmutableArray<string>? DefinitionKeys,
    ImmutableArray<string>? Acts,
    string? Reason,
    DateTimeOffset CreatedAt,
    Guid CreatedBy,
    DateTimeOffset? RevokedAt,
    Guid? RevokedBy,
    string? RevokedFor);

public sealed record OrderNotFound(Guid OrderId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "order-not-found", "orderId", "ไม่พบคำสั่งนี้ในทะเบียน", "There is no such order in the register of this office.",
        ("id", OrderId));
}

public sealed record OrderRevoked(Guid OrderId, DateTimeOffset At) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "order-revoked", null, "คำสั่งนี้ถูกยกเลิกไปแล้ว", $"The order was revoked{Problems.At(At)}.", ("id", OrderId), ("at", At));
}

/// <summary>Another order puts somebody into the same post for the same time and things.</summary>
public sealed record OrderOverlaps(Guid OrderId, string Number, DateOnly From, DateOnly? To) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "order-overlaps", "from", $"ซ้อนกับคำสั่งที่ {Number} ซึ่งใช้กับตำแหน่งและช่วงเวลาเดียวกัน",
        $"Order {Number} covers the same post at the same time ({From:yyyy-MM-dd} to "
            + $"{(To is { } to ? to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "a further order")}).",
        ("id", OrderId), ("number", Number), ("from", From), ("to", To));
}

/// <summary>Nobody is put in the place of somebody who is not there.</summary>
public sealed record HolderLacksPost(Guid Holder, string Role) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        422, "holder-lacks-post", "holder", $"ผู้ที่ระบุไม่ได้เป็น{Roles.NameOf(Role).Th}ในสำนักงานนี้",
        $"Whoever is named does not hold the post {Role} in this office.",
        ("holder", Holder), ("role", Role));
}
