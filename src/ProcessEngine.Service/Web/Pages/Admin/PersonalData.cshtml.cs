using System.Text;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Redactions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>What the record holds of a person: to find it, to give it to them, and to have it taken out by two people.</summary>
public sealed class PersonalDataModel(IMediator mediator, Redactions redactions) : AdminPage
{
    /// <summary>Places that are shown; the file has all of them.</summary>
    public const int Shown = 50;

    const int Requests = 20;

    [BindProperty]
    public string? Terms { get; set; }

    public FoundPlaces? Found { get; private set; }
    public IReadOnlyList<RedactionView> List { get; private set; } = [];
    protected override IReadOnlyList<string> Whose => PersonalData.Keepers;

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostSearchAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        if (await SearchAsync(null) is { } found)
            Found = found;
        return await ShowAsync();
    }

    /// <summary>All of it, as a file for the person whom it is about.</summary>
    public async Task<IActionResult> OnPostFileAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var places = new List<FoundPlace>();
        for (Guid? after = null; ;)
        {
            if (await SearchAsync(after) is not { } found)
                return await ShowAsync();
            places.AddRange(found.Items);
            if ((after = found.Next) is null)
                break;
        }

        return File(
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { office = TheOffice.Code, items = places }, JsonShape.Options)),
            "application/json", "personal-data.json");
    }

    public async Task<IActionResult> OnPostAskAsync(string? ground, string? paper)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        return await AnswerAsync(
            await mediator.Send(
                new RedactionEndpoints.Ask(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, Lines(), ground, paper),
                RequestAborted),
            W["ส่งคำขอแล้ว รอผู้อำนวยการพิจารณา", "Asked for. It waits for the director."]);
    }

    public Task<IActionResult> OnPostConfirmAsync(Guid id) =>
        DecideAsync(id, null, W["ลบข้อมูลแล้ว", "It is taken out."]);

    public Task<IActionResult> OnPostRefuseAsync(Guid id, string? reason) =>
        DecideAsync(id, reason ?? "", W["บันทึกว่าไม่อนุมัติแล้ว", "The refusal is stored."]);

    async Task<IActionResult> DecideAsync(Guid id, string? refusedAs, string done)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        return await AnswerAsync(
            await mediator.Send(
                new RedactionEndpoints.Decide(
                    Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, id, refusedAs is null, refusedAs?.Trim()),
                RequestAborted),
            done);
    }

    async Task<IActionResult> AnswerAsync(Outcome<StoredAnswer> outcome, string done)
    {
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/personal-data", ("office", Office)));
    }

    async Task<FoundPlaces?> SearchAsync(Guid? after)
    {
        var outcome = await mediator.Send(new RedactionEndpoints.Search(Caller, TheOffice.Code, Lines(), after), RequestAborted);
        if (outcome.Rejection is { } no)
            Refuse(no);
        return outcome.Value;
    }

    string[] Lines() => [.. (Terms ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    async Task<IActionResult> ShowAsync()
    {
        List = await redactions.ListAsync(TheOffice.Code, null, Requests, RequestAborted);
        return Page();
    }

    /// <summary>Never on one's own request.</summary>
    public bool MayDecide(RedactionView one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return Caller.Holds(Roles.Director, TheOffice.Code) && one.AskedBy != Caller.UserId;
    }

    public (string Text, string Tone) Standing(RedactionView one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return one.State switch
        {
            "done" => (
                W[$"ลบแล้ว {one.Events} รายการ ใน {one.Cases} เรื่อง", $"taken out of {one.Events} entries of {one.Cases} cases"], "good"),
            "refused" => (W["ไม่อนุมัติ", "refused"], ""),
            _ => (W["รอผู้อำนวยการ", "waits for the director"], "warn"),
        };
    }
}
