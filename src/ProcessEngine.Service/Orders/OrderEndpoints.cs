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
            new RegisterOrder.Command(
                sent.Caller, sent.Id, office, b.Number, b.Kind, b.Role, b.Holder, b.User, b.From, b.To, b.DefinitionKeys, b.Acts, b.Reason),
            http.RequestAborted)).ToResult();
    }

    static async Task<IResult> RevokeAsync(HttpContext http, string office, Guid orderId, IMediator mediator)
    {
        var sent = await http.ReadAsync<RevokeRequest>();
        return (await mediator.Send(
            new RevokeOrder.Command(sent.Caller, sent.Id, office, orderId, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    static bool MaySee(Caller caller, string office) => OrderRegister.Manages(caller, office) || caller.Holds(Roles.Auditor, office);

    /// <summary>One order; for whoever sits by it, too.</summary>
    static async Task<IResult> GetAsync(HttpContext http, string office, Guid orderId, Database database)
    {
        var caller = http.Caller();
        if (!caller.BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        OrderRow? found;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
            found = await connection.QuerySingleOrDefaultAsync<OrderRow>(
                $"{OrderRegister.Columns} WHERE o.order_id = @orderId AND o.office = @office", new { orderId, office });
        return found is null ? Problems.From(new OrderNotFound(orderId))
            : MaySee(caller, office) || caller.UserId == found.UserId || caller.UserId == found.Holder
                ? Results.Json(found.ToView(), JsonShape.Options)
            : Problems.From(new NotAllowed("see-orders", [.. OrderRegister.Managers, Roles.Auditor]));
    }

    static async Task<IResult> ListAsync(HttpContext http, string office, Database database, TimeProvider time)
    {
        if (!http.Caller().BelongsTo(office))
            return Problems.From(new OfficeNotFound(office, "office"));
        if (!MaySee(http.Caller(), office))
            return Problems.From(new NotAllowed("see-orders", [.. OrderRegister.Managers, Roles.Auditor]));
        var paging = Paging.From(http, keys: 1);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var found = await OrderRegister.ReadAsync(
            connection,
            office,
            paging.AfterId(),
            http.Flag("inForce") == true ? BangkokTime.DateOf(time.GetUtcNow()) : null,
            paging.Limit + 1);
        return Results.Json(paging.ToPage(found, o => o, o => [o.Id.ToString()]), JsonShape.Options);
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
}
