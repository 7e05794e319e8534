using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>Is the record intact? What was verified, what was found, and the newest anchor to keep outside.</summary>
public sealed class VerificationModel(Verifications runs, Database database, IMediator mediator, TimeProvider time) : DeskPage
{
    const int PageSize = 20;

    public IReadOnlyList<VerificationView> Runs { get; private set; } = [];
    public string? NextPage { get; private set; }

    /// <summary>What the reader may have verified; null for the whole installation.</summary>
    public IReadOnlyList<string?> Scopes { get; private set; } = [];

    public Anchor? Newest { get; private set; }
    public DateTimeOffset Now { get; private set; }
    public string NewKey { get; } = FormRequest.NewKey();
    public LocalizedText? No { get; private set; }

    public static bool MayLook(Caller caller) => Verifications.OfficesOf(caller) is not { Count: 0 };

    public async Task<IActionResult> OnGetAsync()
    {
        if (!MayLook(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        Guid? before = HttpContext.Text("before") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("before", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
        Now = time.GetUtcNow();
        Scopes = Verifications.OfficesOf(Caller) is { } own
            ? [.. own]
            : (IReadOnlyList<string?>)[null, .. await OfficesWhereAsync(Verifications.Readers)];
        var rows = await runs.ListAsync(Caller, before, PageSize + 1, RequestAborted);
        Runs = [.. rows.Take(PageSize)];
        if (rows.Count > PageSize)
            NextPage = PageLink.To("/reports/verification", ("before", Runs[^1].Id.ToString()));
        await using var connection = await database.OpenAsync(RequestAborted);
        Newest = (await SealAnchors.NewestAsync(connection, null, 1, RequestAborted)).FirstOrDefault();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? office)
    {
        var outcome = await mediator.Send(
            new VerifyStore.Command(Caller, await HttpContext.IdentifyFormAsync(), office), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            var problem = Problems.From(no);
            (Response.StatusCode, No) = (problem.Status, problem.Why);
            return await OnGetAsync();
        }

        SetFlash(W["เริ่มตรวจสอบแล้ว โหลดหน้านี้อีกครั้งเพื่อดูผล", "It has begun. Load this page again to see what came of it."]);
        return Redirect("/reports/verification");
    }

    /// <summary>The newest anchor as a file.</summary>
    public async Task<IActionResult> OnGetAnchorAsync()
    {
        if (!MayLook(Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        await using var connection = await database.OpenAsync(RequestAborted);
        var newest = (await SealAnchors.NewestAsync(connection, null, 1, RequestAborted)).FirstOrDefault();
        return newest is null
            ? NotFound()
            : File(System.Text.Encoding.UTF8.GetBytes(newest.ToJson() + "\n"), "application/json", $"anchor-{newest.Number}.json");
    }

    public string NameOf(string? scope) => scope ?? W["ทุกสำนักงาน", "All offices"];

    public (string Text, string Tone) Standing(VerificationView run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run switch
        {
            { Faults: > 0 } =>
                (W[$"พบ {run.Faults} แห่งที่ไม่เหมือนที่เขียนไว้", $"{run.Faults} places are not as they were written"], "bad"),
            { State: "done" } => (W["ครบถ้วน เหมือนที่เขียนไว้ทุกเหตุการณ์", "Whole: every event is as it was written"], "good"),
            { State: "running" } => (W["กำลังตรวจสอบ", "under way"], ""),
            _ => (W["รอตรวจสอบ", "waiting"], ""),
        };
    }
}
