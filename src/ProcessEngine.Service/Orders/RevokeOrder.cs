using FluentValidation;
using MediatR;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Orders;

/// <summary>An order ends before its last day.</summary>
public static class RevokeOrder
{
    public sealed record Command(Caller Caller, RequestId Id, string Office, Guid OrderId, string? Comment)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Comment).Given().PlainText(ValidationRules.CommentLength);
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Revoke = "UPDATE post_order SET revoked_at = $2, revoked_by = $3, revoked_for = $4 WHERE order_id = $1";

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.BelongsTo(request.Office))
                return new OfficeNotFound(request.Office, "office");
            if (!OrderRegister.Manages(request.Caller, request.Office))
                return new NotAllowed("revoke-order", OrderRegister.Managers);
            var outcome = await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var found = await session.QuerySingleAsync(
                        $"{OrderRegister.Columns} WHERE o.order_id = $1 AND o.office = $2 {database.Lock("o")}",
                        new object?[] { request.OrderId, request.Office }, OrderRow.From);
                    if (found is null)
                        return new OrderNotFound(request.OrderId);
                    if (found.RevokedAt is { } before)
                        return new OrderRevoked(request.OrderId, before);
                    session.Enqueue(Revoke, request.OrderId, now, request.Caller.UserId, request.Comment);
                    WorkToReturn.Mark(session, found.UserId, now);
                    var view = found.ToView() with { RevokedAt = now, RevokedBy = request.Caller.UserId, RevokedFor = request.Comment };
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        new AdministrationAct(
                            "order-revoked", view.Office, view.UserId, new { order = view.Id, view.Number, view.Role }, request.Comment),
                        now);
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
}
