using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>
/// A definition in Elsa Studio, with what Studio does not say beside it: its state, what is wrong with it, what would change.
/// </summary>
public sealed class EditorModel(
    Database database, DefinitionCatalog definitions, DefinitionFolder folder, People people, IMediator mediator) : StudioPage
{
    public string Key { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;
    public OfficeDraft? Draft { get; private set; }
    public string DraftBy { get; private set; } = "";
    public Drafts.Checked? Checked { get; private set; }
    public int Aside { get; private set; }
    public DraftReview? Review { get; private set; }
    public IReadOnlyList<DraftComments.Comment> Comments { get; private set; } = [];

    /// <summary>The boxes that have lists of objects, with their names.</summary>
    public IReadOnlyList<(string Id, string Name)> StepsWithLists { get; private set; } = [];

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    public IEnumerable<LocalizedText> InWords(IEnumerable<Finding> findings) => StudioDefinitionEdits.InWords(findings, Draft?.Content);

    public async Task<IActionResult> OnGetAsync([FromRoute] string key)
    {
        AllowStudio();
        return await ShowAsync(key) ? Page() : NotFound();
    }

    /// <summary>The panel alone, after a save.</summary>
    public async Task<IActionResult> OnGetPanelAsync([FromRoute] string key) =>
        await ShowAsync(key) ? Partial("_EditorPanel", this) : NotFound();

    /// <param name="revision">Of the draft that the canvas shows: no other is published.</param>
    public async Task<IActionResult> OnPostPublishAsync([FromRoute] string key, int revision, string? reason) => await ActAsync(
        key, await PublicationAsync(key, revision, reason),
        W[
            "เผยแพร่แล้ว เรื่องใหม่จะใช้รุ่นนี้ เรื่องที่ดำเนินอยู่ใช้รุ่นเดิม",
            "Published. New cases start on it; those that run stay on theirs."]);

    /// <param name="revision">Of the draft that the reviewer has seen on the canvas.</param>
    public async Task<IActionResult> OnPostApproveAsync([FromRoute] string key, int revision, string? comment) => await ActAsync(
        key, new ApproveDraft.Command(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, revision, comment),
        W["บันทึกการสอบทานแล้ว เผยแพร่ได้", "Approved: it may be published."]);

    public async Task<IActionResult> OnPostDiscardAsync([FromRoute] string key) => await ActAsync(
        key, new Drafts.Discard(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key),
        W["ยกเลิกฉบับร่างแล้ว นำกลับได้ภายใน 30 วัน", "The draft is discarded. It can be taken back within 30 days."]);

    public async Task<IActionResult> OnPostDeleteAsync([FromRoute] string key) => await ActAsync(
        key, new Drafts.Discard(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, Whole: true),
        W["ลบกระบวนงานแล้ว นำกลับได้ภายใน 30 วันจากท้ายหน้านี้",
            "The procedure is deleted. It can be taken back within 30 days, at the end of this page."]);

    /// <summary>What may be done with the draft.</summary>
    public DraftActs? Acts => Draft is null || !Access.MayEdit ? null : new(
        $"/studio/editor/{Key}", Where, NewKey, Draft, Name, Definition.LatestVersion == 0, Checked?.Sound == true,
        Checked?.Changes.Count ?? 0, Reason, Review!, Review!.MayBeApprovedBy(Caller.UserId));

    async Task<IActionResult> ActAsync(string key, IRequest<Outcome<StoredAnswer>> command, string done)
    {
        AllowStudio();
        Rejection? rejection = Access.MayEdit
            ? (await mediator.Send(command, RequestAborted)).Rejection
            : new NotAllowed("edit-definitions", [Roles.ProcessOwner]);
        if (rejection is null)
        {
            SetFlash(done);
            // A definition that was never published is gone with its draft.
            return command is Drafts.Discard && !await ShowAsync(key)
                ? Redirect("/studio" + Where)
                : Redirect($"/studio/editor/{key}{Where}");
        }

        return await ShowAsync(key) ? Refuse(rejection) : NotFound();
    }

    async Task<bool> ShowAsync(string key)
    {
        string? shown;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return false;
            (Key, Definition) = (found.Key, found);
            Draft = await OfficeDrafts.FindAsync(connection, Access.Office, key) is { IsOpen: true } draft ? draft : null;
            Review = Draft is null ? null : await DraftReviews.FindAsync(connection, Access.Office, key, Draft.Revision);
            Comments = await DraftComments.OpenAsync(connection, Access.Office, key);
            Aside = (await OfficeDrafts.SetAsideAsync(connection, Access.Office, key)).Count(c => c.DiscardedAt is null);
            shown = Draft?.Content
                ?? await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
        }

        StepsWithLists = shown is null ? [] : StudioModel.BoxesOf(shown, StepLists.HasAny);
        if (Draft is { Content: { } content })
        {
            Checked = await Drafts.ExamineAsync(definitions, folder.Forms, Access.Office, key, content, RequestAborted);
            DraftBy = (await people.NamesAsync([Draft.UpdatedBy], RequestAborted)).GetValueOrDefault(Draft.UpdatedBy, "");
        }

        return true;
    }
}
