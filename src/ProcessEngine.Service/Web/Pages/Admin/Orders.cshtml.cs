using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Orders;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// The register of orders: who sits in whose post, since when and until when. For the administrators and the director of an office.
/// </summary>
public sealed class OrdersModel(Database database, IMediator mediator, Web.Procedures procedures, People people, TimeProvider time)
    : AdminPage
{
    const int PageSize = 50;

    /// <summary>The first and the last day.</summary>
    static readonly FormField[] Days =
    [
        new("from", FieldType.Text, new("ตั้งแต่วันที่", "From"), null, true, [], null) { Format = "date" },
        new(
            "to", FieldType.Text, new("ถึงวันที่ (เว้นว่าง: จนกว่าจะมีคำสั่งอื่น)", "To (empty: until a further order)"), null, false, [],
            null) { Format = "date" },
    ];

    protected override IReadOnlyList<string> Whose => OrderRegister.Managers;

    public static bool MayKeep(Caller caller) => caller?.Memberships.Any(m => OrderRegister.Managers.Contains(m.Role)) == true;

    public IReadOnlyList<OrderView> Orders { get; private set; } = [];
    public IReadOnlyList<Colleague> Members { get; private set; } = [];
    public IReadOnlyList<ProcedureCard> Catalogue { get; private set; } = [];
    public FormEntry Dates { get; private set; } = FormEntry.Of(Days);
    public DateOnly Today { get; private set; }
    public bool Later { get; private set; }
    public string? NextPage { get; private set; }

    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    [BindProperty]
    public string? Holder { get; set; }

    [BindProperty]
    public string? Sits { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string[] Scope { get; set => field = FormRequest.Chosen(value); } = [];

    [BindProperty]
    public string[] Acts { get; set => field = FormRequest.Chosen(value); } = [];

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() is { } refused ? refused : await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        Dates = FormEntry.Read(Days, Request.Form);
        var days = Dates.ToData();
        var rejection = Dates.Faults.Count > 0
            ? new InvalidInput([.. Dates.Faults.Select(f => new FieldError(f.Key, f.Value))])
            : (await mediator.Send(
                new RegisterOrder.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, Given(Number), Kind, Role, Given(Holder), Given(Sits),
                    Day("from"), Day("to"),
                    Scope.Length > 0 ? Scope : null, Acts.Length > 0 ? Acts : null, Given(Reason)), RequestAborted)).Rejection;
        return await AnswerAsync(
            rejection,
            W[
                $"บันทึกคำสั่งที่ {Number} แล้ว งานไปตามคำสั่งนี้ตั้งแต่วันเริ่ม",
                $"Order {Number} is registered. Work follows it from its first day."]);

        string? Day(string name) =>
            days.TryGetProperty(name, out var day) && day.ValueKind == JsonValueKind.String ? day.GetString() : null;

        static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid order, string? comment)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new RevokeOrder.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, order, comment?.Trim()),
            RequestAborted);
        return await AnswerAsync(outcome.Rejection, W["ยกเลิกคำสั่งแล้ว", "The order is revoked."]);
    }

    async Task<IActionResult> AnswerAsync(Rejection? refused, string done)
    {
        if (refused is not null)
        {
            Refuse(refused);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/orders", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Today = BangkokTime.DateOf(time.GetUtcNow());
        Catalogue = await procedures.ListAsync(TheOffice.Code, RequestAborted);
        Guid? after = Guid.TryParse(HttpContext.Text("after"), out var id) ? id : null;
        Later = after is not null;
        Members = await people.MembersAsync(TheOffice.Code, RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        var found = await OrderRegister.ReadAsync(connection, TheOffice.Code, after, null, PageSize + 1);
        Orders = [.. found.Take(PageSize)];
        NextPage = found.Count > PageSize ? PageLink.To("/admin/orders", ("office", Office), ("after", Orders[^1].Id.ToString())) : null;
        return Page();
    }

    /// <summary>Whether an order is in force today, was, or will be.</summary>
    public (string Text, string Tone) Standing(OrderView order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.RevokedAt is not null ? (W["ยกเลิกแล้ว", "revoked"], "bad")
            : order.To < Today ? (W["สิ้นสุดแล้ว", "over"], "")
            : order.From > Today ? (W["ยังไม่เริ่ม", "not yet"], "warn")
            : (W["มีผลอยู่", "in force"], "good");
    }

    public string NameOf(string definitionKey) =>
        Catalogue.FirstOrDefault(c => c.Key == definitionKey) is { } card ? W[card.Name] : definitionKey;

    /// <summary>What somebody may be empowered to do.</summary>
    public string ActName(string act) => act switch
    {
        "vote" => W["ลงมติ", "Vote"],
        "cancel" => W["ยกเลิกเรื่อง", "Cancel a case"],
        "suspend" => W["พักเรื่อง", "Suspend a case"],
        "resume" => W["ให้เรื่องเดินต่อ", "Resume a case"],
        "reopen" => W["เปิดงานใหม่", "Open a task again"],
        "extend" => W["ขยายเวลา", "Extend a limit"],
        "confirm-deadline" => W["ยืนยันกำหนดเวลา", "Confirm a moved limit"],
        _ => ActWords.Of(W, act, StepType.Task).Label,
    };
}
