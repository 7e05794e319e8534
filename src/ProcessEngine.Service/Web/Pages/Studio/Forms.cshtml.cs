using System.Text.Json.Nodes;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>
/// The form of one step's own, field by field, with the form that it makes beside it. One field at a time is open to be filled in. It is
/// part of the draft, and needs no script.
/// </summary>
public sealed class FormsModel(Database database, DefinitionFolder folder, IMediator mediator) : StudioPage
{
    public string Key { get; private set; } = "";
    public string Step { get; private set; } = "";
    public string StepName { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;
    public FormTable Form { get; private set; } = null!;

    /// <summary>Whether there is a form yet.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Whether the step fills in shared forms now.</summary>
    public bool HasShared { get; private set; }

    public FormRow? Open { get; private set; }
    public string Mark { get; private set; } = "";
    public int Revision { get; private set; }
    public IReadOnlyList<(string Id, string Title)> Shared { get; private set; } = [];

    /// <summary>The names of fields that conditions may read already.</summary>
    public IReadOnlySet<string> Declared { get; private set; } = new HashSet<string>();

    /// <summary>The form as whoever does the step sees it; null while it has faults.</summary>
    public FormEntry? Preview { get; private set; }

    public IReadOnlyList<LocalizedText> Faults { get; private set; } = [];

    string text = "";
    int? expected;

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    public string Address(string? field = null, string? handler = null)
    {
        var query = string.Join('&', new[]
        {
            Where.Length > 0 ? Where[1..] : "", field is null ? "" : "field=" + Uri.EscapeDataString(field),
            handler is null ? "" : "handler=" + handler,
        }.Where(part => part.Length > 0));
        return $"/studio/definitions/{Key}/forms/{Uri.EscapeDataString(Step)}{(query.Length > 0 ? "?" + query : "")}";
    }

    public string Table => TableModel.AddressOf(Key, Where, Step) + "#row-" + Uri.EscapeDataString(Step);

    public async Task<IActionResult> OnGetAsync([FromRoute] string key, [FromRoute] string step) =>
        await ShowAsync(key, step, HttpContext.Text("field")) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromRoute] string key, [FromRoute] string step)
    {
        var form = await Request.ReadFormAsync(RequestAborted);
        if (!await ShowAsync(key, step, form["field"]))
            return NotFound();
        if (Open is not { } before)
            return Refuse(DefinitionTable.Gone);
        var filled = FormWords.Read(before, name => form.TryGetValue(name, out var value) ? value.ToString() : null);
        Open = filled;
        if (form["was"] != Mark)
        {
            return Refuse(InvalidInput.At(
                null, "มีผู้แก้ช่องนี้ไปแล้ว สิ่งที่ท่านกรอกยังอยู่ ตรวจแล้วกดบันทึกอีกครั้งเพื่อใช้แทน",
                "Somebody has changed this field. What you filled in is still here: look, and save once more to put it in its place."));
        }

        if (filled.Label.Length == 0)
            return Refuse(NoLabel);
        if (filled.HasChoices && filled.Choices.Length == 0)
            return Refuse(InvalidInput.At("choices", "ต้องมีตัวเลือกอย่างน้อยหนึ่งบรรทัด", "Write at least one choice."));
        var edited = FormTable.Change(text, step, filled);
        if (edited.Value is { } content && form["declare"] == "true" && !Declared.Contains(filled.Name))
            edited = FormTable.Declare(content, step, filled.Name);
        return await StoreAsync(edited, filled.Name);
    }

    public Task<IActionResult> OnPostAddAsync([FromRoute] string key, [FromRoute] string step, string? label, string? kind, int revision) =>
        EditAsync(key, step, null, revision, content => Clean(label) is not { } clean ? NoLabel
            : FormTable.Add(content, step, FormWords.KindOf(kind), clean));

    public Task<IActionResult> OnPostFieldAsync(
        [FromRoute] string key, [FromRoute] string step, string? field, string? act, int revision) =>
        EditAsync(key, step, act == "delete" ? null : field, revision, content => act switch
        {
            "copy" => FormTable.Duplicate(content, step, field ?? ""),
            "delete" => FormTable.Delete(content, step, field ?? ""),
            _ => FormTable.Move(content, step, field ?? "", act == "up"),
        });

    public Task<IActionResult> OnPostTitleAsync(
        [FromRoute] string key, [FromRoute] string step, string? title, string? titleEn, int revision) =>
        EditAsync(key, step, null, revision, content => Clean(title) is not { } clean ? NoLabel
            : FormTable.Entitle(content, step, clean, Clean(titleEn) ?? ""));

    public Task<IActionResult> OnPostImportAsync([FromRoute] string key, [FromRoute] string step, string? form, int revision) =>
        EditAsync(key, step, null, revision, content => folder.Forms.Find(form ?? "") is { } shared
            ? FormTable.Import(content, step, shared)
            : InvalidInput.At("form", "ไม่มีแบบฟอร์มที่เลือก", "There is no such form."));

    public Task<IActionResult> OnPostRemoveAsync([FromRoute] string key, [FromRoute] string step, int revision) =>
        EditAsync(key, step, null, revision, content => FormTable.Remove(content, step));

    static InvalidInput NoLabel => InvalidInput.At("label", "ต้องระบุชื่อ", "Give it a name.");

    static string? Clean(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= 300 } clean && ValidationRules.IsClean(clean) ? clean : null;

    async Task<IActionResult> EditAsync(string key, string step, string? field, int revision, Func<string, Outcome<string>> edit)
    {
        if (!await ShowAsync(key, step, null))
            return NotFound();
        expected = revision;
        return revision != Revision ? Refuse(new DraftChanged(key, revision, Revision)) : await StoreAsync(edit(text), field);
    }

    async Task<IActionResult> StoreAsync(Outcome<string> edited, string? field)
    {
        var rejection = !Access.MayEdit ? new NotAllowed("edit-definitions", [Roles.ProcessOwner]) : edited.Rejection;
        if (rejection is null && edited.Value is { } content && content != text)
        {
            rejection = (await mediator.Send(
                new Drafts.Save(
                    Caller, await HttpContext.IdentifyFormAsync(), Access.Office, Key,
                    StudioModel.ToContent(JsonNode.Parse(content)!.AsObject(), Key), expected ?? Revision),
                RequestAborted)).Rejection;
        }

        if (rejection is not null)
            return Refuse(rejection);
        SetFlash(W["บันทึกในฉบับร่างแล้ว", "Stored in the draft"]);
        return Redirect(Address() + (field is null ? "" : "#field-" + Uri.EscapeDataString(field)));
    }

    async Task<bool> ShowAsync(string key, string step, string? field)
    {
        string? content;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return false;
            (Key, Step, Definition) = (found.Key, step, found);
            var draft = await OfficeDrafts.FindAsync(connection, Access.Office, key);
            Revision = draft?.Revision ?? 0;
            content = draft?.Content
                ?? await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
        }

        if (content is null || FormTable.Read(content, step) is not { } form)
            return false;
        (text, Form) = (content, form);
        StepName = DefinitionTable.Read(content)?.Find(step)?.Name ?? step;
        HasShared = FormTable.HasShared(content, step);
        Shared = [.. folder.Forms.All];
        Declared = TableData.Read(content).Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        Open = field is null ? null : form.Rows.FirstOrDefault(r => r.Name == field);
        Mark = Open is null ? "" : FormTable.MarkOf(Open);
        if (FormTable.SchemaOf(content, step) is { } schema)
        {
            IsThere = true;
            var (read, problems) = FormSchema.Read(schema);
            Faults = [.. problems.Select(p => p.Reason)];
            Preview = read is null ? null : FormEntry.Of(read.Fields);
        }

        return true;
    }
}
