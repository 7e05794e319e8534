using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity.Import;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>People from a table, pasted or as a file: first what would happen, then it is stored.</summary>
[RequestSizeLimit(16 * 1024 * 1024)]
public sealed class ImportModel(IMediator mediator) : AdminPage
{
    /// <summary>Rows of each outcome that a page shows; the others are counted.</summary>
    public const int MostShown = 200;

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? DefaultRole { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public PeopleTable? Table { get; private set; }
    public ImportPlan? Plan { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? Page();

    /// <summary>The columns, and two people who do not exist, for a spreadsheet program.</summary>
    public async Task<IActionResult> OnGetTemplateAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await using (var csv = new CsvWriter(text, CultureInfo.InvariantCulture, leaveOpen: true))
        {
            string[][] rows =
            [
                [.. PeopleTable.Headings.Select(h => W[h.Name])],
                ["นางสาวตัวอย่าง หนึ่ง", "tuayang.nueng", "เจ้าหน้าที่ในกลุ่ม", "นักวิชาการคอมพิวเตอร์", "ชำนาญการ", "กลุ่มแผน", "", ""],
                ["นายตัวอย่าง สอง", "tuayang.song", "ผู้อำนวยการกลุ่ม", "ผู้อำนวยการกลุ่ม", "", "กลุ่มแผน", "", ""],
            ];
            foreach (var row in rows)
            {
                foreach (var cell in row)
                    csv.WriteField(cell);
                await csv.NextRecordAsync();
            }
        }

        // With the mark by which spreadsheet programs know UTF-8.
        return File([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8", "people.csv");
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        return await ShowAsync(file is { Length: > 0 } ? await ReadAsync(file) : Sheet.OfText(Text ?? ""));
    }

    public async Task<IActionResult> OnPostStoreAsync(string? seen)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var sheet = Sheet.OfText(Text ?? "");
        var outcome = await mediator.Send(
            new ImportPeople.Command(
                Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, PeopleTable.Read(sheet, OwnPosts()),
                DefaultRole ?? "", seen, Reason),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync(sheet);
        }

        var stored = JsonSerializer.Deserialize<ImportPeople.Stored>(outcome.Value!.Body, JsonShape.Options)!;
        SetFlash(W[
            $"บันทึกแล้ว: เพิ่ม {stored.Created} คน แก้ไข {stored.Changed} คน เดิมอยู่แล้ว {stored.Same} คน "
                + $"ไม่ได้บันทึก {stored.Refused} แถว",
            $"Stored: {stored.Created} added, {stored.Changed} changed, {stored.Same} as they were, {stored.Refused} rows left out."]);
        return Redirect(PageLink.To("/admin/people/links", ("office", Office)));
    }

    /// <summary>What the office calls its posts: a list that it keeps itself goes by those.</summary>
    Dictionary<string, LocalizedText> OwnPosts() => Roles.Acting.Select(role => (role, Name: W.OwnPost(TheOffice.Code, role)))
        .Where(post => post.Name is not null).ToDictionary(post => post.role, post => post.Name!);

    async Task<Sheet> ReadAsync(IFormFile file)
    {
        if (file.Length > Sheet.MaxBytes)
            return Sheet.OfFile(new byte[Sheet.MaxBytes + 1]);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, RequestAborted);
        return Sheet.OfFile(bytes.ToArray());
    }

    async Task<IActionResult> ShowAsync(Sheet sheet)
    {
        Table = PeopleTable.Read(sheet, OwnPosts());
        DefaultRole = Roles.All.Contains(DefaultRole) ? DefaultRole : Roles.Officer;
        var outcome = await mediator.Send(
            new ImportPeople.PreviewQuery(Caller, TheOffice.Code, Table, DefaultRole!), RequestAborted);
        Plan = outcome.Value;
        if (outcome.Rejection is { } no)
            Refuse(no);
        else
            Text = sheet.ToText();
        return Page();
    }

    public static LocalizedText NameOf(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Created => new("เพิ่มใหม่", "Added"),
        RowOutcome.Changed => new("แก้ไข", "Changed"),
        RowOutcome.Same => new("เดิมอยู่แล้ว", "As they are"),
        RowOutcome.Refused => new("ไม่บันทึก", "Left out"),
        _ => throw UnknownKind.Of(outcome),
    };

    public static string ToneOf(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Created => "good",
        RowOutcome.Changed => "warn",
        RowOutcome.Refused => "bad",
        _ => "",
    };
}
