using System.Text.Json.Nodes;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>The lists of one box, to be filled in: a page of its own, and beside the canvas (<c>part</c>).</summary>
public sealed class StepModel(Database database, IMediator mediator) : StudioPage
{
    public string Key { get; private set; } = "";
    public string Step { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string Type { get; private set; } = "";
    public string Mark { get; private set; } = "";
    public StepLists Lists { get; private set; } = null!;
    public IReadOnlyList<string> Variables { get; private set; } = [];

    /// <summary>Beside the canvas, without a page around it.</summary>
    public bool IsPart { get; private set; }

    /// <summary>
    /// Stored just now; how the canvas learns of it: <c>draw</c> what there is, or <c>load</c> the page, for other ways out.
    /// </summary>
    public string? Stored { get; private set; }

    public string Address => $"/studio/definitions/{Key}/steps/{Uri.EscapeDataString(Step)}{Where}";

    public async Task<IActionResult> OnGetAsync([FromRoute] string key, [FromRoute] string step) =>
        await FindAsync(key, step) is not null ? Shown() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromRoute] string key, [FromRoute] string step)
    {
        if (await FindAsync(key, step) is not var (model, box, draft) || model is null)
            return NotFound();
        var form = await Request.ReadFormAsync(RequestAborted);
        var filled = StepLists.From(name => form.TryGetValue(name, out var value) ? value.ToString() : null);
        if (!Access.MayEdit)
            return Again(new NotAllowed("edit-definitions", [Roles.ProcessOwner]), filled);
        // The canvas may have been saved meanwhile: only these lists must be those that were seen.
        if (form["was"] != Mark)
            return Again(
                InvalidInput.At(
                    null,
                    "มีผู้แก้รายการของขั้นตอนนี้ไปแล้ว สิ่งที่ท่านกรอกยังอยู่ ตรวจแล้วกดบันทึกอีกครั้งเพื่อใช้แทน",
                    "Somebody has changed these lists. What you filled in is still here: look, "
                        + "and save once more to put it in their place."),
                filled);
        var ports = Lists.Ports.ToList();
        filled.WriteTo(box);
        var outcome = await mediator.Send(
            new Drafts.Save(
                Caller, await HttpContext.IdentifyFormAsync(), Access.Office, Key, StudioModel.ToContent(model, Key), draft?.Revision),
            RequestAborted);
        if (outcome.Rejection is { } rejection)
            return Again(rejection, filled);
        if (!IsPart)
        {
            SetFlash(W["บันทึกในฉบับร่างแล้ว", "Stored in the draft"]);
            return Redirect(Address);
        }

        await FindAsync(key, step);
        Stored = Lists.Ports.SequenceEqual(ports) ? "draw" : "load";
        return Shown();
    }

    IActionResult Shown() => IsPart ? Partial("_StepForm", this) : Page();

    IActionResult Again(Rejection rejection, StepLists filled)
    {
        Lists = filled;
        var page = Refuse(rejection);
        return IsPart ? Partial("_StepForm", this) : page;
    }

    async Task<(JsonObject Model, JsonObject Activity, OfficeDraft? Draft)?> FindAsync(string key, string step)
    {
        (Key, Step, IsPart) = (key, step, HttpContext.Text("part") is not null);
        string? content;
        OfficeDraft? draft;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } definition)
                return null;
            draft = await OfficeDrafts.FindAsync(connection, Access.Office, key);
            content = draft?.Content ?? await OfficeDefinitions.ContentAsync(
                connection, Access.Office, key, definition.CurrentVersion ?? definition.LatestVersion);
        }

        if (content is null || JsonNode.Parse(content) is not JsonObject model
            || (model["root"]?["activities"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(a =>
                (string?)a["id"] == step) is not { } box
            || !StepLists.HasAny((string?)box["type"]))
            return null;
        (Type, Name) = ((string?)box["type"] ?? "", (string?)box["name"] ?? step);
        (Mark, Lists) = (StepLists.MarkOf(box), StepLists.Of(box));
        Variables = [.. (model["variables"] as JsonArray ?? []).OfType<JsonObject>().Select(v => (string?)v["name"]).OfType<string>()];
        return (model, box, draft);
    }
}
