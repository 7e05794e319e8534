using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Orders;

/// <summary>Somebody is put into a post that is not their own, by an order.</summary>
public static class RegisterOrder
{
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
                .Must(keys => keys is null || (keys.Count is > 0 and <= MaxDefinitions && keys.All(k => k is
                {
                    Length: > 0
                    and <= ValidationRules.CodeLength * 2
                })))
                .Says(
                    $"ต้องมี 1 ถึง {MaxDefinitions} กระบวนงาน หรือไม่ระบุหากครอบคลุมทุกกระบวนงาน",
                    $"It must name 1 to {MaxDefinitions} procedures, or be left out for all.");
            RuleFor(c => c.Acts).Must(acts => acts is null || (acts.Count > 0 && acts.All(OrderRegister.Acts.Contains)))
                .Says(
                    $"การดำเนินการที่จำกัดได้คือ {string.Join(", ", OrderRegister.Acts)}",
                    $"The acts are {string.Join(", ", OrderRegister.Acts)}; left out for all.");
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
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
            WHERE u.active = @yes AND u.kind = 'person' AND (u.user_id = @id OR u.name_key = @nameKey OR u.user_name = @name)
                AND (@everybody = @yes OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.user_id AND m.office IN (@office, '*')))
            ORDER BY CASE WHEN u.user_id = @id THEN 0 WHEN u.user_name = @name THEN 1 ELSE 2 END
            LIMIT 1
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var office = request.Office;
            if (!request.Caller.BelongsTo(office) || await offices.FindOfficeAsync(office, cancellationToken) is null)
                return new OfficeNotFound(office, "office");
            if (!OrderRegister.Manages(request.Caller, office))
                return new NotAllowed("register-order", OrderRegister.Managers);
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
                $"""
                {OrderRegister.Columns}
                WHERE o.office = $1 AND o.role = $2 AND o.kind = $3 AND o.revoked_at IS NULL
                    AND (o.valid_to IS NULL OR o.valid_to >= $4)
                ORDER BY o.order_id
                """,
                new object?[] { request.Office, request.Role, request.Kind, view.From }, OrderRow.From);
            if (others.Select(o => o.ToView()).FirstOrDefault(o => Overlaps(o, view)) is { } other)
                return new OrderOverlaps(other.Id, other.Number, other.From, other.To);
            session.Enqueue(
                Insert, view.Id, view.Office, view.Number, view.Kind, view.Role, view.Holder, view.UserId, view.From, view.To,
                PostsByOrder.WriteList(view.DefinitionKeys),
                PostsByOrder.WriteList(view.Acts), view.Reason, now, view.CreatedBy);
            if (view.To is { } last)
                WorkToReturn.Mark(session, view.UserId, BangkokTime.At(last.AddDays(1), TimeOnly.MinValue));
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct(
                    "order-registered", view.Office, view.UserId, new { order = view.Id, view.Number, view.Kind, view.Role }, view.Reason),
                now);
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
            DbConnection connection, string who, bool everybody, string office) =>
            connection.QueryFirstOrDefaultAsync<(Guid Id, string Name)>(
                UserSql,
                new
                {
                    yes = true,
                    id = Guid.TryParse(who, out var id) ? id : Guid.Empty,
                    name = who,
                    nameKey = UserNames.Key(who),
                    everybody,
                    office,
                });
    }
}
