using MediatR;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Simulations;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Bpmn;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>
/// The life of one definition in an office: its draft and what is wrong with it,
/// its versions and their differences, the manual's newer version, a trial run.
/// </summary>
public sealed class DefinitionModel(
    Database database, DefinitionCatalog definitions, DefinitionFolder folder, Trials trials, IMediator mediator) : StudioPage
{
    const int MaxVersions = 50;

    public string Key { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;
    public OfficeDraft? Draft { get; private set; }
    public Drafts.Checked? Checked { get; private set; }
    public IReadOnlyList<SetAside> Aside { get; private set; } = [];

    /// <summary>Where the open draft stands with its second pair of eyes.</summary>
    public DraftReview? Review { get; private set; }

    /// <summary>Remarks that are open.</summary>
    public IReadOnlyList<DraftComments.Comment> Comments { get; private set; } = [];

    /// <summary>Who else works on it now; null: nobody.</summary>
    public LocalizedText? Others { get; private set; }

    /// <summary>The steps of what is shown, with their names.</summary>
    public IReadOnlyList<(string Id, string Name)> Steps { get; private set; } = [];

    /// <summary>What was discarded and can still be taken back.</summary>
    public IReadOnlyList<SetAside> Discarded { get; private set; } = [];

    public IReadOnlyList<VersionRow> Versions { get; private set; } = [];
    public IReadOnlyList<Difference> ManualChanges { get; private set; } = [];
    public IReadOnlyList<string>? Merged { get; private set; }
    public int From { get; private set; }
    public int To { get; private set; }
    public IReadOnlyList<Difference>? Difference { get; private set; }
    /// <summary>The two versions that are compared, on one chart.</summary>
    public HtmlString? DifferenceChart { get; private set; }

    /// <summary>What is in use and the draft, on one chart.</summary>
    public HtmlString? DraftChart { get; private set; }

    public int? Cases { get; private set; }
    public int PerDay { get; private set; } = 4;
    public int People { get; private set; } = 3;
    public SimulationResult? Trial { get; private set; }

    /// <summary>What the office starts cases on; null: none can start.</summary>
    public ProcessDefinition? InUse { get; private set; }

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    public async Task<IActionResult> OnGetAsync([FromRoute] string key)
    {
        if (!await ShowAsync(key))
            return NotFound();
        (Cases, PerDay, People) = (
            HttpContext.Number("cases"), HttpContext.Number("perday") ?? PerDay, HttpContext.Number("people") ?? People);
        if (Cases is { } cases && Access.MayEdit)
        {
            var request = new Simulate.Request(
                Draft is null ? Definition.CurrentVersion : 0, Access.Office, cases, PerDay, null, null,
                Access.Office is "*" ? null : Access.Office, Roles.Acting.ToDictionary(role => role, _ => People), null, null, null, null,
                null);
            var outcome = await trials.RunAsync(Caller, key, request, RequestAborted);
            if (outcome.Rejection is { } rejection)
                return Refuse(rejection);
            Trial = outcome.Value;
        }

        return Page();
    }

    /// <summary>The draft, or what is in use, as BPMN 2.0 for other tools.</summary>
    public async Task<IActionResult> OnGetBpmnAsync([FromRoute] string key)
    {
        string? content;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return NotFound();
            content = await OfficeDrafts.FindAsync(connection, Access.Office, key) is { Content: { } draft }
                ? draft
                : await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
        }

        return content is not null && ElsaDefinitionReader.Read(folder.Forms.Embed(content), 1, key).Definition is { } definition
            ? File(
                BpmnFile.Write(definition, ElsaLayoutReader.Read(content), rule => RuleWords.Of(W, rule)), "application/bpmn+xml",
                $"{key}.bpmn")
            : NotFound();
    }

    /// <param name="revision">Of the draft that its owner has seen: no other is published.</param>
    public async Task<IActionResult> OnPostPublishAsync([FromRoute] string key, int revision, string? reason) => await ActAsync(
        key, await PublicationAsync(key, revision, reason),
        W[
            "เผยแพร่แล้ว เรื่องใหม่จะใช้รุ่นนี้ เรื่องที่ดำเนินอยู่ใช้รุ่นเดิม",
            "Published. New cases start on it; those that run stay on theirs."]);

    /// <param name="revision">Of the draft that the reviewer has seen.</param>
    public async Task<IActionResult> OnPostApproveAsync([FromRoute] string key, int revision, string? comment) => await ActAsync(
        key, new ApproveDraft.Command(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, revision, comment),
        W["บันทึกการสอบทานแล้ว เผยแพร่ได้", "Approved: it may be published."]);

    public async Task<IActionResult> OnPostCommentAsync([FromRoute] string key, string? step, string? text, string? back) => await ActAsync(
        key, new DraftComments.Write(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, step, text),
        W["ฝากข้อคิดเห็นแล้ว", "The remark is left."], back);

    public async Task<IActionResult> OnPostSettleAsync([FromRoute] string key, Guid id, string? back) => await ActAsync(
        key, new DraftComments.Settle(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, id),
        W["ปิดข้อคิดเห็นแล้ว", "The remark is settled."], back);

    public async Task<IActionResult> OnPostDiscardAsync([FromRoute] string key) =>
        await ActAsync(
            key,
            new Drafts.Discard(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key),
            W["ยกเลิกฉบับร่างแล้ว นำกลับได้ภายใน 30 วัน", "The draft is discarded. It can be taken back within 30 days."]);

    public async Task<IActionResult> OnPostDeleteAsync([FromRoute] string key) => await ActAsync(
        key, new Drafts.Discard(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, Whole: true),
        W[
            "ลบกระบวนงานแล้ว นำกลับได้ภายใน 30 วันจากท้ายหน้านี้",
            "The procedure is deleted. It can be taken back within 30 days, at the end of this page."]);

    /// <summary>What went out of use is in use again.</summary>
    public async Task<IActionResult> OnPostRestoreAsync([FromRoute] string key, int version) => await ActAsync(
        key, new RestoreOwnVersions.Command(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, version),
        W[
            "นำรุ่นของสำนักงานกลับมาใช้แล้ว เรื่องใหม่จะใช้รุ่นนี้",
            "The office's own version is in use again: new cases start on it."]);

    public async Task<IActionResult> OnPostBackAsync([FromRoute] string key) => await ActAsync(
        key, new RetireOwnVersions.Command(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key),
        W[
            "เรื่องใหม่จะใช้รุ่นตามคู่มือ เรื่องที่ดำเนินอยู่ใช้รุ่นเดิม",
            "New cases start on the manual's version; those that run stay on theirs."]);

    public async Task<IActionResult> OnPostResolveAsync([FromRoute] string key, string window, bool use) => await ActAsync(
        key, new Drafts.Resolve(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, window ?? "", use),
        use
            ? W["ใช้ชุดที่เลือกเป็นฉบับร่างแล้ว ฉบับร่างเดิมเก็บแยกไว้", "It is the draft now; what was the draft is kept beside it."]
            : W["นำออกแล้ว นำกลับได้ภายใน 30 วัน", "Put away. It can be taken back within 30 days."]);

    /// <summary>What the manual changed since, laid into the office's own version, as a draft to look at.</summary>
    public async Task<IActionResult> OnPostMergeAsync([FromRoute] string key)
    {
        if (!await ShowAsync(key))
            return NotFound();
        if (!Access.MayEdit)
            return Refuse(new NotAllowed("edit-definitions", [Roles.ProcessOwner]));
        if (!Definition.ManualIsNewer || Draft is not null)
            return Redirect($"/studio/definitions/{key}{Where}");
        string? from, own, manual;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            from = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, Definition.ManualVersion!.Value);
            own = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, Definition.OwnVersion!.Value);
            manual = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, Definition.SharedVersion!.Value);
        }

        var (content, conflicts) = DefinitionMerge.Merge(from!, own!, manual!);
        var outcome = await mediator.Send(
            new Drafts.Save(
                Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, content,
                null)
            { ManualVersion = Definition.SharedVersion },
            RequestAborted);
        if (outcome.Rejection is { } rejection)
            return Refuse(rejection);
        await ShowAsync(key);
        Merged = [.. conflicts.Select(c => c.Length > 0 ? c : W["ข้อมูลของกระบวนงาน", "the head of the definition"])];
        return Page();
    }

    /// <param name="row">Whoever came from a row of the table goes back to it.</param>
    async Task<IActionResult> ActAsync(string key, IRequest<Outcome<StoredAnswer>> command, string done, string? row = null)
    {
        var rejection = Access.MayEdit
            ? (await mediator.Send(command, RequestAborted)).Rejection
            : new NotAllowed("edit-definitions", [Roles.ProcessOwner]);
        if (rejection is not null)
            return await ShowAsync(key) ? Refuse(rejection) : NotFound();
        SetFlash(done);
        if (!await ShowAsync(key))
            return Redirect("/studio" + Where);
        return Redirect(row is { Length: > 0 and <= 200 }
            ? TableModel.AddressOf(key, Where, row) + "#row-" + Uri.EscapeDataString(row)
            : $"/studio/definitions/{key}{Where}");
    }

    async Task<bool> ShowAsync(string key)
    {
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return false;
            (Key, Definition) = (found.Key, found);
            Draft = await OfficeDrafts.FindAsync(connection, Access.Office, key) is { IsOpen: true } draft ? draft : null;
            var kept = await OfficeDrafts.SetAsideAsync(connection, Access.Office, key);
            (Aside, Discarded) = ([.. kept.Where(c => c.DiscardedAt is null)], [.. kept.Where(c => c.DiscardedAt is not null)]);
            (Versions, _) = await OfficeDefinitions.VersionsAsync(connection, Access.Office, key, 0, MaxVersions);
            Review = Draft is null ? null : await DraftReviews.FindAsync(connection, Access.Office, key, Draft.Revision);
            Comments = await DraftComments.OpenAsync(connection, Access.Office, key);
            Others = Presence.InWords(await Presence.OthersAsync(
                connection, Access.Office, key, Caller.UserId, Of<TimeProvider>().GetUtcNow()));
            var shown = Draft?.Content
                ?? await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
            Steps = shown is null ? [] : [.. (DefinitionTable.Read(shown)?.Rows ?? []).Select(r => (r.Id, r.Name))];
        }

        InUse = await definitions.StartableAsync(key, Access.Office, RequestAborted);
        await DrawAsync(key);
        if (Draft is { Content: { } content })
            Checked = await Drafts.ExamineAsync(definitions, folder.Forms, Access.Office, key, content, RequestAborted);
        if (Definition.ManualIsNewer)
            ManualChanges = DefinitionDiff.Between(
                await definitions.GetAsync(key, Definition.ManualVersion!.Value),
                await definitions.GetAsync(key, Definition.SharedVersion!.Value));
        (From, To) = (HttpContext.Number("from") ?? 0, HttpContext.Number("to") ?? 0);
        if (Versions.Any(v => v.Version == From) && Versions.Any(v => v.Version == To))
            Difference = DefinitionDiff.Between(await definitions.GetAsync(key, From), await definitions.GetAsync(key, To));
        else if (Versions.Count > 1)
            (From, To) = (Definition.ManualVersion ?? Versions[1].Version, Definition.CurrentVersion ?? Versions[0].Version);
        return true;
    }

    async Task DrawAsync(string key)
    {
        string? used = null, from = null, to = null;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (Draft is not null && Definition.CurrentVersion is { } current)
                used = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, current);
            if (HttpContext.Number("from") is { } one && HttpContext.Number("to") is { } other)
            {
                from = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, one);
                to = await OfficeDefinitions.ContentAsync(connection, Access.Office, key, other);
            }
        }

        var office = await Of<OfficeCalendars>().FindOfficeAsync(Access.Office, RequestAborted);
        var kind = OfficeKinds.Parse(office?.Kind ?? OfficeKinds.Area);
        (DraftChart, DifferenceChart) = (Drawn(used, Draft?.Content), Drawn(from, to));

        HtmlString? Drawn(string? earlier, string? later) => earlier is not null && later is not null && VersionChart.Draw(
            earlier, later, kind, folder.Forms, W.English,
            W[
                "ผังงานของสองรุ่น + เพิ่ม − นำออก ≠ เปลี่ยน ข้อความด้านล่างบอกเรื่องเดียวกัน",
                "Both on one chart: + new, − gone, ≠ changed. The words below say the same."])
            is { } drawn ? new HtmlString(W.DigitsOfDrawing(drawn)) : null;
    }

    /// <summary>
    /// What a copy beside the draft has otherwise than the draft, or where there is none than what is in use. Null: there is neither, or
    /// one of them cannot be read.
    /// </summary>
    public IReadOnlyList<Difference>? AsideChanges(SetAside copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        var other = ElsaDefinitionReader.Read(folder.Forms.Embed(copy.Content), 1, Key).Definition;
        var mine = Draft?.Content is { } content ? ElsaDefinitionReader.Read(folder.Forms.Embed(content), 1, Key).Definition : InUse;
        return mine is null || other is null ? null : DefinitionDiff.Between(mine, other);
    }

    /// <summary>Whether a version of the office's own went out of use so lately that it can be taken back.</summary>
    public bool CanRestore(VersionRow version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.IsOwn && version.RetiredAt > Of<TimeProvider>().GetUtcNow() - OfficeDrafts.KeepFor;
    }

    /// <summary>What may be done with the draft.</summary>
    public DraftActs? Acts => Draft is null || !Access.MayEdit ? null : new(
        $"/studio/definitions/{Key}", Where, NewKey, Draft, Name, Definition.LatestVersion == 0, Checked?.Sound == true,
        Checked?.Changes.Count ?? 0, Reason, Review!, Review!.MayBeApprovedBy(Caller.UserId));

    /// <summary>Remarks, and where another one is left.</summary>
    public StepComments Remarks => new(
        $"/studio/definitions/{Key}", Where, NewKey, Access.MayEdit, Comments, "", "", Steps,
        id => id.Length == 0 ? W["ทั้งกระบวนงาน", "the whole"] : Steps.FirstOrDefault(s => s.Id == id).Name ?? id);
}
