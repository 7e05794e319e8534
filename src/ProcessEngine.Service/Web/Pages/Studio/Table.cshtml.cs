using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using MediatR;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>
/// A procedure as a table: one row a step, with the chart that they make beside it. One row at a time is open to be filled in, so that the
/// page is small however long the procedure is. It needs no script.
/// </summary>
public sealed class TableModel(
    Database database, DefinitionCatalog definitions, DefinitionFolder folder, OfficeCalendars offices, IMediator mediator) : StudioPage
{
    public string Key { get; private set; } = "";
    public OfficeDefinition Definition { get; private set; } = null!;
    public OfficeDraft? Draft { get; private set; }
    public string Text { get; private set; } = "";
    public DefinitionTable Table { get; private set; } = null!;
    public IReadOnlyList<TableData> Data { get; private set; } = [];
    public ReadDefinition Proof { get; private set; } = null!;

    /// <summary>What the procedure says of itself as a whole.</summary>
    public TableHead Head { get; private set; } = null!;

    /// <summary>Procedures that a row may go on to, by name; only for the row that asks.</summary>
    public IReadOnlyList<(string Key, string Name)> Procedures { get; private set; } = [];

    /// <summary>Rows that the draft has no more, at which running cases stand.</summary>
    public IReadOnlyList<(string Name, int Cases)> Removed { get; private set; } = [];
    public HtmlString? Chart { get; private set; }

    /// <summary>The row that is open to be filled in; null: none.</summary>
    public TableRow? Open { get; private set; }

    /// <summary>What the open row was when it was read.</summary>
    public string Mark { get; private set; } = "";

    public DraftReview? Review { get; private set; }

    /// <summary>Remarks that are open.</summary>
    public IReadOnlyList<DraftComments.Comment> Comments { get; private set; } = [];

    /// <summary>Who else works on it now; null: nobody.</summary>
    public LocalizedText? Others { get; private set; }

    /// <summary>Remarks on the open row, and where another one is left.</summary>
    public StepComments RemarksOf(string row) => new(
        $"/studio/definitions/{Key}", Where, NewKey, Access.MayEdit, [.. Comments.Where(c => c.Step == row)], row, row, null, null);

    /// <summary>How many running cases stand at the open row.</summary>
    public int CasesThere { get; private set; }

    /// <summary>The revision of the draft that is shown; 0 and upwards also where none is open.</summary>
    public int Revision { get; private set; }

    public IReadOnlyList<(string Id, string Title)> Forms { get; private set; } = [];

    public LocalizedText Name => new(Definition.NameTh, Definition.NameEn);

    public string Address(string? row = null, string? handler = null) => AddressOf(Key, Where, row, handler);

    public static string AddressOf(string key, string where, string? row = null, string? handler = null)
    {
        var query = string.Join('&', new[]
        {
            where.Length > 0 ? where[1..] : "", row is null ? "" : "row=" + Uri.EscapeDataString(row),
            handler is null ? "" : "handler=" + handler,
        }.Where(part => part.Length > 0));
        return $"/studio/definitions/{key}/table{(query.Length > 0 ? "?" + query : "")}";
    }

    /// <summary>Findings of a row, or of the whole with null.</summary>
    public IEnumerable<Finding> FindingsOf(string? row) => Proof.Findings.Where(f => f.ActivityId == row);

    /// <summary>What of a row is edited in Studio, as Studio calls it.</summary>
    public static IEnumerable<string> BesidesOf(TableRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var names = StudioActivities.All.FirstOrDefault(a => a.Name == row.Type)?.Inputs(StudioSurroundings.None)
            .ToDictionary(i => i.Name, i => i.DisplayName, StringComparer.OrdinalIgnoreCase) ?? [];
        return row.Besides.Count == 0 ? [row.Type] : row.Besides.Select(name => names.GetValueOrDefault(name, name)).Distinct();
    }

    /// <summary>Where a way leads, in words.</summary>
    public string NameOf(string id)
    {
        foreach (var (i, row) in Table.Rows.Index())
        {
            if (row.Id == id)
                return W[$"{i + 1}. {row.Name}", $"{i + 1}. {row.Name}"];
        }

        return Table.Ends.FirstOrDefault(e => e.Id == id).Name ?? W["ยังไม่มี", "nowhere yet"];
    }

    public async Task<IActionResult> OnGetAsync([FromRoute] string key) =>
        await ShowAsync(key, HttpContext.Text("row")) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromRoute] string key)
    {
        var form = await Request.ReadFormAsync(RequestAborted);
        if (!await ShowAsync(key, form["row"]))
            return NotFound();
        if (Open is not { } before)
            return Refuse(DefinitionTable.Gone);
        var filled = FieldsOf(form).Read(before);
        if (form["was"] != Mark)
        {
            Open = filled;
            return Refuse(InvalidInput.At(
                null, "มีผู้แก้แถวนี้ไปแล้ว สิ่งที่ท่านกรอกยังอยู่ ตรวจแล้วกดบันทึกอีกครั้งเพื่อใช้แทน",
                "Somebody has changed this row. What you filled in is still here: look, and save once more to put it in its place."));
        }

        if (NewName(filled.Name) is null)
        {
            Open = filled;
            return Refuse(InvalidInput.At("name", "ต้องระบุชื่อของแถว", "Give the row a name."));
        }

        return await StoreAsync(DefinitionTable.Change(Text, filled), before.Id, () => Open = filled, Draft?.Revision ?? Revision);
    }

    public Task<IActionResult> OnPostAddAsync([FromRoute] string key, string? after, string? kind, string? name, int revision) =>
        EditAsync(key, after, revision, content => NewName(name) is not { } clean ? NoName
            : kind == "beside" ? DefinitionTable.AddBeside(content, after ?? "", clean)
            : DefinitionTable.Add(content, after ?? "", KindOf(kind), clean));

    static RowKind KindOf(string? kind) =>
        Enum.TryParse<RowKind>(kind, out var known) && TableWords.NewKinds.Contains(known) ? known : RowKind.Work;

    public Task<IActionResult> OnPostMoveAsync([FromRoute] string key, string? row, string? way, int revision) =>
        EditAsync(key, row, revision, content => way switch
        {
            "connect" => DefinitionTable.Connect(content, row ?? ""),
            "copy" => DefinitionTable.Duplicate(content, row ?? "", $"{Table.Find(row ?? "")?.Name} {W["(สำเนา)", "(copy)"]}"),
            "delete" => DefinitionTable.Delete(content, row ?? ""),
            _ when int.TryParse(way, CultureInfo.InvariantCulture, out var places) => MovedBy(content, row ?? "", places),
            _ => DefinitionTable.Swap(content, row ?? "", way == "up"),
        });

    /// <summary>Dragged: so many places down, or up.</summary>
    static Outcome<string> MovedBy(string content, string row, int places)
    {
        Outcome<string> moved = content;
        for (var i = 0; i < Math.Min(Math.Abs(places), 200) && moved.Value is { } now; i++)
            moved = DefinitionTable.Swap(now, row, places < 0);
        return moved;
    }

    public async Task<IActionResult> OnPostHeadAsync([FromRoute] string key)
    {
        var form = await Request.ReadFormAsync(RequestAborted);
        if (!await ShowAsync(key, null))
            return NotFound();
        var (seen, filled) = (TableHead.MarkOf(Head), FieldsOf(form).Read(Head));
        Head = filled;
        if (form["was"] != seen)
        {
            return Refuse(InvalidInput.At(
                null, "มีผู้แก้ข้อมูลของกระบวนงานไปแล้ว สิ่งที่ท่านกรอกยังไม่ได้บันทึก กรุณาตรวจแล้วกรอกอีกครั้ง",
                "Somebody has changed this. Nothing was stored: look, and fill it in once more."));
        }

        return NewName(filled.Name) is null
            ? Refuse(InvalidInput.At("name", "ต้องระบุชื่อกระบวนงาน", "Give the procedure a name."))
            : await StoreAsync(TableHead.Change(Text, filled), null, () => { }, Draft?.Revision ?? Revision);
    }

    public Task<IActionResult> OnPostDatumAsync(
        [FromRoute] string key, string? datum, string? label, string? value, string? act, int revision) =>
        EditAsync(key, null, revision, content => Data.FirstOrDefault(d => d.Name == datum) is not { } known ? DefinitionTable.Gone
            : act == "remove" ? TableData.Remove(content, known.Name)
            : NewName(label) is not { } clean ? NoName
            : TableData.Change(content, known with
            {
                Label = clean,
                Default = known.IsList ? known.Default : TableFields.Default(known.Type, value),
            }));

    TableFields FieldsOf(IFormCollection form) =>
        new(name => form.TryGetValue(name, out var value) ? value.ToString() : null, Data);

    public Task<IActionResult> OnPostDataAsync([FromRoute] string key, string? label, string? type, int revision) =>
        EditAsync(key, null, revision, content => NewName(label) is { } clean ? TableData.Add(content, clean, type ?? "") : NoName);

    static InvalidInput NoName { get; } = InvalidInput.At("name", "ต้องระบุชื่อ", "Give it a name.");

    static string? NewName(string? name) =>
        name?.Trim() is { Length: > 0 and <= 300 } clean && ValidationRules.IsClean(clean) ? clean : null;

    /// <summary>What changes the order of rows counts only for the table that was seen.</summary>
    async Task<IActionResult> EditAsync(string key, string? row, int revision, Func<string, Outcome<string>> edit)
    {
        if (!await ShowAsync(key, null))
            return NotFound();
        if (revision != Revision)
            return Refuse(new DraftChanged(key, revision, Revision));
        return await StoreAsync(edit(Text), row, () => { }, Revision);
    }

    async Task<IActionResult> StoreAsync(Outcome<string> edited, string? row, Action again, int expected)
    {
        var rejection = !Access.MayEdit ? new NotAllowed("edit-definitions", [Roles.ProcessOwner]) : edited.Rejection;
        if (rejection is null && edited.Value is { } content && content != Text)
        {
            rejection = (await mediator.Send(
                new Drafts.Save(
                    Caller, await HttpContext.IdentifyFormAsync(), Access.Office, Key,
                    StudioModel.ToContent(JsonNode.Parse(content)!.AsObject(), Key), expected),
                RequestAborted)).Rejection;
        }

        if (rejection is not null)
        {
            again();
            return Refuse(rejection);
        }

        SetFlash(W["บันทึกในฉบับร่างแล้ว", "Stored in the draft"]);
        return Redirect(Address() + (row is null ? "" : "#row-" + Uri.EscapeDataString(row)));
    }

    async Task<bool> ShowAsync(string key, string? row)
    {
        string? content;
        await using (var connection = await database.OpenAsync(RequestAborted))
        {
            if (await OfficeDefinitions.FindAsync(connection, Access.Office, key) is not { } found)
                return false;
            (Key, Definition) = (found.Key, found);
            var draft = await OfficeDrafts.FindAsync(connection, Access.Office, key);
            (Draft, Revision) = (draft is { IsOpen: true } ? draft : null, draft?.Revision ?? 0);
            content = Draft?.Content
                ?? await OfficeDefinitions.ContentAsync(connection, Access.Office, key, found.CurrentVersion ?? found.LatestVersion);
            Review = Draft is null ? null : await DraftReviews.FindAsync(connection, Access.Office, key, Draft.Revision);
            Comments = await DraftComments.OpenAsync(connection, Access.Office, key);
            Others = Presence.InWords(await Presence.OthersAsync(
                connection, Access.Office, key, Caller.UserId, Of<TimeProvider>().GetUtcNow()));
            Removed = await RemovedAsync(connection, found);
            if (row is { Length: > 0 and <= 200 })
                CasesThere = await CasesAtStep.CountAsync(connection, Access.Office, key, row);
        }

        if (content is null || DefinitionTable.Read(content) is not { } table)
            return false;
        (Text, Table, Data, Head) = (content, table, TableData.Read(content), TableHead.Read(content)!);
        Forms = [.. folder.Forms.All];
        Proof = await CalledProcedures.CheckAsync(
            definitions, ElsaDefinitionReader.Read(folder.Forms.Embed(content), 1, Key), Access.Office, RequestAborted);
        Open = row is null ? null : table.Find(row);
        if (Open?.Kind == RowKind.Call)
            Procedures = await ProceduresAsync();
        Mark = Open is null ? "" : DefinitionTable.MarkOf(Open);
        if (Proof.Definition is { } definition && TableChart.Of(content) is { } layout)
        {
            var kind = OfficeKinds.Parse((await offices.FindOfficeAsync(Access.Office, RequestAborted))?.Kind ?? OfficeKinds.Area);
            Chart = new HtmlString(W.DigitsOfDrawing(FlowPicture.DrawForPage(
                definition, layout, kind, new Dictionary<string, FlowMark>(), W.English,
                W["ผังงานที่ได้จากตาราง ตารางบอกเรื่องเดียวกัน", "The chart that the table makes; the table says the same."],
                role => W.OwnPost(Access.Office, role))));
        }

        return true;
    }

    async Task<IReadOnlyList<(string Key, string Name)>> ProceduresAsync()
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        var (all, _) = await OfficeDefinitions.PageAsync(database, connection, Access.Office, null, 0, OfficeDefinitions.LargestPage);
        return [.. all.Select(d => (d.Key, W[d.NameTh, d.NameEn]))];
    }

    /// <summary>So many steps that are gone are looked at.</summary>
    const int MaxRemoved = 20;

    async Task<IReadOnlyList<(string Name, int Cases)>> RemovedAsync(DbConnection connection, OfficeDefinition found)
    {
        if (Draft?.Content is not { } draft || found.CurrentVersion is not { } current
            || await OfficeDefinitions.ContentAsync(connection, Access.Office, found.Key, current) is not { } before)
            return [];
        var kept = DefinitionTable.Read(draft)?.Rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        var removed = new List<(string Name, int Cases)>();
        foreach (var row in (DefinitionTable.Read(before)?.Rows ?? []).Where(r => r.IsStep && !kept.Contains(r.Id)).Take(MaxRemoved))
        {
            if (await CasesAtStep.CountAsync(connection, Access.Office, found.Key, row.Id) is > 0 and var cases)
                removed.Add((row.Name, cases));
        }

        return removed;
    }

    /// <summary>What may be done with the draft.</summary>
    public DraftActs? Acts => Draft is null || !Access.MayEdit ? null : new(
        $"/studio/definitions/{Key}", Where, NewKey, Draft, Name, Definition.LatestVersion == 0, Proof.IsSound, 0, null,
        Review!, Review!.MayBeApprovedBy(Caller.UserId));
}
