using System.Text.Json;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// Somebody leaves: what becomes of their open work is chosen first, then their account is closed. What they did stays theirs.
/// </summary>
public sealed class LeaveModel(Database database, HandOverRegister register, People people, IMediator mediator) : AdminPage
{
    /// <summary>In the place of a person: back to everybody of the roles.</summary>
    public const string ToRole = "role";

    [BindProperty(SupportsGet = true)]
    public Guid Person { get; set; }

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public string Name { get; private set; } = "";

    /// <summary>What would become of their open work if it went back to everybody.</summary>
    public HandOverPreview? Work { get; private set; }

    public IReadOnlyList<Colleague> Takers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync() => await ShowAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await ShowAsync() is { } refused)
            return refused;
        var request = await HttpContext.IdentifyFormAsync();
        if (Work is { Items.Count: > 0 } && string.IsNullOrWhiteSpace(To))
            return Refused(InvalidInput.At("to", "เลือกว่างานที่ค้างอยู่จะไปที่ใด", "Choose where their open work goes."));
        if (string.IsNullOrWhiteSpace(Reason))
            return Refused(InvalidInput.At("reason", "ต้องระบุเหตุผล", "A reason is required."));
        // To everybody of the roles it goes by itself when the account is closed.
        if (Work is { Items.Count: > 0 } && To != ToRole && await HandOverAsync(request) is { } no)
            return Refused(no);
        var outcome = await mediator.Send(
            new CloseAccount.Command(Caller, request.Part(Person), Person, false, Reason), RequestAborted);
        if (outcome.Rejection is { } rejection)
            return Refused(rejection);
        SetFlash(W[
            "ปิดบัญชีแล้ว การลงชื่อเข้าใช้และคีย์ทั้งหมดสิ้นสุด งานที่เหลือกลับไปรอผู้มีหน้าที่",
            "The account is closed; its sessions and keys have ended. Whatever is left waits for everybody of its role."]);
        return Redirect(PageLink.To("/admin/people", ("office", Office)));
    }

    async Task<Rejection?> HandOverAsync(RequestId request)
    {
        var outcome = await mediator.Send(
            new HandOverEndpoints.Command(Caller, request, TheOffice.Code, Person.ToString(), To, false, Reason, null), RequestAborted);
        if (outcome.Rejection is not null)
            return outcome.Rejection;
        var receipt = JsonSerializer.Deserialize<HandOverView>(outcome.Value!.Body, JsonShape.Options)!;
        while (receipt.Waiting > 0)
        {
            var more = await mediator.Send(new HandOverEndpoints.ContinueCommand(Caller, TheOffice.Code, receipt.Id), RequestAborted);
            if (more.Rejection is not null)
                return more.Rejection;
            // One that makes no way would go round for ever.
            if (more.Value!.Waiting >= receipt.Waiting)
                break;
            receipt = more.Value;
        }

        return null;
    }

    IActionResult Refused(Rejection rejection)
    {
        Refuse(rejection);
        return Page();
    }

    async Task<IActionResult?> ShowAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await Accounts.RefusalAsync(connection, Caller, Person, "deactivate-user") is { } no)
                return StatusCode(no is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
            Name = (await Accounts.FindAsync(connection, Person))!.DisplayName;
        }

        if (Person == Caller.UserId)
            return StatusCode(StatusCodes.Status403Forbidden);
        Takers = [.. (await people.MembersAsync(TheOffice.Code, RequestAborted)).Where(p => p.UserId != Person)];
        Work = (await register.PreviewAsync(TheOffice.Code, Person.ToString(), null, Caller, RequestAborted)).Value;
        return null;
    }
}
